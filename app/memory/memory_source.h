// SPDX-License-Identifier: Apache-2.0
// The accesses of `vrsim mem`: a memory trace, or a pattern.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "app/options.h"
#include "models/hbm4/driver/access_source.h"
#include "models/hbm4/hbm4_config.h"

namespace vr {

struct MemoryInput {
    std::string name;    ///< of the trace's file, or "seq + rand:write"
    std::string digest;  ///< of the trace's bytes, 16 hex digits; "" for a pattern
    std::int64_t accesses = 0;
    std::unique_ptr<AccessSource> source;
};

/// Opens what the command line names: a trace, made ready for the memory (trace_source.h), or
/// patterns (pattern_streams.h). seq takes slot i of its region, rand the next of splitmix64 from
/// the state --seed.
[[nodiscard]] MemoryInput open_memory_input(const CommandLine& line, const Hbm4Config& memory);

}  // namespace vr
