// SPDX-License-Identifier: Apache-2.0
#include "app/report/result_file.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "models/base/error.h"

namespace vr {

ResultFile::ResultFile(std::string path, std::string option)
    : path_(std::move(path)), partial_(path_ + ".partial"), option_(std::move(option)) {
    file_ = std::fopen(partial_.c_str(), "wb");
    if (file_ == nullptr) {
        fail(errno);
    }
}

ResultFile::~ResultFile() {
    if (file_ != nullptr) {
        std::fclose(file_);
        std::remove(partial_.c_str());
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
    if (!written || !closed || std::rename(partial_.c_str(), path_.c_str()) != 0) {
        const int error = written ? errno : flush_error;
        std::remove(partial_.c_str());
        fail(error);
    }
}

}  // namespace vr
