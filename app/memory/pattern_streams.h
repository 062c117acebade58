// SPDX-License-Identifier: Apache-2.0
// The patterns of `vrsim mem --pattern`, from their text to shapes that fit a memory.
#pragma once

#include <string>
#include <vector>

#include "app/options.h"
#include "models/hbm4/driver/access_source.h"
#include "models/hbm4/hbm4_config.h"

namespace vr {

/// What `vrsim help mem` says on patterns and on options without effect.
[[nodiscard]] std::string memory_help();

/// "7/2" or "4" as a fraction above 0; UsageError names `flag` otherwise.
[[nodiscard]] Ratio parse_interval(const std::string& flag, const std::string& text);

/// The streams of the command line. A region that is not placed begins where that of the stream
/// before ends, at 0 for the first; one without a size has the largest power of two up to 1 GiB
/// that leaves room for all. What does not fit the memory, or streams of which only some are paced,
/// throw UsageError.
[[nodiscard]] std::vector<PatternSource::Shape> pattern_streams(const CommandLine& line,
                                                                const Hbm4Config& memory);

}  // namespace vr
