// SPDX-License-Identifier: Apache-2.0
// The copy engine: carries bytes between the host's memory and the GPU's, through L2, in chunks, as
// many in flight as its window holds. Not modelled: copies within a GPU or between two, fences,
// its own instruction stream (see ../DEVIATIONS.md).
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "models/base/attribution.h"
#include "models/base/event_record.h"
#include "models/base/parameter.h"
#include "models/gpu/messages.h"
#include "models/transport/clock.h"
#include "models/transport/port.h"
#include "models/transport/remote_message.h"
#include "models/transport/sparse_memory.h"
#include "models/transport/unit.h"

namespace vr {

struct CopyEngineConfig {
    Frequency clock{};
    Bytes chunk{};
    Bytes window{};
    std::int64_t lines_per_clock{};
    Cycles link_latency{};
    template <class Visitor>
    void parameters(Visitor& p) {
        p("clock", clock, {"100 MHz", "10 GHz"}, "clock of the copy engine");
        p("chunk", chunk, {"128 B", "16 KiB"}, "bytes of one transfer (a multiple of 128 B)");
        p("window", window, {"128 B", "64 MiB"}, "bytes in flight in each direction");
        p("lines_per_clock", lines_per_clock, {"1", "64"},
          "lines of 128 B that it moves to or from L2 per clock");
        p("link_latency", link_latency, {"1 clk", "10000 clk"},
          "copy engine to the C2C end, one way");
    }
};

/// One operator's copy. Both sides lie in one piece; addresses are multiples of 128 B.
struct CopyDescriptor {
    OperatorIndex operator_index{};
    std::string name;
    bool to_gpu = true;
    std::uint64_t gpu_address = 0;
    std::uint64_t host_address = 0;
    std::int64_t bytes = 0;     ///< a multiple of 32; 0: the operator is no copy of this engine
    TensorIndex gpu_tensor{};   ///< on the GPU's side
    bool evict_first = false;   ///< L2 cache hint
    bool carries_data = false;  ///< contents move, too
};

class CopyEngine final : public Unit {
  public:
    /// `descriptors` by operator; contents move between messages and `contents`, the GPU's memory.
    CopyEngine(std::string path, const CopyEngineConfig& config,
               std::vector<CopyDescriptor> descriptors, SparseMemory& contents,
               Attribution& attribution, EventRecord* events);

    InPort<KernelLaunch> launches_in;
    OutPort<KernelDone> copies_out;
    OutPort<LineBundle> requests_out;  ///< to the crossbar's hub port
    InPort<BundleDone> responses_in;
    OutPort<RemoteMessage> remote_out;  ///< to the C2C end
    OutPort<RemoteFree> frees_out;
    InPort<RemoteMessage> remote_in;

    [[nodiscard]] Time next() const override;
    void run(Time horizon) override;
    [[nodiscard]] Time look_ahead() const override;
    void waits(std::vector<Wait>& out) const override;
    void statistics(StatisticsRegistry& out) const override;
    void state(StateHasher& out) const override;
    static constexpr auto state_members() {
        using C = CopyEngine;
        return vr::state_members(&C::launches_in, &C::copies_out, &C::requests_out,
                                 &C::responses_in, &C::remote_out, &C::frees_out, &C::remote_in,
                                 &C::state_);
    }
    /// As built; what is in ports stays.
    void reset() { state_ = initial_; }

    [[nodiscard]] const CopyDescriptor& descriptor(OperatorIndex index) const {
        return descriptors_[index.value];
    }
    /// Chunks of an operator's copy, and how many of them have arrived.
    [[nodiscard]] std::int64_t chunks(OperatorIndex index) const;
    [[nodiscard]] std::int64_t chunks_done(OperatorIndex index) const {
        return state_.chunks_done[index.value];
    }
    [[nodiscard]] std::int64_t bytes_done(OperatorIndex index) const {
        return state_.bytes_done[index.value];
    }
    /// Bytes that reached the memory of the GPU, or of the host.
    [[nodiscard]] std::int64_t bytes_copied(bool to_gpu) const {
        return state_.ways[to_gpu ? 1 : 0].bytes_copied;
    }

  private:
    struct Transfer {  // one chunk on its way
        OperatorIndex operator_index{};
        std::int64_t offset = 0;
        std::uint32_t bytes = 0;
        bool live = false;
        bool at_host = false;  // waits for the host's memory, otherwise for L2
        Time since;
        static constexpr auto state_members() {
            using T = Transfer;
            return vr::state_members(&T::operator_index, &T::offset, &T::bytes, &T::live,
                                     &T::at_host, &T::since);
        }
    };
    struct Way {  // one direction: its copies in order, one after the other
        std::deque<OperatorIndex> queue;
        std::int64_t issued = 0;  // bytes of the first of the queue
        std::int64_t in_flight = 0;
        std::int64_t bytes_copied = 0;
        Time began;  // of the first of the queue
        static constexpr auto state_members() {
            using W = Way;
            return vr::state_members(&W::queue, &W::issued, &W::in_flight, &W::bytes_copied,
                                     &W::began);
        }
    };
    struct State {
        std::array<Way, 2> ways;  // to the host, to the GPU
        std::vector<Transfer> transfers;
        std::vector<std::uint32_t> free;
        std::vector<std::int64_t> bytes_done;   // by operator
        std::vector<std::int64_t> chunks_done;  // by operator
        static constexpr auto state_members() {
            using S = State;
            return vr::state_members(&S::ways, &S::transfers, &S::free, &S::bytes_done,
                                     &S::chunks_done);
        }
    };
    [[nodiscard]] std::uint32_t chunk_at(std::int64_t left) const;
    void issue(std::size_t way, Time now, const Cause& cause);
    [[nodiscard]] LineBundle bundle_of(std::uint32_t tag, bool write, CauseTrail cause) const;
    void take_response(Stamped<BundleDone>&& stamped);
    void take_remote(Stamped<RemoteMessage>&& stamped);
    void finish(std::uint32_t tag, Time now, CauseTrail trail);

    CopyEngineConfig config_;
    std::vector<CopyDescriptor> descriptors_;
    SparseMemory& contents_;
    Attribution& attribution_;
    EventRecord* events_;
    std::array<std::uint32_t, 2> tracks_{};
    std::uint32_t bytes_name_ = 0;
    Time line_spacing_;
    State state_;
    State initial_;
    OwnerId launch_owner_;
    OwnerId crossbar_owner_;
    OwnerId link_owner_;
};

}  // namespace vr
