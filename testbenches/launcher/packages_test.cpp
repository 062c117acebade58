// SPDX-License-Identifier: Apache-2.0
// The launcher's set-up: what it finds missing, whom it asks, and when it refuses.
#include <catch2/catch.hpp>

#include "testbenches/launcher/fake_tree.h"

using namespace vr::test;
using Catch::Matchers::Contains;

namespace {

constexpr const char* kInstall =
    "apt-get -qq -y -o DPkg::Lock::Timeout=600 "
    "--no-install-recommends install ";

}  // namespace

TEST_CASE("option --no-install names the missing packages and the command, exit code 2") {
    FakeTree tree;
    tree.install("alpha");
    const CommandResult result = tree.run("--no-install demo");
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains("missing packages: beta\n"));
    CHECK_THAT(result.err, Contains("apt-get install -y --no-install-recommends beta"));
    CHECK(result.out.empty());
    CHECK(tree.calls().empty());  // nothing installed, configured or built
}

TEST_CASE("another list of packages can be given") {
    FakeTree tree;
    tree.install("alpha beta");
    write_text(tree.state() / "list", "alpha\nno-such-package-zz\n");
    const CommandResult result = tree.run(
        "demo --no-install", "VRSIM_PACKAGE_LIST=" + quoted((tree.state() / "list").string()));
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains("missing packages: no-such-package-zz\n"));
    const CommandResult absent = tree.run("demo --no-install", "VRSIM_PACKAGE_LIST=/no/such/list");
    CHECK(absent.exit_code == 2);
    CHECK_THAT(absent.err, Contains("cannot read the package list /no/such/list"));
}

TEST_CASE("the real list and the real dpkg name a package that does not exist") {
    if (run_command("command -v dpkg-query").exit_code != 0) {
        WARN("no dpkg on this system: case left out");
        return;
    }
    FakeTree tree;
    tree.remove_tool("dpkg-query");
    tree.remove_tool("apt-get");
    const auto list = tree.state() / "list";
    write_text(list, read_text(std::filesystem::path(VRSIM_SOURCE_DIR) / "cmake/packages.txt") +
                         "no-such-package-zz\n");
    const CommandResult result = run_command(
        "PATH=" + quoted(tree.tools().string()) + ":$PATH CI= VRSIM_PRESET=release " +
        "STATE=" + quoted(tree.state().string()) + " VRSIM_PACKAGE_LIST=" + quoted(list.string()) +
        " " + quoted((tree.root() / "vrsim").string()) + " --no-install demo");
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains("no-such-package-zz"));
}

TEST_CASE("root installs without asking, after one update, and only what is missing") {
    FakeTree tree;
    tree.install("beta");
    const CommandResult result = tree.run("demo");
    CHECK(result.exit_code == 0);
    CHECK_THAT(tree.calls(), Contains("apt-get -qq -o DPkg::Lock::Timeout=600 update\n" +
                                      std::string(kInstall) + "alpha\n"));
    CHECK_THAT(tree.calls(), !Contains("sudo"));
    CHECK_THAT(result.out, Contains("[demo]"));
}

TEST_CASE("a preset's own packages are wanted by that preset alone") {
    FakeTree tree;
    tree.install("alpha beta");
    CHECK(tree.run("demo --no-install").exit_code == 0);
    const CommandResult result = tree.run("demo --no-install", "VRSIM_PRESET=debug");
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains("missing packages: gamma\n"));
}

TEST_CASE("without root and without a terminal nothing is installed unasked") {
    FakeTree tree;
    tree.become(1000);
    const CommandResult result = tree.run("demo");
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains("sudo apt-get install -y --no-install-recommends alpha beta"));
    CHECK(tree.calls().empty());
}

TEST_CASE("option --yes and CI=true install through sudo") {
    const bool by_flag = GENERATE(true, false);
    FakeTree tree;
    tree.become(1000);
    const CommandResult result =
        tree.run(by_flag ? "demo --yes x" : "demo x", by_flag ? "" : "CI=true");
    CHECK(result.exit_code == 0);
    CHECK_THAT(tree.calls(), Contains("sudo -n env DEBIAN_FRONTEND=noninteractive apt-get -qq -y"));
    CHECK_THAT(tree.calls(), Contains(std::string(kInstall) + "alpha beta\n"));
    CHECK_THAT(result.out, Contains("[demo]\n[x]\n"));
    CHECK_THAT(result.out, !Contains("--yes"));
}

TEST_CASE("without root and sudo the command for an administrator is named") {
    FakeTree tree;
    tree.become(1000);
    tree.remove_tool("sudo");
    const CommandResult result = tree.run("demo --yes");
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains("administrator run: apt-get install"));
}

TEST_CASE("on a terminal the user is asked") {
    if (!has_terminals()) {
        WARN("no pseudo-terminal on this machine: not checked here");
        return;
    }
    FakeTree tree;
    tree.become(1000);
    SECTION("no") {
        const CommandResult result = run_on_terminal(tree.call("demo"), "n\n");
        CHECK(result.exit_code == 2);
        CHECK_THAT(result.out, Contains("[Y/n]"));
        CHECK_THAT(result.out, Contains("nothing was installed"));
        CHECK(tree.calls().empty());
    }
    SECTION("the Enter key means yes") {
        const CommandResult result = run_on_terminal(tree.call("demo"), "\n");
        CHECK(result.exit_code == 0);
        CHECK_THAT(tree.calls(), Contains(std::string(kInstall) + "alpha beta\n"));
        CHECK_THAT(result.out, Contains("[demo]"));
    }
    SECTION("root is not asked") {
        tree.become(0);
        const CommandResult result = run_on_terminal(tree.call("demo"), "");
        CHECK(result.exit_code == 0);
        CHECK_THAT(result.out, !Contains("[Y/n]"));
    }
}

TEST_CASE("a failing apt-get shows its errors and the log") {
    FakeTree tree;
    tree.break_part("apt");
    const CommandResult result = tree.run("demo");
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains("E: Unable to locate package"));
    CHECK_THAT(result.err, Contains("build/install.log"));
}

TEST_CASE("a system without dpkg is told which tools are needed") {
    FakeTree tree;
    tree.remove_tool("dpkg-query");
    const CommandResult result = tree.run("demo");
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains("these tools are missing: c++ ninja pkg-config\n"));
    CHECK_THAT(result.err, Contains("alpha beta"));
    for (const char* tool : {"c++", "ninja", "pkg-config"}) {
        write_program(tree.tools() / tool, "#!/bin/sh\n");
    }
    CHECK(tree.run("demo").exit_code == 0);
}
