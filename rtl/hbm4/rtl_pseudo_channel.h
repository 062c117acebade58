// SPDX-License-Identifier: Apache-2.0
// A pseudo-channel whose commands the SystemVerilog scheduler decides, with the interface of
// PseudoChannel; it clocks every tick. In here are the lines and buffers in front of the queues,
// the counters and the latencies of the data. Not modelled: memo, folding and fast-forward, which
// need the core's state.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "models/hbm4/controller/pseudo_channel.h"
#include "models/hbm4/timing/timing.h"
#include "rtl/hbm4/pending_requests.h"
#include "rtl/hbm4/scheduler_pins.h"

namespace vr::hbm4 {

/// One tick of the scheduler, for whoever watches.
struct RtlTick {
    std::int64_t tick = 0;
    std::array<std::optional<WaitingRequest>, 2> waiting;  ///< first of each line
    SchedulerTick did;                                     ///< its commands carry the tick
    std::optional<Output> finish;                          ///< made of did.done
};

class RtlPseudoChannel {
  public:
    using Watcher = std::function<void(const RtlTick&)>;

    /// `timing` must outlive it and be that of the pins' settings.
    RtlPseudoChannel(const Timing& timing, std::unique_ptr<SchedulerPins> pins)
        : timing_(&timing),
          pins_(std::move(pins)),
          pending_{PendingRequests(timing.buffer_depth[0]),
                   PendingRequests(timing.buffer_depth[1])} {}

    /// Told of every tick.
    void watch(Watcher watcher) { watcher_ = std::move(watcher); }
    void inject(std::int64_t tick, const Input& input, std::uint32_t token);
    /// Does everything with tick < horizon, as long as there is work.
    void run(std::int64_t horizon, std::vector<Output>& outputs);
    /// Brings the refreshes of an idle machine up to `tick`.
    void settle(std::int64_t tick);
    [[nodiscard]] std::int64_t next() const { return has_work() ? now_ : kNeverTick; }
    [[nodiscard]] bool has_work() const {
        return busy_ || !pending_[0].line().empty() || !pending_[1].line().empty();
    }
    [[nodiscard]] const Counters& counters() const { return counters_; }
    /// Ticks done; the next one to do.
    [[nodiscard]] std::int64_t now() const { return now_; }
    SchedulerPins& pins() { return *pins_; }
    /// From now on commands() keeps what is sent, until it is emptied.
    void record() { records_ = true; }
    std::vector<CommandRecord>& commands() { return commands_; }

  private:
    std::optional<Output> tick();
    void count(const RtlTick& tick);

    const Timing* timing_;
    std::unique_ptr<SchedulerPins> pins_;
    Watcher watcher_;
    std::array<PendingRequests, 2> pending_;  // reads, writes
    std::array<bool, 2> offered_{};           // the scheduler holds the first of the line
    bool busy_ = false;
    std::int64_t now_ = 0;
    bool records_ = false;
    std::vector<CommandRecord> commands_;
    std::uint64_t open_ = 0;  // bank mask, for counting what PREab closes
    Counters counters_;
};

}  // namespace vr::hbm4
