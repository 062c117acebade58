// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <optional>

#include "app/platform/roofline.h"
#include "app/platform/simulation.h"
#include "app/report/matter.h"
#include "app/report/replayed.h"
#include "models/transport/operator_work.h"

namespace vr {

namespace {

constexpr const char* kTensorCore = "tensor core";
constexpr const char* kVector = "vector units";
constexpr const char* kHbm = "HBM";
constexpr const char* kC2c = "C2C";
constexpr const char* kLaunch = "launch";
constexpr const char* kReplayed = "replayed";

// One operator on the time line.
struct Placed {
    Time begin;
    Time end;
    std::optional<std::size_t>
        after;  // whose end is this one's begin; nothing: the start of the run
    std::string resource;
};

std::string longest_resource(const OperatorWork& work, Time compute, Time memory, Time c2c,
                             Time launch) {
    if (work.replayed > launch) {
        return kReplayed;
    }
    if (c2c > compute && c2c > memory && c2c > launch) {
        return kC2c;
    }
    if (compute >= memory && compute >= launch) {
        return work.tensor_flops > 0 ? kTensorCore : kVector;
    }
    return memory >= launch ? kHbm : kLaunch;
}

std::vector<Placed> place(const Workload& workload, const std::vector<OperatorWork>& works,
                          const PlatformPeaks& peaks) {
    std::vector<Placed> placed;
    std::map<GpuIndex, std::size_t> last;
    for (std::size_t i = 0; i < works.size(); ++i) {
        const OperatorSpec& op = workload.operators[i];
        Placed here;
        const auto wait_for = [&](std::size_t before) {
            if (!here.after || placed[before].end > here.begin) {
                here.after = before;
                here.begin = placed[before].end;
            }
        };
        if (const auto found = last.find(op.gpu); found != last.end()) {
            wait_for(found->second);
        }
        for (const OperatorIndex before : op.depends) {
            wait_for(before.value);
        }
        const Time compute = flops_time(works[i], peaks);
        const Time memory = hbm_time(works[i].read_bytes + works[i].write_bytes, peaks);
        const Time c2c = c2c_time(works[i], peaks);
        here.resource = longest_resource(works[i], compute, memory, c2c, peaks.launch);
        here.end = here.begin + std::max({compute, memory, c2c, peaks.launch, works[i].replayed});
        last[op.gpu] = i;
        placed.push_back(std::move(here));
    }
    return placed;
}

// From the latest end back along the operators that were waited for: each owns its time.
std::vector<ChargeResult> attribute(const std::vector<Placed>& placed, std::size_t latest) {
    std::map<std::string, Time> owned;
    for (std::optional<std::size_t> at = latest; at; at = placed[*at].after) {
        owned[placed[*at].resource] += placed[*at].end - placed[*at].begin;
    }
    std::vector<ChargeResult> charges;
    for (const char* name : {kTensorCore, kVector, kHbm, kC2c, kLaunch, kReplayed}) {
        if (owned[name].value > 0) {
            charges.push_back({std::string(name) + " (roofline)", name, owned[name]});
        }
    }
    return charges;
}

std::vector<ResourceResult> resources(const std::vector<OperatorWork>& works,
                                      const PlatformPeaks& peaks) {
    std::map<TensorType, std::int64_t> tensor;
    std::int64_t vector = 0;
    std::int64_t bytes = 0;
    std::int64_t to_gpu = 0;
    std::int64_t to_host = 0;
    for (const OperatorWork& work : works) {
        to_gpu += work.to_gpu_bytes;
        to_host += work.to_host_bytes;
        tensor[work.type] += work.tensor_flops;
        vector += work.vector_flops;
        bytes += work.read_bytes + work.write_bytes;
    }
    std::vector<ResourceResult> out;
    for (const auto& [type, flops] : tensor) {
        if (flops > 0) {
            out.push_back({std::string(kTensorCore) + " " + std::string(tensor_type_name(type)),
                           flops, peaks.tensor_flops(type) * peaks.gpus, "FLOP/s"});
        }
    }
    if (vector > 0) {
        out.push_back({kVector, vector, peaks.vector_flops * peaks.gpus, "FLOP/s"});
    }
    out.push_back({kHbm, bytes, peaks.hbm.value * peaks.gpus, "B/s"});
    if (to_gpu > 0 || to_host > 0) {
        out.push_back({"C2C to GPU", to_gpu, peaks.to_gpu.value * peaks.gpus, "B/s"});
        out.push_back({"C2C to host", to_host, peaks.to_host.value * peaks.gpus, "B/s"});
    }
    return out;
}

std::vector<TensorResult> tensors(const Workload& workload) {
    std::vector<TensorResult> out(workload.tensors.size());
    std::vector<bool> touched(workload.tensors.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i].name = workload.tensors[i].name;
        out[i].role = tensor_role_name(workload.tensors[i].role);
        out[i].at_host = workload.tensors[i].home == TensorHome::kHost;
        out[i].bytes = element_bytes(workload.tensors[i]) + scale_bytes(workload.tensors[i]);
    }
    for (const OperatorSpec& op : workload.operators) {
        if (is_recorded(op.kind)) {
            continue;
        }
        for (const TensorIndex input : op.inputs) {
            TensorResult& t = out[input.value];
            t.read = t.read || !touched[input.value];
            touched[input.value] = true;
            if (t.at_host) {
                t.c2c_read_bytes += t.bytes;
                continue;
            }
            t.requested_bytes += t.bytes;
            t.l2_miss_bytes += t.bytes;
            t.hbm_read_bytes += t.bytes;
        }
        touched[op.output.value] = true;
        TensorResult& output = out[op.output.value];
        (output.at_host ? output.c2c_write_bytes : output.hbm_write_bytes) += output.bytes;
    }
    return out;
}

}  // namespace

RunResult run_roofline(const PlatformPeaks& peaks, const RunRequest& request) {
    const Workload& workload = request.workload;
    const std::vector<OperatorWork> works = count_work(workload);
    const std::vector<Placed> placed = place(workload, works, peaks);
    RunResult result;
    std::size_t latest = 0;
    for (std::size_t i = 0; i < placed.size(); ++i) {
        const OperatorSpec& op = workload.operators[i];
        latest = placed[i].end > placed[latest].end ? i : latest;
        OperatorResult row;
        row.id = op.id;
        row.kind = std::string(operator_name(op));
        row.shape = shape_text(workload, op);
        row.begin = placed[i].begin;
        row.end = placed[i].end;
        row.completed = row.total = 1;
        row.bound_by = placed[i].resource;
        row.flops = works[i].tensor_flops + works[i].vector_flops;
        row.requested_bytes = works[i].read_bytes + works[i].write_bytes;
        row.hbm_bytes = works[i].read_bytes;
        row.fidelity = op.kind == OperatorKind::kReplay ? "replayed" : "timing only";
        result.operators.push_back(std::move(row));
        if (request.events != nullptr) {
            EventRecord& events = *request.events;
            const std::uint32_t track =
                events.track(fmt::format("gpu{}.roofline", op.gpu.value), "roofline");
            events.slice(track, events.name(std::string(operator_name(op))), placed[i].begin,
                         placed[i].end, static_cast<std::uint32_t>(i + 1), works[i].tensor_flops,
                         events.name("flops"));
        }
    }
    result.makespan = placed[latest].end;
    result.replayed = replayed_share(result);
    result.complete = result.makespan <= request.max_sim_time;
    result.attribution = attribute(placed, latest);
    result.bound_by = bound_of(result.attribution);
    result.resources = resources(works, peaks);
    result.tensors = tensors(workload);
    result.host.fold = request.fold;
    result.host.compose = "none";
    return result;
}

}  // namespace vr
