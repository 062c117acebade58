// SPDX-License-Identifier: Apache-2.0
// The management unit's bus: its devices at once, the other unit's registers through the port. And
// what it says of itself.
#include "models/base/error.h"
#include "models/management_core/management_unit.h"

namespace vr {

BusAnswer ManagementUnit::access(const RegisterRequest& request) {
    if (!answered_) {
        registers_out.send(clock_.edge(core_.cycle()), request);
        ++accesses_;
        asked_at_ = core_.cycle();
        return {BusStatus::kLater, 0};
    }
    answered_ = false;
    if (answer_.fault != RegisterFault::kNone) {
        refused(registers_.base + request.offset, request.write, request.value,
                fault_text(registers_, request.offset, answer_.fault));
        return {BusStatus::kFault, 0};
    }
    return {BusStatus::kDone, answer_.value};
}

BusAnswer ManagementUnit::load(std::uint32_t address, std::uint32_t size) {
    if (registers_.holds(address)) {
        return access({address - registers_.base, size, 0, false});
    }
    if (!CoreDevices::holds(address)) {
        refused(address, false, 0, "nothing is there");
        return {BusStatus::kFault, 0};
    }
    const BusAnswer answer = devices_.load(address, size);
    if (answer.status == BusStatus::kFault) {
        refused(address, false, 0, devices_.refusal());
    }
    return answer;
}

BusStatus ManagementUnit::store(std::uint32_t address, std::uint32_t size, std::uint32_t value) {
    if (registers_.holds(address)) {
        return access({address - registers_.base, size, value, true}).status;
    }
    if (!CoreDevices::holds(address)) {
        refused(address, true, value, "nothing is there");
        return BusStatus::kFault;
    }
    const BusStatus status = devices_.store(address, size, value);
    if (status == BusStatus::kFault) {
        refused(address, true, value, devices_.refusal());
    } else if (devices_.end() != FirmwareEnd::kNone) {
        core_.halt();
    }
    return status;
}

void ManagementUnit::refused(std::uint32_t address, bool write, std::uint32_t value,
                             const std::string& why) {
    const std::string what = write ? fmt::format("a write of {:#x} to {:#x}", value, address)
                                   : fmt::format("a read of {:#x}", address);
    refusal_ = fmt::format("{} at pc {:#x} was refused: {}", what, core_.pc(), why);
}

std::string ManagementUnit::where() const {
    const CoreState& state = core_.state();
    std::string out = fmt::format("pc {:#x}", state.pc);
    if (state.traps > 0) {
        out += fmt::format("; last trap: {} at pc {:#x}, mtval {:#x}",
                           cause_name(state.csrs.mcause), state.csrs.mepc, state.csrs.mtval);
    }
    return out;
}

void ManagementUnit::waits(std::vector<Wait>& out) const {
    if (verdict_ != FirmwareVerdict::kNone) {
        return;
    }
    const Time since = clock_.edge(core_.cycle());
    switch (core_.state().activity) {
        case CoreActivity::kSleeping:
            out.push_back({fmt::format("{} (wfi before {})", path(), where()), "an interrupt",
                           "the lines that mie enables", since});
            break;
        case CoreActivity::kOnBus:
            out.push_back({fmt::format("{} ({})", path(), where()), "the answer to an access",
                           std::string(registers_.name), clock_.edge(asked_at_)});
            break;
        default:
            out.push_back(
                {fmt::format("{} ({})", path(), where()), "progress", "its own firmware", since});
            break;
    }
}

void ManagementUnit::statistics(StatisticsRegistry& out) const {
    const CoreState& state = core_.state();
    out.add(path(), "instructions", state.retired, "instructions", "retired by the firmware");
    out.add(path(), "cycles", state.cycle, "cycles",
            "of the core's clock until its firmware ended");
    out.add(path(), "traps", state.traps, "traps", "exceptions and interrupts");
    out.add(path(), "register_accesses", accesses_, "accesses", "to another unit's registers");
    out.add(path(), "register_wait", waited_, "cycles", "waited for their answers");
}

}  // namespace vr
