// SPDX-License-Identifier: Apache-2.0
// Family umma_tensor_core_b200: tcgen05.mma alone, by format, place of A, SMs per instruction, M
// and N; rows of wgmma likewise, on Hopper. The rows run on the tensor-core model of the preset:
// streaming of N, operand bytes through shared memory, pipeline depth.
#include <fmt/format.h>

#include "app/validation/family.h"
#include "models/gpu/sm/sm_config.h"
#include "models/gpu/sm/tensor_core/tensor_core.h"

namespace vr {

namespace {

std::optional<NumberKind> kind_of_format(const std::string& format) {
    if (format == "BF16") {
        return NumberKind::kBf16;
    }
    if (format == "E4M3" || format == "S8" || format == "MXF8") {
        return NumberKind::kFp8;  // equal widths of K, equal rates
    }
    if (format == "F4" || format == "MXF4") {
        return NumberKind::kNvfp4;
    }
    return std::nullopt;
}

Prediction left_out(std::string why) {
    return {RowState::kLeftOut, 0, 0, std::move(why)};
}

// What a row measures, without the instruction in front: "latency" of "umma_latency". Nothing for
// instructions that are not issued to a queue of the tensor core (mma.sync).
std::optional<std::string> measured_of(const std::string& experiment) {
    for (const char* instruction : {"umma_", "wgmma_"}) {
        if (experiment.starts_with(instruction)) {
            return experiment.substr(std::string_view(instruction).size());
        }
    }
    return std::nullopt;
}

Prediction predict(const MeasuredRow& row, Presets& presets) {
    const auto measured = measured_of(row.experiment);
    if (!measured) {
        return left_out(
            fmt::format("'{}' is no experiment of tcgen05.mma or wgmma", row.experiment));
    }
    const auto m = row.integer("M");
    const auto n = row.integer("N");
    const auto k = row.integer("K");
    const auto sms = row.integer("cta_group");
    const auto kind = kind_of_format(row.text("format"));
    if (!m || !n || !k || !sms) {
        return left_out("M, N, K or cta_group is not given");
    }
    if (!kind) {
        return left_out(fmt::format("format '{}' has no kind of instruction", row.text("format")));
    }
    Presets::Entry* preset = presets.find(row.device);
    if (preset == nullptr) {
        return left_out(fmt::format("no preset for device {}", row.device));
    }
    const auto config = preset->configuration.bind<SmConfig>("gpu.sm");
    TensorCore core(config.tensor_core, config.shared_memory.read_width);
    MatrixInstruction instruction;
    instruction.kind = *kind;
    instruction.m = *m;
    instruction.n = *n;
    instruction.sms = *sms;
    // A from tensor memory (TS) or registers (RS) takes nothing of shared memory.
    instruction.a_in_tensor_memory = row.text("ab_layout") != "SS";
    instruction.block_scaled = row.text("format").rfind("MX", 0) == 0;
    const std::int64_t k_modelled = core.k_bytes(*kind) * 8 / element_bits(*kind);
    const double flops = 2.0 * static_cast<double>(*m * *n * *k);
    const double peak = 2.0 * static_cast<double>(core.multiply_adds_per_clock(*kind) * *sms);
    const double roofline_cycles = flops / peak;
    if (*k != k_modelled) {
        return {RowState::kNotModelled, 0, roofline_cycles,
                fmt::format("K {} per instruction; the preset has {}", *k, k_modelled)};
    }
    if (*measured == "latency") {
        return {RowState::kModelled, static_cast<double>(core.latency(instruction).value),
                roofline_cycles, ""};
    }
    if (*measured == "initiation_interval_fit") {
        return {RowState::kModelled, static_cast<double>(core.interval(instruction).value),
                roofline_cycles, ""};
    }
    const auto depth = row.integer("depth");
    if (!depth) {
        return left_out("depth is not given");
    }
    const TensorCore::Issue issue = core.issue(instruction, *depth, Time{});
    const std::int64_t cycles =
        core.clock(*kind).first_edge(issue.done) + config.tensor_core.commit.value;
    return {RowState::kModelled, flops * static_cast<double>(*depth) / static_cast<double>(cycles),
            peak, ""};
}

}  // namespace

Family umma_family() {
    Family family;
    family.name = "umma_tensor_core_b200";
    family.description = "tcgen05.mma alone: latency, interval, rate by queue depth";
    family.predict = predict;
    family.median_limit = 0.03;
    family.percentile90_limit = 0.075;
    return family;
}

}  // namespace vr
