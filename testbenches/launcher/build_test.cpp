// SPDX-License-Identifier: Apache-2.0
// The launcher's build and hand-over: what it configures and builds, when it does neither, and what
// the program gets.
#include <catch2/catch.hpp>
#include <chrono>
#include <fstream>

#include "testbenches/launcher/fake_tree.h"

using namespace vr::test;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

FakeTree& with_packages(FakeTree& tree) {
    tree.install("alpha beta gamma");
    return tree;
}

double seconds_of(const std::string& command) {
    double best = 1e9;
    for (int attempt = 0; attempt < 5; ++attempt) {
        const auto start = std::chrono::steady_clock::now();
        REQUIRE(run_command(command).exit_code == 0);
        const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
        best = std::min(best, taken.count());
    }
    return best;
}

}  // namespace

TEST_CASE("the launcher is a POSIX shell script") {
    const std::string file = quoted((fs::path(VRSIM_SOURCE_DIR) / "vrsim").string());
    const CommandResult syntax = run_command("sh -n " + file);
    CHECK(syntax.exit_code == 0);
    CHECK(syntax.err.empty());
    if (run_command("command -v dash").exit_code == 0) {
        CHECK(run_command("dash -n " + file).exit_code == 0);
    }
    CHECK(read_text(fs::path(VRSIM_SOURCE_DIR) / "vrsim").starts_with("#!/bin/sh\n"));
}

TEST_CASE("the first call configures and builds, then the program runs in the caller's folder") {
    FakeTree tree;
    const CommandResult result = with_packages(tree).run("demo");
    CHECK(result.exit_code == 0);
    CHECK_THAT(tree.calls(), Contains("cmake --fresh --preset release\n"));
    CHECK_THAT(tree.calls(), Contains("/build/release --target vrsim_app -j "));
    CHECK(result.out ==
          "in " + tree.state().string() + ", home " + tree.root().string() + "\n[demo]\n");
}

TEST_CASE("a call with nothing new asks no tool and says nothing itself") {
    FakeTree tree;
    REQUIRE(with_packages(tree).run("demo").exit_code == 0);
    tree.forget_calls();
    const CommandResult result = tree.run("run x");
    CHECK(tree.calls().empty());
    CHECK(result.err.empty());
    CHECK_THAT(result.out, Contains("[run]\n[x]\n"));
}

TEST_CASE("whatever is newer than the program is built, without configuring again") {
    FakeTree tree;
    REQUIRE(with_packages(tree).run("demo").exit_code == 0);
    tree.forget_calls();
    SECTION("a changed source") {
        std::ofstream(tree.root() / "models/base/a.h") << "changed\n";
    }
    SECTION("a new file") {
        write_text(tree.root() / "tlm/new.h", "\n");
    }
    SECTION("a file less") {
        fs::remove(tree.root() / "traces/a.h");
    }
    SECTION("the build's own files") {
        write_text(tree.root() / "cmake/toolchain.cmake", "\n");
    }
    SECTION("a new revision") {
        write_text(tree.root() / ".git/logs/HEAD", "\n");
    }
    REQUIRE(tree.run("demo").exit_code == 0);
    CHECK_THAT(tree.calls(), Contains("--target vrsim_app"));
    CHECK_THAT(tree.calls(), !Contains("--preset"));
    tree.forget_calls();
    REQUIRE(tree.run("demo").exit_code == 0);
    CHECK(tree.calls().empty());
}

TEST_CASE("every argument reaches the program as it was given") {
    FakeTree tree;
    const CommandResult result = with_packages(tree).run(
        R"(run 'a b' "it's" '' '*' '$HOME' '"q"' 'back\slash' --set 'x = 1' -- --yes --no-install)");
    CHECK_THAT(result.out,
               Contains("[run]\n[a b]\n[it's]\n[]\n[*]\n[$HOME]\n[\"q\"]\n[back\\slash]\n"
                        "[--set]\n[x = 1]\n[--]\n[--yes]\n[--no-install]\n"));
}

TEST_CASE("VRSIM_PROGRAM runs another program, and nothing is built") {
    FakeTree tree;
    const fs::path program = tree.state() / "other program";
    write_program(program, "#!/bin/sh\nfor word in \"$@\"; do echo \"<$word>\"; done\nexit 4\n");
    const CommandResult result =
        tree.run("run 'a  b' \"c'd\"", "VRSIM_PROGRAM=" + quoted(program.string()));
    CHECK(result.exit_code == 4);
    CHECK(result.out == "<run>\n<a  b>\n<c'd>\n");
    CHECK(tree.calls().empty());
}

TEST_CASE("the program's exit code is the launcher's") {
    FakeTree tree;
    CHECK(with_packages(tree).run("run x", "PROGRAM_EXIT=5").exit_code == 5);
}

TEST_CASE("a failing build shows the error, names the log, and is tried again") {
    FakeTree tree;
    with_packages(tree).break_part("build");
    const CommandResult result = tree.run("demo");
    CHECK(result.exit_code == 2);
    CHECK(result.out.empty());
    CHECK_THAT(result.err, Contains("error: expected ';'"));
    CHECK_THAT(result.err, Contains("build/release/build.log"));
    CHECK_THAT(result.err, Contains("building: 5 of 20 steps"));
    fs::remove(tree.state() / "build.broken");
    CHECK(tree.run("demo").exit_code == 0);
}

TEST_CASE("on a terminal the build is one line that is gone in the end") {
    if (!has_terminals()) {
        WARN("no pseudo-terminal on this machine: not checked here");
        return;
    }
    FakeTree tree;
    const CommandResult result = run_on_terminal(with_packages(tree).call("demo"), "");
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.out, Contains("\r\033[Kvrsim: building [19/20] Building file19.o\r\033[K"));
    CHECK_THAT(result.out, !Contains("5 of 20 steps"));
}

TEST_CASE("a moved tree is configured afresh") {
    FakeTree tree;
    REQUIRE(with_packages(tree).run("demo").exit_code == 0);
    write_text(tree.root() / "build/release/CMakeCache.txt",
               "CMAKE_HOME_DIRECTORY:INTERNAL=/old\n");
    write_text(tree.root() / "app/a.cpp", "changed\n");
    tree.forget_calls();
    REQUIRE(tree.run("demo").exit_code == 0);
    CHECK_THAT(tree.calls(), Contains("cmake --fresh --preset release\n"));
}

TEST_CASE("test builds everything and ends with CTest's own words and exit code") {
    FakeTree tree;
    const CommandResult result = with_packages(tree).run("test -R 'a b'", "CTEST_EXIT=8");
    CHECK(result.exit_code == 8);
    CHECK_THAT(tree.calls(), Contains("--target all -j "));
    CHECK_THAT(tree.calls(), Contains("ctest --preset release -R a b\n"));
    CHECK_THAT(result.out,
               Catch::Matchers::EndsWith("100% tests passed, 0 tests failed out of 3\n"));
}

TEST_CASE("VRSIM_PRESET picks the preset, and a wrong word is refused") {
    FakeTree tree;
    REQUIRE(with_packages(tree).run("demo", "VRSIM_PRESET=debug").exit_code == 0);
    CHECK(fs::exists(tree.root() / "build/debug/app/vrsim"));
    const CommandResult result = tree.run("demo", "VRSIM_PRESET=../x");
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains("'../x' is no preset"));
}

TEST_CASE("the launcher works through a symbolic link and a relative path") {
    FakeTree tree;
    REQUIRE(with_packages(tree).run("demo").exit_code == 0);
    fs::create_directory(tree.state() / "bin");
    fs::create_symlink(tree.root() / "vrsim", tree.state() / "absolute");
    fs::create_symlink("../absolute", tree.state() / "bin/vrsim");
    const std::string environment = "env -i PATH=" + quoted(tree.tools().string()) +
                                    ":. STATE=" + quoted(tree.state().string()) + " ";
    for (const char* name : {"bin/vrsim", "./absolute", "sh absolute"}) {
        const CommandResult result = run_command("cd " + quoted(tree.state().string()) + " && " +
                                                 environment + name + " demo");
        CHECK(result.exit_code == 0);
        CHECK_THAT(result.out, Contains("home " + tree.root().string() + "\n"));
    }
}

TEST_CASE("an up-to-date call adds less than half a second on the real tree") {
    FakeTree tree;
    with_packages(tree);
    for (const char* folder : {"models", "tlm", "traces", "app", "cmake"}) {
        const fs::path target = tree.root() / folder;
        fs::remove_all(target);
        fs::copy(fs::path(VRSIM_SOURCE_DIR) / folder, target, fs::copy_options::recursive);
    }
    const std::string real_list = quoted((tree.state() / "list").string());
    write_text(tree.state() / "list", "alpha\n");
    const std::string call = tree.call("demo", "VRSIM_PACKAGE_LIST=" + real_list);
    REQUIRE(run_command(call).exit_code == 0);
    tree.forget_calls();
    const double direct = seconds_of(
        "VRSIM_HOME=x " + quoted((tree.root() / "build/release/app/vrsim").string()) + " demo");
    const double launched = seconds_of(call);
    CHECK(tree.calls().empty());
    INFO("direct " << direct << " s, through the launcher " << launched << " s");
    CHECK(launched - direct < 0.5);
}
