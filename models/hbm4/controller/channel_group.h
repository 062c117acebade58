// SPDX-License-Identifier: Apache-2.0
// All pseudo-channels of a memory as their owner uses them, however they are kept: one machine
// each, or folded. One indirect call per activation or request; none inside a machine's loop.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/hbm4/controller/pseudo_channel.h"
#include "models/transport/fold.h"
#include "models/transport/state.h"

namespace vr::hbm4 {

/// The end of a request, and where it was.
struct GroupOutput {
    std::uint32_t pseudo_channel = 0;
    Output output;
};

class ChannelGroup {
  public:
    virtual ~ChannelGroup() = default;
    virtual void inject(std::uint32_t pseudo_channel, std::int64_t tick, const Input& input,
                        std::uint32_t token) = 0;
    /// Earliest tick at which any machine acts on work, or kNeverTick.
    [[nodiscard]] virtual std::int64_t next() const = 0;
    /// Does everything with tick < horizon. Outputs of one pseudo-channel keep their order.
    virtual void run(std::int64_t horizon, std::vector<GroupOutput>& outputs) = 0;
    /// Statistics at `tick`, the refreshes of an idle machine up to then included.
    [[nodiscard]] virtual Counters counters(std::uint32_t pseudo_channel,
                                            std::int64_t tick) const = 0;
    /// Digest of its state's normal form at `tick`, up to which it has run; equal however the
    /// machines are kept.
    [[nodiscard]] virtual std::uint64_t state_digest(std::uint32_t pseudo_channel,
                                                     std::int64_t tick) const = 0;
};

/// A group whose commands can be recorded.
class RecordedGroup : public ChannelGroup {
  public:
    /// Brings the refreshes of idle machines up to `tick`.
    virtual void settle(std::int64_t tick) = 0;
    /// Replaces `commands` by those of a pseudo-channel since the last call, as far as somebody
    /// records them.
    virtual void take_commands(std::uint32_t pseudo_channel,
                               std::vector<CommandRecord>& commands) = 0;
};

/// The digest of a machine that is brought up to `tick`; it works on a copy.
template <class Machine>
[[nodiscard]] std::uint64_t settled_digest(Machine copy, std::int64_t tick) {
    copy.settle(tick);
    return digest(copy.state(), tick);
}

/// A machine for every pseudo-channel.
template <class Observer = NoObserver>
class PlainGroup final : public RecordedGroup {
  public:
    PlainGroup(const Timing& timing, std::size_t pseudo_channels)
        : machines_(pseudo_channels, PseudoChannel<Observer>(timing)),
          next_(pseudo_channels, kNeverTick) {}
    void inject(std::uint32_t pseudo_channel, std::int64_t tick, const Input& input,
                std::uint32_t token) override {
        machines_[pseudo_channel].inject(tick, input, token);
        next_[pseudo_channel] = machines_[pseudo_channel].next();
    }
    [[nodiscard]] std::int64_t next() const override {
        return *std::min_element(next_.begin(), next_.end());
    }
    void run(std::int64_t horizon, std::vector<GroupOutput>& outputs) override {
        for (std::size_t i = 0; i < machines_.size(); ++i) {
            if (next_[i] < horizon) {
                machines_[i].run(horizon, scratch_);
                next_[i] = machines_[i].next();
                for (const Output& output : scratch_) {
                    outputs.push_back({static_cast<std::uint32_t>(i), output});
                }
                scratch_.clear();
            }
        }
    }
    [[nodiscard]] Counters counters(std::uint32_t pseudo_channel,
                                    std::int64_t tick) const override {
        PseudoChannel<Observer> copy = machines_[pseudo_channel];
        copy.settle(tick);
        return copy.state().counters;
    }
    [[nodiscard]] std::uint64_t state_digest(std::uint32_t pseudo_channel,
                                             std::int64_t tick) const override {
        return settled_digest(machines_[pseudo_channel], tick);
    }
    void settle(std::int64_t tick) override {
        for (PseudoChannel<Observer>& machine : machines_) {
            machine.settle(tick);
        }
    }
    void take_commands(std::uint32_t pseudo_channel,
                       std::vector<CommandRecord>& commands) override {
        commands.clear();
        if constexpr (requires(Observer o) { o.commands; }) {
            commands.swap(machines_[pseudo_channel].observer().commands);
        }
    }
    PseudoChannel<Observer>& machine(std::uint32_t pseudo_channel) {
        return machines_[pseudo_channel];
    }

  private:
    std::vector<PseudoChannel<Observer>> machines_;
    std::vector<std::int64_t> next_;
    std::vector<Output> scratch_;
};

/// Machines in equal states with equal inputs share one (transport/fold.h).
class FoldedChannels final : public ChannelGroup {
  public:
    FoldedChannels(const Timing& timing, std::size_t pseudo_channels)
        : group_(PseudoChannel<>(timing), static_cast<std::uint32_t>(pseudo_channels), true) {}
    void inject(std::uint32_t pseudo_channel, std::int64_t tick, const Input& input,
                std::uint32_t token) override {
        group_.push(pseudo_channel, tick, input, token);
    }
    [[nodiscard]] std::int64_t next() const override { return group_.next(); }
    void run(std::int64_t horizon, std::vector<GroupOutput>& outputs) override {
        group_.run(horizon, [&](std::uint32_t member, std::uint32_t token, Output output) {
            output.token = token;
            last_output_ = std::max(last_output_, output.tick);
            group_.settle_no_further_than(last_output_);
            outputs.push_back({member, output});
        });
    }
    [[nodiscard]] Counters counters(std::uint32_t pseudo_channel, std::int64_t tick) const override;
    [[nodiscard]] std::uint64_t state_digest(std::uint32_t pseudo_channel,
                                             std::int64_t tick) const override {
        return settled_digest(group_.machine_of(pseudo_channel), tick);
    }
    [[nodiscard]] const FoldStatistics& statistics() const { return group_.statistics(); }

  private:
    FoldedGroup<PseudoChannel<>, std::uint32_t> group_;
    // Statistics are asked for at the last response or later: no machine is brought beyond it.
    std::int64_t last_output_ = 0;
};

}  // namespace vr::hbm4
