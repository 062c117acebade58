// SPDX-License-Identifier: Apache-2.0
// What a user reads when a configuration is wrong: the exact texts, with file, line and column.
#include <catch2/catch.hpp>

#include "testbenches/base/configuration_fixture.h"

namespace {

using namespace vr;
using namespace configuration_test;

TEST_CASE("the file that all others here are variants of is good") {
    CHECK(Folder().problems_of(kGood) == Texts{});
}

TEST_CASE("an unknown key names the nearest one") {
    const Folder folder;
    CHECK(folder.problems_of(kGood + "isue = \"3 clk\"\n") ==
          Texts{"p.toml:9:1: gpu.sm.isue = \"3 clk\" is an unknown key; allowed: clock, issue, "
                "label; did you mean gpu.sm.issue?"});
    CHECK(folder.problems_of(kGood + "[gpu]\nslices = 3\n") ==
          Texts{"p.toml:10:1: gpu.slices = 3 is an unknown key; allowed: l2, sm; did you mean "
                "gpu.l2.slices?"});
    CHECK(folder.problems_of("zzzzzzzz = [1]\n" + kGood) ==
          Texts{"p.toml:1:1: zzzzzzzz = [...] is an unknown key; allowed: gpu"});
}

TEST_CASE("an unknown table is one problem, not one for each key") {
    const Folder folder;
    CHECK(folder.problems_of(kGood + "[gpu.l3]\na = 1\nb = 2\n[gpu.l3.tags]\nc = 3\n") ==
          Texts{"p.toml:9:6: [gpu.l3] is an unknown table; allowed: l2, sm; did you mean "
                "[gpu.l2]?"});
    CHECK(folder.problems_of(kGood + "[gpu.nothing]\n") ==
          Texts{"p.toml:9:6: [gpu.nothing] is an unknown table; allowed: l2, sm"});
}

TEST_CASE("a bare number says which units are allowed") {
    const Folder folder;
    CHECK(folder.problems_of(with_line("capacity", "capacity = 192")) ==
          Texts{"p.toml:3:12: gpu.l2.capacity = 192 is a bare number; allowed: a quantity with "
                "unit, e.g. \"192 MiB\" (B, kB, MB, GB, TB, KiB, MiB, GiB, TiB)"});
    CHECK(folder.problems_of(with_line("clock", "clock = 2.5")) ==
          Texts{"p.toml:8:9: gpu.sm.clock = 2.5 is a bare number; allowed: a quantity with unit, "
                "e.g. \"2.5 MHz\" (Hz, kHz, MHz, GHz)"});
    CHECK(folder.problems_of(with_line("latency", "latency = \"120\"")) ==
          Texts{"p.toml:4:11: gpu.l2.latency = \"120\" is a bare number; allowed: a quantity with "
                "unit, e.g. \"120 ns\" (fs, ps, ns, us, ms, s)"});
}

TEST_CASE("a wrong or malformed quantity says what is wrong with it") {
    const Folder folder;
    const std::string bytes =
        "; allowed: a quantity with unit, e.g. \"192 MiB\" (B, kB, MB, GB, TB, KiB, MiB, GiB, TiB)";
    const auto capacity = [&](const std::string& text) {
        return folder.problems_of(with_line("capacity", "capacity = " + text));
    };
    CHECK(capacity("\"192 MHz\"") ==
          Texts{"p.toml:3:12: gpu.l2.capacity = \"192 MHz\" is a frequency, not an amount of data" +
                bytes});
    CHECK(capacity("\"192 Gb/s\"") ==
          Texts{"p.toml:3:12: gpu.l2.capacity = \"192 Gb/s\" is a bit rate, not an amount of data" +
                bytes});
    CHECK(capacity("\"192 mib\"") ==
          Texts{"p.toml:3:12: gpu.l2.capacity = \"192 mib\" has the unknown unit \"mib\"" + bytes});
    CHECK(capacity("\"192 MIB\"") ==
          Texts{"p.toml:3:12: gpu.l2.capacity = \"192 MIB\" has the unknown unit \"MIB\"" + bytes +
                "; did you mean \"MiB\"?"});
    CHECK(capacity("\"much\"") ==
          Texts{"p.toml:3:12: gpu.l2.capacity = \"much\" is not a quantity" + bytes});
    CHECK(capacity("true") == Texts{"p.toml:3:12: gpu.l2.capacity = true is a boolean" + bytes});
    CHECK(capacity("[192]") == Texts{"p.toml:3:12: gpu.l2.capacity = [...] is a list" + bytes});
    CHECK(capacity("1979-05-27") ==
          Texts{"p.toml:3:12: gpu.l2.capacity is a date or time" + bytes});
    CHECK(capacity("{size = 3}") == Texts{"p.toml:3:1: gpu.l2.capacity is a table" + bytes});
    CHECK(capacity("\"100000.3 B\"") ==
          Texts{"p.toml:3:12: gpu.l2.capacity = \"100000.3 B\" is not a whole number of B; "
                "allowed: multiples of 1 B"});
    CHECK(folder.problems_of(kGood + "issue = \"99999999999999999999 clk\"\n") ==
          Texts{"p.toml:9:9: gpu.sm.issue = \"99999999999999999999 clk\" is beyond what a 64-bit "
                "number holds; allowed: at most 9223372036854775807 clk"});
}

TEST_CASE("a value out of range gives the range, inclusive at both ends") {
    const Folder folder;
    const auto capacity = [&](const std::string& text) {
        return folder.problems_of(with_line("capacity", "capacity = \"" + text + "\""));
    };
    CHECK(capacity("64 KiB") == Texts{});
    CHECK(capacity("65535 B") ==
          Texts{"p.toml:3:12: gpu.l2.capacity = \"65535 B\" is too low; allowed: 64 KiB to 1 GiB"});
    CHECK(capacity("1 GiB") == Texts{});
    CHECK(capacity("1073741825 B") ==
          Texts{"p.toml:3:12: gpu.l2.capacity = \"1073741825 B\" is too high; allowed: 64 KiB to "
                "1 GiB"});
    CHECK(folder.problems_of(with_line("latency", "latency = \"-3 ns\"")) ==
          Texts{"p.toml:4:11: gpu.l2.latency = \"-3 ns\" is negative; allowed: 1 ns to 1 us"});
    CHECK(folder.problems_of(with_line("slices", "slices = 0")) ==
          Texts{"p.toml:2:10: gpu.l2.slices = 0 is too low; allowed: 1 to 4096"});
    CHECK(folder.problems_of(with_line("slices", "slices = -1")) ==
          Texts{"p.toml:2:10: gpu.l2.slices = -1 is negative; allowed: 1 to 4096"});
}

TEST_CASE("integers, booleans and words say what they want") {
    const Folder folder;
    CHECK(folder.problems_of(with_line("slices", "slices = 2.0")) ==
          Texts{"p.toml:2:10: gpu.l2.slices = 2.0 is a decimal number; allowed: an integer from 1 "
                "to 4096"});
    CHECK(folder.problems_of(with_line("slices", "slices = \"256\"")) ==
          Texts{"p.toml:2:10: gpu.l2.slices = \"256\" is text; allowed: an integer from 1 to 4096; "
                "write it without quotes"});
    CHECK(folder.problems_of(with_line("ways", "ways = 4\nhashed = 1")) ==
          Texts{"p.toml:7:10: gpu.l2.tags.hashed = 1 is an integer; allowed: true or false"});
    CHECK(
        folder.problems_of(with_line("slices", "slices = 4\npolicy = \"rendom\"")) ==
        Texts{"p.toml:3:10: gpu.l2.policy = \"rendom\" is not a known word; allowed: lru, random; "
              "did you mean \"random\"?"});
    CHECK(folder.problems_of(with_line("clock", "clock = \"1 GHz\"\nlabel = 7")) ==
          Texts{"p.toml:9:9: gpu.sm.label = 7 is an integer; allowed: text"});
}

TEST_CASE("a missing key names the preset and what is allowed") {
    const Folder folder;
    CHECK(folder.problems_of(with_line("slices", "") + "[gpu.l2.more]") !=
          Texts{});  // a blank line keeps the others' places
    CHECK(folder.problems_of(with_line("slices", "")) ==
          Texts{"p.toml: gpu.l2.slices is missing; allowed: an integer from 1 to 4096; it is: L2 "
                "slices of the whole GPU"});
    CHECK(folder.problems_of(with_line("capacity", "")) ==
          Texts{"p.toml: gpu.l2.capacity is missing; allowed: 64 KiB to 1 GiB; it is: L2 capacity "
                "of the whole GPU"});
}

TEST_CASE("a value where a table is needed, and the other way round, across files") {
    const Folder folder;
    folder.write("base.toml", kGood);
    CHECK(folder.problems_of("[gpu]\nl2 = 5\nsm.clock = \"1 GHz\"\n").front() ==
          "p.toml: gpu.l2.capacity is missing; allowed: 64 KiB to 1 GiB; it is: L2 capacity of the "
          "whole GPU");
    CHECK(folder.problems_of("[gpu]\nl2 = 5\nsm.clock = \"1 GHz\"\n").back() ==
          "p.toml:2:6: gpu.l2 = 5 is a value where a table is needed; allowed: a table with "
          "capacity, latency, policy, slices, tags, width");
    CHECK(folder.problems_of("extends = \"base\"\ngpu.sm = 5\n") ==
          Texts{"p.toml:2:5: gpu.sm = 5 is a value here but a table at base.toml:8:1; allowed: a "
                "table with keys, e.g. gpu.sm.clock"});
    CHECK(folder.problems_of("extends = \"base\"\n[gpu.l2.slices]\nx = 5\n") ==
          Texts{"p.toml:2:9: gpu.l2.slices is a table here but a value at base.toml:2:1; allowed: "
                "a value"});
}

TEST_CASE("all problems come together, in the order of the files") {
    const Folder folder;
    folder.write("a.toml", with_line("slices", "slices = 0"));
    CHECK(folder.problems_of("extends = \"a\"\n[gpu.sm]\nclock = 5\nisue = 1\n", {"ways=99"}) ==
          Texts{"--set: gpu.l2.tags.ways = 99 is too high; allowed: 1 to 64",
                "a.toml:2:10: gpu.l2.slices = 0 is too low; allowed: 1 to 4096",
                "p.toml:3:9: gpu.sm.clock = 5 is a bare number; allowed: a quantity with unit, "
                "e.g. \"5 MHz\" (Hz, kHz, MHz, GHz)",
                "p.toml:4:1: gpu.sm.isue = 1 is an unknown key; allowed: clock, issue, label; did "
                "you mean gpu.sm.issue?"});
}

TEST_CASE("a problem that a unit finds stands at the place of the value") {
    const Folder folder;
    folder.write("p.toml", kGood);
    CHECK(folder.problems([&] {
        auto configuration = Configuration::load(folder.request("p", "", {"gpu.sm.clock=2 GHz"}));
        static_cast<void>(configuration.bind<L2Config>("gpu.l2"));
        static_cast<void>(configuration.bind<SmConfig>("gpu.sm"));
        configuration.problem("gpu.l2.slices", "no divisor of the capacity", "powers of two");
        configuration.problem("gpu.sm.clock", "no multiple of the reference clock",
                              "multiples of 12.5 MHz", "try 1987.5 MHz");
        configuration.problem("gpu.l2", "too small for its tags", "more");
        configuration.problem("gpu.l2.width", "too wide", "less");
        configuration.finish();
    }) == Texts{"--set: gpu.sm.clock = \"2 GHz\": no multiple of the reference clock; allowed: "
                "multiples of 12.5 MHz; try 1987.5 MHz",
                "p.toml: gpu.l2.width: too wide; allowed: less",
                "p.toml:1:6: gpu.l2: too small for its tags; allowed: more",
                "p.toml:2:10: gpu.l2.slices = 256: no divisor of the capacity; allowed: powers of "
                "two"});
}

TEST_CASE("a value with a problem is bound to an allowed one, so that nothing divides by zero") {
    const Folder folder;
    folder.write("p.toml", "[gpu.l2]\nslices = \"x\"\n");
    auto configuration = Configuration::load(folder.request("p"));
    const auto l2 = configuration.bind<L2Config>("gpu.l2");
    CHECK(l2.slices == 1);
    CHECK(l2.capacity == Bytes{64 << 10});
    CHECK_THROWS_AS(configuration.finish(), InputError);
}

}  // namespace
