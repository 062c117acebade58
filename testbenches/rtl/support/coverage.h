// SPDX-License-Identifier: Apache-2.0
// Reads the coverage counts that Verilator writes. Whoever includes it adds coverage.cpp and
// testbenches/launcher/command.cpp to its program, and VRSIM_VERILATOR_COVERAGE to its definitions.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace vr::testing {

struct Share {
    std::uint64_t hit = 0;
    std::uint64_t points = 0;
    [[nodiscard]] double percent() const {
        return points == 0 ? 0.0 : 100.0 * static_cast<double>(hit) / static_cast<double>(points);
    }
};

/// By (kind, module): "line", "branch" or "toggle"; the module "all" is their sum.
using Coverage = std::map<std::pair<std::string, std::string>, Share>;

[[nodiscard]] Coverage read_coverage(const std::string& path);
/// "FILE:LINE" of every point of kind "line" that was never reached.
[[nodiscard]] std::vector<std::string> unreached_lines(const std::string& path);
/// Merges files of counts by Verilator's own tool; fails the test case when it fails.
void merge_coverage(const std::vector<std::string>& from, const std::string& to);

}  // namespace vr::testing
