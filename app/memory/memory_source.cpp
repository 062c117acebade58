// SPDX-License-Identifier: Apache-2.0
#include "app/memory/memory_source.h"

#include <fmt/format.h>

#include "models/base/error.h"

namespace vr {

namespace {

constexpr std::uint64_t kRegionBytes = std::uint64_t{1} << 30;

}  // namespace

MemoryInput open_memory_input(const CommandLine& line, const Hbm4Config& memory) {
    MemoryInput input;
    if (line.pattern.empty()) {
        throw UsageError("mem: reading memory traces is not part of this build; use --pattern");
    }
    PatternSource::Shape shape;
    if (!parse_access_pattern(line.pattern, shape.pattern)) {
        throw UsageError(fmt::format("mem: unknown pattern '{}'", line.pattern));
    }
    shape.requests = static_cast<std::uint64_t>(line.requests);
    shape.bytes = static_cast<std::uint32_t>(memory.access_bytes.value);
    shape.region_bytes = kRegionBytes;
    shape.seed = line.common.seed;
    input.name = line.pattern;
    input.source = std::make_unique<PatternSource>(shape);
    return input;
}

}  // namespace vr
