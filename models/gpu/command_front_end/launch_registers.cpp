// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/command_front_end/launch_registers.h"

#include <registers/command_front_end_map.h>

#include <algorithm>

namespace vr {

namespace map = registers::command_front_end;

LaunchRegisters::LaunchRegisters(std::uint32_t operators)
    : block_(map::kMap), operators_(operators) {
    reset();
}

void LaunchRegisters::reset() {
    block_.reset();
    block_.set(map::kOperators, operators_);
    launched_.assign(operators_, 0);
    launched_count_ = 0;
    done_ = 0;
    rings_ = 0;
    refusal_ = kNone;
    failed_ = false;
    update_status();
}

LaunchRegisters::Refusal LaunchRegisters::ring(std::uint32_t value,
                                               std::optional<RungLaunch>& rung) {
    const std::uint32_t first = block_.get(map::kLaunchFirst);
    const std::uint32_t count = block_.get(map::kLaunchCount);
    if (value != map::kDoorbellRing) {
        return kNoRing;
    }
    if (count == 0) {
        return kNoOperators;
    }
    if (first >= operators_ || count > operators_ - first) {
        return kBeyond;
    }
    const auto begin = launched_.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = begin + static_cast<std::ptrdiff_t>(count);
    if (std::any_of(begin, end, [](std::uint8_t launched) { return launched != 0; })) {
        return kLaunchedBefore;
    }
    std::fill(begin, end, std::uint8_t{1});
    launched_count_ += count;
    ++rings_;
    rung = RungLaunch{first, count};
    return kNone;
}

RegisterAnswer LaunchRegisters::access(const RegisterRequest& request,
                                       std::optional<RungLaunch>& rung) {
    const RegisterFault fault =
        register_fault(map::kMap, request.offset, request.size, request.write);
    if (fault != RegisterFault::kNone) {
        return {0, fault};
    }
    if (!request.write) {
        return {block_.read(request.offset), RegisterFault::kNone};
    }
    block_.write(request.offset, request.value);
    if (request.offset == map::kDoorbell) {
        refusal_ = ring(request.value, rung);
        if (refusal_ != kNone) {
            block_.set(map::kInterruptPending,
                       block_.get(map::kInterruptPending) | map::kInterruptPendingRefusedMask);
        }
        update_status();
    }
    return {};
}

void LaunchRegisters::operator_done(bool failed) {
    ++done_;
    failed_ = failed_ || failed;
    block_.set(map::kCompleted, done_);
    if (done_ == launched_count_) {
        block_.set(map::kInterruptPending,
                   block_.get(map::kInterruptPending) | map::kInterruptPendingDoneMask);
    }
    update_status();
}

bool LaunchRegisters::interrupt() const {
    return (block_.get(map::kInterruptPending) & block_.get(map::kInterruptEnable)) != 0;
}

void LaunchRegisters::update_status() {
    std::uint32_t status = static_cast<std::uint32_t>(refusal_) << map::kStatusErrorShift;
    status |= done_ < launched_count_ ? map::kStatusBusyMask : 0;
    status |= failed_ ? map::kStatusMemoryErrorMask : 0;
    status |= done_ == operators_ ? map::kStatusCompleteMask : 0;
    block_.set(map::kStatus, status);
}

}  // namespace vr
