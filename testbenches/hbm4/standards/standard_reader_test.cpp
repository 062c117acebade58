// SPDX-License-Identifier: Apache-2.0
// A standard's table: what is wrong in it is said with its place.
#include <catch2/catch.hpp>
#include <functional>

#include "models/base/error.h"
#include "models/hbm4/standards/standard.h"
#include "models/hbm4/timing/timing.h"
#include "testbenches/hbm4/test_config.h"

using namespace vr;
using namespace vr::testing;

namespace {

const std::string kHead =
    "[standard]\nname = \"X\"\n[command.ACT]\nbus = \"row\"\nslots = \"activate_slots\"\n";

std::string rule(const std::string& name, const std::string& lines) {
    return "[rule." + name + "]\n" + lines + "status = \"published\"\nsource = \"s\"\n";
}
const std::string kGood =
    "after = \"ACT\"\nbefore = \"ACT\"\nplace = \"same bank\"\ndistance = \"t_rc\"\n";

std::string error_of(const std::string& text) {
    try {
        (void)hbm4::read_standard(text, "x.toml");
    } catch (const InputError& error) {
        return error.what();
    }
    return "";
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
    return text;
}

}  // namespace

TEST_CASE("a table is read: commands, places, distances, windows, where each rule stands") {
    const hbm4::Standard standard = hbm4::read_standard(
        kHead + rule("tRC", kGood) +
            rule("tFAW",
                 "after = \"ACT\"\nbefore = \"ACT\"\nplace = \"any bank\"\nwindow = 4\n"
                 "distance = \"t_faw + t_ppd\"\n"),
        "x.toml");
    CHECK(standard.name == "X");
    REQUIRE(standard.rules.size() == 2);
    const hbm4::Rule* faw =
        standard.rule(hbm4::Command::kActivate, hbm4::Command::kActivate, hbm4::Place::kAnyBank, 4);
    REQUIRE(faw != nullptr);
    CHECK(faw->terms == std::vector<std::string>{"t_faw", "t_ppd"});
    CHECK(faw->at.find("x.toml:") == 0);
    CHECK(faw->ticks(hbm4::ParameterTicks(rubin_hbm4())) == 41 + 3);
}

TEST_CASE("what is wrong in a table is said with file, line, what is allowed") {
    const auto says = [](const std::string& text, const std::string& place,
                         const std::string& part) {
        const std::string error = error_of(text);
        INFO(error);
        CHECK(error.find("x.toml:" + place) == 0);
        CHECK(error.find(part) != std::string::npos);
    };
    const auto with = [](const std::string& from, const std::string& to) {
        return kHead + rule("tRC", replaced(kGood, from, to));
    };
    says("[standard\n", "1", "not valid TOML");
    says("x = 1\n", "1", "x is an unknown key; allowed: standard, command, rule, ecc");
    says("[standard]\nnames = \"X\"\n", "2", "did you mean \"name\"?");
    says("[standard]\nname = 3\n", "2", "an integer; allowed: text");
    says(kHead, "", "the table has no rule");
    says("[command.ACTT]\nbus = \"row\"\n", "1", "did you mean \"ACT\"?");
    says("[command.ACT]\nbus = \"column\"\n", "2", "allowed: \"row\"");
    says("[command.RD]\nslots = \"t_rc\"\n", "2", "unknown key");
    says(with("\"ACT\"", "\"ATC\""), "7",
         "allowed: ACT, PRE, RD, WR, REFpb, PREab, REFab, RFMpb, DRFMpb");
    says(with("\"ACT\"", "\"RFMpb\""), "6", "which the table does not have");
    says(with("same bank", "same banks"), "9", "did you mean \"same bank\"?");
    says(with("t_rc", "t_cr"), "10", "t_cr is no time");
    says(with("t_rc", "rows"), "10", "rows is no time");
    says(with("t_rc", "t_rc +"), "10", "names of parameters with + between them");
    says(with("t_rc", "t_rc t_rp"), "10", "names of parameters with + between them");
    says(with("t_rc", ""), "10", "names of parameters with + between them");
    says(with("\"t_rc\"\n", "\"t_rc\"\nwindow = 0\n"), "11", "1 to 99");
    says(with("\"t_rc\"\n", "\"t_rc\"\nwindows = 1\n"), "11", "unknown key");
    says(with("place = \"same bank\"\n", ""), "6", "lacks place");
    says(kHead + rule("tRC", kGood) + rule("tRC2", kGood), "13", "says the same as [rule.tRC]");
    says(replaced(kHead + rule("tRC", kGood), "published", "known"), "11",
         "allowed: published, derived, estimated");
}

TEST_CASE("a table says what its standard has for error correction, each fact with its source") {
    const auto fact = [](const std::string& name, const std::string& value) {
        return "[ecc." + name + "]\nvalue = " + value +
               "\nstatus = \"published\"\nsource = \"s\"\n";
    };
    const std::string rules = kHead + rule("tRC", kGood);
    const std::string mode = fact("mode", "\"sideband\"");
    const std::string metadata = fact("metadata_bytes", "4");
    const std::string word = fact("sideband_word_bits", "64");
    const hbm4::StandardEcc ecc = hbm4::read_standard(rules + mode + metadata + word, "x.toml").ecc;
    CHECK(ecc.mode == hbm4::EccMode::kSideband);
    CHECK(ecc.metadata_bytes == 4);
    CHECK(ecc.sideband_word_bits == 64);
    CHECK(hbm4::read_standard(rules, "x.toml").ecc.mode == hbm4::EccMode::kNone);
    const auto says = [&](const std::string& text, const std::string& part) {
        const std::string error = error_of(rules + text);
        INFO(error);
        CHECK(error.find("x.toml:") == 0);
        CHECK(error.find(part) != std::string::npos);
    };
    says(mode + word, "[ecc] lacks metadata_bytes");
    says(metadata + word + fact("mode", "\"on_dye\""), "did you mean \"on_die\"?");
    for (const char* value : {"1", "3", "5", "-2", "\"4\"", "1000000000000"}) {
        says(mode + word + fact("metadata_bytes", value), "; allowed: 0, 2, 4");
    }
    for (const char* value : {"0", "100", "512", "true"}) {
        says(mode + metadata + fact("sideband_word_bits", value), "; allowed: 64, 128, 256");
    }
    says(mode + fact("metadata", "4"), "ecc.metadata is an unknown key");
    says("[ecc.mode]\nvalue = \"none\"\nstatus = \"published\"\n", "[ecc.mode] lacks source");
    says("[ecc.mode]\nvalue = \"none\"\nstatus = \"known\"\n",
         "allowed: published, derived, estimated");
    says("[ecc.mode]\nvalues = \"none\"\n", "unknown key");
}

TEST_CASE("a rule for which the controller has no gate is refused, as are two that differ in one") {
    const Hbm4Config config = rubin_hbm4();
    const auto refused = [&](const std::function<void(hbm4::Standard&)>& alter) {
        hbm4::Standard standard = hbm4::standard_named("hbm4");
        alter(standard);
        try {
            const hbm4::Timing timing(config, standard);
        } catch (const InputError& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    CHECK(refused([](auto&) {}).empty());
    const std::string none = refused([](auto& s) {
        for (hbm4::Rule& rule : s.rules) {
            rule.window = rule.name == "tRC" ? 3 : rule.window;
        }
    });
    INFO(none);
    CHECK(none.find("no gate for ACT after ACT, same bank") != std::string::npos);
    const std::string differ = refused([](auto& s) {
        for (hbm4::Rule& rule : s.rules) {
            rule.terms = rule.name == "tRC_REFpb" ? std::vector<std::string>{"t_rp"} : rule.terms;
        }
    });
    INFO(differ);
    CHECK(differ.find("45 ticks, but the gate that the controller has for it keeps 121 ticks") !=
          std::string::npos);
}

TEST_CASE("HBM2 has no rule between precharges") {
    Hbm4Config config = rubin_hbm4();
    config.standard = "hbm2";
    CHECK(hbm4::Timing(config).ppd == 0);
    config.standard = "hbm3";
    CHECK(hbm4::Timing(config).ppd == 3);
}
