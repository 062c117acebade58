// SPDX-License-Identifier: Apache-2.0
#include "app/report/result_file.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "models/base/error.h"

namespace vr {

namespace {

namespace fs = std::filesystem;

bool is_written_directly(const std::string& path) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    return fs::exists(status) && !fs::is_regular_file(status);
}

}  // namespace

std::string result_target(const std::string& path) {
    constexpr int kMostLinks = 40;  // as the kernel follows (path_resolution(7))
    if (is_written_directly(path)) {
        return path;
    }
    fs::path target = path;
    std::error_code error;
    for (int i = 0; i < kMostLinks && fs::is_symlink(fs::symlink_status(target, error)); ++i) {
        target = target.parent_path() / fs::read_symlink(target, error);
    }
    return target.string();
}

std::string partial_path(const std::string& path) {
    return result_target(path) + ".partial";
}

ResultFile::ResultFile(std::string path, std::string option)
    : path_(std::move(path)),
      option_(std::move(option)),
      target_(result_target(path_)),
      partial_(is_written_directly(target_) ? "" : target_ + ".partial") {
    file_ = std::fopen(partial_.empty() ? target_.c_str() : partial_.c_str(), "wb");
    if (file_ == nullptr) {
        fail(errno);
    }
}

ResultFile::~ResultFile() {
    if (file_ != nullptr) {
        std::fclose(file_);
        if (!partial_.empty()) {
            std::remove(partial_.c_str());
        }
    }
}

void ResultFile::fail(int error) {
    throw UsageError(
        fmt::format("{} {}: cannot write the file: {}; give a path in a folder that "
                    "exists and may be written",
                    option_, path_, std::strerror(error)));
}

void ResultFile::write(std::string_view bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_) != bytes.size()) {
        fail(errno);
    }
}

void ResultFile::commit() {
    const bool written = std::fflush(file_) == 0;
    const int flush_error = errno;
    const bool closed = std::fclose(std::exchange(file_, nullptr)) == 0;
    const bool in_place = partial_.empty() || (written && closed &&
                                               std::rename(partial_.c_str(), target_.c_str()) == 0);
    if (!written || !closed || !in_place) {
        const int error = written ? errno : flush_error;
        if (!partial_.empty()) {
            std::remove(partial_.c_str());
        }
        fail(error);
    }
}

}  // namespace vr
