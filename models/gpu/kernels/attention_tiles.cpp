// SPDX-License-Identifier: Apache-2.0
// The tiles of attention in the order in which they are taken, and parts of the keys.
#include <algorithm>

#include "models/gpu/kernels/attention_plan.h"
#include "models/gpu/number_kind.h"

namespace vr {

namespace {

constexpr std::int64_t kSectionShare = 4;  // of L2, for the keys and values of a section of heads
constexpr std::int64_t kLeastKeys = 256;   // of a part: less does not fill the pipeline

}  // namespace

std::vector<RowTile> list_attention_tiles(const AttentionSizes& sizes, const AttentionPlan& plan,
                                          std::int64_t splits, const KernelTarget& target) {
    const AttentionShape& shape = sizes.shape;
    const std::int64_t sharing = shape.heads / shape.kv_heads;
    // Rows are counted in the view [queries x heads packed in a row].
    const std::int64_t packed_heads = plan.packed ? shape.heads : 1;
    const std::int64_t heads_apart = plan.packed ? 1 : sharing;
    std::vector<RowTile> tiles;
    const auto add = [&](std::int64_t sequence, std::int64_t kv_head, std::int64_t head,
                         std::int64_t first, std::int64_t end) {
        for (std::int64_t row = first; row < end; row += plan.group_rows()) {
            const std::int64_t last = std::min(row + plan.group_rows(), end) - 1;
            const std::int64_t query = last / packed_heads % sizes.queries;
            const std::int64_t keys =
                shape.causal ? shape.context - (sizes.queries - 1 - query) : shape.context;
            const std::int64_t rounds = divide_round_up(keys, plan.key_block);
            for (std::int64_t split = 0; split < splits; ++split) {
                for (std::int64_t part = 0; part < plan.value_parts; ++part) {
                    tiles.push_back({row,
                                     end,
                                     sequence,
                                     {kv_head, head, split, part},
                                     rounds * split / splits,
                                     rounds * (split + 1) / splits});
                }
            }
        }
    };
    const std::int64_t share = std::max<std::int64_t>(
        target.cache_bytes / kSectionShare / key_value_bytes(sizes, shape.context), 1);
    std::size_t section = 0;
    const auto longest_first = [&] {
        if (shape.causal) {
            std::stable_sort(tiles.begin() + static_cast<std::ptrdiff_t>(section), tiles.end(),
                             [](const RowTile& a, const RowTile& b) {
                                 return a.end_round - a.first_round > b.end_round - b.first_round;
                             });
        }
        section = tiles.size();
    };
    for (std::int64_t sequence = 0; sequence < shape.sequences; ++sequence) {
        for (std::int64_t kv_head = 0; kv_head < shape.kv_heads; ++kv_head) {
            for (std::int64_t head = 0; head < heads_apart; ++head) {
                const std::int64_t base = sequence * sizes.queries * packed_heads;
                if (!plan.packed) {
                    add(sequence, kv_head, kv_head * sharing + head, base, base + sizes.queries);
                } else if (shape.kv_heads == 1) {
                    add(sequence, 0, 0, base, base + sizes.queries * shape.heads);
                } else {
                    add(sequence, kv_head, 0, base + kv_head * sharing,
                        base + (kv_head + 1) * sharing);
                }
            }
            if ((sequence * shape.kv_heads + kv_head + 1) % share == 0) {
                longest_first();
            }
        }
    }
    longest_first();
    return tiles;
}

std::int64_t choose_splits(const AttentionSizes& sizes, const AttentionPlan& plan,
                           const KernelTarget& target) {
    if (!plan.packed) {
        return 1;
    }
    const std::vector<RowTile> whole = list_attention_tiles(sizes, plan, 1, target);
    const auto tiles = static_cast<std::int64_t>(whole.size());
    std::int64_t rounds = whole.front().end_round;
    for (const RowTile& tile : whole) {
        rounds = std::min(rounds, tile.end_round);
    }
    const std::int64_t most =
        std::min({kMostSplits, rounds, divide_round_up(sizes.shape.context, kLeastKeys)});
    const std::int64_t values = sizes.shape.value_columns;
    const std::int64_t key_bytes =
        key_value_bytes(sizes, sizes.shape.sequences * sizes.shape.context * sizes.shape.kv_heads);
    const std::int64_t memory_cycles = divide_round_up(key_bytes, target.memory_width);
    std::int64_t best = 1;
    std::int64_t best_cycles = 0;
    for (std::int64_t splits = 1; splits <= most; ++splits) {
        const std::int64_t waves = divide_round_up(tiles * splits, target.sms);
        std::int64_t cycles =
            std::max(waves * divide_round_up(rounds, splits) * plan.round_cycles, memory_cycles);
        if (splits > 1) {
            // The parts are written and read once more, by a kernel of its own.
            const std::int64_t bytes = tiles * plan.group_rows() * values * 4 * splits;
            cycles +=
                target.launch_cycles + divide_round_up(2 * bytes, target.sms * target.return_width);
        }
        if (best_cycles == 0 || cycles < best_cycles) {
            best = splits;
            best_cycles = cycles;
        }
    }
    return best;
}

}  // namespace vr
