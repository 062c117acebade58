// SPDX-License-Identifier: Apache-2.0
// `vrsim mem`: traces of each format to "N of N completed", and bad input with its exit code.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <vector>

#include "testbenches/app/command/vrsim_command.h"

using nlohmann::json;
using vr::test::TemporaryFolder;
using vr::test::write_text;
using vr::testing::vrsim;

namespace {

const std::string kTiny = "mem --platform tiny ";

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

struct Refused {
    std::string arguments;
    int exit_code;
    std::string part;
};

void check_refused(const std::vector<Refused>& table) {
    for (const Refused& refused : table) {
        INFO(refused.arguments);
        const auto result = vrsim(refused.arguments);
        INFO(result.err);
        CHECK(result.exit_code == refused.exit_code);
        CHECK(result.out.empty());
        CHECK(has(result.err, refused.part));
    }
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
    const auto fs = [](const json& value) { return std::stoll(value.get<std::string>()); };
    const double moved = double(fs(slow["makespan_fs"]) - fs(own["makespan_fs"]));
    CHECK(moved == Approx(1688e15 / 2'687'500'000));
}

TEST_CASE("mem: a stopped run completes fewer than its total") {
    const json j = json::parse(
        vrsim(kTiny + "--pattern rand --requests 100000 --max-sim-time '1 us' --json -").out);
    CHECK(j["total"] == 100'000);
    CHECK(j["completed"] == j["answered"]);
    CHECK(j["completed"] < 1000);
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
        {set("channels_per_stack=3"), 3, "pseudo-channels in all; allowed: a power of two"},
        {set("refresh=never"), 3, "allowed: per_bank, all_bank, none"},
        {set("t_rfc_per_bank='5 us'"), 3, "not shorter than t_refi"},
    });
}
