// SPDX-License-Identifier: Apache-2.0
// Descriptors expand to the right addresses in the right order; wrong ones are refused with the
// reason.
#include "models/transport/descriptor.h"

#include <catch2/catch.hpp>

#include "models/base/random.h"

using vr::Access;
using vr::Descriptor;

namespace {

// The definition, written as nested loops.
std::vector<Access> naive(const Descriptor& d) {
    std::vector<Access> all;
    std::array<std::uint32_t, 4> i{};
    for (i[3] = 0; i[3] < d.dimensions[3].count; ++i[3]) {
        for (i[2] = 0; i[2] < d.dimensions[2].count; ++i[2]) {
            for (i[1] = 0; i[1] < d.dimensions[1].count; ++i[1]) {
                for (i[0] = 0; i[0] < d.dimensions[0].count; ++i[0]) {
                    std::int64_t at = static_cast<std::int64_t>(d.base);
                    for (std::uint32_t k = 0; k < 4; ++k) {
                        at += (k == d.indexed ? (*d.index)[i[k]] : std::int64_t{i[k]}) *
                              d.dimensions[k].stride;
                    }
                    all.push_back({static_cast<std::uint64_t>(at), d.bytes, all.size()});
                }
            }
        }
    }
    return all;
}

Descriptor random_descriptor(vr::SplitMix64& random) {
    Descriptor d;
    d.base = (1ULL << 40) + random.next() % 100'000;
    d.bytes = 1 + random.next() % 300;
    for (auto& dimension : d.dimensions) {
        dimension.count = static_cast<std::uint32_t>(1 + random.next() % 4);
        dimension.stride = static_cast<std::int64_t>(random.next() % 20'000) - 10'000;
    }
    d.indexed = random.next() % 2 == 0 ? Descriptor::kNoIndex
                                       : static_cast<std::uint32_t>(random.next() % 4);
    if (d.indexed != Descriptor::kNoIndex) {
        vr::IndexList list(d.dimensions[d.indexed].count);
        for (auto& step : list) {
            step = static_cast<std::int64_t>(random.next() % 50);
        }
        d.index = std::make_shared<const vr::IndexList>(list);
    }
    return d;
}

std::string first_problem(const Descriptor& d) {
    const auto found = vr::problems(d);
    return found.empty() ? "" : found.front().text();
}

}  // namespace

TEST_CASE("a cursor walks a descriptor as nested loops do") {
    vr::SplitMix64 random(1);
    for (int round = 0; round < 500; ++round) {
        const Descriptor d = random_descriptor(random);
        REQUIRE(vr::problems(d).empty());
        const std::vector<Access> want = naive(d);
        REQUIRE(want.size() == d.items());
        vr::DescriptorCursor cursor(d);
        for (const Access& one : want) {
            REQUIRE_FALSE(cursor.done());
            REQUIRE(cursor.access() == one);
            REQUIRE(d.address(one.item) == one.address);
            cursor.advance();
        }
        REQUIRE(cursor.done());
        const std::uint64_t there = random.next() % d.items();
        cursor.seek(there);
        REQUIRE(cursor.access() == want[there]);
    }
}

TEST_CASE("a granule cuts items at its multiples and loses no byte") {
    vr::SplitMix64 random(2);
    for (int round = 0; round < 200; ++round) {
        const Descriptor d = random_descriptor(random);
        const std::uint64_t granule = 1ULL << (random.next() % 9);
        vr::DescriptorCursor cursor(d, granule);
        for (const Access& item : naive(d)) {
            std::uint64_t at = item.address;
            while (at < item.address + item.bytes) {
                const Access piece = cursor.access();
                REQUIRE(piece.item == item.item);
                REQUIRE(piece.address == at);
                REQUIRE(piece.bytes > 0);
                REQUIRE(piece.address / granule == (piece.address + piece.bytes - 1) / granule);
                at += piece.bytes;
                cursor.advance();
            }
            REQUIRE(at == item.address + item.bytes);
        }
        REQUIRE(cursor.done());
    }
}

TEST_CASE("pacing is rational and exact") {
    const vr::Pacing pacing{1'000'000, 3};
    CHECK(pacing.after_start(0).value == 0);
    CHECK(pacing.after_start(1).value == 333'333);
    CHECK(pacing.after_start(3).value == 1'000'000);
    CHECK(pacing.after_start(3'000'000'000'000ULL).value == 1'000'000'000'000'000'000);
}

TEST_CASE("a wrong descriptor is refused with the reason") {
    Descriptor good;
    good.id = 7;
    good.bytes = 128;
    CHECK(first_problem(good).empty());
    const auto broken = [&](auto&& change) {
        Descriptor d = good;
        change(d);
        CHECK_THROWS_AS(vr::validate(d), vr::InputError);
        return first_problem(d);
    };
    CHECK(broken([](Descriptor& d) { d.bytes = 0; }) ==
          "descriptor 7: items of 0 bytes; allowed: 1 byte or more");
    CHECK(broken([](Descriptor& d) {
              d.dimensions[2].count = 0;
          }).find("dimension 2 has count 0") != std::string::npos);
    CHECK(broken([](Descriptor& d) { d.indexed = 4; }).find("indexed dimension 4") !=
          std::string::npos);
    CHECK(broken([](Descriptor& d) { d.indexed = 0; }).find("0 entries") != std::string::npos);
    CHECK(broken([](Descriptor& d) {
              d.index = std::make_shared<vr::IndexList>(1);
          }).find("without an indexed dimension") != std::string::npos);
    CHECK(broken([](Descriptor& d) { d.pacing.denominator = 0; }).find("pacing 0/0") !=
          std::string::npos);
    CHECK(broken([](Descriptor& d) { d.credit_bytes = 64; }).find("never be issued") !=
          std::string::npos);
    CHECK(broken([](Descriptor& d) { d.predecessors = {7}; }).find("waits for itself") !=
          std::string::npos);
    CHECK(broken([](Descriptor& d) {
              d.predecessors = {3, 4, 3};
          }).find("3 twice") != std::string::npos);
    CHECK(broken([](Descriptor& d) {
              d.dimensions[0] = {2, -1};
          }).find("outside 64 bits") != std::string::npos);
    CHECK(broken([](Descriptor& d) {
              d.bytes = 1ULL << 40;
              d.dimensions[0].count = 1U << 31;
          }).find("2^62") != std::string::npos);
}

TEST_CASE("timing words leave out names and keep everything else") {
    Descriptor a;
    a.id = 1;
    a.bytes = 64;
    Descriptor b = a;
    b.id = 2;
    b.predecessors = {1};
    const auto words = [](const std::vector<Descriptor>& list) {
        vr::Words out;
        vr::append_timing_words(list, out);
        return out;
    };
    Descriptor renamed_a = a;
    Descriptor renamed_b = b;
    renamed_a.id = 10;
    renamed_b.id = 20;
    renamed_b.predecessors = {10};
    renamed_b.data = 5;
    CHECK(words({a, b}) == words({renamed_a, renamed_b}));
    Descriptor other = b;
    other.dimensions[3].stride = 1;
    CHECK(words({a, b}) != words({a, other}));
    CHECK_THROWS_AS(words({b}), vr::InternalError);
}
