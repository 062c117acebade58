// SPDX-License-Identifier: Apache-2.0
#include "app/platform/roofline.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "models/base/error.h"
#include "models/transport/operator_work.h"

namespace vr {

namespace {

__extension__ using Wide = __int128;

Time at_rate(std::int64_t amount, std::int64_t per_second) {
    if (amount == 0) {
        return {};
    }
    ensure(per_second > 0, "{} units of work on a resource without a rate", amount);
    const Wide femtoseconds =
        (static_cast<Wide>(amount) * kFemtosecondsPerSecond + per_second - 1) / per_second;
    return {static_cast<std::int64_t>(std::min<Wide>(femtoseconds, kNever.value))};
}

std::int64_t stored_bytes(const TensorSpec& tensor) {
    return element_bytes(tensor) + scale_bytes(tensor);
}

struct Uses {
    std::optional<std::uint32_t> first;  // operator that touches the tensor first
    bool first_reads = false;
    bool ordered = true;  // every other user waits for the first one directly
    bool written = false;
    /// The most that one operator reads of it before any writes it: that much is in no cache
    std::int64_t read_bytes = 0;
};

std::vector<Uses> find_uses(const Workload& workload) {
    std::vector<Uses> uses(workload.tensors.size());
    for (std::uint32_t i = 0; i < workload.operators.size(); ++i) {
        const OperatorSpec& op = workload.operators[i];
        if (is_recorded(op.kind)) {
            continue;
        }
        const auto touch = [&](TensorIndex tensor, bool reads) {
            Uses& use = uses[tensor.value];
            if (!use.first) {
                use.first = i;
                use.first_reads = reads;
            } else if (*use.first != i) {
                use.ordered =
                    use.ordered && std::binary_search(op.depends.begin(), op.depends.end(),
                                                      OperatorIndex{*use.first});
            }
        };
        for (std::size_t n = 0; n < op.inputs.size(); ++n) {
            touch(op.inputs[n], true);
            Uses& use = uses[op.inputs[n].value];
            if (!use.written) {
                use.read_bytes = std::max(use.read_bytes, read_bytes(workload, op, n));
            }
        }
        touch(op.output, false);
        uses[op.output.value].written = true;
    }
    return uses;
}

}  // namespace

std::int64_t PlatformPeaks::tensor_flops(TensorType type) const {
    switch (type) {
        case TensorType::kBf16:
            return bf16_flops;
        case TensorType::kFp8E4m3:
            return fp8_flops;
        case TensorType::kNvfp4:
            return nvfp4_flops;
        case TensorType::kFp32:
            return 0;
    }
    return 0;
}

std::vector<OperatorWork> count_work(const Workload& workload) {
    const std::vector<Uses> uses = find_uses(workload);
    std::vector<OperatorWork> out;
    for (std::uint32_t i = 0; i < workload.operators.size(); ++i) {
        const OperatorSpec& op = workload.operators[i];
        if (is_recorded(op.kind)) {
            OperatorWork recorded;
            recorded.replayed = op.replay.duration;
            out.push_back(recorded);
            continue;
        }
        const TensorSpec& output = workload.tensors[op.output.value];
        OperatorWork work;
        if (crosses_to_host(workload, op)) {
            const bool to_gpu = output.home == TensorHome::kGpu;
            (to_gpu ? work.to_gpu_bytes : work.to_host_bytes) = stored_bytes(output);
        }
        for (std::size_t n = 0; n < op.inputs.size(); ++n) {
            const TensorIndex input = op.inputs[n];
            if (workload.tensors[input.value].home == TensorHome::kHost) {
                continue;
            }
            const bool repeated =
                std::find(op.inputs.begin(), op.inputs.begin() + static_cast<std::ptrdiff_t>(n),
                          input) != op.inputs.begin() + static_cast<std::ptrdiff_t>(n);
            const std::int64_t bytes = read_bytes(workload, op, n);
            work.read_bytes += bytes;
            const Uses& use = uses[input.value];
            if (use.first == i && use.first_reads && use.ordered && !repeated) {
                work.compulsory_bytes += bytes;
            }
        }
        work.write_bytes = output.home == TensorHome::kHost ? 0 : write_bytes(workload, op);
        work.type = workload.tensors[op.inputs.empty() ? op.output.value : op.inputs[0].value].type;
        work.tensor_flops = tensor_flops(workload, op);
        work.vector_flops = vector_flops(workload, op);
        out.push_back(work);
    }
    return out;
}

Time flops_time(const OperatorWork& work, const PlatformPeaks& peaks) {
    return std::max(at_rate(work.tensor_flops, peaks.tensor_flops(work.type)),
                    at_rate(work.vector_flops, peaks.vector_flops));
}

Time hbm_time(std::int64_t bytes, const PlatformPeaks& peaks) {
    return at_rate(bytes, peaks.hbm.value);
}

Time c2c_time(const OperatorWork& work, const PlatformPeaks& peaks) {
    return std::max(at_rate(work.to_gpu_bytes, peaks.to_gpu.value),
                    at_rate(work.to_host_bytes, peaks.to_host.value));
}

RooflineBound roofline_bound(const Workload& workload, const PlatformPeaks& peaks) {
    const std::vector<OperatorWork> works = count_work(workload);
    const std::vector<Uses> uses = find_uses(workload);
    RooflineBound bound;
    std::vector<Time> done;  // along the dependency path
    std::map<GpuIndex, Time> flops;
    std::map<GpuIndex, std::int64_t> first_reads;
    std::map<GpuIndex, OperatorWork> crossing;
    for (std::size_t i = 0; i < works.size(); ++i) {
        const OperatorSpec& op = workload.operators[i];
        const Time compute = flops_time(works[i], peaks);
        bound.operators.push_back(std::max({compute, hbm_time(works[i].compulsory_bytes, peaks),
                                            c2c_time(works[i], peaks), works[i].replayed}));
        crossing[op.gpu].to_gpu_bytes += works[i].to_gpu_bytes;
        crossing[op.gpu].to_host_bytes += works[i].to_host_bytes;
        flops[op.gpu] += compute;
        Time start;
        for (const OperatorIndex before : op.depends) {
            start = std::max(start, done[before.value]);
        }
        done.push_back(start + bound.operators.back());
        bound.makespan = std::max({bound.makespan, done.back(), flops[op.gpu]});
    }
    for (std::size_t t = 0; t < uses.size(); ++t) {
        if (uses[t].first_reads && workload.tensors[t].home == TensorHome::kGpu) {
            std::int64_t& bytes = first_reads[workload.tensors[t].gpu];
            bytes += uses[t].read_bytes;
            bound.makespan = std::max(bound.makespan, hbm_time(bytes, peaks));
        }
    }
    for (const auto& [gpu, work] : crossing) {
        bound.makespan = std::max(bound.makespan, c2c_time(work, peaks));
    }
    return bound;
}

}  // namespace vr
