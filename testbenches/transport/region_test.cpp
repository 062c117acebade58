// SPDX-License-Identifier: Apache-2.0
// Clocks, ports and regions: exact edges, a total order of messages, results that no order of
// running can change.
#include "models/transport/region.h"

#include <catch2/catch.hpp>

#include "models/base/random.h"
#include "models/transport/clock.h"

using vr::Time;

TEST_CASE("clock edges neither drift nor repeat") {
    for (const std::int64_t hertz : {1LL, 3LL, 12'500'000LL, 2'387'500'000LL, 2'687'500'000LL}) {
        const vr::Clock clock{vr::Frequency{hertz}};
        vr::SplitMix64 random(static_cast<std::uint64_t>(hertz));
        CHECK(clock.edge(hertz).value == vr::kFemtosecondsPerSecond);
        CHECK(clock.edge(0).value == 0);
        for (int i = 0; i < 1000; ++i) {
            const auto k =
                static_cast<std::int64_t>(random.next() % static_cast<std::uint64_t>(5000 * hertz));
            const Time edge = clock.edge(k);
            REQUIRE(clock.first_edge(edge) == k);
            REQUIRE(clock.first_edge(edge + Time{1}) == k + 1);
            REQUIRE(clock.align(edge) == edge);
            REQUIRE(clock.edge(k + 1) > edge);
            REQUIRE(clock.after(edge, vr::Cycles{3}) == clock.edge(k + 3));
        }
    }
    // Clocks of one reference meet at its edges.
    const vr::Clock reference{vr::Frequency{12'500'000}};
    const vr::Clock fast{vr::Frequency{2'387'500'000}};
    CHECK(fast.edge(191 * 7) == reference.edge(7));
}

namespace {

struct Recorder final : vr::Waker {
    std::vector<std::pair<vr::UnitNumber, Time>> woken;
    void wake(vr::UnitNumber unit, Time at) override { woken.emplace_back(unit, at); }
};

}  // namespace

TEST_CASE("messages come out by arrival, port and sequence") {
    vr::InPort<int> in;
    Recorder recorder;
    in.attach(recorder, 9);
    vr::OutPort<int> late;
    vr::OutPort<int> early;
    late.bind(in, 2, Time{10});
    early.bind(in, 1, Time{5});
    CHECK(in.look_ahead() == Time{5});
    CHECK(in.next() == vr::kNever);
    late.send(Time{0}, 20);
    late.send(Time{0}, 21);
    early.send(Time{5}, 10);  // arrives together with them: the lower port comes first
    early.send(Time{1}, 11);
    CHECK(recorder.woken.size() == 4);
    CHECK(recorder.woken[3] == std::pair(vr::UnitNumber{9}, Time{6}));
    std::vector<int> order;
    while (!in.empty()) {
        order.push_back(in.pop().message);
    }
    CHECK(order == std::vector<int>{11, 10, 20, 21});
    vr::OutPort<int> wrong;
    CHECK_THROWS_AS(wrong.bind(in, 3, Time{0}), vr::InternalError);
}

namespace {

// Passes each number on to the next unit of a ring after a time that depends on it; notes what it
// saw.
class Hop final : public vr::Unit {
  public:
    explicit Hop(std::string name) : Unit(std::move(name)) {}
    [[nodiscard]] Time next() const override { return in.next(); }
    void run(Time horizon) override {
        while (in.next() < horizon) {
            const auto stamped = in.pop();
            seen.emplace_back(stamped.arrival.value, stamped.message);
            if (stamped.message > 0) {
                out.send(stamped.arrival, stamped.message - 1);
                if (stamped.message % 5 == 0) {
                    far.send(stamped.arrival, stamped.message / 2);
                }
            }
        }
    }
    [[nodiscard]] Time look_ahead() const override { return in.look_ahead(); }
    vr::InPort<int> in;
    vr::OutPort<int> out;
    vr::OutPort<int> far;
    std::vector<std::pair<std::int64_t, int>> seen;
};

std::vector<std::vector<std::pair<std::int64_t, int>>> ring(const std::vector<std::size_t>& order,
                                                            std::int64_t cut) {
    std::vector<std::unique_ptr<Hop>> hops;
    for (std::size_t i = 0; i < order.size(); ++i) {
        hops.push_back(std::make_unique<Hop>("hop" + std::to_string(i)));
    }
    vr::Region region;
    for (const std::size_t i :
         order) {  // the order in which units are added is the order of equals
        hops[i]->in.attach(region, region.add(*hops[i]));
    }
    for (std::size_t i = 0; i < hops.size(); ++i) {
        const auto port = static_cast<std::uint32_t>(2 * i);
        hops[i]->out.bind(hops[(i + 1) % hops.size()]->in, port, Time{3});
        hops[i]->far.bind(hops[(i + 2) % hops.size()]->in, port + 1, Time{6});
    }
    vr::InPort<int>& start = hops[0]->in;
    start.deliver({Time{1}, 100, 0, 60});
    start.deliver({Time{1}, 100, 1, 45});
    for (std::int64_t now = cut; region.next() != vr::kNever; now += cut) {
        region.run(Time{now});
    }
    std::vector<std::vector<std::pair<std::int64_t, int>>> seen;
    for (const auto& hop : hops) {
        seen.push_back(hop->seen);
    }
    return seen;
}

}  // namespace

TEST_CASE("a region's result depends neither on the order of its units nor on horizons") {
    const auto want = ring({0, 1, 2, 3, 4}, 1'000'000);
    std::size_t messages = 0;
    for (const auto& one : want) {
        messages += one.size();
    }
    CHECK(messages > 200);
    CHECK(ring({4, 3, 2, 1, 0}, 1'000'000) == want);
    CHECK(ring({2, 0, 4, 1, 3}, 7) == want);
    CHECK(ring({0, 1, 2, 3, 4}, 1) == want);
}

TEST_CASE("a stall names its waits, oldest first") {
    const std::string text = vr::describe_waits(
        {{"b", "a credit", "c", Time{20}}, {"a", "data", "b", Time{10}}}, Time{50});
    CHECK(text ==
          "\n  a waits for data from b (since 10 fs, 40 fs ago)"
          "\n  b waits for a credit from c (since 20 fs, 30 fs ago)");
}
