// SPDX-License-Identifier: Apache-2.0
// Memo and fast-forward on the toy core: every completion, every statistic and the dump as in the
// plain run, and the speed-up fired.
#include <catch2/catch.hpp>

#include "models/base/random.h"
#include "models/transport/descriptor.h"
#include "models/transport/fast_forward.h"
#include "models/transport/memo.h"
#include "testbenches/transport/toy_core.h"

namespace {

using vr::toy::ToyConfig;
using vr::toy::ToyCore;
using vr::toy::ToyInput;
using vr::toy::ToyOutput;
using vr::toy::ToyState;

static_assert(vr::RestorableMachine<ToyCore>);

struct Job {
    std::int64_t tick = 0;
    ToyInput input;
};

struct Result {
    std::vector<ToyOutput> outputs;
    std::string dump;
    vr::CompletionTemplate completions;
    bool operator==(const Result& other) const {
        return outputs == other.outputs && dump == other.dump &&
               completions.expand() == other.completions.expand();
    }
};

Result plain(const ToyConfig& config, const std::vector<Job>& jobs, std::int64_t end) {
    ToyCore core(config);
    Result result;
    std::uint32_t token = 0;
    for (const Job& job : jobs) {
        core.run(job.tick, result.outputs);
        core.inject(job.tick, job.input, token++);
    }
    core.run(end, result.outputs);
    for (const ToyOutput& output : result.outputs) {
        result.completions.append({output.tick * 1000}, output.item);
    }
    result.dump = vr::dump(core.state(), end);
    return result;
}

Result forwarded(const ToyConfig& config, const std::vector<Job>& jobs, std::int64_t end,
                 vr::FastForward<ToyCore>& fast, std::int64_t rhythm) {
    ToyCore core(config);
    Result result;
    std::vector<ToyOutput> outputs;
    std::int64_t now = 0;
    const auto simulate = [&](std::int64_t to) {
        outputs.clear();
        core.run(to, outputs);
        fast.record(outputs.size());
        for (const ToyOutput& output : outputs) {
            result.outputs.push_back(output);
            result.completions.append({output.tick * 1000}, output.item);
        }
        now = to;
    };
    const auto run = [&](std::int64_t horizon) {
        while (now < horizon) {
            const auto skip = fast.at_anchor(core, now, horizon);
            if (skip.periods > 0) {
                skip.for_each([&](const ToyOutput& output) { result.outputs.push_back(output); });
                skip.append_to(result.completions, 1000,
                               [](const ToyOutput& output) { return output.item; });
                now = skip.end();
                continue;
            }
            simulate(std::min(horizon, (now / rhythm + 1) * rhythm));
        }
    };
    std::uint32_t token = 0;
    for (const Job& job : jobs) {
        run(job.tick);
        fast.external_input();
        core.inject(job.tick, job.input, token++);
    }
    run(end);
    result.dump = vr::dump(core.state(), end);
    return result;
}

}  // namespace

TEST_CASE("fast-forward skips most of a long stream and changes nothing") {
    std::uint64_t skipped = 0;
    std::int64_t segments_saved = 0;
    for (const std::uint32_t stride : {1U, 2U, 3U, 5U, 7U, 16U, 31U, 33U, 64U}) {
        for (const std::int64_t refresh : {0, 400, 377}) {
            ToyConfig config;
            config.refresh_interval = refresh;
            const std::vector<Job> jobs{{10, {12345, stride, 30'000}}};
            const Result want = plain(config, jobs, 1'000'000);
            REQUIRE(want.outputs.size() == 30'000);
            REQUIRE(want.outputs.back().last);
            vr::FastForward<ToyCore> fast;
            const Result got =
                forwarded(config, jobs, 1'000'000, fast, refresh == 0 ? 64 : 2 * refresh);
            INFO("stride " << stride << " refresh " << refresh);
            REQUIRE(got.outputs.size() == want.outputs.size());
            REQUIRE(got == want);
            CHECK(fast.statistics().skipped_outputs > 10'000);
            CHECK(got.completions.segments().size() <= want.completions.segments().size() + 2);
            skipped += fast.statistics().skipped_outputs;
            segments_saved += static_cast<std::int64_t>(want.completions.segments().size()) -
                              static_cast<std::int64_t>(got.completions.segments().size());
        }
    }
    CHECK(skipped > 27 * 25'000);
    CHECK(segments_saved > 100'000);
}

TEST_CASE("a disturbance ends the epoch, afterwards a known state skips at its first sighting") {
    ToyConfig config;
    std::uint64_t skips_of_known = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        vr::SplitMix64 random(seed);
        std::vector<Job> jobs{{10, {0, 3, 60'000}}};
        std::int64_t at = 10;
        for (int i = 0; i < 6; ++i) {
            at += static_cast<std::int64_t>(random.next() % 60'000);
            // The stream is served in order, so a later one waits: short ones come before it
            // instead.
            jobs.push_back({at, {random.next() % 100'000, 1 + static_cast<std::uint32_t>(i), 5}});
        }
        const Result want = plain(config, jobs, 1'200'000);
        vr::FastForward<ToyCore> fast;
        const Result got = forwarded(config, jobs, 1'200'000, fast, 800);
        INFO("seed " << seed);
        REQUIRE(got == want);
        CHECK(fast.statistics().skips > 0);
        skips_of_known += fast.statistics().skips - fast.statistics().learnt;
    }
    CHECK(skips_of_known > 40);
}

TEST_CASE("a horizon cuts a skip: inputs just before, at and just after its end") {
    ToyConfig config;
    const Job stream{10, {0, 1, 50'000}};
    vr::FastForward<ToyCore> probe;
    forwarded(config, {stream}, 400'000, probe, 800);
    REQUIRE(probe.statistics().skips > 0);
    for (std::int64_t base : {20'000, 40'000, 80'000}) {
        for (std::int64_t off = -2; off <= 2; ++off) {
            const std::vector<Job> jobs{stream, {base + off, {77, 5, 40}}};
            vr::FastForward<ToyCore> fast;
            REQUIRE(forwarded(config, jobs, 400'000, fast, 800) == plain(config, jobs, 400'000));
            CHECK(fast.statistics().skipped_outputs > 0);
        }
    }
}

TEST_CASE("a skip stops short of the end of the stream, wherever the end falls in a period") {
    ToyConfig config;
    for (std::uint32_t items = 4000; items < 4400; ++items) {
        const std::vector<Job> jobs{{10, {0, 1, items}}};
        vr::FastForward<ToyCore> fast;
        INFO("items " << items);
        REQUIRE(forwarded(config, jobs, 100'000, fast, 800) == plain(config, jobs, 100'000));
        REQUIRE(fast.statistics().skips > 0);
    }
}

TEST_CASE("random streams have no period, and a bounded memory of states stays exact") {
    vr::SplitMix64 random(9);
    std::vector<Job> jobs;
    std::int64_t at = 0;
    for (int i = 0; i < 2000; ++i) {
        at += static_cast<std::int64_t>(random.next() % 40);
        jobs.push_back({at, {random.next() % 1'000'000, 1, 1}});
    }
    vr::FastForward<ToyCore> fast(true, {16});
    const Result got = forwarded({}, jobs, 60'000, fast, 800);
    CHECK(got == plain({}, jobs, 60'000));
    const Job stream{10, {0, 3, 60'000}};
    vr::FastForward<ToyCore> small(true, {4});
    CHECK(forwarded({}, {stream}, 1'000'000, small, 400) == plain({}, {stream}, 1'000'000));
    vr::FastForward<ToyCore> off(false);
    CHECK(forwarded({}, {stream}, 1'000'000, off, 800) == plain({}, {stream}, 1'000'000));
    CHECK(off.statistics().skips == 0);
}

namespace {

// Kernels one after the other, each a list of descriptors, with fixed gaps between them.
Result kernels(const ToyConfig& config, vr::Memo<ToyCore>& memo, int rounds, std::int64_t gap) {
    ToyCore core(config);
    Result result;
    std::uint32_t token = 100;
    std::int64_t now = 0;
    for (int round = 0; round < rounds; ++round) {
        std::vector<vr::Descriptor> list(2);
        list[0].id = static_cast<std::uint64_t>(round);
        list[0].bytes = 1;
        list[0].base = 4096;
        list[0].dimensions[0] = {static_cast<std::uint32_t>(100 + 7 * (round % 3)), 3};
        list[1] = list[0];
        list[1].id += 1'000'000;
        list[1].dimensions[0] = {50, 16};
        vr::Words input;
        vr::append_timing_words(list, input);
        const auto inject = [&](ToyCore& machine) {
            for (std::uint32_t i = 0; i < list.size(); ++i) {
                const auto& dimension = list[i].dimensions[0];
                machine.inject(
                    now + 5,
                    {list[i].base, static_cast<std::uint32_t>(dimension.stride), dimension.count},
                    token + i);
            }
        };
        const std::int64_t done =
            memo.run(core, now, now + 100'000, input, token, inject, result.outputs);
        token += 2;
        core.run(done + gap, result.outputs);
        now = done + gap;
    }
    core.run(now + 1000, result.outputs);
    result.dump = vr::dump(core.state(), now + 1000);
    return result;
}

}  // namespace

TEST_CASE("the memo replays kernels and changes nothing") {
    for (const std::int64_t gap : {1, 50, 333}) {
        ToyConfig config;
        vr::Memo<ToyCore> on(10'000);
        vr::Memo<ToyCore> off(0, false);
        vr::Memo<ToyCore> small(3);
        const Result want = kernels(config, off, 3000, gap);
        REQUIRE(want.outputs.size() > 300'000);
        CHECK(kernels(config, on, 3000, gap) == want);
        CHECK(kernels(config, small, 3000, gap) == want);
        INFO("gap " << gap << " misses " << on.statistics().misses);
        CHECK(on.statistics().hits > 1500);
        CHECK(on.statistics().hits + on.statistics().misses == 3000);
        CHECK(on.statistics().evictions == 0);
        CHECK(small.size() <= 3);
        CHECK(off.statistics().hits == 0);
    }
}

TEST_CASE("the memo leaves alone what it cannot know") {
    ToyConfig config;
    vr::Memo<ToyCore> memo(10);
    std::vector<ToyOutput> outputs;
    ToyCore core(config);
    const auto inject = [](ToyCore& machine) { machine.inject(5, {0, 1, 100}, 0); };
    // The horizon comes first: nothing is kept, and the machine stops there.
    CHECK(memo.run(core, 0, 60, {1}, 0, inject, outputs) == 60);
    CHECK(memo.size() == 0);
    CHECK(memo.statistics().unusable == 1);
    // It is busy now: simulated, not looked up.
    const auto none = [](ToyCore&) {};
    memo.run(core, 60, 100'000, {}, 0, none, outputs);
    CHECK(memo.statistics().unusable == 2);
    ToyCore whole(config);
    std::vector<ToyOutput> want;
    whole.inject(5, {0, 1, 100}, 0);
    whole.run(100'000, want);
    CHECK(outputs == want);
    // A known span that would pass the horizon is simulated up to it.
    ToyCore again(config);
    outputs.clear();
    memo.run(again, 0, 100'000, {1}, 0, inject, outputs);
    CHECK(memo.size() == 1);
    ToyCore cut(config);
    outputs.clear();
    CHECK(memo.run(cut, 0, 60, {1}, 0, inject, outputs) == 60);
    CHECK(memo.statistics().hits == 0);
    CHECK(memo.size() == 1);
    ToyCore reference(config);
    want.clear();
    reference.inject(5, {0, 1, 100}, 0);
    reference.run(60, want);
    CHECK(outputs == want);
    CHECK(vr::dump(cut.state(), 60) == vr::dump(reference.state(), 60));
}
