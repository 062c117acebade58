// SPDX-License-Identifier: Apache-2.0
// The launcher's --with DIR: which directories it takes, what it builds for them, and what it says
// when they cannot be built.
#include <catch2/catch.hpp>

#include "testbenches/launcher/fake_tree.h"

using namespace vr::test;
using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;
namespace fs = std::filesystem;

namespace {

// A directory of a user's, outside the tree.
std::string user_folder(FakeTree& tree, const char* name) {
    write_text(tree.state() / name / "CMakeLists.txt", "\n");
    tree.install("alpha beta gamma");
    return quoted((tree.state() / name).string());
}

// How often the stand-in of CMake was called with this text.
std::size_t count_of(const std::string& text, const std::string& part) {
    std::size_t count = 0;
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) {
        ++count;
    }
    return count;
}

}  // namespace

TEST_CASE("flag --with builds the libraries, then the directory, then runs that program") {
    FakeTree tree;
    const CommandResult result = tree.run("run --with " + user_folder(tree, "mine") + " x --set y");
    CHECK(result.exit_code == 0);
    CHECK_THAT(tree.calls(), Contains("/build/release --target vrsim_app vrsim_libraries -j "));
    CHECK_THAT(tree.calls(), Contains("-DVRSIM_WITH=" + (tree.state() / "mine").string() + "\n"));
    CHECK_THAT(tree.calls(), Contains("cmake --fresh -C " + tree.root().string() +
                                      "/build/release/vrsim-settings.cmake -G Ninja -S " +
                                      tree.root().string() + "/cmake/with -B "));
    CHECK_THAT(tree.calls(), Contains("-release --target vrsim_app -j "));
    CHECK_THAT(result.out, Contains("[run]\n[x]\n[--set]\n[y]\n"));
}

TEST_CASE("flag --with and nothing new asks no tool, something new builds what it must") {
    FakeTree tree;
    const std::string call = "--with " + user_folder(tree, "mine") + " demo";
    REQUIRE(tree.run(call).exit_code == 0);
    tree.forget_calls();
    REQUIRE(tree.run(call).exit_code == 0);
    CHECK(tree.calls().empty());
    SECTION("in the directory: the tree's own libraries are left alone") {
        write_text(tree.state() / "mine/a.cpp", "\n");
        REQUIRE(tree.run(call).exit_code == 0);
        CHECK(count_of(tree.calls(), "--build") == 1);
        CHECK_THAT(tree.calls(), Contains("/build/with/mine-"));
    }
    SECTION("in the tree: both") {
        write_text(tree.root() / "models/base/new.h", "\n");
        REQUIRE(tree.run(call).exit_code == 0);
        CHECK(count_of(tree.calls(), "--build") == 2);
        CHECK_THAT(tree.calls(), !Contains("--fresh"));
    }
    SECTION("a call without --with does not meet it") {
        REQUIRE(tree.run("demo").exit_code == 0);
        CHECK_THAT(tree.calls(), !Contains("/build/with/"));
    }
}

TEST_CASE("each set of directories has a build folder of its own, the same one every time") {
    FakeTree tree;
    const std::string mine = user_folder(tree, "mine");
    const std::string other = user_folder(tree, "other");
    REQUIRE(tree.run("--with " + mine + " demo").exit_code == 0);
    REQUIRE(tree.run("--with=" + other + " demo").exit_code == 0);
    REQUIRE(tree.run("--with " + mine + " --with " + other + " demo").exit_code == 0);
    CHECK_THAT(tree.calls(), Contains("-DVRSIM_WITH=" + (tree.state() / "mine").string() + ";" +
                                      (tree.state() / "other").string()));
    CHECK(count_of(tree.calls(), "--fresh -C") == 3);
    tree.forget_calls();
    fs::create_directory_symlink(tree.state() / "mine", tree.state() / "link");
    REQUIRE(tree.run("--with ./link --with " + mine + " demo").exit_code == 0);
    CHECK(tree.calls().empty());
}

TEST_CASE("flag --with DIR test runs the tests of the directory") {
    FakeTree tree;
    const CommandResult result =
        tree.run("--with " + user_folder(tree, "mine") + " test -R x", "CTEST_EXIT=8");
    CHECK(result.exit_code == 8);
    CHECK_THAT(tree.calls(), Contains("-release --target all -j "));
    CHECK_THAT(tree.calls(), Contains("ctest --test-dir " + tree.root().string() + "/build/with/"));
    CHECK_THAT(tree.calls(), Contains("--no-tests=error -R x\n"));
}

TEST_CASE("a directory that cannot be added is refused before anything is built") {
    FakeTree tree;
    fs::create_directory(tree.state() / "empty");
    user_folder(tree, "a;b");
    const std::pair<std::string, std::string> cases[] = {
        {"--with no/such demo", "--with no/such: no such directory\n"},
        {"--with calls demo", "--with calls: not a directory\n"},
        {"--with empty demo", "--with empty: no CMakeLists.txt in it."},
        {"--with 'a;b' demo", "the path has a ';'"},
        {"--with " + quoted(tree.root().string()) + " demo", "vrsim's own tree"},
        {"demo --with", "--with needs a directory"},
    };
    for (const auto& [arguments, text] : cases) {
        const CommandResult result = tree.run(arguments);
        INFO(arguments);
        CHECK(result.exit_code == 2);
        CHECK_THAT(result.err, Contains(text));
    }
    CHECK(tree.calls().empty());
    CHECK_THAT(tree.run("run x -- --with no/such", "").out, Contains("[--with]\n[no/such]\n"));
}

TEST_CASE("flag --with and VRSIM_PROGRAM exclude each other") {
    FakeTree tree;
    const CommandResult result =
        tree.run("--with " + user_folder(tree, "mine") + " demo", "VRSIM_PROGRAM=sh");
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains("VRSIM_PROGRAM"));
}

TEST_CASE("a failing build of a directory names directory, file and log") {
    FakeTree tree;
    const std::string mine = user_folder(tree, "mine");
    SECTION("its code") {
        tree.break_part("added");
        const CommandResult result = tree.run("--with " + mine + " demo");
        CHECK(result.exit_code == 2);
        CHECK_THAT(result.err, Contains("error: expected ';'"));
        CHECK_THAT(result.err, Contains("the build of " + (tree.state() / "mine").string() +
                                        " failed at models/x.cpp:3 (log: "));
    }
    SECTION("its CMakeLists.txt") {
        tree.break_part("configuration");
        const CommandResult result = tree.run("--with " + mine + " demo");
        CHECK(result.exit_code == 2);
        CHECK_THAT(result.err, Contains("the configuration of " + (tree.state() / "mine").string() +
                                        " failed at " +
                                        (tree.state() / "mine/CMakeLists.txt").string() + ":7"));
        fs::remove(tree.state() / "configuration.broken");
        CHECK(tree.run("--with " + mine + " demo").exit_code == 0);
    }
}
