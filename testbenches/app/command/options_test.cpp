// SPDX-License-Identifier: Apache-2.0
// The common options of `vrsim mem` and `vrsim validate`: each has its effect, or is refused with
// a sentence.
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "testbenches/app/command/vrsim_checks.h"

using nlohmann::json;
using vr::test::read_text;
using vr::test::TemporaryFolder;
using vr::testing::fs;
using vr::testing::has;
using vr::testing::vrsim;

namespace {

const std::string kMem = "mem --platform tiny --json - ";

}  // namespace

TEST_CASE("mem stops at --max-sim-time, exit 5, and reports what is answered") {
    for (const char* pattern : {"seq", "rand", "mixseq", "mixrand"}) {
        for (const char* level : {"detailed", "roofline"}) {
            // So many requests that a run to the end would take hours.
            const auto result =
                vrsim(kMem + "--max-sim-time '10 us' --requests 100000000000 --pattern " +
                      std::string(pattern) + " --level " + level);
            INFO(pattern << " " << level << ": " << result.err);
            REQUIRE(result.exit_code == 5);
            const json j = json::parse(result.out);
            CHECK(j["complete"] == false);
            CHECK(fs(j["makespan_fs"]) <= 10'000'000'000);
            CHECK(fs(j["makespan_fs"]) > 9'900'000'000);
            CHECK(j["answered"] > 100);
            CHECK(j["answered"] <= j["requests"]);
            CHECK(j["requests"] < 1'000'000);
            CHECK(has(result.err, "stopped at --max-sim-time 10.000 us with accesses left"));
            CHECK(has(result.err, "stopped by --max-sim-time; what follows"));
        }
    }
    const auto complete = vrsim(kMem + "--max-sim-time '1 s' --requests 1000 --pattern seq");
    CHECK(complete.exit_code == 0);
    json a = json::parse(complete.out);
    json b = json::parse(vrsim(kMem + "--requests 1000 --pattern seq").out);
    CHECK(a["complete"] == true);
    a.erase("host");
    b.erase("host");
    CHECK(a == b);
}

TEST_CASE("mem runs a device by name or file, and nothing but its memory is read") {
    const auto h200 =
        vrsim("mem --device h200 --target gpu --pattern seq --requests 1000 --json -");
    CHECK(h200.exit_code == 0);
    const auto same = vrsim(
        "mem --device models/hbm4/devices/h200.toml --target gpu --pattern seq --requests 1000");
    CHECK(same.exit_code == 0);
    CHECK(same.out.find("192 pseudo-channels") != std::string::npos);
    const auto config = vrsim("mem --device h200 --print-config --pattern seq --requests 1");
    CHECK(config.out.find("clock = {value = \"1562.5 MHz\"") != std::string::npos);
    CHECK(config.out.find("[gpu.sm]") == std::string::npos);
    const auto wrong = vrsim("mem --device h20 --pattern seq --requests 1");
    CHECK(wrong.exit_code == 3);
    CHECK(wrong.err.find("unknown memory device \"h20\"; allowed: a100_40gb, ") !=
          std::string::npos);
    CHECK(wrong.err.find("did you mean \"h200\"?") != std::string::npos);
}

TEST_CASE("mem at the roofline level: bytes at the peak, and nothing that it does not know") {
    const auto result = vrsim(kMem + "--level roofline --pattern rand --requests 10000");
    REQUIRE(result.exit_code == 0);
    const json j = json::parse(result.out);
    CHECK(j["level"] == "roofline");
    const auto bytes = j["bytes"].get<std::int64_t>();
    const auto peak = j["resources"][0]["peak"].get<std::int64_t>();
    CHECK(bytes > 0);
    CHECK(double(fs(j["makespan_fs"])) == Approx(1e15 * double(bytes) / double(peak)));
    CHECK(has(result.err, "level        roofline"));
    CHECK_FALSE(has(result.err, "99th percentile"));
    for (const char* key : {"latency", "attribution", "latency_sum_fs", "counters"}) {
        CHECK_FALSE(j.contains(key));
    }
    const json detailed = json::parse(vrsim(kMem + "--pattern rand --requests 10000").out);
    CHECK(fs(j["makespan_fs"]) < fs(detailed["makespan_fs"]));
    CHECK(detailed["level"] == "memory");
}

TEST_CASE("mem --events: a slice for every answered access, an instant for every command") {
    const TemporaryFolder folder;
    const std::string file = (folder.path() / "e.txt").string();
    for (const char* stop : {"", " --max-sim-time '2 us'"}) {
        const auto result =
            vrsim(kMem + "--pattern mixrand --requests 3000 --events " + file + stop);
        INFO(result.err);
        CHECK(result.exit_code == (*stop == 0 ? 0 : 5));
        const json j = json::parse(result.out);
        std::istringstream lines(read_text(file));
        std::string line;
        std::int64_t slices = 0;
        std::int64_t writes = 0;
        std::int64_t latencies = 0;
        std::int64_t last = 0;
        std::int64_t activates = 0;
        while (std::getline(lines, line)) {
            if (line[0] == '#') {
                continue;
            }
            std::istringstream cells(line);
            std::int64_t begin = 0;
            std::int64_t end = 0;
            std::string kind, group, track, name;
            cells >> begin >> end >> std::ws;
            for (std::string* cell : {&kind, &group, &track, &name}) {
                std::getline(cells, *cell, '\t');
            }
            if (group == "HBM commands") {
                CHECK(kind == "instant");
                CHECK(has(track, "pseudo_channel"));
                activates += name.starts_with("ACT bank ") ? 1 : 0;
                continue;
            }
            CHECK(kind == "slice");
            CHECK(group == "HBM");
            CHECK(has(track, "pseudo_channel"));
            ++slices;
            writes += name == "write" ? 1 : 0;
            latencies += end - begin;
            last = std::max(last, end);
        }
        CHECK(slices == j["answered"].get<std::int64_t>());
        CHECK(last == fs(j["makespan_fs"]));
        CHECK(activates == j["counters"]["activates"].get<std::int64_t>());
        CHECK(writes > slices / 4);
        // Slices are latencies; each end is rounded to 1 fs.
        CHECK(std::abs(latencies - fs(j["latency_sum_fs"])) <= 2 * slices);
    }
    for (const char* suffix : {"pftrace", "json"}) {
        const std::string other = (folder.path() / "e.").string() + suffix;
        CHECK(vrsim(kMem + "--pattern rand --requests 500 --events " + other).exit_code == 0);
        CHECK(read_text(other).size() > 1000);
    }
}

TEST_CASE("options of mem and validate that have no meaning are refused, exit 2") {
    struct Refused {
        const char* arguments;
        const char* part;
    };
    static const std::vector<Refused> table = {
        {"mem --pattern seq --requests 200001 --events x.txt",
         "mem: --events records every access: 200001 given; allowed: up to 200000"},
        {"mem --pattern seq --requests 10 --events x.vcd", "the suffix names no format"},
        {"mem --pattern seq --requests 10 --events x.txt --level roofline",
         "mem: --events needs --level detailed"},
        {"validate --platform b200", "the preset follows the device"},
        {"validate --platform=b200", "the preset follows the device"},
        {"validate --seed 2", "--seed has no meaning here"},
        {"validate --events x.txt", "--events has no meaning here"},
        {"validate --max-sim-time '1 ms'", "--max-sim-time has no meaning here"},
        {"validate --fold off", "--fold has no meaning here"},
        {"validate --compose modules", "--compose has no meaning here"},
        {"validate --print-config", "--print-config has no meaning here"},
        {"validate --strict", "--strict has no meaning here"},
        {"validate gemm_dense --level roofline --seed 1", "--seed has no meaning here"},
    };
    for (const Refused& refused : table) {
        INFO(refused.arguments);
        const auto result = vrsim(refused.arguments);
        INFO(result.err);
        CHECK(result.exit_code == 2);
        CHECK(result.out.empty());
        CHECK(has(result.err, refused.part));
    }
    const std::string help = vrsim("help validate").out;
    CHECK_FALSE(has(help, "--platform"));
    CHECK(has(help, "--level"));
    CHECK(has(help, "--set"));
    CHECK(has(vrsim("help mem").out, "--fold, --compose and --strict have no effect"));
}

TEST_CASE("validate at the roofline level shows the roofline's figures, unjudged") {
    const auto result = vrsim("validate umma_tensor_core_b200 --level roofline --json -");
    REQUIRE(result.exit_code == 0);
    const json j = json::parse(result.out)[0];
    CHECK(j["level"] == "roofline");
    CHECK(j["median"] == j["roofline_median"]);
    CHECK(j["median"] > 0.05);  // else this test could not tell it from the detailed machine
    CHECK(j["passed"].is_null());
    for (const json& row : j["judged_rows"]) {
        REQUIRE(row["simulated"] == row["roofline"]);
    }
    CHECK(has(result.err, "level roofline: its figures stand as the simulated ones"));
    CHECK(json::parse(vrsim("validate --json -").out)[0]["level"] == "detailed");
}
