// SPDX-License-Identifier: Apache-2.0
// A digest of everything that a verilated object holds, registers and pins alike, for comparing
// runs that were snapshotted with runs that were not. Not modelled: which member differs.
#pragma once

#include <verilated_save.h>

#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "models/base/fnv.h"

namespace vr {

/// While it lives, the settings of a context are zeros. A verilated object saves them as raw bytes
/// with its own members, and the padding between them holds whatever memory held before: two equal
/// objects would differ. They belong to all objects of the context and are no state of one.
class ContextAsZeros {
  public:
    explicit ContextAsZeros(VerilatedContext& context)
        : place_(context.serialized1Ptr()), kept_(VerilatedContext::serialized1Size()) {
        std::memcpy(kept_.data(), place_, kept_.size());
        std::memset(place_, 0, kept_.size());
    }
    ~ContextAsZeros() { std::memcpy(place_, kept_.data(), kept_.size()); }
    ContextAsZeros(const ContextAsZeros&) = delete;
    ContextAsZeros& operator=(const ContextAsZeros&) = delete;

  private:
    void* place_;
    std::vector<unsigned char> kept_;
};

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
