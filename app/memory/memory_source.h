// SPDX-License-Identifier: Apache-2.0
// The accesses of `vrsim mem`: a memory trace, or a pattern.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/options.h"
#include "models/hbm4/driver/access_source.h"
#include "models/hbm4/hbm4_config.h"

namespace vr {

/// How the accesses of a run were made: what repeats it besides the input and the configuration.
struct MemoryDrive {
    struct Stream {
        std::string pattern;  ///< as written
        PatternSource::Shape shape;
    };
    std::uint64_t seed = 0;       ///< with streams: --seed, of which each stream has its own
    std::vector<Stream> streams;  ///< of patterns; none for a trace
    std::string format;           ///< of a trace; "" for patterns
    Bytes access;                 ///< of a trace: of accesses whose line gives no size
    Frequency trace_clock;        ///< of a trace with cycles; else 0
    std::string interval;         ///< --interval, "" for none
    Bandwidth rate;               ///< --rate; 0 for none
};

struct MemoryInput {
    std::string name;    ///< of the trace's file, or "seq + rand:write"
    std::string digest;  ///< of the trace's bytes, 16 hex digits; "" for a pattern
    std::int64_t accesses = 0;
    MemoryDrive drive;
    std::unique_ptr<AccessSource> source;
};

/// Opens what the command line names: a trace, made ready for the memory (trace_source.h), or
/// patterns (pattern_streams.h). seq takes slot i of its region, rand the next of splitmix64 from
/// the state --seed.
[[nodiscard]] MemoryInput open_memory_input(const CommandLine& line, const Hbm4Config& memory);

}  // namespace vr
