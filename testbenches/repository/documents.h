// SPDX-License-Identifier: Apache-2.0
// What the documents promise exists: files and folders of the repository that they name, targets
// of their links, and lines of files that they quote.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "testbenches/repository/source_tree.h"

namespace vr::test {

/// In every .md file: words in `backticks` that start with a folder of the repository and do not
/// exist, and links to files that do not exist. Patterns (with * < > { or CAPITALS) and lines that
/// are indented by four spaces are left out.
[[nodiscard]] std::vector<Breach> document_breaches(const std::filesystem::path& root,
                                                    const std::vector<std::string>& files);

/// In every .md file: an indented block after a line `<!-- quotes FILE -->` whose lines do not
/// follow each other in that file of the repository. Blocks may be indented more or less as a
/// whole.
[[nodiscard]] std::vector<Breach> quotation_breaches(const std::filesystem::path& root,
                                                     const std::vector<std::string>& files);

}  // namespace vr::test
