// SPDX-License-Identifier: Apache-2.0
// A result file that is whole or absent: written under a temporary name, renamed when complete.
// What is there already and is no regular file (a pipe, a device) is written to as it stands.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace vr {

/// The path that a result for `path` replaces: where its symbolic links lead, so that they stay;
/// `path` itself where it is none.
[[nodiscard]] std::string result_target(const std::string& path);
/// The temporary name under which a result for `path` is written.
[[nodiscard]] std::string partial_path(const std::string& path);

class ResultFile {
  public:
    /// Opens PATH.partial, or PATH where it exists and is no regular file; throws UsageError naming
    /// `option` when that is not possible.
    ResultFile(std::string path, std::string option);
    /// Removes the temporary file unless commit() was called.
    ~ResultFile();
    ResultFile(const ResultFile&) = delete;
    ResultFile& operator=(const ResultFile&) = delete;

    void write(std::string_view bytes);
    /// Flushes, closes and renames. Throws UsageError when the bytes could not be written.
    void commit();

  private:
    [[noreturn]] void fail(int error);
    std::string path_;
    std::string option_;
    std::string target_;
    std::string partial_;  ///< "" where the target is written to directly
    std::FILE* file_ = nullptr;
};

}  // namespace vr
