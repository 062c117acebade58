// SPDX-License-Identifier: Apache-2.0
// A trace file that stands under its name only after it was checked: written under another name,
// read back by whoever writes it, then renamed.
#pragma once

#include <filesystem>
#include <string>

#include "app/report/result_file.h"

namespace vr {

class CheckedFile {
  public:
    /// Throws UsageError naming `option` when the folder cannot be written, or the path is that of
    /// no regular file.
    CheckedFile(const std::string& path, std::string option);
    /// Removes what was not accepted.
    ~CheckedFile();
    CheckedFile(const CheckedFile&) = delete;
    CheckedFile& operator=(const CheckedFile&) = delete;

    /// Writes the file under another name, which it returns.
    std::string write(const std::string& bytes);
    /// Gives the file its name. Throws UsageError when that is not possible.
    void accept();

  private:
    std::string path_;
    std::string option_;
    std::filesystem::path unchecked_;
    ResultFile file_;
};

/// Throws UsageError when `path` exists and `force` is not set.
void refuse_overwriting(const std::string& verb, const std::string& path, bool force);

}  // namespace vr
