// SPDX-License-Identifier: Apache-2.0
// The SystemVerilog twins of a memory's command schedulers, as `gpu.hbm4.impl` says. Neither
// SystemC nor Verilator in this header. Not modelled: twins of single pseudo-channels; all or none.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "app/options.h"
#include "models/hbm4/driver/memory_driver.h"
#include "models/hbm4/hbm4_config.h"
#include "rtl/runtime/rtl_context.h"

namespace vr {

class RtlMemory {
  public:
    /// For a run of `memory`. Throws InputError for RTL of more pseudo-channels than one channel
    /// has, UsageError when `line.common.waves` would have nothing to show.
    RtlMemory(const Hbm4Config& memory, const CommandLine& line);

    /// What the memory driver makes its pseudo-channels with; empty for impl = "model". They use
    /// this object.
    [[nodiscard]] ChannelFactory channels() const;
    /// What a report says of it; "" for impl = "model".
    [[nodiscard]] std::string fidelity() const;
    /// Clocks of all twins together.
    [[nodiscard]] std::int64_t clocks() const { return context_ ? context_->clocks() : 0; }

  private:
    std::string impl_;
    std::unique_ptr<RtlContext> context_;
};

/// Refuses RTL memory where a whole GPU runs; throws InputError.
void refuse_rtl_memory(const Hbm4Config& memory);

}  // namespace vr
