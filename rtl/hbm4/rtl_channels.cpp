// SPDX-License-Identifier: Apache-2.0
#include "rtl/hbm4/rtl_channels.h"

#include <Vhbm4_scheduler.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "rtl/hbm4/lock_step.h"
#include "rtl/hbm4/rtl_pseudo_channel.h"
#include "rtl/hbm4/verilated_scheduler.h"

namespace vr::hbm4 {

namespace {

RtlPseudoChannel& rtl_of(RtlPseudoChannel& machine) {
    return machine;
}
RtlPseudoChannel& rtl_of(LockStepChannel& machine) {
    return machine.rtl();
}

template <class Machine>
class RtlChannels final : public RecordedGroup {
  public:
    explicit RtlChannels(std::vector<std::unique_ptr<Machine>> machines)
        : machines_(std::move(machines)) {
        for (const auto& machine : machines_) {
            rtl_of(*machine).record();
        }
    }
    void inject(std::uint32_t pseudo_channel, std::int64_t tick, const Input& input,
                std::uint32_t token) override {
        machines_[pseudo_channel]->inject(tick, input, token);
    }
    [[nodiscard]] std::int64_t next() const override {
        std::int64_t first = kNeverTick;
        for (const auto& machine : machines_) {
            first = std::min(first, machine->next());
        }
        return first;
    }
    void run(std::int64_t horizon, std::vector<GroupOutput>& outputs) override {
        std::vector<Output> own;
        for (std::uint32_t i = 0; i < machines_.size(); ++i) {
            machines_[i]->run(horizon, own);
            for (const Output& output : own) {
                outputs.push_back({i, output});
            }
            own.clear();
        }
    }
    // A verilated object has no copy that could be brought to `tick`: the machine itself is, which
    // is asked at the end of a run.
    [[nodiscard]] Counters counters(std::uint32_t pseudo_channel,
                                    std::int64_t tick) const override {
        machines_[pseudo_channel]->settle(tick);
        return machines_[pseudo_channel]->counters();
    }
    [[nodiscard]] std::uint64_t state_digest(std::uint32_t pseudo_channel,
                                             std::int64_t tick) const override {
        machines_[pseudo_channel]->settle(tick);
        return rtl_of(*machines_[pseudo_channel]).pins().digest();
    }
    void settle(std::int64_t tick) override {
        for (const auto& machine : machines_) {
            machine->settle(tick);
        }
    }
    void take_commands(std::uint32_t pseudo_channel,
                       std::vector<CommandRecord>& commands) override {
        commands.clear();
        commands.swap(rtl_of(*machines_[pseudo_channel]).commands());
    }

  private:
    std::vector<std::unique_ptr<Machine>> machines_;
};

}  // namespace

std::unique_ptr<RecordedGroup> make_rtl_channels(const Hbm4Config& config, const Timing& timing,
                                                 SchedulerUse use, RtlContext& context) {
    const SchedulerSettings settings = scheduler_settings(config);
    std::vector<std::unique_ptr<RtlPseudoChannel>> alone;
    std::vector<std::unique_ptr<LockStepChannel>> both;
    for (std::int64_t i = 0; i < config.pseudo_channels(); ++i) {
        const std::string name = fmt::format("hbm4.pseudo_channel{}", i);
        auto pins = std::make_unique<VerilatedScheduler<Vhbm4_scheduler>>(context, name, settings);
        if (use == SchedulerUse::kAlone) {
            alone.push_back(std::make_unique<RtlPseudoChannel>(timing, std::move(pins)));
        } else {
            both.push_back(std::make_unique<LockStepChannel>(name, timing, std::move(pins)));
        }
    }
    if (use == SchedulerUse::kAlone) {
        return std::make_unique<RtlChannels<RtlPseudoChannel>>(std::move(alone));
    }
    return std::make_unique<RtlChannels<LockStepChannel>>(std::move(both));
}

}  // namespace vr::hbm4
