// SPDX-License-Identifier: Apache-2.0
#include "app/paths.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>
#include <vector>

#include "models/base/error.h"

namespace vr {

namespace {

namespace fs = std::filesystem;

std::string& told_tree() {
    static std::string folder;
    return folder;
}

// The folder above that of the program: of a build, or an installed prefix.
fs::path program_prefix() {
    std::error_code error;
    return fs::read_symlink("/proc/self/exe", error).parent_path().parent_path();
}

std::string tree() {
    if (const char* home = std::getenv("VRSIM_HOME"); home != nullptr && *home != '\0') {
        return home;
    }
    if (!told_tree().empty()) {
        return told_tree();
    }
    const fs::path installed = program_prefix() / "share/vrsim";
    std::error_code error;
    return fs::is_directory(installed / "models/platforms", error) ? installed.string()
                                                                   : VRSIM_SOURCE_DIR;
}

}  // namespace

std::string tree_path(const std::string& relative) {
    return tree() + "/" + relative;
}

void set_tree(std::string folder) {
    told_tree() = std::move(folder);
}

std::string firmware_path(const std::string& given) {
    std::error_code error;
    if (given.find_first_of("./") != std::string::npos || fs::exists(given, error)) {
        return given;  // a path; whoever opens it says what is wrong with it
    }
    std::vector<std::string> names;
    for (const fs::path& folder :
         {program_prefix() / "firmware", fs::path(tree_path("firmware/prebuilt"))}) {
        for (const auto& entry : fs::directory_iterator(folder, error)) {
            if (entry.path().extension() == ".elf") {
                names.push_back(entry.path().stem().string());
                if (names.back() == given) {
                    return entry.path().string();
                }
            }
        }
    }
    std::sort(names.begin(), names.end());
    throw InputError(Diagnostic{"", 0, 0, fmt::format("no firmware '{}', nor a file", given),
                                fmt::format("an ELF file, or {}", fmt::join(names, ", ")), ""});
}

}  // namespace vr
