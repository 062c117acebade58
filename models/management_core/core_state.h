// SPDX-License-Identifier: Apache-2.0
// The whole mutable state of the management core: plain data, every member with its kind.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/transport/state_lines.h"

namespace vr {

/// What the core does.
enum class CoreActivity : std::uint8_t {
    kRunning,
    kSleeping,  ///< after wfi, until an enabled interrupt is pending
    kOnBus,     ///< an access waits for its answer
    kAnswered,  ///< the answer is there; the instruction is done again with it
    kLocked,    ///< a trap could not reach its handler; only a reset helps
    kHalted,    ///< a device ended the run; only a reset helps
};

/// Control and status registers that keep a value. Names as in the privileged specification.
struct CoreCsrs {
    bool interrupts = false;           ///< mstatus.MIE
    bool previous_interrupts = false;  ///< mstatus.MPIE
    std::uint32_t mie = 0;
    std::uint32_t mtvec = 0;
    std::uint32_t mscratch = 0;
    std::uint32_t mepc = 0;
    std::uint32_t mcause = 0;
    std::uint32_t mtval = 0;
    std::uint32_t mcountinhibit = 0;
    /// What software sees of a counter is the hardware's count plus this, or, while the counter is
    /// inhibited, this alone.
    std::uint64_t mcycle_offset = 0;
    std::uint64_t minstret_offset = 0;
    static constexpr auto state_lines() {
        using C = CoreCsrs;
        return vr::state_lines(vr::fixed("interrupts", &C::interrupts),
                               vr::fixed("previous_interrupts", &C::previous_interrupts),
                               vr::fixed("mie", &C::mie), vr::fixed("mtvec", &C::mtvec),
                               vr::fixed("mscratch", &C::mscratch), vr::fixed("mepc", &C::mepc),
                               vr::fixed("mcause", &C::mcause), vr::fixed("mtval", &C::mtval),
                               vr::fixed("mcountinhibit", &C::mcountinhibit),
                               vr::fixed("mcycle_offset", &C::mcycle_offset),
                               vr::fixed("minstret_offset", &C::minstret_offset));
    }
};

/// Interrupt lines that lead to the core.
struct CoreLines {
    std::int64_t timer_cycle = kNeverTick;  ///< the timer's line is high from this cycle on
    bool software = false;
    bool external = false;
    static constexpr auto state_lines() {
        using L = CoreLines;
        return vr::state_lines(vr::future_time("timer_cycle", &L::timer_cycle),
                               vr::fixed("software", &L::software),
                               vr::fixed("external", &L::external));
    }
};

/// Everything but the memory.
struct CoreState {
    std::array<std::uint32_t, 32> x{};  ///< x[0] stays 0
    std::uint32_t pc = 0;
    CoreActivity activity = CoreActivity::kRunning;
    std::int64_t cycle = 0;    ///< the present: when the next instruction starts
    std::int64_t retired = 0;  ///< instructions
    std::int64_t traps = 0;    ///< exceptions and interrupts
    CoreCsrs csrs;
    CoreLines lines;
    static constexpr auto state_lines() {
        using S = CoreState;
        // The counts are visible through csrs: plain values, not statistics.
        return vr::state_lines(vr::fixed("x", &S::x), vr::fixed("pc", &S::pc),
                               vr::fixed("activity", &S::activity),
                               vr::past_time("cycle", &S::cycle), vr::fixed("retired", &S::retired),
                               vr::additive("traps", &S::traps), vr::nested("csrs", &S::csrs),
                               vr::nested("lines", &S::lines));
    }
};

/// The core's memory.
struct CoreMemory {
    std::vector<std::uint8_t> bytes;
    static constexpr auto state_lines() {
        return vr::state_lines(vr::fixed("bytes", &CoreMemory::bytes));
    }
};

}  // namespace vr
