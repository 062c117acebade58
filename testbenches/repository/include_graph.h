// SPDX-License-Identifier: Apache-2.0
// The #include lines of the repository as a graph of files.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace vr::test {

/// One #include line.
struct IncludeLine {
    std::size_t line = 0;
    bool angled = false;  ///< <target> or "target"
    std::string target;   ///< as written
    std::string file;     ///< the file of the repository that it names, or "" when there is none
};

/// Include lines by file, in order.
using IncludeGraph = std::map<std::string, std::vector<IncludeLine>>;

/// Reads the C and C++ files below `root` (testbenches/ and rtl/ too).
[[nodiscard]] IncludeGraph read_includes(const std::filesystem::path& root);

/// Is this an include of Verilator's run-time library or of a verilated class (VNAME.h)?
[[nodiscard]] bool is_verilator(const IncludeLine& include);
/// Is this an include of SystemC or of its TLM library?
[[nodiscard]] bool is_systemc(const IncludeLine& include);

}  // namespace vr::test
