// SPDX-License-Identifier: Apache-2.0
// Question: does each example work from a directory outside the clone, built together with vrsim
// (--with) and against an installed vrsim (find_package), without a change to a tracked file?
#include <algorithm>
#include <catch2/catch.hpp>
#include <regex>
#include <sstream>

#include "testbenches/launcher/command.h"

using namespace vr::test;
using Catch::Matchers::Contains;
namespace fs = std::filesystem;

namespace {

const fs::path kRoot = VRSIM_SOURCE_DIR;
const fs::path kBuild = VRSIM_BINARY_DIR;

const std::string kHello = quoted((kRoot / "traces/samples/hello_gemm.jsonl").string());

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

// Folders of a test differ from run to run; what was compiled in them is found again all the same.
std::string cached_in(const TemporaryFolder& folder) {
    return "export CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=" + quoted(folder.path().string()) + "; ";
}

// `vrsim new KIND NAME`, then the text in its file replaced; a CMakeLists.txt without its tests.
std::string spoiled_copy(const TemporaryFolder& folder, const std::string& kind,
                         const std::string& name, const std::string& file, const std::string& from,
                         const std::string& to) {
    const fs::path copy = folder.path() / "my projects" / name;
    const CommandResult made =
        run_command(launcher() + "new " + kind + " " + name + " " + quoted(copy.string()));
    INFO(made.err);
    REQUIRE(made.exit_code == 0);
    std::string text = read_text(copy / file);
    REQUIRE(text.find(from) != std::string::npos);
    write_text(copy / file, text.replace(text.find(from), from.size(), to));
    text = read_text(copy / "CMakeLists.txt");
    const std::size_t function = text.find("vrsim_add_" + kind + "(");
    REQUIRE(function != std::string::npos);
    write_text(copy / "CMakeLists.txt", text.substr(0, text.find('\n', function) + 1));
    return "--with " + quoted(copy.string()) + " ";
}

// The runs of the program that has own_my_rtl, and `faulty`, which is wrong.
void check_leaves(const std::string& program) {
    const std::string run =
        program + "run " + kHello + " --platform tiny --quiet --set gpu.sm.tensor_core.rtl_leaf=";
    const std::string both = " --set gpu.sm.tensor_core.impl=both";
    const CommandResult own = run_command(run + "own_my_rtl --json -" + both);
    INFO(own.err);
    CHECK(own.exit_code == 0);
    CHECK_THAT(own.out, Contains("exact (RTL-checked)") && Contains("\"value\": \"own_my_rtl\""));
    CHECK(run_command(run + "own_my_rtl --set gpu.sm.tensor_core.impl=rtl").exit_code == 0);
    const CommandResult faulty = run_command(run + "faulty" + both);
    CHECK(faulty.exit_code == 1);
    CHECK_THAT(faulty.err, Contains("RTL and model differ at clock ") && Contains("expected "));
    CHECK_THAT(run_command(run + "own" + both).err,
               Contains("allowed: faulty, fp_dot_step, own_my_rtl"));
}

// The runs of the program that has own_my_firmware, and `strict`, whose budget nothing keeps.
void check_firmware(const std::string& program) {
    const auto run = [&](const std::string& arguments, int exit_code, const std::string& text) {
        const CommandResult result =
            run_command(program + "fw run " + arguments + " --platform tiny");
        INFO(arguments << "\n" << result.out << result.err);
        CHECK(result.exit_code == exit_code);
        CHECK_THAT(result.out + result.err, Contains(text));
    };
    const std::string compiler = VRSIM_RISCV_COMPILER;
    const std::string own = compiler == "none" ? "my_firmware" : "own_my_firmware";
    run("own_my_firmware", 0, "firmware PASS: own_my_firmware at ");
    run("own_my_firmware", 0, own + ": operator 0 took ");
    run("own_my_firmware --set gpu.command_front_end.launch_latency='100 us'", 1,
        "firmware FAIL: own_my_firmware ended with code 1 ");
    run("hello_doorbell", 0, "firmware PASS: hello_doorbell at ");
    run("own", 3, "no firmware 'own', nor a file; allowed: an ELF file, or hello_doorbell, ");
    if (compiler == "none") {
        WARN("no RISC-V compiler: firmware is taken as it is, and none is built");
    } else {
        run("strict", 1, "firmware FAIL: strict ended with code 1 ");
    }
}

// The runs of docs/kernels.md, with the trace of a copy of the example, print the page's lines.
void check_kernel_page(const std::string& program, const fs::path& copied) {
    const std::string trace = read_text(copied);
    const std::string argument = "\"rows\": ";
    const std::string page = read_text(kRoot / "docs/kernels.md");
    std::istringstream lines(page.substr(page.find("## What the report shows")));
    std::string output;
    std::size_t compared = 0;
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with("    ./vrsim --with ")) {
            std::string changed = trace;
            if (const std::size_t at = line.find(argument); at != std::string::npos) {
                const std::size_t value = at + argument.size();
                changed = std::regex_replace(
                    trace, std::regex(argument + "[0-9]+"),
                    argument + line.substr(value, line.find(' ', value) - value));
                REQUIRE(changed != trace);
            }
            const fs::path page_trace = copied.parent_path() / "page.jsonl";
            write_text(page_trace, changed);
            const CommandResult run =
                run_command(program + "run " + quoted(page_trace.string()) + " --platform tiny");
            output = run.out + run.err;
        } else if (line.starts_with("    ")) {
            CHECK_THAT(output, Contains(line.substr(4) + "\n"));
            ++compared;
        }
    }
    CHECK(compared >= 5);
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
    with +=
        spoiled_copy(folder, "rtl", "faulty", "faulty.sv", "a_i[i][7] ^ b_i", "a_i[i][7] | b_i");
    with +=
        spoiled_copy(folder, "firmware", "strict", "strict.c", "kBudget = 20000", "kBudget = 20");
    const std::string program = cached_in(folder) + launcher() + with;
    const CommandResult result = run_command(program + "test");
    INFO(result.out << result.err);
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.out, Contains("100% tests passed"));
    for (const std::string& name : examples()) {
        CHECK_THAT(result.out, Contains(": own_" + name));
    }
    const std::string run =
        program + "run " + kHello + " --platform tiny --set gpu.thread_block_scheduler.policy=";
    const CommandResult own = run_command(run + "own_my_policy --json -");
    INFO(own.err);
    CHECK(own.exit_code == 0);
    CHECK_THAT(own.out, Contains("\"value\": \"own_my_policy\""));
    const CommandResult unknown = run_command(run + "own_my_polity");
    CHECK(unknown.exit_code == 3);
    CHECK_THAT(unknown.err, Contains("in_order, own_my_policy"));
    check_leaves(program);
    check_firmware(program);
    check_kernel_page(program,
                      folder.path() / "my projects/my_tile_program/own_my_tile_program.jsonl");
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

namespace {

// Configures a project against the prefix.
std::string configure(const fs::path& source, const fs::path& build, const fs::path& prefix) {
    return "cmake -G Ninja -S " + quoted(source.string()) + " -B " + quoted(build.string()) +
           " -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER=" VRSIM_COMPILER
           " -DVRSIM_SANITIZE=" VRSIM_SANITIZED " -DCMAKE_CXX_COMPILER_LAUNCHER=" VRSIM_LAUNCHER
           " '-DCMAKE_CXX_FLAGS=" VRSIM_FLAGS "' -DCMAKE_PREFIX_PATH=" +
           quoted(prefix.string());
}

std::string build_and_test(const fs::path& build) {
    return " && cmake --build " + quoted(build.string()) +
           " && ctest --no-tests=error --test-dir " + quoted(build.string());
}

}  // namespace

TEST_CASE("every example builds and passes its tests against an installed vrsim") {
    const TemporaryFolder folder;
    const std::string before = tracked_changes();
    const fs::path first = folder.path() / "first prefix";
    const fs::path prefix = folder.path() / "prefix";
    const CommandResult installed = run_command("cmake --install " + quoted(kBuild.string()) +
                                                " --prefix " + quoted(first.string()));
    INFO(installed.out << installed.err);
    REQUIRE(installed.exit_code == 0);
    fs::rename(first, prefix);  // a package may be moved
    std::string project =
        "cmake_minimum_required(VERSION 3.25)\nproject(consumer LANGUAGES CXX)\n"
        "enable_testing()\nfind_package(vrsim REQUIRED COMPONENTS numerics hbm4 tlm hbm4_tlm)\n";
    for (const std::string& name : examples()) {
        copy_example(folder, name);
        project += "add_subdirectory(" + name + ")\n";
    }
    // numerics alone, and without a word of SystemC on its command line
    project +=
        "add_executable(numbers numbers.cpp)\ntarget_link_libraries(numbers vrsim::numerics)\n"
        "foreach(core hbm4 gpu)\nget_target_property(links vrsim::${core} "
        "INTERFACE_LINK_LIBRARIES)\n"
        "if(links MATCHES \"systemc|SYSTEMC\")\nmessage(FATAL_ERROR \"${core} asks for SystemC\")\n"
        "endif()\nendforeach()\n";
    const fs::path source = folder.path() / "my projects";
    write_text(source / "CMakeLists.txt", project);
    write_text(source / "numbers.cpp",
               "#include \"models/numerics/number_format.h\"\nint main() {}\n");
    const fs::path build = folder.path() / "build";
    const CommandResult result =
        run_command(cached_in(folder) + configure(source, build, prefix) + build_and_test(build));
    INFO(result.out << result.err);
    CHECK(result.exit_code == 0);
    for (const std::string& name : examples()) {
        CHECK_THAT(result.out, Contains(": " + name));
    }
    // Nothing of the tree is left in the package, which is all that programs read.
    const CommandResult traces = run_command("grep -rlF " + quoted(kRoot.string()) + " " +
                                             quoted((prefix / "lib/cmake").string()) + " " +
                                             quoted((prefix / "include").string()));
    CHECK(traces.out.empty());
    const fs::path mark = prefix / "share/vrsim/firmware/prebuilt";
    fs::copy_file(mark / "hello_doorbell.elf", mark / "only_here.elf");
    for (const fs::path& program : {prefix / "bin/vrsim", build / "my_rtl/my_rtl_vrsim"}) {
        const CommandResult run = run_command("VRSIM_HOME= " + quoted(program.string()) +
                                              " fw run only_here --platform tiny");
        INFO(run.err);
        CHECK(run.exit_code == 0);
    }
    CHECK(tracked_changes() == before);

    // Without SystemC a component that needs it is refused with the reason.
    const CommandResult without = run_command(configure(source, folder.path() / "build2", prefix) +
                                              " -DPKG_CONFIG_EXECUTABLE=/bin/false");
    CHECK(without.exit_code != 0);
    CHECK_THAT(without.err, Contains("SystemC 2.3.4 or later"));
    // Without a RISC-V compiler the firmware is the one beside its source.
    const fs::path plain = folder.path() / "build3";
    const CommandResult prebuilt =
        run_command(configure(source / "my_firmware", plain, prefix) +
                    " -DVRSIM_RISCV_GCC= -DVRSIM_CLANG=" + build_and_test(plain));
    INFO(prebuilt.out << prebuilt.err);
    CHECK(prebuilt.exit_code == 0);
    CHECK_THAT(prebuilt.out, Contains("no RISC-V compiler"));
    CHECK(read_text(plain / "firmware/my_firmware.elf") ==
          read_text(source / "my_firmware/my_firmware.elf"));
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
