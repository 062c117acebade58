// SPDX-License-Identifier: Apache-2.0
// A result file that is whole or absent: written under a temporary name, renamed when complete.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace vr {

class ResultFile {
  public:
    /// Opens PATH.partial; throws UsageError naming `option` when that is not possible.
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
    std::string partial_;
    std::string option_;
    std::FILE* file_ = nullptr;
};

}  // namespace vr
