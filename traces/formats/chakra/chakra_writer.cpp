// SPDX-License-Identifier: Apache-2.0
#include "traces/formats/chakra/chakra_writer.h"

#include <execution_trace.pb.h>
#include <fmt/format.h>

#include "models/base/error.h"
#include "traces/formats/chakra/message_file.h"
#include "traces/formats/workload/workload_writer.h"

namespace vr {

namespace {

constexpr std::int64_t kFemtosecondsPerMicrosecond = 1'000'000'000;
constexpr std::int64_t kFemtosecondsPerPicosecond = 1'000;
constexpr const char* kSchemaVersion = "1.0.0";

chakra::Attribute& attribute(chakra::Node& node, const char* name) {
    chakra::Attribute& out = *node.add_attr();
    out.set_name(name);
    return out;
}

void set_integer(chakra::Node& node, const char* name, std::int64_t value) {
    attribute(node, name).set_int64_val(value);
}

// As Python writes a list of texts.
std::string python_texts(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts) {
        out += out.empty() ? "'" : ", '";
        for (const char c : text) {
            out += c == '\'' || c == '\\' ? std::string{'\\', c} : std::string{c};
        }
        out += "'";
    }
    return "[" + out + "]";
}

void set_tensors(chakra::IoInfo& info, const Workload& workload,
                 const std::vector<TensorIndex>& tensors) {
    std::vector<std::string> names;
    std::vector<std::string> types;
    std::string shapes;
    for (const TensorIndex index : tensors) {
        const TensorSpec& tensor = workload.tensors[index.value];
        names.push_back(tensor.name);
        types.push_back(fmt::format("Tensor({})", tensor_type_name(tensor.type)));
        shapes +=
            fmt::format("{}[{}, {}]", shapes.empty() ? "" : ", ", tensor.rows, tensor.columns);
    }
    info.set_values(python_texts(names));
    info.set_shapes("[" + shapes + "]");
    info.set_types(python_texts(types));
}

void set_collective(chakra::Node& node, const CollectiveSpec& collective) {
    if (has_peer(collective.kind)) {
        const bool sends = collective.kind == CollectiveKind::kSend;
        node.set_type(sends ? chakra::COMM_SEND : chakra::COMM_RECV);
        attribute(node, sends ? "comm_dst" : "comm_src")
            .set_int32_val(static_cast<std::int32_t>(collective.peer));
        attribute(node, "comm_tag").set_int32_val(static_cast<std::int32_t>(collective.tag));
    } else {
        node.set_type(chakra::COMM_COLL);
        set_integer(node, "comm_type", static_cast<std::int64_t>(collective.kind));
    }
    set_integer(node, "comm_size", collective.bytes);
    if (!collective.group.empty()) {
        attribute(node, "pg_name").set_string_val(collective.group);
    }
}

void set_work(chakra::Node& node, const Workload& workload, const OperatorSpec& op,
              const OperatorAmounts& amounts) {
    node.set_type(chakra::COMP);
    set_integer(node, "num_ops", amounts.flops);
    attribute(node, "tensor_size").set_uint64_val(static_cast<std::uint64_t>(amounts.bytes));
    if (op.kind == OperatorKind::kReplay) {
        const std::int64_t duration = op.replay.duration.value;
        node.set_duration_micros(
            static_cast<std::uint64_t>(duration / kFemtosecondsPerMicrosecond));
        attribute(node, "vr.duration_ps")
            .set_uint64_val(static_cast<std::uint64_t>(duration / kFemtosecondsPerPicosecond));
        if (duration % kFemtosecondsPerPicosecond != 0) {
            attribute(node, "vr.duration_fs").set_uint64_val(static_cast<std::uint64_t>(duration));
        }
    } else {
        set_tensors(*node.mutable_inputs(), workload, op.inputs);
        set_tensors(*node.mutable_outputs(), workload, {op.output});
    }
}

template <class Message>
void append(std::string& out, const Message& message) {
    chakra::append_message(out, message.SerializeAsString());
}

}  // namespace

std::string write_chakra(const Workload& workload, const std::vector<OperatorAmounts>& amounts,
                         const std::string& folder) {
    ensure(amounts.size() == workload.operators.size(), "{} amounts for {} operators",
           amounts.size(), workload.operators.size());
    std::string out;
    chakra::GlobalMetadata metadata;
    metadata.set_version(kSchemaVersion);
    chakra::Attribute& name = *metadata.add_attr();
    name.set_name("vr.name");
    name.set_string_val(workload.name);
    if (!workload.tensors.empty()) {
        chakra::Attribute& tensors = *metadata.add_attr();
        tensors.set_name("vr.tensors");
        for (const TensorSpec& tensor : workload.tensors) {
            tensors.mutable_string_list()->add_values(tensor_line(tensor, folder));
        }
    }
    append(out, metadata);
    for (std::size_t i = 0; i < workload.operators.size(); ++i) {
        const OperatorSpec& op = workload.operators[i];
        chakra::Node node;
        node.set_id(i);
        node.set_name(op.id);
        for (const OperatorIndex before : op.depends) {
            node.add_data_deps(before.value);
        }
        const bool host = op.kind == OperatorKind::kReplay && op.replay.host;
        attribute(node, "is_cpu_op").set_bool_val(host);
        if (op.kind == OperatorKind::kCollective) {
            set_collective(node, op.collective);
        } else {
            set_work(node, workload, op, amounts[i]);
        }
        if (op.stream > 0) {
            set_integer(node, "vr.stream", op.stream);
        }
        attribute(node, "vr.operator").set_string_val(operator_line(workload, op, {}));
        append(out, node);
    }
    return out;
}

}  // namespace vr
