// SPDX-License-Identifier: Apache-2.0
// A pseudo-channel fed by one sequential stream of reads that keeps a window of requests in it: the
// smallest closed machine around the model, so that fast-forward has something that recurs. Not
// modelled: writes, several streams.
#pragma once

#include "models/hbm4/controller/pseudo_channel.h"

namespace vr::testing {

struct StreamState {
    std::int32_t origin_row = 0;  ///< `row`, where the rows in the channel are told from
    std::int32_t row = 0;         ///< of the next request
    std::int32_t bank = 0;
    std::int32_t block = 0;        ///< of the row, 8 columns each
    std::int64_t remaining = 0;    ///< requests to come
    std::int32_t outstanding = 0;  ///< requests in the channel
    hbm4::PseudoChannelState channel;
    std::uint32_t token = 0;  ///< of the next request
    static constexpr auto state_lines() {
        using S = StreamState;
        return vr::state_lines(
            vr::origin("origin_row", &S::origin_row, hbm4::kRowSpace),
            vr::position("row", &S::row, hbm4::kRowSpace), vr::fixed("bank", &S::bank),
            vr::fixed("block", &S::block), vr::budget("remaining", &S::remaining),
            vr::fixed("outstanding", &S::outstanding), vr::nested("channel", &S::channel),
            vr::identity("token", &S::token));
    }
};

class StreamMachine {
  public:
    using State = StreamState;
    using Output = hbm4::Output;
    static constexpr std::int32_t kBlocks = 4;  ///< of a row of 1 KiB
    static constexpr std::int32_t kColumns = 8;

    StreamMachine(const hbm4::Timing& timing, std::int32_t window)
        : timing_(&timing), window_(window), channel_(timing) {}
    void start(std::int64_t tick, std::int64_t requests) {
        own_.remaining = requests;
        fill(tick);
    }
    [[nodiscard]] std::int64_t next() const { return channel_.next(); }
    void run(std::int64_t horizon, std::vector<Output>& outputs) {
        for (std::int64_t at = next(); at < horizon; at = next()) {
            const std::size_t before = outputs.size();
            channel_.run(at + 1, outputs);
            own_.outstanding -= static_cast<std::int32_t>(outputs.size() - before);
            fill(at + 1);
        }
    }
    void settle(std::int64_t tick) { channel_.settle(tick); }
    [[nodiscard]] const State& state() const {
        own_.channel = channel_.state();
        return own_;
    }
    void restore(const State& state) {
        own_ = state;
        channel_.restore(state.channel);
    }
    static void shift_output(Output& output, std::int64_t dt, std::int64_t k,
                             const StateDelta& delta) {
        hbm4::PseudoChannel<>::shift_output(output, dt, k, delta);
    }

  private:
    void fill(std::int64_t tick) {
        for (; own_.remaining > 0 && own_.outstanding < window_; ++own_.outstanding) {
            channel_.inject(tick,
                            {.row = own_.row,
                             .bank = static_cast<std::uint8_t>(own_.bank),
                             .column = static_cast<std::uint8_t>(own_.block * kColumns),
                             .columns = kColumns,
                             .write = false},
                            own_.token++);
            --own_.remaining;
            own_.block = (own_.block + 1) % kBlocks;
            own_.bank = own_.block == 0 ? (own_.bank + 1) % timing_->banks : own_.bank;
            own_.row += own_.block == 0 && own_.bank == 0 ? 1 : 0;
            own_.origin_row = own_.row;
        }
    }
    const hbm4::Timing* timing_;
    std::int32_t window_;
    hbm4::PseudoChannel<> channel_;
    mutable State own_;  // its `channel` is filled in when asked for
};

}  // namespace vr::testing
