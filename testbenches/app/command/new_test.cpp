// SPDX-License-Identifier: Apache-2.0
// vrsim new: what it copies, how it renames, what it refuses. That the copies build is asked in
// testbenches/doors/.
#include <catch2/catch.hpp>
#include <filesystem>

#include "testbenches/app/command/vrsim_command.h"
#include "testbenches/launcher/command.h"

using Catch::Matchers::Contains;
using vr::test::quoted;
using vr::test::read_text;
using vr::test::TemporaryFolder;
using vr::testing::vrsim;
namespace fs = std::filesystem;

TEST_CASE("new copies an example under the user's name and says what to do next") {
    const TemporaryFolder folder;
    const fs::path target = folder.path() / "my work" / "nearest";
    const auto result = vrsim("new policy nearest_first " + quoted(target.string()));
    INFO(result.err);
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.out,
               Contains("next:\n  ./vrsim --with " + quoted(target.string()) + " test\n"));
    CHECK_THAT(result.out, Contains("--set gpu.thread_block_scheduler.policy=nearest_first\n"));
    CHECK(fs::exists(target / "nearest_first.cpp"));
    CHECK(fs::exists(target / "nearest_first_test.cpp"));
    const std::string code = read_text(target / "nearest_first.cpp");
    CHECK_THAT(code, Contains("class NearestFirst final"));
    CHECK_THAT(code, Contains("\"nearest_first\")"));
    for (const auto& entry : fs::directory_iterator(target)) {
        CHECK_THAT(read_text(entry.path()),
                   !Contains("my_policy") && !Contains("MyPolicy") && !Contains("DIR test"));
    }
    SECTION("an existing directory is refused and left alone") {
        const auto again = vrsim("new testbench other " + quoted(target.string()));
        CHECK(again.exit_code == 2);
        CHECK_THAT(again.err, Contains("exists; give a directory that does not"));
        CHECK_FALSE(fs::exists(target / "other.cpp"));
    }
}

TEST_CASE("new knows RTL and firmware, what is no text is copied as it is") {
    const TemporaryFolder folder;
    const fs::path rtl = folder.path() / "leaf";
    const auto leaf = vrsim("new rtl mine " + quoted(rtl.string()));
    CHECK(leaf.exit_code == 0);
    CHECK_THAT(leaf.out, Contains("--set gpu.sm.tensor_core.rtl_leaf=mine "));
    CHECK_THAT(read_text(rtl / "mine.sv"), Contains("module mine ("));
    CHECK_THAT(read_text(rtl / "CMakeLists.txt"), Contains("vrsim_add_rtl(mine TOP mine "));
    const fs::path boot = folder.path() / "boot";
    const auto firmware = vrsim("new firmware boot " + quoted(boot.string()));
    CHECK(firmware.exit_code == 0);
    CHECK_THAT(firmware.out, Contains("fw run boot\n"));
    CHECK_THAT(read_text(boot / "boot.c"), Contains("\"boot: operator \""));
    CHECK(
        read_text(boot / "boot.elf") ==
        read_text(fs::path(VRSIM_SOURCE_DIR) / "testbenches/examples/my_firmware/my_firmware.elf"));
}

TEST_CASE("new refuses an unknown kind with the nearest one, and names that cannot be") {
    const TemporaryFolder folder;
    const std::string target = (folder.path() / "x").string();
    const auto unknown = vrsim("new polcy a " + target);
    CHECK(unknown.exit_code == 2);
    CHECK_THAT(unknown.err, Contains("unknown kind 'polcy'; allowed: ") && Contains("testbench") &&
                                Contains("did you mean 'policy'?"));
    for (const char* name : {"My_Policy", "2nd", "a-b", "vrsim_x", "test", "''", "../up"}) {
        INFO(name);
        const auto result = vrsim("new policy " + std::string(name) + " " + target);
        CHECK(result.exit_code == 2);
        CHECK_THAT(result.err, Contains("cannot be a name"));
    }
    CHECK_FALSE(fs::exists(target));
    CHECK(vrsim("new policy a").exit_code == 2);
    CHECK(vrsim("new policy a /proc/nowhere/x").exit_code == 2);
}
