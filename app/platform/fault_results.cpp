// SPDX-License-Identifier: Apache-2.0
#include "app/platform/fault_results.h"

#include <utility>

#include "app/report/text.h"

namespace vr {

MemoryFaultResult fault_result(const hbm4::MemoryFaults& faults, const Hbm4FaultConfig& config,
                               std::string memory, const hbm4::FaultCounts& counts) {
    MemoryFaultResult out;
    out.memory = std::move(memory);
    out.code = faults.code().name();
    out.scrubs = faults.scrubber().on();
    out.file = config.file;
    out.file_digest = config.file.empty() ? "" : hex_text(faults.file_digest());
    out.counts = counts;
    return out;
}

void observe_contents(const Machine& machine, Time end) {
    for (const auto& gpu : machine.gpus()) {
        gpu->contents().use({end, MemoryUse::kObserver});
    }
}

void gather_faults(const Machine& machine, const Workload& workload, RunResult& result) {
    for (std::size_t g = 0; g < machine.gpus().size(); ++g) {
        Gpu& gpu = *machine.gpus()[g];
        hbm4::MemoryFaults* const faults = gpu.memory_faults();
        if (faults == nullptr) {
            continue;
        }
        MemoryFaultResult memory =
            fault_result(*faults, gpu.memory().config().faults, gpu.memory().path(),
                         faults->counts(gpu.contents(), result.makespan));
        for (std::size_t i = 0; i < workload.tensors.size(); ++i) {
            const TensorSpec& tensor = workload.tensors[i];
            if (tensor.gpu.value == g && tensor.home == TensorHome::kGpu &&
                tensor.data != TensorData::kNone) {
                memory.tensors.push_back({tensor.name, gpu.places()[i].base, gpu.places()[i].end});
            }
        }
        for (std::uint32_t i = 0; i < workload.operators.size(); ++i) {
            if (const std::uint64_t words = faults->uncorrectable_of(i);
                words > 0 && workload.operators[i].gpu.value == g) {
                memory.failed.push_back({workload.operators[i].id, words});
                result.operators[i].fidelity += ", memory error";
            }
        }
        result.memory_faults.push_back(std::move(memory));
    }
}

}  // namespace vr
