// SPDX-License-Identifier: Apache-2.0
// Operator lines: which keys each operator takes and what they may say.
#include <cmath>
#include <functional>

#include "traces/formats/workload/line_object.h"
#include "traces/formats/workload/statements.h"

namespace vr::workload_trace {

namespace {

constexpr std::int64_t kMostGpus = 1 << 20;
constexpr std::int64_t kMostStreams = 1 << 20;
constexpr std::int64_t kMostGroups = 1 << 20;
constexpr std::int64_t kMostRows = std::int64_t{1} << 30;

const std::vector<std::string> kFunctions = {"add", "multiply", "relu", "silu"};
constexpr ElementwiseFunction kFunctionValues[] = {
    ElementwiseFunction::kAdd, ElementwiseFunction::kMultiply, ElementwiseFunction::kRelu,
    ElementwiseFunction::kSilu};

// Reads the keys of one kind of operator: names of tensors by key, then attributes.
struct Reader {
    const LineObject& line;
    OperatorStatement& op;

    void inputs(const std::vector<std::string>& keys) const {
        for (const std::string& key : keys) {
            op.inputs.push_back(reference(key));
        }
    }
    void optional_input(const std::string& key) const {
        if (line.has(key)) {
            op.inputs.push_back(reference(key));
        }
    }
    void output(const std::string& key) const { op.output = reference(key); }
    [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t low, std::int64_t high,
                                       std::optional<std::int64_t> standard = {}) const {
        return line.integer(key, low, high, standard).value_or(low);
    }
    [[nodiscard]] float number(std::string_view key, double low, double high,
                               std::optional<double> standard = {}) const {
        return static_cast<float>(line.number(key, low, high, standard).value_or(low));
    }
    [[nodiscard]] Reference reference(const std::string& key) const {
        return {line.text(key, "the name of a tensor").value_or(""), line.column(key)};
    }
};

struct Kind {
    std::string word;
    OperatorKind kind;
    RowFunction function;
    std::vector<std::string> keys;
    std::function<void(const Reader&)> read;
};

void read_listed(const Reader& r) {
    for (const std::string& name :
         r.line.texts("inputs", true).value_or(std::vector<std::string>{})) {
        r.op.inputs.push_back({name, r.line.column("inputs")});
    }
    r.output("output");
}

void read_elementwise(const Reader& r) {
    r.op.spec.function =
        kFunctionValues[r.line.word("function", "function", kFunctions).value_or(0)];
    read_listed(r);
}

void read_custom(const Reader& r) {
    r.op.spec.kernel = r.line.text("kernel", "the name of a registered kernel").value_or("");
    r.op.spec.arguments = r.line.named_integers("arguments");
    read_listed(r);
}

void read_groups(const Reader& r) {
    r.op.spec.rows = r.line.integers("rows", 0, kMostRows).value_or(std::vector<std::int64_t>{});
    r.op.spec.row_alignment = r.integer("row_alignment", 1, kMostRows, 1);
}

void read_product(const Reader& r) {
    r.inputs({"a", "b"});
    r.output("d");
    if (r.line.has("epilogue") && r.line.word("epilogue", "epilogue", {"swiglu"})) {
        r.op.spec.epilogue = ProductEpilogue::kSwiglu;
    }
}

void read_batched(const Reader& r) {
    r.inputs({"a", "b"});
    r.output("d");
    OperatorSpec& op = r.op.spec;
    op.groups = r.integer("groups", 1, kMostGroups);
    op.input_columns = {r.integer("a_pitch", 0, kMostRows, 0),
                        r.integer("a_first", 0, kMostRows, 0)};
    op.output_columns = {r.integer("d_pitch", 0, kMostRows, 0),
                         r.integer("d_first", 0, kMostRows, 0)};
}

// The part of each head's columns that a function of rows takes, and where its results go.
void read_part(const Reader& r, bool output_first_follows) {
    OperatorSpec& op = r.op.spec;
    const std::int64_t pitch = r.integer("pitch", 0, kMostRows, op.columns);
    const std::int64_t first = r.integer("first", 0, kMostRows, 0);
    op.input_columns = {pitch, first};
    op.output_columns = {r.integer("output_pitch", 1, kMostRows, pitch == 0 ? op.columns : pitch),
                         r.integer("output_first", 0, kMostRows, output_first_follows ? first : 0)};
}

const std::vector<std::string> kPartKeys = {"columns", "pitch", "first", "output_pitch",
                                            "output_first"};

std::vector<std::string> with_part(std::vector<std::string> keys) {
    keys.insert(keys.end(), kPartKeys.begin(), kPartKeys.end());
    return keys;
}

// Whole rows unless "columns" says which part.
void read_optional_part(const Reader& r) {
    if (r.line.has("columns")) {
        r.op.spec.columns = r.integer("columns", 1, kMostRows);
        read_part(r, false);
        return;
    }
    for (const std::string& key : kPartKeys) {
        if (r.line.has(key)) {
            r.line.problem(key, fmt::format("'{}' without 'columns'", key),
                           "both, or neither: then rows are taken whole",
                           "say with \"columns\" how many columns of each head are meant");
        }
    }
}

const std::vector<std::string> kPlaceKeys = {"output_row_pitch", "output_row_first"};

std::vector<std::string> with_places(std::vector<std::string> keys) {
    keys.insert(keys.end(), kPlaceKeys.begin(), kPlaceKeys.end());
    return keys;
}

void read_places(const Reader& r) {
    r.op.spec.row_pitch = r.integer("output_row_pitch", 1, kMostRows, 1);
    r.op.spec.row_first = r.integer("output_row_first", 0, kMostRows, 0);
}

void read_quantise(const Reader& r) {
    r.inputs({"input"});
    r.output("output");
    read_optional_part(r);
    read_places(r);
}

void read_norm(const Reader& r) {
    r.inputs({"input", "weight"});
    r.optional_input("add");
    r.output("output");
    r.op.spec.epsilon = r.number("epsilon", 0, 1, 1e-6);
    read_optional_part(r);
    read_places(r);
}

void read_rope(const Reader& r) {
    r.inputs({"input", "angles"});
    r.output("output");
    OperatorSpec& op = r.op.spec;
    op.columns = r.integer("columns", 2, kMostRows);
    read_part(r, true);
    op.position = r.integer("position", 0, kMostRows, 0);
    op.sequence_rows = r.integer("sequence_rows", 1, kMostRows, 1);
    op.carries = r.line.flag("carry");
    read_places(r);
}

void read_top_k(const Reader& r) {
    r.inputs({"input"});
    r.optional_input("bias");
    r.output("output");
    RoutingRule& rule = r.op.spec.routing;
    rule.count = r.integer("count", 1, kMostGroups);
    rule.sigmoid = r.line.has("scoring") &&
                   r.line.word("scoring", "scoring", {"softmax", "sigmoid"}).value_or(0) == 1;
    rule.groups = r.integer("groups", 1, kMostGroups, 1);
    rule.groups_kept = r.integer("groups_kept", 1, kMostGroups, rule.groups);
    rule.normalise = r.line.flag("normalise");
    rule.scale = r.number("scale", 1e-6, 1e6, 1.0);
}

void read_dispatch(const Reader& r) {
    r.inputs({"input", "routing"});
    r.output("output");
    read_groups(r);
    r.op.spec.first_expert = r.integer("first_expert", 0, kMostGroups, 0);
}

void read_tiling(const Reader& r) {
    if (r.line.has("arguments")) {
        r.op.spec.arguments = r.line.named_integers("arguments");
    }
}

// Lengths of the sequences: one for all of them, or a list.
void read_lengths(const Reader& r) {
    AttentionShape& shape = r.op.spec.attention;
    shape.query_rows =
        r.line.has("query_rows")
            ? r.line.integers("query_rows", 1, kMostRows).value_or(std::vector<std::int64_t>{})
            : std::vector<std::int64_t>{};
    if (!r.line.has("contexts")) {
        shape.context = r.integer("context", 1, kMostRows);
        return;
    }
    if (r.line.has("context")) {
        r.line.problem("context", "'context' and 'contexts'", "one of both",
                       "give 'contexts' where sequences differ in their keys");
    }
    shape.contexts =
        r.line.integers("contexts", 1, kMostRows).value_or(std::vector<std::int64_t>{});
    for (const std::int64_t keys : shape.contexts) {
        shape.context = std::max(shape.context, keys);
    }
}

void read_attention(const Reader& r) {
    r.inputs({"q", "k"});
    r.optional_input("v");
    r.output("output");
    AttentionShape& shape = r.op.spec.attention;
    shape.sequences = r.integer("sequences", 1, kMostRows);
    shape.heads = r.integer("heads", 1, kMostGroups);
    shape.kv_heads = r.integer("kv_heads", 1, kMostGroups, shape.heads);
    read_lengths(r);
    if (r.line.has("v")) {
        shape.values = {r.integer("v_pitch", 0, kMostRows, 0),
                        r.integer("v_first", 0, kMostRows, 0)};
    }
    for (const std::string key : {"v_pitch", "v_first"}) {
        if (r.line.has(key) && !r.line.has("v")) {
            r.line.problem(key, fmt::format("'{}' without 'v'", key),
                           "both, or neither: then values are the first columns of each key's head",
                           "name the tensor of the values with \"v\"");
        }
    }
    shape.causal = r.line.flag("causal");
    shape.scale = r.line.has("scale") ? r.number("scale", 1e-6, 1e6) : 0;  // 0: by head_columns
}

const std::vector<Kind>& kinds() {
    const auto plain = [](const Reader& r) {
        r.inputs({"input"});
        r.output("output");
    };
    static const std::vector<Kind> all = {
        {"gemm",
         OperatorKind::kGemm,
         {},
         {"a", "b", "d", "epilogue", "arguments"},
         [](const Reader& r) {
             read_product(r);
             read_tiling(r);
         }},
        {"copy",
         OperatorKind::kCopy,
         {},
         {"source", "destination"},
         [](const Reader& r) {
             r.inputs({"source"});
             r.output("destination");
         }},
        {"elementwise",
         OperatorKind::kElementwise,
         {},
         {"function", "inputs", "output"},
         read_elementwise},
        {"custom",
         OperatorKind::kCustom,
         {},
         {"kernel", "inputs", "output", "arguments"},
         read_custom},
        {"grouped_gemm",
         OperatorKind::kGroupedGemm,
         {},
         {"a", "b", "d", "epilogue", "rows", "row_alignment"},
         [](const Reader& r) {
             read_product(r);
             read_groups(r);
         }},
        {"batched_gemm",
         OperatorKind::kBatchedGemm,
         {},
         {"a", "b", "d", "groups", "a_pitch", "a_first", "d_pitch", "d_first"},
         read_batched},
        {"rms_norm", OperatorKind::kRows, RowFunction::kRmsNorm,
         with_places(with_part({"input", "weight", "add", "output", "epsilon"})), read_norm},
        {"softmax", OperatorKind::kRows, RowFunction::kSoftmax, {"input", "output"}, plain},
        {"rope", OperatorKind::kRows, RowFunction::kRope,
         with_places(
             with_part({"input", "angles", "output", "position", "sequence_rows", "carry"})),
         read_rope},
        {"quantise", OperatorKind::kRows, RowFunction::kQuantise,
         with_places(with_part({"input", "output"})), read_quantise},
        {"top_k",
         OperatorKind::kRows,
         RowFunction::kTopK,
         {"input", "bias", "output", "count", "scoring", "groups", "groups_kept", "normalise",
          "scale"},
         read_top_k},
        {"swiglu", OperatorKind::kRows, RowFunction::kSwiglu, {"input", "output"}, plain},
        {"permute",
         OperatorKind::kPermute,
         {},
         {"input", "routing", "output", "rows", "row_alignment", "first_expert"},
         read_dispatch},
        {"combine",
         OperatorKind::kCombine,
         {},
         {"input", "routing", "output", "rows", "row_alignment", "first_expert"},
         read_dispatch},
        {"attention",
         OperatorKind::kAttention,
         {},
         {"q", "k", "v", "v_pitch", "v_first", "output", "sequences", "heads", "kv_heads",
          "context", "contexts", "query_rows", "causal", "scale", "arguments"},
         [](const Reader& r) {
             read_attention(r);
             read_tiling(r);
         }},
    };
    return all;
}

const std::vector<std::string>& words() {
    static const std::vector<std::string> all = [] {
        std::vector<std::string> names;
        for (const Kind& kind : kinds()) {
            names.push_back(kind.word);
        }
        names.insert(names.end(), recorded_words().begin(), recorded_words().end());
        return names;
    }();
    return all;
}

}  // namespace

void read_schedule(const LineObject& line, OperatorStatement& op) {
    op.id_column = line.column("id");
    op.spec.id = line.text("id", "the operator's name").value_or("");
    for (const std::string& name :
         line.texts("depends", false).value_or(std::vector<std::string>{})) {
        op.depends.push_back({name, line.column("depends")});
    }
    op.spec.stream =
        static_cast<std::uint32_t>(line.integer("stream", 0, kMostStreams, 0).value_or(0));
    op.spec.gpu = {static_cast<std::uint32_t>(line.integer("gpu", 0, kMostGpus, 0).value_or(0))};
}

std::optional<OperatorStatement> parse_operator(const LineObject& line) {
    if (auto recorded = read_recorded(line)) {
        return recorded;
    }
    const auto number = line.word("op", "operator", words());
    if (!number) {
        return std::nullopt;
    }
    const Kind& kind = kinds()[*number];
    OperatorStatement op;
    op.spec.line = line.line();
    op.spec.kind = kind.kind;
    op.spec.row_function = kind.function;
    std::vector<std::string> keys = {"op", "id"};
    keys.insert(keys.end(), kind.keys.begin(), kind.keys.end());
    keys.insert(keys.end(), {"depends", "stream", "gpu"});
    line.allow_only(keys);
    kind.read({line, op});
    read_schedule(line, op);
    return op;
}

}  // namespace vr::workload_trace
