// SPDX-License-Identifier: Apache-2.0
// Parameters of the management core: its clock, its memory, cycles per class of instruction.
// Not modelled: a pipeline; an instruction takes the cycles of its class, whatever surrounds it.
#pragma once

#include <cstdint>

#include "models/base/parameter.h"
#include "models/base/quantity.h"

namespace vr {

/// Cycles of an instruction, by class, and of what is no instruction.
struct CycleCosts {
    Cycles integer{};  ///< add, shift, compare, lui, auipc, fence, wfi
    Cycles multiply{};
    Cycles divide{};  ///< and remainder
    Cycles load{};
    Cycles store{};
    Cycles branch{};  ///< not taken
    Cycles branch_taken{};
    Cycles jump{};
    Cycles csr{};
    Cycles trap{};         ///< exception or interrupt to the handler's first instruction
    Cycles trap_return{};  ///< mret
    template <class Visitor>
    void parameters(Visitor& p) {
        p("integer", integer, {"1 clk", "1000 clk"}, "an integer instruction, fence or wfi");
        p("multiply", multiply, {"1 clk", "1000 clk"}, "mul, mulh, mulhsu, mulhu");
        p("divide", divide, {"1 clk", "1000 clk"}, "div, divu, rem, remu");
        p("load", load, {"1 clk", "1000 clk"}, "a load from the core's own memory or devices");
        p("store", store, {"1 clk", "1000 clk"}, "a store to the core's own memory or devices");
        p("branch", branch, {"1 clk", "1000 clk"}, "a branch that is not taken");
        p("branch_taken", branch_taken, {"1 clk", "1000 clk"}, "a branch that is taken");
        p("jump", jump, {"1 clk", "1000 clk"}, "jal and jalr");
        p("csr", csr, {"1 clk", "1000 clk"}, "an access to a control and status register");
        p("trap", trap, {"1 clk", "1000 clk"}, "exception or interrupt to its handler");
        p("trap_return", trap_return, {"1 clk", "1000 clk"}, "mret");
    }
};

struct ManagementCoreConfig {
    Frequency clock{};
    Bytes memory{};
    std::int64_t timer_divider{};
    Cycles register_latency{};
    Time patience{};
    CycleCosts cycles{};
    template <class Visitor>
    void parameters(Visitor& p) {
        p("clock", clock, {"1 MHz", "10 GHz"}, "clock of the core and of its devices");
        p("memory", memory, {"4 KiB", "16 MiB"}, "the core's memory, code and data");
        p("timer_divider", timer_divider, {"1", "1000000"}, "cycles of `clock` per count of mtime");
        p("register_latency", register_latency, {"1 clk", "10000 clk"},
          "to the registers of another unit, one way, cycles of `clock`");
        p("patience", patience, {"1 us", "10 s"},
          "a firmware that neither works nor ends for this long has stalled");
        p.group("cycles", cycles);
    }
};

}  // namespace vr
