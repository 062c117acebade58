// SPDX-License-Identifier: Apache-2.0
// The log of outputs that fast-forward repeats: parts keep what they hold, copies go their own way.
#include "models/transport/output_log.h"

#include <catch2/catch.hpp>
#include <numeric>
#include <optional>

namespace {

using Log = vr::OutputLog<int>;

std::vector<int> numbers(int first, int count) {
    std::vector<int> list(static_cast<std::size_t>(count));
    std::iota(list.begin(), list.end(), first);
    return list;
}

std::vector<int> contents(const Log::Part& part) {
    std::vector<int> list;
    part.for_each([&](int one) { list.push_back(one); });
    CHECK(list.size() == part.size());
    return list;
}

}  // namespace

TEST_CASE("an output log gives back what came, from any place on, however it was cut") {
    for (const int cut : {1, 7, 4095, 4096, 4097, 20'000}) {
        Log log;
        for (int at = 0; at < 20'000; at += cut) {
            log.append(numbers(at, std::min(cut, 20'000 - at)));
        }
        REQUIRE(log.size() == 20'000);
        for (const int first : {0, 1, 4095, 4096, 4097, 8192, 19'999, 20'000}) {
            INFO("pieces of " << cut << ", from " << first);
            REQUIRE(contents(log.since(static_cast<std::size_t>(first))) ==
                    numbers(first, 20'000 - first));
        }
    }
}

TEST_CASE("a part of an output log stays as it was, whatever comes later") {
    for (const int length : {10, 4096, 5000}) {
        INFO("length " << length);
        std::optional<Log> log(std::in_place);
        log->append(numbers(0, length));
        const Log::Part part = log->since(3);
        const Log::Part none = log->since(static_cast<std::size_t>(length));
        log->append(numbers(length, 9000));
        CHECK(contents(part) == numbers(3, length - 3));
        CHECK(contents(none).empty());
        CHECK(contents(log->since(3)) == numbers(3, length + 9000 - 3));
        log->clear();
        log->append(numbers(-50'000, 20'000));
        CHECK(contents(part) == numbers(3, length - 3));
        CHECK(contents(log->since(0)) == numbers(-50'000, 20'000));
        log.reset();
        CHECK(contents(part) == numbers(3, length - 3));
    }
}

TEST_CASE("a copy of an output log and the log go on by themselves") {
    Log log;
    log.append(numbers(0, 9000));
    log.clear();  // its blocks are to be used again, by one of the two only
    log.append(numbers(0, 100));
    Log copy = log;
    log.append(numbers(100, 9000));
    copy.append(numbers(-9000, 9000));
    CHECK(contents(log.since(0)) == numbers(0, 9100));
    CHECK(contents(copy.since(0)).size() == 9100);
    CHECK(contents(copy.since(100)) == numbers(-9000, 9000));
    log.clear();
    copy.clear();
    log.append(numbers(5, 9000));
    copy.append(numbers(6, 9000));
    CHECK(contents(log.since(0)) == numbers(5, 9000));
    CHECK(contents(copy.since(0)) == numbers(6, 9000));
}
