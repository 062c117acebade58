// SPDX-License-Identifier: Apache-2.0
// Tables of commands: `vrsim mem --events FILE.csv` writes them, `vrsim lint` judges them.
#include <catch2/catch.hpp>

#include "testbenches/app/command/vrsim_checks.h"

using vr::test::read_text;
using vr::test::TemporaryFolder;
using vr::test::write_text;
using vr::testing::has;
using vr::testing::vrsim;

namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    text.replace(text.find(from), from.size(), to);
    return text;
}

}  // namespace

TEST_CASE("lint judges the commands of a memory by the standard of its platform") {
    const TemporaryFolder folder;
    const std::string file = (folder.path() / "c.csv").string();
    REQUIRE(vrsim("mem --pattern mixrand --pattern seq --requests 3000 --quiet --events " + file)
                .exit_code == 0);
    const auto good = vrsim("lint " + file);
    CHECK(good.exit_code == 0);
    CHECK(has(good.out,
              " commands of 2 pseudo-channels keep all rules of HBM4 on rubin, no problem"));
    // The same commands are too early for a slower memory.
    const auto slow = vrsim("lint " + file + " --set 'gpu.hbm4.t_rcd_read=28 ns'");
    CHECK(slow.exit_code == 3);
    CHECK(has(slow.err, "c.csv:"));
    CHECK(has(slow.err, "tRCD_RD at tick"));
    CHECK(has(slow.err, "allowed: 76 ticks or more"));
}

TEST_CASE("lint says what is wrong in a table of commands, line by line") {
    const TemporaryFolder folder;
    const std::string file = (folder.path() / "c.csv").string();
    const std::string table =
        "tick,pseudo_channel,command,bank,row,column\n"
        "0,0,ACT,3,7,\n"
        "53,0,RD,3,7,4\n";
    const auto refused = [&](const std::string& text, const std::string& part) {
        write_text(file, text);
        const auto result = vrsim("lint " + file);
        INFO(result.err);
        CHECK(result.exit_code == 3);
        CHECK(has(result.err, part));
    };
    write_text(file, table);
    CHECK(vrsim("lint " + file).exit_code == 0);
    refused(replaced(table, "row,", ""), "c.csv:1: no column is called row");
    refused(replaced(table, "ACT,3", "ACT,x"), "c.csv:2: bank = 'x'; allowed: a whole number");
    refused(replaced(table, "ACT,3", "ACT,48"), "bank 48; allowed: 0 to 47");
    refused(replaced(table, "ACT", "act"), "c.csv:2: command = 'act'; allowed: ACT, PRE, RD");
    refused(replaced(table, "53,0", "-3,0"), "c.csv:3: tick = '-3'");
    refused(replaced(table, "7,4", "7"), "c.csv:3: 5 cells; allowed: 6, as in the header");
    refused(replaced(table, "53", "52"),
            "c.csv:3: tRCD_RD at tick 52 of pseudo-channel 0: RD of bank 3, 52 ticks after ACT of "
            "bank 3; allowed: 53 ticks or more");
    refused("tick,pseudo_channel,command,bank,row,column\n", "the table has no command");
    refused("", "no table of commands can be read");
}
