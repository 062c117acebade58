// SPDX-License-Identifier: Apache-2.0
// Reads an FST file with GTKWave's reader, which Verilator ships: signals by path and their
// changes.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace vr::testing {

struct Signal {
    std::uint64_t changes = 0;  ///< the first value counts
    std::uint64_t rises = 0;    ///< changes to "1"
    std::string last;           ///< bits
};

struct Waves {
    std::map<std::string, Signal> signals;  ///< by full path, e.g. "gpu.sm0.tensor_core.d_o"
    std::uint64_t end = 0;                  ///< time of the last change, in units of the timescale
    int timescale = 0;                      ///< power of ten of a second: -12
};

/// Throws when the file is no FST.
Waves read_waves(const std::string& path);

}  // namespace vr::testing
