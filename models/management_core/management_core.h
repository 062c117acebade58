// SPDX-License-Identifier: Apache-2.0
// The management core: an interpreter of RV32IMC_Zicsr_Zifencei in machine mode, with exact counts
// of instructions and cycles, traps and interrupts. Not modelled: user mode, physical memory
// protection, debug mode, caches, a pipeline (see DEVIATIONS.md).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "models/management_core/core_bus.h"
#include "models/management_core/core_config.h"
#include "models/management_core/core_state.h"
#include "models/management_core/instruction.h"
#include "models/transport/state_members.h"

namespace vr {

/// Exception causes of machine mode.
enum class TrapCause : std::uint32_t {
    kFetchFault = 1,
    kIllegal = 2,
    kBreakpoint = 3,
    kLoadMisaligned = 4,
    kLoadFault = 5,
    kStoreMisaligned = 6,
    kStoreFault = 7,
    kEcall = 11,
};

/// Bit of mie and mip, and number of an interrupt's cause.
enum class InterruptLine : std::uint32_t { kSoftware = 3, kTimer = 7, kExternal = 11 };

inline constexpr std::uint32_t kInterruptCause = 0x80000000U;  ///< bit of mcause

/// Name of an mcause value in words, e.g. "illegal instruction".
[[nodiscard]] std::string cause_name(std::uint32_t mcause);

/// One core with its memory. Time is counted in its own cycles; whoever owns it says when they are.
class ManagementCore {
  public:
    /// Memory of `config.memory` bytes at `memory_base`; everything else is on `bus`, which must
    /// outlive the core.
    ManagementCore(const ManagementCoreConfig& config, std::uint32_t memory_base, CoreBus& bus);

    /// Puts every register into its reset state at cycle `cycle`. Memory keeps its contents, the
    /// interrupt lines their levels: they belong to others.
    void reset(std::uint32_t entry, std::uint32_t hart = 0, std::int64_t cycle = 0);

    /// Runs every instruction that starts before cycle `limit`. A core that sleeps or waits on the
    /// bus has its cycle at `limit` afterwards; one that is locked or halted stays at the cycle in
    /// which that happened.
    void run(std::int64_t limit);

    /// The access that the bus answered with kLater can be asked for again.
    void bus_answered();

    /// Ends the run after the present instruction; for devices, during a store.
    void halt() { state_.activity = CoreActivity::kHalted; }

    /// Levels of the interrupt lines, from the present cycle on.
    void set_external(bool level);
    void set_software(bool level);
    /// The timer's line is high from `cycle` on (kNeverTick: never).
    void set_timer(std::int64_t cycle);

    /// Cycle at which a sleeping core wakes if no line changes; kNeverTick when nothing is to come.
    [[nodiscard]] std::int64_t wake_cycle() const;
    [[nodiscard]] std::int64_t cycle() const { return state_.cycle; }
    [[nodiscard]] std::uint32_t pc() const { return state_.pc; }
    [[nodiscard]] std::uint32_t hart() const { return hart_; }
    [[nodiscard]] const CoreState& state() const { return state_; }
    [[nodiscard]] const CoreMemory& memory() const { return memory_; }
    [[nodiscard]] std::uint32_t memory_base() const { return base_; }
    /// Puts a state back that state() and memory() gave.
    void restore(const CoreState& state, const CoreMemory& memory);
    static constexpr auto state_members() {
        using C = ManagementCore;
        return vr::state_members(&C::hart_, &C::state_, &C::memory_);
    }

    /// Whether `size` bytes at `address` lie in the memory.
    [[nodiscard]] bool in_memory(std::uint32_t address, std::uint32_t size) const {
        const std::uint32_t offset = address - base_;
        return offset < memory_.bytes.size() && memory_.bytes.size() - offset >= size;
    }
    /// Copies bytes into the memory, as a loader does. The range must lie in it.
    void write_memory(std::uint32_t address, std::span<const std::uint8_t> bytes);
    /// A register, for loaders and debuggers.
    void set_register(std::uint32_t number, std::uint32_t value) {
        state_.x[number] = number == 0 ? 0 : value;
    }

  private:
    static constexpr std::uint32_t kPageEntries = 2048;
    using Page = std::array<Instruction, kPageEntries>;  // decoded, by half word

    void step();
    bool execute(const Instruction& in);  // false: the instruction did not retire
    bool load(const Instruction& in);
    bool store(const Instruction& in);
    bool csr(const Instruction& in);
    bool csr_value(std::uint32_t number, std::uint32_t& value) const;
    bool counter_value(std::uint32_t number, std::uint32_t& value) const;
    bool set_csr(std::uint32_t number, std::uint32_t value);
    bool set_counter(std::uint32_t number, std::uint32_t value);
    void set_inhibit(std::uint32_t value);
    void set_status(std::uint32_t value);
    void trap(std::uint32_t cause, std::uint32_t value);
    bool raise(TrapCause cause, std::uint32_t value);
    bool take_interrupt();
    void return_from_trap();
    const Instruction* fetch();
    Instruction& cached(std::uint32_t offset);
    void forget_decoded(std::uint32_t offset, std::uint32_t size);
    [[nodiscard]] std::uint32_t pending() const;
    [[nodiscard]] std::uint64_t cycles_seen() const;
    [[nodiscard]] std::uint64_t retired_seen() const;
    void update_attention();
    [[nodiscard]] std::uint32_t read(std::uint32_t offset, std::uint32_t size) const;

    CycleCosts costs_;
    std::uint32_t base_;
    CoreBus& bus_;
    std::uint32_t hart_ = 0;
    CoreState state_;
    CoreMemory memory_;
    std::vector<std::unique_ptr<Page>> pages_;  // derived from memory_
    std::int64_t attention_ = kNeverTick;       // derived: from this cycle on an interrupt is taken
    std::int64_t taken_ = 0;                    // cycles of the instruction under way
};

}  // namespace vr
