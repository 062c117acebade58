// SPDX-License-Identifier: Apache-2.0
#include "app/platform/fault_results.h"

#include "models/hbm4/ecc/memory_faults.h"

namespace vr {

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
        MemoryFaultResult memory;
        memory.memory = gpu.memory().path();
        memory.code = faults->code().name();
        memory.scrubs = faults->scrubber().on();
        memory.counts = faults->counts(gpu.contents(), result.makespan);
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
