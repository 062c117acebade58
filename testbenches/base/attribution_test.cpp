// SPDX-License-Identifier: Apache-2.0
// Attribution: every femtosecond has exactly one owner, whatever the shape of the graph of causes.
#include "models/base/attribution.h"

#include <catch2/catch.hpp>
#include <map>

#include "models/base/cause_book.h"
#include "models/base/error.h"
#include "models/base/random.h"

namespace {

using namespace vr;

std::map<OwnerId, std::int64_t> by_owner(const std::vector<Charge>& charges) {
    std::map<OwnerId, std::int64_t> result;
    for (const Charge& charge : charges) {
        result[charge.owner] = charge.amount.value;
    }
    return result;
}

std::int64_t sum(const std::vector<Charge>& charges) {
    std::int64_t total = 0;
    for (const Charge& charge : charges) {
        total += charge.amount.value;
    }
    return total;
}

TEST_CASE("owners are registered once and keep their resource") {
    Attribution attribution;
    const OwnerId bus = attribution.owner("HBM data bus", "HBM");
    const OwnerId launch = attribution.owner("kernel launch", "launch");
    CHECK(bus != launch);
    CHECK(attribution.owner("HBM data bus", "HBM") == bus);
    CHECK(attribution.owner_count() == 2);
    CHECK(attribution.owner_name(launch) == "kernel launch");
    CHECK(attribution.owner_resource(bus) == "HBM");
}

TEST_CASE("a chain charges each owner its own stretch") {
    Attribution attribution;
    const OwnerId a = attribution.owner("a", "A");
    const OwnerId b = attribution.owner("b", "B");
    Cause cause;
    CHECK_FALSE(cause);
    CHECK(cause.time() == Time{0});
    cause = attribution.extend(cause, a, Time{10});
    cause = attribution.extend(cause, b, Time{25});
    cause = attribution.extend(cause, a, Time{26});
    CHECK(cause.time() == Time{26});
    CHECK(by_owner(attribution.charges(cause)) ==
          std::map<OwnerId, std::int64_t>{{a, 11}, {b, 15}});
    // A walk to a time inside a link cuts the link there.
    CHECK(by_owner(attribution.charges(cause, Time{12})) ==
          std::map<OwnerId, std::int64_t>{{a, 1}, {b, 13}});
    CHECK(attribution.charges(cause, Time{26}).empty());
    const auto steps = attribution.steps(cause, Time{12});
    REQUIRE(steps.size() == 2);
    CHECK((steps[0].owner == a && steps[0].from == Time{25} && steps[0].until == Time{26}));
    CHECK((steps[1].owner == b && steps[1].from == Time{12} && steps[1].until == Time{25}));
}

TEST_CASE("time never runs backwards and no link is empty") {
    Attribution attribution;
    const OwnerId a = attribution.owner("a", "A");
    const OwnerId b = attribution.owner("b", "B");
    const Cause cause = attribution.extend(Cause{}, a, Time{10});
    CHECK_THROWS_AS(attribution.extend(cause, a, Time{9}), InternalError);
    const Cause same = attribution.extend(cause, b, Time{10});
    CHECK(attribution.steps(same).size() == 1);
}

TEST_CASE("lengthening one's own link leaves other holders of it alone") {
    Attribution attribution;
    const OwnerId a = attribution.owner("a", "A");
    Cause kept = attribution.extend(Cause{}, a, Time{10});
    const Cause longer = attribution.extend(kept, a, Time{30});
    CHECK(kept.time() == Time{10});
    CHECK(longer.time() == Time{30});
    // Without another holder the link grows in place: one link, not two.
    kept = attribution.extend(std::move(kept), a, Time{40});
    CHECK(kept.time() == Time{40});
    CHECK(sum(attribution.charges(longer)) == 30);
}

TEST_CASE("assignment and moves keep reference counts right") {
    Attribution attribution;
    const OwnerId a = attribution.owner("a", "A");
    const OwnerId b = attribution.owner("b", "B");
    Cause x = attribution.extend(Cause{}, a, Time{10});
    Cause y = x;
    Cause& alias = x;
    x = alias;  // self-assignment
    CHECK(x.time() == Time{10});
    Cause z = std::move(y);
    CHECK_FALSE(y);
    y = attribution.extend(z, b, Time{20});
    z = y;
    x = Cause{};
    CHECK(by_owner(attribution.charges(z)) == std::map<OwnerId, std::int64_t>{{a, 10}, {b, 10}});
}

// Random joins: each new cause takes the latest of some earlier ones and adds a stretch. Its
// charges must sum to its time and match a plain list of stretches that is carried along beside it.
TEST_CASE("charges of random graphs sum to the end time and match a plain walk") {
    Attribution attribution;
    constexpr std::size_t kFront = 40;
    constexpr std::uint64_t kSteps = 60'000;  // far beyond one block of links, so links are reused
    OwnerId owners[5];
    for (int i = 0; i < 5; ++i) {
        owners[i] = attribution.owner("owner " + std::to_string(i), "R");
    }
    struct Node {
        Cause cause;
        std::map<OwnerId, std::int64_t> plain;
    };
    std::vector<Node> front(kFront);
    const RandomStream random(3, "graph", 0);
    for (std::uint64_t i = 0; i < kSteps; ++i) {
        const std::uint64_t r = random.at(i);
        const Node& left = front[r % kFront];
        const Node& right = front[(r >> 8) % kFront];
        Node next = left.cause.time() >= right.cause.time() ? left : right;
        const OwnerId owner = owners[(r >> 16) % 5];
        const auto amount = static_cast<std::int64_t>((r >> 24) % 50);
        next.cause = attribution.extend(next.cause, owner, next.cause.time() + Time{amount});
        if (amount > 0) {
            next.plain[owner] += amount;
        }
        front[(r >> 40) % kFront] = std::move(next);
    }
    for (const Node& node : front) {
        const auto charges = attribution.charges(node.cause);
        CHECK(sum(charges) == node.cause.time().value);
        CHECK(by_owner(charges) == node.plain);
    }
}

// A trail keeps its last links inline; kept at any point, it must be the chain that links made one
// by one give, however long it is and however far its ends lie apart.
TEST_CASE("a trail kept at last charges as the chain made link by link") {
    Attribution attribution;
    OwnerId owners[4];
    for (int i = 0; i < 4; ++i) {
        owners[i] = attribution.owner("owner " + std::to_string(i), "R");
    }
    const RandomStream random(11, "trail", 0);
    for (std::uint64_t round = 0; round < 400; ++round) {
        Cause chain = attribution.extend(Cause{}, owners[0], Time{100});
        CauseTrail trail(chain);
        const std::uint64_t links = random.at(round * 100) % 40;
        for (std::uint64_t i = 0; i < links; ++i) {
            const std::uint64_t r = random.at(round * 100 + i + 1);
            // Now and then a stretch that does not fit the inline offsets, or none at all.
            const std::int64_t span = r % 7 == 0    ? 0
                                      : r % 11 == 0 ? 6'000'000'000
                                                    : static_cast<std::int64_t>(r % 1000);
            const OwnerId owner = owners[(r >> 32) % 4];
            chain = attribution.extend(chain, owner, chain.time() + Time{span});
            trail = attribution.extend(trail, owner, trail.time() + Time{span});
            REQUIRE(trail.time() == chain.time());
        }
        const CauseTrail copy = trail;
        CHECK(by_owner(attribution.charges(attribution.keep(trail))) ==
              by_owner(attribution.charges(chain)));
        CHECK(by_owner(attribution.charges(attribution.keep(copy))) ==
              by_owner(attribution.charges(chain)));
    }
}

TEST_CASE(
    "of an answer that frees room in a window the latencies are the window's, queues are not") {
    Attribution attribution;
    const OwnerId queue = attribution.owner("slice queue", "L2");
    const OwnerId access = attribution.owner("slice", "L2 latency");
    const OwnerId memory = attribution.owner("controller", "HBM latency");
    const OwnerId window = attribution.owner("bytes in flight", "TMA");
    // What lies before the request was sent stays as it is.
    CauseTrail trail(attribution.extend(Cause{}, access, Time{100}));
    attribution.append(trail, queue, Time{130});
    attribution.append(trail, access, Time{150});
    attribution.append(trail, memory, Time{400});
    const auto charged = by_owner(attribution.charges(attribution.keep_in_window(trail, window)));
    CHECK(charged == by_owner({{access, Time{100}}, {queue, Time{30}}, {window, Time{270}}}));
}

TEST_CASE("a unit's own links behind a chain charge as if they were made one by one") {
    Attribution attribution;
    OwnerId owners[4];
    for (int i = 0; i < 4; ++i) {
        owners[i] = attribution.owner("owner " + std::to_string(i), "R");
    }
    const RandomStream random(12, "tail", 0);
    for (std::uint64_t round = 0; round < 400; ++round) {
        CauseTrail one_by_one(attribution.extend(Cause{}, owners[0], Time{100}));
        CauseTrail at_once = one_by_one;
        CauseTail tail;
        Time until{100};
        for (std::uint64_t i = 0; i < random.at(round * 100) % 7; ++i) {
            const std::uint64_t r = random.at(round * 100 + i + 1);
            until += Time{r % 3 == 0 ? 0 : static_cast<std::int64_t>(r % 1000)};
            const OwnerId owner = owners[(r >> 32) % 4];
            tail.add(owner, until);
            attribution.append(one_by_one, owner, until);
            CHECK(tail.time() == until);
        }
        attribution.append(at_once, tail);
        CHECK(at_once.time() == one_by_one.time());
        CHECK(by_owner(attribution.charges(attribution.keep(at_once))) ==
              by_owner(attribution.charges(attribution.keep(one_by_one))));
    }
}

TEST_CASE("a unit's own links neither run backwards nor grow without bound") {
    CauseTail tail;
    tail.add(1, Time{10});
    CHECK_THROWS_AS(tail.add(1, Time{8}), InternalError);
    CHECK_THROWS_AS(tail.add(2, Time{8}), InternalError);
    for (OwnerId owner = 2; owner < 7; ++owner) {
        tail.add(owner, tail.time() + Time{1});
    }
    tail.add(6, Time{20});  // its owner goes on: no link more
    CHECK_THROWS_AS(tail.add(7, Time{21}), InternalError);
    CHECK(tail.time() == Time{20});
}

TEST_CASE("noted links keep their notes, and are never lengthened or merged") {
    Attribution attribution;
    const OwnerId a = attribution.owner("a", "A");
    Cause cause = attribution.extend_noted(Cause{}, a, Time{10}, 7);
    cause = attribution.extend(std::move(cause), a, Time{20});
    cause = attribution.extend_noted(std::move(cause), a, Time{30}, Attribution::kNotes - 1);
    cause = attribution.extend_noted(std::move(cause), a, Time{30}, 9);  // of no length: none
    CHECK_THROWS_AS(attribution.extend_noted(cause, a, Time{40}, Attribution::kNotes),
                    InternalError);
    CauseBook book;
    const std::uint32_t chain = book.add(cause);
    const auto steps = book.steps(chain);
    REQUIRE(steps.size() == 3);
    CHECK((steps[0].note == Attribution::kNotes - 1 && steps[0].from == Time{20}));
    CHECK((steps[1].note == 0 && steps[1].until == Time{20}));
    CHECK((steps[2].note == 7 && steps[2].from == Time{0} && steps[2].owner == a));
    CHECK(by_owner(attribution.charges(cause)) == std::map<OwnerId, std::int64_t>{{a, 30}});
}

TEST_CASE("a book outlives the arena and shares what chains share") {
    CauseBook book;
    std::uint32_t left = 0;
    std::uint32_t right = 0;
    {
        Attribution attribution;
        const OwnerId a = attribution.owner("a", "A");
        const OwnerId b = attribution.owner("b", "B");
        const Cause trunk = attribution.extend(Cause{}, a, Time{10});
        const Cause one = attribution.extend(trunk, b, Time{15});
        const Cause two = attribution.extend(trunk, b, Time{25});
        CHECK(book.add(Cause{}) == 0);
        left = book.add(one);
        right = book.add(two);
        CHECK(book.add(two) == right);
        CHECK(book.size() == 3);
        book.close(attribution);
    }
    CHECK(book.owner_name(book.steps(left).at(0).owner) == "b");
    CHECK(book.steps(left).at(0).until == Time{15});
    CHECK(book.steps(right).at(1).until == Time{10});
    const auto cut = book.steps(right, Time{12});
    REQUIRE(cut.size() == 1);
    CHECK(cut[0].from == Time{12});
    CHECK(book.steps(0).empty());
}

}  // namespace
