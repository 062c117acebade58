// SPDX-License-Identifier: Apache-2.0
#include "app/platform/host_results.h"

#include "app/report/text.h"
#include "models/base/error.h"
#include "models/gpu/tensor_contents.h"
#include "models/transport/region.h"

namespace vr {

void check_host_credits(const Machine& machine) {
    if (machine.finished() && machine.starved() && !machine.credits_are_back()) {
        throw LawBroken(
            "a law is broken: credits of C2C return\n  witness: nothing can happen any more, and a "
            "link lacks credits or holds receive buffers" +
            describe_waits(machine.waits(), machine.now()));
    }
}

void gather_host_tensor(const Machine& machine, const Workload& workload, TensorIndex index,
                        bool read, RunResult& result) {
    const TensorSpec& spec = workload.tensors[index.value];
    TensorResult tensor;
    tensor.name = spec.name;
    tensor.bytes = element_bytes(spec) + scale_bytes(spec);
    tensor.at_host = true;
    tensor.read = read;
    for (std::uint32_t i = 0; i < workload.operators.size(); ++i) {
        const OperatorSpec& op = workload.operators[i];
        if (!crosses_to_host(workload, op)) {
            continue;
        }
        const bool source = op.inputs.front() == index;
        if (source || op.output == index) {
            const CopyEngine& engine = *machine.gpus()[op.gpu.value]->copy_engine();
            (source ? tensor.c2c_read_bytes : tensor.c2c_write_bytes) +=
                engine.bytes_done(OperatorIndex{i});
        }
    }
    if (spec.data != TensorData::kNone) {
        tensor.digest = hex_text(digest_of(read_contents(machine.host_of(spec.gpu).contents(), spec,
                                                         machine.host_place(index, spec.gpu))));
    }
    result.tensors.push_back(std::move(tensor));
}

void gather_host_resources(const Machine& machine, const PlatformConfig& config,
                           RunResult& result) {
    if (machine.hosts().empty()) {
        return;
    }
    std::int64_t to_gpu = 0;
    std::int64_t to_host = 0;
    std::int64_t memory = 0;
    std::int64_t links = 0;
    for (const auto& gpu : machine.gpus()) {
        to_host += gpu->c2c()->payload_sent();
        ++links;
    }
    for (const auto& host : machine.hosts()) {
        memory += host->memory().bytes_moved();
        for (std::size_t i = 0; i < host->ends(); ++i) {
            to_gpu += host->end(i).payload_sent();
        }
    }
    const C2cConfig& c2c = config.host->c2c;
    const auto hosts = static_cast<std::int64_t>(machine.hosts().size());
    result.resources.push_back(
        {"C2C to GPU", to_gpu, C2cDirection(c2c, true).payload_rate().value * links, "B/s"});
    result.resources.push_back(
        {"C2C to host", to_host, C2cDirection(c2c, false).payload_rate().value * links, "B/s"});
    result.resources.push_back(
        {"host memory", memory, config.host->vera.lpddr5x.bandwidth.value * hosts, "B/s"});
}

void gather_host_parameters(const Machine& machine, RunResult& result) {
    if (!machine.hosts().empty()) {
        result.resource_parameters.insert(
            result.resource_parameters.end(),
            {{"C2C", {"c2c"}},
             {"C2C latency", {"c2c.latency", "gpu.copy_engine.link_latency"}},
             {"host memory", {"vera.lpddr5x"}},
             {"host memory latency", {"vera.lpddr5x.latency", "vera.fabric"}}});
    }
}

}  // namespace vr
