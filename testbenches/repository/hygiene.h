// SPDX-License-Identifier: Apache-2.0
// Checks of the repository's files that no compiler makes: licence line, length, size, and words of
// somebody's machine.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "testbenches/repository/source_tree.h"

namespace vr::test {

inline constexpr std::size_t kLongestSource = 400;                ///< lines
inline constexpr std::uintmax_t kLargestFile = 2'000'000;         ///< bytes, unless compressed
inline constexpr std::uintmax_t kLargestRepository = 40'000'000;  ///< bytes, all files

/// Files that Git tracks or would track; every file where there is no Git.
[[nodiscard]] std::vector<std::string> repository_files(const std::filesystem::path& root);

/// Sources and scripts whose first line (after #!) is not the licence line.
[[nodiscard]] std::vector<Breach> licence_breaches(const std::filesystem::path& root,
                                                   const std::vector<std::string>& files);

/// Reasons by file, from testbenches/repository/long_files.txt: "path reason ...".
[[nodiscard]] std::map<std::string, std::string> long_file_reasons(
    const std::filesystem::path& root);

/// Sources of models/, tlm/, app/, traces/, rtl/ and firmware/ above kLongestSource lines without a
/// reason, and reasons that no file needs.
[[nodiscard]] std::vector<Breach> length_breaches(const std::filesystem::path& root,
                                                  const std::vector<std::string>& files);

/// Files above kLargestFile that are not compressed.
[[nodiscard]] std::vector<Breach> size_breaches(const std::filesystem::path& root,
                                                const std::vector<std::string>& files);

/// Bytes of all files.
[[nodiscard]] std::uintmax_t total_size(const std::filesystem::path& root,
                                        const std::vector<std::string>& files);

/// Lines with a path or an address that only exists on somebody's machine. Measured data (.csv,
/// .jsonl) and compressed files are left out.
[[nodiscard]] std::vector<Breach> foreign_word_breaches(const std::filesystem::path& root,
                                                        const std::vector<std::string>& files);

}  // namespace vr::test
