// SPDX-License-Identifier: Apache-2.0
#include "models/management_core/management_unit.h"

#include <algorithm>

#include "models/base/error.h"

namespace vr {

ManagementUnit::ManagementUnit(std::string path, const ManagementCoreConfig& config,
                               std::uint32_t hart, const ElfImage& image,
                               const RegisterMap& registers, EventRecord* events)
    : Unit(std::move(path)),
      clock_(config.clock),
      core_(config, kMemoryBase, *this),
      devices_(core_, config.timer_divider),
      image_(image),
      registers_(registers),
      events_(events) {
    check_fits(image, kMemoryBase, core_.memory().bytes.size());
    load_image();
    core_.reset(image_.entry, hart);
    if (events_ != nullptr) {
        track_ = events_->track(this->path() + ".firmware", "firmware");
    }
}

void ManagementUnit::load_image() {
    core_.write_memory(kMemoryBase, std::vector<std::uint8_t>(core_.memory().bytes.size()));
    for (const ElfSegment& segment : image_.segments) {
        core_.write_memory(segment.address, segment.bytes);
    }
}

void ManagementUnit::reset() {
    ensure(core_.state().activity != CoreActivity::kOnBus, "{}: reset during an access", path());
    load_image();
    devices_.reset();
    core_.reset(image_.entry, core_.hart(), core_.cycle());
    verdict_ = FirmwareVerdict::kNone;
    ended_ = Time{};
    refusal_.clear();
}

std::int64_t ManagementUnit::input_cycle() const {
    const Time input = std::min(answers_in.next(), interrupts_in.next());
    return input == kNever ? kNeverTick : clock_.first_edge(input);
}

Time ManagementUnit::next() const {
    const Time input = std::min(answers_in.next(), interrupts_in.next());
    if (verdict_ != FirmwareVerdict::kNone) {
        return input;
    }
    switch (core_.state().activity) {
        case CoreActivity::kRunning:
        case CoreActivity::kAnswered:
            return std::min(input, clock_.edge(core_.cycle()));
        case CoreActivity::kSleeping: {
            const std::int64_t wake = core_.wake_cycle();
            return wake == kNeverTick ? input
                                      : std::min(input, clock_.edge(std::max(wake, core_.cycle())));
        }
        case CoreActivity::kOnBus:
        case CoreActivity::kLocked:
        case CoreActivity::kHalted:
            break;
    }
    return input;
}

Time ManagementUnit::look_ahead() const {
    return std::min(answers_in.look_ahead(), interrupts_in.look_ahead());
}

void ManagementUnit::state(StateHasher& out) const {
    out(core_);
    visit_members(*this, out);
}

void ManagementUnit::state_hashes(Time now, std::vector<StateHash>& out) const {
    CoreState settled = core_.state();
    if (settled.activity == CoreActivity::kSleeping || settled.activity == CoreActivity::kOnBus) {
        settled.cycle = std::max(settled.cycle, clock_.first_edge(now));
    }
    add_state_hash(out, path(), [&](StateHasher& to) {
        to(settled, core_.memory(), core_.hart());
        visit_members(*this, to);
    });
}

// Inputs count from the first edge of the core's clock at or after their arrival.
void ManagementUnit::run(Time horizon) {
    const std::int64_t limit = horizon == kNever ? kNeverTick : clock_.first_edge(horizon);
    while (true) {
        const std::int64_t input = input_cycle();
        const std::int64_t target = std::min(input, limit);
        while (verdict_ == FirmwareVerdict::kNone && core_.cycle() < target) {
            if (core_.state().activity == CoreActivity::kSleeping && core_.wake_cycle() >= target) {
                break;  // its cycle follows when it wakes
            }
            if (core_.state().activity == CoreActivity::kOnBus) {
                break;
            }
            core_.run(target);
            see_end();
        }
        if (std::min(answers_in.next(), interrupts_in.next()) >= horizon) {
            return;
        }
        take_inputs(input);
    }
}

void ManagementUnit::take_inputs(std::int64_t cycle) {
    core_.run(cycle);  // sleeps or waits up to here
    if (interrupts_in.next() <= answers_in.next()) {
        core_.set_external(interrupts_in.pop().message.high);
        return;
    }
    answer_ = answers_in.pop().message;
    answered_ = true;
    waited_ += cycle - asked_at_;
    core_.bus_answered();
}

void ManagementUnit::see_end() {
    if (verdict_ != FirmwareVerdict::kNone) {
        return;
    }
    if (devices_.end() != FirmwareEnd::kNone) {
        verdict_ = devices_.end() == FirmwareEnd::kPassed ? FirmwareVerdict::kPassed
                                                          : FirmwareVerdict::kFailed;
    } else if (core_.state().activity == CoreActivity::kLocked) {
        verdict_ = FirmwareVerdict::kLocked;
    } else {
        return;
    }
    ended_ = clock_.edge(core_.cycle());
    if (events_ != nullptr) {
        events_->instant(
            track_, events_->name(verdict_ == FirmwareVerdict::kPassed ? "pass" : "fail"), ended_);
    }
}

}  // namespace vr
