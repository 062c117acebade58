// SPDX-License-Identifier: Apache-2.0
// What folding, memo and fast-forward cost and gain on the toy core; run with "[.speed]".
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>

#include "models/base/random.h"
#include "models/transport/fast_forward.h"
#include "models/transport/fold.h"
#include "testbenches/transport/toy_core.h"

namespace {

using vr::toy::ToyConfig;
using vr::toy::ToyCore;
using vr::toy::ToyOutput;

constexpr std::uint32_t kMembers = 512;

template <class Fn>
double seconds(Fn&& fn) {
    const auto begin = std::chrono::steady_clock::now();
    fn();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

struct Load {
    std::uint32_t member;
    std::uint64_t first;
};

// One access a member in each window of 64 ticks, at positions of its own (or common ones).
std::vector<Load> window(std::uint64_t number, bool own) {
    std::vector<Load> loads;
    for (std::uint32_t member = 0; member < kMembers; ++member) {
        const std::uint64_t who = own ? member : 0;
        loads.push_back({member, vr::mix64(number * 1000 + who) % 4096});
    }
    return loads;
}

}  // namespace

TEST_CASE("speed of a folded group beside plain machines", "[.speed]") {
    constexpr int kWindows = 2000;
    enum class Kind : std::uint8_t { kStaggered, kOwn, kCommon };
    for (const Kind kind : {Kind::kStaggered, Kind::kOwn, Kind::kCommon}) {
        const bool own = kind != Kind::kCommon;
        ToyConfig config;
        config.refresh_interval = kind == Kind::kStaggered ? 10'000 : 400;
        std::vector<ToyCore> start(kMembers, ToyCore(config));
        for (std::uint32_t member = 0; kind == Kind::kStaggered && member < kMembers; ++member) {
            vr::toy::ToyState state = start[member].state();
            state.refresh_due += 7 * member;  // so that no two are ever equal
            start[member].restore(state);
        }
        std::uint64_t sum_plain = 0;
        const double plain = seconds([&] {
            std::vector<ToyCore> machines = start;
            std::vector<std::vector<std::uint64_t>> payloads(kMembers);
            std::vector<ToyOutput> outputs;
            for (int w = 0; w < kWindows; ++w) {
                const std::int64_t now = 64 * w;
                for (const Load& load : window(static_cast<std::uint64_t>(w), own)) {
                    payloads[load.member].resize(16);
                    payloads[load.member][static_cast<std::size_t>(w) % 16] = load.first;
                    machines[load.member].inject(now, {load.first, 1, 1},
                                                 static_cast<std::uint32_t>(w));
                }
                for (std::uint32_t member = 0; member < kMembers; ++member) {
                    if (machines[member].next() < now + 64) {
                        outputs.clear();
                        machines[member].run(now + 64, outputs);
                        for (const ToyOutput& output : outputs) {
                            sum_plain += payloads[member][output.token % 16] *
                                         static_cast<std::uint64_t>(output.tick);
                        }
                    }
                }
            }
        });
        for (const bool fold : {false, true}) {
            std::uint64_t sum = 0;
            vr::FoldStatistics statistics;
            const double spent = seconds([&] {
                vr::FoldedGroup<ToyCore, std::uint64_t> group(start, fold);
                for (int w = 0; w < kWindows; ++w) {
                    const std::int64_t now = 64 * w;
                    for (const Load& load : window(static_cast<std::uint64_t>(w), own)) {
                        group.push(load.member, now, {load.first, 1, 1}, load.first);
                    }
                    group.run(now + 64,
                              [&](std::uint32_t, std::uint64_t& first, const ToyOutput& output) {
                                  sum += first * static_cast<std::uint64_t>(output.tick);
                              });
                }
                statistics = group.statistics();
            });
            CHECK(sum == sum_plain);
            std::printf(
                "%s inputs, fold %s: %.0f ns an input (plain machines %.0f), %u classes, "
                "%llu merge attempts\n",
                kind == Kind::kStaggered ? "staggered"
                : own                    ? "own"
                                         : "common",
                fold ? "on " : "off", spent * 1e9 / kWindows / kMembers,
                plain * 1e9 / kWindows / kMembers, statistics.classes,
                static_cast<unsigned long long>(statistics.merge_attempts));
        }
    }
}

TEST_CASE("speed of fast-forward", "[.speed]") {
    constexpr std::uint32_t kItems = 5'000'000;
    constexpr std::int64_t kEnd = 200'000'000;
    std::vector<ToyOutput> outputs;
    ToyCore plain{{}};
    plain.inject(0, {0, 3, kItems}, 0);
    const double slow = seconds([&] { plain.run(kEnd, outputs); });
    REQUIRE(outputs.size() == kItems);
    ToyCore core{{}};
    core.inject(0, {0, 3, kItems}, 0);
    vr::FastForward<ToyCore> fast;
    std::int64_t last = 0;
    const double quick = seconds([&] {
        for (std::int64_t now = 0; now < kEnd;) {
            const auto skip = fast.at_anchor(core, now, kEnd);
            if (skip.periods > 0) {
                now = skip.end();
                continue;
            }
            outputs.clear();
            core.run(now + 800, outputs);
            fast.record(outputs.size());
            now += 800;
            last = outputs.empty() ? last : outputs.back().tick;
        }
    });
    CHECK(vr::dump(core.state(), kEnd) == vr::dump(plain.state(), kEnd));
    std::printf("5 M accesses: plain %.3f s, fast-forward %.6f s (%.0fx), %llu skipped\n", slow,
                quick, slow / quick,
                static_cast<unsigned long long>(fast.statistics().skipped_outputs));
}
