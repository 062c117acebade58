// SPDX-License-Identifier: Apache-2.0
// A digest of everything that a verilated object holds, registers and pins alike, for comparing
// runs that were snapshotted with runs that were not. Not modelled: which member differs.
#pragma once

#include <verilated_save.h>

#include <cstdint>
#include <span>

#include "models/base/fnv.h"

namespace vr {

/// Takes the bytes that a class built with --savable would save.
class StateDigest final : public VerilatedSerialize {
  public:
    StateDigest() { m_isOpen = true; }
    void flush() override {
        hash_.push(std::span<const std::uint8_t>(m_bufp, m_cp));
        m_cp = m_bufp;
    }
    [[nodiscard]] std::uint64_t value() {
        flush();
        return hash_.value();
    }

  private:
    Fnv1a hash_;
};

}  // namespace vr
