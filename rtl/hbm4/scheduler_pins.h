// SPDX-License-Identifier: Apache-2.0
// The command scheduler of a pseudo-channel as C++ sees it: the pins of hbm4_scheduler.sv, one tick
// at a time. Not modelled: data.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "models/hbm4/controller/observer.h"
#include "models/hbm4/controller/state.h"

namespace vr::hbm4 {

/// What the scheduler is told for a tick.
struct SchedulerInputs {
    /// By direction, reads and writes: the request that enters the register in front of the queue.
    std::array<std::optional<WaitingRequest>, 2> offers;
    std::uint64_t buffered_banks = 0;  ///< banks with buffered requests, of either direction
    std::size_t arrived_writes = 0;    ///< writes in front of the queue that have arrived
};

/// A request whose last column was sent, and where its time went until its first one.
struct SchedulerDone {
    std::uint32_t tag = 0;
    std::int32_t age_ticks = 0;  ///< from its arrival to that column
    std::int32_t queue_ticks = 0;
    std::int32_t refresh_ticks = 0;
    std::int32_t row_ticks = 0;
    RowOutcome outcome = RowOutcome::kHit;
};

/// What the scheduler did in one tick. Commands carry no tick: whoever clocks it counts.
struct SchedulerTick {
    std::array<bool, 2> ready{};  ///< by direction: nothing waits in front of the queue any more
    bool busy = false;            ///< requests are queued
    bool turned = false;          ///< the direction changed
    bool forced = false;          ///< the row command is a refresh of banks with queued requests
    std::optional<CommandRecord> column;
    std::optional<CommandRecord> row;
    std::optional<SchedulerDone> done;
};

class SchedulerPins {
  public:
    virtual ~SchedulerPins() = default;
    /// One tick. What is offered has arrived by then; no offer while it is not ready.
    virtual SchedulerTick clock(const SchedulerInputs& inputs) = 0;
    /// Clocks of all twins of this run so far: the time in the waveforms, in ns.
    [[nodiscard]] virtual std::int64_t clocks() const = 0;
    /// Everything that the scheduler holds, as one number.
    [[nodiscard]] virtual std::uint64_t digest() = 0;
};

}  // namespace vr::hbm4
