// SPDX-License-Identifier: Apache-2.0
// Who multiplies the tiles of a tensor core: the arithmetic of this folder, or a twin that stands
// behind the same interface (rtl/). Not modelled: time.
#pragma once

#include <cstdint>

#include "models/numerics/tile_multiply.h"

namespace vr {

class TileMultiplier {
  public:
    virtual ~TileMultiplier() = default;
    /// As multiply_tile() for packed rows: adds A x B transposed to the fp32 accumulators and
    /// returns the open corners that were touched. Called once per tile and slot.
    virtual Corners multiply(const DotContract& contract, const OperandView& a,
                             const OperandView& b, std::uint32_t* accumulators,
                             std::int64_t stride) = 0;
};

/// multiply_tile() itself.
class ModelMultiplier final : public TileMultiplier {
  public:
    Corners multiply(const DotContract& contract, const OperandView& a, const OperandView& b,
                     std::uint32_t* accumulators, std::int64_t stride) override {
        return multiply_tile(contract, a, b, accumulators, stride);
    }
};

}  // namespace vr
