// SPDX-License-Identifier: Apache-2.0
// How a memory run is driven: the report says all that repeats it, contradictions are refused, and
// a file of another kind is named as such.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>

#include "testbenches/app/command/vrsim_checks.h"

using nlohmann::json;
using vr::test::TemporaryFolder;
using vr::test::write_text;
using vr::testing::check_refused;
using vr::testing::has;
using vr::testing::report;
using vr::testing::vrsim;

namespace {

const std::string kTiny = "mem --platform tiny ";

}  // namespace

TEST_CASE("the report of a memory run by patterns says seed, window, pacing and streams") {
    const std::string run =
        kTiny + "--pattern rand --pattern seq:size='64 B':at='16 MiB' --requests 100 --json - ";
    const json drive =
        report(run + "--seed 18446744073709551615 --window 33 --interval 55/2")["drive"];
    CHECK(drive["seed"] == "18446744073709551615");
    CHECK(drive["window"] == 33);
    CHECK(drive["interval"] == "55/2");
    REQUIRE(drive["streams"].size() == 2);
    CHECK(drive["streams"][0]["pattern"] == "rand");
    CHECK(drive["streams"][0]["seed"] == "18446744073709551615");
    CHECK(drive["streams"][0]["interval"] == "55/2");
    CHECK(drive["streams"][0]["access_bytes"] == 32);
    CHECK(drive["streams"][1]["access_bytes"] == 64);
    CHECK(drive["streams"][1]["stride_bytes"] == 64);
    CHECK(drive["streams"][1]["first_address"] == 16 << 20);
    CHECK(drive["streams"][1]["region_bytes"] > 1 << 20);
    CHECK_FALSE(drive.contains("trace_clock_hz"));
    CHECK(report(run + "--rate '1 GB/s'")["drive"]["rate"] == 1'000'000'000);

    // A window that is left out is told as it is in force: giving it changes nothing.
    json without = report(run);
    const std::int64_t window = without["drive"]["window"];
    CHECK(window > 33);
    json with = report(run + "--window " + std::to_string(window));
    without.erase("host");
    with.erase("host");
    CHECK(with == without);
    CHECK_FALSE(report(run + "--level roofline")["drive"].contains("window"));
}

TEST_CASE("the report of a memory run from a trace says its format, clock and size of accesses") {
    const TemporaryFolder folder;
    const std::string stl = (folder.path() / "a.stl").string();
    const std::string ramulator = (folder.path() / "b").string();
    write_text(stl, "1: read 0x40\n");
    write_text(ramulator, "LD 0x40\n");
    const json cycles = report(kTiny + stl + " --json - --trace-clock '1 GHz'")["drive"];
    CHECK(cycles["format"] == "stl");
    CHECK(cycles["trace_clock_hz"] == 1'000'000'000);
    CHECK(cycles["access_bytes"] == 64);
    CHECK_FALSE(cycles.contains("seed"));
    CHECK_FALSE(cycles.contains("interval"));
    CHECK(report(kTiny + stl + " --json -")["drive"]["trace_clock_hz"] == 2'687'500'000);
    const json paced =
        report(kTiny + ramulator + " --json - --access '32 B' --interval 7")["drive"];
    CHECK(paced["format"] == "ramulator");
    CHECK(paced["access_bytes"] == 32);
    CHECK(paced["interval"] == "7");
    CHECK_FALSE(paced.contains("trace_clock_hz"));
}

TEST_CASE("parts of a pattern that contradict or repeat each other are refused, exit 2") {
    const std::string seq = kTiny + "--requests 10 --pattern ";
    check_refused({
        {seq + "seq:read:write", 2,
         "mem: --pattern seq:read:write: 'write' says again what was said; allowed: read or write "
         "once, and each other part once"},
        {seq + "seq:write=1/3:read", 2, "'read' says again what was said"},
        {seq + "seq:size='32 B':size='64 B'", 2, "'size=64 B' says again what was said"},
        {seq + "seq:", 2, "mem: --pattern seq:: nothing behind a colon; allowed: read, write"},
        {seq + "seq::read", 2, "nothing behind a colon"},
        {seq + "seq:read:", 2, "nothing behind a colon"},
        {seq + "seq --access '64 B'", 2, "--access goes with a TRACE; a pattern takes size="},
    });
}

TEST_CASE("a file of another kind is named as such, with the verb that takes it") {
    const TemporaryFolder folder;
    const auto file = [&](const std::string& name, const std::string& text) {
        write_text(folder.path() / name, text);
        return (folder.path() / name).string();
    };
    const std::string stl = file("x.stl", "1: read 0x40\n2: read 0x80\n");
    check_refused({
        {kTiny + "traces/samples/hello_gemm.jsonl", 3,
         "hello_gemm.jsonl: this is JSON, no memory trace; allowed: a memory trace: dramsim3, "
         "ramulator, stl, rstl; vrsim run takes workload traces"},
        {kTiny + file("y.stl", "LD 0x40\n"), 3,
         "read as stl, as its suffix says; vrsim mem --format gives another: dramsim3, ramulator"},
        {kTiny + file("z.trace", "LD 0x40\n1: read 0x40\n"), 3,
         "z.trace:2:1: '1:' is no kind of access; allowed: LD"},
        {kTiny + (folder.path() / "z.trace").string(), 3, "read as ramulator, as its first line"},
        {"run " + stl, 3,
         "no line begins with {: vrsim run takes workload traces, vrsim mem memory traces"},
    });
    const std::string told = vrsim("run " + stl).err;
    CHECK(has(told, "x.stl:1:"));
    CHECK_FALSE(has(told, "x.stl:2:"));
    CHECK_FALSE(has(vrsim(kTiny + (folder.path() / "y.stl").string() + " --format stl").err,
                    "read as stl"));
}

TEST_CASE("a memory trace comes through a pipe as from a file") {
    const TemporaryFolder folder;
    const std::string trace = (folder.path() / "trace").string();
    const std::string pipe = (folder.path() / "pipe").string();
    write_text(trace, "LD 0x40\nST 0x80\n");
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const auto result =
        vrsim(kTiny + pipe + " --json - & timeout 10 cat " + trace + " > " + pipe + "; wait $!");
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    json piped = json::parse(result.out);
    json read = report(kTiny + trace + " --json -");
    CHECK(piped["answered"] == 2);
    for (const char* key : {"host", "input"}) {
        piped.erase(key);
        read.erase(key);
    }
    CHECK(piped == read);
}

TEST_CASE("the energy of a memory run is printed in a unit that fits it") {
    const std::string text = vrsim("mem --device h200 --pattern seq --requests 100000").out;
    INFO(text);
    const std::size_t at = text.find("  energy       ");
    REQUIRE(at != std::string::npos);
    const std::string line = text.substr(at, text.find('\n', at) - at);
    CHECK(has(line, " uJ of the commands below, "));
    CHECK(has(line, " pJ a bit"));
}
