// SPDX-License-Identifier: Apache-2.0
// Line and toggle coverage of the leaf under its own tests: golden vectors and random tiles, merged
// by Verilator's tool. `cmake --build ... --target rtl_coverage` prints the table.
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <regex>

#include "testbenches/launcher/command.h"
#include "testbenches/rtl/gpu/sm/tensor_core/stimuli.h"

using namespace vr;
using namespace vr::testing;

namespace {

struct Share {
    std::uint64_t hit = 0;
    std::uint64_t points = 0;
    [[nodiscard]] double percent() const {
        return points == 0 ? 0.0 : 100.0 * static_cast<double>(hit) / static_cast<double>(points);
    }
};

// By (kind, module): "line", "branch" or "toggle". Lines of the file: C
// '...\1page\2v_KIND/MODULE\1...' COUNT
std::map<std::pair<std::string, std::string>, Share> read_coverage(const std::string& path) {
    std::map<std::pair<std::string, std::string>, Share> out;
    const std::regex point("^C '.*\\x01page\\x02v_(\\w+)/(\\w+?)(?:__\\w+)?\\x01.*' (\\d+)$");
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
        std::smatch match;
        if (!std::regex_match(line, match, point)) {
            continue;
        }
        for (const std::string& module : {match[2].str(), std::string("all")}) {
            Share& share = out[{match[1].str(), module}];
            ++share.points;
            share.hit += match[3].str() == "0" ? 0 : 1;
        }
    }
    return out;
}

}  // namespace

TEST_CASE("golden vectors and random tiles reach the lines and toggle the signals", "[coverage]") {
    const test::TemporaryFolder folder;
    const auto file = [&](const char* name) { return (folder.path() / name).string(); };
    {
        RtlContext context;
        const auto counted = leaf("covered", context, LeafUse::kLockStep);
        for (const std::string& golden : golden_files()) {
            CHECK(run_golden(*counted, golden, 20).wrong == 0);
        }
        context.write_coverage(file("golden.dat"));
    }
    {
        RtlContext context;
        const auto counted = leaf("covered", context, LeafUse::kLockStep);
        for (const DotContract& contract : contracts()) {
            for (std::uint64_t index = 0; index < 6; ++index) {
                (void)RandomTile(contract, index).through(*counted);
            }
        }
        context.write_coverage(file("random.dat"));
    }
    const test::CommandResult merged = test::run_command(
        std::string(VRSIM_VERILATOR_COVERAGE) + " --write " + test::quoted(file("all.dat")) + " " +
        test::quoted(file("golden.dat")) + " " + test::quoted(file("random.dat")));
    INFO(merged.err << merged.out);
    REQUIRE(merged.exit_code == 0);

    const auto golden = read_coverage(file("golden.dat"));
    const auto random = read_coverage(file("random.dat"));
    const auto all = read_coverage(file("all.dat"));
    REQUIRE_FALSE(all.empty());
    std::cout << "coverage of the FP4/FP8 dot-product leaf    golden   random     both   points\n";
    for (const auto& [key, share] : all) {
        std::cout << fmt::format("  {:<8}{:<32} {:>6.1f} % {:>6.1f} % {:>6.1f} % {:>8}\n",
                                 key.first, key.second, golden.at(key).percent(),
                                 random.at(key).percent(), share.percent(), share.points);
    }
    CHECK(all.at({"line", "all"}).percent() >= 95.0);
    CHECK(all.at({"toggle", "all"}).percent() >= 90.0);
    // A merge keeps every point and loses no hit.
    for (const auto& [key, share] : all) {
        CHECK(share.points == golden.at(key).points);
        CHECK(share.hit >= std::max(golden.at(key).hit, random.at(key).hit));
    }
}
