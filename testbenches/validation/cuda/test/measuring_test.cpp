// SPDX-License-Identifier: Apache-2.0
// The calibration kit's host side: orders of chases, statistics, sizes, command lines.
#include <catch2/catch.hpp>
#include <filesystem>
#include <set>
#include <sstream>

#include "testbenches/launcher/command.h"
#include "testbenches/validation/cuda/host/chase.h"
#include "testbenches/validation/cuda/host/options.h"
#include "testbenches/validation/cuda/host/origin.h"
#include "testbenches/validation/cuda/host/sizes.h"
#include "testbenches/validation/cuda/host/statistics.h"
#include "testbenches/validation/cuda/host/tensor_rows.h"

using namespace vr::kit;

namespace {

std::string refusal(const std::vector<std::string>& words) {
    try {
        (void)parse_options(words);
    } catch (const Error& error) {
        CHECK(error.code() == kUsage);
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("a chase is one cycle through all elements, in an order of its own") {
    for (const std::uint32_t count : {1U, 2U, 3U, 17U, 1000U, 65536U}) {
        const std::vector<std::uint32_t> next = chase_order(count);
        std::vector<bool> seen(count, false);
        std::uint32_t at = 0;
        std::uint32_t steps = 0;
        do {
            REQUIRE_FALSE(seen[at]);
            seen[at] = true;
            at = next[at];
            ++steps;
        } while (at != 0);
        CHECK(steps == count);
    }
    CHECK(chase_order(1000) == chase_order(1000));
    CHECK(chase_order(1000, 1) != chase_order(1000, 2));
    CHECK_THROWS_AS(chase_order(0), Error);
}

TEST_CASE("a chase's steps do not follow a stride that a prefetcher could learn") {
    const std::vector<std::uint32_t> next = chase_order(4096);
    std::set<std::int64_t> strides;
    for (std::uint32_t i = 0; i < next.size(); ++i) {
        strides.insert(static_cast<std::int64_t>(next[i]) - i);
    }
    CHECK(strides.size() > 2000);
}

TEST_CASE("medians, spreads and slopes") {
    CHECK(median_of({5}) == 5);
    CHECK(median_of({9, 1, 5}) == 5);
    CHECK(median_of({9, 1, 5, 7}) == 6);
    const Sample sample = summarise({100, 101, 99, 100, 400});  // one disturbed repetition
    CHECK(sample.median == 100);
    CHECK(sample.spread == Approx(0.01));
    CHECK(slope_of({1, 2, 4}, {103, 106, 112}) == Approx(3));
    CHECK_THROWS_AS(median_of({}), Error);
    CHECK_THROWS_AS(slope_of({1, 1}, {2, 3}), Error);
}

TEST_CASE("sizes grow by a factor from the first to the last, in whole steps") {
    CHECK(geometric_sizes(128, 1024, 2, 128) == std::vector<std::int64_t>{128, 256, 512, 1024});
    CHECK(geometric_sizes(128, 1100, 2, 128).back() == 1024);
    const auto fine = geometric_sizes(2048, 1 << 20, 1.2, 128);
    for (std::size_t i = 1; i < fine.size(); ++i) {
        CHECK(fine[i] > fine[i - 1]);
        CHECK(fine[i] % 128 == 0);
    }
    CHECK(fine.front() == 2048);
    CHECK(fine.back() == 1 << 20);
    CHECK_THROWS_AS(geometric_sizes(128, 64, 2, 128), Error);
}

TEST_CASE("shared memory holds a kernel to a number of blocks") {
    const SharedMemory h100{233472, 1024, 232448};
    for (std::int64_t blocks = 1; blocks <= 32; ++blocks) {
        const std::int64_t each = shared_bytes_for(h100, blocks) + h100.reserved_per_block;
        INFO(blocks);
        CHECK(each * blocks <= h100.per_sm);
        CHECK(each * (blocks + 1) > h100.per_sm);
    }
    CHECK(shared_bytes_for(h100, 1) == 232448);  // no more than a block may have
    CHECK_THROWS_AS(shared_bytes_for(h100, 0), Error);
}

TEST_CASE("a command line is read, and a wrong word is told with what is allowed") {
    const Options options =
        parse_options({"--out", "x", "--device", "H100-SXM", "--repeat", "21", "--max-bytes",
                       "4194304", "--gpu", "1", "--append", "--quick"});
    CHECK(options.out == "x");
    CHECK(options.device == "H100-SXM");
    CHECK(options.repeat == 21);
    CHECK(options.most_bytes == 4194304);
    CHECK(options.ordinal == 1);
    CHECK(options.append);
    CHECK(options.quick);
    CHECK(parse_options({}).most_bytes == 8589934592);
    CHECK(refusal({"--ouput", "x"}).find("unknown option '--ouput'; allowed:\n  --out DIR") == 0);
    CHECK(refusal({"--out"}).find("--out needs a value") == 0);
    CHECK(refusal({"--repeat", "2"}) == "--repeat 2; allowed: an integer from 3 to 1001");
    CHECK(refusal({"--repeat", "5x"}).find("--repeat 5x; allowed") == 0);
}

TEST_CASE("an origin names device, versions, clock and date in one cell") {
    const Origin origin{"NVIDIA H100 80GB HBM3", 13000, 12080, 1980, "2026-01-31"};
    const std::string text = origin_text(origin, Sample{5, 0.0123}, 11);
    CHECK(text ==
          "vrsim calibration kit; NVIDIA H100 80GB HBM3; driver CUDA 13.0; runtime CUDA 12.8; SM "
          "clock 1980 MHz; 2026-01-31; median of 11 (spread 1.23 %)");
    CHECK(text.find_first_of(",=\"") == std::string::npos);
    CHECK(today().size() == 10);
}

TEST_CASE(
    "the README has every option as the programs tell it, and with the Makefile every program") {
    const std::string folder = std::string(VRSIM_SOURCE_DIR) + "/testbenches/validation/cuda/";
    const std::string readme = vr::test::read_text(folder + "README.md");
    const std::string makefile = vr::test::read_text(folder + "Makefile");
    std::istringstream options(options_text());
    std::size_t lines = 0;
    for (std::string line; std::getline(options, line); ++lines) {
        INFO(line);
        CHECK(readme.find("\n  " + line + "\n") != std::string::npos);
    }
    CHECK(lines == 7);
    std::size_t programs = 0;
    for (const auto& entry : std::filesystem::directory_iterator(std::string(VRSIM_SOURCE_DIR) +
                                                                 "/testbenches/validation/cuda")) {
        if (entry.path().extension() == ".cu") {
            INFO(entry.path());
            CHECK(readme.find("`" + entry.path().stem().string() + "`") != std::string::npos);
            ++programs;
        }
    }
    CHECK(programs >= 13);
}

TEST_CASE("times of instructions in a row become latency, interval and rates") {
    // 180 cycles for the first, 64 for each further one, the last repetition disturbed.
    const TensorInstruction instruction{"BF16", "SS", 1, 128, 128, 16};
    std::vector<std::vector<double>> cycles;
    for (const std::int64_t depth : tensor_depths()) {
        const auto taken = static_cast<double>(180 + 64 * (depth - 1));
        cycles.push_back({taken, taken, taken + 900});
    }
    const std::vector<TensorRow> rows = tensor_rows(instruction, cycles);
    REQUIRE(rows.size() == 3 + tensor_depths().size());
    CHECK(rows[0].experiment == "latency");
    CHECK(rows[0].sample.median == 180);
    CHECK(rows[1].experiment == "initiation_interval_fit");
    CHECK(rows[1].sample.median == Approx(64));
    CHECK(rows[2].experiment == "max_throughput");
    CHECK(rows[2].depth == 1024);
    CHECK(rows[2].sample.median == Approx(2.0 * 128 * 128 * 16 * 1024 / (180 + 64 * 1023)));
    CHECK(rows[3].experiment == "throughput_vs_depth");
    CHECK(rows[3].depth == 1);
    CHECK(instruction.parameters(4) ==
          std::vector<std::string>{"BF16", "SS", "1", "128", "128", "16", "4"});
    CHECK(instruction.parameters(0).back().empty());
    CHECK_THROWS_AS(tensor_rows(instruction, {{1}}), Error);
}
