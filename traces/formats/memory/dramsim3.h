// SPDX-License-Identifier: Apache-2.0
// Reader of DRAMsim3 memory traces: one access a line, "<hex address> <READ|WRITE> <cycle>".
// Not read: DRAMsim3's configuration; an access is 64 bytes, as its default configurations have it.
#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <vector>

#include "models/transport/memory_access.h"

namespace vr {

/// Bytes of one access of a DRAMsim3 trace.
inline constexpr std::uint32_t kDramsim3AccessBytes = 64;

/// Reads a whole trace. P_MEM_WR and BOFF count as writes, as in DRAMsim3. Blank lines are skipped.
/// A malformed line, a cycle below the one before it, or a trace without accesses throws InputError
/// with every problem found (the first 20).
[[nodiscard]] std::vector<MemoryAccess> read_dramsim3(std::istream& in, const std::string& file);
/// The same from a file; one that cannot be opened is an InputError.
[[nodiscard]] std::vector<MemoryAccess> read_dramsim3_file(const std::string& path);

}  // namespace vr
