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
    const std::vector<AttentionSequence> sequences = list_sequences(sizes);
    const auto add = [&](std::int64_t sequence, std::int64_t kv_head, std::int64_t head,
                         std::int64_t first, std::int64_t end) {
        const AttentionSequence& of = sequences[static_cast<std::size_t>(sequence)];
        for (std::int64_t row = first; row < end; row += plan.group_rows()) {
            const std::int64_t last = std::min(row + plan.group_rows(), end) - 1;
            const std::int64_t query = last / packed_heads - of.first_query;
            const std::int64_t keys = shape.causal ? of.keys - (of.queries - 1 - query) : of.keys;
            const std::int64_t rounds = divide_round_up(keys, plan.key_block);
            for (std::int64_t split = 0; split < splits; ++split) {
                for (std::int64_t part = 0; part < plan.value_parts; ++part) {
                    // A part without keys comes to know so in a round of its own.
                    const std::int64_t from = rounds * split / splits;
                    const std::int64_t to = rounds * (split + 1) / splits;
                    const std::int64_t begin = from < to ? from : rounds;
                    tiles.push_back({row,
                                     end,
                                     sequence,
                                     {kv_head, head, split, part},
                                     begin,
                                     std::max(to, begin + 1)});
                }
            }
        }
    };
    const std::int64_t share =
        std::max<std::int64_t>(target.cache_bytes / kSectionShare /
                                   key_value_bytes(sizes, shape.all_keys() / shape.sequences),
                               1);
    std::size_t section = 0;
    const auto longest_first = [&] {
        if (shape.causal || !shape.contexts.empty()) {
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
                const AttentionSequence& of = sequences[static_cast<std::size_t>(sequence)];
                const std::int64_t base = of.first_query * packed_heads;
                if (!plan.packed) {
                    add(sequence, kv_head, kv_head * sharing + head, base, base + of.queries);
                } else if (shape.kv_heads == 1) {
                    add(sequence, 0, 0, base, base + of.queries * shape.heads);
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

// Rounds of the SM that has most of them: each takes every so many-th tile.
std::int64_t longest_rounds(const std::vector<RowTile>& tiles, std::int64_t sms) {
    std::vector<std::int64_t> sums(static_cast<std::size_t>(sms));
    std::size_t next = 0;
    for (const RowTile& tile : tiles) {
        sums[next] += tile.end_round - tile.first_round;
        next = next + 1 < sums.size() ? next + 1 : 0;
    }
    return *std::max_element(sums.begin(), sums.end());
}

std::int64_t choose_splits(const AttentionSizes& sizes, const AttentionPlan& plan,
                           const KernelTarget& target) {
    if (!plan.packed) {
        return 1;
    }
    const std::vector<RowTile> whole = list_attention_tiles(sizes, plan, 1, target);
    const auto tiles = static_cast<std::int64_t>(whole.size());
    const bool alike = sizes.shape.contexts.empty();
    std::int64_t rounds = whole.front().end_round;
    for (const RowTile& tile : whole) {
        rounds = alike ? std::min(rounds, tile.end_round) : std::max(rounds, tile.end_round);
    }
    const std::int64_t most =
        std::min({kMostSplits, rounds, divide_round_up(sizes.shape.context, kLeastKeys)});
    const std::int64_t values = sizes.shape.value_columns;
    const std::int64_t key_bytes =
        key_value_bytes(sizes, sizes.shape.all_keys() * sizes.shape.kv_heads);
    const std::int64_t memory_cycles = divide_round_up(key_bytes, target.memory_width);
    std::int64_t best = 1;
    std::int64_t best_cycles = 0;
    for (std::int64_t splits = 1; splits <= most; ++splits) {
        const std::int64_t of_one_sm =
            alike ? divide_round_up(tiles * splits, target.sms) * divide_round_up(rounds, splits)
                  : longest_rounds(list_attention_tiles(sizes, plan, splits, target), target.sms);
        std::int64_t cycles = std::max(of_one_sm * plan.round_cycles, memory_cycles);
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
