// SPDX-License-Identifier: Apache-2.0
// Question: does each example work from a directory outside the clone, built together with vrsim
// (--with) and against an installed vrsim (find_package), without a change to a tracked file?
#include <algorithm>
#include <catch2/catch.hpp>

#include "testbenches/launcher/command.h"

using namespace vr::test;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

const fs::path kRoot = VRSIM_SOURCE_DIR;
const fs::path kBuild = VRSIM_BINARY_DIR;

const std::vector<std::string> kInstalled = {"first_testbench", "my_tlm_initiator"};

// Every example, in the order of the folders' names.
std::vector<std::string> examples() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(kRoot / "testbenches/examples")) {
        if (entry.is_directory()) {
            names.push_back(entry.path().filename().string());
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

// The launcher builds in build/PRESET; a build elsewhere has no launcher.
bool launcher_builds_here() {
    std::error_code none;
    return fs::equivalent(kBuild, kRoot / "build" / kBuild.filename(), none);
}

std::string launcher() {
    return "VRSIM_PROGRAM= VRSIM_PRESET=" + quoted(kBuild.filename().string()) + " " +
           quoted((kRoot / "vrsim").string()) + " --no-install ";
}

// What git says of the tree; the same text when nothing changed.
std::string tracked_changes() {
    return run_command("git -C " + quoted(kRoot.string()) + " status --porcelain").out;
}

// The launcher's build folders for directories that will be gone.
void remove_build_folders(const fs::path& added) {
    for (const auto& entry : fs::directory_iterator(kRoot / "build/with")) {
        if (read_text(entry.path() / "CMakeCache.txt").find(added.string()) != std::string::npos) {
            fs::remove_all(entry.path());
        }
    }
}

std::string copy_example(const TemporaryFolder& folder, const std::string& name) {
    const fs::path copy = folder.path() / "my projects" / name;
    fs::create_directories(copy.parent_path());
    fs::copy(kRoot / "testbenches/examples" / name, copy, fs::copy_options::recursive);
    return copy.string();
}

}  // namespace

TEST_CASE("every example, copied by vrsim new, builds and passes its tests by --with") {
    if (!launcher_builds_here()) {
        WARN("this build lies outside build/: the launcher is not checked here");
        return;
    }
    const TemporaryFolder folder;
    const std::string before = tracked_changes();
    std::string with;
    for (const std::string& name : examples()) {
        const std::string copy = (folder.path() / "my projects" / name).string();
        const CommandResult made =
            run_command(launcher() + "new " + name + " own_" + name + " " + quoted(copy));
        INFO(made.err);
        REQUIRE(made.exit_code == 0);
        with += "--with " + quoted(copy) + " ";
    }
    const CommandResult result = run_command(launcher() + with + "test");
    INFO(result.out << result.err);
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.out, Contains("100% tests passed"));
    for (const std::string& name : examples()) {
        CHECK_THAT(result.out, Contains(": own_" + name));
    }
    const std::string run = launcher() + with + "run " +
                            quoted((kRoot / "traces/samples/hello_gemm.jsonl").string()) +
                            " --platform tiny --set gpu.thread_block_scheduler.policy=";
    const CommandResult own = run_command(run + "own_my_policy --json -");
    INFO(own.err);
    CHECK(own.exit_code == 0);
    CHECK_THAT(own.out, Contains("\"value\": \"own_my_policy\""));
    const CommandResult unknown = run_command(run + "own_my_polity");
    CHECK(unknown.exit_code == 3);
    CHECK_THAT(unknown.err, Contains("in_order, own_my_policy"));
    CHECK(tracked_changes() == before);
    remove_build_folders(folder.path());
}

TEST_CASE("a directory whose code does not compile is named with its file and line") {
    if (!launcher_builds_here()) {
        return;
    }
    const TemporaryFolder folder;
    const fs::path copy = copy_example(folder, "first_testbench");
    write_text(copy / "broken.cpp", "int one() {\n    return 1\n}\n");
    const CommandResult result =
        run_command(launcher() + "--with " + quoted(copy.string()) + " test");
    CHECK(result.exit_code == 2);
    CHECK_THAT(result.err, Contains("the build of " + copy.string() + " failed at ") &&
                               Contains("/broken.cpp:2 (log: "));
    write_text(copy / "CMakeLists.txt", "no_such_command(x)\n");
    const CommandResult configuring =
        run_command(launcher() + "--with " + quoted(copy.string()) + " demo");
    CHECK(configuring.exit_code == 2);
    CHECK_THAT(configuring.err, Contains((copy / "CMakeLists.txt").string() + ":1"));
    remove_build_folders(folder.path());
}

TEST_CASE("examples build and pass their tests against an installed vrsim") {
    const TemporaryFolder folder;
    const std::string prefix = (folder.path() / "prefix").string();
    const CommandResult installed =
        run_command("cmake --install " + quoted(kBuild.string()) + " --prefix " + quoted(prefix));
    INFO(installed.out << installed.err);
    REQUIRE(installed.exit_code == 0);
    std::string project =
        "cmake_minimum_required(VERSION 3.25)\nproject(consumer LANGUAGES CXX)\n"
        "enable_testing()\nfind_package(vrsim REQUIRED COMPONENTS numerics hbm4 tlm hbm4_tlm)\n";
    for (const std::string& name : kInstalled) {
        copy_example(folder, name);
        project += "add_subdirectory(" + name + ")\n";
    }
    // numerics alone, and without a word of SystemC on its command line
    project +=
        "add_executable(numbers numbers.cpp)\ntarget_link_libraries(numbers vrsim::numerics)\n"
        "get_target_property(links vrsim::hbm4 INTERFACE_LINK_LIBRARIES)\n"
        "if(links MATCHES \"systemc|SYSTEMC\")\nmessage(FATAL_ERROR \"hbm4 asks for SystemC\")\n"
        "endif()\n";
    const fs::path source = folder.path() / "my projects";
    write_text(source / "CMakeLists.txt", project);
    write_text(source / "numbers.cpp",
               "#include \"models/numerics/number_format.h\"\nint main() {}\n");
    const std::string build = (folder.path() / "build").string();
    const CommandResult result =
        run_command("cmake -G Ninja -S " + quoted(source.string()) + " -B " + quoted(build) +
                    " -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=" VRSIM_COMPILER
                    " '-DCMAKE_CXX_FLAGS=" VRSIM_FLAGS "' -DCMAKE_PREFIX_PATH=" +
                    quoted(prefix) + " && cmake --build " + quoted(build) +
                    " && ctest --no-tests=error --test-dir " + quoted(build));
    INFO(result.out << result.err);
    CHECK(result.exit_code == 0);
    for (const std::string& name : kInstalled) {
        CHECK_THAT(result.out, Contains(": " + name + ":"));
    }
    // Nothing of the tree is left in the package: it may be moved or the tree may go.
    const CommandResult traces =
        run_command("grep -rlF " + quoted(kRoot.string()) + " " + quoted(prefix + "/lib/cmake") +
                    " " + quoted(prefix + "/include"));
    CHECK(traces.out.empty());
    const CommandResult unknown = run_command(
        "cmake -G Ninja -S " + quoted(source.string()) + " -B " + quoted(build + "2") +
        " -DCMAKE_CXX_COMPILER=" VRSIM_COMPILER " -DCMAKE_PREFIX_PATH=" + quoted(prefix) +
        " -DPKG_CONFIG_EXECUTABLE=/bin/false");
    CHECK(unknown.exit_code != 0);
    CHECK_THAT(unknown.err, Contains("needs SystemC 2.3.4 or later"));
}

TEST_CASE("an example has at most 60 lines, and the list names it") {
    const std::string list = read_text(kRoot / "testbenches/examples/README.md");
    for (const std::string& name : examples()) {
        CHECK_THAT(list, Contains("`" + name + "`"));
        for (const auto& entry : fs::directory_iterator(kRoot / "testbenches/examples" / name)) {
            const std::string text = read_text(entry.path());
            INFO(entry.path());
            CHECK(std::count(text.begin(), text.end(), '\n') <= 60);
        }
    }
}
