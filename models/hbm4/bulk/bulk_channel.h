// SPDX-License-Identifier: Apache-2.0
// A pseudo-channel that takes whole runs of accesses as inputs and answers each when its last data
// has moved: what is folded over the pseudo-channels of a memory (transport/fold.h). Inside it,
// periods that recur are skipped. Not modelled: answers to single requests.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/hbm4/bulk/access_stream.h"
#include "models/hbm4/bulk/skipping.h"

namespace vr::hbm4 {

/// The end of a run.
struct RunEnd {
    std::uint32_t token = 0;
    std::int64_t tick = 0;  ///< last data has left or reached the pins
};

struct BulkChannelState {
    /// A run that is not yet finished.
    struct Open {
        std::uint32_t token = kNoIdentity<std::uint32_t>;
        std::uint32_t first = 0;    ///< its first request
        std::int64_t requests = 0;  ///< all of them
        std::int64_t left = 0;      ///< that have not had their last column
        static constexpr std::uint64_t kRunSpace = 2;
        static constexpr auto state_lines() {
            return vr::state_lines(
                vr::identity("token", &Open::token, kRunSpace), vr::identity("first", &Open::first),
                vr::fixed("requests", &Open::requests), vr::budget("left", &Open::left));
        }
    };
    /// A run whose tick has not come.
    struct Ahead {
        std::int64_t tick = kNeverTick;
        std::uint32_t token = kNoIdentity<std::uint32_t>;
        AccessRun run;
        static constexpr auto state_lines() {
            return vr::state_lines(vr::past_time("tick", &Ahead::tick),
                                   vr::identity("token", &Ahead::token, Open::kRunSpace),
                                   vr::nested("run", &Ahead::run));
        }
    };
    AccessStreamState stream;
    std::vector<Open> open;
    std::vector<Ahead> ahead;
    static constexpr auto state_lines() {
        using S = BulkChannelState;
        return vr::state_lines(vr::nested("stream", &S::stream), vr::nested("open", &S::open),
                               vr::nested("ahead", &S::ahead));
    }
};

/// The machine.
class BulkChannel {
  public:
    using Input = AccessRun;
    using Output = RunEnd;

    /// `setup` must outlive the machine.
    BulkChannel(const AccessStreamSetup& setup, bool fast_forward)
        : setup_(&setup), stream_(setup), fast_(fast_forward, kStreamLimits) {}
    [[nodiscard]] std::int64_t next() const {
        return own_.ahead.empty() ? stream_.next()
                                  : std::min(stream_.next(), own_.ahead.front().tick);
    }
    void inject(std::int64_t tick, const AccessRun& run, std::uint32_t token);
    void run(std::int64_t horizon, std::vector<RunEnd>& ends);
    [[nodiscard]] const BulkChannelState& state() const {
        own_.stream = stream_.state();
        return own_;
    }
    /// Brings the refreshes of an idle machine up to `tick`.
    void settle(std::int64_t tick) { stream_.settle(tick); }
    [[nodiscard]] const Counters& counters() const { return stream_.counters(); }
    [[nodiscard]] const FastForwardStatistics& skipped() const { return fast_.statistics(); }

  private:
    void begin(const BulkChannelState::Ahead& input);
    void advance(std::int64_t horizon, std::vector<RunEnd>& ends);
    [[nodiscard]] std::size_t run_of(std::uint32_t request) const;
    void finish(const hbm4::Output& output, std::vector<RunEnd>& ends);
    [[nodiscard]] bool one_run_in_flight() const;
    void count(const FastForward<AccessStream>::Skip& skip);

    const AccessStreamSetup* setup_;
    AccessStream stream_;
    FastForward<AccessStream> fast_;
    std::int64_t now_ = 0;          // everything before is done
    mutable BulkChannelState own_;  // its `stream` is filled in when asked for
};

}  // namespace vr::hbm4
