// SPDX-License-Identifier: Apache-2.0
// Declared state: each kind of line does in normal form, shift, statistics and dump what it
// promises.
#include "models/transport/state.h"

#include <catch2/catch.hpp>

namespace {

enum class Mode : std::uint8_t { kRead, kWrite };

struct Bank {
    std::int64_t ready = 0;
    std::array<std::uint16_t, 3> rows{};
    std::uint64_t reads = 0;
    static constexpr auto state_lines() {
        return vr::state_lines(vr::future_time("ready", &Bank::ready),
                               vr::fixed("rows", &Bank::rows), vr::additive("reads", &Bank::reads));
    }
};

struct State {
    std::array<Bank, 2> banks{};
    std::vector<std::int64_t> arrivals{};
    std::vector<std::uint32_t> tokens{};
    std::uint32_t owner = vr::kNoIdentity<std::uint32_t>;
    Mode mode = Mode::kRead;
    bool full = false;
    std::int32_t pointer = 0;
    std::uint32_t banks_used = 4;
    vr::Time due{100};
    vr::PseudoChannelIndex channel{};
    vr::Histogram sizes{};
    std::int64_t peak = 0;
    std::int64_t least = 1000;
    std::uint64_t cursor = 0;
    std::uint64_t row = vr::kNoIdentity<std::uint64_t>;
    std::uint32_t left = 50;
    std::array<std::array<std::uint8_t, 2>, 2> grid{};
    static constexpr auto state_lines() {
        return vr::state_lines(
            vr::nested("banks", &State::banks), vr::past_time("arrivals", &State::arrivals),
            vr::identity("tokens", &State::tokens), vr::identity("owner", &State::owner),
            vr::fixed("mode", &State::mode), vr::fixed("full", &State::full),
            vr::counter("pointer", &State::pointer, &State::banks_used),
            vr::fixed("banks_used", &State::banks_used), vr::future_time("due", &State::due),
            vr::fixed("channel", &State::channel), vr::additive("sizes", &State::sizes),
            vr::highest("peak", &State::peak), vr::lowest("least", &State::least),
            vr::origin("cursor", &State::cursor, 7), vr::position("row", &State::row, 7),
            vr::budget("left", &State::left), vr::fixed("grid", &State::grid));
    }
};

vr::Words normal(const State& state, std::int64_t now) {
    vr::Words words;
    vr::append_normal(state, now, words);
    return words;
}

vr::Words periodic(const State& state, std::int64_t now) {
    vr::Words words;
    vr::append_periodic_normal(state, now, words);
    return words;
}

State busy() {
    State state;
    state.banks[0] = {30, {1, 2, 3}, 5};
    state.arrivals = {3, 8};
    state.tokens = {40, 41, 40};
    state.owner = 41;
    state.pointer = 3;
    state.cursor = 1000;
    state.row = 998;
    return state;
}

}  // namespace

TEST_CASE("the normal form is what the kinds say, word for word") {
    State state = busy();
    const vr::Words want{20,
                         1,
                         2,
                         3,  // banks[0]: 30 - 10
                         0,
                         0,
                         0,
                         0,  // banks[1]: ready in the past
                         2,
                         static_cast<std::uint64_t>(-7),
                         static_cast<std::uint64_t>(-2),  //
                         3,
                         0,
                         1,
                         0,  // tokens by first occurrence
                         1,  // the owner is the second of them
                         0,
                         0,
                         3,
                         4,
                         90,
                         0,
                         998,
                         50,
                         0,
                         0,
                         0,
                         0};
    CHECK(normal(state, 10) == want);
    vr::Words relative = want;
    relative[22] = static_cast<std::uint64_t>(-2);  // the row, from the cursor
    relative.erase(relative.begin() + 23);          // without the budget
    CHECK(periodic(state, 10) == relative);
    CHECK(vr::digest(state, 10) == vr::digest_of(want));
}

TEST_CASE("what cannot matter does not show, what can matter does") {
    const State state = busy();
    const auto same = [&](auto&& change) {
        State other = state;
        change(other);
        const bool equal = vr::equal_normal(state, 10, other, 10);
        CHECK(equal == (vr::digest(state, 10) == vr::digest(other, 10)));
        return equal;
    };
    CHECK(same([](State& s) { s.banks[1].ready = 10; }));  // elapsed is elapsed
    CHECK_FALSE(same([](State& s) { s.banks[1].ready = 11; }));
    CHECK_FALSE(same([](State& s) { s.arrivals[0] = 4; }));
    CHECK(same([](State& s) { s.pointer += 400; }));
    CHECK(same([](State& s) { s.pointer -= 4; }));  // modulo, below 0 too
    CHECK_FALSE(same([](State& s) { s.pointer += 1; }));
    CHECK(same([](State& s) { s.banks[0].reads = 77; }));
    CHECK(same([](State& s) { s.peak = 77; }));
    CHECK(same([](State& s) { s.sizes.record(5); }));
    CHECK(same([](State& s) { s.cursor = 5; }));
    CHECK_FALSE(same([](State& s) { s.row = 5; }));
    CHECK_FALSE(same([](State& s) { s.left = 5; }));
    CHECK_FALSE(same([](State& s) { s.mode = Mode::kWrite; }));
    CHECK_FALSE(same([](State& s) { s.grid[1][0] = 1; }));
    CHECK_FALSE(same([](State& s) { s.due = vr::kNever; }));
    CHECK(same([](State& s) {
        s.tokens = {7, 9, 7};
        s.owner = 9;
    }));
    CHECK_FALSE(same([](State& s) {
        s.tokens = {7, 9, 9};
        s.owner = 9;
    }));
    CHECK_FALSE(same([](State& s) { s.owner = 42; }));
    CHECK_FALSE(same([](State& s) { s.owner = vr::kNoIdentity<std::uint32_t>; }));
    CHECK_FALSE(same([](State& s) { s.arrivals.clear(); }));
}

TEST_CASE("many names are renumbered alike") {
    State a;
    State b;
    for (std::uint32_t i = 0; i < 500; ++i) {
        a.tokens.push_back(i * 7 % 300);
        b.tokens.push_back(1'000'000 - i * 7 % 300);
    }
    CHECK(normal(a, 0) == normal(b, 0));
    b.tokens[499] = 1'000'000 - (498 * 7 % 300);
    CHECK(normal(a, 0) != normal(b, 0));
}

TEST_CASE("a shift moves each kind by its own rule") {
    State a = busy();
    State b = a;
    vr::shift_times(b, 100);
    CHECK(b.banks[0].ready == 130);
    CHECK(b.due.value == 200);
    b.tokens = {45, 46, 45};
    b.owner = 46;
    b.pointer = 7;
    b.banks[0].reads = 15;
    b.sizes.record(0, 3);
    b.cursor = 1064;
    b.row = 1062;
    b.left = 40;
    CHECK(periodic(a, 10) == periodic(b, 110));
    const auto delta = vr::difference(a, b);
    REQUIRE(delta);
    CHECK(delta->uniform_identities);
    CHECK(delta->identity_step() == 5);
    CHECK(vr::periods_left(b, *delta) == 3);  // 40, 30, 20, 10: never down to 0
    State c = b;
    vr::shift(c, 300, 3, *delta);
    CHECK(periodic(c, 410) == periodic(a, 10));
    CHECK(c.tokens == std::vector<std::uint32_t>{60, 61, 60});
    CHECK(c.owner == 61);
    CHECK(c.pointer == 19);
    CHECK(c.banks[0].reads == 45);
    CHECK(c.sizes.buckets[0] == 12);
    CHECK(c.row == 1254);
    CHECK(c.left == 10);
    CHECK(c.peak == a.peak);
    CHECK(c.banks[0].ready == 430);
    b.owner = 99;
    CHECK_FALSE(vr::difference(a, b)->uniform_identities);
    b.tokens.push_back(1);
    CHECK_FALSE(vr::difference(a, b));
}

TEST_CASE("what moved one state carries another of its run, whatever that has in flight") {
    const State a = busy();
    State b = a;
    vr::shift_times(b, 100);
    b.tokens = {45, 46, 45};
    b.owner = 46;
    b.pointer = 7;
    b.banks[0].reads = 15;
    b.peak = 9;
    b.cursor = 1064;
    b.row = 1062;
    b.left = 40;
    const auto move = vr::move_between(a, b, 100);
    REQUIRE(move);
    State between = a;  // 30 ticks after a
    vr::shift_times(between, 30);
    between.tokens = {42, 43, 44, 45, 46};  // more in flight than in either
    between.arrivals = {35};
    between.owner = vr::kNoIdentity<decltype(between.owner)>;
    between.pointer = 5;
    between.banks[0].reads = 8;
    between.cursor = 1030;
    between.row = vr::kNoIdentity<std::uint64_t>;
    between.left = 47;
    State later = between;
    REQUIRE(vr::carry(later, *move));
    CHECK(periodic(later, 140) == periodic(between, 40));
    CHECK(later.tokens == std::vector<std::uint32_t>{47, 48, 49, 50, 51});
    CHECK(later.owner == between.owner);
    CHECK(later.arrivals.at(0) == 135);
    CHECK(later.pointer == 9);
    CHECK(later.banks[0].reads == 18);
    CHECK(later.peak == 9);  // met by then, wherever in the period
    CHECK(later.cursor == 1094);
    CHECK(later.row == between.row);
    CHECK(later.left == 37);
    State named = between;
    named.row = 1029;
    REQUIRE(vr::carry(named, *move));
    CHECK(named.row == 1093);

    State ending = between;
    ending.left = 11;
    CHECK(vr::carry(ending, *move));
    ending.left = 10;  // its end is an event
    CHECK_FALSE(vr::carry(ending, *move));
    State other = b;
    other.owner = 99;
    CHECK_FALSE(vr::move_between(a, other, 100));
}

namespace {

struct Counting {
    std::vector<Bank> list;  // items that count
    static constexpr auto state_lines() {
        return vr::state_lines(vr::nested("list", &Counting::list));
    }
};

}  // namespace

TEST_CASE("a list whose items count is not carried, an empty one is") {
    Counting state;
    const auto move = vr::move_between(state, state, 100);
    REQUIRE(move);
    CHECK(vr::carry(state, *move));
    state.list.resize(1);
    CHECK_FALSE(vr::carry(state, *move));
}

TEST_CASE("a digest without names is that of every renaming, and of no other state") {
    const State a = busy();
    State b = a;
    b.tokens = {7, 9, 7};
    b.owner = 9;
    CHECK(vr::periodic_digest(a, 10) == vr::periodic_digest(b, 10));
    b.mode = static_cast<decltype(b.mode)>(static_cast<int>(b.mode) + 1);
    CHECK(vr::periodic_digest(a, 10) != vr::periodic_digest(b, 10));
    State moved = a;
    vr::shift_times(moved, 100);
    CHECK(vr::periodic_digest(a, 10) == vr::periodic_digest(moved, 110));
    CHECK(vr::periodic_digest(a, 10) != vr::periodic_digest(moved, 111));
}

TEST_CASE("never stays never") {
    State state;
    state.due = vr::kNever;
    state.arrivals = {vr::kNeverTick};
    vr::shift_times(state, 50);
    CHECK(state.due == vr::kNever);
    CHECK(state.arrivals[0] == vr::kNeverTick);
    CHECK(normal(state, 60) == normal(state, 70));
}

TEST_CASE("statistics are taken out, merged and handed over") {
    State a;
    State b;
    a.banks[1].reads = 10;
    a.peak = 7;
    a.least = 3;
    b.banks[1].reads = 4;
    b.peak = 9;
    b.least = 5;
    State sum = a;
    vr::merge_statistics(sum, vr::statistic_values(b));
    CHECK(sum.banks[1].reads == 14);
    CHECK(sum.peak == 9);
    CHECK(sum.least == 3);
    // b cannot go on as a: later maxima of a up to 9 would be lost in b's 9.
    CHECK_FALSE(vr::transfer_statistics(a, b));
    b.peak = 6;
    const auto values = vr::transfer_statistics(a, b);
    REQUIRE(values);
    b.banks[1].reads += 100;  // what b does from now on
    b.peak = 8;
    b.least = 4;
    vr::merge_statistics(b, *values);
    CHECK(b.banks[1].reads == 110);
    CHECK(b.peak == 8);
    CHECK(b.least == 3);
    vr::reset_statistics(sum);
    vr::merge_statistics(sum, vr::statistic_values(a));
    CHECK(vr::statistic_values(sum) == vr::statistic_values(a));
}

TEST_CASE("a dump names every leaf") {
    const State state = busy();
    const std::string text = vr::dump(state);
    CHECK(text.find("banks[0].ready = 30\nbanks[0].rows[0] = 1\n") != std::string::npos);
    CHECK(text.find("arrivals[1] = 8\n") != std::string::npos);
    CHECK(text.find("pointer = 3\n") != std::string::npos);
    CHECK(text.find("row = 998\n") != std::string::npos);
    CHECK(vr::dump(State{}).find("owner = none\n") != std::string::npos);
    const std::string told = vr::dump(state, 10);
    CHECK(told.find("banks[0].ready = now + 20\n") != std::string::npos);
    CHECK(told.find("banks[1].ready = past\n") != std::string::npos);
    CHECK(told.find("arrivals[0] = now - 7\n") != std::string::npos);
    std::size_t leaves = 0;
    vr::for_each_leaf(state, [&](const std::string&, vr::StateKind, const auto&) { ++leaves; });
    CHECK(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) == leaves);
    CHECK(leaves == 10 + 2 + 3 + 7 + 64 + 5 + 4);
}
