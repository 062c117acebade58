// SPDX-License-Identifier: Apache-2.0
// One GPU's HBM4: all stacks, channels and pseudo-channels with their controllers, as a unit of the
// GPU's region. Not modelled here: data and their errors (functional memory lives elsewhere, see
// ecc/), power.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "models/base/attribution.h"
#include "models/base/event_record.h"
#include "models/base/host_pages.h"
#include "models/hbm4/address_map/address_map.h"
#include "models/hbm4/hbm4_config.h"
#include "models/hbm4/timing/timing.h"
#include "models/transport/clock.h"
#include "models/transport/memory_message.h"
#include "models/transport/port.h"
#include "models/transport/unit.h"

namespace vr {

struct FoldStatistics;
namespace hbm4 {  // every user of a GPU sees this header: it does not bring the controllers along
class BusSlices;
class ChannelGroup;
class CommandLog;
struct GroupOutput;
}  // namespace hbm4

/// Takes requests at any rate (who sends bounds them by its own credits) and answers each once: a
/// read when its last data has left the pins, a write when its last data has reached them, plus the
/// controller's latencies. Responses leave in the order (time, pseudo-channel, order of service),
/// whatever the horizons.
class Hbm4 final : public Unit {
  public:
    /// `config` must have no problems(). `record` may be null. With `fold`, equal pseudo-channels
    /// share one machine (unless events are recorded); the results are the same.
    Hbm4(std::string path, const Hbm4Config& config, Attribution& attribution, EventRecord* record,
         bool fold = true);
    ~Hbm4() override;

    InPort<MemoryRequest> requests_in;
    OutPort<MemoryResponse> responses_out;

    [[nodiscard]] Time next() const override;
    void run(Time horizon) override;
    [[nodiscard]] Time look_ahead() const override { return requests_in.look_ahead(); }
    void waits(std::vector<Wait>& out) const override;
    void statistics(StatisticsRegistry& out) const override;
    /// What lies around the pseudo-channels: requests, answers, statistics.
    void state(StateHasher& out) const override;
    /// The unit's own, and one for each pseudo-channel.
    void state_hashes(Time now, std::vector<StateHash>& out) const override;

    [[nodiscard]] const Hbm4Config& config() const { return config_; }
    [[nodiscard]] const hbm4::AddressMap& address_map() const { return map_; }
    [[nodiscard]] Bandwidth peak_bandwidth() const { return config_.peak_bandwidth(); }
    [[nodiscard]] std::int64_t bytes_moved() const { return bytes_read_ + bytes_written_; }
    /// Of those, the bytes answered by `time`: the end of a run, when writes may still be on their
    /// way. Time may not lie before the last read's answer, but by what is known ahead of it.
    [[nodiscard]] std::int64_t bytes_moved_by(Time time) const;
    /// Requests taken and not answered.
    [[nodiscard]] std::int64_t unanswered() const { return requests_ - answers_; }
    /// Latencies in CK from arrival to response.
    [[nodiscard]] const Histogram& latencies() const { return latencies_; }
    /// Counters of one pseudo-channel at `at`, not before the last horizon.
    [[nodiscard]] hbm4::Counters counters(std::uint32_t pseudo_channel, Time at) const;
    /// How far the pseudo-channels were folded; null when they are not.
    [[nodiscard]] const FoldStatistics* folded() const { return folded_; }

  private:
    struct InFlight {
        Cause cause;
        Time arrival;
        std::uint32_t tag = 0;
        std::uint32_t bytes = 0;
        bool live = false;
        bool explained = false;  // `cause` reaches the end of the data already
        // No time is read from the cause.
        static constexpr auto state_members() {
            using F = InFlight;
            return vr::state_members(vr::left_out(&F::cause), &F::arrival, &F::tag, &F::bytes,
                                     &F::live, vr::left_out(&F::explained));
        }
    };
    struct LateAnswer {
        Time response;
        std::uint32_t bytes = 0;
        static constexpr auto state_members() {
            using L = LateAnswer;
            return vr::state_members(&L::response, &L::bytes);
        }
    };
    void take(Stamped<MemoryRequest>&& stamped);
    void answer(const hbm4::GroupOutput& end);
    void explain(const hbm4::GroupOutput& end);

    Hbm4Config config_;
    hbm4::Timing timing_;
    hbm4::AddressMap map_;
    Clock clock_;
    Attribution& attribution_;
    OwnerId controller_, queue_, refresh_, row_, data_;
    std::unique_ptr<hbm4::BusSlices> slices_;  // null when nothing is recorded
    std::unique_ptr<hbm4::CommandLog> log_;    // null unless the record explains
    std::unique_ptr<hbm4::ChannelGroup> group_;
    const FoldStatistics* folded_ = nullptr;  // of group_
    PoolVector<InFlight> in_flight_;
    std::vector<std::uint32_t> free_;
    std::vector<hbm4::GroupOutput> ended_;  // not yet answered
    std::deque<LateAnswer> late_;           // answers that may lie behind the end of the run
    std::int64_t last_tick_ = 0;            // of the last response
    Histogram latencies_;
    std::int64_t requests_ = 0, answers_ = 0, bytes_read_ = 0, bytes_written_ = 0;
    Time latency_sum_, latency_max_;
};

}  // namespace vr
