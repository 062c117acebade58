// SPDX-License-Identifier: Apache-2.0
// Messages between a core that runs software and the registers of another unit. Not modelled:
// posted writes; every access is answered.
#pragma once

#include <cstdint>

#include "models/transport/register_map.h"

namespace vr {

/// One access to a unit's registers.
struct RegisterRequest {
    std::uint32_t offset = 0;  ///< in the unit's block
    std::uint32_t size = 4;    ///< bytes
    std::uint32_t value = 0;   ///< of a write
    bool write = false;
};

/// Its answer, in the order of the requests.
struct RegisterAnswer {
    std::uint32_t value = 0;  ///< of a read
    RegisterFault fault = RegisterFault::kNone;
};

/// The level of an interrupt line from now on.
struct InterruptLevel {
    bool high = false;
};

}  // namespace vr
