// SPDX-License-Identifier: Apache-2.0
#include "testbenches/gpu/machine/machine_rig.h"

#include <fmt/format.h>

#include <utility>

#include "app/platform/machine.h"
#include "app/report/json_report.h"
#include "app/report/laws.h"
#include "models/numerics/gemm_reference.h"

namespace vr::testing {

PlatformConfig platform_of(const std::string& platform, Sets sets) {
    Configuration configuration = load_configuration(platform, std::move(sets));
    return bind_platform_config(configuration);
}

std::string gemm_trace(std::int64_t m, std::int64_t n, std::int64_t k, const std::string& type,
                       const std::string& out, bool data) {
    const std::string contents = data ? R"(, "data": "seeded")" : "";
    const auto tensor = [](const std::string& name, std::int64_t rows, std::int64_t columns,
                           const std::string& of, const std::string& more) {
        return fmt::format("{{\"tensor\": \"{}\", \"shape\": [{}, {}], \"type\": \"{}\"{}}}\n",
                           name, rows, columns, of, more);
    };
    return "{\"vrsim_trace\": 1, \"name\": \"gemm\"}\n" + tensor("a", m, k, type, contents) +
           tensor("b", n, k, type, contents) + tensor("d", m, n, out, "") +
           "{\"op\": \"gemm\", \"id\": \"product\", \"a\": \"a\", \"b\": \"b\", \"d\": \"d\"}\n";
}

RunRequest request_of(const std::string& trace, std::uint64_t seed) {
    RunRequest request;
    request.workload = parse_workload(trace, "test.jsonl").workload;
    request.seed = seed;
    return request;
}

MachineRig::MachineRig(const std::string& trace, const std::string& platform, Sets sets,
                       std::uint64_t seed)
    : config(platform_of(platform, std::move(sets))),
      request(request_of(trace, seed)),
      machine(std::make_unique<Machine>(config, request)) {}

MachineRig::~MachineRig() = default;

Gpu& MachineRig::gpu(std::size_t number) {
    return *machine->gpus()[number];
}

const TensorPlace& MachineRig::place(std::size_t i) {
    return gpu().places()[i];
}

TensorBytes MachineRig::bytes(std::size_t i) {
    return read_contents(gpu().contents(), tensor(i), place(i));
}

void MachineRig::run() {
    machine->run();
    REQUIRE(machine->finished());
}

std::vector<std::uint32_t> MachineRig::reference() {
    return reference_of(bytes(0), bytes(1));
}

std::vector<std::uint32_t> MachineRig::reference_of(const TensorBytes& a, const TensorBytes& b) {
    const TensorType type = tensor(0).type;
    const DotContract contract =
        tensor_contract(config.gpu.accumulation, config.gpu.accumulation_rule, type);
    const auto view = [&](const TensorBytes& t, std::int64_t rows) {
        return OperandView{t.elements.data(),
                           t.row_bytes,
                           rows,
                           tensor(0).columns,
                           t.scales.empty() ? nullptr : t.scales.data(),
                           t.scale_row_bytes};
    };
    return gemm_reference(
               contract, view(a, tensor(0).rows), view(b, tensor(1).rows),
               tensor(2).type == TensorType::kFp32 ? NumberFormat::kFp32 : NumberFormat::kBf16)
        .codes;
}

std::vector<std::uint32_t> MachineRig::codes(std::size_t i) {
    const TensorBytes raw = bytes(i);
    const std::size_t width = tensor(i).type == TensorType::kFp32 ? 4 : 2;
    std::vector<std::uint32_t> result(raw.elements.size() / width);
    for (std::size_t j = 0; j < raw.elements.size(); ++j) {
        result[j / width] |= std::uint32_t{raw.elements[j]} << (8 * (j % width));
    }
    return result;
}

RunResult run_of(const RunRequest& request, const std::string& platform, Sets sets) {
    Configuration configuration = load_configuration(platform, std::move(sets));
    (void)bind_platform(configuration);
    RunResult result = run_detailed(configuration, request);
    check_laws(result);
    return result;
}

std::string report_of(RunResult result) {
    result.host = HostResult{};
    return json_report(result);
}

}  // namespace vr::testing
