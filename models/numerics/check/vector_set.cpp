// SPDX-License-Identifier: Apache-2.0
#include "models/numerics/check/vector_set.h"

#include <algorithm>
#include <filesystem>

#include "models/base/error.h"

namespace vr {
namespace {

namespace fs = std::filesystem;

bool describes_others(const fs::path& path) {
    const std::string name = path.filename().string();
    return name.starts_with("README") || name.starts_with("LICENSE") || name.ends_with(".md");
}

std::string counted(std::uint64_t count, const char* noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

}  // namespace

std::vector<std::string> vector_files(const std::string& path) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
        return {path};
    }
    std::vector<std::string> out;
    for (auto entry = fs::recursive_directory_iterator(path, error);
         !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        if (entry->is_regular_file() && !describes_others(entry->path())) {
            out.push_back(entry->path().string());
        }
    }
    if (error) {
        throw InputError(Diagnostic{path,
                                    0,
                                    0,
                                    fmt::format("cannot be read: {}", error.message()),
                                    "a directory of vector files",
                                    {}});
    }
    if (out.empty()) {
        throw InputError(Diagnostic{
            path, 0, 0, "holds no vector file", "vector files, plain or .gz, in it or below", {}});
    }
    std::sort(out.begin(), out.end());
    return out;
}

void CheckTotal::add(const CheckSummary& summary) {
    if (summary.judged) {
        ++files;
        cases += summary.cases;
        passed += summary.passed;
    } else {
        ++open_files;
        open_cases += summary.cases;
    }
}

std::string CheckTotal::text() const {
    std::string out =
        fmt::format("{}, {}: {}", counted(files, "file"), counted(cases, "case"),
                    passed == cases ? std::string("all right")
                                    : fmt::format("{} right, {} WRONG", passed, cases - passed));
    if (open_files > 0) {
        out += fmt::format("; apart: {} with {} on an open question", counted(open_files, "file"),
                           counted(open_cases, "case"));
    }
    return out;
}

}  // namespace vr
