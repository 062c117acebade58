// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/support/coverage.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <regex>

#include "testbenches/launcher/command.h"

namespace vr::testing {

// Lines of the file: C '...\1page\2v_KIND/MODULE\1...' COUNT
Coverage read_coverage(const std::string& path) {
    Coverage out;
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

std::vector<std::string> unreached_lines(const std::string& path) {
    std::vector<std::string> out;
    const std::regex point(
        "^C '\\x01f\\x02([^\\x01]*)\\x01l\\x02(\\d+)\\x01.*\\x01page\\x02v_line/.*' 0$");
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
        std::smatch match;
        if (std::regex_match(line, match, point)) {
            out.push_back(match[1].str() + ":" + match[2].str());
        }
    }
    return out;
}

void merge_coverage(const std::vector<std::string>& from, const std::string& to) {
    std::string command = std::string(VRSIM_VERILATOR_COVERAGE) + " --write " + test::quoted(to);
    for (const std::string& file : from) {
        command += " " + test::quoted(file);
    }
    const test::CommandResult merged = test::run_command(command);
    INFO(merged.err << merged.out);
    REQUIRE(merged.exit_code == 0);
}

}  // namespace vr::testing
