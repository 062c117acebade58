// SPDX-License-Identifier: Apache-2.0
#include "app/memory/memory_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "app/report/text.h"
#include "models/base/error.h"
#include "models/base/random.h"
#include "traces/formats/memory/dramsim3.h"

namespace vr {

namespace {

constexpr std::uint64_t kRegionBytes = std::uint64_t{1} << 30;

std::uint64_t file_digest(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return hash_text(text.str());
}

void check_addresses(const std::vector<MemoryAccess>& accesses, const std::string& path,
                     const Hbm4Config& memory) {
    const auto capacity = static_cast<std::uint64_t>(memory.capacity().value);
    std::uint64_t highest = 0;
    for (const MemoryAccess& access : accesses) {
        highest = std::max(highest, access.address + access.bytes);
    }
    if (highest > capacity) {
        throw InputError(
            Diagnostic{path, 0, 0, fmt::format("the trace reaches address {:#x}", highest - 1),
                       fmt::format("up to {:#x}, the memory's {} B", capacity - 1, capacity),
                       "--target gpu has more"});
    }
}

}  // namespace

MemoryInput open_memory_input(const CommandLine& line, const Hbm4Config& memory) {
    MemoryInput input;
    if (line.pattern.empty()) {
        input.name = std::filesystem::path(line.trace).filename().string();
        std::vector<MemoryAccess> accesses = read_dramsim3_file(line.trace);
        input.digest = hex_text(file_digest(line.trace));
        check_addresses(accesses, line.trace, memory);
        input.accesses = static_cast<std::int64_t>(accesses.size());
        input.source = std::make_unique<AccessList>(std::move(accesses));
        return input;
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
    input.accesses = line.requests;
    input.source = std::make_unique<PatternSource>(shape);
    return input;
}

}  // namespace vr
