// SPDX-License-Identifier: Apache-2.0
// Question: do units that exchange timed messages do exactly the same in one region, as modules
// with sockets, and as regions joined by links, at any SystemC resolution?
#include <array>
#include <catch2/catch.hpp>
#include <memory>
#include <string>

#include "testbenches/support/fresh_simulation.h"
#include "testbenches/tlm/message/toy_unit.h"
#include "tlm/checkers/message_checker.h"
#include "tlm/protocols/message/message_in.h"
#include "tlm/protocols/message/message_out.h"
#include "tlm/region_module.h"
#include "tlm/unit_module.h"

using namespace vr;

namespace {

constexpr Frequency kFast{2'687'500'000};
constexpr Frequency kSlow{2'387'500'000};
constexpr std::int64_t kEdges = 300;

struct Edge {
    std::size_t from;
    std::size_t to;
    Time latency;
};

/// Units 0 and 1 are one chip, unit 2 another. Two ports lead from 1 to 2 with one latency: their
/// messages collide.
const std::array<Edge, 6> kEdgesOfMachine{{{0, 1, Clock(kFast).span({1})},
                                           {1, 0, Clock(kFast).span({2})},
                                           {1, 2, Clock(kFast).span({40})},
                                           {1, 2, Clock(kFast).span({40})},
                                           {2, 0, Clock(kSlow).span({35})},
                                           {0, 2, Clock(kFast).span({40})}}};
const Time kLookAhead = Clock(kSlow).span({35});

using Logs = std::array<std::vector<ToyEntry>, 3>;

struct Units {
    ToyUnit zero{"zero", kFast, kEdges};
    ToyUnit one{"one", kFast, kEdges};
    ToyUnit two{"two", kSlow, kEdges};
    std::array<ToyUnit*, 3> all{&zero, &one, &two};

    Units() {
        for (const Edge& edge : kEdgesOfMachine) {
            all[edge.from]->outs.emplace_back();
        }
    }
    /// The port of edge number i: ports of a unit stand in the order of their edges.
    OutPort<ToyMessage>& port(std::size_t i) {
        std::size_t place = 0;
        for (std::size_t k = 0; k < i; ++k) {
            place += kEdgesOfMachine[k].from == kEdgesOfMachine[i].from ? 1U : 0U;
        }
        return all[kEdgesOfMachine[i].from]->outs[place];
    }
    Logs logs() const { return {zero.log, one.log, two.log}; }
};

Logs run_in_one_region() {
    Units units;
    Region region;
    for (ToyUnit* unit : units.all) {
        region.add(*unit);
    }
    for (std::size_t i = 0; i < kEdgesOfMachine.size(); ++i) {
        const Edge& edge = kEdgesOfMachine[i];
        units.all[edge.to]->in.attach(region, static_cast<UnitNumber>(edge.to));
        units.port(i).bind(units.all[edge.to]->in, static_cast<std::uint32_t>(i), edge.latency);
    }
    region.run(kNever);
    return units.logs();
}

/// A link over sockets with its checker.
struct Link : sc_core::sc_module {
    MessageOut<ToyMessage> out{"out"};
    MessageChecker<ToyMessage> checker;
    MessageIn<ToyMessage> in{"in"};
    Link(const sc_core::sc_module_name& name, Time latency)
        : sc_core::sc_module(name), checker("checker", latency) {
        out.bind(checker.in);
        checker.out.bind(in);
    }
};

std::string numbered(const char* text, std::size_t number) {
    return text + std::to_string(number);
}

Logs run_as_modules(bool reversed) {
    Units units;
    std::array<std::unique_ptr<UnitModule>, 3> modules;
    for (std::size_t k = 0; k < 3; ++k) {
        const std::size_t i = reversed ? 2 - k : k;
        modules[i] = std::make_unique<UnitModule>(numbered("unit", i).c_str(), *units.all[i]);
    }
    std::vector<std::unique_ptr<Link>> links;
    for (std::size_t i = 0; i < kEdgesOfMachine.size(); ++i) {
        const Edge& edge = kEdgesOfMachine[i];
        links.push_back(std::make_unique<Link>(numbered("link", i).c_str(), edge.latency));
        units.port(i).bind_sink(links[i]->out, static_cast<std::uint32_t>(i), edge.latency);
        modules[edge.to]->connect(links[i]->in, units.all[edge.to]->in, edge.latency);
    }
    sc_core::sc_start();
    CHECK(modules[2]->activations() > static_cast<std::uint64_t>(kEdges));
    CHECK(links[2]->checker.messages() > static_cast<std::uint64_t>(kEdges));
    return units.logs();
}

Logs run_as_regions(bool reversed) {
    Units units;
    std::array<Region, 2> regions;
    const std::array<std::size_t, 3> region_of{0, 0, 1};
    const std::array<UnitNumber, 3> number_of{0, 1, 0};
    for (std::size_t i = 0; i < 3; ++i) {
        regions[region_of[i]].add(*units.all[i]);
    }
    std::array<std::unique_ptr<RegionModule>, 2> modules;
    for (std::size_t k = 0; k < 2; ++k) {
        const std::size_t i = reversed ? 1 - k : k;
        modules[i] =
            std::make_unique<RegionModule>(numbered("chip", i).c_str(), regions[i], kLookAhead);
    }
    std::vector<std::unique_ptr<Link>> links;
    for (std::size_t i = 0; i < kEdgesOfMachine.size(); ++i) {
        const Edge& edge = kEdgesOfMachine[i];
        const auto number = static_cast<std::uint32_t>(i);
        InPort<ToyMessage>& in = units.all[edge.to]->in;
        if (region_of[edge.from] == region_of[edge.to]) {
            in.attach(regions[region_of[edge.to]], number_of[edge.to]);
            units.port(i).bind(in, number, edge.latency);
        } else {
            links.push_back(std::make_unique<Link>(numbered("link", i).c_str(), edge.latency));
            units.port(i).bind_sink(links.back()->out, number, edge.latency);
            modules[region_of[edge.to]]->connect(links.back()->in, in, number_of[edge.to],
                                                 edge.latency);
        }
    }
    sc_core::sc_start();
    CHECK(modules[0]->activations() <
          static_cast<std::uint64_t>(kEdges) / 3);  // strides, not edges
    return units.logs();
}

void compare(const Logs& expected, const Logs& got) {
    for (std::size_t i = 0; i < expected.size(); ++i) {
        REQUIRE(expected[i].size() == got[i].size());
        REQUIRE(expected[i] == got[i]);
    }
}

}  // namespace

TEST_CASE("the toy machine exchanges colliding messages") {
    const Logs logs = run_in_one_region();
    CHECK(logs[2].size() > 3 * static_cast<std::size_t>(kEdges));
    std::size_t collisions = 0;
    for (std::size_t i = 1; i < logs[2].size(); ++i) {
        collisions += logs[2][i].at == logs[2][i - 1].at ? 1U : 0U;
    }
    CHECK(collisions > 2 * static_cast<std::size_t>(kEdges));
}

TEST_CASE_METHOD(FreshSimulation, "units as modules with sockets do the same at 1 fs") {
    const bool reversed = GENERATE(false, true);
    compare(run_in_one_region(), run_as_modules(reversed));
}

TEST_CASE_METHOD(FreshPicosecondSimulation, "units as modules do the same at 1 ps") {
    compare(run_in_one_region(), run_as_modules(false));
}

TEST_CASE_METHOD(FreshSimulation, "regions joined by links do the same at 1 fs") {
    const bool reversed = GENERATE(false, true);
    compare(run_in_one_region(), run_as_regions(reversed));
}

TEST_CASE_METHOD(FreshPicosecondSimulation, "regions joined by links do the same at 1 ps") {
    compare(run_in_one_region(), run_as_regions(false));
}

TEST_CASE("regions joined by links do the same at 1 ns, coarser than their cycles") {
    const FreshSimulation fresh(sc_core::SC_NS);
    compare(run_in_one_region(), run_as_regions(GENERATE(false, true)));
}

TEST_CASE("at 1 ns the links within a chip are too short and elaboration says so") {
    const FreshSimulation fresh(sc_core::SC_NS);
    REQUIRE_THROWS_WITH(run_as_modules(false),
                        Catch::Contains("finer resolution") && Catch::Contains("unit0"));
}

TEST_CASE_METHOD(FreshSimulation, "a link shorter than the look-ahead is refused") {
    Region region;
    ToyUnit unit("unit", kFast, 1);
    const UnitNumber number = region.add(unit);
    RegionModule module("chip", region, Time{1000});
    Link link("link", Time{999});
    REQUIRE_THROWS_WITH(module.connect(link.in, unit.in, number, Time{999}),
                        Catch::Contains("shorter than the look-ahead"));
}
