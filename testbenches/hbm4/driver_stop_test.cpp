// SPDX-License-Identifier: Apache-2.0
// A driver run that is stopped is the beginning of the run to the end; its slices; the roofline.
#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <tuple>
#include <vector>

#include "models/base/error.h"
#include "models/hbm4/driver/memory_driver.h"
#include "models/transport/clock.h"
#include "testbenches/hbm4/test_config.h"

using namespace vr;
using namespace vr::testing;

namespace {

constexpr std::uint64_t kRegion = std::uint64_t{1} << 30;

using Slice = std::tuple<std::string, std::string, std::int64_t, std::int64_t, std::int64_t>;

std::vector<Slice> slices_until(const EventRecord& record, Time stop) {
    std::vector<Slice> out;
    for (const Event& e : record.sorted()) {
        if (e.end <= stop) {
            out.emplace_back(record.tracks()[e.track].path, record.names()[e.name], e.begin.value,
                             e.end.value, e.value);
        }
    }
    std::sort(out.begin(), out.end());
    return out;
}

MemoryResult run(const Hbm4Config& config, AccessPattern which, EventRecord& record, Time stop) {
    PatternSource source({which, 4000, 64, kRegion, 1});
    MemoryDriverOptions options;
    options.stop = stop;
    options.events = &record;
    return run_memory(config, source, options);
}

}  // namespace

TEST_CASE("a stopped run answers what the whole run answers by then, access by access") {
    const Hbm4Config config = one_channel(rubin_hbm4());
    for (const AccessPattern which :
         {AccessPattern::kSequential, AccessPattern::kRandom, AccessPattern::kMixedRandom}) {
        EventRecord whole;
        const MemoryResult all = run(config, which, whole, kNever);
        REQUIRE(all.complete);
        REQUIRE(whole.size() == 4000);
        // At a response to the femtosecond, just before it, and at odd times.
        const Time response = whole.sorted()[1000].end;
        for (const Time stop : {response, response - Time{1}, nanoseconds(100), nanoseconds(777),
                                nanoseconds(1500), Time{1}}) {
            INFO(static_cast<int>(which) << " " << stop.value);
            EventRecord part;
            const MemoryResult r = run(config, which, part, stop);
            const std::vector<Slice> expected = slices_until(whole, stop);
            CHECK_FALSE(r.complete);
            CHECK(r.answered == static_cast<std::int64_t>(expected.size()));
            CHECK(r.bytes.value == 64 * r.answered);
            CHECK(r.answered <= r.requests);
            CHECK(r.finish <= stop);
            CHECK(slices_until(part, kNever) == expected);
        }
        EventRecord again;
        const MemoryResult exact = run(config, which, again, all.finish);
        CHECK(exact.complete);  // the last response comes at the stop itself
        CHECK(exact.finish == all.finish);
        CHECK(exact.totals.refreshes == all.totals.refreshes);
        EventRecord short_of_it;
        const MemoryResult almost = run(config, which, short_of_it, all.finish - Time{1});
        CHECK_FALSE(almost.complete);
        CHECK(almost.answered < 4000);
    }
}

TEST_CASE("a stop in a gap of arrivals leaves the later ones out") {
    const Hbm4Config config = one_channel(rubin_hbm4());
    AccessList list({{0, 32, false, 10}, {256, 32, false, 20}, {512, 32, false, 500'001}});
    MemoryDriverOptions options;
    options.stop = Clock(config.clock).edge(500'000);
    const MemoryResult r = run_memory(config, list, options);
    CHECK(r.requests == 2);
    CHECK(r.answered == 2);
    CHECK_FALSE(r.complete);
    CHECK(r.bytes.value == 64);
}

TEST_CASE("no machine runs on after the stop, though all accesses have arrived") {
    const Hbm4Config config = one_channel(rubin_hbm4());
    PatternSource source({AccessPattern::kSequential, 4000, 64, kRegion, 1});
    MemoryDriverOptions options;
    options.window = MemoryDriverOptions::kUnbounded;
    options.stop = Clock(config.clock).edge(1000);
    const MemoryResult r = run_memory(config, source, options);
    CHECK(r.requests == 4000);
    CHECK(r.answered > 100);
    CHECK(r.answered < 1000);
    const std::int64_t columns = r.totals.columns_read + r.totals.columns_written;
    CHECK(columns >= 2 * r.answered);
    CHECK(columns * config.burst.value <= 1000 * config.pseudo_channels());
}

TEST_CASE("of a steady stream of arrivals those up to the stop are fed") {
    const Hbm4Config config = one_channel(rubin_hbm4());
    std::vector<MemoryAccess> accesses;
    for (std::uint64_t i = 0; i < 300; ++i) {
        accesses.push_back({i * 64, 64, false, static_cast<std::int64_t>(10 * i)});
    }
    for (const std::int64_t last : {1000, 1001, 1009, 1010}) {
        AccessList list(accesses);
        MemoryDriverOptions options;
        options.stop = Clock(config.clock).edge(last);
        CHECK(run_memory(config, list, options).requests == last / 10 + 1);
    }
}

TEST_CASE("the roofline of accesses is their bytes at the peak bandwidth") {
    const Hbm4Config config = one_channel(rubin_hbm4());  // 86 GB/s
    PatternSource source({AccessPattern::kRandom, 43'000, 64, kRegion, 1});
    const MemoryResult r = run_memory_roofline(config, source);
    CHECK(r.complete);
    CHECK(r.answered == 43'000);
    CHECK(r.finish.value == 32'000'000'000);  // 43000 * 64 B / 86 GB/s = 32 us
    CHECK(r.achieved == r.peak);
    CHECK(r.latency_mean.value == 0);
    PatternSource again({AccessPattern::kRandom, 43'000, 64, kRegion, 1});
    const MemoryResult half = run_memory_roofline(config, again, nanoseconds(16'000));
    CHECK_FALSE(half.complete);
    CHECK(half.answered == 21'500);
    CHECK(half.finish == nanoseconds(16'000));
    AccessList beyond({{std::uint64_t{2} << 30, 32, false, 0}});
    CHECK_THROWS_AS(run_memory_roofline(config, beyond), UsageError);
}
