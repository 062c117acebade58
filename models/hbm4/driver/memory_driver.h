// SPDX-License-Identifier: Apache-2.0
// Runs accesses straight into an HBM4 memory, without a GPU in front: for memory traces and for
// measuring the memory. Not modelled: who issues the accesses; a window bounds how many are in
// flight.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/base/event_record.h"
#include "models/base/quantity.h"
#include "models/hbm4/controller/observer.h"
#include "models/hbm4/controller/state.h"
#include "models/hbm4/driver/access_source.h"
#include "models/hbm4/driver/bus_account.h"
#include "models/hbm4/hbm4_config.h"

namespace vr {

/// What a run of accesses gave. Latencies run from arrival to response, the controller's own
/// included.
struct MemoryResult {
    bool complete = true;       ///< false: `stop` ended the run with accesses left
    std::int64_t requests = 0;  ///< that arrived
    std::int64_t answered = 0;
    std::int64_t window = 0;  ///< accesses in flight at most; below 0: no bound; 0: by formula
    Bytes bytes;              ///< of the answered ones
    Time finish;              ///< last response
    Bandwidth achieved;
    Bandwidth peak;
    double utilisation = 0;  ///< achieved / peak
    Time latency_mean, latency_p50, latency_p90, latency_p99, latency_max;
    std::vector<std::int64_t>
        latency_powers;  ///< latencies of 2^i to 2^(i+1) - 1 ticks; i = 0: 0 too
    Time queue, refresh, row, data,
        controller;              ///< sums over requests; together the sum of latencies
    hbm4::Counters totals;       ///< over all pseudo-channels
    std::int64_t bus_ticks = 0;  ///< of the run, over all data buses; 0 when not accounted
    hbm4::BusTime bus{};         ///< where they went; the sum is bus_ticks
    std::int64_t pseudo_channels = 0;
    std::int64_t busiest_columns = 0, idlest_columns = 0;  ///< of one pseudo-channel
    std::string refresh_mode;
    std::string address_map;
};

/// A command of one pseudo-channel.
struct MemoryCommand {
    std::uint32_t pseudo_channel = 0;
    hbm4::CommandRecord record;
};

namespace hbm4 {
class MemoryFaults;
class RecordedGroup;
struct Timing;
}  // namespace hbm4

/// Makes the pseudo-channels of a memory; the timing outlives them.
using ChannelFactory =
    std::function<std::unique_ptr<hbm4::RecordedGroup>(const Hbm4Config&, const hbm4::Timing&)>;

struct MemoryDriverOptions {
    static constexpr std::int64_t kUnbounded = -1;  ///< arrival cycles alone pace the run
    /// Accesses in flight at most; 0: what keeps queues and buffers full at peak rate.
    std::int64_t window = 0;
    /// Nothing is fed or simulated after this time, and no later response counts.
    Time stop = kNever;
    /// Takes a slice per answered access, from arrival to response, on a track per pseudo-channel;
    /// null: recording is off.
    EventRecord* events = nullptr;
    /// Takes the commands up to the end of the run in order of time, then of pseudo-channel; null:
    /// nobody watches.
    std::vector<MemoryCommand>* commands = nullptr;
    /// Whether they include what a pseudo-channel does while no request is there; else `account` is
    /// needed, and rounds of refresh of an idle one take no time.
    bool idle_commands = true;
    /// Whether to say where the time of the data buses went.
    bool account = false;
    /// Meets every access when it arrives; null: no faults.
    hbm4::MemoryFaults* faults = nullptr;
    /// What stands for the pseudo-channels; null: the core.
    ChannelFactory channels = nullptr;
};

/// Commands that a run may record; more throw UsageError.
inline constexpr std::int64_t kMostCommands = 2'000'000;

/// Runs all accesses of `source`. An address beyond the memory, an access that is no multiple of
/// the access size or that leaves its interleaving block throws UsageError. `config` must have no
/// problems().
[[nodiscard]] MemoryResult run_memory(const Hbm4Config& config, AccessSource& source,
                                      const MemoryDriverOptions& options);

/// The same by formula: the bytes of all accesses at the peak bandwidth, rounded up. Arrival
/// cycles, rows, refresh and queues play no part, so latencies, shares and counters stay 0.
[[nodiscard]] MemoryResult run_memory_roofline(const Hbm4Config& config, AccessSource& source,
                                               Time stop = kNever);

/// The memory of one channel of `config`: one stack, one channel.
[[nodiscard]] Hbm4Config one_channel(Hbm4Config config);

/// The memory of `count` pseudo-channels of `config`, in as few channels and stacks as hold them. A
/// count that is no power of two from 1 to those of `config` throws UsageError.
[[nodiscard]] Hbm4Config with_pseudo_channels(Hbm4Config config, std::int64_t count);

}  // namespace vr
