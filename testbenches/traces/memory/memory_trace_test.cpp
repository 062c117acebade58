// SPDX-License-Identifier: Apache-2.0
// Memory traces of other simulators: what lines mean, how a format is told, and every kind of
// malformed line with its place.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <vector>

#include "models/base/error.h"
#include "testbenches/support/scratch_folder.h"
#include "traces/formats/memory/memory_trace.h"

using namespace vr;

namespace {

using enum MemoryTraceFormat;

MemoryTrace read(MemoryTraceFormat format, const std::string& text, std::int64_t access = 64) {
    std::istringstream in(text);
    return read_memory_trace(in, "t", format, Bytes{access});
}

std::vector<std::string> faults(MemoryTraceFormat format, const std::string& text) {
    std::vector<std::string> out;
    try {
        static_cast<void>(read(format, text));
    } catch (const InputError& error) {
        for (const Diagnostic& d : error.diagnostics()) {
            out.push_back(d.text());
        }
    }
    return out;
}

// The one fault of a text.
std::string fault(MemoryTraceFormat format, const std::string& text) {
    const std::vector<std::string> all = faults(format, text);
    return all.size() == 1 ? all[0] : "faults: " + std::to_string(all.size());
}

bool same(const MemoryAccess& a, std::uint64_t address, std::uint32_t bytes, bool write,
          std::int64_t arrival) {
    return a.address == address && a.bytes == bytes && a.write == write && a.arrival == arrival;
}

}  // namespace

TEST_CASE("a DRAMsim3 line: address, kind, cycle") {
    const MemoryTrace t =
        read(kDramsim3, "0x47 READ 1\n80 WRITE 2\r\n\n \tC0 P_MEM_WR 3\n100 BOFF 3");
    REQUIRE(t.accesses.size() == 4);
    CHECK(same(t.accesses[0], 0x40, 64, false, 1));  // the line of the cache that it lies in
    CHECK(same(t.accesses[1], 0x80, 64, true, 2));
    CHECK(same(t.accesses[2], 0xC0, 64, true, 3));
    CHECK(same(t.accesses[3], 0x100, 64, true, 3));
    CHECK(t.places[2].line == 4);
    CHECK(t.places[2].column == 3);
    CHECK(same(read(kDramsim3, "0x47 READ 1\n", 32).accesses[0], 0x40, 32, false, 1));
    CHECK_FALSE(t.accesses[0].relative);
}

TEST_CASE("a Ramulator line: LD or ST, address") {
    const MemoryTrace t = read(kRamulator, "LD 0x100040\nST 1048704\n");
    REQUIRE(t.accesses.size() == 2);
    CHECK(same(t.accesses[0], 0x100040, 64, false, 0));
    CHECK(same(t.accesses[1], 0x100080, 64, true, 0));
    CHECK(t.places[1].column == 4);
    CHECK_FALSE(has_cycles(kRamulator));
    CHECK(has_cycles(kDramsim3));
}

TEST_CASE("a DRAMSys line: cycle, length, kind, address, data") {
    const std::string text = "# a comment\n31: read 0x400140\n33: (32) write 400148 0x" +
                             std::string(64, 'f') + "\n40:\t(96) read 0x20\n";
    const MemoryTrace t = read(kDramsysAbsolute, text);
    REQUIRE(t.accesses.size() == 3);
    CHECK(same(t.accesses[0], 0x400140, 64, false, 31));
    CHECK(same(t.accesses[1], 0x400148, 32, true, 33));  // a length: where it says, so long
    CHECK(same(t.accesses[2], 0x20, 96, false, 40));
    CHECK_FALSE(t.accesses[0].relative);
    // Without a length the data must fill the default one.
    CHECK(read(kDramsysAbsolute, "1: write 0 " + std::string(128, '0')).accesses.size() == 1);
    const MemoryTrace r = read(kDramsysRelative, "9: read 0x40\n0: read 0x80\n4: write 0xC0\n");
    REQUIRE(r.accesses.size() == 3);
    CHECK(r.accesses[0].relative);
    CHECK(same(r.accesses[2], 0xC0, 64, true, 4));  // cycles may fall: each counts by itself
}

TEST_CASE("faults of a DRAMsim3 trace name their place") {
    CHECK(fault(kDramsim3, "0x40 READ 1\n0xZZ READ 2\n") ==
          "t:2:1: '0xZZ' is no address; allowed: a hexadecimal number below 2^64, with or without "
          "0x");
    CHECK(fault(kDramsim3, "0x10000000000000000 READ 2\n").starts_with("t:1:1: '0x1000"));
    CHECK(fault(kDramsim3, "-40 READ 2\n").starts_with("t:1:1: '-40' is no address"));
    CHECK(fault(kDramsim3, "0x40 REED 1\n") ==
          "t:1:6: 'REED' is no kind of access; allowed: READ, WRITE, P_MEM_WR or BOFF; did you "
          "mean 'READ'?");
    CHECK(fault(kDramsim3, "0x40\n").starts_with("t:1:5: the line ends too early; allowed: READ"));
    CHECK(fault(kDramsim3, "0x40 READ -1\n").starts_with("t:1:11: '-1' is no cycle; allowed: a"));
    CHECK(fault(kDramsim3, "0x40 READ 9223372036854775808\n").find("is no cycle") <
          std::string::npos);
    CHECK(fault(kDramsim3, "0x40 READ 1.5\n").starts_with("t:1:11: '1.5' is no cycle"));
    CHECK(fault(kDramsim3, "0x40 READ\n").starts_with("t:1:10: the line ends too early"));
    CHECK(
        fault(kDramsim3, "0x40 READ 9\n0x40 READ 8\n")
            .starts_with("t:2:11: cycle 8 comes after cycle 9; allowed: cycles that do not fall"));
    CHECK(fault(kDramsim3, "0x40 READ 9 5\n").starts_with("t:1:13: '5' follows the cycle"));
}

TEST_CASE("faults of a Ramulator trace name their place") {
    CHECK(fault(kRamulator, "LD 0x40\nLOAD 0x40\n") ==
          "t:2:1: 'LOAD' is no kind of access; allowed: LD or ST");
    CHECK(fault(kRamulator, "R 0,0,1,2,3,4\n").find("(R|W) are not read") != std::string::npos);
    CHECK(fault(kRamulator, "LD\n").starts_with("t:1:3: the line ends too early"));
    CHECK(fault(kRamulator, "LD 4G\n") ==
          "t:1:4: '4G' is no address; allowed: a number below 2^64: decimal, or hexadecimal "
          "beginning with 0x");
    CHECK(fault(kRamulator, "LD -4\n").starts_with("t:1:4: '-4' is no address"));
    CHECK(fault(kRamulator, "LD ff\n").starts_with("t:1:4: 'ff' is no address"));
    CHECK(fault(kRamulator, "LD 18446744073709551616\n").find("is no address") < 99);
    CHECK(fault(kRamulator, "LD 0x\n").starts_with("t:1:4: '0x' is no address"));
    CHECK(fault(kRamulator, "ST 0x40 7\n") ==
          "t:1:9: '7' follows the address; allowed: two words: LD or ST, address");
}

TEST_CASE("faults of a DRAMSys trace name their place") {
    for (const MemoryTraceFormat format : {kDramsysAbsolute, kDramsysRelative}) {
        const auto at = [&](const std::string& text) { return fault(format, text); };
        CHECK(at("5 read 0x40\n") ==
              "t:1:1: '5' is no cycle with a colon; allowed: CYCLE: [(LENGTH)] read|write ADDRESS "
              "[DATA]");
        CHECK(at("-5: read 0x40\n").starts_with("t:1:1: '-5:' is no cycle"));
        CHECK(at("x: read 0x40\n").starts_with("t:1:1: 'x:' is no cycle"));
        CHECK(at(": read 0x40\n").starts_with("t:1:1: ':' is no cycle"));
        CHECK(at("5:\n").starts_with("t:1:3: the line ends too early; allowed: read or write"));
        CHECK(at("5: READ 0x40\n") == "t:1:4: 'READ' is no kind of access; allowed: read or write");
        CHECK(at("5: (0) read 0x40\n").starts_with("t:1:4: '(0)' is no length; allowed: bytes in"));
        CHECK(at("5: (64 read 0x40\n").starts_with("t:1:4: '(64' is no length"));
        CHECK(at("5: () read 0x40\n").starts_with("t:1:4: '()' is no length"));
        CHECK(at("5: ( read 0x40\n").starts_with("t:1:4: '(' is no length"));
        CHECK(at("5: (-4) read 0x40\n").starts_with("t:1:4: '(-4)' is no length"));
        CHECK(at("5: (4294967296) read 0x40\n").find("is no length") != std::string::npos);
        CHECK(at("5: (32)\n").starts_with("t:1:8: the line ends too early"));
        CHECK(at("5: read\n").starts_with("t:1:8: the line ends too early"));
        CHECK(at("5: read 0xfg\n").starts_with("t:1:9: '0xfg' is no address"));
        CHECK(
            at("5: read 0x40 0x12\n").starts_with("t:1:14: '0x12' follows the address of a read"));
        CHECK(at("5: (1) write 0x40 0x1\n") ==
              "t:1:19: '0x1' is no data of this write; allowed: 2 hexadecimal digits for 1 B, with "
              "or without 0x");
        CHECK(at("5: (1) write 0x40 0xxy\n").starts_with("t:1:19: '0xxy' is no data"));
        CHECK(at("5: (1) write 0x40 0x12 3\n").starts_with("t:1:24: '3' follows the data"));
        CHECK(
            at("# nothing else\n").starts_with("t: the trace has no accesses; allowed: at least"));
    }
    CHECK(fault(kDramsysAbsolute, "5: read 0\n4: read 0\n")
              .starts_with("t:2:1: cycle 4 comes after cycle 5"));
}

TEST_CASE("faults of a file come together, twenty at most, an empty trace is one") {
    CHECK(faults(kDramsim3, "x\ny\n").size() == 2);
    std::string many;
    for (int i = 0; i < 50; ++i) {
        many += "LD\n";
    }
    CHECK(faults(kRamulator, many).size() == 20);
    for (const MemoryTraceFormat format :
         {kDramsim3, kRamulator, kDramsysAbsolute, kDramsysRelative}) {
        CHECK(fault(format, "").starts_with("t: the trace has no accesses; allowed: at least one"));
        CHECK(fault(format, "\n \n\t\r\n").starts_with("t: the trace has no accesses"));
    }
    // Bytes that no terminal likes, and words without an end, are shown short and clean.
    const std::string junk = fault(kDramsim3, "\x01\xff" + std::string(5000, 'x') + " READ 1\n");
    CHECK(junk.starts_with("t:1:1: '??xxx"));
    CHECK(junk.size() < 200);
}

TEST_CASE("a file's suffix or first line tells its format, unless it is given") {
    const std::filesystem::path& folder = testing::scratch_folder();
    const auto format_of = [&](const std::string& name, const std::string& text) {
        const std::string path = (folder / name).string();
        std::ofstream(path) << text;
        return read_memory_trace_file(path).format;
    };
    CHECK(format_of("a.stl", "1: read 0x40\n") == kDramsysAbsolute);
    CHECK(format_of("a.rstl", "1: read 0x40\n") == kDramsysRelative);
    CHECK(format_of("a.trace", "\n0x40 READ 1\n") == kDramsim3);
    CHECK(format_of("b.trace", "LD 0x40\n") == kRamulator);
    CHECK(format_of("c.txt", "# DRAMSys\n1: read 0x40\n") == kDramsysAbsolute);
    const std::string path = (folder / "c.txt").string();
    CHECK(read_memory_trace_file(path, kDramsysRelative).format == kDramsysRelative);
    CHECK_THROWS_AS(read_memory_trace_file(path, kRamulator), InputError);
    CHECK_THROWS_AS(read_memory_trace_file("/nonexistent.trace"), InputError);
    CHECK_THROWS_AS(read_memory_trace_file(folder.string()), InputError);  // a folder
    for (const std::string& name : memory_trace_formats()) {
        CHECK(memory_trace_formats()[static_cast<std::size_t>(*memory_trace_format(name))] == name);
    }
    CHECK_FALSE(memory_trace_format("dramsim"));
}
