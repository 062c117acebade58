// SPDX-License-Identifier: Apache-2.0
// Family moe_layer, rows of one rank: routed experts of measured libraries on one GPU. Two grouped
// products, the first with the gated unit in its epilogue, behind kernels that sort the tokens by
// expert; what a token's experts yield is summed by the second product's stores. Tokens choose
// experts at random, as benchmarks do.
// Not modelled: an NVFP4 output of the first product (FP8 instead), sums in L2 (rows are stored),
// layers over several ranks.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "app/platform/roofline.h"
#include "app/platform/simulation.h"
#include "app/validation/experiment.h"
#include "app/validation/family.h"
#include "models/base/random.h"

namespace vr {

namespace {

// A layer with more experts that tokens chose is timed by these two numbers of them; the rest do
// the same work one after another.
constexpr std::int64_t kFewExperts = 16;
constexpr std::int64_t kSampledExperts = 32;
constexpr std::int64_t kScaleRows = 128;  // rows of an atom of NVFP4 scales
constexpr std::int64_t kSeed = 1;

Prediction left_out(std::string why) {
    return {RowState::kLeftOut, 0, 0, std::move(why)};
}

struct MoeLayer {
    std::int64_t tokens = 0, hidden = 0, intermediate = 0, experts = 0, choices = 0;
    TensorType type = TensorType::kBf16;
    bool separate = false;  ///< permute, gated unit and sum are kernels of their own
    /// Columns of its tiles, of which the library's tuner takes the faster; empty: as chosen here
    std::vector<std::int64_t> tile_columns;
};

// CuTe DSL's products give a block of its own to each tile of 128 rows of one expert, 128 or 256
// columns wide; its tiles of two blocks were switched off until May 2026
// (github.com/flashinfer-ai/flashinfer/issues/3067).
constexpr std::int64_t kCuteDslRows = 128;

std::vector<std::int64_t> tile_columns_of(const std::string& library) {
    return library.starts_with("cute_dsl") ? std::vector<std::int64_t>{128, 256}
                                           : std::vector<std::int64_t>{};
}

std::optional<TensorType> operand_type(const std::string& dtype) {
    if (dtype == "nvfp4" || dtype == "fp4") {
        return TensorType::kNvfp4;
    }
    if (dtype == "fp8") {
        return TensorType::kFp8E4m3;
    }
    return dtype == "bf16" || dtype == "base" ? std::optional(TensorType::kBf16) : std::nullopt;
}

// Tokens of each expert that has any: every token chooses different experts, uniformly.
std::vector<std::int64_t> routed_rows(const MoeLayer& layer) {
    std::vector<std::int64_t> rows(static_cast<std::size_t>(layer.experts));
    std::vector<std::size_t> order(rows.size());
    for (std::int64_t token = 0; token < layer.tokens; ++token) {
        for (std::size_t i = 0; i < order.size(); ++i) {
            order[i] = i;
        }
        for (std::size_t i = 0; i < static_cast<std::size_t>(layer.choices); ++i) {
            const std::uint64_t random = mix64(static_cast<std::uint64_t>(
                (token << 16) + static_cast<std::int64_t>(i) + (kSeed << 48)));
            std::swap(order[i], order[i + random % (order.size() - i)]);
            ++rows[order[i]];
        }
    }
    std::erase(rows, 0);
    return rows;
}

std::int64_t padded(std::int64_t rows, TensorType type) {
    return type == TensorType::kNvfp4 ? divide_round_up(rows, kScaleRows) * kScaleRows : rows;
}

void add_product(Experiment& e, const std::vector<std::int64_t>& rows, std::int64_t n,
                 std::int64_t k, TensorType type, bool gated, std::int64_t tile_columns) {
    std::int64_t all = 0;
    for (const std::int64_t count : rows) {
        all += padded(count, type);
    }
    OperatorSpec spec;
    spec.kind = OperatorKind::kGroupedGemm;
    spec.inputs = {e.matrix("x", all, k, type), e.matrix("weights", std::ssize(rows) * n, k, type)};
    spec.output =
        e.matrix("y", all, gated ? n / 2 : n,
                 gated && type != TensorType::kBf16 ? TensorType::kFp8E4m3 : TensorType::kBf16);
    spec.rows = rows;
    spec.row_alignment = type == TensorType::kNvfp4 ? kScaleRows : 1;
    if (tile_columns > 0) {
        spec.arguments = {{"tile_rows", kCuteDslRows}, {"tile_columns", tile_columns}};
    }
    spec.epilogue = gated ? ProductEpilogue::kSwiglu : ProductEpilogue::kNone;
    e.add(std::move(spec));
}

void add_stream(Experiment& e, std::int64_t read, std::int64_t written) {
    const TensorIndex in = e.tensor("in", std::max<std::int64_t>(read, 32));
    const TensorIndex out = e.tensor("out", std::max<std::int64_t>(written, 32));
    e.kernel("thread_stream", {in}, out, {{"threads", 256}, {"element_bytes", 16}});
}

// The products of a layer for the first `experts` of those that have tokens, by tiles of so many
// columns (0: as chosen).
Experiment products(const MoeLayer& layer, std::vector<std::int64_t> rows, std::size_t experts,
                    std::int64_t tile_columns) {
    rows.resize(experts);
    Experiment e("experts");
    add_product(e, rows, 2 * layer.intermediate, layer.hidden, layer.type, !layer.separate,
                tile_columns);
    add_product(e, rows, layer.hidden, layer.intermediate, layer.type, false, tile_columns);
    return e;
}

// What runs beside them: counting tokens by expert, positions of their rows (two kernels on a few
// bytes of routing), and the output that the sums begin from.
Experiment preparation(const MoeLayer& layer) {
    constexpr std::int64_t kRoutingBytes = 8;  // number and weight
    const std::int64_t routing = layer.tokens * layer.choices * kRoutingBytes;
    const std::int64_t token = layer.hidden * 2;
    const std::int64_t rows = layer.tokens * layer.choices;
    Experiment e("sort");
    add_stream(e, routing, layer.experts * kRoutingBytes);
    add_stream(e, routing, routing);
    if (layer.separate) {
        add_stream(e, layer.experts * kRoutingBytes, layer.experts * kRoutingBytes);
        add_stream(e, layer.tokens * token, rows * token);
        add_stream(e, rows * 2 * layer.intermediate * 2, rows * layer.intermediate * 2);
        add_stream(e, rows * token, layer.tokens * token);
    } else {
        e.kernel("thread_stream", {}, e.tensor("sums", layer.tokens * token),
                 {{"threads", 256}, {"element_bytes", 16}});
    }
    return e;
}

double seconds(const Experiment& experiment, Presets::Entry& preset) {
    return seconds_of(experiment.simulate(preset).makespan);
}

double products_seconds(const MoeLayer& layer, const std::vector<std::int64_t>& rows,
                        std::int64_t tile_columns, Presets::Entry& preset) {
    if (std::ssize(rows) <= 2 * kSampledExperts) {
        return seconds(products(layer, rows, rows.size(), tile_columns), preset);
    }
    const double few = seconds(products(layer, rows, kFewExperts, tile_columns), preset);
    const double more = seconds(products(layer, rows, kSampledExperts, tile_columns), preset);
    const double each = (more - few) / static_cast<double>(kSampledExperts - kFewExperts);
    return more + each * static_cast<double>(std::ssize(rows) - kSampledExperts);
}

double layer_seconds(const MoeLayer& layer, Presets::Entry& preset) {
    const std::vector<std::int64_t> rows = routed_rows(layer);
    const double before = seconds(preparation(layer), preset);
    double fastest = layer.tile_columns.empty() ? products_seconds(layer, rows, 0, preset)
                                                : std::numeric_limits<double>::infinity();
    for (const std::int64_t columns : layer.tile_columns) {
        fastest = std::min(fastest, products_seconds(layer, rows, columns, preset));
    }
    return before + fastest;
}

Prediction predict(const MeasuredRow& row, Presets& presets) {
    if (row.unit != "us") {
        return left_out(fmt::format("unit '{}' is no time of a layer", row.unit));
    }
    if (row.integer("ep_size").value_or(0) != 1 ||
        row.text("note").find("TP=") != std::string::npos) {
        return left_out("more than one rank");
    }
    const auto tokens = row.integer("tokens_per_rank");
    const auto hidden = row.integer("hidden");
    const auto intermediate = row.integer("intermediate");
    const auto experts = row.integer("experts");
    const auto choices = row.integer("topk");
    const auto type = operand_type(row.text("dtype"));
    if (!tokens || !hidden || !intermediate || !experts || !choices || !type ||
        *choices > *experts) {
        return left_out("a size or the type is not given");
    }
    Presets::Entry* preset = presets.find(row.device);
    if (preset == nullptr) {
        return left_out(fmt::format("no preset for device {}", row.device));
    }
    const MoeLayer layer{*tokens,
                         *hidden,
                         *intermediate,
                         *experts,
                         *choices,
                         *type,
                         row.experiment == "flashinfer_cutlass_fused_moe",
                         tile_columns_of(row.text("library"))};
    const std::vector<std::int64_t> rows = routed_rows(layer);
    double roofline = 0;
    const Experiment whole = products(layer, rows, rows.size(), 0);
    for (const OperatorWork& work : count_work(whole.workload())) {
        roofline +=
            seconds_of(std::max(flops_time(work, preset->peaks),
                                hbm_time(work.read_bytes + work.write_bytes, preset->peaks))) *
            1e6;
    }
    if (presets.common().level == Level::kRoofline || !detailed_is_built()) {
        return {RowState::kNotModelled, 0, roofline, "level roofline"};
    }
    return {RowState::kModelled, layer_seconds(layer, *preset) * 1e6, roofline, ""};
}

std::string case_key(const MeasuredRow& row) {
    std::string key = row.device + "|" + row.experiment + "|" + row.unit;
    for (const char* name : {"dtype", "tokens_per_rank", "hidden", "intermediate", "experts",
                             "topk", "ep_size", "note"}) {
        key += "|" + row.text(name);
    }
    return key;
}

}  // namespace

Family moe_layers_family() {
    Family family;
    family.name = "moe_layer";
    family.description = "layers of routed experts on one GPU";
    family.case_key = case_key;
    family.larger_is_faster = [](const MeasuredRow& row) { return row.unit != "us"; };
    family.predict = predict;
    return family;
}

}  // namespace vr
