// SPDX-License-Identifier: Apache-2.0
// Faults of the memory's cells through `vrsim run` and `vrsim mem`: reports, exit codes, bad input,
// and the example of docs/memory-faults.md.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "testbenches/app/command/vrsim_command.h"

using nlohmann::json;
using vr::test::read_text;
using vr::test::TemporaryFolder;
using vr::test::write_text;
using vr::testing::vrsim;

namespace {

const std::string kRun = "run traces/samples/hello_gemm.jsonl --platform tiny ";
const std::string kMem = "mem --platform tiny --pattern seq --requests 1000 ";

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

std::string list(const std::string& faults) {
    return " --set 'hbm4.faults.list=\"" + faults + "\"' ";
}

}  // namespace

TEST_CASE("run: an uncorrectable error is in the report, and in the exit code") {
    const auto corrected = vrsim(kRun + list("bit 0x40 7 stuck1; bit 0x60 7 flip"));
    CHECK(corrected.exit_code == 0);
    CHECK(has(corrected.out, "corrected_bit"));
    CHECK_FALSE(has(corrected.out, "FAILED"));
    const auto failed = vrsim(kRun + list("bit 0x40 7,31 flip") + "--json -");
    CHECK(failed.exit_code == 1);
    CHECK(has(failed.err, "operator hello FAILED: it read 2 words"));
    const json memory = json::parse(failed.out)["memory_faults"][0];
    CHECK(memory["uncorrectable"] == 2);
    CHECK(memory["silent"] == 0);
    CHECK(memory["listed_faults"] == 1);
    CHECK(memory["first"][0]["kind"] == "uncorrectable");
    CHECK(memory["first"][0]["address"] == "0x40");
    CHECK(memory["first"][0]["tensor"] == "a");
    CHECK(memory["failed_operators"][0]["id"] == "hello");
    CHECK(memory["tensors"][2]["name"] == "d");
    const auto plain = vrsim(kRun + "--json -");
    CHECK(plain.exit_code == 0);
    CHECK_FALSE(json::parse(plain.out).contains("memory_faults"));
    CHECK(json::parse(plain.out)["makespan_fs"] == json::parse(failed.out)["makespan_fs"]);
}

TEST_CASE("mem: accesses count the faulty words that they touch, and take no longer") {
    const auto plain = vrsim(kMem + "--json -");
    const auto faulty = vrsim(kMem + list("bit 0x40 7 flip; row 0x1000 stuck1") + "--json -");
    REQUIRE(plain.exit_code == 0);
    REQUIRE(faulty.exit_code == 0);
    const json j = json::parse(faulty.out);
    CHECK(j["makespan_fs"] == json::parse(plain.out)["makespan_fs"]);
    CHECK(j["counters"] == json::parse(plain.out)["counters"]);
    CHECK(j["memory_faults"][0]["corrected_bit"] == 1);
    CHECK(j["memory_faults"][0]["uncorrectable"] == 32);
    CHECK(has(faulty.err, "no data are carried"));
    const auto written = vrsim("mem --platform tiny --pattern mixseq --requests 1000 --json -" +
                               list("word 0x40 flip"));
    CHECK(json::parse(written.out)["memory_faults"][0]["uncorrectable"] == 0);  // written first
}

TEST_CASE("faults in a file, and every kind of bad input with its place") {
    const TemporaryFolder folder;
    const std::string file = (folder.path() / "f.txt").string();
    const std::string set = " --set 'hbm4.faults.file=\"" + file + "\"' ";
    write_text(file, "# a comment\n\nbit 0x40 7 flip   # one\nbit 0x60 7,31 flip at 1 us\n");
    CHECK(vrsim(kMem + set).exit_code == 0);
    CHECK(vrsim(kRun + set).exit_code == 1);
    for (const std::string& verb : {kMem, kRun}) {
        const auto digest = [&] {
            const auto result = vrsim(verb + set + "--json -");
            CHECK(has(result.err, "list of " + file + ", digest "));
            const json memory = json::parse(result.out)["memory_faults"][0];
            CHECK(memory["file"] == file);
            return memory["file_digest"].get<std::string>();
        };
        write_text(file, "bit 0x40 7 flip\n");
        const std::string one = digest();
        CHECK(one.size() == 16);
        CHECK(digest() == one);
        write_text(file, "bit 0x40 8 flip\n");
        CHECK(digest() != one);
    }
    write_text(file, "bit 0x40 7 flip\nbit 0x40 x flip\nrow 0x4000000000 flip\n");
    for (const std::string& verb : {kMem, kRun}) {
        const auto wrong = vrsim(verb + set);
        CHECK(wrong.exit_code == 3);
        CHECK(wrong.out.empty());
        CHECK(has(wrong.err, file + ":2: bit 'x'; allowed: 0 to 303"));
        CHECK(has(wrong.err, file + ":3: address '0x4000000000'; allowed: an address below"));
    }
    const auto refused = [](const std::string& arguments, int exit_code, const std::string& part) {
        const auto result = vrsim(arguments);
        INFO(arguments << "\n" << result.err);
        CHECK(result.exit_code == exit_code);
        CHECK(has(result.err, part));
    };
    refused(kMem + "--set 'hbm4.faults.file=\"/nowhere/f.txt\"'", 3, "/nowhere/f.txt");
    refused(kMem + "--set 'hbm4.faults.file=\"" + folder.path().string() + "\"'", 3,
            "the file of faults cannot be read");
    refused(kMem + "--set hbm4.ecc=chipkill", 3,
            "allowed: by_standard, none, on_die, sideband, both");
    refused(kMem + "--set hbm4.faults.upset_rate=-1", 3, "upset_rate = -1");
    refused(kMem + "--set 'hbm4.faults.scrub_interval=3'", 3, "scrub_interval");
    refused(kMem + "--set hbm4.ecc=both --set hbm4.ecc_sideband_bits=64", 3, "32 check bits");
    refused(kRun + "--set hbm4.faults.gpu=1", 3, "there is no GPU 1; allowed: 0 to 0");
    refused(kRun + "--level roofline" + list("bit 0x40 7 flip"), 2, "leave out --level roofline");
    refused(kMem + "--level roofline" + list("bit 0x40 7 flip"), 2, "leave out --level roofline");
}

TEST_CASE("mem: the list strikes the one memory there is, whatever GPU it names") {
    const auto result = vrsim(kMem + list("bit 0x40 7 flip") +
                              "--set system.gpus=2 --set hbm4.faults.gpu=1 --json -");
    CHECK(json::parse(result.out)["memory_faults"][0]["listed_faults"] == 1);
    CHECK(json::parse(result.out)["memory_faults"][0]["corrected_bit"] == 1);
}

TEST_CASE("a run that goes on from a snapshot meets the same faults") {
    const std::string faults =
        list("bit 0x40 7,31 flip; bit 0x80 3 flip at 2 us; row 0x2000 noise");
    const auto audited = vrsim(kRun + faults + "--audit-at '1500 ns'");
    INFO(audited.out << audited.err);
    CHECK(audited.exit_code == 1);
    CHECK(has(audited.out, "gpu.memory_faults"));
    CHECK(has(audited.out, "FAILED"));
    CHECK(has(audited.out, "the same report and the same"));
}

// Every command line of the page that begins with ./vrsim runs as written there and prints the
// lines that follow it.
TEST_CASE("the commands of docs/memory-faults.md print what the page shows") {
    const TemporaryFolder folder;
    std::istringstream page(read_text(VRSIM_SOURCE_DIR "/docs/memory-faults.md"));
    std::string output;
    std::size_t commands = 0;
    std::size_t lines = 0;
    for (std::string line; std::getline(page, line);) {
        if (line.rfind("    ./vrsim ", 0) == 0) {
            const auto result = vrsim(line.substr(12));
            output =
                result.out + result.err + "exit code " + std::to_string(result.exit_code) + "\n";
            ++commands;
        } else if (line.rfind("    ", 0) == 0 && !output.empty()) {
            INFO(output);
            CHECK(has(output, line.substr(4) + "\n"));
            ++lines;
        } else if (!line.empty()) {
            output.clear();
        }
    }
    CHECK(commands >= 3);
    CHECK(lines >= 8);
}
