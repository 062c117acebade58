// SPDX-License-Identifier: Apache-2.0
// The arrival queue against a sorted list, on random times near, far and behind.
#include <catch2/catch.hpp>

#include <algorithm>
#include <tuple>
#include <vector>

#include "models/base/random.h"
#include "models/transport/arrival_queue.h"

namespace vr {

TEST_CASE(
    "messages come out in the order of arrival, port and sequence, whatever was pushed when") {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        SplitMix64 random(seed);
        ArrivalQueue<int> queue;
        std::vector<std::tuple<std::int64_t, std::uint32_t, std::uint64_t, int>> naive;
        std::int64_t now = 0;
        for (int step = 0; step < 4000; ++step) {
            const bool push = naive.empty() || random.next() % 100 < (step < 2000 ? 60U : 40U);
            if (push) {
                // Mostly near; now and then far beyond the ring, at the same time, or on a bucket's
                // edge.
                const std::uint64_t kind = random.next() % 10;
                std::int64_t span =
                    kind < 6   ? static_cast<std::int64_t>(random.next() % 300'000'000)
                    : kind < 8 ? static_cast<std::int64_t>(random.next() % 5'000'000'000)
                    : kind < 9
                        ? 0
                        : (std::int64_t{1} << 18) * static_cast<std::int64_t>(random.next() % 2000);
                const auto port = static_cast<std::uint32_t>(random.next() % 4);
                queue.push({Time{now + span}, port, static_cast<std::uint64_t>(step), step});
                naive.emplace_back(now + span, port, static_cast<std::uint64_t>(step), step);
            } else {
                const auto first = std::min_element(naive.begin(), naive.end());
                REQUIRE(queue.next() == Time{std::get<0>(*first)});
                const Stamped<int> popped = queue.pop();
                REQUIRE(popped.message == std::get<3>(*first));
                now = popped.arrival.value;
                naive.erase(first);
            }
            REQUIRE(queue.size() == naive.size());
        }
    }
}

TEST_CASE("an empty queue has no next message and takes earlier ones again") {
    ArrivalQueue<int> queue;
    CHECK(queue.next() == kNever);
    queue.push({Time{5'000'000'000}, 0, 0, 1});
    queue.push({Time{10}, 0, 1, 2});
    CHECK(queue.pop().message == 2);
    CHECK(queue.pop().message == 1);
    CHECK(queue.empty());
    queue.push({Time{7}, 0, 2, 3});
    CHECK(queue.next() == Time{7});
}

}  // namespace vr
