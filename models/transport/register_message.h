// SPDX-License-Identifier: Apache-2.0
// Messages between a core that runs software and the registers of another unit. Not modelled:
// posted writes; every access is answered.
#pragma once

#include <cstdint>

#include "models/transport/register_map.h"
#include "models/transport/state_members.h"

namespace vr {

/// One access to a unit's registers.
struct RegisterRequest {
    std::uint32_t offset = 0;  ///< in the unit's block
    std::uint32_t size = 4;    ///< bytes
    std::uint32_t value = 0;   ///< of a write
    bool write = false;
    static constexpr auto state_members() {
        using R = RegisterRequest;
        return vr::state_members(&R::offset, &R::size, &R::value, &R::write);
    }
};

/// Its answer, in the order of the requests.
struct RegisterAnswer {
    std::uint32_t value = 0;  ///< of a read
    RegisterFault fault = RegisterFault::kNone;
    static constexpr auto state_members() {
        using R = RegisterAnswer;
        return vr::state_members(&R::value, &R::fault);
    }
};

/// The level of an interrupt line from now on.
struct InterruptLevel {
    bool high = false;
    static constexpr auto state_members() {
        using L = InterruptLevel;
        return vr::state_members(&L::high);
    }
};

}  // namespace vr
