// SPDX-License-Identifier: Apache-2.0
// Control and status registers (volume II, chapters 2 and 3). Those that exist and keep nothing
// read as zero; all others are illegal.
#include "models/management_core/management_core.h"

namespace vr {

namespace {

enum Number : std::uint32_t {
    kMstatus = 0x300,
    kMisa = 0x301,
    kMie = 0x304,
    kMtvec = 0x305,
    kMstatush = 0x310,
    kMcountinhibit = 0x320,
    kMhpmevent3 = 0x323,
    kMhpmevent31 = 0x33f,
    kMscratch = 0x340,
    kMepc = 0x341,
    kMcause = 0x342,
    kMtval = 0x343,
    kMip = 0x344,
    kMcycle = 0xb00,
    kMinstret = 0xb02,
    kMhpmcounter3 = 0xb03,
    kMhpmcounter31 = 0xb1f,
    kMcycleh = 0xb80,
    kMinstreth = 0xb82,
    kMhpmcounter3h = 0xb83,
    kMhpmcounter31h = 0xb9f,
    kCycle = 0xc00,
    kInstret = 0xc02,
    kCycleh = 0xc80,
    kInstreth = 0xc82,
    kMvendorid = 0xf11,
    kMhartid = 0xf14,
    kMconfigptr = 0xf15,
};

constexpr std::uint32_t kMieBits = 0x888;  // external, timer, software
constexpr std::uint32_t kStatusMie = 1U << 3;
constexpr std::uint32_t kStatusMpie = 1U << 7;
constexpr std::uint32_t kStatusMpp = 3U << 11;     // machine mode: there is no other
constexpr std::uint32_t kMisaValue = 0x40001104U;  // 32 bits; I, M, C
constexpr std::uint32_t kInhibitCycle = 1U << 0;
constexpr std::uint32_t kInhibitInstret = 1U << 2;

constexpr bool between(std::uint32_t number, std::uint32_t first, std::uint32_t last) {
    return number >= first && number <= last;
}

bool reads_as_zero(std::uint32_t number) {
    return number == kMstatush || between(number, kMhpmevent3, kMhpmevent31) ||
           between(number, kMhpmcounter3, kMhpmcounter31) ||
           between(number, kMhpmcounter3h, kMhpmcounter31h) ||
           between(number, kMvendorid, kMhartid - 1) || number == kMconfigptr;
}

constexpr std::uint32_t low_half(std::uint64_t value) {
    return static_cast<std::uint32_t>(value);
}
constexpr std::uint32_t high_half(std::uint64_t value) {
    return static_cast<std::uint32_t>(value >> 32);
}

}  // namespace

bool ManagementCore::csr(const Instruction& in) {
    const auto number = static_cast<std::uint32_t>(in.immediate);
    const bool from_immediate = in.op >= Op::kCsrrwi;
    const std::uint32_t operand = from_immediate ? in.rs1 : state_.x[in.rs1];
    const bool replaces = in.op == Op::kCsrrw || in.op == Op::kCsrrwi;
    const bool sets = in.op == Op::kCsrrs || in.op == Op::kCsrrsi;
    const bool writes = replaces || in.rs1 != 0;
    std::uint32_t old = 0;
    if (!csr_value(number, old) || (writes && number >> 10 == 3)) {
        return raise(TrapCause::kIllegal, in.bits);
    }
    if (writes && !set_csr(number, replaces ? operand : sets ? old | operand : old & ~operand)) {
        return raise(TrapCause::kIllegal, in.bits);
    }
    state_.x[in.rd] = old;
    return true;
}

std::uint64_t ManagementCore::cycles_seen() const {
    const bool inhibited = (state_.csrs.mcountinhibit & kInhibitCycle) != 0;
    return state_.csrs.mcycle_offset + (inhibited ? 0 : static_cast<std::uint64_t>(state_.cycle));
}

std::uint64_t ManagementCore::retired_seen() const {
    const bool inhibited = (state_.csrs.mcountinhibit & kInhibitInstret) != 0;
    return state_.csrs.minstret_offset +
           (inhibited ? 0 : static_cast<std::uint64_t>(state_.retired));
}

bool ManagementCore::counter_value(std::uint32_t number, std::uint32_t& value) const {
    switch (number) {
        case kMcycle:
        case kCycle:
            value = low_half(cycles_seen());
            return true;
        case kMcycleh:
        case kCycleh:
            value = high_half(cycles_seen());
            return true;
        case kMinstret:
        case kInstret:
            value = low_half(retired_seen());
            return true;
        case kMinstreth:
        case kInstreth:
            value = high_half(retired_seen());
            return true;
        default:
            return false;
    }
}

bool ManagementCore::csr_value(std::uint32_t number, std::uint32_t& value) const {
    const CoreCsrs& csrs = state_.csrs;
    switch (number) {
        case kMstatus:
            value = kStatusMpp | (csrs.interrupts ? kStatusMie : 0) |
                    (csrs.previous_interrupts ? kStatusMpie : 0);
            return true;
        case kMisa:
            value = kMisaValue;
            return true;
        case kMie:
            value = csrs.mie;
            return true;
        case kMtvec:
            value = csrs.mtvec;
            return true;
        case kMcountinhibit:
            value = csrs.mcountinhibit;
            return true;
        case kMscratch:
            value = csrs.mscratch;
            return true;
        case kMepc:
            value = csrs.mepc;
            return true;
        case kMcause:
            value = csrs.mcause;
            return true;
        case kMtval:
            value = csrs.mtval;
            return true;
        case kMip:
            value = pending();
            return true;
        case kMhartid:
            value = hart_;
            return true;
        default:
            value = 0;
            return counter_value(number, value) || reads_as_zero(number);
    }
}

// A counter that is written has the written value for the next instruction; the offset is therefore
// taken from the counts at the end of this one.
bool ManagementCore::set_counter(std::uint32_t number, std::uint32_t value) {
    CoreCsrs& csrs = state_.csrs;
    const auto replace = [&](std::uint64_t seen, bool high) {
        return high ? (std::uint64_t{value} << 32) | low_half(seen) : (seen >> 32 << 32) | value;
    };
    const bool high = number == kMcycleh || number == kMinstreth;
    if (number == kMcycle || number == kMcycleh) {
        const bool inhibited = (csrs.mcountinhibit & kInhibitCycle) != 0;
        const auto end = static_cast<std::uint64_t>(state_.cycle + taken_);
        csrs.mcycle_offset = replace(cycles_seen(), high) - (inhibited ? 0 : end);
        return true;
    }
    if (number == kMinstret || number == kMinstreth) {
        const bool inhibited = (csrs.mcountinhibit & kInhibitInstret) != 0;
        const auto end = static_cast<std::uint64_t>(state_.retired + 1);
        csrs.minstret_offset = replace(retired_seen(), high) - (inhibited ? 0 : end);
        return true;
    }
    return false;
}

// A counter stops, or goes on, with the end of the instruction that says so.
void ManagementCore::set_inhibit(std::uint32_t value) {
    CoreCsrs& csrs = state_.csrs;
    const std::uint32_t wanted = value & (kInhibitCycle | kInhibitInstret);
    const std::uint32_t changed = wanted ^ csrs.mcountinhibit;
    const auto cycle = static_cast<std::uint64_t>(state_.cycle + taken_);
    const auto retired = static_cast<std::uint64_t>(state_.retired + 1);
    if ((changed & kInhibitCycle) != 0) {
        csrs.mcycle_offset += (wanted & kInhibitCycle) != 0 ? cycle : 0 - cycle;
    }
    if ((changed & kInhibitInstret) != 0) {
        csrs.minstret_offset += (wanted & kInhibitInstret) != 0 ? retired : 0 - retired;
    }
    csrs.mcountinhibit = wanted;
}

void ManagementCore::set_status(std::uint32_t value) {
    state_.csrs.interrupts = (value & kStatusMie) != 0;
    state_.csrs.previous_interrupts = (value & kStatusMpie) != 0;
    update_attention();
}

bool ManagementCore::set_csr(std::uint32_t number, std::uint32_t value) {
    CoreCsrs& csrs = state_.csrs;
    switch (number) {
        case kMstatus:
            set_status(value);
            return true;
        case kMisa:  // extensions cannot be switched off
        case kMip:   // every line is driven by a device
            return true;
        case kMie:
            csrs.mie = value & kMieBits;
            update_attention();
            return true;
        case kMtvec:  // modes above 1 are reserved: the mode stays 0 or 1
            csrs.mtvec = value & ~2U;
            return true;
        case kMcountinhibit:
            set_inhibit(value);
            return true;
        case kMscratch:
            csrs.mscratch = value;
            return true;
        case kMepc:
            csrs.mepc = value & ~1U;
            return true;
        case kMcause:
            csrs.mcause = value;
            return true;
        case kMtval:
            csrs.mtval = value;
            return true;
        default:
            return set_counter(number, value) || reads_as_zero(number);
    }
}

}  // namespace vr
