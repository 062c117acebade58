// SPDX-License-Identifier: Apache-2.0
// Quantities and index types: arithmetic of equal kinds only, checked by the compiler.
#include "models/base/quantity.h"

#include <catch2/catch.hpp>
#include <type_traits>

#include "models/base/index.h"

namespace {

using namespace vr;

template <class A, class B>
concept Addable = requires(A a, B b) {
    a + b;
};
template <class A, class B>
concept Comparable = requires(A a, B b) {
    a < b;
};
template <class Vector, class I>
concept Subscriptable = requires(Vector v, I i) {
    v[i];
};

static_assert(Addable<Time, Time> && !Addable<Time, Bytes> && !Addable<Time, std::int64_t>);
static_assert(Comparable<Bytes, Bytes> && !Comparable<Bytes, Bandwidth>);
static_assert(!std::is_convertible_v<Bandwidth, BitRate> && !std::is_convertible_v<Cycles, Time>);
static_assert(Subscriptable<IndexedVector<SmIndex, int>, SmIndex>);
static_assert(!Subscriptable<IndexedVector<SmIndex, int>, GpuIndex>);
static_assert(!Subscriptable<IndexedVector<SmIndex, int>, std::size_t>);

TEST_CASE("quantities add, scale and compare in base units") {
    Time t = nanoseconds(3);
    CHECK(t.value == 3'000'000);
    t += Time{5};
    t -= Time{1};
    CHECK(t == Time{3'000'004});
    CHECK((t - Time{4}) * 2 == nanoseconds(6));
    CHECK(2 * Bytes{21} == Bytes{42});
    CHECK(Bytes{1} < Bytes{2});
    CHECK(kNever > nanoseconds(1'000'000'000));
}

TEST_CASE("division rounds up exactly at multiples") {
    CHECK(divide_round_up(0, 4) == 0);
    CHECK(divide_round_up(1, 4) == 1);
    CHECK(divide_round_up(4, 4) == 1);
    CHECK(divide_round_up(5, 4) == 2);
}

TEST_CASE("an indexed vector holds one item for each index") {
    IndexedVector<BankIndex, int> banks(4, 7);
    banks[BankIndex{2}] = 9;
    CHECK(banks.size() == 4);
    CHECK(std::vector<int>(banks.begin(), banks.end()) == std::vector<int>{7, 7, 9, 7});
    CHECK(banks.emplace_back(11) == 11);
    CHECK(banks[BankIndex{4}] == 11);
}

}  // namespace
