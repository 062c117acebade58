// SPDX-License-Identifier: Apache-2.0
#include "app/doctor.h"

#include <fmt/format.h>
#include <toml++/impl/version.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <boost/version.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string_view>
#include <systemc>

namespace vr {

namespace fs = std::filesystem;

namespace {

constexpr double kGibibyte = 1024.0 * 1024.0 * 1024.0;
constexpr double kMemoryWanted = 2.0;  // GiB: one compiler at a time, or a small run
constexpr double kDiskWanted = 3.0;    // GiB: a build with its compiler cache

// The repository's root: the launcher says it in VRSIM_HOME; else the folder that was built from,
// or the current one.
fs::path home() {
    if (const char* given = std::getenv("VRSIM_HOME"); given != nullptr && *given != '\0') {
        return given;
    }
#ifdef VRSIM_SOURCE_DIR
    return VRSIM_SOURCE_DIR;
#else
    return fs::current_path();
#endif
}

// What a command prints, without the last line end; "" when it fails.
std::string output_of(const std::string& command) {
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"),
                                                     [](FILE* f) { return ::pclose(f); });
    std::string text;
    std::array<char, 256> buffer{};
    while (pipe != nullptr && std::fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) {
        text += buffer.data();
    }
    while (!text.empty() && text.back() == '\n') {
        text.pop_back();
    }
    return text;
}

DoctorCheck check_compiler() {
#if defined(__clang__)
    const std::string compiler =
        fmt::format("clang++ {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#else
    const std::string compiler =
        fmt::format("g++ {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
#if defined(__SANITIZE_ADDRESS__)
    const std::string_view mode = ", with sanitizers";
#elif defined(__OPTIMIZE__)
    const std::string_view mode = ", optimised";
#else
    const std::string_view mode = ", not optimised (simulates slowly)";
#endif
    return {DoctorState::kOk, "compiler",
            fmt::format("built by {} as C++ {}{}", compiler, __cplusplus, mode), ""};
}

DoctorCheck check_systemc() {
    const std::string headers =
        fmt::format("{}.{}.{}", SC_VERSION_MAJOR, SC_VERSION_MINOR, SC_VERSION_PATCH);
    const std::string library =
        sc_core::sc_release();  // "2.3.4-Accellera", from the library at run time
    DoctorCheck check{DoctorState::kOk, "SystemC",
                      fmt::format("library {}, headers {}, interface of C++ {}", library, headers,
                                  static_cast<long>(SC_CPLUSPLUS)),
                      ""};
    const bool same = library.starts_with(headers) &&
                      (library.size() == headers.size() || library[headers.size()] == '-');
    if (!same) {
        check.state = DoctorState::kFail;
        check.fix =
            "another SystemC is loaded than was compiled against: reinstall libsystemc-dev, "
            "unset LD_LIBRARY_PATH, and build again";
    }
    return check;
}

DoctorCheck check_libraries() {
    DoctorCheck check{
        DoctorState::kOk, "libraries",
        fmt::format(
            "fmt {}.{}.{}, nlohmann-json {}.{}.{}, toml++ {}.{}.{}, Boost {}.{}.{}, zlib {}",
            FMT_VERSION / 10000, FMT_VERSION / 100 % 100, FMT_VERSION % 100,
            NLOHMANN_JSON_VERSION_MAJOR, NLOHMANN_JSON_VERSION_MINOR, NLOHMANN_JSON_VERSION_PATCH,
            TOML_LIB_MAJOR, TOML_LIB_MINOR, TOML_LIB_PATCH, BOOST_VERSION / 100000,
            BOOST_VERSION / 100 % 1000, BOOST_VERSION % 100, ::zlibVersion()),
        ""};
    if (std::string_view(::zlibVersion()).substr(0, 1) !=
        std::string_view(ZLIB_VERSION).substr(0, 1)) {
        check.state = DoctorState::kFail;
        check.fix = fmt::format("compiled against zlib {}: reinstall zlib1g-dev and build again",
                                ZLIB_VERSION);
    }
    return check;
}

DoctorCheck check_source() {
    const fs::path root = home();
    if (!fs::is_directory(root / "models/platforms")) {
        return {DoctorState::kFail, "source folder",
                fmt::format("{} has no models/platforms: no preset can be found", root.string()),
                "call the program through ./vrsim, or set VRSIM_HOME to the repository's root"};
    }
    return {DoctorState::kOk, "source folder", root.string(), ""};
}

std::string quoted(const std::string& text) {
    std::string word = "'";
    for (const char c : text) {
        word += c == '\'' ? std::string("'\\''") : std::string(1, c);
    }
    return word + "'";
}

DoctorCheck check_revision() {
    const std::string git = "git -C " + quoted(home().string()) + " ";
    const std::string revision = output_of(git + "rev-parse --short=12 HEAD 2>/dev/null");
    if (revision.empty()) {
        return {DoctorState::kNote, "revision",
                "no Git history here: reports cannot name a revision",
                "clone the repository with git, so that results can be traced to a revision"};
    }
    const std::string changes = output_of(git + "status --porcelain 2>/dev/null");
    if (!changes.empty()) {
        return {DoctorState::kNote, "revision",
                fmt::format("{} and {} changed file(s)", revision,
                            1 + std::count(changes.begin(), changes.end(), '\n')),
                "commit before you publish results"};
    }
    return {DoctorState::kOk, "revision", revision + ", nothing changed", ""};
}

DoctorCheck check_processor() {
    const long cores = ::sysconf(_SC_NPROCESSORS_ONLN);
    return {DoctorState::kOk, "processor", fmt::format("{} core(s)", cores), ""};
}

DoctorCheck check_memory() {
    const double page = static_cast<double>(::sysconf(_SC_PAGESIZE));
    const double total = page * static_cast<double>(::sysconf(_SC_PHYS_PAGES)) / kGibibyte;
    const double free = page * static_cast<double>(::sysconf(_SC_AVPHYS_PAGES)) / kGibibyte;
    DoctorCheck check{DoctorState::kOk, "memory",
                      fmt::format("{:.1f} GiB, {:.1f} GiB of it unused", total, free), ""};
    if (total < kMemoryWanted) {
        check.state = DoctorState::kNote;
        check.fix = fmt::format("{:.0f} GiB are advised: close other programs while vrsim builds",
                                kMemoryWanted);
    }
    return check;
}

DoctorCheck check_disk() {
    std::error_code error;
    const fs::space_info space = fs::space(home(), error);
    if (error) {
        return {DoctorState::kFail, "disk", fmt::format("{}: {}", home().string(), error.message()),
                "set VRSIM_HOME to the repository's root"};
    }
    const double free = static_cast<double>(space.available) / kGibibyte;
    DoctorCheck check{DoctorState::kOk, "disk", fmt::format("{:.1f} GiB free", free), ""};
    if (free < kDiskWanted) {
        check.state = DoctorState::kFail;
        check.fix =
            fmt::format("a build needs about {:.0f} GiB: make room, or remove build/", kDiskWanted);
    }
    return check;
}

// Is the program found through PATH? Says its first line of --version.
DoctorCheck check_tool(const std::string& tool, DoctorState when_missing, const std::string& fix) {
    const std::string version =
        output_of("command -v " + tool + " >/dev/null 2>&1 && " + tool + " --version 2>/dev/null");
    if (version.empty()) {
        return {when_missing, tool, "not found", fix};
    }
    return {DoctorState::kOk, tool, version.substr(0, version.find('\n')), ""};
}

std::string_view mark(DoctorState state) {
    switch (state) {
        case DoctorState::kOk:
            return "ok  ";
        case DoctorState::kNote:
            return "note";
        case DoctorState::kFail:
            break;
    }
    return "FAIL";
}

}  // namespace

std::vector<DoctorCheck> doctor_checks() {
    return {
        check_compiler(),
        check_systemc(),
        check_libraries(),
        check_source(),
        check_revision(),
        check_processor(),
        check_memory(),
        check_disk(),
        check_tool("cmake", DoctorState::kFail, "apt-get install cmake (3.25 or later)"),
        check_tool("ninja", DoctorState::kFail, "apt-get install ninja-build"),
        check_tool("ccache", DoctorState::kNote, "apt-get install ccache: builds again in seconds"),
        check_tool("mold", DoctorState::kNote,
                   "apt-get install mold: links in a tenth of the time"),
    };
}

int doctor(std::ostream& out) {
    int failed = 0;
    for (const DoctorCheck& check : doctor_checks()) {
        out << fmt::format("{}  {:<14} {}\n", mark(check.state), check.name, check.found);
        if (!check.fix.empty()) {
            out << fmt::format("      {:<14} fix: {}\n", "", check.fix);
        }
        failed += check.state == DoctorState::kFail ? 1 : 0;
    }
    out << (failed == 0 ? std::string("vrsim can build and run here.\n")
                        : fmt::format("{} check(s) failed.\n", failed));
    return failed == 0 ? 0 : 1;
}

}  // namespace vr
