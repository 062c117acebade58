// SPDX-License-Identifier: Apache-2.0
// Messages between a cache (or another requester) and a memory.
#pragma once

#include <cstdint>
#include <utility>

#include "models/base/attribution.h"
#include "models/transport/state_members.h"

namespace vr {

/// One access: `bytes` contiguous bytes within one interleaving block of the memory's address map
/// (so they lie in one row of one bank). Address and size are multiples of the memory's access size
/// (32 B for HBM4).
struct MemoryRequest {
    // Causes are there or not, as the run is explained or not; no time is read from them.
    std::uint64_t address = 0;  ///< physical address within this memory
    std::uint32_t bytes = 0;
    std::uint32_t tag = 0;  ///< the requester's own; returned with the response
    bool write = false;
    Cause cause;  ///< why it asks; empty if the asker keeps that itself
    static constexpr auto state_members() {
        using R = MemoryRequest;
        return vr::state_members(&R::address, &R::bytes, &R::tag, &R::write,
                                 vr::left_out(&R::cause));
    }
};

/// The answer, sent when the last byte of a read has arrived, or when a write has been accepted for
/// good.
struct MemoryResponse {
    std::uint32_t tag = 0;
    bool write = false;
    Cause cause;       ///< the request's; a memory that explains itself has extended it
    CauseTail served;  ///< what the memory did after that
    static constexpr auto state_members() {
        using R = MemoryResponse;
        return vr::state_members(&R::tag, &R::write, vr::left_out(&R::cause),
                                 vr::left_out(&R::served));
    }
};

/// The whole chain of a response whose request carried its cause.
[[nodiscard]] inline CauseTrail trail_of(MemoryResponse&& response, Attribution& attribution) {
    CauseTrail trail(std::move(response.cause));
    attribution.append(trail, response.served);
    return trail;
}

}  // namespace vr
