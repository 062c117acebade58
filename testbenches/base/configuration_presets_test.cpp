// SPDX-License-Identifier: Apache-2.0
// What is wrong with a preset as a whole: names, chains, profiles, syntax, provenance. Exact texts.
#include <catch2/catch.hpp>

#include "testbenches/base/configuration_fixture.h"

namespace {

using namespace vr;
using namespace configuration_test;

TEST_CASE("an unknown platform lists the known ones") {
    const Folder folder;
    folder.write("rubin.toml", kGood);
    folder.write("b200.toml", kGood);
    const auto load = [&](const std::string& name) {
        return folder.problems(
            [&] { static_cast<void>(Configuration::load(folder.request(name))); });
    };
    CHECK(load("rubim") ==
          Texts{"unknown platform \"rubim\"; allowed: b200, rubin; did you mean \"rubin\"?"});
    CHECK(load(folder.path("none.toml")) ==
          Texts{"none.toml: the file cannot be read; allowed: a readable TOML file"});
    CHECK(folder.problems([&] {
        static_cast<void>(Configuration::load({"rubin", "", {}, {"/nonexistent"}}));
    }) == Texts{"unknown platform \"rubin\"; allowed: the path of a .toml file; presets are looked "
                "for in: /nonexistent"});
    CHECK(folder.problems_of("extends = \"rubn\"\n") ==
          Texts{"p.toml:1:11: extends = \"rubn\" is no known preset; allowed: b200, p, rubin; did "
                "you mean \"rubin\"?"});
    CHECK(folder.problems_of("extends = \"sub/x.toml\"\n") ==
          Texts{"p.toml:1:11: extends names sub/x.toml, which is no file; allowed: the name of a "
                "preset or a path relative to this file"});
    CHECK(folder.problems_of("extends = 3\n" + kGood) ==
          Texts{"p.toml:1:11: extends = 3 is an integer; allowed: the name of a preset or the path "
                "of a .toml file"});
}

TEST_CASE("what is wrong with a list of extends is told at the item") {
    const Folder folder;
    folder.write("rubin.toml", kGood);
    CHECK(folder.problems_of("extends = [\"rubin\", \"rubn\"]\n") ==
          Texts{"p.toml:1:21: extends = \"rubn\" is no known preset; allowed: p, rubin; did you "
                "mean \"rubin\"?"});
    CHECK(folder.problems_of("extends = [\"rubin\",\n  \"sub/x.toml\"]\n") ==
          Texts{"p.toml:2:3: extends names sub/x.toml, which is no file; allowed: the name of a "
                "preset or a path relative to this file"});
    CHECK(folder.problems_of("extends = [\"rubin\", 3]\n") ==
          Texts{"p.toml:1:21: an item of extends = 3 is an integer; allowed: the name of a preset "
                "or the path of a .toml file"});
    CHECK(folder.problems_of("extends = []\n" + kGood) ==
          Texts{"p.toml:1:11: extends = [] names nothing; allowed: the name of a preset or the "
                "path of a .toml file, or a list of them"});
    CHECK(folder.problems_of("extends = [\"rubin\", \"p\"]\n") ==
          Texts{"p.toml:1:21: extends closes a cycle: p.toml -> p.toml; allowed: a chain that "
                "ends; remove one extends"});
    // Two roads to one file are no cycle, and its problems are told once.
    folder.write("wrong.toml", kGood + "isue = 1\n\"a b\" = 1\n");
    folder.write("one.toml", "extends = \"wrong\"\n");
    folder.write("two.toml", "extends = \"wrong\"\n");
    CHECK(folder.problems_of("extends = [\"one\", \"two\"]\n").size() == 2);
}

TEST_CASE("a cycle of extends shows the chain") {
    const Folder folder;
    folder.write("a.toml", "extends = \"b\"\n");
    folder.write("b.toml", "\nextends = \"p\"\n");
    CHECK(folder.problems_of("extends = \"a\"\n") ==
          Texts{"b.toml:2:11: extends closes a cycle: p.toml -> a.toml -> b.toml -> p.toml; "
                "allowed: a chain that ends; remove one extends"});
    CHECK(folder.problems_of("extends = \"./p.toml\"\n") ==
          Texts{"p.toml:1:11: extends closes a cycle: p.toml -> ./p.toml; allowed: a chain that "
                "ends; remove one extends"});
}

TEST_CASE("an unknown profile lists those that exist") {
    const Folder folder;
    const std::string two = kGood + "[profile.launch_max.gpu.sm]\n[profile.shipping.gpu.sm]\n";
    CHECK(folder.problems_of(two, {}, "shiping") ==
          Texts{"p.toml: unknown profile \"shiping\"; allowed: launch_max, shipping; did you mean "
                "\"shipping\"?"});
    CHECK(folder.problems_of(kGood, {}, "x") ==
          Texts{"p.toml: unknown profile \"x\"; allowed: no profile (this preset has none)"});
    CHECK(folder.problems_of(kGood + "[profile]\nfast = 3\n") ==
          Texts{"p.toml:10:1: profile.fast = 3 is a value where a table is needed; allowed: tables "
                "such as [profile.NAME.gpu.l2]"});
    // The keys of the chosen profile are checked like all others, at their place in the file.
    CHECK(folder.problems_of(kGood + "[profile.x.gpu.sm]\nclok = 3\n", {}, "x") ==
          Texts{"p.toml:10:1: gpu.sm.clok = 3 is an unknown key; allowed: clock, issue, label; did "
                "you mean gpu.sm.clock?"});
}

TEST_CASE("a syntax error and a key given twice stop the reading at their place") {
    const Folder folder;
    const Texts syntax = folder.problems_of(kGood + "issue = \n");
    REQUIRE(syntax.size() == 1);
    CHECK(syntax[0].rfind("p.toml:9:9: not valid TOML: ", 0) == 0);
    CHECK(syntax[0].size() > std::string("p.toml:9:9: not valid TOML: ").size() + 10);
    CHECK(folder.problems_of(kGood + "clock = \"1 GHz\"\n") ==
          Texts{"p.toml:9:9: clock is given twice"});
    CHECK(folder.problems_of(kGood + "[gpu.sm]\n") == Texts{"p.toml:9:1: gpu.sm is given twice"});
    CHECK(folder.problems_of(kGood + "\"a b\" = 1\n") ==
          Texts{"p.toml:9:1: \"a b\" cannot be a key; allowed: letters, digits, _ and -; for one "
                "instance NAME[3]"});
}

TEST_CASE("metadata of the platform") {
    const Folder folder;
    CHECK(folder.problems_of(kGood + "[platform]\nname = \"x\"\ndescription = \"y\"\n") == Texts{});
    CHECK(folder.problems_of(kGood + "[platform]\nnam = \"x\"\ndescription = 3\n") ==
          Texts{"p.toml:10:1: platform.nam = \"x\" is an unknown key; allowed: name, description; "
                "did you mean \"name\"?",
                "p.toml:11:15: platform.description = 3 is an integer; allowed: text"});
}

TEST_CASE("a status needs a source, a table needs a status") {
    const Folder folder;
    const auto slices = [&](const std::string& table) {
        return folder.problems_of(with_line("slices", "slices = {" + table + "}"));
    };
    const std::string status_words =
        "published, derived, estimated, calibrated (in expanded configurations also default, user)";
    CHECK(slices("value = 256, status = \"published\", source = \"x\", note = \"y\"") == Texts{});
    for (const std::string status : {"published", "derived", "estimated", "calibrated"}) {
        CHECK(slices("value = 256, status = \"" + status + "\"") ==
              Texts{"p.toml:2:10: gpu.l2.slices is " + status +
                    " but has no source; allowed: source = \"where the value comes from\""});
    }
    CHECK(slices("value = 256, status = \"derived\", source = \"\"") ==
          Texts{"p.toml:2:10: gpu.l2.slices is derived but has no source; allowed: source = "
                "\"where the value comes from\""});
    CHECK(slices("value = 256, source = \"x\"") ==
          Texts{"p.toml:2:10: gpu.l2.slices lacks its status; allowed: " + status_words +
                "; or write the value alone, without a table"});
    CHECK(slices("value = 256, status = \"publised\", source = \"x\"") ==
          Texts{"p.toml:2:33: gpu.l2.slices.status = \"publised\" is not a status; allowed: " +
                status_words + "; did you mean \"published\"?"});
    CHECK(slices("value = 256, status = \"derived\", source = 7").front() ==
          "p.toml:2:10: gpu.l2.slices is derived but has no source; allowed: source = \"where the "
          "value comes from\"");
    CHECK(slices("value = 256, status = \"derived\", sorce = \"x\"").back() ==
          "p.toml:2:44: gpu.l2.slices.sorce = \"x\" is an unknown key; allowed: value, status, "
          "source, note; did you mean \"source\"?");
    CHECK(slices("status = \"derived\", source = \"x\"") ==
          Texts{"p.toml:2:1: gpu.l2.slices lacks its value; allowed: value, status and source"});
    // A value with provenance is range-checked at the value, not at the table.
    CHECK(slices("value = 0, status = \"derived\", source = \"x\"") ==
          Texts{"p.toml:2:19: gpu.l2.slices = 0 is too low; allowed: 1 to 4096"});
}

std::string calibrated(int count) {
    std::string text = kGood;
    for (int i = 0; i < count; ++i) {
        text += "[link" + std::to_string(i) +
                "]\nrate = {value = \"1 GB/s\", status = \"calibrated\", source = \"a fit\"}\n";
    }
    return text;
}

TEST_CASE("a preset holds at most 24 calibrated values") {
    const Folder folder;
    const auto load = [&](int count, const std::string& more) {
        folder.write("p.toml", calibrated(count) + more);
        return folder.problems([&] {
            auto configuration = Configuration::load(folder.request("p", more.empty() ? "" : "x"));
            static_cast<void>(configuration.bind<L2Config>("gpu.l2"));
            static_cast<void>(configuration.bind<SmConfig>("gpu.sm"));
            for (int i = 0; i < count; ++i) {
                static_cast<void>(configuration.bind<LinkConfig>("link" + std::to_string(i)));
            }
            configuration.finish();
        });
    };
    CHECK(load(24, "") == Texts{});
    CHECK(load(25, "") ==
          Texts{"p.toml:58:1: link24.rate makes 25 calibrated values; allowed: at most 24 in a "
                "preset; derive or cite some of them instead"});
    // A profile counts too; a value that it replaces does not count twice.
    const std::string fit = "{value = \"1 GHz\", status = \"calibrated\", source = \"a fit\"}\n";
    CHECK(load(24, "[profile.x.link0]\nclock = " + fit).size() == 1);
    CHECK(load(24, "[profile.x.link0]\nrate = \"2 GB/s\"\nclock = " + fit) == Texts{});
}

}  // namespace
