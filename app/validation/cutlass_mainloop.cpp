// SPDX-License-Identifier: Apache-2.0
// Family cutlass_mainloop_b200: one tile with a long K on one SM, by K per stage and stages: how
// fast TMA, shared memory, barriers and tensor core go round. 0 stages: as many as fit.
#include <fmt/format.h>

#include <algorithm>

#include "app/platform/platform_config.h"
#include "app/validation/experiment.h"
#include "app/validation/family.h"

namespace vr {

namespace {

// Rounds that the two timed products differ in; the rate of both is that of the whole K where all
// of it finds room in L2.
constexpr std::int64_t kShort = 64;
constexpr std::int64_t kLong = 320;
constexpr std::int64_t kRoom = 4;  // of L2, the part that certainly holds operands

std::optional<TensorType> operand_type(const std::string& dtype) {
    if (dtype == "BF16" || dtype == "FP16") {
        return TensorType::kBf16;
    }
    if (dtype == "FP8_E4M3") {
        return TensorType::kFp8E4m3;
    }
    return std::nullopt;
}

Prediction left_out(std::string why) {
    return {RowState::kLeftOut, 0, 0, std::move(why)};
}

Prediction predict(const MeasuredRow& row, Presets& presets) {
    const auto m = row.integer("tile_m");
    const auto n = row.integer("tile_n");
    const auto k = row.integer("K");
    const auto tile_k = row.integer("tile_k");
    const auto stages = row.integer("stages");
    const auto type = operand_type(row.text("dtype"));
    if (!m || !n || !k || !tile_k || !stages || row.unit != "TFLOPS") {
        return left_out("tile or stages are not given");
    }
    if (!type) {
        return left_out(fmt::format("operand type '{}' is not known", row.text("dtype")));
    }
    Presets::Entry* preset = presets.find(row.device);
    if (preset == nullptr) {
        return left_out(fmt::format("no preset for device {}", row.device));
    }
    const GpuConfig gpu = bind_platform_config(preset->configuration).gpu;
    // The plain roofline: the share of one SM in the peak.
    const double roofline = static_cast<double>(preset->peaks.tensor_flops(*type)) /
                            static_cast<double>(gpu.sms) * 1e-12;
    if (presets.common().level == Level::kRoofline) {
        return {RowState::kNotModelled, 0, roofline, "level roofline"};
    }
    Experiment experiment("mainloop");
    const auto rounds = [&](std::int64_t count) {
        experiment.product(*m, *n, count * *tile_k, *type,
                           {{"tile_rows", *m},
                            {"tile_columns", *n},
                            {"slot_bytes", *tile_k * element_bits(*type) / 8},
                            {"stages", *stages},
                            {"prefetch", 0}});
    };
    // Twice over the same operands: the second time L2 has what the benchmark's repetitions find.
    const std::int64_t whole = *k / *tile_k;
    const bool fits = (*m + *n) * *k * element_bits(*type) / 8 < gpu.l2.capacity.value / kRoom;
    const std::int64_t full = fits ? kLong : whole;
    rounds(full);
    experiment.again(0);
    if (fits) {
        rounds(kShort);
        experiment.again(2);
    }
    const std::vector<Time> spans = experiment.run(*preset);
    const Time span = fits ? spans[1] - spans[3] : spans[1];
    const double flops =
        2.0 * static_cast<double>(*m * *n * *tile_k * (fits ? full - kShort : full));
    return {RowState::kModelled, flops / seconds_of(span) * 1e-12, roofline, ""};
}

}  // namespace

Family cutlass_mainloop_family() {
    Family family;
    family.name = "cutlass_mainloop_b200";
    family.description = "one tile with a long K, by stages";
    family.predict = predict;
    family.median_limit = 0.1;
    family.percentile90_limit = 0.25;
    return family;
}

}  // namespace vr
