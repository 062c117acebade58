// SPDX-License-Identifier: Apache-2.0
// Family llm_layer_times_fp16: the operators of one decoder layer, as serving libraries of 2023 run
// them and a profiler times their kernels on the device, by tokens and tensor-parallel width.
// Projections are products of FP16 operands; the others are kernels of plain threads.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "app/platform/roofline.h"
#include "app/platform/simulation.h"
#include "app/validation/experiment.h"
#include "app/validation/family.h"
#include "app/validation/layer_kernels.h"
#include "app/validation/product_time.h"

namespace vr {

namespace {

// Shorter times are printed only: the source rounds to microseconds.
constexpr double kLeastMicroseconds = 10;

Prediction left_out(std::string why) {
    return {RowState::kLeftOut, 0, 0, std::move(why)};
}

struct Projection {
    std::int64_t rows = 0, columns = 0, depth = 0;
};

// The weights of a projection that one of `tp` GPUs holds; nothing for other operators.
std::optional<Projection> projection_of(const std::string& experiment, const LayerShape& s) {
    const std::int64_t head = s.hidden / s.heads;
    if (experiment == "layer_attn_pre_proj") {
        return Projection{s.tokens, (s.heads + 2 * s.kv_heads) * head / s.tp, s.hidden};
    }
    if (experiment == "layer_attn_post_proj") {
        return Projection{s.tokens, s.hidden, s.hidden / s.tp};
    }
    if (experiment == "layer_mlp_up_proj") {
        return Projection{s.tokens, (s.gated ? 2 : 1) * s.expanded / s.tp, s.hidden};
    }
    if (experiment == "layer_mlp_down_proj") {
        return Projection{s.tokens, s.hidden, s.expanded / s.tp};
    }
    return std::nullopt;
}

std::optional<LayerShape> shape_of(const MeasuredRow& row) {
    const auto tokens = row.integer("num_tokens");
    const auto tp = row.integer("tp");
    const auto hidden = row.integer("n_embd");
    const auto expanded = row.integer("n_expanded_embd");
    const auto heads = row.integer("n_head");
    const auto kv_heads = row.integer("n_kv_head");
    if (!tokens || !tp || !hidden || !expanded || !heads || !kv_heads ||
        row.text("gated").empty()) {
        return std::nullopt;
    }
    if (*tokens < 1 || *tp < 1 || *heads < 1 || *kv_heads < 1 || *hidden % *heads != 0 ||
        *heads % *tp != 0 || *kv_heads % *tp != 0 || *expanded % *tp != 0) {
        return std::nullopt;
    }
    return LayerShape{
        *tokens, *tp, *hidden, *expanded, *heads, *kv_heads, row.text("gated") == "True"};
}

double microseconds(Time time) {
    return seconds_of(time) * 1e6;
}

Prediction predict(const MeasuredRow& row, Presets& presets) {
    const auto shape = shape_of(row);
    if (!shape) {
        return left_out("a size is not given, or the heads do not divide by tp");
    }
    Presets::Entry* preset = presets.find(row.device);
    if (preset == nullptr) {
        return left_out(fmt::format("no preset for device {}", row.device));
    }
    if (row.value < kLeastMicroseconds) {
        return left_out("below 10 us: the source gives whole microseconds");
    }
    const auto projection = projection_of(row.experiment, *shape);
    const auto kernel =
        projection ? std::nullopt : layer_kernel(row.experiment, *shape, *preset->config);
    if (!projection && !kernel) {
        return left_out(fmt::format("experiment '{}' is no operator of a layer", row.experiment));
    }
    Experiment whole("layer operator");
    double roofline = 0;
    if (projection) {
        whole.product(projection->rows, projection->columns, projection->depth, TensorType::kBf16);
        const OperatorWork work = count_work(whole.workload()).back();
        roofline =
            microseconds(std::max(flops_time(work, preset->peaks),
                                  hbm_time(work.read_bytes + work.write_bytes, preset->peaks)));
    } else {
        roofline = microseconds(hbm_time(kernel->bytes, preset->peaks));
    }
    if (presets.common().level == Level::kRoofline || !detailed_is_built()) {
        return {RowState::kNotModelled, 0, roofline, "level roofline"};
    }
    const Time time = projection
                          ? sampled_product_time(*preset, projection->rows, projection->columns,
                                                 projection->depth, TensorType::kBf16)
                          : kernel->time(*preset);
    return {RowState::kModelled, microseconds(time), roofline, ""};
}

}  // namespace

Family llm_layers_family() {
    Family family;
    family.name = "llm_layer_times_fp16";
    family.description = "operators of decoder layers in FP16, by tokens and GPUs that share them";
    family.predict = predict;
    return family;
}

}  // namespace vr
