// SPDX-License-Identifier: Apache-2.0
// Memory traces of other simulators: DRAMsim3, Ramulator (load-store), DRAMSys (.stl, .rstl); one
// access a line. Grammar: traces/README.md. Not read: contents of writes, and Ramulator's traces of
// instructions and of DRAM addresses.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/quantity.h"
#include "models/transport/memory_access.h"

namespace vr {

enum class MemoryTraceFormat : std::uint8_t {
    kDramsim3,         ///< "0x40 READ 12"
    kRamulator,        ///< "LD 0x40"
    kDramsysAbsolute,  ///< "12: read 0x40", .stl
    kDramsysRelative,  ///< the same with cycles since the access before, .rstl
};

/// "dramsim3", "ramulator", "stl", "rstl", in this order.
[[nodiscard]] const std::vector<std::string>& memory_trace_formats();
/// The format of that name; nothing when there is none.
[[nodiscard]] std::optional<MemoryTraceFormat> memory_trace_format(std::string_view name);
/// Whether a line says when its access comes.
[[nodiscard]] bool has_cycles(MemoryTraceFormat format);

/// One cache line: the access of formats whose lines have no length.
inline constexpr Bytes kMemoryTraceAccess{64};

struct MemoryTrace {
    struct Place {
        std::uint32_t line = 0;
        std::uint32_t column = 0;
    };
    MemoryTraceFormat format{};
    std::uint64_t digest = 0;            ///< FNV-1a of the file's bytes; 0 where a stream was read
    std::vector<MemoryAccess> accesses;  ///< arrivals in cycles of the trace
    std::vector<Place> places;           ///< of their addresses in the file
};

/// Reads a whole trace. `access` is the size of an access whose line has no length; such an access
/// begins at a multiple of it. Blank lines are skipped. Malformed lines and a trace without
/// accesses throw InputError with every problem found (the first 20).
[[nodiscard]] MemoryTrace read_memory_trace(std::istream& in, const std::string& file,
                                            MemoryTraceFormat format,
                                            Bytes access = kMemoryTraceAccess);
/// The same from a file, whose suffix (.stl, .rstl), or else first line, tells the format when none
/// is given, and a fault then says so. A file that cannot be read is an InputError; it is read
/// once, so that it may be a pipe.
[[nodiscard]] MemoryTrace read_memory_trace_file(
    const std::string& path, std::optional<MemoryTraceFormat> format = std::nullopt,
    Bytes access = kMemoryTraceAccess);

}  // namespace vr
