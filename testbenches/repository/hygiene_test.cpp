// SPDX-License-Identifier: Apache-2.0
// The repository's files are in order, and each check would notice if they were not.
#include <catch2/catch.hpp>

#include "testbenches/launcher/command.h"
#include "testbenches/repository/hygiene.h"

using namespace vr::test;
namespace fs = std::filesystem;

namespace {

const fs::path kRoot = VRSIM_SOURCE_DIR;

const std::vector<std::string>& our_files() {
    static const std::vector<std::string> files = repository_files(kRoot);
    return files;
}

// Kept apart, so that this file itself passes the check that it feeds.
std::string path_of_a_home() {
    return std::string("/ro") + "ot/data";
}

std::string many_lines(std::size_t n) {
    std::string text;
    for (std::size_t i = 0; i < n; ++i) {
        text += "// line\n";
    }
    return text;
}

}  // namespace

TEST_CASE("the list of files holds the repository and nothing built") {
    std::size_t known = 0;
    for (const std::string& file : our_files()) {
        known += file == "CMakeLists.txt" || file == "models/base/error.h" || file == ".ci/run";
        CHECK_FALSE(lies_in(file, "build"));
    }
    CHECK(known == 3);
}

TEST_CASE("every source starts with the licence line") {
    const auto breaches = licence_breaches(kRoot, our_files());
    INFO(text_of(breaches));
    CHECK(breaches.empty());
}

TEST_CASE("no source is longer than 400 lines without a reason") {
    const auto breaches = length_breaches(kRoot, our_files());
    INFO(text_of(breaches));
    CHECK(breaches.empty());
}

TEST_CASE("no file and not the repository is too large") {
    const auto breaches = size_breaches(kRoot, our_files());
    INFO(text_of(breaches));
    CHECK(breaches.empty());
    CHECK(total_size(kRoot, our_files()) < kLargestRepository);
}

TEST_CASE("no file speaks of somebody's machine") {
    const auto breaches = foreign_word_breaches(kRoot, our_files());
    INFO(text_of(breaches));
    CHECK(breaches.empty());
}

TEST_CASE("the commands of the repository can be executed, and CI runs the README's test command") {
    for (const char* file : {"vrsim", ".ci/run"}) {
        const auto permissions = fs::status(kRoot / file).permissions();
        CHECK((permissions & fs::perms::owner_exec) == fs::perms::owner_exec);
    }
    CHECK(read_text(kRoot / ".ci/run").find("exec ./vrsim test\n") != std::string::npos);
}

TEST_CASE("a missing licence line is caught") {
    const TemporaryFolder folder;
    write_text(folder.path() / "good.cpp", "// SPDX-License-Identifier: Apache-2.0\n");
    write_text(folder.path() / "good", "#!/bin/sh\n# SPDX-License-Identifier: Apache-2.0\n");
    write_text(folder.path() / "data.txt", "no licence needed\n");
    write_text(folder.path() / "bad.h", "#pragma once\n");
    write_text(folder.path() / "empty.cpp", "");
    write_text(folder.path() / "late.py", "# first\n# SPDX-License-Identifier: Apache-2.0\n");
    write_text(folder.path() / "script", "#!/bin/sh\necho\n");
    write_text(folder.path() / "x/CMakeLists.txt", "project(x)\n");
    write_text(folder.path() / "y/kernel.cu", "int main() {}\n");
    const auto breaches = licence_breaches(folder.path(), files_below(folder.path()));
    INFO(text_of(breaches));
    REQUIRE(breaches.size() == 6);
    CHECK(breaches[0].file == "bad.h");
    CHECK(breaches[1].file == "empty.cpp");
    CHECK(breaches[2].file == "late.py");
    CHECK(breaches[3].file == "script");
    CHECK(breaches[4].file == "x/CMakeLists.txt");
    CHECK(breaches[5].file == "y/kernel.cu");
}

TEST_CASE("a long source is caught, a reason excuses it, and a reason for nothing is caught") {
    const TemporaryFolder folder;
    write_text(folder.path() / "models/a.cpp", many_lines(400));
    write_text(folder.path() / "models/b.cpp", many_lines(401));
    write_text(folder.path() / "testbenches/c.cpp", many_lines(500));
    const auto found = [&] { return length_breaches(folder.path(), files_below(folder.path())); };
    REQUIRE(found().size() == 1);
    CHECK(found()[0].file == "models/b.cpp");
    const auto list = folder.path() / "testbenches/repository/long_files.txt";
    write_text(list, "# comment\nmodels/b.cpp table of generated values\n");
    CHECK(found().empty());
    write_text(list, "models/b.cpp\n");
    CHECK(found().size() == 1);
    write_text(list, "models/b.cpp table\nmodels/a.cpp not long\n");
    REQUIRE(found().size() == 1);
    CHECK(found()[0].file == "models/a.cpp");
}

TEST_CASE("a large file is caught unless it is compressed") {
    const TemporaryFolder folder;
    write_text(folder.path() / "a.json", std::string(kLargestFile, ' '));
    write_text(folder.path() / "b.json", std::string(kLargestFile + 1, ' '));
    write_text(folder.path() / "c.json.gz", std::string(kLargestFile + 1, ' '));
    const auto files = files_below(folder.path());
    const auto breaches = size_breaches(folder.path(), files);
    REQUIRE(breaches.size() == 1);
    CHECK(breaches[0].file == "b.json");
    CHECK(total_size(folder.path(), files) == 3 * kLargestFile + 2);
}

TEST_CASE("paths and addresses of somebody's machine are caught") {
    const TemporaryFolder folder;
    const std::string scheme = "https:";
    write_text(folder.path() / "bad.md",
               "see " + path_of_a_home() + "\nfine\n" + scheme + "//deb" + ".example.org/x\n");
    write_text(folder.path() / "good.md",
               "models/root/x, a/home/b, " + scheme + "//example.org/deb, 3 TB/s, /usr/share/x\n");
    write_text(folder.path() / "data.csv", path_of_a_home() + "\n");
    const auto breaches = foreign_word_breaches(folder.path(), files_below(folder.path()));
    INFO(text_of(breaches));
    REQUIRE(breaches.size() == 2);
    CHECK(breaches[0].text().starts_with("bad.md:1: a path of somebody's machine"));
    CHECK(breaches[1].text().starts_with("bad.md:3: the address of a package registry"));
}
