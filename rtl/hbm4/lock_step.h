// SPDX-License-Identifier: Apache-2.0
// Core and SystemVerilog of one pseudo-channel side by side, with the same requests: every command
// at its tick, every end of a request with its shares, and the counters. At the first difference it
// throws. Not modelled: comparing registers; a wrong one shows in the command that it decides.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "models/hbm4/controller/pseudo_channel.h"
#include "rtl/hbm4/rtl_pseudo_channel.h"

namespace vr::hbm4 {

class LockStepChannel {
  public:
    /// `name` is the pseudo-channel's in messages. `timing` must outlive it.
    LockStepChannel(std::string name, const Timing& timing, std::unique_ptr<SchedulerPins> pins);
    LockStepChannel(const LockStepChannel&) = delete;
    LockStepChannel& operator=(const LockStepChannel&) = delete;

    void inject(std::int64_t tick, const Input& input, std::uint32_t token);
    /// As PseudoChannel::run(), with the core's outputs. Throws CheckFailed at the first tick at
    /// which RTL and core differ, which is then the last one that the RTL has done.
    void run(std::int64_t horizon, std::vector<Output>& outputs);
    /// Brings idle machines up to `tick`.
    void settle(std::int64_t tick);
    [[nodiscard]] std::int64_t next() const;
    [[nodiscard]] bool has_work() const { return core_.has_work(); }
    /// Of both; they are equal, which is checked.
    [[nodiscard]] const Counters& counters() const;
    /// Commands compared so far.
    [[nodiscard]] std::int64_t commands() const { return commands_; }
    [[nodiscard]] std::int64_t ticks() const { return rtl_.now(); }
    RtlPseudoChannel& rtl() { return rtl_; }
    PseudoChannel<CommandRecorder>& core() { return core_; }

  private:
    void compare(const RtlTick& tick);
    void take_commands();
    [[noreturn]] void fail(const RtlTick& tick, const std::string& what);

    std::string name_;
    const Timing* timing_;
    PseudoChannel<CommandRecorder> core_;
    RtlPseudoChannel rtl_;
    std::deque<CommandRecord> expected_;  // the core's, not yet compared
    std::deque<Output> ends_;             // the same of requests
    std::deque<CommandRecord> before_;    // the last ones, for a message
    std::vector<Output> scratch_;
    std::int64_t commands_ = 0;
};

}  // namespace vr::hbm4
