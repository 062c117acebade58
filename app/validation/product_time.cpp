// SPDX-License-Identifier: Apache-2.0
#include "app/validation/product_time.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "app/platform/governed_run.h"
#include "app/platform/platform_config.h"
#include "app/validation/experiment.h"
#include "models/base/error.h"
#include "models/gpu/gpu.h"

namespace vr {

namespace {

// The program of a product, as the GPU would build it.
TileProgram program_of(const GpuConfig& gpu, const Workload& workload) {
    const auto places =
        place_tensors(workload, GpuIndex{0}, static_cast<std::uint64_t>(gpu.tensor_alignment.value),
                      std::uint64_t{1} << 62);
    return build_program(workload, OperatorIndex{0}, places, kernel_target(gpu));
}

Experiment product(std::int64_t m, std::int64_t n, std::int64_t k, TensorType type,
                   Experiment::Arguments arguments = {}) {
    Experiment experiment("product");
    experiment.product(m, n, k, type, std::move(arguments));
    return experiment;
}

// A value known at two points, continued on the line through them.
struct Line {
    std::int64_t first = 0, second = 0, at = 0;
    // Shares of the two points' values in the value at `at`.
    [[nodiscard]] double second_share() const {
        return first == second
                   ? 0
                   : static_cast<double>(at - first) / static_cast<double>(second - first);
    }
};

struct Quantities {
    double makespan = 0;
    double counts[7] = {};
    void add(const SimulatedRun& run, double share) {
        const auto times = [&](std::int64_t value) { return share * static_cast<double>(value); };
        makespan += times(run.makespan.value);
        const RunActivity& a = run.activity;
        const std::int64_t values[7] = {
            a.bf16_multiply_adds,  a.fp8_multiply_adds, a.fp4_multiply_adds, a.vector_operations,
            a.shared_memory_bytes, a.l2_bytes,          a.memory_bytes};
        for (std::size_t i = 0; i < 7; ++i) {
            counts[i] += times(values[i]);
        }
    }
    [[nodiscard]] PowerSample power() const {
        const auto count = [&](std::size_t i) {
            return std::max<std::int64_t>(std::llround(counts[i]), 0);
        };
        return {{count(0), count(1), count(2), count(3), count(4), count(5), count(6)},
                Time{std::max<std::int64_t>(std::llround(makespan), 1)}};
    }
};

}  // namespace

Time whole_product_time(Presets::Entry& preset, std::int64_t m, std::int64_t n, std::int64_t k,
                        TensorType type) {
    return product(m, n, k, type).simulate(preset).makespan;
}

Time sampled_product_time(Presets::Entry& preset, std::int64_t m, std::int64_t n, std::int64_t k,
                          TensorType type) {
    const GpuConfig& gpu = preset.config->gpu;
    const TileProgram whole = program_of(gpu, product(m, n, k, type).workload());
    const std::int64_t slot =
        whole.products.front().slot_k_bytes * 8 / element_bits(type);  // elements of K
    // As few whole bands of tiles as hold the longer sample: what follows does the same.
    const std::int64_t sampled_tiles = kSampledWaves * whole.groups;
    const std::int64_t band = std::clamp<std::int64_t>(whole.raster_rows, 1, whole.tiles_m);
    const std::int64_t bands = divide_round_up(sampled_tiles, band * whole.tiles_n);
    const std::int64_t tile_rows = std::min(whole.tiles_m, bands * band);
    const auto waves = [&](std::int64_t rows, std::int64_t columns) {
        return divide_round_up(columns * rows, whole.groups);
    };
    const std::int64_t all = waves(whole.tiles_m, whole.tiles_n);
    Line across{all, all, all};
    std::int64_t rows = m;
    std::int64_t columns[2] = {n, n};
    const std::int64_t cut = sampled_tiles / tile_rows;
    if (across.at > kSampledWaves && cut >= 2 &&
        waves(tile_rows, cut / 2) < waves(tile_rows, cut)) {
        const std::int64_t tile = whole.products.front().columns;
        rows = std::min(m, tile_rows * whole.products.front().rows);
        columns[0] = cut / 2 * tile;
        columns[1] = cut * tile;
        across.first = waves(tile_rows, cut / 2);
        across.second = waves(tile_rows, cut);
    }
    // Few tiles leave the memory's latency in the open: they take longer to be steady, and less to
    // simulate.
    const bool few_tiles = 2 * whole.tiles() * whole.blocks_per_group <= gpu.sms;
    const std::int64_t few = few_tiles ? 2 * kSampledSlots : kSampledSlots;
    Line deep{k, k, k};
    if (k > 2 * few * slot) {
        deep.first = few * slot;
        deep.second = 2 * few * slot;
    }
    if (deep.first == k && across.first == across.at) {
        return whole_product_time(preset, m, n, k, type);
    }
    // The samples run the whole product's tiles in its order.
    const Experiment::Arguments arguments = {{"tile_rows", whole.products.front().rows},
                                             {"tile_columns", whole.products.front().columns},
                                             {"tile_blocks", whole.blocks_per_group},
                                             {"raster_rows", whole.raster_rows}};
    const auto sampled = [&](Frequency clock) {
        Quantities sum;
        for (const int wide : {0, 1}) {
            for (const int long_one : {0, 1}) {
                const double share =
                    (wide == 1 ? across.second_share() : 1 - across.second_share()) *
                    (long_one == 1 ? deep.second_share() : 1 - deep.second_share());
                if (share != 0) {
                    sum.add(product(rows, columns[wide], long_one == 1 ? deep.second : deep.first,
                                    type, arguments)
                                .simulate(preset, clock),
                            share);
                }
            }
        }
        return sum;
    };
    const Quantities full = sampled(gpu.sm.clock);
    if (gpu.power.governor == "none") {
        return Time{std::llround(full.makespan)};
    }
    // At other clocks: of the form a + b / f, through the full clock and one far below.
    const Frequency low{gpu.sm.clock.value - gpu.sm.clock.value / 4 / gpu.power.clock_step.value *
                                                 gpu.power.clock_step.value};
    std::optional<Quantities> slow;
    const auto at = [&](Frequency clock) {
        if (clock.value == gpu.sm.clock.value) {
            return full;
        }
        if (!slow) {
            slow = sampled(low);
        }
        const auto period = [](Frequency f) { return 1 / static_cast<double>(f.value); };
        const double share =
            (period(clock) - period(gpu.sm.clock)) / (period(low) - period(gpu.sm.clock));
        Quantities between = full;
        between.makespan += share * (slow->makespan - full.makespan);
        for (std::size_t i = 0; i < 7; ++i) {
            between.counts[i] += share * (slow->counts[i] - full.counts[i]);
        }
        return between;
    };
    const GovernedClock governed =
        govern(gpu.power, gpu.sm.clock, [&](Frequency clock) { return at(clock).power(); });
    return Time{std::llround(at(governed.clock).makespan)};
}

}  // namespace vr
