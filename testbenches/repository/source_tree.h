// SPDX-License-Identifier: Apache-2.0
// The repository's files as the checks of this folder see them: build output and dot folders left
// out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace vr::test {

/// One thing that is wrong, in the form of a compiler's message.
struct Breach {
    std::string file;  ///< relative to the root
    std::size_t line = 0;
    std::string what;
    [[nodiscard]] std::string text() const;
};

/// All breaches, one a line, for a test's message.
[[nodiscard]] std::string text_of(const std::vector<Breach>& breaches);

/// Every file below `root`, relative and sorted, without build/ and without dot folders other than
/// .ci.
[[nodiscard]] std::vector<std::string> files_below(const std::filesystem::path& root);

/// Does `path` lie in `folder` (both relative to the root)? A folder lies in itself.
[[nodiscard]] bool lies_in(std::string_view path, std::string_view folder);

/// The lines of a file, without their ends.
[[nodiscard]] std::vector<std::string> lines_of(const std::filesystem::path& file);

}  // namespace vr::test
