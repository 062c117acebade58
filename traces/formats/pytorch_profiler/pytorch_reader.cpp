// SPDX-License-Identifier: Apache-2.0
#include "traces/formats/pytorch_profiler/pytorch_reader.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "models/base/quantity_text.h"
#include "traces/formats/import/unmapped_names.h"
#include "traces/formats/pytorch_profiler/host_operators.h"
#include "traces/formats/pytorch_profiler/profile_events.h"
#include "traces/formats/workload/line_writer.h"

namespace vr {

namespace {

using pytorch::Event;
using pytorch::EventKind;

using StreamKey = std::pair<std::int64_t, std::int64_t>;  // device, stream

std::int64_t end_ns(const Event& event) {
    return event.begin_ns + event.duration.value / kFemtosecondsPerNanosecond;
}

std::string workload_name(const std::string& path) {
    std::string name = std::filesystem::path(path).filename().string();
    for (const char* suffix : {".gz", ".json", ".trace", ".pt"}) {
        if (name.ends_with(suffix)) {
            name.resize(name.size() - std::string_view(suffix).size());
        }
    }
    return name.empty() ? "profile" : name;
}

class Importer {
  public:
    Importer(const std::string& path, OperatorMapping& mapping)
        : path_(path),
          mapping_(mapping),
          profile_(pytorch::read_profile(path)),
          host_(profile_.events, mapping),
          text_(path, workload_name(path)) {}

    PytorchTrace import() {
        collect();
        for (const std::size_t i : order_) {
            const Event& event = profile_.events[i];
            if (event.kind == EventKind::kStreamWait) {
                wait_for_stream(event);
            } else {
                add(i, event);
            }
        }
        PytorchTrace trace;
        trace.workload = text_.finish();
        notes_.unmapped = unmapped_.take();
        warn();
        trace.notes = std::move(notes_);
        return trace;
    }

  private:
    struct Lane {
        std::uint32_t gpu = 0;
        std::uint32_t stream = 0;
        std::vector<std::pair<std::int64_t, std::string>> ends;  // time, operator's id
        std::vector<std::string> also_after;                     // for its next operator
    };

    // Device events and waits by begin; lanes numbered by device and stream.
    void collect() {
        for (std::size_t i = 0; i < profile_.events.size(); ++i) {
            const Event& event = profile_.events[i];
            if (event.on_device()) {
                lanes_[{event.device, event.stream}];
            }
            if (event.on_device() || event.kind == EventKind::kStreamWait) {
                order_.push_back(i);
            }
        }
        if (lanes_.empty()) {
            throw InputError(Diagnostic{
                path_, 0, 0,
                fmt::format(
                    "no kernel, copy or set among {} events",
                    static_cast<std::int64_t>(profile_.events.size()) + profile_.passed_over),
                "a profile with device work", "profile with ProfilerActivity.CUDA"});
        }
        std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
            return profile_.events[a].begin_ns < profile_.events[b].begin_ns;
        });
        std::uint32_t gpu = 0;
        std::uint32_t stream = 0;
        for (auto at = lanes_.begin(); at != lanes_.end(); ++at) {
            if (at != lanes_.begin() && std::prev(at)->first.first != at->first.first) {
                ++gpu;
                stream = 0;
            }
            at->second.gpu = gpu;
            at->second.stream = stream++;
        }
    }

    // The next operator of this stream waits for what the other one had finished by then.
    void wait_for_stream(const Event& wait) {
        const auto self = lanes_.find({wait.device, wait.stream});
        const auto other = lanes_.find({wait.device, wait.waits_for_stream});
        if (self == lanes_.end() || other == lanes_.end() || self == other) {
            return;
        }
        const std::int64_t reached = end_ns(wait);
        const auto& ends = other->second.ends;
        const auto last = std::find_if(ends.rbegin(), ends.rend(),
                                       [&](const auto& end) { return end.first <= reached; });
        if (last != ends.rend()) {
            self->second.also_after.push_back(last->second);
        }
    }

    std::vector<std::string> dependencies(Lane& lane) {
        std::vector<std::string> out;
        if (!lane.ends.empty()) {
            out.push_back(lane.ends.back().second);
        }
        for (std::string& id : lane.also_after) {
            if (std::find(out.begin(), out.end(), id) == out.end()) {
                out.push_back(std::move(id));
            }
        }
        lane.also_after.clear();
        return out;
    }

    void add(std::size_t number, const Event& event) {
        busy(event);
        Lane& lane = lanes_.at({event.device, event.stream});
        notes_.recorded_time += event.duration;
        if (const auto kind = mapping_.communication(event.name)) {
            if (add_communication(number, event, *kind, lane)) {
                return;
            }
        }
        const auto inner = host_.launcher(event);
        const std::string name = inner ? profile_.events[*inner].name : event.name;
        std::string why = inner ? "no rule" : "no host operator is known";
        if (inner && to_host(event)) {
            why = "a copy between host and device";
        } else if (const auto known = inner ? host_.known(*inner) : std::nullopt) {
            if (merged_.count(*known) > 0) {
                ++notes_.merged;
                notes_.modelled_time += event.duration;
                lane.ends.emplace_back(end_ns(event), merged_.at(*known));
                return;
            }
            if (add_mapped(number, event, *known, lane, why)) {
                return;
            }
        }
        add_replay(number, event, name, lane);
        unmapped_.add(name, why, event.duration);
    }

    static bool to_host(const Event& event) {
        return event.kind == EventKind::kCopy && event.name.find("DtoD") == std::string::npos &&
               event.name.find("Device -> Device") == std::string::npos;
    }

    bool add_mapped(std::size_t number, const Event& event, std::size_t known, Lane& lane,
                    std::string& why) {
        const Event& op = profile_.events[known];
        const MappingResult& result = mapping_.map({op.name, op.inputs});
        why = op.name == event.name ? result.why : fmt::format("{}: {}", op.name, result.why);
        if (!result.mapped) {
            return false;
        }
        const std::string id = text_.unique_id(op.name, number);
        const MappedLines lines =
            mapped_lines(*result.mapped, id, dependencies(lane), lane.stream, lane.gpu);
        for (const std::string& tensor : lines.tensors) {
            text_.add(tensor, event.place);
        }
        text_.add(lines.op, event.place);
        lane.ends.emplace_back(end_ns(event), id);
        merged_[known] = id;
        ++notes_.source.operators;
        notes_.source.flops += result.mapped->flops;
        notes_.source.bytes += result.mapped->bytes;
        notes_.left_out_bytes += result.mapped->left_out_bytes;
        notes_.modelled_time += event.duration;
        return true;
    }

    // A communication without its size is replayed instead.
    bool add_communication(std::size_t number, const Event& event, CollectiveKind kind,
                           Lane& lane) {
        const std::int64_t elements = std::max(event.elements_in, event.elements_out);
        std::int64_t bytes = 0;
        if (__builtin_mul_overflow(elements, recorded_element_bytes(event.element_type), &bytes) ||
            bytes <= 0 || has_peer(kind)) {
            unmapped_.add(event.name, "communication without a recorded size", event.duration);
            add_replay(number, event, event.name, lane);
            return true;
        }
        const std::string id = text_.unique_id(std::string(collective_name(kind)), number);
        LineWriter line;
        line.text("op", std::string(collective_name(kind))).text("id", id).number("bytes", bytes);
        if (!event.group.empty()) {
            line.text("group", event.group);
        }
        finish(line, event, id, lane);
        ++notes_.source.communications;
        notes_.source.communicated += bytes;
        return true;
    }

    void add_replay(std::size_t number, const Event& event, const std::string& name, Lane& lane) {
        const std::string id = text_.unique_id(name, number);
        LineWriter line;
        line.text("op", "replay").text("id", id);
        if (event.name != id) {
            line.text("name", event.name);
        }
        // A recorded duration below the profiler's resolution is its smallest step.
        const Time duration = std::max(event.duration, nanoseconds(1));
        line.text("duration", to_text(duration)).number_unless_zero("bytes", event.bytes);
        finish(line, event, id, lane);
        ++notes_.source.replayed;
        notes_.source.replayed_time += duration;
        notes_.source.bytes += event.bytes;
    }

    void finish(LineWriter& line, const Event& event, const std::string& id, Lane& lane) {
        const auto depends = dependencies(lane);
        if (!depends.empty()) {
            line.texts("depends", depends);
        }
        line.number_unless_zero("stream", lane.stream).number_unless_zero("gpu", lane.gpu);
        text_.add(line.take(), event.place);
        lane.ends.emplace_back(end_ns(event), id);
        ++notes_.source.operators;
    }

    void busy(const Event& event) {
        if (!span_begin_ || event.begin_ns < *span_begin_) {
            span_begin_ = event.begin_ns;
        }
        const std::int64_t from = std::max(event.begin_ns, covered_to_.value_or(event.begin_ns));
        busy_ns_ += std::max<std::int64_t>(0, end_ns(event) - from);
        covered_to_ = std::max(end_ns(event), covered_to_.value_or(end_ns(event)));
    }

    void warn() {
        const std::int64_t span = *covered_to_ - *span_begin_;
        notes_.warnings.push_back(
            fmt::format("the device was busy for {} of the recorded {}; gaps are not kept",
                        to_text(nanoseconds(busy_ns_)), to_text(nanoseconds(span))));
        if (!profile_.has_shapes) {
            notes_.warnings.push_back(
                "no operator has the shapes of its inputs: profile with record_shapes=True");
        }
        if (notes_.merged > 0) {
            notes_.warnings.push_back(fmt::format(
                "{} further kernels belong to an operator that is one for us", notes_.merged));
        }
    }

    const std::string& path_;
    OperatorMapping& mapping_;
    pytorch::Profile profile_;
    pytorch::HostOperators host_;
    TraceText text_;
    ImportNotes notes_;
    UnmappedNames unmapped_;
    std::vector<std::size_t> order_;
    std::map<StreamKey, Lane> lanes_;
    std::map<std::size_t, std::string> merged_;  // host operator that is ours already: its id
    std::optional<std::int64_t> span_begin_;
    std::optional<std::int64_t> covered_to_;
    std::int64_t busy_ns_ = 0;
};

}  // namespace

PytorchTrace read_pytorch_profile(const std::string& path, OperatorMapping& mapping) {
    return Importer(path, mapping).import();
}

}  // namespace vr
