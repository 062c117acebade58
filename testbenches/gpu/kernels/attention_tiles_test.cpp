// SPDX-License-Identifier: Apache-2.0
// The order in which tiles of attention are taken: each once, causal ones longest first among the
// heads whose keys share L2.
#include <algorithm>
#include <catch2/catch.hpp>
#include <cstddef>
#include <numeric>
#include <set>
#include <tuple>

#include "models/gpu/kernels/attention_plan.h"

using namespace vr;

namespace {

constexpr std::int64_t kSms = 16;
constexpr std::int64_t kHeadBytes = 1024 * (192 + 128);  // FP8 keys and values of one head

AttentionSizes prefill(bool causal) {
    AttentionSizes sizes;
    sizes.shape.sequences = 4;
    sizes.shape.heads = sizes.shape.kv_heads = 32;
    sizes.shape.head_columns = 192;
    sizes.shape.value_columns = 128;
    sizes.shape.context = sizes.queries = sizes.capacity = 1024;
    sizes.rows = sizes.shape.sequences * sizes.queries;
    sizes.shape.causal = causal;
    sizes.type = TensorType::kFp8E4m3;
    sizes.own_values = true;
    return sizes;
}

AttentionPlan plan() {
    AttentionPlan plan;
    plan.rows = 128;
    plan.key_block = 128;
    return plan;
}

std::vector<RowTile> tiles_of(bool causal, std::int64_t cache_bytes) {
    KernelTarget target;
    target.sms = kSms;
    target.cache_bytes = cache_bytes;
    return list_attention_tiles(prefill(causal), plan(), 1, target);
}

std::int64_t rounds(const RowTile& tile) {
    return tile.end_round - tile.first_round;
}

}  // namespace

TEST_CASE("attention: every tile is listed once, whatever the order") {
    for (const bool causal : {false, true}) {
        for (const std::int64_t heads_in_cache : {0, 12, 10'000}) {
            const auto tiles = tiles_of(causal, heads_in_cache * kHeadBytes);
            std::set<std::tuple<std::int64_t, std::int64_t, std::int64_t>> seen;
            for (const RowTile& tile : tiles) {
                CHECK(tile.first % 128 == 0);
                CHECK(rounds(tile) == (causal ? tile.first % 1024 / 128 + 1 : 8));
                seen.emplace(tile.group, tile.at[0], tile.first);
            }
            CHECK(seen.size() == tiles.size());
            CHECK(tiles.size() == 4 * 32 * 8);
        }
    }
}

TEST_CASE("attention: SMs that take every so many-th causal tile get equal work") {
    const auto most_and_least = [](const std::vector<RowTile>& tiles) {
        std::vector<std::int64_t> work(kSms);
        for (std::size_t i = 0; i < tiles.size(); ++i) {
            work[i % kSms] += rounds(tiles[i]);
        }
        const auto [least, most] = std::minmax_element(work.begin(), work.end());
        return std::pair(*most, *least);
    };
    const auto tiles = tiles_of(true, 64 * kHeadBytes);  // 16 heads in a quarter of the cache
    const auto [most, least] = most_and_least(tiles);
    CHECK(most == least);
    // As they lie in memory, an SM would always get the same place within a head.
    std::vector<RowTile> in_memory = tiles;
    std::sort(in_memory.begin(), in_memory.end(), [](const RowTile& a, const RowTile& b) {
        return std::tie(a.group, a.at[0], a.first) < std::tie(b.group, b.at[0], b.first);
    });
    const auto [worst, best] = most_and_least(in_memory);
    CHECK(worst == 8 * best);
}

TEST_CASE("attention: a section of heads that fits a quarter of L2 is done before the next") {
    const auto tiles = tiles_of(true, 64 * kHeadBytes);
    constexpr std::size_t kSection = 16 * 8;
    for (std::size_t i = 0; i < tiles.size(); ++i) {
        const std::int64_t head = tiles[i].group * 32 + tiles[i].at[0];
        CHECK(head / 16 == static_cast<std::int64_t>(i / kSection));
        CHECK((i % kSection == 0 || rounds(tiles[i - 1]) >= rounds(tiles[i])));
    }
}

TEST_CASE("attention: tiles of sequences of different lengths hold their queries and keys") {
    AttentionSizes sizes = prefill(true);
    sizes.shape.sequences = 3;
    sizes.shape.contexts = {300, 1, 640};
    sizes.shape.query_rows = {300, 1, 130};
    sizes.shape.context = 640;
    sizes.queries = 300;
    sizes.rows = 431;
    KernelTarget target;
    target.sms = kSms;
    target.cache_bytes = 0;
    std::vector<std::int64_t> blocks(3);
    std::vector<std::int64_t> tiles(3);
    for (const RowTile& tile : list_attention_tiles(sizes, plan(), 1, target)) {
        const auto sequence = static_cast<std::size_t>(tile.group);
        CHECK(tile.end == std::vector<std::int64_t>{300, 301, 431}[sequence]);
        blocks[sequence] += rounds(tile);
        ++tiles[sequence];
    }
    // Of 32 heads: 128, 256, 300 keys; 1; 510 + 128 and 640.
    CHECK(tiles == std::vector<std::int64_t>{3 * 32, 32, 2 * 32});
    CHECK(blocks == std::vector<std::int64_t>{(1 + 2 + 3) * 32, 32, (5 + 5) * 32});
}

TEST_CASE("attention: a part of the keys that has none takes one round") {
    AttentionSizes sizes = prefill(false);
    sizes.shape.sequences = 2;
    sizes.shape.contexts = {1024, 100};
    sizes.rows = 2048;
    KernelTarget target;
    target.sms = kSms;
    std::int64_t sum = 0;
    for (const RowTile& tile : list_attention_tiles(sizes, plan(), 4, target)) {
        CHECK(rounds(tile) == (tile.group == 0 ? 2 : 1));
        sum += tile.group == 1 && tile.first_round == 0 ? 1 : 0;
    }
    CHECK(sum == 32 * 8);  // the one block of keys once for each tile of queries
}
