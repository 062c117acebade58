// SPDX-License-Identifier: Apache-2.0
// A GPU's memory as a plain C++ class for somebody else's simulator: no SystemC, no unit of a
// region. Time is the caller's; the memory says when it has something to tell.
// Not modelled: contents; see hold().
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/hbm4/ecc/memory_faults.h"
#include "models/hbm4/hbm4.h"
#include "models/hbm4/memory_system/door_config.h"
#include "models/hbm4/memory_system/status.h"

namespace vr {

/// One access: whole accesses (32 B for HBM4) within one interleaving block.
struct MemoryOrder {
    std::uint64_t address = 0;
    std::uint32_t bytes = 0;
    bool write = false;
    std::uint64_t token = 0;  ///< the caller's own; given back at completion
};

struct MemoryCompletion {
    std::uint64_t token = 0;
    Time time;              ///< the edge at which it completes
    std::int64_t tick = 0;  ///< number of that edge of the memory's clock
    bool write = false;
    /// What the memory says of a read's data; kNone without faults, and where contents are held.
    ReadSeverity severity = ReadSeverity::kNone;
};

/// Requests enter at the present, now(), which only advance_to() moves. A request completes when
/// its last byte has left or reached the pins and the controller has answered. Which requests are
/// accepted, and all completions, depend on the requests and their ticks alone, not on how
/// advance_to() is called. Wrong use throws UsageError and changes nothing.
class MemorySystem final : private PortSink<MemoryResponse> {
  public:
    /// Called once per request, within advance_to(), in the order (tick, pseudo-channel, order of
    /// service); now() is then the completion's time, the credit is free, and it may add requests.
    using Callback = std::function<void(const MemoryCompletion&)>;

    /// Throws InputError when `memory` has problems() or a credit is out of range. `path` names it
    /// in messages and statistics.
    MemorySystem(std::string path, const Hbm4Config& memory, Callback callback,
                 const MemoryDoorConfig& door = {});
    MemorySystem(std::string path, const MemorySystemConfig& config, Callback callback)
        : MemorySystem(std::move(path), config.memory, std::move(callback), config.door) {}
    /// The memory of a platform: a preset or a file, with profile and settings.
    MemorySystem(std::string path, const ConfigurationRequest& platform, Callback callback)
        : MemorySystem(std::move(path), load_memory_system(platform), std::move(callback)) {}
    MemorySystem(const MemorySystem&) = delete;
    MemorySystem& operator=(const MemorySystem&) = delete;
    /// Takes its faults away from the contents that it holds.
    ~MemorySystem();

    /// Whether a request can be added at the present: whether its pseudo-channel has a credit of
    /// its direction. If not, none comes free before next_event_time(). Throws UsageError for a
    /// request that can never be served: beyond the memory, no whole accesses, across blocks.
    [[nodiscard]] bool accepts(std::uint64_t address, std::uint32_t bytes, bool write) const;
    /// Takes a request. Throws UsageError as accepts() does, and where accepts() is false.
    void add(const MemoryOrder& order);
    /// Moves the present to `time` and calls back all completions up to it, that time included.
    /// Throws UsageError for a time before now(), at kNever, and within a callback.
    void advance_to(Time time);
    /// Nothing completes before this time; after now(), or kNever when nothing is outstanding. It
    /// may come before the first completion is due: go there and ask again.
    [[nodiscard]] Time next_event_time() const;

    [[nodiscard]] Time now() const { return now_; }
    [[nodiscard]] const Clock& clock() const { return clock_; }
    /// Number of the first edge at or after now().
    [[nodiscard]] std::int64_t tick() const { return clock_.first_edge(now_); }
    [[nodiscard]] std::uint64_t outstanding() const { return outstanding_; }
    /// Requests of each direction that one pseudo-channel holds at most: reads, writes.
    [[nodiscard]] const std::array<std::int64_t, 2>& credits() const { return credits_; }
    [[nodiscard]] const Hbm4& core() const { return core_; }

    /// Whether hbm4.faults asks for any.
    [[nodiscard]] bool has_faults() const { return faults_ != nullptr; }
    /// From now on `contents` are what lies in this memory: who moves data reads and writes them
    /// there, with faults and errors at that moment, after contents.use(). Without this, a memory
    /// looks for faults when a request completes, in zeros. `contents` outlive it; those held
    /// before are without faults again. What is written at time 0 before contents.use() is loaded:
    /// it comes before the faults "from the start".
    void hold(SparseMemory& contents);
    /// What faults did up to the present.
    [[nodiscard]] hbm4::FaultCounts fault_counts() const;

    /// Modes, errors and counters at the present.
    [[nodiscard]] Hbm4Status status() const;
    /// Throws UsageError for a pseudo-channel that is not there.
    [[nodiscard]] Hbm4ChannelStatus channel_status(std::uint32_t pseudo_channel);
    /// The 32-bit word at a byte offset of the status window: Hbm4Status, then the pseudo-channels.
    /// Throws UsageError for an offset that is no multiple of 4 or lies beyond.
    [[nodiscard]] std::uint32_t status_word(std::uint64_t offset);
    /// Counts a request that somebody in front refused because the memory cannot serve it.
    void count_refused() { ++refused_; }

    /// All statistics as text: one a line, with unit and meaning.
    [[nodiscard]] std::string report();
    /// Sums in report() start again from 0; maxima and shares of latencies stay.
    void reset_report();

  private:
    struct Slot {
        std::uint64_t token = 0;
        std::uint32_t pseudo_channel = 0;
        std::uint32_t bytes = 0;
        std::uint64_t address = 0;
    };
    struct Due {
        Time time;
        std::uint32_t slot;
        bool write;
    };
    void deliver(Stamped<MemoryResponse>&& stamped) override;
    void tell();
    ReadSeverity meet_faults(const Slot& slot, bool write);
    void catch_up();
    void check(std::uint64_t address, std::uint32_t bytes) const;
    [[nodiscard]] bool has_credit(std::uint32_t pseudo_channel, bool write) const;
    [[nodiscard]] StatisticsRegistry statistics();

    Attribution attribution_;
    Hbm4 core_;
    Clock clock_;
    Callback callback_;
    std::array<std::int64_t, 2> credits_;
    std::int64_t lead_;  // CK that a response is known ahead
    Time now_;
    std::int64_t known_until_ = 0;  // no response that is not in due_ has an earlier tick
    std::deque<Due> due_;           // known and not yet told, in order
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;
    std::vector<std::array<std::uint32_t, 2>> held_;  // by pseudo-channel
    std::uint64_t outstanding_ = 0, sequence_ = 0, refused_ = 0;
    std::array<std::uint64_t, 2> completed_{}, bytes_{};
    std::vector<std::int64_t> base_;              // of the sums in report()
    std::unique_ptr<hbm4::MemoryFaults> faults_;  // null where none can be
    SparseMemory* contents_ = nullptr;
    bool telling_ = false;
    hbm4::EccMode ecc_mode_ = hbm4::EccMode::kNone;
    bool scrubs_ = false;
};

}  // namespace vr
