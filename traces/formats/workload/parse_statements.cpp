// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <tuple>

#include "traces/formats/workload/line_object.h"
#include "traces/formats/workload/statements.h"
#include "traces/formats/workload/workload_reader.h"

namespace vr::workload_trace {

using nlohmann::json;

namespace {

// 2^30 a side keeps rows x columns x 32 bits within 63 bits.
constexpr std::int64_t kLongestSide = std::int64_t{1} << 30;
constexpr std::int64_t kMostGpus = 1 << 20;

const std::vector<std::string> kTypes = {"fp32", "bf16", "fp8_e4m3", "nvfp4"};
constexpr TensorType kTypeValues[] = {TensorType::kFp32, TensorType::kBf16, TensorType::kFp8E4m3,
                                      TensorType::kNvfp4};
const std::vector<std::string> kRoles = {"weights", "cache", "activations"};
constexpr TensorRole kRoleValues[] = {TensorRole::kWeights, TensorRole::kCache,
                                      TensorRole::kActivations};
constexpr std::int64_t kMostLayers = 1 << 20;
const std::vector<std::string> kHomes = {"gpu", "host"};
const std::vector<std::string> kSubmissions = {"graph", "stream"};
constexpr Submission kSubmissionValues[] = {Submission::kGraph, Submission::kStream};
constexpr TensorHome kHomeValues[] = {TensorHome::kGpu, TensorHome::kHost};

void read_data(const LineObject& line, TensorStatement& tensor) {
    if (!line.has("data")) {
        return;
    }
    const json& value = line.object().at("data");
    tensor.data_column = line.column("data");
    if (value.is_string() && value.get<std::string>() == "seeded") {
        tensor.spec.data = TensorData::kSeeded;
    } else if (value.is_object() && value.size() == 1 && value.contains("file") &&
               value["file"].is_string() && !value["file"].get<std::string>().empty()) {
        tensor.spec.data = TensorData::kFile;
        tensor.spec.file = value["file"].get<std::string>();
    } else {
        line.problem("data", fmt::format("'data' is {}", value.dump().substr(0, 60)),
                     "\"seeded\" or {\"file\": \"PATH\"}", "leave it out for a timing-only run");
    }
}

void read_tensor(const LineObject& line, Statements& out) {
    line.allow_only({"tensor", "shape", "type", "data", "gpu", "place", "role"});
    TensorStatement tensor;
    tensor.line = line.line();
    tensor.name_column = line.column("tensor");
    tensor.spec.name = line.text("tensor", "the tensor's name").value_or("");
    if (const auto shape = line.shape("shape", kLongestSide)) {
        std::tie(tensor.spec.rows, tensor.spec.columns) = *shape;
    }
    tensor.spec.type = kTypeValues[line.word("type", "tensor type", kTypes).value_or(0)];
    read_data(line, tensor);
    tensor.spec.gpu = {
        static_cast<std::uint32_t>(line.integer("gpu", 0, kMostGpus, 0).value_or(0))};
    if (line.has("place")) {
        tensor.spec.home = kHomeValues[line.word("place", "place", kHomes).value_or(0)];
    }
    if (line.has("role")) {
        tensor.spec.role = kRoleValues[line.word("role", "role", kRoles).value_or(0)];
    }
    out.tensors.push_back(std::move(tensor));
}

void read_header(const LineObject& line, Statements& out) {
    line.allow_only({"vrsim_trace", "name", "submission", "tokens", "layers", "model_layers"});
    const auto version = line.integer("vrsim_trace", 0, INT64_MAX);
    if (version && *version != kWorkloadTraceVersion) {
        line.problem("vrsim_trace", fmt::format("trace version {} is not supported", *version),
                     fmt::format("{}", kWorkloadTraceVersion),
                     "write the file anew in this version, or use the vrsim that wrote it");
    }
    out.name = line.text("name", "a name for the workload").value_or("");
    if (line.has("submission")) {
        out.submission =
            kSubmissionValues[line.word("submission", "submission", kSubmissions).value_or(0)];
    }
    out.tokens = line.integer("tokens", 1, kLongestSide, 0).value_or(0);
    out.layers = line.integer("layers", 1, kMostLayers, 0).value_or(0);
    out.model_layers = line.integer("model_layers", 1, kMostLayers, out.layers).value_or(0);
    if (out.model_layers < out.layers) {
        line.problem("model_layers",
                     fmt::format("{} layers of a model of {}", out.layers, out.model_layers),
                     "at least as many as \"layers\"", "");
    }
}

// Parses one line to an object; reports and returns nothing when it is none.
std::optional<json> to_object(const LineContext& context) {
    json value;
    try {
        value = json::parse(context.text);
    } catch (const json::parse_error& error) {
        // The byte is 1-based and may lie one past the end of the line.
        const auto column =
            static_cast<std::uint32_t>(std::min<std::size_t>(error.byte, context.text.size() + 1));
        std::string why = error.what();
        const std::size_t cut = why.find("column ");
        const std::size_t colon = cut == std::string::npos ? cut : why.find(": ", cut);
        why = colon == std::string::npos ? why : why.substr(colon + 2);
        context.problems->push_back(
            {*context.file, context.line, column, fmt::format("not JSON ({})", why),
             "one JSON object per line, or a comment that starts with #", ""});
        return std::nullopt;
    }
    if (!value.is_object()) {
        context.problems->push_back({*context.file, context.line, 1,
                                     fmt::format("the line is a JSON {}", value.type_name()),
                                     "one JSON object per line, {\"key\": value, ...}", ""});
        return std::nullopt;
    }
    return value;
}

}  // namespace

Statements parse_statements(std::string_view text, const std::string& file,
                            std::vector<Diagnostic>& problems) {
    Statements out;
    LineContext context{&file, {}, 0, &problems};
    bool header_seen = false;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        context.text = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        ++context.line;
        const std::size_t first = context.text.find_first_not_of(" \t\r");
        if (first == std::string_view::npos || context.text[first] == '#') {
            continue;
        }
        const std::optional<json> object = to_object(context);
        if (!object) {
            header_seen = true;  // the broken line may be the header; do not complain twice
            continue;
        }
        const LineObject line(*object, context);
        if (line.has("vrsim_trace")) {
            if (header_seen && !out.name.empty()) {
                line.problem("vrsim_trace", "a second header", "one header, the first object");
            }
            read_header(line, out);
        } else if (!header_seen) {
            line.problem("", "the header is missing",
                         "{\"vrsim_trace\": 1, \"name\": \"...\"} as the first object",
                         "add that line at the top");
        }
        header_seen = true;
        if (line.has("tensor")) {
            read_tensor(line, out);
        } else if (line.has("op")) {
            if (auto op = parse_operator(line)) {
                out.operators.push_back(std::move(*op));
            }
        } else if (!line.has("vrsim_trace")) {
            line.problem("", "the line is neither a tensor nor an operator",
                         "a key 'tensor', 'op', or in the first object 'vrsim_trace'");
        }
    }
    return out;
}

}  // namespace vr::workload_trace
