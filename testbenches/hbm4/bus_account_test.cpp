// SPDX-License-Identifier: Apache-2.0
// Where the time of a data bus went: nothing left over, and cases solved by hand.
#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>
#include <vector>

#include "models/base/error.h"
#include "models/hbm4/driver/memory_driver.h"
#include "models/transport/clock.h"
#include "models/transport/state_statistics.h"
#include "testbenches/hbm4/command_checker.h"
#include "testbenches/hbm4/test_config.h"

using namespace vr;
using namespace vr::testing;

namespace {

using enum hbm4::BusUse;

// One pseudo-channel whose blocks follow each other as bank groups, columns, banks.
Hbm4Config one_bus() {
    Hbm4Config c = one_channel(rubin_hbm4());
    c.pseudo_channels_per_channel = 1;
    c.hash = false;
    c.refresh = "none";
    c.front_latency = {0};
    c.back_latency = {0};
    return c;
}

MemoryResult account(const Hbm4Config& config, const std::vector<MemoryAccess>& accesses,
                     std::int64_t window = 0) {
    AccessList list(accesses);
    MemoryDriverOptions options;
    options.account = true;
    options.window = window;
    return run_memory(config, list, options);
}

std::int64_t ticks(const MemoryResult& r, hbm4::BusUse use) {
    return r.bus[static_cast<std::size_t>(use)];
}

std::int64_t sum(const MemoryResult& r) {
    return std::accumulate(r.bus.begin(), r.bus.end(), std::int64_t{0});
}

// In one bus, the address of a block of 256 B.
std::uint64_t block(std::uint64_t row, std::uint64_t bank, std::uint64_t column_block,
                    std::uint64_t group) {
    return (((row * 3 * 8 + bank) * 4 + column_block) * 2 + group) * 256;
}

}  // namespace

TEST_CASE("a single read: no request, its row, its data") {
    // Arrives at 7; ACT at 7, RD at 7 + 53, data from CL = 20 later for 2 ticks.
    const MemoryResult r = account(one_bus(), {{0, 32, false, 7}});
    CHECK(r.bus_ticks == 7 + 53 + 20 + 2);
    CHECK(ticks(r, kNoRequest) == 7 + 20);  // CL ticks at the start of the data bus's own time
    CHECK(ticks(r, kRow) == 53);
    CHECK(ticks(r, kData) == 2);
    CHECK(sum(r) == r.bus_ticks);
}

TEST_CASE("columns of one bank group wait for each other, of two they do not") {
    // 256 B are 8 columns, tCCD_L = 4: a gap of 2 ticks behind each burst but the last.
    const MemoryResult one = account(one_bus(), {{0, 256, false, 0}});
    CHECK(ticks(one, kColumnGap) == 7 * 2);
    CHECK(ticks(one, kData) == 8 * 2);
    // The other group's row is open tRRD_S later; from then on the groups take turns.
    const MemoryResult two = account(one_bus(), {{0, 256, false, 0}, {256, 256, false, 0}});
    CHECK(ticks(two, kColumnGap) < 10);
    CHECK(ticks(two, kData) == 16 * 2);
    CHECK(sum(two) == two.bus_ticks);
}

TEST_CASE("a conflict waits for its row, whole") {
    // The second read comes when the first one's row is open: PRE at tRAS after ACT, ACT tRP later.
    const Hbm4Config c = one_bus();
    const MemoryResult r =
        account(c, {{block(0, 0, 0, 0), 32, false, 0}, {block(1, 0, 0, 0), 32, false, 0}});
    const hbm4::Timing t(c);
    CHECK(r.totals.row_conflicts == 1);
    const std::int64_t second = std::max(t.ras + t.rp, t.rc) + t.rcd_read;  // its column
    CHECK(ticks(r, kRow) == second - t.burst);
    CHECK(ticks(r, kNoRequest) == t.read_data);
    CHECK(r.bus_ticks == second + t.read_data + t.burst);
}

TEST_CASE("five rows of one group: the fifth activate waits for the window of four") {
    Hbm4Config c = one_bus();
    c.t_faw = nanoseconds(200);
    const hbm4::Timing t(c);
    std::vector<MemoryAccess> accesses;
    for (std::uint64_t bank = 0; bank < 5; ++bank) {
        accesses.push_back({block(0, bank, 0, 0), 32, false, 0});
    }
    const MemoryResult r = account(c, accesses);
    // The first activate goes at once, the second to fourth tRRD_L apart, the fifth at tFAW; each
    // column tRCD behind. So every gap between data is an activate's, and the first tRCD the row's.
    CHECK(ticks(r, kActivateRate) == t.faw - 4 * t.burst);
    CHECK(ticks(r, kRow) == t.rcd_read);
    CHECK(ticks(r, kNoRequest) == t.read_data);
    CHECK(sum(r) == r.bus_ticks);
}

TEST_CASE("reads and writes of one open row: the gap between them is the turn") {
    const Hbm4Config c = one_bus();
    const hbm4::Timing t(c);
    // Far apart, so that nothing but the turn can matter: a read, then a write at once, then a
    // read.
    const MemoryResult r = account(
        c, {{0, 32, false, 0}, {0, 32, true, 200}, {32, 32, false, 400}, {64, 32, true, 400}});
    const std::int64_t turn = t.rtw + t.write_data - t.read_data - t.burst;
    CHECK(ticks(r, kTurnaround) == turn);
    const MemoryResult back = account(c, {{0, 32, true, 0}, {32, 32, false, 61}}, 2);
    // WR at 26 (tRCD for writes); RD not before CWL + burst + tWTR_L later.
    const std::int64_t gap = t.write_to_read_l;
    CHECK(back.bus_ticks == std::max<std::int64_t>(t.rcd_write + gap, 61) + t.read_data + t.burst);
    CHECK(sum(back) == back.bus_ticks);
}

TEST_CASE("activates beyond the reach of each other cost nothing but their rows") {
    const Hbm4Config c = one_bus();
    const hbm4::Timing t(c);
    std::vector<MemoryAccess> spread;
    for (std::int64_t i = 0; i < 6; ++i) {
        spread.push_back({block(0, static_cast<std::uint64_t>(i), 0, 0), 32, false, i * t.faw / 3});
    }
    const MemoryResult r = account(c, spread);
    CHECK(ticks(r, kActivateRate) == 0);
    CHECK(ticks(r, kController) == 0);
    CHECK(ticks(r, kRow) + ticks(r, kNoRequest) == r.bus_ticks - 6 * t.burst);
}

TEST_CASE("of a refresh the wait is refresh, in both modes") {
    for (const char* mode : {"all_bank", "per_bank"}) {
        Hbm4Config c = one_bus();
        c.refresh = mode;
        const hbm4::Timing t(c);
        // An idle machine refreshes at once when the first interval is over; the read comes just
        // behind it, to the bank that is refreshed first (bank 0).
        const std::int64_t due = t.refresh_interval;
        const MemoryResult r = account(c, {{0, 32, false, due + 1}});
        const std::int64_t tail = 1 + (mode[0] == 'a' ? t.rfc_all_bank : t.rfc_per_bank) - 1;
        CHECK(ticks(r, kRefresh) == tail - 1);
        CHECK(ticks(r, kRow) == t.rcd_read);
        CHECK(ticks(r, kNoRequest) == due + 1 + t.read_data);
        CHECK(sum(r) == r.bus_ticks);
    }
}

TEST_CASE("whoever comes while a bank is being closed for a refresh waits for the refresh") {
    Hbm4Config c = one_bus();
    c.refresh = "per_bank";
    const hbm4::Timing t(c);
    const std::int64_t due = t.refresh_interval;
    // The first read's bank, idle by then, is closed at `due`; the second read comes 10 ticks
    // later.
    const MemoryResult r = account(c, {{0, 32, false, 0}, {32, 32, false, due + 10}});
    const std::int64_t activate = due + t.rp + t.rfc_per_bank;
    CHECK(r.bus_ticks == activate + t.rcd_read + t.read_data + t.burst);
    CHECK(ticks(r, kRefresh) == activate - (due + 10));
    CHECK(ticks(r, kRow) == 2 * t.rcd_read);
}

TEST_CASE("every tick of every bus has one use, whatever the traffic, stopped or not") {
    for (const char* mode : {"per_bank", "all_bank", "none"}) {
        for (const AccessPattern which :
             {AccessPattern::kSequential, AccessPattern::kRandom, AccessPattern::kMixedRandom}) {
            for (const Time stop : {kNever, nanoseconds(3000)}) {
                Hbm4Config config = one_channel(rubin_hbm4());
                config.refresh = mode;
                PatternSource source({which, 4000, 64, std::uint64_t{1} << 30, 1});
                MemoryDriverOptions options;
                options.account = true;
                options.stop = stop;
                const MemoryResult r = run_memory(config, source, options);
                INFO(mode << " " << static_cast<int>(which) << " " << stop.value);
                CHECK(sum(r) == r.bus_ticks);
                CHECK(*std::min_element(r.bus.begin(), r.bus.end()) >= 0);
                if (r.complete) {
                    CHECK(ticks(r, kData) == 8000 * 2);
                }
                if (std::string(mode) == "none") {
                    CHECK(ticks(r, kRefresh) == 0);
                }
                if (which == AccessPattern::kRandom && std::string(mode) == "none") {
                    CHECK(ticks(r, kActivateRate) > r.bus_ticks / 4);  // tFAW bounds it
                }
                if (which != AccessPattern::kMixedRandom) {
                    CHECK(ticks(r, kTurnaround) == 0);
                }
            }
        }
    }
}

TEST_CASE("all-bank refresh takes from a stream what its rules say, and all of it is refresh") {
    Hbm4Config config = one_channel(rubin_hbm4());
    config.refresh = "all_bank";
    config.refresh_postpone = 0;
    PatternSource source({AccessPattern::kSequential, 40'000, 256, std::uint64_t{1} << 30, 1});
    MemoryDriverOptions options;
    options.account = true;
    const MemoryResult r = run_memory(config, source, options);
    const hbm4::Timing t(config);
    const auto share = [&](std::int64_t part) { return double(part) / double(r.bus_ticks); };
    const auto of_interval = [&](std::int64_t part) {
        return double(part) / double(t.refresh_interval);
    };
    CHECK(share(ticks(r, kRefresh)) > of_interval(t.rfc_all_bank) - 0.005);
    CHECK(share(ticks(r, kRefresh)) <
          of_interval(t.rtp + t.rp + t.rfc_all_bank + t.rcd_read) + 0.005);
    CHECK(share(ticks(r, kData) + ticks(r, kRefresh)) > 0.985);
}

TEST_CASE("watching changes nothing, and the commands are those that were counted and legal") {
    for (const char* mode : {"per_bank", "all_bank"}) {
        Hbm4Config config = one_channel(rubin_hbm4());
        config.refresh = mode;
        std::vector<MemoryAccess> accesses;
        SplitMix64 random(3);
        for (std::int64_t i = 0; i < 3000; ++i) {
            const std::int64_t pause = i >= 2000 ? 100'000 : 0;  // long idle in between
            accesses.push_back({random.next() % (1U << 20) * 64, 64, i % 3 == 0, 10 * i + pause});
        }
        const auto run = [&](bool account, std::vector<MemoryCommand>* commands) {
            AccessList list(accesses);
            MemoryDriverOptions options;
            options.account = account;
            options.commands = commands;
            return run_memory(config, list, options);
        };
        const MemoryResult plain = run(false, nullptr);
        const MemoryResult accounted = run(true, nullptr);
        std::vector<MemoryCommand> commands;
        const MemoryResult recorded = run(true, &commands);
        for (const MemoryResult* r : {&accounted, &recorded}) {
            CHECK(r->finish == plain.finish);
            CHECK(statistic_values(r->totals) == statistic_values(plain.totals));
        }
        CHECK(accounted.bus == recorded.bus);  // idle rounds that are skipped have no say in it
        AccessList list(accesses);
        MemoryDriverOptions options;
        options.account = true;
        std::vector<MemoryCommand> busy;
        options.commands = &busy;
        options.idle_commands = false;
        CHECK(run_memory(config, list, options).bus == recorded.bus);
        const auto count = [](const auto& all, bool refresh) {
            return std::count_if(all.begin(), all.end(), [refresh](const MemoryCommand& c) {
                const bool is_refresh = c.record.command == hbm4::Command::kRefreshBank ||
                                        c.record.command == hbm4::Command::kRefreshAll ||
                                        c.record.command == hbm4::Command::kPrecharge ||
                                        c.record.command == hbm4::Command::kPrechargeAll;
                return is_refresh == refresh;
            });
        };
        CHECK(count(busy, false) == count(commands, false));  // all that requests asked for
        CHECK(count(busy, true) < count(commands, true));
        std::int64_t refreshes = 0;
        std::int64_t activates = 0;
        for (std::uint32_t i = 0; i < 2; ++i) {
            std::vector<hbm4::CommandRecord> own;
            for (const MemoryCommand& c : commands) {
                if (c.pseudo_channel == i) {
                    own.push_back(c.record);
                }
            }
            CHECK(check_commands(config, own).violations == std::vector<std::string>{});
            for (const hbm4::CommandRecord& c : own) {
                activates += c.command == hbm4::Command::kActivate ? 1 : 0;
                refreshes += c.command == hbm4::Command::kRefreshBank ||
                                     c.command == hbm4::Command::kRefreshAll
                                 ? 1
                                 : 0;
            }
        }
        CHECK(activates == plain.totals.activates);
        CHECK(refreshes == plain.totals.refreshes);
        CHECK(std::is_sorted(commands.begin(), commands.end(), [](const auto& a, const auto& b) {
            return a.record.tick < b.record.tick;
        }));
    }
}

TEST_CASE("a record of too many commands is refused before it is made") {
    const Hbm4Config config = one_channel(rubin_hbm4());
    std::vector<MemoryCommand> commands;
    AccessList list({{0, 32, false, 0}, {0, 32, false, std::int64_t{1} << 50}});
    MemoryDriverOptions options;
    options.commands = &commands;
    CHECK_THROWS_AS(run_memory(config, list, options), UsageError);
}
