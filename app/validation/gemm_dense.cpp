// SPDX-License-Identifier: Apache-2.0
// Families gemm_dense and gemm_grouped: matrix products of measured libraries. D[M,N] = A[M,K] x
// B[N,K] transposed in one operator, nothing of the operands in L2, as benchmarks flush it between
// their repetitions; value in TFLOPS (2MNK / time), us, or GB/s of operand bytes.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "app/platform/roofline.h"
#include "app/platform/simulation.h"
#include "app/validation/experiment.h"
#include "app/validation/family.h"
#include "app/validation/product_time.h"

namespace vr {

namespace {

// Larger products take ten seconds and more: they are timed from samples of their waves and of K.
constexpr std::int64_t kMostFlops = 250'000'000'000;

std::optional<TensorType> operand_type(const std::string& dtype) {
    if (dtype == "bf16" || dtype == "fp16") {
        return TensorType::kBf16;  // equal rates and sizes
    }
    if (dtype == "fp8" || dtype == "fp8_blockscale") {
        return TensorType::kFp8E4m3;
    }
    if (dtype == "nvfp4") {
        return TensorType::kNvfp4;
    }
    return std::nullopt;
}

// A time as the value that the row measures; nothing for a unit that does not follow from a time.
std::optional<double> as_value(const MeasuredRow& row, const OperatorWork& work, Time time) {
    if (row.unit == "TFLOPS") {
        return static_cast<double>(work.tensor_flops) / seconds_of(time) * 1e-12;
    }
    if (row.unit == "us") {
        return seconds_of(time) * 1e6;
    }
    if (row.unit == "GB/s") {
        return static_cast<double>(work.read_bytes + work.write_bytes) / seconds_of(time) * 1e-9;
    }
    return std::nullopt;
}

// The number behind "name=" in a row's note.
std::optional<std::int64_t> noted(const MeasuredRow& row, const std::string& name) {
    const std::string note = row.text("note");
    const std::size_t at = note.find(name + "=");
    if (at == std::string::npos) {
        return std::nullopt;
    }
    return std::strtoll(note.c_str() + at + name.size() + 1, nullptr, 10);
}

bool is_batched(const MeasuredRow& row) {
    return row.experiment.find("bmm") != std::string::npos;
}

// What a search for the best shape runs before each product (mamf-finder.py of the source): zeros
// over the cache, another output. Only the product is timed, but power is that of all.
void clear_cache(Experiment& experiment, std::int64_t output_bytes) {
    constexpr std::int64_t kCleared = std::int64_t{256} << 20;
    constexpr std::int64_t kThreads = 1024;
    constexpr std::int64_t kElement = 16;
    const auto pass = [&](std::vector<TensorIndex> from, const char* to, std::int64_t bytes) {
        experiment.kernel("thread_stream", std::move(from), experiment.tensor(to, bytes),
                          {{"threads", kThreads},
                           {"element_bytes", kElement},
                           {"launches", divide_round_up(bytes, kThreads * kElement)}});
    };
    pass({}, "cleared", kCleared);
    pass({experiment.tensor("random", output_bytes)}, "renewed", output_bytes);
}

Prediction left_out(std::string why) {
    return {RowState::kLeftOut, 0, 0, std::move(why)};
}

Prediction predict(const MeasuredRow& row, Presets& presets) {
    // Of each group, where there are several: flashinfer's benchmark gives one group's rows as M,
    // for batches (bmm) as for groups.
    const auto listed = row.integer("groups");
    const auto groups = listed ? listed : noted(row, is_batched(row) ? "batch" : "groups");
    const auto m = listed ? row.integer("M_per_group") : row.integer("M");
    const auto n = row.integer("N");
    const auto k = row.integer("K");
    const auto type = operand_type(row.text("dtype"));
    if (!m || !n || !k) {
        return left_out("M, N or K is not given");
    }
    if (!type) {
        return left_out(fmt::format("operand type '{}' has no peak", row.text("dtype")));
    }
    Presets::Entry* preset = presets.find(row.device);
    if (preset == nullptr) {
        return left_out(fmt::format("no preset for device {}", row.device));
    }
    if (preset->peaks.tensor_flops(*type) == 0) {
        return left_out(fmt::format("no peak of {} on {}", row.text("dtype"), row.device));
    }
    Experiment experiment("product");
    const bool searched = row.text("note") == "best_of_shape_search";
    if (searched) {
        clear_cache(experiment, *m * *n * (*type == TensorType::kBf16 ? 2 : 1));
    }
    if (groups) {
        experiment.grouped_product(std::vector<std::int64_t>(static_cast<std::size_t>(*groups), *m),
                                   *n, *k, *type);
    } else {
        experiment.product(*m, *n, *k, *type);
    }
    const OperatorWork work = count_work(experiment.workload()).back();
    // The plain roofline: the larger of FLOPs and operand bytes, no launch.
    const Time bound = std::max(flops_time(work, preset->peaks),
                                hbm_time(work.read_bytes + work.write_bytes, preset->peaks));
    const auto roofline = as_value(row, work, bound);
    if (!roofline) {
        return left_out(fmt::format("unit '{}' does not follow from a time", row.unit));
    }
    if (presets.common().level == Level::kRoofline || !detailed_is_built()) {
        return {RowState::kNotModelled, 0, *roofline, "level roofline"};
    }
    if (*type == TensorType::kNvfp4 && *k % 16 != 0) {
        return {RowState::kNotModelled, 0, *roofline, "K is no multiple of the scale block"};
    }
    // What runs between searched products counts for their power: all of it runs whole.
    const bool sampled = work.tensor_flops > kMostFlops && !groups && !searched;
    const Time time =
        sampled ? sampled_product_time(*preset, *m, *n, *k, *type) : experiment.run(*preset).back();
    return {RowState::kModelled, *as_value(row, work, time), *roofline, ""};
}

std::string case_key(const MeasuredRow& row) {
    const auto type = operand_type(row.text("dtype"));
    return fmt::format("{}|{}|{}|{}|{}|{}|{}|{}", row.device, row.unit, row.text("groups"),
                       row.text("M_per_group"), type ? tensor_type_name(*type) : row.text("dtype"),
                       row.text("M"), row.text("N"), row.text("K")) +
           fmt::format("|{}|{}", noted(row, "batch").value_or(1), noted(row, "groups").value_or(1));
}

}  // namespace

Family gemm_dense_family() {
    return {"gemm_dense",
            "dense matrix products of measured libraries",
            case_key,
            [](const MeasuredRow& row) { return row.unit != "us"; },
            predict,
            0,
            0};
}

// Products of groups of equal rows, one after another in memory. Where the benchmark masks rows,
// the rows that are left count, so that both layouts take the same time here.
Family gemm_grouped_family() {
    Family family = gemm_dense_family();
    family.name = "gemm_grouped";
    family.description = "grouped matrix products of measured libraries";
    return family;
}

}  // namespace vr
