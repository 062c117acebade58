// SPDX-License-Identifier: Apache-2.0
// Messages between a cache (or another requester) and a memory.
#pragma once

#include <cstdint>

#include "models/base/attribution.h"
#include "models/transport/state_members.h"

namespace vr {

/// One access: `bytes` contiguous bytes within one interleaving block of the memory's address map
/// (so they lie in one row of one bank). Address and size are multiples of the memory's access size
/// (32 B for HBM4).
struct MemoryRequest {
    std::uint64_t address = 0;  ///< physical address within this memory
    std::uint32_t bytes = 0;
    std::uint32_t tag = 0;  ///< the requester's own; returned with the response
    bool write = false;
    CauseTrail cause;
    static constexpr auto state_members() {
        using R = MemoryRequest;
        return vr::state_members(&R::address, &R::bytes, &R::tag, &R::write, &R::cause);
    }
};

/// The answer, sent when the last byte of a read has arrived, or when a write has been accepted for
/// good.
struct MemoryResponse {
    std::uint32_t tag = 0;
    bool write = false;
    CauseTrail cause;  ///< the request's, extended by what the memory did
    static constexpr auto state_members() {
        using R = MemoryResponse;
        return vr::state_members(&R::tag, &R::write, &R::cause);
    }
};

}  // namespace vr
