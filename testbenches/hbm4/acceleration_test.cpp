// SPDX-License-Identifier: Apache-2.0
// Memo and fast-forward on one pseudo-channel: every completion, every counter and the dump as in
// the plain run, and the speed-up fired.
#include <catch2/catch.hpp>

#include "models/hbm4/bulk/access_stream.h"
#include "models/hbm4/bulk/skipping.h"
#include "models/transport/descriptor.h"
#include "models/transport/fast_forward.h"
#include "models/transport/memo.h"
#include "testbenches/hbm4/test_config.h"

using namespace vr;
using namespace vr::testing;

namespace {

using Channel = hbm4::PseudoChannel<>;

struct Result {
    std::vector<hbm4::Output> outputs;
    std::string dump;
    bool operator==(const Result&) const = default;
};

constexpr std::uint64_t kBlockBytes = 256;

/// Two descriptors: reads and writes, interleaved by what the channel makes of them.
std::vector<Descriptor> kernel(int variant) {
    std::vector<Descriptor> list(2);
    for (Descriptor& one : list) {
        one.bytes = kBlockBytes;
    }
    list[0].dimensions[0] = {static_cast<std::uint32_t>(120 + 40 * variant),
                             static_cast<std::int64_t>(kBlockBytes)};
    list[1].base = 1 << 20;
    list[1].direction = Direction::kWrite;
    list[1].dimensions[0] = {60, 3 * static_cast<std::int64_t>(kBlockBytes)};
    return list;
}

/// Blocks walk over the columns of a row, the banks, the rows.
std::uint32_t inject(Channel& channel, const std::vector<Descriptor>& list, std::int64_t tick,
                     std::uint32_t token, std::int32_t banks) {
    const std::uint32_t first = token;
    for (const Descriptor& descriptor : list) {
        for (DescriptorCursor cursor(descriptor, kBlockBytes); !cursor.done(); cursor.advance()) {
            const std::uint64_t block = cursor.access().address / kBlockBytes;
            const auto n = static_cast<std::uint64_t>(banks);
            channel.inject(tick,
                           {.row = static_cast<std::int32_t>(block / 4 / n),
                            .bank = static_cast<std::uint8_t>(block / 4 % n),
                            .column = static_cast<std::uint8_t>(block % 4 * 8),
                            .columns = 8,
                            .write = descriptor.direction == Direction::kWrite},
                           token++);
        }
    }
    return token - first;
}

/// Kernels `spacing` ticks apart; without a memo the plain run.
Result kernels(const hbm4::Timing& timing, Memo<Channel>* memo, int rounds, std::int64_t spacing) {
    Channel channel(timing);
    Result result;
    std::uint32_t token = 0;
    for (int round = 0; round < rounds; ++round) {
        const std::int64_t now = spacing * (round + 1);
        const std::vector<Descriptor> list = kernel(round % 2);
        std::uint32_t used = 0;
        const auto give = [&](Channel& machine) {
            used = inject(machine, list, now + 5, token, timing.banks);
        };
        std::uint64_t items = 0;
        for (const Descriptor& one : list) {
            items += one.items();
        }
        if (memo == nullptr) {
            give(channel);
            channel.run(now + spacing, result.outputs);
        } else {
            Words input;
            append_timing_words(list, input);
            memo->run(channel, now, now + spacing, input, token, give, result.outputs);
        }
        REQUIRE(channel.idle());
        token += static_cast<std::uint32_t>(items);
    }
    const std::int64_t end = spacing * (rounds + 2);
    channel.settle(end);
    result.dump = dump(channel.state(), end);
    return result;
}

struct Streamed {
    Result result;
    FastForwardStatistics statistics;
};

Streamed stream(const Hbm4Config& config, std::int64_t requests, std::int64_t end, bool on) {
    const hbm4::AccessStreamSetup setup(config, 8);
    hbm4::AccessStream machine(setup);
    FastForward<hbm4::AccessStream> fast(on);
    Streamed run;
    machine.add(0, {0, requests * 8, false});
    hbm4::run_skipping(
        machine, fast, 0, end, setup.rhythm,
        [&](const std::vector<hbm4::Output>& outputs) {
            run.result.outputs.insert(run.result.outputs.end(), outputs.begin(), outputs.end());
        },
        [&](const auto& skip) {
            skip.for_each([&](const auto& output) { run.result.outputs.push_back(output); });
        });
    machine.settle(end);
    run.result.dump = dump(machine.state(), end);
    run.statistics = fast.statistics();
    return run;
}

Hbm4Config with_refresh(const char* refresh, std::int64_t postpone) {
    Hbm4Config config = rubin_hbm4();
    config.refresh = refresh;
    config.refresh_postpone = postpone;
    return config;
}

}  // namespace

TEST_CASE("the memo replays descriptor lists on a pseudo-channel and changes nothing") {
    for (const char* refresh : {"per_bank", "all_bank", "none"}) {
        const hbm4::Timing timing(with_refresh(refresh, 32));
        const std::int64_t commands =
            timing.refresh == hbm4::RefreshMode::kPerBank ? timing.banks : 1;
        const std::int64_t round = std::max<std::int64_t>(
            10'000,
            timing.refresh == hbm4::RefreshMode::kNone ? 0 : commands * timing.refresh_interval);
        // At equal phases of refresh a list meets a known state; at changing ones it may not.
        for (const std::int64_t spacing : {2 * round, 2 * round + 7}) {
            INFO(refresh << ", " << spacing << " ticks apart");
            const int rounds = 200;
            const Result want = kernels(timing, nullptr, rounds, spacing);
            REQUIRE(want.outputs.size() == 200 * 200);
            Memo<Channel> on(100);
            Memo<Channel> off(0, false);
            CHECK(kernels(timing, &on, rounds, spacing) == want);
            CHECK(kernels(timing, &off, rounds, spacing) == want);
            CHECK(off.statistics().hits == 0);
            CHECK(on.statistics().unusable == 0);
            CHECK(on.statistics().hits + on.statistics().misses == 200);
            INFO("hits " << on.statistics().hits);
            if (spacing == 2 * round) {
                CHECK(on.statistics().hits > 180);
            }
        }
    }
}

TEST_CASE("fast-forward skips most of a sequential stream of a pseudo-channel") {
    struct Case {
        const char* refresh;
        std::int64_t postpone;
    };
    for (const Case& c : {Case{"none", 32}, Case{"per_bank", 32}, Case{"all_bank", 2}}) {
        Hbm4Config config = with_refresh(c.refresh, c.postpone);
        config.hash = false;
        const std::int64_t requests = 500'000;
        const std::int64_t end = 12'000'000;
        const Streamed plain = stream(config, requests, end, false);
        const Streamed fast = stream(config, requests, end, true);
        INFO(c.refresh << ": learnt " << fast.statistics.learnt << " refused "
                       << fast.statistics.refused << " skipped " << fast.statistics.skipped_outputs
                       << " in periods " << fast.statistics.skipped_periods);
        REQUIRE(plain.result.outputs.size() == 500'000);
        CHECK(fast.result.outputs == plain.result.outputs);
        CHECK(fast.result.dump == plain.result.dump);
        CHECK(plain.statistics.skipped_outputs == 0);
        CHECK(fast.statistics.skipped_outputs > 250'000);
    }
}
