// SPDX-License-Identifier: Apache-2.0
// Lines of DRAMsim3 traces: ADDRESS KIND CYCLE, the address hexadecimal (umd-memsys/DRAMsim3,
// src/common.cc, operator>> of Transaction: P_MEM_WR and BOFF count as writes).
#include "traces/formats/memory/trace_line.h"

namespace vr::memory_trace {

bool parse_dramsim3(TraceLine& line, std::string_view first, MemoryAccess& access,
                    MemoryTrace::Place& place) {
    if (!line.address(first, true, access.address)) {
        return false;
    }
    place = line.place();
    const std::string_view kind = line.next();
    access.write = kind == "WRITE" || kind == "P_MEM_WR" || kind == "BOFF";
    if (!access.write && kind != "READ") {
        const std::string nearest = nearest_name(kind, {"READ", "WRITE", "P_MEM_WR", "BOFF"});
        return line.problem("is no kind of access", "READ, WRITE, P_MEM_WR or BOFF",
                            nearest.empty() ? "" : "did you mean '" + nearest + "'?");
    }
    if (!line.cycle(line.next(), access.arrival) ||
        !line.ends("the cycle", "three words: address, kind, cycle")) {
        return false;
    }
    access.address -= access.address % access.bytes;
    return true;
}

}  // namespace vr::memory_trace
