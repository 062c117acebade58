// SPDX-License-Identifier: Apache-2.0
// A set of vector files: what a list of files and directories names, and the totals of their
// checks.
#pragma once

#include <string>
#include <vector>

#include "models/numerics/check/vector_check.h"

namespace vr {

/// The file itself; of a directory every file in it and below, sorted by path, but for what
/// describes others: names that start with README or LICENSE, or end in .md. Throws InputError for
/// a directory without any.
[[nodiscard]] std::vector<std::string> vector_files(const std::string& path);

/// Sums over files.
struct CheckTotal {
    std::uint64_t files = 0;
    std::uint64_t cases = 0;
    std::uint64_t passed = 0;
    std::uint64_t open_files = 0;  ///< not judged; not among `files` and `cases`
    std::uint64_t open_cases = 0;

    void add(const CheckSummary& summary);
    [[nodiscard]] bool any() const { return files + open_files > 0; }
    /// "69 files, 232,455 cases: all right; apart: 1 file with 180 cases on an open question".
    [[nodiscard]] std::string text() const;
};

}  // namespace vr
