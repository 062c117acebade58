// SPDX-License-Identifier: Apache-2.0
// The tick wheel gives out what a plain list would, for any times; and its speed beside a heap's
// ("[.speed]").
#include "models/transport/tick_wheel.h"

#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>
#include <map>
#include <set>

#include "models/base/random.h"
#include "testbenches/transport/heap_calendar.h"

using vr::Time;

namespace {

// The definition: the set of (time, unit).
struct NaiveCalendar {
    std::map<std::uint32_t, std::int64_t> times;
    std::set<std::pair<std::int64_t, std::uint32_t>> order;
    void cancel(std::uint32_t unit) {
        if (const auto found = times.find(unit); found != times.end()) {
            order.erase({found->second, unit});
            times.erase(found);
        }
    }
    void schedule(std::uint32_t unit, std::int64_t at) {
        const auto found = times.find(unit);
        const std::int64_t has = found == times.end() ? vr::kNever.value : found->second;
        if (at < has) {
            cancel(unit);
            times[unit] = at;
            order.insert({at, unit});
        }
    }
};

std::int64_t random_time(vr::SplitMix64& random, std::int64_t now) {
    const std::uint64_t dice = random.next();
    const auto draw = static_cast<std::int64_t>(random.next() >> 1);
    std::int64_t ahead = 0;
    switch (dice % 8) {
        case 0:
            return draw;  // anywhere
        case 1:
            ahead = draw % 4;
            break;
        case 2:
        case 3:
            ahead = draw % 50'000'000;  // tens of ns
            break;
        case 4:
            ahead = draw % 10'000'000'000;  // some epochs
            break;
        case 5:
            ahead = 500'000 * (draw % 40);  // clock edges: many equal times
            break;
        case 6:
            return vr::kNever.value - draw % 3;
        default:
            return now - std::min(now, draw % 1'000'000);  // the past
    }
    return now > vr::kNever.value - ahead ? vr::kNever.value : now + ahead;
}

template <class Calendar>
double ns_per_event(std::uint32_t units, std::int64_t cycle, std::int64_t range) {
    Calendar calendar;
    vr::SplitMix64 random(units);
    for (std::uint32_t unit = 0; unit < units; ++unit) {
        calendar.add_unit();
        calendar.schedule(unit, {static_cast<std::int64_t>(random.next() % 40'000'000)});
    }
    const int events = 4'000'000;
    std::uint64_t sum = 0;
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < events; ++i) {
        sum += static_cast<std::uint64_t>(calendar.next().value);
        const auto [at, unit] = calendar.pop();
        const std::uint64_t dice = random.next();
        const auto ahead = static_cast<std::int64_t>(dice % static_cast<std::uint64_t>(range));
        // To an edge of the unit's clock, as cores do; every 64th far ahead, as refresh does.
        const std::int64_t to = at.value + (i % 64 == 0 ? 3'900'000'000 : ahead + 1);
        calendar.schedule(unit, {(to + cycle - 1) / cycle * cycle});
        // Every fourth event wakes another unit.
        if (dice >> 62 == 0) {
            calendar.schedule(static_cast<std::uint32_t>((dice >> 32) % units),
                              {at.value + 4 * cycle});
        }
    }
    const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - begin;
    CHECK(sum != 0);
    return spent.count() / events;
}

template <class Calendar>
void lock_step(Calendar& calendar, std::uint64_t seed, std::uint32_t units) {
    vr::SplitMix64 random(seed);
    NaiveCalendar naive;
    for (std::uint32_t unit = 0; unit < units; ++unit) {
        calendar.add_unit();
    }
    std::int64_t now = 0;
    for (int step = 0; step < 20'000; ++step) {
        const auto unit = static_cast<std::uint32_t>(random.next() % units);
        const std::uint64_t dice = random.next() % 16;
        if (dice < 8) {
            const std::int64_t at = random_time(random, now);
            calendar.schedule(unit, {at});
            naive.schedule(unit, at);
        } else if (dice == 8) {
            calendar.cancel(unit);
            naive.cancel(unit);
        } else if (dice < 12 && !naive.order.empty()) {
            const auto [at, first] = calendar.pop();
            REQUIRE(std::pair(at.value, first) == *naive.order.begin());
            naive.cancel(first);
            // Not always to the time itself: it may be the end of all time.
            now = dice == 9 && at.value < (1LL << 62) ? at.value : now + 1'000'000;
        }
        if (dice % 2 == 0) {  // not always: next() loads, and scheduling must not depend on that
            REQUIRE(calendar.next().value ==
                    (naive.order.empty() ? vr::kNever.value : naive.order.begin()->first));
        }
    }
    while (!naive.order.empty()) {
        const auto [at, first] = calendar.pop();
        REQUIRE(std::pair(at.value, first) == *naive.order.begin());
        naive.cancel(first);
    }
    REQUIRE(calendar.next() == vr::kNever);
}

}  // namespace

TEST_CASE("the tick wheel does what a sorted list does") {
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        for (const unsigned bits : {0U, 8U, 19U, 40U}) {
            vr::TickWheel wheel(bits);
            lock_step(wheel, seed, seed % 2 == 0 ? 5 : 300);
        }
        vr::HeapCalendar heap;
        lock_step(heap, seed, 50);
    }
}

TEST_CASE("units of equal time come out in the order of their numbers") {
    vr::TickWheel wheel;
    for (int i = 0; i < 500; ++i) {
        wheel.add_unit();
    }
    for (std::uint32_t i = 0; i < 500; ++i) {
        wheel.schedule((i * 7) % 500, {123'456'789});
    }
    for (std::uint32_t i = 0; i < 500; ++i) {
        CHECK(wheel.pop() == std::pair(Time{123'456'789}, i));
    }
    CHECK(wheel.next() == vr::kNever);
}

TEST_CASE("speed of the tick wheel and of a heap", "[.speed]") {
    for (const std::uint32_t units : {16U, 300U, 1000U, 4000U}) {
        for (const std::int64_t cycle : {1, 500'000}) {
            const double wheel = ns_per_event<vr::TickWheel>(units, cycle, 40'000'000);
            const double heap = ns_per_event<vr::HeapCalendar>(units, cycle, 40'000'000);
            std::printf("%5u units, cycle %6ld fs: wheel %5.1f ns, heap %5.1f ns an event\n", units,
                        static_cast<long>(cycle), wheel, heap);
        }
    }
}
