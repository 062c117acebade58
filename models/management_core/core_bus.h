// SPDX-License-Identifier: Apache-2.0
// What the core reaches outside its own memory. Not modelled: bursts, caches, atomics.
#pragma once

#include <cstdint>

namespace vr {

/// How a bus answers.
enum class BusStatus : std::uint8_t {
    kDone,
    kLater,  ///< the access is under way; the core asks again, with the same access, when told
    kFault,  ///< nothing there, or not allowed: an access-fault exception
};

struct BusAnswer {
    BusStatus status = BusStatus::kDone;
    std::uint32_t value = 0;  ///< of a load, in its low bytes
};

/// Devices and other units. Addresses are naturally aligned; `size` is 1, 2 or 4 bytes.
class CoreBus {
  public:
    virtual BusAnswer load(std::uint32_t address, std::uint32_t size) = 0;
    virtual BusStatus store(std::uint32_t address, std::uint32_t size, std::uint32_t value) = 0;

  protected:
    ~CoreBus() = default;
};

}  // namespace vr
