// SPDX-License-Identifier: Apache-2.0
#include "app/checked_file.h"

#include <utility>

#include "models/base/error.h"

namespace vr {

namespace fs = std::filesystem;

namespace {

// It is read back, so it must be a file.
std::string target_of(const std::string& path, const std::string& option) {
    std::error_code ignored;
    if (fs::exists(path, ignored) && !fs::is_regular_file(path, ignored)) {
        throw UsageError(fmt::format(
            "{} {}: is no regular file, and the trace is read back; give the path of a file",
            option, path));
    }
    return result_target(path);
}

}  // namespace

CheckedFile::CheckedFile(const std::string& path, std::string option)
    : path_(target_of(path, option)),
      option_(std::move(option)),
      unchecked_(fs::path(path_).parent_path() /
                 ("unchecked-" + fs::path(path_).filename().string())),
      file_(unchecked_.string(), option_) {}

CheckedFile::~CheckedFile() {
    std::error_code ignored;
    fs::remove(unchecked_, ignored);
}

std::string CheckedFile::write(const std::string& bytes) {
    file_.write(bytes);
    file_.commit();
    return unchecked_.string();
}

void CheckedFile::accept() {
    std::error_code error;
    fs::rename(unchecked_, path_, error);
    if (error) {
        throw UsageError(fmt::format("{} {}: {}", option_, path_, error.message()));
    }
}

void refuse_overwriting(const std::string& verb, const std::string& path, bool force) {
    std::error_code ignored;
    if (!force && fs::exists(path, ignored)) {
        throw UsageError(fmt::format("{}: '{}' exists; --force overwrites it", verb, path));
    }
}

}  // namespace vr
