// SPDX-License-Identifier: Apache-2.0
// The memory by itself: bandwidth by formula and by pattern, DRAMsim3 traces, misuse.
#include <algorithm>
#include <catch2/catch.hpp>

#include "models/base/error.h"
#include "models/hbm4/driver/latency_counts.h"
#include "models/hbm4/driver/memory_driver.h"
#include "models/hbm4/driver/scattered_source.h"
#include "models/transport/clock.h"
#include "models/transport/state_statistics.h"
#include "testbenches/hbm4/test_config.h"
#include "traces/formats/memory/memory_trace.h"

using namespace vr;
using namespace vr::testing;

namespace {

const std::string kSample =
    VRSIM_SOURCE_DIR "/traces/samples/memory/dramsim3_example_rows0-15999.trace";

MemoryResult pattern(const Hbm4Config& config, AccessPattern which, std::uint64_t requests,
                     std::uint32_t bytes) {
    PatternSource source({which, requests, bytes, std::uint64_t{1} << 30, 1});
    return run_memory(config, source, {});
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("peak bandwidth follows the formula") {
    // 512 pseudo-channels x 32 bit x 10.75 Gb/s / 8
    CHECK(rubin_hbm4().peak_bandwidth().value == 22'016'000'000'000);
    CHECK(rubin_hbm4().capacity().value == std::int64_t{288} << 30);
    CHECK(one_channel(rubin_hbm4()).peak_bandwidth().value == 86'000'000'000);
}

TEST_CASE("patterns reach what they should and no more") {
    const Hbm4Config channel = one_channel(rubin_hbm4());
    const MemoryResult seq = pattern(channel, AccessPattern::kSequential, 50'000, 256);
    CHECK(seq.answered == 50'000);
    CHECK(seq.bytes.value == 50'000 * 256);
    CHECK(seq.utilisation >= 0.90);
    CHECK(seq.utilisation <= 1.0);
    CHECK(pattern(channel, AccessPattern::kSequential, 100'000, 32).utilisation >= 0.90);
    CHECK(pattern(rubin_hbm4(), AccessPattern::kSequential, 1'000'000, 256).utilisation >= 0.90);
    // Random 32 B: four activates in tFAW (41 ticks) bound it to 8 of 41 ticks of data.
    const MemoryResult random = pattern(channel, AccessPattern::kRandom, 50'000, 32);
    CHECK(random.utilisation > 0.15);
    CHECK(random.utilisation < 8.0 / 41.0);
    const MemoryResult mixed = pattern(channel, AccessPattern::kMixedSequential, 50'000, 32);
    CHECK(mixed.totals.writes == 50'000 / 3);
    CHECK(mixed.utilisation < 1.0);
    CHECK(pattern(channel, AccessPattern::kMixedRandom, 50'000, 32).answered == 50'000);
}

TEST_CASE("shares of all latencies sum to them") {
    const MemoryResult r =
        pattern(one_channel(rubin_hbm4()), AccessPattern::kMixedRandom, 20'000, 32);
    const std::int64_t shares =
        r.queue.value + r.refresh.value + r.row.value + r.data.value + r.controller.value;
    CHECK(std::abs(shares / r.requests - r.latency_mean.value) <= 1);
    CHECK(r.latency_p50 <= r.latency_p99);
    CHECK(r.latency_p99 <= r.latency_max);
}

TEST_CASE("streams side by side take turns by blocks") {
    PatternStreams source(sequential_streams({{0, false}, {4096, true}}, 9, 32), 2);
    const std::vector<std::uint64_t> expected = {0, 32, 4096, 4128, 64, 96, 4160, 4192, 128};
    MemoryAccess access;
    for (const std::uint64_t address : expected) {
        REQUIRE(source.next(access));
        CHECK(access.address == address);
        CHECK(access.bytes == 32);
        CHECK(access.write == (address >= 4096));
    }
    CHECK_FALSE(source.next(access));
}

TEST_CASE("scattered accesses come once each, in whole groups, near their place") {
    const auto order = [](std::uint64_t window) {
        PatternStreams inner(
            sequential_streams({{0, false}}, 1003, 32));  // the last group is a short one
        ScatteredSource source(inner, 4, window);
        std::vector<std::uint64_t> places;
        for (MemoryAccess access; source.next(access);) {
            places.push_back(access.address / 32);
        }
        return places;
    };
    std::vector<std::uint64_t> sorted = order(50);
    CHECK(sorted == order(50));
    CHECK_FALSE(std::is_sorted(sorted.begin(), sorted.end()));
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        CHECK(sorted[i] / 4 <= i / 4 + 50);  // none before the window has come to it
        CHECK((sorted[i] % 4 == 0 || sorted[i] == sorted[i - 1] + 1));
    }
    std::sort(sorted.begin(), sorted.end());
    CHECK(sorted == order(1));
    CHECK(sorted.size() == 1003);
    CHECK(sorted.back() == 1002);
}

TEST_CASE("runs repeat exactly") {
    const auto run = [] {
        return pattern(one_channel(rubin_hbm4()), AccessPattern::kMixedRandom, 20'000, 32);
    };
    const MemoryResult a = run();
    const MemoryResult b = run();
    CHECK(a.finish == b.finish);
    CHECK(a.latency_p99 == b.latency_p99);
    CHECK(statistic_values(a.totals) == statistic_values(b.totals));
}

TEST_CASE("the window bounds what is in flight") {
    PatternSource source({AccessPattern::kSequential, 1000, 32, std::uint64_t{1} << 30, 1});
    Hbm4Config config = one_channel(rubin_hbm4());
    config.refresh = "none";
    const MemoryResult r = run_memory(config, source, {1});
    // One at a time: every row hit takes front + CL + burst + back = 42 CK, and nothing waits.
    CHECK(r.queue.value == 0);
    CHECK(r.latency_p50 == Clock(Frequency{2'687'500'000}).edge(42));
    CHECK(r.finish.value >= 1000 * r.latency_p50.value);
}

TEST_CASE("accesses that the memory cannot take are refused") {
    const Hbm4Config config = one_channel(rubin_hbm4());
    const auto refuse = [&](const MemoryAccess& access, const std::string& part) {
        AccessList list({access});
        try {
            static_cast<void>(run_memory(config, list, {}));
        } catch (const UsageError& error) {
            return has(error.what(), part);
        }
        return false;
    };
    CHECK(refuse({std::uint64_t{2} << 30, 32, false, 0}, "lies beyond the memory"));
    CHECK(refuse({224, 64, false, 0}, "within one block of 256 B"));
    CHECK(refuse({8, 32, false, 0}, "multiples of 32 B"));
}

TEST_CASE("the DRAMsim3 sample reads with its known figures and runs to the end") {
    const std::vector<MemoryAccess> accesses = read_memory_trace_file(kSample).accesses;
    REQUIRE(accesses.size() == 16'000);
    CHECK(std::count_if(accesses.begin(), accesses.end(),
                        [](const MemoryAccess& a) { return a.write; }) == 10'903);
    CHECK(accesses.front().arrival == 30);
    CHECK(accesses.back().arrival == 3'207'816);
    CHECK(accesses.front().address == 0x2000D5C0);
    AccessList list(accesses);
    const MemoryResult r = run_memory(one_channel(rubin_hbm4()), list, {});
    CHECK(r.requests == 16'000);
    CHECK(r.answered == 16'000);
    CHECK(r.bytes.value == 16'000 * 64);
    CHECK(r.totals.writes == 10'903);
    CHECK(r.totals.columns_read + r.totals.columns_written == 32'000);
    // The last access comes at its cycle; the run ends with its answer.
    const std::int64_t last = Clock(Frequency{2'687'500'000}).edge(3'207'816).value;
    CHECK(r.finish.value > last);
    CHECK(r.finish.value < last + nanoseconds(200).value);
    // A refresh every 215 CK in each of two pseudo-channels, idle time included.
    CHECK(std::abs(r.totals.refreshes - 2 * (3'207'816 / 215)) < 40);
}

TEST_CASE("latencies are counted in powers of two") {
    LatencyCounts counts;
    CHECK(counts.powers_of_two().empty());
    for (const std::int64_t ticks : {0, 1, 2, 3, 4, 7, 8, 70'000}) {
        counts.record(ticks);
    }
    std::vector<std::int64_t> expected(17);
    expected[0] = expected[1] = expected[2] = 2;
    expected[3] = expected[16] = 1;
    CHECK(counts.powers_of_two() == expected);
}

TEST_CASE("streams take turns, or come in the order of their arrivals, writes are spread evenly") {
    using Shape = PatternSource::Shape;
    const auto take = [](const std::vector<Shape>& shapes) {
        PatternStreams source(shapes);
        std::vector<std::pair<std::uint64_t, std::int64_t>> out;
        for (MemoryAccess a; source.next(a);) {
            out.emplace_back(a.address, a.write ? -a.arrival - 1 : a.arrival);
        }
        return out;
    };
    Shape a;
    a.requests = 3;
    a.bytes = 32;
    a.region_bytes = 64;
    Shape b = a;
    b.requests = 2;
    b.base = 1024;
    b.stride = 256;
    b.region_bytes = 1024;
    b.writes = {1, 2};
    using Expected = std::vector<std::pair<std::uint64_t, std::int64_t>>;
    CHECK(take({a, b}) == Expected{{0, 0}, {1024, 0}, {32, 0}, {1280, -1}, {0, 0}});
    a.interval = {7, 2};  // at 0, 4, 7
    b.interval = {3, 1};  // at 0, 3
    CHECK(take({b, a}) == Expected{{1024, 0}, {0, 0}, {1280, -4}, {32, 4}, {0, 7}});
}

TEST_CASE("a number of pseudo-channels takes as few channels and stacks as hold it") {
    const Hbm4Config rubin = rubin_hbm4();
    for (const std::int64_t count : {1, 2, 4, 64, 128, 512}) {
        const Hbm4Config c = with_pseudo_channels(rubin, count);
        CHECK(c.pseudo_channels() == count);
        CHECK(c.problems().empty());
        CHECK(c.stacks == std::max<std::int64_t>(1, count / 64));
    }
    for (const std::int64_t count : {-1, 0, 3, 513, 1024}) {
        CHECK_THROWS_AS(with_pseudo_channels(rubin, count), UsageError);
    }
}

TEST_CASE("a relative arrival counts from the arrival before, however late that came") {
    Hbm4Config config = one_channel(rubin_hbm4());
    config.refresh = "none";
    EventRecord record;
    MemoryDriverOptions options;
    options.events = &record;
    options.window = 1;  // the second waits for the first one's answer
    AccessList list({{0, 32, false, 5}, {32, 32, false, 1, true}, {64, 32, false, 700, true}});
    CHECK(run_memory(config, list, options).answered == 3);
    const Clock ck(config.clock);
    const std::vector<Event> slices = record.sorted();
    REQUIRE(slices.size() == 3);
    const std::int64_t first_answer = ck.first_edge(slices[0].end);
    CHECK(ck.first_edge(slices[0].begin) == 5);
    CHECK(ck.first_edge(slices[1].begin) == first_answer);
    CHECK(ck.first_edge(slices[2].begin) == first_answer + 700);
}

TEST_CASE("inconsistent parameters are named") {
    CHECK(rubin_hbm4().problems().empty());
    const auto key_of = [](auto&& spoil) {
        Hbm4Config config = rubin_hbm4();
        spoil(config);
        const auto problems = config.problems();
        return problems.empty() ? std::string() : problems.front().first;
    };
    CHECK(key_of([](auto& c) { c.channels_per_stack = 8192; }) == "stacks");
    CHECK(key_of([](auto& c) { c.banks_per_group = 16; }) == "banks_per_group");
    CHECK(key_of([](auto& c) { c.bank_groups = 3; }) == "bank_groups");
    CHECK(key_of([](auto& c) { c.interleave = {2048}; }) == "interleave");
    CHECK(key_of([](auto& c) { c.write_low = 256; }) == "write_high");
    CHECK(key_of([](auto& c) { c.t_ccd_s = {1}; }) == "t_ccd_s");
    CHECK(key_of([](auto& c) { c.t_ccd_l = {1}; }) == "t_ccd_l");
    CHECK(key_of([](auto& c) { c.t_rc = c.t_ras + c.t_rp - Time{1}; }) == "t_rc");
    CHECK(key_of([](auto& c) { c.t_rc = c.t_ras + c.t_rp; }).empty());
    CHECK(key_of([](auto& c) { c.t_rrd_l = nanoseconds(1); }) == "t_rrd_l");
    CHECK(key_of([](auto& c) { c.t_wtr_l = nanoseconds(1); }) == "t_wtr_l");
    CHECK(key_of([](auto& c) { c.t_ras = c.t_rcd_read; }) == "t_ras");
    CHECK(key_of([](auto& c) { c.t_rtw = nanoseconds(1); }) == "t_rtw");
    CHECK(key_of([](auto& c) { c.t_rfc_per_bank = nanoseconds(9000); }) == "t_rfc_per_bank");
}
