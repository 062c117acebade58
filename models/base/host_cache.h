// SPDX-License-Identifier: Apache-2.0
// Memory of the host that will be needed soon is asked for early. Changes no result.
#pragma once

#include <cstddef>

namespace vr {

/// Brings `bytes` bytes from `from` on into the host's cache, to be written.
inline void prefetch_host(const void* from, std::size_t bytes) {
    constexpr std::size_t kHostLine = 64;
    for (std::size_t at = 0; at < bytes; at += kHostLine) {
        __builtin_prefetch(static_cast<const char*>(from) + at, 1);
    }
}

}  // namespace vr
