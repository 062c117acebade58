// SPDX-License-Identifier: Apache-2.0
// What must follow when the same is asked differently: later by whole rounds of refresh, in other
// rows, under other names, in two descriptors in place of one, in other pseudo-channels.
#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>

#include "models/hbm4/bulk/access_stream.h"
#include "models/hbm4/controller/channel_group.h"
#include "testbenches/hbm4/random_machine.h"

using namespace vr;
using namespace vr::testing;

namespace {

using Outputs = std::vector<hbm4::Output>;

struct Drawn {
    Hbm4Config config;
    std::vector<Arrival> arrivals;
};

Drawn draw(SplitMix64& random, std::int64_t requests) {
    Drawn drawn;
    drawn.config = with_normal_form(random_machine(random));
    drawn.arrivals = make_traffic(random_traffic(random, requests), drawn.config.banks());
    return drawn;
}

// `later` ticks after the arrivals' own, each with the token that token_of gives it.
template <class TokenOf>
Outputs run(const hbm4::Timing& timing, const std::vector<Arrival>& arrivals, std::int64_t later,
            TokenOf&& token_of) {
    hbm4::PseudoChannel<> channel(timing);
    Outputs outputs;
    std::uint32_t number = 0;
    for (const Arrival& a : arrivals) {
        channel.run(a.tick + later, outputs);
        channel.inject(a.tick + later, a.input, token_of(number++));
    }
    channel.run(kNeverTick, outputs);
    return outputs;
}
Outputs run(const hbm4::Timing& timing, const std::vector<Arrival>& arrivals,
            std::int64_t later = 0) {
    return run(timing, arrivals, later, [](std::uint32_t n) { return n; });
}

constexpr int kMachines = 60;

}  // namespace

TEST_CASE("a start later by whole rounds of refresh moves every completion by as much") {
    SplitMix64 random(31);
    int apart = 0;
    for (int i = 0; i < kMachines; ++i) {
        const Drawn drawn = draw(random, 300);
        const hbm4::Timing timing(drawn.config);
        const std::int64_t round = timing.refresh == hbm4::RefreshMode::kNone ? 1'000
                                   : timing.refresh == hbm4::RefreshMode::kPerBank
                                       ? timing.banks * timing.refresh_interval
                                       : timing.refresh_interval;
        INFO("machine " << i << ", refresh " << drawn.config.refresh << ' '
                        << drawn.config.refresh_order);
        // Some rounds first, in which the idle machine finds its step.
        const std::int64_t start = 20 * round;
        const std::int64_t later = round * (1 + static_cast<std::int64_t>(random.next() % 50));
        Outputs want = run(timing, drawn.arrivals, start);
        for (hbm4::Output& output : want) {
            output.tick += later;
        }
        REQUIRE((run(timing, drawn.arrivals, start + later) == want));
        if (timing.refresh != hbm4::RefreshMode::kNone) {  // and by less than a round it is not so
            Outputs other =
                run(timing, drawn.arrivals, start + later + timing.refresh_interval / 2);
            for (hbm4::Output& output : other) {
                output.tick -= timing.refresh_interval / 2;
            }
            apart += other != want ? 1 : 0;
        }
    }
    CHECK(apart > 10);
}

TEST_CASE("other rows and other names change no completion") {
    SplitMix64 random(32);
    for (int i = 0; i < kMachines; ++i) {
        const Drawn drawn = draw(random, 500);
        const hbm4::Timing timing(drawn.config);
        INFO("machine " << i);
        const Outputs want = run(timing, drawn.arrivals);
        std::vector<Arrival> moved = drawn.arrivals;
        const auto rows = static_cast<std::int32_t>(1 + random.next() % 5'000);
        for (Arrival& a : moved) {
            a.input.row += rows;
        }
        REQUIRE((run(timing, moved) == want));
        // Names in the other order, and far from 0.
        const auto last = static_cast<std::uint32_t>(drawn.arrivals.size() - 1);
        Outputs renamed = run(timing, drawn.arrivals, 0,
                              [&](std::uint32_t n) { return 0xf000'0000U + (last - n) * 3; });
        for (hbm4::Output& output : renamed) {
            output.token = last - (output.token - 0xf000'0000U) / 3;
        }
        REQUIRE((renamed == want));
    }
}

TEST_CASE("one run of accesses and two contiguous ones are the same") {
    SplitMix64 random(33);
    for (int i = 0; i < kMachines; ++i) {
        Hbm4Config config = random_machine(random);
        config.hash = random.next() % 2 == 0;
        const std::int64_t columns = std::int64_t{1} << random.next() % 4;
        const hbm4::AccessStreamSetup setup(config, columns, 1 + i % 50);
        INFO("machine " << i);
        const std::int64_t count = 1'000;
        const std::int64_t first = static_cast<std::int64_t>(random.next() % 1'000) * columns;
        const std::int64_t part =
            columns * (1 + static_cast<std::int64_t>(
                               random.next() % static_cast<std::uint64_t>(count / columns - 1)));
        const bool write = random.next() % 2 == 0;
        hbm4::AccessStream one(setup);
        hbm4::AccessStream two(setup);
        one.add(0, {first, count, write});
        two.add(0, {first, part, write});
        two.add(0, {first + part, count - part, write});
        Outputs want;
        Outputs outputs;
        one.run(kNeverTick, want);
        two.run(kNeverTick, outputs);
        REQUIRE(!want.empty());
        REQUIRE((outputs == want));
        const std::int64_t end = want.back().tick + 1'000;
        one.settle(end);
        two.settle(end);
        REQUIRE(dump(one.state().channel, end) == dump(two.state().channel, end));
    }
}

TEST_CASE("permuted pseudo-channels permute the completions, folded or not") {
    constexpr std::uint32_t kMembers = 5;
    SplitMix64 random(34);
    for (int i = 0; i < kMachines / 2; ++i) {
        const Hbm4Config config = random_machine(random);
        const hbm4::Timing timing(config);
        std::vector<std::vector<Arrival>> traffic;
        for (std::uint32_t m = 0; m < kMembers; ++m) {
            traffic.push_back(m % 2 == 1
                                  ? traffic.back()  // some are equal
                                  : make_traffic(random_traffic(random, 100), config.banks()));
        }
        std::vector<std::uint32_t> place(kMembers);
        std::iota(place.begin(), place.end(), 0U);
        for (std::uint32_t m = kMembers - 1; m > 0; --m) {
            std::swap(place[m], place[random.next() % (m + 1)]);
        }
        const auto outputs_of = [&](hbm4::ChannelGroup& group, bool permuted) {
            for (std::uint32_t m = 0; m < kMembers; ++m) {
                std::uint32_t token = 0;
                for (const Arrival& a : traffic[m]) {
                    group.inject(permuted ? place[m] : m, a.tick, a.input, token++);
                }
            }
            std::vector<hbm4::GroupOutput> ends;
            for (std::int64_t horizon = 0; group.next() != kNeverTick; horizon += 500) {
                horizon = std::max(horizon, group.next());
                group.run(horizon + 500, ends);
            }
            std::vector<Outputs> outputs(kMembers);
            for (const hbm4::GroupOutput& end : ends) {
                outputs[end.pseudo_channel].push_back(end.output);
            }
            return outputs;
        };
        hbm4::PlainGroup<> plain(timing, kMembers);
        hbm4::PlainGroup<> plain_permuted(timing, kMembers);
        hbm4::FoldedChannels folded_permuted(timing, kMembers);
        const std::vector<Outputs> want = outputs_of(plain, false);
        const std::vector<Outputs> got = outputs_of(plain_permuted, true);
        const std::vector<Outputs> folded = outputs_of(folded_permuted, true);
        INFO("machine " << i);
        for (std::uint32_t m = 0; m < kMembers; ++m) {
            REQUIRE((got[place[m]] == want[m]));
            REQUIRE((folded[place[m]] == want[m]));
        }
    }
}
