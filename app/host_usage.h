// SPDX-License-Identifier: Apache-2.0
// What a run cost the host. Nothing in a simulation may depend on it.
#pragma once

#include <cstdint>

namespace vr {

/// Processor time of this process so far, user and system.
[[nodiscard]] std::int64_t cpu_microseconds();
/// Largest resident memory so far.
[[nodiscard]] std::int64_t peak_memory_bytes();

}  // namespace vr
