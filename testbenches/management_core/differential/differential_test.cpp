// SPDX-License-Identifier: Apache-2.0
// The management core against Unicorn (QEMU's translator) on random programs: registers, pc,
// memory and two control registers after every stretch of instructions. Not compared, because
// Unicorn differs by design: cycle and instruction counters (Unicorn's follow the host), misa and
// the identification registers, bit 0 of mepc (Unicorn keeps it, the specification says zero),
// misaligned accesses (Unicorn does them, this core traps), traps and interrupts (Unicorn hands
// them to its user), and instructions of extensions that this core lacks.
#include <unicorn/unicorn.h>

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>

#include "models/management_core/management_core.h"
#include "testbenches/management_core/core_rig.h"
#include "testbenches/management_core/differential/random_program.h"

using namespace vr;
using namespace vr::testing;

namespace {

constexpr std::uint32_t kBytes = 65536;

class Oracle {
  public:
    Oracle() {
        REQUIRE(uc_open(UC_ARCH_RISCV, UC_MODE_RISCV32, &engine_) == UC_ERR_OK);
        REQUIRE(uc_mem_map(engine_, kMemoryBase, kBytes, UC_PROT_ALL) == UC_ERR_OK);
    }
    ~Oracle() { uc_close(engine_); }
    Oracle(const Oracle&) = delete;
    Oracle& operator=(const Oracle&) = delete;
    void set(int id, std::uint32_t value) { uc_reg_write(engine_, id, &value); }
    [[nodiscard]] std::uint32_t get(int id) const {
        std::uint32_t value = 0;
        uc_reg_read(engine_, id, &value);
        return value;
    }
    void write(std::uint32_t address, const std::vector<std::uint8_t>& bytes) {
        REQUIRE(uc_mem_write(engine_, address, bytes.data(), bytes.size()) == UC_ERR_OK);
    }
    [[nodiscard]] std::vector<std::uint8_t> memory() const {
        std::vector<std::uint8_t> bytes(kBytes);
        REQUIRE(uc_mem_read(engine_, kMemoryBase, bytes.data(), bytes.size()) == UC_ERR_OK);
        return bytes;
    }
    void run(std::size_t instructions) {
        const uc_err error =
            uc_emu_start(engine_, get(UC_RISCV_REG_PC), 0xffffffff, 0, instructions);
        INFO(uc_strerror(error) << " at " << std::hex << get(UC_RISCV_REG_PC));
        REQUIRE(error == UC_ERR_OK);
    }

  private:
    uc_engine* engine_ = nullptr;
};

// Runs both and returns how many instructions were compared. `steps`: instructions per comparison.
std::int64_t compare(std::uint64_t seed, std::int64_t instructions, std::int64_t steps) {
    const std::vector<std::uint8_t> program = RandomProgram(seed).bytes();
    ScriptedBus bus;
    ManagementCoreConfig config = core_config();
    config.cycles = {{1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}, {1}};
    ManagementCore core(config, kMemoryBase, bus);
    Oracle oracle;
    core.write_memory(kMemoryBase, program);
    core.reset(kMemoryBase);
    oracle.write(kMemoryBase, program);
    oracle.set(UC_RISCV_REG_PC, kMemoryBase);
    const RandomStream random(seed, "registers", 0);
    for (std::uint32_t i = 1; i < 32; ++i) {
        std::uint32_t value = static_cast<std::uint32_t>(random.at(i));
        if (i % 5 == 0) {  // values at which results change their kind
            constexpr std::uint32_t kCorners[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff};
            value = kCorners[i / 5 % 5];
        }
        value = i == kWindowRegister ? kMemoryBase + kWindowOffset + kWindowBytes / 2
                : i == kCodeRegister ? kMemoryBase
                                     : value;
        core.set_register(i, value);
        oracle.set(UC_RISCV_REG_X0 + static_cast<int>(i), value);
    }
    std::int64_t done = 0;
    while (done < instructions) {
        const std::uint32_t before = core.pc();
        core.run(core.cycle() + steps);  // one cycle each: so many instructions
        oracle.run(static_cast<std::size_t>(steps));
        done += steps;
        INFO("program " << seed << ", " << done << " instructions, from pc " << std::hex << before);
        REQUIRE(core.state().traps == 0);
        REQUIRE(core.state().retired == done);
        REQUIRE(core.pc() == oracle.get(UC_RISCV_REG_PC));
        std::array<std::uint32_t, 32> theirs{};
        for (int i = 0; i < 32; ++i) {
            theirs[static_cast<std::size_t>(i)] = oracle.get(UC_RISCV_REG_X0 + i);
        }
        REQUIRE(core.state().x == theirs);
        REQUIRE(core.state().csrs.mscratch == oracle.get(UC_RISCV_REG_MSCRATCH));
        REQUIRE(core.state().csrs.mcause == oracle.get(UC_RISCV_REG_MCAUSE));
    }
    REQUIRE(core.memory().bytes == oracle.memory());
    return done;
}

}  // namespace

TEST_CASE("random programs: a million instructions equal Unicorn's") {
    std::int64_t compared = 0;
    for (std::uint64_t seed = 1; compared < 1'000'000; ++seed) {
        compared += compare(seed, 25'000, 25);
    }
    CHECK(compared >= 1'000'000);
}

TEST_CASE("random programs equal Unicorn's after every single instruction") {
    for (std::uint64_t seed = 1000; seed < 1010; ++seed) {
        compare(seed, 3'000, 1);
    }
}
