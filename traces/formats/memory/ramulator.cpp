// SPDX-License-Identifier: Apache-2.0
// Lines of Ramulator's load-store traces: LD|ST ADDRESS (CMU-SAFARI/ramulator2, frontend
// LoadStoreTrace: two words; hexadecimal with 0x, else decimal). They carry no cycles.
#include "traces/formats/memory/trace_line.h"

namespace vr::memory_trace {

bool parse_ramulator(TraceLine& line, std::string_view first, MemoryAccess& access,
                     MemoryTrace::Place& place) {
    access.write = first == "ST";
    if (!access.write && first != "LD") {
        const bool other = first == "R" || first == "W";
        return line.problem("is no kind of access", "LD or ST",
                            other ? "traces of DRAM addresses (R|W) are not read" : "");
    }
    if (!line.address(line.next(), false, access.address)) {
        return false;
    }
    place = line.place();
    access.address -= access.address % access.bytes;
    return line.ends("the address", "two words: LD or ST, address");
}

}  // namespace vr::memory_trace
