// SPDX-License-Identifier: Apache-2.0
// A whole machine under test: built from a preset and the text of a trace, its tensors and the
// answers they should have.
#pragma once

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/platform/machine.h"
#include "app/platform/platform_config.h"
#include "app/report/json_report.h"
#include "app/report/laws.h"
#include "models/gpu/tensor_contents.h"
#include "models/numerics/gemm_reference.h"
#include "testbenches/gpu/support/load_gpu.h"
#include "traces/formats/workload/workload_reader.h"

namespace vr::testing {

using Sets = std::vector<std::string>;

inline PlatformConfig platform_of(const std::string& platform, Sets sets = {}) {
    Configuration configuration = load_configuration(platform, std::move(sets));
    return bind_platform_config(configuration);
}

/// A trace of one GEMM whose operands carry seeded contents.
inline std::string gemm_trace(std::int64_t m, std::int64_t n, std::int64_t k,
                              const std::string& type, const std::string& out, bool data = true) {
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

inline RunRequest request_of(const std::string& trace, std::uint64_t seed = 1) {
    RunRequest request;
    request.workload = parse_workload(trace, "test.jsonl").workload;
    request.seed = seed;
    return request;
}

/// A machine and what it was built from.
class MachineRig {
  public:
    explicit MachineRig(const std::string& trace, const std::string& platform = "tiny",
                        Sets sets = {}, std::uint64_t seed = 1)
        : config(platform_of(platform, std::move(sets))),
          request(request_of(trace, seed)),
          machine(std::make_unique<Machine>(config, request)) {}
    [[nodiscard]] Gpu& gpu(std::size_t number = 0) { return *machine->gpus()[number]; }
    [[nodiscard]] const TensorSpec& tensor(std::size_t i) const {
        return request.workload.tensors[i];
    }
    [[nodiscard]] const TensorPlace& place(std::size_t i) { return gpu().places()[i]; }
    /// Elements (and scales) of a tensor as they lie in memory now.
    [[nodiscard]] TensorBytes bytes(std::size_t i) {
        return read_contents(gpu().contents(), tensor(i), place(i));
    }
    void run() {
        machine->run();
        REQUIRE(machine->finished());
    }
    /// D = A x B of the first GEMM by the reference, from the contents in memory now.
    [[nodiscard]] std::vector<std::uint32_t> reference() {
        return reference_of(bytes(0), bytes(1));
    }
    [[nodiscard]] std::vector<std::uint32_t> reference_of(const TensorBytes& a,
                                                          const TensorBytes& b) {
        const TensorType type = tensor(0).type;
        const char* format = type == TensorType::kNvfp4     ? "nvfp4"
                             : type == TensorType::kFp8E4m3 ? "e4m3"
                                                            : "bf16";
        const auto contract = named_contract(config.gpu.accumulation + "." + format);
        REQUIRE(contract.has_value());
        const auto view = [&](const TensorBytes& t, std::int64_t rows) {
            return OperandView{t.elements.data(),
                               t.row_bytes,
                               rows,
                               tensor(0).columns,
                               t.scales.empty() ? nullptr : t.scales.data(),
                               t.scale_row_bytes};
        };
        return gemm_reference(
                   *contract, view(a, tensor(0).rows), view(b, tensor(1).rows),
                   tensor(2).type == TensorType::kFp32 ? NumberFormat::kFp32 : NumberFormat::kBf16)
            .codes;
    }
    /// Codes of the elements of a BF16 or FP32 tensor.
    [[nodiscard]] std::vector<std::uint32_t> codes(std::size_t i) {
        const TensorBytes raw = bytes(i);
        const std::size_t width = tensor(i).type == TensorType::kFp32 ? 4 : 2;
        std::vector<std::uint32_t> result(raw.elements.size() / width);
        for (std::size_t j = 0; j < raw.elements.size(); ++j) {
            result[j / width] |= std::uint32_t{raw.elements[j]} << (8 * (j % width));
        }
        return result;
    }

    PlatformConfig config;
    RunRequest request;
    std::unique_ptr<Machine> machine;
};

/// A run as the command makes it, checked against its laws.
inline RunResult run_of(const RunRequest& request, const std::string& platform = "tiny",
                        Sets sets = {}) {
    Configuration configuration = load_configuration(platform, std::move(sets));
    (void)bind_platform(configuration);
    RunResult result = run_detailed(configuration, request);
    check_laws(result);
    return result;
}

/// The report without what may differ between equal runs.
inline std::string report_of(RunResult result) {
    result.host = HostResult{};
    return json_report(result);
}

}  // namespace vr::testing
