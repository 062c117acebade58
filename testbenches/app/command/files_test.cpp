// SPDX-License-Identifier: Apache-2.0
// Files that a command writes: never its own input, never two results in one, links and pipes stay,
// and what could not be written is an error.
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "testbenches/app/command/vrsim_checks.h"

using nlohmann::json;
using vr::test::read_text;
using vr::test::TemporaryFolder;
using vr::test::write_text;
using vr::testing::has;
using vr::testing::Refused;
using vr::testing::vrsim;

namespace {

namespace fs = std::filesystem;

const std::string kSeq = "mem --platform tiny --pattern seq --requests 10 ";

}  // namespace

TEST_CASE("an output that is an input of the same command is refused before anything is written") {
    const TemporaryFolder folder;
    const auto path = [&](const char* name) { return (folder.path() / name).string(); };
    const std::string stl = "1: read 0x40\n";
    const std::string toml = "extends = \"" VRSIM_SOURCE_DIR "/models/platforms/tiny.toml\"\n";
    for (const char* name : {"mine.stl", "mine.json.partial", "t.jsonl", "t.csv"}) {
        write_text(path(name), stl);
    }
    write_text(path("d.toml"), toml);
    fs::create_symlink("mine.stl", folder.path() / "link.json");
    fs::create_hard_link(folder.path() / "mine.stl", folder.path() / "hard.json");
    const std::string mem = "mem --platform tiny " + path("mine.stl");
    const std::string pattern = "mem --pattern seq --requests 10 ";
    vr::testing::check_refused({
        {mem + " --json " + path("mine.stl"), 2,
         "mem: --json " + path("mine.stl") + " would overwrite the input TRACE " +
             path("mine.stl") + "; give --json another file"},
        {mem + " --json " + path("./../") + folder.path().filename().string() + "/mine.stl", 2,
         "would overwrite the input TRACE"},
        {mem + " --json " + path("link.json"), 2, "would overwrite the input TRACE"},
        {mem + " --json " + path("hard.json"), 2, "would overwrite the input TRACE"},
        {"mem --platform tiny " + path("t.csv") + " --format stl --events " + path("t.csv"), 2,
         "--events " + path("t.csv") + " would overwrite the input TRACE"},
        {"mem --platform tiny --format stl " + path("mine.json.partial") + " --json " +
             path("mine.json"),
         2, "is written as " + path("mine.json.partial") + " first, which is the input TRACE"},
        {pattern + "--device " + path("d.toml") + " --json " + path("d.toml"), 2,
         "would overwrite the input --device"},
        {pattern + "--platform " + path("d.toml") + " --json " + path("d.toml"), 2,
         "would overwrite the input --platform"},
        {kSeq + "--set 'hbm4.faults.file=\"" + path("t.csv") + "\"' --json " + path("t.csv"), 2,
         "would overwrite the input --set"},
        {"run " + path("t.jsonl") + " --json " + path("t.jsonl"), 2,
         "run: --json " + path("t.jsonl") + " would overwrite the input TRACE"},
        {"sweep " + path("t.jsonl") + " --vary gpu.sms=4 --csv " + path("t.jsonl"), 2,
         "sweep: --csv " + path("t.jsonl") + " would overwrite the input TRACE"},
        {"numerics check " + path("t.csv") + " --json " + path("t.csv"), 2,
         "would overwrite the input FILE"},
        {"convert " + path("t.jsonl") + " " + path("o.jsonl") + " --json " + path("t.jsonl"), 2,
         "would overwrite the input IN"},
        {"convert " + path("t.jsonl") + " " + path("t.jsonl"), 2,
         "convert: OUT " + path("t.jsonl") + " would overwrite the input IN"},
    });
    for (const char* name : {"mine.stl", "mine.json.partial", "t.jsonl", "t.csv"}) {
        CHECK(read_text(path(name)) == stl);
    }
    CHECK(read_text(path("d.toml")) == toml);
}

TEST_CASE("two outputs of one command that are the same file are refused before the run") {
    const TemporaryFolder folder;
    const std::string x = (folder.path() / "x.json").string();
    fs::create_symlink("x.json", folder.path() / "link.json");
    const std::string link = (folder.path() / "link.json").string();
    vr::testing::check_refused({
        {kSeq + "--json " + x + " --events " + x, 2,
         "mem: --json " + x + " and --events " + x + " are the same file; give each its own"},
        {kSeq + "--json " + x + " --events " + link, 2, "are the same file"},
        {kSeq + "--events " + x + " --json " + x + ".partial", 2,
         "is written as " + x + ".partial first, which is the file of --json"},
    });
    CHECK_FALSE(fs::exists(x));
    CHECK(vrsim(kSeq + "--json " + x + " --events " + x + ".csv").exit_code == 0);
    CHECK(fs::exists(x));
    CHECK(fs::exists(x + ".csv"));
}

TEST_CASE("option --json to a symbolic link writes where it leads, whether that exists or not") {
    const TemporaryFolder folder;
    const fs::path link = folder.path() / "link";
    fs::create_directory(folder.path() / "inner");
    fs::create_symlink("inner/result.json", link);
    for (int i = 0; i < 2; ++i) {
        REQUIRE(vrsim(kSeq + "--json " + link.string()).exit_code == 0);
        CHECK(fs::is_symlink(link));
        CHECK(json::parse(read_text(folder.path() / "inner/result.json"))["answered"] == 10);
    }
    CHECK(std::distance(fs::directory_iterator(folder.path() / "inner"), {}) == 1);
}

TEST_CASE("option --json to a pipe writes into it, and the pipe stays") {
    const TemporaryFolder folder;
    const std::string pipe = (folder.path() / "pipe").string();
    const std::string copy = (folder.path() / "copy").string();
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    const auto result =
        vrsim(kSeq + "--json " + pipe + " & timeout 10 cat " + pipe + " >" + copy + "; wait $!");
    INFO(result.err);
    CHECK(result.exit_code == 0);
    CHECK(fs::is_fifo(pipe));
    CHECK_FALSE(fs::exists(pipe + ".partial"));
    CHECK(json::parse(read_text(copy))["answered"] == 10);
}

TEST_CASE("standard output that cannot be written is an error, for a report, a document, a list") {
    for (const char* arguments : {"", "--json - "}) {
        const auto result = vrsim(kSeq + arguments + "> /dev/full");
        INFO(arguments << result.err);
        CHECK(result.exit_code == 2);
        CHECK(has(result.err, "standard output: cannot write: No space left on device"));
    }
    for (const char* arguments :
         {"version", "help mem", "lint traces/samples/hello_gemm.jsonl", "params --platform tiny",
          "mem --platform tiny --print-config "
          "--pattern seq --requests 1"}) {
        const auto result = vrsim(std::string(arguments) + " > /dev/full");
        INFO(arguments << result.err);
        CHECK(result.exit_code == 2);
        CHECK(has(result.err, "standard output: cannot write"));
    }
}

TEST_CASE("whole numbers of options are taken exactly or refused with their range") {
    const std::string largest = "9223372036854775807";
    const std::string seq = "mem --platform tiny --pattern seq ";
    vr::testing::check_refused({
        {seq + "--requests 99999999999999999999", 2,
         "mem: --requests: '99999999999999999999' given; allowed: whole numbers, 1 to " + largest},
        {seq + "--requests 0", 2, "--requests: '0' given; allowed: whole numbers, 1 to " + largest},
        {seq + "--requests -5", 2, "--requests: '-5' given; allowed: whole numbers, 1 to"},
        {seq + "--requests 1e6", 2, "--requests: '1e6' given; allowed: whole numbers, 1 to"},
        {seq + "--requests ''", 2, "--requests"},
        {kSeq + "--channels 9999999999999999999999", 2, "--channels: '99999"},
        {kSeq + "--channels -1", 2, "--channels: '-1' given; allowed: whole numbers, 1 to"},
        {kSeq + "--seed -1", 2,
         "--seed: '-1' given; allowed: whole numbers, 0 to 18446744073709551615"},
        {kSeq + "--seed 18446744073709551616", 2, "--seed: '18446744073709551616' given"},
        {kSeq + "--window 10000001", 2, "'10000001' given; allowed: whole numbers, 1 to 10000000"},
        {"run x --seed -1", 2, "run: --seed: '-1' given"},
        {"run x --max-replay 101", 2,
         "--max-replay: '101' given; allowed: whole numbers, 0 to 100"},
        {"sweep x --vary a=1 --csv y --jobs 0", 2, "--jobs: '0' given; allowed: whole numbers, 1"},
        {"workload x --phase decode --batch -2 --context 4 -o y", 2, "--batch: '-2' given"},
        {"workload x --phase decode --batch 2 --context 4 -o y --seed -1", 2, "--seed: '-1' given"},
    });
    const std::string rand = "mem --platform tiny --pattern rand --requests 100 --quiet --json - ";
    const auto run = [&](const std::string& more) {
        json j = json::parse(vrsim(rand + more).out);
        j.erase("host");
        return j;
    };
    CHECK(run("--seed 0x10") == run("--seed 16"));
    CHECK(run("--seed 010") == run("--seed 10"));
    CHECK(run("--seed 18446744073709551615") != run("--seed 10"));
}

TEST_CASE("an option for a file takes no empty path") {
    const TemporaryFolder folder;
    vr::testing::check_refused({
        {kSeq + "--json ''", 2, "--json: no path given; leave the option out, or name a file"},
        {kSeq + "--json=", 2, "--json"},
        {kSeq + "--events ''", 2, "--events: no path given"},
        {"run traces/samples/hello_gemm.jsonl --platform tiny --json ''", 2,
         "run: --json: no path"},
    });
}
