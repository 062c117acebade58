// SPDX-License-Identifier: Apache-2.0
#include "app/convert/trace_files.h"

#include "app/paths.h"
#include "app/platform/roofline.h"
#include "models/base/error.h"
#include "traces/formats/bytes/byte_source.h"
#include "traces/formats/chakra/chakra_reader.h"
#include "traces/formats/pytorch_profiler/pytorch_reader.h"
#include "traces/formats/workload/workload_reader.h"

namespace vr {

namespace {

constexpr std::size_t kLookedAt = 4096;  // bytes that tell formats apart

// A JSON document is a profile; a JSON line with our header is ours; the rest can only be protobuf.
TraceFormat format_of_content(const std::string& path) {
    const std::string bytes = first_bytes(path, kLookedAt);
    const std::size_t first = bytes.find_first_not_of(" \t\r\n");
    if (first == std::string::npos || bytes[first] == '#' ||
        bytes.find("\"vrsim_trace\"") != std::string::npos) {
        return TraceFormat::kWorkload;
    }
    // Byte 10 begins a Chakra file as often as it ends a line: text is told by what follows it.
    const bool text = bytes.find('\0') == std::string::npos;
    return text && (bytes[first] == '{' || bytes[first] == '[') ? TraceFormat::kPytorch
                                                                : TraceFormat::kChakra;
}

}  // namespace

std::string format_name(TraceFormat format) {
    switch (format) {
        case TraceFormat::kWorkload:
            return "workload trace";
        case TraceFormat::kChakra:
            return "Chakra execution trace";
        case TraceFormat::kPytorch:
            return "PyTorch profile";
    }
    return "";
}

TraceFormat input_format(const std::string& path) {
    if (path.ends_with(".jsonl")) {
        return TraceFormat::kWorkload;
    }
    if (path.ends_with(".et")) {
        return TraceFormat::kChakra;
    }
    if (path.ends_with(".json") || path.ends_with(".json.gz")) {
        return TraceFormat::kPytorch;
    }
    return format_of_content(path);
}

TraceFormat output_format(const std::string& path) {
    if (path.ends_with(".jsonl")) {
        return TraceFormat::kWorkload;
    }
    if (path.ends_with(".et")) {
        return TraceFormat::kChakra;
    }
    throw UsageError(fmt::format(
        "convert: cannot tell the format of '{}' by its suffix; allowed: .jsonl (workload trace), "
        ".et (Chakra execution trace)",
        path));
}

OperatorMapping load_mapping(const std::vector<std::string>& files) {
    std::vector<std::string> all = files;
    all.push_back(tree_path("traces/formats/mapping/operators.toml"));
    return OperatorMapping::load(all);
}

TraceFile read_trace(const std::string& path, TraceFormat format, OperatorMapping& mapping) {
    TraceFile file;
    switch (format) {
        case TraceFormat::kWorkload:
            file.workload = read_workload(path).workload;
            file.notes.source = count_totals(file.workload);
            break;
        case TraceFormat::kChakra: {
            ChakraTrace trace = read_chakra(path, mapping);
            file = {std::move(trace.workload), std::move(trace.notes)};
            break;
        }
        case TraceFormat::kPytorch: {
            PytorchTrace trace = read_pytorch_profile(path, mapping);
            file = {std::move(trace.workload), std::move(trace.notes)};
            break;
        }
    }
    return file;
}

std::vector<OperatorAmounts> operator_amounts(const Workload& workload) {
    const std::vector<OperatorWork> works = count_work(workload);
    std::vector<OperatorAmounts> amounts;
    for (std::size_t i = 0; i < works.size(); ++i) {
        const OperatorSpec& op = workload.operators[i];
        if (op.kind == OperatorKind::kReplay) {
            amounts.push_back({op.replay.flops, op.replay.bytes});
        } else {
            amounts.push_back({works[i].tensor_flops + works[i].vector_flops,
                               works[i].read_bytes + works[i].write_bytes});
        }
    }
    return amounts;
}

TraceTotals count_totals(const Workload& workload) {
    TraceTotals totals;
    totals.operators = static_cast<std::int64_t>(workload.operators.size());
    for (const OperatorAmounts& amounts : operator_amounts(workload)) {
        totals.flops += amounts.flops;
        totals.bytes += amounts.bytes;
    }
    for (const OperatorSpec& op : workload.operators) {
        if (op.kind == OperatorKind::kReplay) {
            ++totals.replayed;
            totals.replayed_time += op.replay.duration;
        } else if (op.kind == OperatorKind::kCollective) {
            ++totals.communications;
            totals.communicated += op.collective.bytes;
        }
    }
    return totals;
}

}  // namespace vr
