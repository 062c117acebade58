// SPDX-License-Identifier: Apache-2.0
// FoldedGroup: the same outputs and statistics with folding on and off, and it does fold.
#include "models/transport/fold.h"

#include <catch2/catch.hpp>
#include <tuple>

#include "models/base/random.h"
#include "testbenches/transport/toy_core.h"

namespace {

using vr::toy::ToyCore;
using vr::toy::ToyInput;
using vr::toy::ToyOutput;
using Group = vr::FoldedGroup<ToyCore, std::uint64_t>;

static_assert(vr::FoldableMachine<ToyCore>);

struct Call {
    std::uint32_t member;
    std::uint64_t payload;
    std::int64_t tick;
    std::uint32_t item;
    bool hit;
    bool last;
    bool operator==(const Call&) const = default;
};

struct Result {
    std::vector<Call> calls;
    std::vector<vr::StatisticValues> statistics;
    std::vector<vr::Words> normals;
    vr::FoldStatistics fold;
};

// Which members get an input, and which: the share (in 1/256) of rounds in which members differ is
// `unrest`.
Result drive(Group& group, std::uint64_t seed, std::uint32_t unrest, bool replies) {
    Result result;
    vr::SplitMix64 random(seed);
    std::uint64_t payload = 0;
    std::int64_t now = 0;
    std::vector<std::int64_t> latest(group.size());
    const auto push = [&](std::uint32_t member, std::int64_t tick, const ToyInput& input,
                          std::uint64_t mine) {
        latest[member] = std::max(latest[member], tick);  // inputs of a member come in order
        group.push(member, latest[member], input, mine);
    };
    for (int round = 0; round < 300; ++round) {
        const std::uint64_t dice = random.next();
        const bool differs = dice % 256 < unrest;
        const ToyInput common{random.next() % 2048, 1 + static_cast<std::uint32_t>(dice >> 8) % 7,
                              1 + static_cast<std::uint32_t>(dice >> 16) % 20};
        const auto delay = static_cast<std::int64_t>((dice >> 24) % 60);
        for (std::uint32_t member = 0; member < group.size(); ++member) {
            ToyInput input = common;
            const std::uint64_t own = random.next();
            if (differs && own % 4 == 0) {
                input.first += own >> 40 & 255;
            }
            if (!differs || own % 5 != 0) {
                push(member, now + delay, input, ++payload);
            }
            if (own % 3 == 0 && differs) {
                push(member, now + delay + 70, input, ++payload);
            }
        }
        // Now and then long enough for everything to drain.
        now += dice % 11 == 0 ? 4000 : static_cast<std::int64_t>((dice >> 32) % 300);
        group.run(now, [&](std::uint32_t member, std::uint64_t& mine, const ToyOutput& output) {
            result.calls.push_back(
                {member, mine, output.tick, output.item, output.hit, output.last});
            if (replies && output.last && mine % 8 == 0) {
                push(member, now + 500, {mine % 64, 1, 2}, mine + 1'000'001);
            }
        });
    }
    now += 1'000'000;
    group.run(now, [&](std::uint32_t member, std::uint64_t& mine, const ToyOutput& output) {
        result.calls.push_back({member, mine, output.tick, output.item, output.hit, output.last});
    });
    CHECK((replies || group.idle()));
    for (std::uint32_t member = 0; member < group.size(); ++member) {
        result.statistics.push_back(vr::statistic_values(group.state_of(member)));
        vr::append_normal(group.state_of(member), now, result.normals.emplace_back());
    }
    result.fold = group.statistics();
    return result;
}

void compare(std::uint64_t seed, std::uint32_t unrest, bool replies, std::uint32_t members,
             vr::FoldStatistics& on) {
    const ToyCore machine{{}};
    Group folded(machine, members, true);
    Group plain(machine, members, false);
    const Result a = drive(folded, seed, unrest, replies);
    const Result b = drive(plain, seed, unrest, replies);
    REQUIRE(a.calls.size() > 300);
    REQUIRE(a.calls == b.calls);
    REQUIRE(a.statistics == b.statistics);
    REQUIRE(a.normals == b.normals);
    REQUIRE(b.fold.classes == members);
    REQUIRE(b.fold.simulated_runs == b.fold.requested_runs);
    on = a.fold;
}

}  // namespace

TEST_CASE("equal inputs keep one class") {
    vr::FoldStatistics on;
    compare(1, 0, false, 70, on);
    CHECK(on.classes == 1);
    CHECK(on.maximum_classes == 1);
    CHECK(on.splits == 0);
    CHECK(on.requested_runs == 70 * on.simulated_runs);
}

TEST_CASE("differing inputs split classes, drained equal ones merge, and no result changes") {
    std::uint64_t merges = 0;
    for (std::uint64_t seed = 2; seed < 12; ++seed) {
        vr::FoldStatistics on;
        compare(seed, seed % 2 == 0 ? 16 : 128, seed % 3 == 0, 9, on);
        CHECK(on.splits > 0);
        CHECK(on.maximum_classes > 1);
        CHECK(on.simulated_runs < on.requested_runs);
        CHECK(on.classes + on.merges == 1 + on.splits);
        merges += on.merges;
    }
    CHECK(merges > 20);
}

TEST_CASE("machines in different states share a class only where they are equal") {
    std::vector<ToyCore> machines;
    for (int i = 0; i < 6; ++i) {
        vr::toy::ToyConfig config;
        ToyCore machine(config);
        vr::toy::ToyState state = machine.state();
        state.refresh_due += 100 * (i % 3);
        machine.restore(state);
        machines.push_back(machine);
    }
    Group folded(machines, true);
    Group plain(machines, false);
    CHECK(folded.statistics().classes == 3);
    const Result a = drive(folded, 5, 8, false);
    const Result b = drive(plain, 5, 8, false);
    CHECK(a.calls == b.calls);
    CHECK(a.statistics == b.statistics);
}

TEST_CASE("an input before the horizon is refused") {
    Group group(ToyCore{{}}, 2, true);
    group.run(100, [](std::uint32_t, std::uint64_t&, const ToyOutput&) {});
    CHECK_THROWS_AS(group.push(0, 99, {}, 0), vr::InternalError);
    group.push(0, 150, {}, 0);
    CHECK_THROWS_AS(group.push(0, 149, {}, 0), vr::InternalError);
}
