// SPDX-License-Identifier: Apache-2.0
// `vrsim mem`: traces of each format to "N of N completed", and bad input with its exit code.
#include <catch2/catch.hpp>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <vector>

#include "testbenches/app/command/vrsim_checks.h"

using nlohmann::json;
using vr::test::read_text;
using vr::test::TemporaryFolder;
using vr::test::write_text;
using vr::testing::check_refused;
using vr::testing::fs;
using vr::testing::has;
using vr::testing::report;
using vr::testing::vrsim;

namespace {

const std::string kTiny = "mem --platform tiny ";

// The cells of a table's rows behind its header, which comes first.
std::vector<std::vector<std::string>> table_of(const std::string& file) {
    std::vector<std::vector<std::string>> rows;
    std::istringstream lines(read_text(file));
    for (std::string line; std::getline(lines, line);) {
        REQUIRE(line.ends_with('\r'));
        line.back() = ',';
        std::vector<std::string>& cells = rows.emplace_back();
        std::istringstream row(line);
        for (std::string cell; std::getline(row, cell, ',');) {
            cells.push_back(cell);
        }
        REQUIRE(cells.size() == 10);
    }
    REQUIRE_FALSE(rows.empty());
    return rows;
}

}  // namespace

TEST_CASE("mem: a trace of N accesses of any format ends with N of N completed") {
    const TemporaryFolder folder;
    struct Trace {
        const char* name;
        const char* text;
        const char* options;
    };
    static const std::vector<Trace> traces = {
        {"a.trace", "0x40 READ 1\n0x80 WRITE 90\n0x100 READ 90\n", ""},
        {"b.trace", "LD 0x40\nST 128\nLD 0x100\n", ""},
        {"c.stl", "1: read 0x40\n2: (32) write 0x80\n9: (256) read 0x100\n",
         "--trace-clock '1 GHz'"},
        {"d.rstl", "1: read 0x40\n2: (1) write 0x81\n0: read 0x100\n", "--access '32 B'"},
        {"e.txt", "1: read 0x40\n2: write 0x80\n0: read 0x100\n", "--format rstl"},
    };
    for (const Trace& trace : traces) {
        INFO(trace.name);
        const std::string path = (folder.path() / trace.name).string();
        write_text(path, trace.text);
        const auto result = vrsim(kTiny + path + " " + trace.options + " --json -");
        INFO(result.err);
        REQUIRE(result.exit_code == 0);
        const json j = json::parse(result.out);
        CHECK(j["completed"] == 3);
        CHECK(j["total"] == 3);
        CHECK(j["peak"] == 86'000'000'000);
        CHECK(j["utilisation"] > 0);
        CHECK(j["utilisation"] < 1);
        CHECK(j["host"]["cpu_seconds"] >= 0);
        CHECK(has(result.err, "3 of 3 completed"));
    }
    // 1 GHz against 2,687.5 MHz: cycle 1000 is tick 2687.5, rounded up.
    const std::string path = (folder.path() / "f.stl").string();
    write_text(path, "1000: read 0x40\n");
    const json slow = json::parse(vrsim(kTiny + path + " --trace-clock '1 GHz' --json -").out);
    const json own = json::parse(vrsim(kTiny + path + " --json -").out);
    const double moved = double(fs(slow["makespan_fs"]) - fs(own["makespan_fs"]));
    CHECK(moved == Approx(1688e15 / 2'687'500'000));
}

TEST_CASE("mem: the slower profile of rubin has a clock that its reference allows") {
    const auto result = vrsim("mem --profile shipping_2026q4 --pattern seq --requests 10");
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    CHECK(has(result.out, "CK 2.35 GHz; "));  // 188 times 12.5 MHz; 9.375 Gb/s is 187.5
}

TEST_CASE("mem: a stopped run completes fewer than its total") {
    const json j = json::parse(
        vrsim(kTiny + "--pattern rand --requests 100000 --max-sim-time '1 us' --json -").out);
    CHECK(j["total"] == 100'000);
    CHECK(j["completed"] == j["answered"]);
    CHECK(j["completed"] < 1000);
}

TEST_CASE("mem: the sample of tiny shows a row miss and a refresh, command by command") {
    const TemporaryFolder folder;
    const std::string file = (folder.path() / "commands.csv").string();
    const auto result =
        vrsim(kTiny + VRSIM_SOURCE_DIR "/traces/samples/memory/row_miss_and_refresh.stl --events " +
              file);
    REQUIRE(result.exit_code == 0);
    CHECK(has(result.out, "6 of 6 completed"));
    const auto table = table_of(file);
    CHECK(table[0] == std::vector<std::string>{"tick", "time_fs", "pseudo_channel", "command",
                                               "bank", "stack_id", "bank_group", "bank_in_group",
                                               "row", "column"});
    std::string first;  // the pseudo-channel of the accesses: tick, command, bank, row, column
    for (std::size_t i = 1; i < table.size(); ++i) {
        const std::vector<std::string>& c = table[i];
        if (c[2] == "0") {
            first += c[0] + " " + c[3] + " " + c[4] + " " + c[8] + " " + c[9] + "\n";
        } else {
            CHECK(c[3] == "REFpb");
        }
    }
    CHECK(first ==
          "150 ACT 0 0 \n203 RD 0 0 0\n"                // miss: tRCD = 53
          "207 RD 0 0 1\n"                              // hit: tCCD_L = 4
          "215 REFpb 1  \n"                             // beside it
          "227 PRE 0  \n237 ACT 11 0 \n272 ACT 0 1 \n"  // conflict: tRAS 77, tRP 45; for the write
          "325 RD 0 1 0\n359 WR 11 0 0\n"               // tRTW 34 after RD
          "430 PRE 0  \n"                               // bank 0 is chosen
          "450 RD 11 0 1\n"                             // passes by
          "475 REFpb 0  \n645 PRE 11  \n690 REFpb 11  \n860 REFpb 2  \n1075 REFpb 3  \n"
          "1228 ACT 0 1 \n1281 RD 0 1 1\n"  // tRFC = 753 after 475
          "1290 REFpb 4  \n");
    // What the sample's comments say in brackets stands in the table.
    const std::string story =
        read_text(VRSIM_SOURCE_DIR "/traces/samples/memory/row_miss_and_refresh.stl");
    const std::regex told("\\[(\\d+ \\w+) bank (\\d+)\\]");
    std::int64_t said = 0;
    for (std::sregex_iterator at(story.begin(), story.end(), told), end; at != end; ++at, ++said) {
        INFO(at->str());
        CHECK(has("\n" + first, "\n" + at->str(1) + " " + at->str(2) + " "));
    }
    CHECK(said == 14);
}

// That a checker of the protocol reads them without complaint is in mem_commands_test.cpp.
TEST_CASE("mem --events FILE.csv: every command that was counted stands in the table") {
    const TemporaryFolder folder;
    const std::string file = (folder.path() / "c.csv").string();
    const json j = report("mem --pattern mixrand --pattern seq --requests 3000 --events " + file +
                          " --json -");
    std::map<std::string, std::int64_t> counts;
    std::set<std::string> channels;
    const auto table = table_of(file);
    for (std::size_t i = 1; i < table.size(); ++i) {
        const auto number = [&](std::size_t cell) { return std::stoi(table[i][cell]); };
        ++counts[table[i][3]];
        channels.insert(table[i][2]);
        CHECK(number(4) == (number(5) * 8 + number(7)) * 2 + number(6));
    }
    CHECK(channels.size() == 2);
    const json& c = j["counters"];
    CHECK(counts["ACT"] == c["activates"]);
    CHECK(counts["PRE"] == c["precharges"]);
    CHECK(counts["RD"] == c["columns_read"]);
    CHECK(counts["WR"] == c["columns_written"]);
    CHECK(counts["REFpb"] == c["refreshes"]);
    CHECK(counts["RD"] + counts["WR"] == 6000);
}

TEST_CASE("mem: each tick of the data buses has one use, and the report says the machine") {
    for (const char* refresh : {"none", "all_bank", "per_bank"}) {
        const auto result = vrsim(
            "mem --pattern mixrand --requests 20000 --json - --set "
            "hbm4.refresh=" +
            std::string(refresh));
        INFO(refresh);
        REQUIRE(result.exit_code == 0);
        const json j = json::parse(result.out);
        std::map<std::string, std::int64_t> uses;
        std::int64_t sum = 0;
        for (const json& use : j["data_buses"]["uses"]) {
            uses[use["use"]] = use["ticks"];
            sum += use["ticks"].get<std::int64_t>();
        }
        CHECK(sum == j["data_buses"]["ticks"]);
        CHECK(sum > 100'000);
        CHECK(uses["data"] == 20000 * 2);
        CHECK((uses["refresh"] > 0) == (std::string(refresh) != "none"));
        CHECK(uses["activate_rate"] > 0);
        CHECK(uses["turnaround"] > 0);
        std::int64_t requests = 0;
        for (const json& bin : j["latency"]["histogram"]) {
            requests += bin["requests"].get<std::int64_t>();
        }
        CHECK(requests == 20000);
        CHECK(fs(j["latency"]["percentile90_fs"]) <= fs(j["latency"]["percentile99_fs"]));
        CHECK(fs(j["latency"]["percentile90_fs"]) >= fs(j["latency"]["median_fs"]));
        CHECK(j["device"]["capacity_bytes"] == 1'207'959'552);
        CHECK(j["controller"]["refresh"] == refresh);
        CHECK(j["not_modelled"].size() > 3);
        for (const char* part :
             {"device ", "address map ", "refresh ", "scheduler ", "page policy ", "queues ",
              "data buses ", "energy ", "not modelled: no public figure", "background"}) {
            INFO(part);
            CHECK(has(result.err, part));
        }
    }
}

TEST_CASE("mem: energy is the commands' own, with status and source") {
    const json j = json::parse(
        vrsim("mem --pattern mixseq --requests 3000 --json - --set hbm4.energy.activate='2 nJ'")
            .out);
    std::int64_t sum = 0;
    for (const json& kind : j["energy"]["commands"]) {
        sum += kind["count"].get<std::int64_t>() * kind["each_fj"].get<std::int64_t>();
        if (kind["command"] == "RD") {
            CHECK(kind["count"] == 2000);
            CHECK(kind["each_fj"] == 896'000);
            CHECK(kind["status"] == "estimated");
            CHECK(has(kind["source"], "3.5 pJ/bit"));
        }
        if (kind["command"] == "ACT") {
            CHECK(kind["each_fj"] == 2'000'000);
            CHECK(kind["status"] == "user");
            CHECK(kind["modelled"] == true);
        }
        if (kind["command"] == "PRE") {
            CHECK(kind["modelled"] == false);
        }
    }
    CHECK(sum == j["energy"]["total_fj"]);
    CHECK(sum > std::int64_t{3000} * 896'000);
}

TEST_CASE("mem: streams, shares of writes, strides, pacing and numbers of pseudo-channels") {
    const auto run = [](const std::string& options) { return report("mem --json - " + options); };
    const json three =
        run("--pattern seq --pattern seq:write --pattern rand:write=1/4 --requests 4000");
    CHECK(three["total"] == 12'000);
    CHECK(three["completed"] == 12'000);
    CHECK(three["counters"]["writes"] == 5000);
    CHECK(three["input"] == "seq + seq:write + rand:write=1/4");
    for (const int channels : {1, 2, 8, 512}) {
        const json some =
            run("--pattern seq --requests 2000 --channels " + std::to_string(channels));
        CHECK(some["pseudo_channels"] == channels);
        CHECK(some["peak"] == 43'000'000'000 * channels);
        CHECK(some["target"] == "channels");
    }
    // An access in 7/2 CK: 999 intervals, and what one access takes.
    const auto span = [&](const std::string& options) {
        return fs(run("--pattern " + options +
                      " --requests 1000 --set hbm4.refresh=none "
                      "--channels 1")["makespan_fs"]);
    };
    const double one = double(span("seq:interval=1000")) - 999 * 1000 * 1e15 / 2'687'500'000;
    CHECK(double(span("seq --interval 2001/2")) - one ==
          Approx(std::ceil(999 * 1000.5) * 1e15 / 2'687'500'000));
    // 32 B at 43 MB/s come 2000 CK apart.
    CHECK(double(span("seq --rate '43 MB/s'")) - one == Approx(999 * 2000 * 1e15 / 2'687'500'000));
    // Strides of a row's size hit no row twice; accesses of 256 B hit the rest of each block.
    CHECK(run("--pattern seq:stride='1 KiB':region='64 MiB' --requests 1000")["counters"]
                                                                             ["columns_read"] ==
          1000);
    CHECK(run("--pattern seq:size='256 B' --requests 1000")["bytes"] == 256'000);
    // One access in flight: each waits for the one before.
    const json single = run("--pattern seq --requests 100 --window 1 --set hbm4.refresh=none");
    CHECK(fs(single["latency"]["most_fs"]) * 100 >= fs(single["makespan_fs"]));
    CHECK(fs(single["makespan_fs"]) >= fs(single["latency"]["median_fs"]) * 100);
    // Ramulator's traces can be paced.
    const TemporaryFolder folder;
    const std::string trace = (folder.path() / "a.trace").string();
    write_text(trace, "LD 0x0\nLD 0x40\nLD 0x80\n");
    CHECK(fs(run(trace + " --interval 5000")["makespan_fs"]) > std::int64_t{10'000} * 372'093);
}

TEST_CASE("mem: wrong streams, pacing and numbers of pseudo-channels are refused, exit 2") {
    const std::string seq = "mem --requests 10 --pattern ";
    const std::string channels = "mem --requests 10 --pattern seq --channels ";
    check_refused({
        {channels + "0", 2, "mem: --channels: '0' given; allowed: whole numbers, 1 to"},
        {channels + "3", 2, "3 pseudo-channels; allowed: a power of two from 1 to the 512"},
        {channels + "1024", 2, "1024 pseudo-channels; allowed"},
        {channels + "-4", 2, "--channels: '-4' given"},
        {channels + "two", 2, "--channels"},
        {channels + "2 --target gpu", 2, "--target excludes --channels"},
        {seq + "sec", 2,
         "unknown pattern 'sec'; allowed: seq, rand, mixseq, mixrand; did you mean"},
        {seq + "seq:wrote", 2, "unknown part 'wrote'; allowed: read, write, write=A/B"},
        {seq + "seq:write=3/2", 2, "'3/2' is no share of writes; allowed: 0 to 1"},
        {seq + "seq:write=1/0", 2, "'1/0' is no share of writes"},
        {seq + "seq:size=32", 2, "size=32: no size; allowed: a quantity with unit"},
        {seq + "seq:size='0 B'", 2, "no size; allowed: at least 1 B"},
        {seq + "seq:size='48 B'", 2, "allowed: multiples of 32 B that divide a block of 256 B"},
        {seq + "seq:size='512 B'", 2, "allowed: up to a block of 256 B"},
        {seq + "seq:stride='48 B'", 2, "allowed: multiples of the size, 32 B"},
        {seq + "seq:stride='16 B'", 2, "allowed: at least the size, 32 B"},
        {seq + "seq:region='1 KiB':stride='2 KiB'", 2, "allowed: at least one stride"},
        {seq + "seq:at='1 TiB'", 2, "reaches beyond the memory; allowed: up to"},
        {seq + "seq:interval=0", 2, "no interval; allowed: clocks above 0"},
        {seq + "seq --interval 1/x", 2, "--interval 1/x: no interval"},
        {"mem --pattern seq --interval 1000000 --requests 1000000000000", 2,
         "the last access would come too"},
        {seq + "seq --rate 7", 2, "--rate 7: not a bandwidth"},
        {seq + "seq --rate '1 GB/s' --interval 2", 2, "either --interval or --rate"},
        {seq + "seq:interval=2 --pattern seq", 2, "some streams have an interval, others none"},
        {seq + "seq --window 0", 2, "--window"},
        {"mem --pattern seq --pattern seq --requests 9223372036854775807", 2, "2^63 - 1 in all"},
        {seq + "seq --format stl", 2, "go with a TRACE"},
    });
}

TEST_CASE("mem: bad traces are refused at their place, exit 3") {
    const TemporaryFolder folder;
    const auto file = [&](const std::string& name, const std::string& text) {
        const std::string path = (folder.path() / name).string();
        write_text(path, text);
        return kTiny + path;
    };
    check_refused({
        {file("a.trace", "0x40 READ 1\n0x80 WRIT 2\n"), 3,
         "a.trace:2:6: 'WRIT' is no kind of access; allowed: READ, WRITE, P_MEM_WR or BOFF; did"},
        {file("b.trace", "LD 0x40\nST\n"), 3, "b.trace:2:3: the line ends too early"},
        {file("c.stl", "1: read 0x40\n\n2 read 0x80\n"), 3, "c.stl:3:1: '2' is no cycle with a"},
        {file("d.rstl", "1: read 0x40 00\n"), 3, "d.rstl:1:14: '00' follows the address of a"},
        {file("e.trace", ""), 3, "e.trace: the trace has no accesses"},
        {file("f.stl", "1: (256) read 0x80\n"), 3,
         "f.stl:1:15: 256 B at 0x80 do not lie in one block; allowed: what lies in one"},
        {file("g.trace", "LD 0x47ffffc0\nST 0x48000000\n"), 3,
         "g.trace:2:4: 64 B at 0x48000000 lie beyond the memory; allowed: up to 0x47ffffff"},
        {file("h.stl", "1: (64) read 0xffffffffffffffff\n"), 3, "h.stl:1:14: 64 B at 0xffff"},
        {file("i.trace", "0x40 READ 9223372036854775807\n"), 3,
         "i.trace:1: cycle 9223372036854775807 of 2687.5 MHz comes too late; allowed: up to"},
        {kTiny + folder.path().string(), 3, "the trace cannot be read"},
        {file("j.trace", "LD 0x40\n") + " --trace-clock '1 GHz'", 2, "the trace has no cycles"},
        {file("j.trace", "LD 0x40\n") + " --trace-clock 0", 2, "--trace-clock 0: not a clock"},
        {file("j.trace", "LD 0x40\n") + " --access '512 B'", 2, "allowed: up to 256 B"},
        {file("j.trace", "LD 0x40\n") + " --format dram", 2, "--format: dram not in"},
    });
    const std::string empty = (folder.path() / "e.trace").string();
    CHECK(vrsim("lint " + empty).exit_code == 3);
    const std::string good = (folder.path() / "good.rstl").string();
    write_text(good, "1: read 0x40\n");
    CHECK(has(vrsim("lint " + good).out, "a memory trace (rstl) of 1 accesses, no problem"));
}

TEST_CASE("mem: inconsistent timings and sizes are refused with key and allowed values, exit 3") {
    const auto set = [](const std::string& value) {
        return kTiny + "--pattern seq --requests 10 --set hbm4." + value;
    };
    check_refused({
        {set("t_rc='44.9 ns'"), 3,
         "gpu.hbm4.t_rc = \"44.9 ns\": shorter than t_ras + t_rp; allowed: at least 45 ns"},
        {set("t_ccd_l='1 clk'"), 3,
         "t_ccd_l = \"1 clk\": shorter than t_ccd_s; allowed: at least 2"},
        {set("t_rrd_l='1 ns'"), 3, "shorter than t_rrd_s; allowed: at least 2.5 ns"},
        {set("t_ras='19.5 ns'"), 3,
         "not longer than t_rcd_read and t_rcd_write; allowed: above 19"},
        {set("t_rp='-3 ns'"), 3, "gpu.hbm4.t_rp = \"-3 ns\" is negative; allowed: 1 ns to 1 us"},
        {set("t_faw=15"), 3, "gpu.hbm4.t_faw"},
        {set("channels_per_stack=0"), 3, "channels_per_stack = 0 is too low; allowed: 1 to 64"},
        {set("refresh=never"), 3, "allowed: per_bank, all_bank, none"},
        {set("t_rfc_per_bank='5 us'"), 3, "not shorter than t_refi"},
    });
}
