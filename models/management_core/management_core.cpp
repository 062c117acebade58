// SPDX-License-Identifier: Apache-2.0
#include "models/management_core/management_core.h"

#include <algorithm>

#include "models/base/error.h"

namespace vr {

namespace {

constexpr std::uint32_t bit(InterruptLine line) {
    return 1U << static_cast<std::uint32_t>(line);
}

// When several interrupts are pending, the first of these is taken (volume II, 3.1.9).
constexpr InterruptLine kPriority[] = {InterruptLine::kExternal, InterruptLine::kSoftware,
                                       InterruptLine::kTimer};

}  // namespace

std::string cause_name(std::uint32_t mcause) {
    if ((mcause & kInterruptCause) != 0) {
        switch (static_cast<InterruptLine>(mcause & ~kInterruptCause)) {
            case InterruptLine::kSoftware:
                return "software interrupt";
            case InterruptLine::kTimer:
                return "timer interrupt";
            case InterruptLine::kExternal:
                return "external interrupt";
        }
        return "interrupt";
    }
    switch (static_cast<TrapCause>(mcause)) {
        case TrapCause::kFetchFault:
            return "instruction access fault";
        case TrapCause::kIllegal:
            return "illegal instruction";
        case TrapCause::kBreakpoint:
            return "breakpoint";
        case TrapCause::kLoadMisaligned:
            return "load address misaligned";
        case TrapCause::kLoadFault:
            return "load access fault";
        case TrapCause::kStoreMisaligned:
            return "store address misaligned";
        case TrapCause::kStoreFault:
            return "store access fault";
        case TrapCause::kEcall:
            return "environment call";
    }
    return "exception";
}

ManagementCore::ManagementCore(const ManagementCoreConfig& config, std::uint32_t memory_base,
                               CoreBus& bus)
    : costs_(config.cycles), base_(memory_base), bus_(bus) {
    const auto size = static_cast<std::size_t>(config.memory.value);
    memory_.bytes.resize(size / 4 * 4);
    pages_.resize(size / (2 * kPageEntries) + 1);
}

void ManagementCore::reset(std::uint32_t entry, std::uint32_t hart, std::int64_t cycle) {
    const CoreLines lines = state_.lines;
    state_ = CoreState{};
    state_.lines = lines;
    state_.pc = entry;
    state_.cycle = cycle;
    hart_ = hart;
    update_attention();
}

void ManagementCore::restore(const CoreState& state, const CoreMemory& memory) {
    ensure(memory.bytes.size() == memory_.bytes.size(), "a memory of {} bytes restored into {}",
           memory.bytes.size(), memory_.bytes.size());
    state_ = state;
    memory_ = memory;
    std::fill(pages_.begin(), pages_.end(), nullptr);
    update_attention();
}

void ManagementCore::write_memory(std::uint32_t address, std::span<const std::uint8_t> bytes) {
    const auto size = static_cast<std::uint32_t>(bytes.size());
    ensure(size == 0 || in_memory(address, size), "{} bytes at {:#x} are not in memory", size,
           address);
    std::copy(bytes.begin(), bytes.end(),
              memory_.bytes.begin() + static_cast<std::ptrdiff_t>(address - base_));
    std::fill(pages_.begin(), pages_.end(), nullptr);
}

void ManagementCore::run(std::int64_t limit) {
    while (state_.cycle < limit) {
        switch (state_.activity) {
            case CoreActivity::kRunning:
                if (state_.cycle >= attention_ && take_interrupt()) {
                    break;
                }
                step();
                break;
            case CoreActivity::kAnswered:  // no interrupt between an access and its answer
                step();
                break;
            case CoreActivity::kSleeping: {
                const std::int64_t wake = wake_cycle();
                if (wake >= limit) {
                    state_.cycle = limit;
                    return;
                }
                state_.cycle = std::max(state_.cycle, wake);
                state_.activity = CoreActivity::kRunning;
                break;
            }
            case CoreActivity::kOnBus:
                state_.cycle = limit;
                return;
            case CoreActivity::kLocked:
            case CoreActivity::kHalted:
                return;
        }
    }
}

void ManagementCore::bus_answered() {
    ensure(state_.activity == CoreActivity::kOnBus, "an answer without an access");
    state_.activity = CoreActivity::kAnswered;
}

void ManagementCore::set_external(bool level) {
    state_.lines.external = level;
    update_attention();
}

void ManagementCore::set_software(bool level) {
    state_.lines.software = level;
    update_attention();
}

void ManagementCore::set_timer(std::int64_t cycle) {
    state_.lines.timer_cycle = cycle;
    update_attention();
}

std::uint32_t ManagementCore::pending() const {
    const CoreLines& lines = state_.lines;
    return (lines.external ? bit(InterruptLine::kExternal) : 0) |
           (lines.software ? bit(InterruptLine::kSoftware) : 0) |
           (state_.cycle >= lines.timer_cycle ? bit(InterruptLine::kTimer) : 0);
}

std::int64_t ManagementCore::wake_cycle() const {
    const std::uint32_t enabled = state_.csrs.mie;
    if ((pending() & enabled) != 0) {
        return state_.cycle;
    }
    return (enabled & bit(InterruptLine::kTimer)) != 0 ? state_.lines.timer_cycle : kNeverTick;
}

// From which cycle on an interrupt would be taken, if nothing else changes.
void ManagementCore::update_attention() {
    attention_ = state_.csrs.interrupts ? wake_cycle() : kNeverTick;
}

bool ManagementCore::take_interrupt() {
    const std::uint32_t taken = pending() & state_.csrs.mie;
    for (const InterruptLine line : kPriority) {
        if ((taken & bit(line)) != 0) {
            trap(kInterruptCause | static_cast<std::uint32_t>(line), 0);
            return true;
        }
    }
    return false;
}

// Exceptions go to the base of mtvec; interrupts to base + 4 x cause when its mode says so.
void ManagementCore::trap(std::uint32_t cause, std::uint32_t value) {
    CoreCsrs& csrs = state_.csrs;
    const std::uint32_t handler = csrs.mtvec & ~3U;
    const bool interrupt = (cause & kInterruptCause) != 0;
    const bool vectored = (csrs.mtvec & 1) != 0;
    // A handler that cannot be fetched, or whose first instruction raises an exception, would trap
    // for ever without retiring anything. What led there stays in the registers.
    if (!interrupt && state_.pc == handler && state_.traps > 0) {
        state_.activity = CoreActivity::kLocked;
        return;
    }
    csrs.mepc = state_.pc;
    csrs.mcause = cause;
    csrs.mtval = value;
    csrs.previous_interrupts = csrs.interrupts;
    csrs.interrupts = false;
    state_.pc = handler + (interrupt && vectored ? 4 * (cause & ~kInterruptCause) : 0);
    state_.cycle += costs_.trap.value;
    ++state_.traps;
    state_.activity = CoreActivity::kRunning;
    update_attention();
    if (!in_memory(state_.pc, 2)) {
        state_.activity = CoreActivity::kLocked;
    }
}

bool ManagementCore::raise(TrapCause cause, std::uint32_t value) {
    trap(static_cast<std::uint32_t>(cause), value);
    return false;
}

void ManagementCore::return_from_trap() {
    CoreCsrs& csrs = state_.csrs;
    csrs.interrupts = csrs.previous_interrupts;
    csrs.previous_interrupts = true;
    state_.pc = csrs.mepc;
    update_attention();
}

Instruction& ManagementCore::cached(std::uint32_t offset) {
    const std::uint32_t half = offset / 2;
    std::unique_ptr<Page>& page = pages_[half / kPageEntries];
    if (page == nullptr) {
        page = std::make_unique<Page>();
        for (Instruction& entry : *page) {
            entry.length = 0;  // not decoded yet
        }
    }
    return (*page)[half % kPageEntries];
}

// An instruction of 32 bits may begin in the half word before the first that changed.
void ManagementCore::forget_decoded(std::uint32_t offset, std::uint32_t size) {
    const std::uint32_t first = offset / 2 == 0 ? 0 : offset / 2 - 1;
    const std::uint32_t last = (offset + size - 1) / 2;
    for (std::uint32_t half = first; half <= last; ++half) {
        if (Page* page = pages_[half / kPageEntries].get()) {
            (*page)[half % kPageEntries].length = 0;
        }
    }
}

std::uint32_t ManagementCore::read(std::uint32_t offset, std::uint32_t size) const {
    std::uint32_t value = 0;
    for (std::uint32_t i = 0; i < size; ++i) {
        value |= static_cast<std::uint32_t>(memory_.bytes[offset + i]) << (8 * i);
    }
    return value;
}

const Instruction* ManagementCore::fetch() {
    if (!in_memory(state_.pc, 2)) {
        raise(TrapCause::kFetchFault, state_.pc);
        return nullptr;
    }
    const std::uint32_t offset = state_.pc - base_;
    Instruction& entry = cached(offset);
    if (entry.length == 0) {
        std::uint32_t bits = read(offset, 2);
        if (!is_compressed(bits)) {
            if (!in_memory(state_.pc + 2, 2)) {
                raise(TrapCause::kFetchFault, state_.pc + 2);
                return nullptr;
            }
            bits |= read(offset + 2, 2) << 16;
        }
        entry = decode(bits);
    }
    return &entry;
}

void ManagementCore::step() {
    const Instruction* fetched = fetch();
    if (fetched == nullptr) {
        return;
    }
    const Instruction in = *fetched;  // a store may change the cache
    taken_ = costs_.integer.value;
    if (!execute(in)) {
        return;
    }
    state_.x[0] = 0;
    state_.cycle += taken_;
    ++state_.retired;
}

}  // namespace vr
