// SPDX-License-Identifier: Apache-2.0
// --set: paths, tails, instances; exact texts of what can be wrong.
#include <catch2/catch.hpp>

#include "testbenches/base/configuration_fixture.h"

namespace {

using namespace vr;
using namespace configuration_test;

struct Bound {
    L2Config l2;
    SmConfig sm;
};

Bound bound(const Folder& folder, std::vector<std::string> sets) {
    folder.write("p.toml", kGood);
    auto configuration = Configuration::load(folder.request("p", "", std::move(sets)));
    Bound result{configuration.bind<L2Config>("gpu.l2"), configuration.bind<SmConfig>("gpu.sm")};
    configuration.finish();
    return result;
}

TEST_CASE("a set is read as the type of its parameter, with and without quotes") {
    const Folder folder;
    CHECK(bound(folder, {"gpu.l2.capacity=96 MiB"}).l2.capacity == Bytes{96 << 20});
    CHECK(bound(folder, {"gpu.l2.capacity=\"96 MiB\""}).l2.capacity == Bytes{96 << 20});
    CHECK(bound(folder, {"gpu.l2.capacity = '96MiB' "}).l2.capacity == Bytes{96 << 20});
    CHECK(bound(folder, {"gpu.l2.slices=12"}).l2.slices == 12);
    CHECK_FALSE(bound(folder, {"gpu.l2.tags.hashed=false"}).l2.tags.hashed);
    CHECK(bound(folder, {"gpu.l2.policy=random"}).l2.policy == "random");
    CHECK(bound(folder, {"gpu.sm.label=a = b"}).sm.label == "a = b");
    CHECK(bound(folder, {"gpu.sm.label=17"}).sm.label == "17");
}

TEST_CASE("a unique tail is enough, at a dot only") {
    const Folder folder;
    CHECK(bound(folder, {"tags.ways=2"}).l2.tags.ways == 2);
    CHECK(bound(folder, {"ways=2", "l2.latency=7 ns"}).l2.latency == nanoseconds(7));
    CHECK(folder.problems_of(kGood, {"ays=2"}) ==
          Texts{"--set: ays = 2 matches no parameter; allowed: the path of a parameter or a unique "
                "tail of one; did you mean gpu.l2.tags.ways?"});
}

TEST_CASE("a set that matches nothing names the nearest path") {
    const Folder folder;
    CHECK(folder.problems_of(kGood, {"gpu.l2.capcity=96 MiB"}) ==
          Texts{"--set: gpu.l2.capcity = \"96 MiB\" matches no parameter; allowed: the path of a "
                "parameter or a unique tail of one; did you mean gpu.l2.capacity?"});
    CHECK(folder.problems_of(kGood, {"qqqqqqqqqqq=1"}) ==
          Texts{"--set: qqqqqqqqqqq = 1 matches no parameter; allowed: the path of a parameter or "
                "a unique tail of one"});
}

TEST_CASE("an ambiguous set throws and lists the candidates") {
    const Folder folder;
    folder.write("p.toml", kGood);
    const auto problems = [&](const std::string& set) {
        return folder.problems([&] {
            auto configuration = Configuration::load(folder.request("p", "", {set}));
            static_cast<void>(configuration.bind<L2Config>("gpu.l2"));
            static_cast<void>(configuration.bind<SmConfig>("gpu.sm"));
            static_cast<void>(configuration.bind<LinkConfig>("link"));
            static_cast<void>(configuration.bind<SmConfig>("gpu.sm"));  // twice is no second match
            configuration.finish();
        });
    };
    // The value is wrong, too; of an ambiguous set that is not worth saying.
    CHECK(problems("clock=2 parsec") ==
          Texts{"--set: clock = \"2 parsec\" is ambiguous: 2 parameters end in it; allowed: "
                "gpu.sm.clock, link.clock; write one of these paths"});
    CHECK(problems("sm.clock=2 GHz") == Texts{});
    CHECK(problems("link.clock=2 GHz") == Texts{});
}

TEST_CASE("the full path of a value in the preset is never ambiguous") {
    const Folder folder;
    folder.write("p.toml", "[sm]\nclock = \"1 GHz\"\n[gpu.sm]\nclock = \"1 GHz\"\n");
    auto configuration = Configuration::load(folder.request("p", "", {"sm.clock=2 GHz"}));
    CHECK(configuration.bind<SmConfig>("gpu.sm").clock == Frequency{1'000'000'000});
    CHECK(configuration.bind<SmConfig>("sm").clock == Frequency{2'000'000'000});
    CHECK_NOTHROW(configuration.finish());
}

TEST_CASE("sets of no form, of a wrong value, and given twice") {
    const Folder folder;
    CHECK(folder.problems_of(kGood, {"gpu.l2.slices", "=3", "gpu.l2.slices="}) ==
          Texts{"--set: \"=3\" has no path; allowed: PATH=VALUE, e.g. gpu.l2.capacity=96 MiB",
                "--set: \"gpu.l2.slices\" has no value; allowed: PATH=VALUE, e.g. "
                "gpu.l2.capacity=96 MiB",
                "--set: \"gpu.l2.slices=\" has no value; allowed: PATH=VALUE, e.g. "
                "gpu.l2.capacity=96 MiB"});
    CHECK(folder.problems_of(kGood, {"capacity=96"}) ==
          Texts{"--set: gpu.l2.capacity = 96 is a bare number; allowed: a quantity with unit, e.g. "
                "\"96 MiB\" (B, kB, MB, GB, TB, KiB, MiB, GiB, TiB)"});
    CHECK(folder.problems_of(kGood, {"hashed=maybe", "slices=many"}) ==
          Texts{"--set: gpu.l2.slices = \"many\" is not an integer; allowed: an integer from 1 to "
                "4096",
                "--set: gpu.l2.tags.hashed = \"maybe\" is not a boolean; allowed: true or false"});
    CHECK(folder.problems_of(kGood, {"gpu.l2.slices=8", "slices=16"}) ==
          Texts{"--set: gpu.l2.slices is set twice: gpu.l2.slices = 8 and slices = 16; allowed: "
                "one --set for each parameter"});
}

TEST_CASE("an instance takes its own value where it has one and the common value elsewhere") {
    const Folder folder;
    folder.write("p.toml", kGood + "[gpu.\"sm[2]\"]\nissue = \"9 clk\"\n");
    auto configuration =
        Configuration::load(folder.request("p", "", {"gpu.sm[1].clock=1 GHz", "sm.issue=4 clk"}));
    static_cast<void>(configuration.bind<L2Config>("gpu.l2"));
    std::vector<std::pair<std::int64_t, std::int64_t>> values;
    for (std::uint32_t i = 0; i < 3; ++i) {
        const auto sm = configuration.bind_instance<SmConfig>("gpu.sm", i);
        values.emplace_back(sm.clock.value, sm.issue.value);
    }
    configuration.finish();
    CHECK(values == std::vector<std::pair<std::int64_t, std::int64_t>>{
                        {2'387'500'000, 4}, {1'000'000'000, 4}, {2'387'500'000, 9}});
    Texts paths;
    for (const LedgerEntry& e : configuration.ledger()) {
        if (e.path.rfind("gpu.sm", 0) == 0) {
            paths.push_back(e.path + "=" + e.value);
        }
    }
    CHECK(paths == Texts{"gpu.sm.clock=2387.5 MHz", "gpu.sm.issue=4 clk",
                         "gpu.sm.label=", "gpu.sm[1].clock=1 GHz", "gpu.sm[2].issue=9 clk"});
}

TEST_CASE("an instance reaches into groups, and a tail may start at it") {
    const Folder folder;
    folder.write("p.toml", kGood);
    auto configuration = Configuration::load(folder.request("p", "", {"l2[1].tags.ways=3"}));
    static_cast<void>(configuration.bind<SmConfig>("gpu.sm"));
    CHECK(configuration.bind_instance<L2Config>("gpu.l2", 0).tags.ways == 16);
    CHECK(configuration.bind_instance<L2Config>("gpu.l2", 1).tags.ways == 3);
    CHECK_NOTHROW(configuration.finish());
}

TEST_CASE("an instance that nobody reads is an error") {
    const Folder folder;
    folder.write("p.toml", kGood + "[gpu.\"sm[7]\"]\nclock = \"1 GHz\"\n");
    CHECK(folder.problems([&] {
        auto configuration = Configuration::load(
            folder.request("p", "", {"gpu.sm[9].clock=1 GHz", "gpu.l2[0].slices=3"}));
        static_cast<void>(configuration.bind<L2Config>("gpu.l2"));
        for (std::uint32_t i = 0; i < 4; ++i) {
            static_cast<void>(configuration.bind_instance<SmConfig>("gpu.sm", i));
        }
        configuration.finish();
    }) == Texts{
              "--set: gpu.l2[0].slices = 3 matches no parameter; allowed: the path of a parameter "
              "or a unique tail of one; no unit at gpu.l2 is configured by instance",
              "--set: gpu.sm[9].clock = \"1 GHz\" matches no parameter; allowed: the path of a "
              "parameter or a unique tail of one; gpu.sm has the instances 0 to 3",
              "p.toml:10:1: gpu.sm[7].clock = \"1 GHz\" is read by nobody; gpu.sm has the "
              "instances 0 to 3"});
}

}  // namespace
