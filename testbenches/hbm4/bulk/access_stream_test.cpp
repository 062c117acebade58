// SPDX-License-Identifier: Apache-2.0
// Passes over a pseudo-channel as one closed machine: the completions are those of the same
// requests put in by hand, and fast-forward changes none of them.
#include "models/hbm4/bulk/access_stream.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <string_view>

#include "models/base/error.h"
#include "models/hbm4/bulk/skipping.h"
#include "testbenches/hbm4/test_config.h"

using namespace vr;
using namespace vr::testing;

namespace {

using Outputs = std::vector<hbm4::Output>;

Hbm4Config plain_banks(const char* refresh_order) {
    Hbm4Config config = rubin_hbm4();
    config.hash = false;
    config.refresh_order = refresh_order;
    return config;
}

struct Streamed {
    Outputs outputs;
    std::string dump;
    FastForwardStatistics statistics;
};

// With `want`, every completion is compared with it and none is kept.
Streamed stream(const hbm4::AccessStreamSetup& setup, const hbm4::AccessRun& run, bool skip,
                const Outputs* want = nullptr) {
    hbm4::AccessStream machine(setup);
    FastForward<hbm4::AccessStream> fast(skip, hbm4::kStreamLimits);
    Streamed result;
    std::size_t place = 0;
    std::int64_t end = 0;
    const auto take = [&](const hbm4::Output& output) {
        end = std::max(end, output.tick);
        if (want == nullptr) {
            result.outputs.push_back(output);
        } else if (place >= want->size() || (*want)[place] != output) {
            FAIL("completion " << place << " differs");
        }
        ++place;
    };
    machine.add(0, run);
    hbm4::run_skipping(
        machine, fast, 0, kNeverTick, setup.rhythm,
        [&](const Outputs& outputs) {
            for (const hbm4::Output& output : outputs) {
                take(output);
            }
        },
        [&](const auto& one) { one.for_each(take); });
    CHECK((want == nullptr || place == want->size()));
    machine.settle(end);
    result.dump = dump(machine.state(), end);
    result.statistics = fast.statistics();
    return result;
}

// The same requests in the same ticks, from the address map and with the rows that there are; every
// tick with work is looked at by itself.
Outputs by_hand(const Hbm4Config& config, const hbm4::AccessStreamSetup& setup,
                std::int64_t requests) {
    hbm4::PseudoChannel<> channel(setup.timing);
    Outputs outputs;
    std::int64_t sent = 0;
    const auto fill = [&](std::int64_t tick) {
        for (; sent < requests && sent - static_cast<std::int64_t>(outputs.size()) < setup.window;
             ++sent) {
            const auto byte = static_cast<std::uint64_t>(sent % setup.accesses) *
                              static_cast<std::uint64_t>(config.access_bytes.value);
            channel.inject(tick, setup.map.input(setup.map.locate(byte), 32, false),
                           static_cast<std::uint32_t>(sent));
        }
    };
    fill(0);
    while (channel.has_work()) {
        const std::int64_t at = channel.next();
        channel.run(at + 1, outputs);
        if (sent - static_cast<std::int64_t>(outputs.size()) <= setup.window - setup.batch) {
            fill(at + 1);
        }
    }
    return outputs;
}

}  // namespace

TEST_CASE("passes of an access stream are those of the requests put in by hand") {
    for (const bool hash : {false, true}) {
        Hbm4Config config = plain_banks("idle_first");
        config.hash = hash;
        config.rows = 5;  // 7,680 accesses a pass
        const hbm4::AccessStreamSetup setup(config, 1);
        REQUIRE(setup.accesses == 7'680);
        const Outputs want = by_hand(config, setup, 50'000);
        REQUIRE(want.size() == 50'000);
        CHECK((stream(setup, {0, 50'000, false}, false).outputs == want));
    }
}

TEST_CASE("passes over a pseudo-channel are skipped without a tick's difference") {
    struct Case {
        const char* refresh_order;
        std::int64_t requests;
        std::uint64_t most_simulated;
    };
    for (const Case& c :
         {Case{"round_robin", 3'000'000, 20'000}, Case{"idle_first", 2'000'000, 700'000}}) {
        INFO(c.refresh_order);
        Hbm4Config config = plain_banks(c.refresh_order);
        config.rows = 256;  // some passes
        const hbm4::AccessStreamSetup setup(config, 1);
        const hbm4::AccessRun run{0, c.requests, false};
        const Streamed plain = stream(setup, run, false);
        REQUIRE(static_cast<std::int64_t>(plain.outputs.size()) == c.requests);
        CHECK(plain.statistics.skipped_outputs == 0);
        const Streamed fast = stream(setup, run, true, &plain.outputs);
        CHECK(fast.dump == plain.dump);
        CHECK(fast.statistics.skips > 0);
        // In turn, a period is one round of refresh, and has no parts.
        const bool in_parts = std::string_view(c.refresh_order) == "idle_first";
        CHECK((fast.statistics.skipped_parts > 0) == in_parts);
        CHECK(static_cast<std::uint64_t>(c.requests) - fast.statistics.skipped_outputs <
              c.most_simulated);
    }
}

TEST_CASE("nothing is skipped and nothing is shared under a policy without a normal form") {
    Hbm4Config config = plain_banks("random");
    config.rows = 256;
    const hbm4::AccessStreamSetup setup(config, 1);
    const hbm4::AccessRun run{0, 200'000, false};
    const Streamed plain = stream(setup, run, false);
    const Streamed fast = stream(setup, run, true, &plain.outputs);
    CHECK(fast.dump == plain.dump);
    CHECK(fast.statistics.skips == 0);
    config.refresh_order = "round_robin";  // and under its like it is
    const hbm4::AccessStreamSetup in_turn(config, 1);
    CHECK(stream(in_turn, run, true).statistics.skips > 0);
}

// Hashed by the row, banks come in another order in every row: a period is made of whole passes.
TEST_CASE("passes over hashed banks recur as a whole") {
    Hbm4Config config = rubin_hbm4();
    config.stack_ids = 1;
    config.banks_per_group = 4;
    config.rows = 64;
    config.t_refi = tenths_of_ns(20'000);
    const hbm4::AccessStreamSetup setup(config, 1);
    REQUIRE(setup.accesses == 16'384);
    REQUIRE(setup.repeat == 16'384);
    const hbm4::AccessRun run{0, 1'500'000, false};
    const Streamed plain = stream(setup, run, false);
    const Streamed fast = stream(setup, run, true, &plain.outputs);
    CHECK(fast.dump == plain.dump);
    CHECK(fast.statistics.skips > 0);
}

// 20 GB: about two minutes for each order of refresh. Every completion counts, in a digest.
TEST_CASE("20 GB of passes end in the ticks of the plain run", "[.campaign]") {
    for (const char* refresh_order : {"round_robin", "idle_first"}) {
        const hbm4::AccessStreamSetup setup(plain_banks(refresh_order), 1);
        const std::int64_t requests = 20LL * 1024 * 1024 * 1024 / 32;
        std::array<std::string, 2> results;
        std::uint64_t skipped = 0;
        for (const bool skip : {false, true}) {
            hbm4::AccessStream machine(setup);
            FastForward<hbm4::AccessStream> fast(skip, hbm4::kStreamLimits);
            DigestSink digest;
            std::int64_t end = 0;
            const auto take = [&](const hbm4::Output& output) {
                digest.push(static_cast<std::uint64_t>(output.tick));
                digest.push(output.token);
                end = output.tick;
            };
            machine.add(0, {0, requests, false});
            hbm4::run_skipping(
                machine, fast, 0, kNeverTick, setup.rhythm,
                [&](const Outputs& outputs) {
                    std::for_each(outputs.begin(), outputs.end(), take);
                },
                [&](const auto& one) { one.for_each(take); });
            machine.settle(end);
            results[skip ? 1 : 0] = fmt::format("last data at {}, digest of completions {:x}\n{}",
                                                end, digest.value(), dump(machine.state(), end));
            skipped = fast.statistics().skipped_outputs;
        }
        WARN(refresh_order << ": " << skipped << " of " << requests << " requests skipped; "
                           << results[1].substr(0, results[1].find('\n')));
        CHECK((results[0] == results[1]));
        CHECK(skipped > 670'000'000);
    }
}

TEST_CASE("an access stream refuses runs that it could not tell apart") {
    const Hbm4Config config = plain_banks("idle_first");
    const hbm4::AccessStreamSetup setup(config, 1);
    hbm4::AccessStream machine(setup);
    machine.add(0, {setup.accesses - 10, 20, false});
    CHECK_THROWS_AS(machine.add(0, {0, 1, false}), InternalError);
    hbm4::AccessStream other(setup);
    other.add(0, {0, 1, false});
    CHECK_THROWS_AS(other.add(0, {setup.accesses - 10, 20, false}), InternalError);
    CHECK_THROWS_AS(other.add(0, {0, 0, false}), InternalError);
}
