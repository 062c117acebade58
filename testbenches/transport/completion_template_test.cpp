// SPDX-License-Identifier: Apache-2.0
// Completion templates give back exactly what was recorded, however they are cut.
#include "models/transport/completion_template.h"

#include <catch2/catch.hpp>

#include "models/base/error.h"
#include "models/base/random.h"

using vr::Completion;
using vr::CompletionTemplate;
using vr::Time;

namespace {

// Records the same completions in a template and one by one.
CompletionTemplate random_template(std::uint64_t seed, std::vector<Completion>& all) {
    vr::SplitMix64 random(seed);
    CompletionTemplate made;
    std::int64_t now = 0;
    for (int round = 0; round < 20; ++round) {
        now += static_cast<std::int64_t>(random.next() % 50);
        if (random.next() % 2 == 0) {
            const std::uint64_t item = random.next() % 1000;
            made.append({now}, item);
            all.push_back({{now}, item});
            continue;
        }
        std::vector<Completion> points;
        std::int64_t span = 0;
        for (std::uint64_t i = 0; i < 1 + random.next() % 4; ++i) {
            span += static_cast<std::int64_t>(random.next() % 9);
            points.push_back({{span}, random.next() % 100});
        }
        const std::int64_t period =
            span - points.front().at.value + static_cast<std::int64_t>(random.next() % 9);
        const std::uint64_t repeats = 1 + random.next() % 6;
        const std::uint64_t items = random.next() % 8;
        made.append_periods({now}, {period}, repeats, items, points);
        for (std::uint64_t j = 0; j < repeats; ++j) {
            for (const Completion& point : points) {
                all.push_back({{now + static_cast<std::int64_t>(j) * period + point.at.value},
                               point.item + j * items});
            }
        }
        now = all.back().at.value;
    }
    return made;
}

}  // namespace

TEST_CASE("a template expands to what was recorded, whole or cut anywhere") {
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        std::vector<Completion> all;
        const CompletionTemplate made = random_template(seed, all);
        REQUIRE(made.expand() == all);
        REQUIRE(made.count() == all.size());
        REQUIRE(made.first() == all.front().at);
        REQUIRE(made.last() == all.back().at);
        for (std::int64_t horizon = 0; horizon <= all.back().at.value + 1; ++horizon) {
            CompletionTemplate rest = made;
            CompletionTemplate taken = rest.take_before({horizon});
            std::size_t split = 0;
            while (split < all.size() && all[split].at.value < horizon) {
                ++split;
            }
            const auto middle = all.begin() + static_cast<std::ptrdiff_t>(split);
            REQUIRE(taken.expand() == std::vector<Completion>(all.begin(), middle));
            REQUIRE(rest.expand() == std::vector<Completion>(middle, all.end()));
            taken.append(rest);
            REQUIRE(taken.expand() == all);
        }
    }
}

TEST_CASE("evenly spaced completions take one segment") {
    CompletionTemplate made;
    for (std::uint64_t i = 0; i < 1000; ++i) {
        made.append({static_cast<std::int64_t>(100 + 7 * i)}, 3 + i);
    }
    CHECK(made.segments().size() == 1);
    CHECK(made.count() == 1000);
    CHECK(made.last().value == 100 + 7 * 999);
}

TEST_CASE("a template takes no completion out of order") {
    CompletionTemplate made;
    made.append({10}, 0);
    CHECK_THROWS_AS(made.append({9}, 1), vr::InternalError);
    CHECK_THROWS_AS(made.append_periods({0}, {5}, 2, 1, {{{0}, 0}}), vr::InternalError);
    CHECK_THROWS_AS(made.append_periods({20}, {5}, 2, 1, {{{0}, 0}, {{6}, 1}}), vr::InternalError);
    CHECK(made.count() == 1);
    CHECK(CompletionTemplate{}.first() == vr::kNever);
}
