// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/support/coverage.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "testbenches/launcher/command.h"

namespace vr::testing {

namespace {

// One line of the file: C '\1KEY\2VALUE\1KEY\2VALUE...' COUNT
struct Point {
    std::string text;
    std::string count;
    explicit Point(const std::string& line) {
        const std::size_t end = line.rfind("' ");
        if (line.rfind("C '", 0) == 0 && end != std::string::npos) {
            text = line.substr(3, end - 3);
            count = line.substr(end + 2);
        }
    }
    // "" where there is no such key
    [[nodiscard]] std::string value(const char* key) const {
        const std::string before = std::string("\x01") + key + "\x02";
        const std::size_t at = text.find(before);
        if (at == std::string::npos) {
            return "";
        }
        const std::size_t begin = at + before.size();
        return text.substr(begin, text.find('\x01', begin) - begin);
    }
};

}  // namespace

Coverage read_coverage(const std::string& path) {
    Coverage out;
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
        const Point point(line);
        const std::string page = point.value("page");  // v_KIND/MODULE, or v_KIND/MODULE__NUMBER
        const std::size_t slash = page.find('/');
        if (page.rfind("v_", 0) != 0 || slash == std::string::npos) {
            continue;
        }
        const std::string kind = page.substr(2, slash - 2);
        const std::string instance = page.substr(slash + 1);
        for (const std::string& module :
             {instance.substr(0, instance.find("__")), std::string("all")}) {
            Share& share = out[{kind, module}];
            ++share.points;
            share.hit += point.count == "0" ? 0 : 1;
        }
    }
    return out;
}

std::vector<std::string> unreached_lines(const std::string& path) {
    std::vector<std::string> out;
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
        const Point point(line);
        if (point.value("page").rfind("v_line/", 0) == 0 && point.count == "0") {
            out.push_back(point.value("f") + ":" + point.value("l"));
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
