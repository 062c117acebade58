// SPDX-License-Identifier: Apache-2.0
#include "traces/formats/chakra/node_reader.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "models/base/quantity_text.h"
#include "traces/formats/workload/line_writer.h"

namespace vr::chakra {

namespace {

using nlohmann::json;

constexpr std::int64_t kFemtosecondsPerMicrosecond = 1'000'000'000;
constexpr std::int64_t kFemtosecondsPerPicosecond = 1'000;
constexpr std::int64_t kMostStreams = 1 << 20;

// A text in the form of a Python list as JSON: single quotes become double ones.
json python_list(std::string text) {
    if (text.find('"') == std::string::npos) {
        std::replace(text.begin(), text.end(), '\'', '"');
    }
    return json::parse(text, nullptr, false);
}

// Shapes and types of a node's inputs; empty where they are not in the usual form.
std::vector<SourceTensor> inputs_of(const Node& node) {
    const json shapes = python_list(node.inputs().shapes());
    const json types = python_list(node.inputs().types());
    std::vector<SourceTensor> out;
    for (std::size_t i = 0; shapes.is_array() && i < shapes.size(); ++i) {
        SourceTensor tensor;
        bool plain = shapes[i].is_array();
        for (std::size_t d = 0; plain && d < shapes[i].size(); ++d) {
            plain = shapes[i][d].is_number_integer();
            if (plain) {
                tensor.dims.push_back(shapes[i][d].get<std::int64_t>());
            }
        }
        if (types.is_array() && i < types.size() && types[i].is_string()) {
            tensor.type = types[i].get<std::string>();
            if (tensor.type.starts_with("Tensor(") && tensor.type.ends_with(")")) {
                tensor.type = tensor.type.substr(7, tensor.type.size() - 8);
            }
        }
        out.push_back(plain ? tensor : SourceTensor{});
    }
    return out;
}

}  // namespace

std::string NodeReader::id_of(const Node& node) {
    std::string id = node.name().empty() ? fmt::format("node {}", node.id()) : node.name();
    while (!ids_.insert(id).second) {
        id += fmt::format("#{}", node.id());
    }
    return id;
}

Time NodeReader::duration_of(const Node& node, const Attributes& attributes) const {
    struct Unit {
        const char* attribute;
        const char* text;
        std::int64_t femtoseconds;
    };
    static constexpr Unit kUnits[] = {{"vr.duration_fs", "fs", 1},
                                      {"vr.duration_ps", "ps", kFemtosecondsPerPicosecond}};
    std::uint64_t recorded = node.duration_micros();
    Unit unit{"", "us", kFemtosecondsPerMicrosecond};
    for (const Unit& finer : kUnits) {  // the schema itself stops at whole microseconds
        const auto value = attributes.integer(finer.attribute, Attribute::kUint64Val);
        if (value && unit.femtoseconds == kFemtosecondsPerMicrosecond) {
            recorded = static_cast<std::uint64_t>(*value);
            unit = finer;
        }
    }
    if (recorded > static_cast<std::uint64_t>(kNever.value / unit.femtoseconds)) {
        context_.problem(fmt::format("its duration of {} {} is too long", recorded, unit.text),
                         "up to 2.5 hours");
        return {};
    }
    return {static_cast<std::int64_t>(recorded) * unit.femtoseconds};
}

std::uint32_t NodeReader::stream_of(const Attributes& attributes) const {
    const std::int64_t stream =
        attributes.integer("vr.stream", Attribute::kInt64Val)
            .value_or(attributes.integer("stream", Attribute::kInt64Val).value_or(0));
    if (stream > kMostStreams) {
        context_.problem(fmt::format("its stream is {}", stream),
                         fmt::format("0 to {}", kMostStreams));
        return 0;
    }
    return static_cast<std::uint32_t>(stream);
}

NodeLine NodeReader::read(const Node& node) {
    NodeLine line;
    const Attributes attributes(node.attr(), context_);
    ++notes_.source.operators;
    if (attributes.has("vr.operator")) {
        read_own(node, attributes, line);
    } else {
        switch (node.type()) {
            case METADATA:
                line.id = id_of(node);
                write_replay(node, line, duration_of(node, attributes), 0, 0, true);
                break;
            case MEM_LOAD:
            case MEM_STORE:
                read_memory(node, attributes, line);
                break;
            case COMP:
                read_compute(node, attributes, line);
                break;
            case COMM_SEND:
            case COMM_RECV:
            case COMM_COLL:
                read_communication(node, attributes, line);
                break;
            default:
                context_.problem(fmt::format("its type is {}{}", node.type(),
                                             node.type() == INVALID ? " (INVALID)" : ""),
                                 "1 METADATA, 2 MEM_LOAD, 3 MEM_STORE, 4 COMP, 5 COMM_SEND, 6 "
                                 "COMM_RECV, 7 COMM_COLL");
        }
    }
    for (const std::string& name : attributes.unread()) {
        ++unread_[name];
    }
    return line;
}

// A node that vrsim wrote: its line in our format is in it, and the amounts that others read.
void NodeReader::read_own(const Node& node, const Attributes& attributes, NodeLine& line) {
    line.op = attributes.text("vr.operator").value_or("");
    const json object = json::parse(line.op, nullptr, false);
    const auto word = [&](const char* key) {
        return object.is_object() && object.contains(key) && object[key].is_string()
                   ? object[key].get<std::string>()
                   : std::string{};
    };
    line.id = word("id");
    if (line.id.empty() || word("op").empty() || line.op.find('\n') != std::string::npos) {
        context_.problem("attribute 'vr.operator' is no line of an operator",
                         "one JSON object with 'op' and 'id'", "see traces/README.md");
        return;
    }
    TraceTotals& totals = notes_.source;
    const Time duration = duration_of(node, attributes);
    const auto flops = attributes.integer("num_ops", Attribute::kInt64Val);
    const auto bytes = attributes.integer("tensor_size", Attribute::kUint64Val);
    totals.flops += flops.value_or(0);
    totals.bytes += bytes.value_or(0);
    (void)attributes.boolean("is_cpu_op");
    (void)attributes.integer("comm_type", Attribute::kInt64Val);
    (void)attributes.integer("comm_tag", Attribute::kInt32Val, true);
    (void)attributes.integer("comm_src", Attribute::kInt32Val);
    (void)attributes.integer("comm_dst", Attribute::kInt32Val);
    (void)attributes.integer("vr.stream", Attribute::kInt64Val);
    (void)attributes.text("pg_name");
    if (node.type() >= COMM_SEND) {
        ++totals.communications;
        totals.communicated += attributes.integer("comm_size", Attribute::kInt64Val).value_or(0);
    }
    notes_.recorded_time += duration;
    if (word("op") == "replay") {
        ++totals.replayed;
        totals.replayed_time += duration;
    }
}

void NodeReader::write_replay(const Node& node, NodeLine& line, Time duration, std::int64_t flops,
                              std::int64_t bytes, bool host) {
    if (duration.value == 0 && !host) {
        context_.problem(
            "it has no recorded time, and no shape that the mapping knows",
            "duration_micros or vr.duration_ps above 0, or inputs with shapes and types",
            "as it is, it would count as work that takes no time");
        return;
    }
    LineWriter out;
    out.text("op", "replay").text("id", line.id);
    if (line.id != node.name() && !node.name().empty()) {
        out.text("name", node.name());
    }
    out.text("duration", to_text(duration));
    out.number_unless_zero("flops", flops).number_unless_zero("bytes", bytes);
    if (host) {
        out.raw("host", "true");
    }
    const Attributes attributes(node.attr(), context_);
    out.number_unless_zero("stream", stream_of(attributes));
    line.op = out.take();
    TraceTotals& totals = notes_.source;
    totals.flops += flops;
    totals.bytes += bytes;
    ++totals.replayed;
    totals.replayed_time += duration;
    notes_.recorded_time += duration;
}

bool NodeReader::read_mapped(const Node& node, const Attributes& attributes, NodeLine& line,
                             std::string& why) {
    const MappingResult& result = mapping_.map({node.name(), inputs_of(node)});
    why = result.why;
    if (!result.mapped) {
        return false;
    }
    const MappedLines lines = mapped_lines(*result.mapped, line.id, {}, stream_of(attributes), 0);
    line.tensors = lines.tensors;
    line.op = lines.op;
    notes_.source.flops += result.mapped->flops;
    notes_.source.bytes += result.mapped->bytes;
    notes_.left_out_bytes += result.mapped->left_out_bytes;
    const Time duration = duration_of(node, attributes);
    notes_.recorded_time += duration;
    notes_.modelled_time += duration;
    const auto recorded = attributes.integer("num_ops", Attribute::kInt64Val);
    (void)attributes.integer("tensor_size", Attribute::kUint64Val);
    if (recorded && *recorded != result.mapped->flops) {
        notes_.warnings.push_back(
            fmt::format("{}: num_ops is {}, its shapes make {}; the shapes count", context_.place,
                        *recorded, result.mapped->flops));
    }
    return true;
}

void NodeReader::read_compute(const Node& node, const Attributes& attributes, NodeLine& line) {
    line.id = id_of(node);
    const bool host = attributes.boolean("is_cpu_op").value_or(false);
    std::string why = "host work";
    if (!host && read_mapped(node, attributes, line, why)) {
        return;
    }
    const Time duration = duration_of(node, attributes);
    unmapped_.add(node.name(), why, duration);
    write_replay(node, line, duration,
                 attributes.integer("num_ops", Attribute::kInt64Val).value_or(0),
                 attributes.integer("tensor_size", Attribute::kUint64Val).value_or(0), host);
}

void NodeReader::read_memory(const Node& node, const Attributes& attributes, NodeLine& line) {
    line.id = id_of(node);
    (void)attributes.boolean("is_cpu_op");
    const auto bytes = attributes.integer("tensor_size", Attribute::kUint64Val);
    if (bytes.value_or(0) == 0) {
        context_.problem(bytes ? "its tensor_size is 0" : "it has no tensor_size", "1 or more",
                         "a memory node moves that many bytes");
        return;
    }
    const Time duration = duration_of(node, attributes);
    unmapped_.add(node.name(), "a memory node", duration);
    write_replay(node, line, duration, 0, *bytes, false);
}

void NodeReader::read_communication(const Node& node, const Attributes& attributes,
                                    NodeLine& line) {
    line.id = id_of(node);
    (void)attributes.boolean("is_cpu_op");
    (void)attributes.integer("comm_priority", Attribute::kInt32Val, true);
    CollectiveKind kind =
        node.type() == COMM_SEND ? CollectiveKind::kSend : CollectiveKind::kReceive;
    const auto type = attributes.integer("comm_type", Attribute::kInt64Val);
    constexpr auto kLast = static_cast<std::int64_t>(CollectiveKind::kBarrier);
    if (node.type() == COMM_COLL) {
        if (!type || *type > kLast) {
            context_.problem(
                type ? fmt::format("its comm_type is {}", *type) : "it has no comm_type",
                fmt::format("0 (ALL_REDUCE) to {} (BARRIER)", kLast));
            return;
        }
        kind = static_cast<CollectiveKind>(*type);
    }
    const auto bytes = attributes.integer("comm_size", Attribute::kInt64Val);
    if (bytes.value_or(0) == 0 && kind != CollectiveKind::kBarrier) {
        context_.problem(bytes ? "its comm_size is 0" : "it has no comm_size", "1 or more",
                         "communication of nothing is no work");
        return;
    }
    LineWriter out;
    out.text("op", std::string(collective_name(kind))).text("id", line.id);
    out.number_unless_zero("bytes", bytes.value_or(0));
    if (const auto group = attributes.text("pg_name"); group && !group->empty()) {
        out.text("group", *group);
    }
    const auto from = attributes.integer("comm_src", Attribute::kInt32Val);
    const auto to = attributes.integer("comm_dst", Attribute::kInt32Val);
    const auto tag = attributes.integer("comm_tag", Attribute::kInt32Val, true);
    if (has_peer(kind)) {
        const auto peer = kind == CollectiveKind::kSend ? to : from;
        if (!peer) {
            context_.problem(
                kind == CollectiveKind::kSend ? "it has no comm_dst" : "it has no comm_src",
                "the other rank");
            return;
        }
        out.number("peer", *peer).number_unless_zero("tag", tag.value_or(0));
    }
    out.number_unless_zero("stream", stream_of(attributes));
    line.op = out.take();
    ++notes_.source.communications;
    notes_.source.communicated += bytes.value_or(0);
    notes_.recorded_time += duration_of(node, attributes);
}

void NodeReader::finish() {
    notes_.unmapped = unmapped_.take();
    for (const auto& [name, count] : unread_) {
        notes_.warnings.push_back(
            fmt::format("attribute '{}' is not kept ({} nodes)", name, count));
    }
}

}  // namespace vr::chakra
