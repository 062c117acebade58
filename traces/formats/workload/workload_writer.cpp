// SPDX-License-Identifier: Apache-2.0
#include "traces/formats/workload/workload_writer.h"

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "models/base/error.h"
#include "models/base/quantity_text.h"
#include "traces/formats/workload/dependencies.h"
#include "traces/formats/workload/line_writer.h"
#include "traces/formats/workload/workload_reader.h"

namespace vr {

namespace {

std::string data_path(const TensorSpec& tensor, const std::string& folder) {
    const std::filesystem::path path(tensor.file);
    if (folder.empty() || path.is_absolute()) {
        return tensor.file;
    }
    const std::filesystem::path relative = path.lexically_relative(folder);
    return relative.empty() ? std::filesystem::absolute(path).string() : relative.string();
}

std::string function_word(ElementwiseFunction function) {
    switch (function) {
        case ElementwiseFunction::kAdd:
            return "add";
        case ElementwiseFunction::kMultiply:
            return "multiply";
        case ElementwiseFunction::kRelu:
            return "relu";
        case ElementwiseFunction::kSilu:
            return "silu";
    }
    return "";
}

void write_replay(LineWriter& line, const OperatorSpec& op) {
    line.text("op", "replay").text("id", op.id);
    if (!op.replay.name.empty()) {
        line.text("name", op.replay.name);
    }
    line.text("duration", to_text(op.replay.duration));
    line.number_unless_zero("flops", op.replay.flops).number_unless_zero("bytes", op.replay.bytes);
    if (op.replay.host) {
        line.raw("host", "true");
    }
}

void write_collective(LineWriter& line, const OperatorSpec& op) {
    const CollectiveSpec& collective = op.collective;
    line.text("op", std::string(collective_name(collective.kind))).text("id", op.id);
    line.number_unless_zero("bytes", collective.bytes);
    if (!collective.group.empty()) {
        line.text("group", collective.group);
    }
    if (has_peer(collective.kind)) {
        line.number("peer", collective.peer).number_unless_zero("tag", collective.tag);
    }
}

void write_arguments(LineWriter& line, const OperatorSpec& op) {
    if (!op.arguments.empty()) {
        line.numbers("arguments", op.arguments);
    }
}

void write_epilogue(LineWriter& line, const OperatorSpec& op) {
    if (op.epilogue == ProductEpilogue::kSwiglu) {
        line.text("epilogue", "swiglu");
    }
}

void write_groups(LineWriter& line, const OperatorSpec& op) {
    line.integers("rows", op.rows);
    if (op.row_alignment != 1) {
        line.number("row_alignment", op.row_alignment);
    }
}

void write_columns(LineWriter& line, const std::string& prefix, const HeadColumns& part) {
    line.number(prefix + "pitch", part.pitch).number(prefix + "first", part.first);
}

std::string second_key(RowFunction function) {
    switch (function) {
        case RowFunction::kRmsNorm:
            return "weight";
        case RowFunction::kRope:
            return "angles";
        case RowFunction::kTopK:
            return "bias";
        case RowFunction::kSoftmax:
        case RowFunction::kQuantise:
        case RowFunction::kSwiglu:
        case RowFunction::kMerge:
            break;
    }
    return "";
}

void write_row_function(LineWriter& line, const OperatorSpec& op) {
    if (op.row_function == RowFunction::kRmsNorm) {
        line.raw("epsilon", fmt::format("{}", op.epsilon));
    }
    if (op.columns != 0) {
        line.number("columns", op.columns);
        write_columns(line, "", op.input_columns);
        write_columns(line, "output_", op.output_columns);
    }
    if (op.row_pitch != 1 || op.row_first != 0) {
        line.number("output_row_pitch", op.row_pitch).number("output_row_first", op.row_first);
    }
    if (op.row_function == RowFunction::kRope) {
        line.number_unless_zero("position", op.position).number("sequence_rows", op.sequence_rows);
        if (op.carries) {
            line.raw("carry", "true");
        }
    } else if (op.row_function == RowFunction::kTopK) {
        const RoutingRule& rule = op.routing;
        line.number("count", rule.count).text("scoring", rule.sigmoid ? "sigmoid" : "softmax");
        line.number("groups", rule.groups).number("groups_kept", rule.groups_kept);
        line.raw("normalise", rule.normalise ? "true" : "false");
        line.raw("scale", fmt::format("{}", rule.scale));
    }
}

// Said where a head's values are not all of its columns in v.
void write_values(LineWriter& line, const AttentionShape& shape) {
    if (shape.values.first != 0 ||
        (shape.values.pitch != 0 && shape.values.pitch != shape.value_columns)) {
        line.number("v_pitch", shape.values.pitch).number("v_first", shape.values.first);
    }
}

void write_attention(LineWriter& line, const AttentionShape& shape) {
    line.number("sequences", shape.sequences).number("heads", shape.heads);
    line.number("kv_heads", shape.kv_heads);
    if (shape.contexts.empty()) {
        line.number("context", shape.context);
    } else {
        line.integers("contexts", shape.contexts);
    }
    if (!shape.query_rows.empty()) {
        line.integers("query_rows", shape.query_rows);
    }
    line.raw("causal", shape.causal ? "true" : "false");
    line.raw("scale", fmt::format("{}", shape.scale));
}

// Dependencies of each operator that the reader would not find through tensors.
std::vector<std::vector<OperatorIndex>> named_dependencies(const Workload& workload) {
    Workload flow;
    flow.tensors.resize(workload.tensors.size());
    for (const OperatorSpec& op : workload.operators) {
        OperatorSpec bare;
        bare.kind = op.kind;
        bare.inputs = op.inputs;
        bare.output = op.output;
        flow.operators.push_back(std::move(bare));
    }
    workload_trace::add_data_flow(flow);
    std::vector<std::vector<OperatorIndex>> named(workload.operators.size());
    for (std::size_t i = 0; i < named.size(); ++i) {
        const auto& all = workload.operators[i].depends;
        const auto& implied = flow.operators[i].depends;
        std::set_difference(all.begin(), all.end(), implied.begin(), implied.end(),
                            std::back_inserter(named[i]));
    }
    return named;
}

}  // namespace

std::string tensor_line(const TensorSpec& tensor, const std::string& folder) {
    LineWriter line;
    line.text("tensor", tensor.name)
        .raw("shape", fmt::format("[{}, {}]", tensor.rows, tensor.columns))
        .text("type", std::string(tensor_type_name(tensor.type)));
    if (tensor.data == TensorData::kSeeded) {
        line.text("data", "seeded");
    } else if (tensor.data == TensorData::kFile) {
        line.raw("data", fmt::format("{{\"file\": {}}}", json_text(data_path(tensor, folder))));
    }
    line.number_unless_zero("gpu", tensor.gpu.value);
    if (tensor.role != TensorRole::kNone) {
        line.text("role", std::string(tensor_role_name(tensor.role)));
    }
    if (tensor.home == TensorHome::kHost) {
        line.text("place", "host");
    }
    return line.take();
}

std::string operator_line(const Workload& workload, const OperatorSpec& op,
                          const std::vector<OperatorIndex>& depends) {
    const auto name = [&](TensorIndex tensor) { return workload.tensors[tensor.value].name; };
    LineWriter line;
    switch (op.kind) {
        case OperatorKind::kGemm:
            line.text("op", "gemm").text("id", op.id);
            line.text("a", name(op.inputs.at(0))).text("b", name(op.inputs.at(1)));
            line.text("d", name(op.output));
            write_epilogue(line, op);
            write_arguments(line, op);
            break;
        case OperatorKind::kCopy:
            line.text("op", "copy").text("id", op.id);
            line.text("source", name(op.inputs.at(0))).text("destination", name(op.output));
            break;
        case OperatorKind::kElementwise:
        case OperatorKind::kCustom: {
            std::vector<std::string> inputs;
            for (const TensorIndex input : op.inputs) {
                inputs.push_back(name(input));
            }
            if (op.kind == OperatorKind::kElementwise) {
                line.text("op", "elementwise").text("id", op.id);
                line.text("function", function_word(op.function));
            } else {
                line.text("op", "custom").text("kernel", op.kernel).text("id", op.id);
            }
            line.texts("inputs", inputs).text("output", name(op.output));
            write_arguments(line, op);
            break;
        }
        case OperatorKind::kGroupedGemm:
        case OperatorKind::kBatchedGemm:
            line.text("op", std::string(operator_name(op))).text("id", op.id);
            line.text("a", name(op.inputs.at(0))).text("b", name(op.inputs.at(1)));
            line.text("d", name(op.output));
            if (op.kind == OperatorKind::kGroupedGemm) {
                write_epilogue(line, op);
                write_groups(line, op);
            } else {
                line.number("groups", op.groups);
                write_columns(line, "a_", op.input_columns);
                write_columns(line, "d_", op.output_columns);
            }
            break;
        case OperatorKind::kRows:
            line.text("op", std::string(operator_name(op))).text("id", op.id);
            line.text("input", name(op.inputs.at(0)));
            if (op.inputs.size() > 1) {
                line.text(second_key(op.row_function), name(op.inputs[1]));
            }
            if (op.inputs.size() > 2) {
                line.text("add", name(op.inputs[2]));
            }
            line.text("output", name(op.output));
            write_row_function(line, op);
            break;
        case OperatorKind::kPermute:
        case OperatorKind::kCombine:
            line.text("op", std::string(operator_name(op))).text("id", op.id);
            line.text("input", name(op.inputs.at(0))).text("routing", name(op.inputs.at(1)));
            line.text("output", name(op.output));
            write_groups(line, op);
            line.number_unless_zero("first_expert", op.first_expert);
            break;
        case OperatorKind::kAttention:
            line.text("op", "attention").text("id", op.id);
            line.text("q", name(op.inputs.at(0))).text("k", name(op.inputs.at(1)));
            if (op.inputs.size() > 2) {
                line.text("v", name(op.inputs[2]));
                write_values(line, op.attention);
            }
            line.text("output", name(op.output));
            write_attention(line, op.attention);
            write_arguments(line, op);
            break;
        case OperatorKind::kReplay:
            write_replay(line, op);
            break;
        case OperatorKind::kCollective:
            write_collective(line, op);
            break;
    }
    if (!depends.empty()) {
        std::vector<std::string> ids;
        for (const OperatorIndex before : depends) {
            ids.push_back(workload.operators[before.value].id);
        }
        line.texts("depends", ids);
    }
    return line.number_unless_zero("stream", op.stream)
        .number_unless_zero("gpu", op.gpu.value)
        .take();
}

std::string write_workload(const Workload& workload, const WorkloadWriteOptions& options) {
    LineWriter header;
    header.number("vrsim_trace", kWorkloadTraceVersion).text("name", workload.name);
    if (workload.submission == Submission::kStream) {
        header.text("submission", "stream");
    }
    header.number_unless_zero("tokens", workload.tokens);
    header.number_unless_zero("layers", workload.layers);
    header.number_unless_zero("model_layers", workload.model_layers);
    std::string out = header.take() + "\n";
    for (const std::string& comment : options.comments) {
        out += "# " + comment + "\n";
    }
    for (const TensorSpec& tensor : workload.tensors) {
        out += tensor_line(tensor, options.folder) + "\n";
    }
    const auto named = named_dependencies(workload);
    for (std::size_t i = 0; i < workload.operators.size(); ++i) {
        out += operator_line(workload, workload.operators[i], named[i]) + "\n";
    }
    return out;
}

}  // namespace vr
