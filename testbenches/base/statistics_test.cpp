// SPDX-License-Identifier: Apache-2.0
// The statistics registry and the histogram, at the edges of its buckets.
#include "models/base/statistics.h"

#include <catch2/catch.hpp>
#include <limits>

#include "models/base/error.h"

namespace {

using namespace vr;

TEST_CASE("statistics keep their order, path, unit and kind") {
    StatisticsRegistry registry;
    registry.add("gpu.l2", "hits", 12, "requests", "requests found in L2");
    registry.add("gpu.hbm", "latest", 7, "fs", "last completion", StatisticKind::kMaximum);
    REQUIRE(registry.all().size() == 2);
    CHECK(registry.all()[0].path == "gpu.l2.hits");
    CHECK(registry.all()[0].unit == "requests");
    CHECK(registry.all()[0].kind == StatisticKind::kSum);
    CHECK(registry.all()[1].kind == StatisticKind::kMaximum);
    CHECK(registry.value("gpu.hbm.latest") == 7);
}

TEST_CASE("the eighth channel cannot overwrite the first") {
    StatisticsRegistry registry;
    registry.add("hbm.channel", "reads", 1, "requests", "reads");
    CHECK_THROWS_AS(registry.add("hbm.channel", "reads", 2, "requests", "reads"), InternalError);
    CHECK(registry.value("hbm.channel.reads") == 1);
    CHECK_THROWS_AS(registry.value("hbm.channel.writes"), InternalError);
}

TEST_CASE("a histogram puts each value into its power of two") {
    Histogram h;
    for (const std::int64_t value : {0, 1, 2, 3, 4, 7, 8}) {
        h.record(value);
    }
    CHECK(h.buckets[0] == 1);
    CHECK(h.buckets[1] == 1);
    CHECK(h.buckets[2] == 2);
    CHECK(h.buckets[3] == 2);
    CHECK(h.buckets[4] == 1);
    h.record(std::numeric_limits<std::int64_t>::max(), 5);
    CHECK(h.buckets[63] == 5);
    h.record(-3);  // no value is negative; one that is must not index out of bounds
    CHECK(h.buckets[0] == 2);
    CHECK(h.count() == 13);
}

TEST_CASE("merged histograms count as one") {
    Histogram a;
    Histogram b;
    a.record(5, 3);
    b.record(5, 4);
    b.record(100);
    a.merge(b);
    CHECK(a.buckets[3] == 7);
    CHECK(a.buckets[7] == 1);
    CHECK(a.count() == 8);
}

TEST_CASE("percentiles give the upper bound of the bucket that holds them") {
    Histogram h;
    CHECK(h.percentile_bound(50) == 0);  // nothing recorded
    h.record(3, 50);
    h.record(10, 49);
    h.record(1'000, 1);
    CHECK(h.percentile_bound(0) == 3);
    CHECK(h.percentile_bound(50) == 3);
    CHECK(h.percentile_bound(51) == 15);
    CHECK(h.percentile_bound(99) == 15);
    CHECK(h.percentile_bound(100) == 1'023);
    // Half of three values is reached by the second one: the rank rounds up.
    Histogram three;
    three.record(1);
    three.record(3);
    three.record(9);
    CHECK(three.percentile_bound(33) == 1);
    CHECK(three.percentile_bound(50) == 3);
    CHECK(three.percentile_bound(67) == 15);
}

}  // namespace
