// SPDX-License-Identifier: Apache-2.0
// Tables of commands: `vrsim mem --events FILE.csv` writes them, `vrsim lint` judges them.
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "testbenches/app/command/vrsim_checks.h"

using nlohmann::json;
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

// A table of commands that `vrsim mem` writes.
std::string table_of_commands(const TemporaryFolder& folder, const std::string& arguments) {
    std::string file = (folder.path() / "c.csv").string();
    REQUIRE(vrsim("mem " + arguments + " --requests 3000 --quiet --events " + file).exit_code == 0);
    return file;
}

}  // namespace

TEST_CASE("lint judges the commands of a memory by the standard of its platform") {
    const TemporaryFolder folder;
    const std::string file = table_of_commands(folder, "--pattern mixrand --pattern seq");
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

TEST_CASE("lint takes a memory device instead of a platform") {
    const TemporaryFolder folder;
    const std::string file = table_of_commands(folder, "--device h200 --pattern mixrand");
    const auto good = vrsim("lint --device h200 " + file);
    CHECK(good.exit_code == 0);
    CHECK(has(good.out, " pseudo-channels keep all rules of HBM3 on h200, no problem"));
    CHECK(vrsim("lint " + file).exit_code == 3);
    CHECK(vrsim("lint --device h200 --platform rubin " + file).exit_code == 2);
    // Its file is one too.
    const auto device = vrsim("lint models/hbm4/devices/h200.toml");
    CHECK(device.exit_code == 0);
    CHECK(has(device.out, "h200.toml: a memory device with "));
    const std::string doors = (folder.path() / "doors.toml").string();
    for (const char* base : {"rubin", "h200"}) {  // a platform and a device; a device only
        write_text(doors,
                   fmt::format("extends = \"{}\"\n[memory_system]\nread_credits = 6\n", base));
        INFO(base);
        const auto served = vrsim("lint " + doors);
        CHECK(served.err.empty());
        CHECK(has(served.out, "doors.toml: a memory device with "));
    }
    const std::string broken = (folder.path() / "broken.toml").string();
    write_text(broken, "extends = [\"h200\"]\n[gpu.hbm4]\nt_cr = \"3 clk\"\n");
    const auto refused = vrsim("lint " + broken);
    CHECK(refused.exit_code == 3);
    CHECK(has(refused.err, "broken.toml:3:"));
    CHECK(has(refused.err, "t_cr"));
}

TEST_CASE(
    "lint holds a memory trace against the memory that is named, in the format that is named") {
    const TemporaryFolder folder;
    const std::string file = (folder.path() / "trace").string();  // no suffix tells
    write_text(file, "LD 0x40\nST 0x2400000000\n");
    const auto alone = vrsim("lint --format ramulator " + file);
    CHECK(alone.exit_code == 0);
    CHECK(has(alone.out, "a memory trace (ramulator) of 2 accesses, no problem"));
    const auto beyond = vrsim("lint --format ramulator --device h200 " + file);
    CHECK(beyond.exit_code == 3);
    CHECK(has(beyond.err, "trace:2:4: 64 B at 0x2400000000 lie beyond the memory"));
    CHECK(has(vrsim("lint --format ramulator --device rubin " + file).out,
              "of 2 accesses that fit into the whole of rubin, no problem"));
    CHECK(vrsim("lint --format ramulator2 " + file).exit_code == 2);
    // No file could use these.
    const std::string workload = " traces/samples/hello_gemm.jsonl";
    CHECK(has(vrsim("lint --format ramulator" + workload).err, "--format goes with"));
    CHECK(has(vrsim("lint --device h200" + workload).err, "--device goes with"));
    CHECK(vrsim("lint --format ramulator " + file + workload).exit_code == 0);
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
    refused(replaced(table, "ACT,3", "ACT,48"),
            "c.csv:2: bank = '48'; allowed: a whole number from 0 to 47");
    refused(replaced(table, "ACT", "act"), "c.csv:2: command = 'act'; allowed: ACT, PRE, RD");
    refused(replaced(table, "53,0", "-3,0"), "c.csv:3: tick = '-3'");
    refused(replaced(table, "3,7,4", "3,99999,4"),
            "c.csv:3: row = '99999'; allowed: a whole number from 0 to 12287");
    refused(replaced(table, "7,4", "7,4000"),
            "c.csv:3: column = '4000'; allowed: a whole number from 0 to 31");
    refused(replaced(table, "53,0", "53,777"),
            "c.csv:3: pseudo_channel = '777'; allowed: a whole number from 0 to 511");
    refused(replaced(table, "7,4", "7"), "c.csv:3: 5 cells; allowed: 6, as in the header");
    refused(replaced(table, "53", "52"),
            "c.csv:3: tRCD_RD at tick 52 of pseudo-channel 0: RD of bank 3, 52 ticks after ACT of "
            "bank 3; allowed: 53 ticks or more");
    refused("tick,pseudo_channel,command,bank,row,column\n", "the table has no command");
    refused("", "no table of commands can be read");
}

TEST_CASE("lint holds time and place of a command against its tick and bank") {
    const TemporaryFolder folder;
    const std::string file = (folder.path() / "c.csv").string();
    // Rubin: CK 2,687.5 MHz, two groups of eight banks. Bank 11: 11 / 2 / 8 = 0, 11 % 2 = 1, 5.
    const std::string table =
        "tick,time_fs,pseudo_channel,command,bank,stack_id,bank_group,bank_in_group,row,column\n"
        "43,16000000,0,ACT,11,0,1,5,7,\n";
    const auto refused = [&](const std::string& from, const std::string& to,
                             const std::string& part) {
        write_text(file, replaced(table, from, to));
        const auto result = vrsim("lint " + file);
        INFO(result.err);
        CHECK(result.exit_code == 3);
        CHECK(has(result.err, part));
    };
    write_text(file, table);
    CHECK(vrsim("lint " + file).exit_code == 0);
    refused("16000000", "16000001",
            "c.csv:2: time_fs = '16000001'; allowed: 16000000, the time of tick 43");
    refused("11,0", "11,1", "c.csv:2: stack_id = '1'; allowed: 0, as of bank 11");
    refused("11,0,1", "11,0,0", "c.csv:2: bank_group = '0'; allowed: 1, as of bank 11");
    refused("1,5", "1,4", "c.csv:2: bank_in_group = '4'; allowed: 5, as of bank 11");
    refused("43,", "9223372036854775807,", "c.csv:2: tick = '9223372036854775807'");
}

// PREab and REFab: refresh of all banks. DRFMpb stands below, with refresh management.
TEST_CASE("lint reads each kind of command that vrsim writes") {
    const TemporaryFolder folder;
    const std::string file = (folder.path() / "c.csv").string();
    const auto passes = [&](const std::string& settings, const std::vector<std::string>& commands) {
        const std::string sparse = "--pattern seq --requests 200 --interval 400";
        REQUIRE(vrsim("mem --platform tiny " + sparse + settings + " --events " + file).exit_code ==
                0);
        const std::string table = read_text(file);
        for (const std::string& command : commands) {
            INFO(command << settings);
            CHECK(has(table, "," + command + ","));
        }
        const auto result = vrsim("lint " + file + " --platform tiny" + settings);
        INFO(result.err);
        CHECK(result.exit_code == 0);
    };
    passes("", {"ACT", "PRE", "RD", "REFpb"});
    passes(" --set hbm4.power_down=power_down", {"PDE", "PDX"});
    passes(" --set hbm4.power_down=self_refresh", {"SRE", "SRX"});
    passes(" --set hbm4.refresh=all_bank", {"PREab", "REFab"});
    passes(
        " --set hbm4.refresh_management=rfm --set hbm4.raa_initial=1"
        " --set hbm4.raa_per_refresh=1 --set hbm4.raa_maximum=6",
        {"RFMpb"});
}

TEST_CASE("refresh management is in the report, the table of commands and the judgement of lint") {
    const TemporaryFolder folder;
    const std::string file = (folder.path() / "c.csv").string();
    const std::string managed =
        " --set gpu.hbm4.refresh_management=drfm --set gpu.hbm4.raa_initial=2"
        " --set gpu.hbm4.raa_per_refresh=1";
    const std::string five = " --set gpu.hbm4.raa_maximum=5";
    const auto run =
        vrsim("mem --pattern rand --requests 20000 --json - --events " + file + managed + five);
    INFO(run.err);
    REQUIRE(run.exit_code == 0);
    const json report = json::parse(run.out);
    const auto& counters = report["counters"];
    CHECK(counters["managements"].get<std::int64_t>() > 100);
    CHECK(counters["forced_managements"].get<std::int64_t>() <=
          counters["managements"].get<std::int64_t>());
    CHECK(report["controller"]["refresh_management"] == "drfm");
    const auto find = [&](const json& list, const char* key, const char* name) {
        const auto found = std::find_if(list.begin(), list.end(),
                                        [&](const json& one) { return one[key] == name; });
        REQUIRE(found != list.end());
        return *found;
    };
    CHECK(find(report["data_buses"]["uses"], "use", "management")["ticks"].get<std::int64_t>() > 0);
    const json energy = find(report["energy"]["commands"], "command", "DRFMpb");
    CHECK(energy["count"] == counters["managements"]);
    CHECK(energy["modelled"] == false);
    CHECK(has(vrsim("mem --pattern rand --requests 20000" + managed + five).out,
              " commands (drfm), "));
    CHECK(has(read_text(file), ",DRFMpb,"));
    CHECK(vrsim("lint " + file + managed + five).exit_code == 0);
    const auto strict = vrsim("lint " + file + managed + " --set gpu.hbm4.raa_maximum=4");
    CHECK(strict.exit_code == 3);
    CHECK(has(strict.err, "without refresh management; allowed: raa_maximum (4)"));
    const auto twin =
        vrsim("mem --pattern rand --requests 10 --set gpu.hbm4.impl=rtl" + managed + five);
    CHECK(twin.exit_code == 3);
    CHECK(has(twin.err, "the RTL twin has no refresh management"));
}
