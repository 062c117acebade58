// SPDX-License-Identifier: Apache-2.0
// The command front end's registers as firmware sees them (rtl/registers/command_front_end.toml).
// Not modelled: queues of descriptors in memory; one descriptor lies in registers.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/transport/register_map.h"
#include "models/transport/register_message.h"

namespace vr {

/// A launch that a doorbell asked for: operators of this GPU, in the order of the trace.
struct RungLaunch {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
    static constexpr auto state_members() {
        using R = RungLaunch;
        return vr::state_members(&R::first, &R::count);
    }
};

class LaunchRegisters {
  public:
    explicit LaunchRegisters(std::uint32_t operators);
    /// Every register to its reset value; nothing is launched or complete.
    void reset();
    /// Does one access; `rung` is set when it was a doorbell that is accepted.
    RegisterAnswer access(const RegisterRequest& request, std::optional<RungLaunch>& rung);
    /// An operator that was launched is complete; `failed` when the memory gave it wrong data.
    void operator_done(bool failed = false);
    /// Level of the interrupt line.
    [[nodiscard]] bool interrupt() const;
    [[nodiscard]] std::uint32_t launched() const { return launched_count_; }
    [[nodiscard]] std::uint32_t rings() const { return rings_; }
    static constexpr auto state_members() {
        using L = LaunchRegisters;
        return vr::state_members(&L::block_, &L::launched_, &L::launched_count_, &L::done_,
                                 &L::rings_, &L::refusal_, &L::failed_);
    }

  private:
    enum Refusal : std::uint32_t { kNone, kNoRing, kNoOperators, kBeyond, kLaunchedBefore };
    [[nodiscard]] Refusal ring(std::uint32_t value, std::optional<RungLaunch>& rung);
    void update_status();
    RegisterBlock block_;
    std::uint32_t operators_;
    std::vector<std::uint8_t> launched_;
    std::uint32_t launched_count_ = 0;
    std::uint32_t done_ = 0;
    std::uint32_t rings_ = 0;
    Refusal refusal_ = kNone;
    bool failed_ = false;  // some operator
};

}  // namespace vr
