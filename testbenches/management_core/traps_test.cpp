// SPDX-License-Identifier: Apache-2.0
// Exceptions and interrupts: what the registers say, and at which cycle they are taken.
#include "models/transport/state.h"
#include "testbenches/management_core/core_rig.h"

using namespace vr;
using namespace vr::testing;
using namespace vr::rv;

namespace {

constexpr std::uint32_t kHandler = 0x200;
constexpr std::uint32_t kStatusMie = 1U << 3;
constexpr std::uint32_t kStatusMpie = 1U << 7;
constexpr std::uint32_t kStatusMpp = 3U << 11;

// A core whose program starts at 0 with mtvec set; x[a5] holds a device's address.
struct TrapRig : CoreRig {
    explicit TrapRig(const std::vector<Word>& program, std::uint32_t mode = 0) {
        std::vector<Word> words = {csrrw(zero, mtvec, s0)};
        words.insert(words.end(), program.begin(), program.end());
        put(kHandler, {kNop, kMret});
        put(0, words);
        core.set_register(s0, (kMemoryBase + kHandler) | mode);
        retire(1);
    }
    [[nodiscard]] std::uint32_t csr_of(int number) {  // read by the core itself, on a copy
        ScriptedBus nothing;
        ManagementCore copy(core_config(), kMemoryBase, nothing);
        copy.restore(core.state(), core.memory());
        copy.write_memory(kMemoryBase + 0x8000, std::vector<std::uint8_t>{});
        std::vector<std::uint8_t> bytes;
        for (unsigned i = 0; i < 4; ++i) {
            bytes.push_back(static_cast<std::uint8_t>(csrr(a0, number) >> (8 * i)));
        }
        copy.write_memory(copy.pc(), bytes);
        copy.run(copy.cycle() + 1);
        return copy.state().x[a0];
    }
};

struct Expected {
    const char* what;
    std::vector<Word> program;
    std::uint32_t cause;
    std::uint32_t value;
};

}  // namespace

TEST_CASE("each exception: cause, value, address, and it does not retire") {
    const std::uint32_t a = kMemoryBase;
    const std::vector<Expected> cases = {
        {"all ones", {0xffffffff}, 2, 0xffffffff},
        {"all zeros", {0x00000000}, 2, 0},
        {"unknown csr", {csrr(a0, 0x123)}, 2, csrr(a0, 0x123)},
        {"write to a read-only csr", {csrrw(zero, mhartid, a0)}, 2, csrrw(zero, mhartid, a0)},
        {"no atomics", {0x1000202f}, 2, 0x1000202f},
        {"sret", {0x10200073}, 2, 0x10200073},
        {"ebreak", {kEbreak}, 3, a + 4},
        {"load of a misaligned word", {lw(a0, s1, 2)}, 4, a + 0x1002},
        {"load of a misaligned half", {load_op(5, a0, s1, 1)}, 4, a + 0x1001},
        {"load from nothing", {lw(a0, a5, 0)}, 5, kDevice},
        {"store of a misaligned word", {sw(a0, s1, 1)}, 6, a + 0x1001},
        {"store to nothing", {sb(a0, a5, 3)}, 7, kDevice + 3},
        {"load beyond the memory", {lw(a0, t0, 0)}, 5, a + 0x10000},
        {"ecall", {kEcall}, 11, 0},
    };
    for (const Expected& expected : cases) {
        INFO(expected.what);
        TrapRig rig(expected.program);
        rig.core.set_register(s1, kMemoryBase + 0x1000);
        rig.core.set_register(t0, kMemoryBase + 0x10000);
        rig.core.set_register(a5, kDevice);
        const std::int64_t before = rig.core.cycle();
        rig.core.run(before + 1);
        CHECK(rig.core.cycle() == before + 23);
        CHECK(rig.core.state().retired == 1);
        CHECK(rig.at() == kHandler);
        const CoreCsrs& csrs = rig.core.state().csrs;
        CHECK(csrs.mcause == expected.cause);
        CHECK(csrs.mtval == expected.value);
        CHECK(csrs.mepc == kMemoryBase + 4);
        rig.core.set_register(s0, 0);
        rig.retire(2);  // the handler's nop and mret
        CHECK(rig.at() == 4);
    }
}

TEST_CASE("a jump out of the memory faults at its target") {
    TrapRig rig({jalr(ra, a5, 0)});
    rig.core.set_register(a5, kDevice);
    rig.retire(1);
    CHECK(rig.core.pc() == kDevice);
    rig.core.run(rig.core.cycle() + 1);
    CHECK(rig.core.state().csrs.mcause == 1);
    CHECK(rig.core.state().csrs.mepc == kDevice);
    CHECK(rig.core.state().csrs.mtval == kDevice);
}

TEST_CASE("an instruction that reaches over the end of the memory faults at its second half") {
    TrapRig rig({jalr(ra, a5, 0)});
    rig.core.write_memory(kMemoryBase + 0xfffe, std::vector<std::uint8_t>{0x13, 0x05});
    rig.core.set_register(a5, kMemoryBase + 0xfffe);
    rig.retire(1);
    rig.core.run(rig.core.cycle() + 1);
    CHECK(rig.core.state().csrs.mcause == 1);
    CHECK(rig.core.state().csrs.mepc == kMemoryBase + 0xfffe);
    CHECK(rig.core.state().csrs.mtval == kMemoryBase + 0x10000);
}

TEST_CASE("mstatus: a trap moves MIE to MPIE, mret moves it back, MPP is machine mode") {
    TrapRig rig({csrrsi(zero, mstatus, 8), kEcall});
    rig.retire(1);
    CHECK(rig.csr_of(mstatus) == (kStatusMpp | kStatusMie));
    rig.core.run(rig.core.cycle() + 1);
    CHECK(rig.csr_of(mstatus) == (kStatusMpp | kStatusMpie));
    rig.retire(2);
    CHECK(rig.csr_of(mstatus) == (kStatusMpp | kStatusMie | kStatusMpie));
}

TEST_CASE("control and status registers keep what the specification lets them keep") {
    const std::pair<int, Word> cases[] = {{mscratch, 0xffffffff},
                                          {mepc, 0xfffffffe},
                                          {mtvec, 0xfffffffd},
                                          {mcause, 0xffffffff},
                                          {mtval, 0xffffffff},
                                          {mie, 0x888},
                                          {mip, 0},
                                          {misa, 0x40001104},
                                          {mcountinhibit, 5},
                                          {0x323, 0},
                                          {0xb03, 0},
                                          {0xf11, 0}};
    for (const auto& [number, kept] : cases) {
        INFO(std::hex << number);
        if (number == 0xf11) {
            CHECK(TrapRig({}).csr_of(number) == kept);
            continue;
        }
        TrapRig rig({csrrw(zero, number, t0)});
        rig.core.set_register(t0, 0xffffffff);
        rig.retire(1);
        CHECK(rig.csr_of(number) == kept);
    }
    TrapRig rig({csrrw(zero, mscratch, t0), csrrs(t1, mscratch, a5), csrrc(t2, mscratch, a4),
                 csrrci(a0, mscratch, 16), csrrsi(a1, mscratch, 1)});
    rig.core.set_register(t0, 0xf0);
    rig.core.set_register(a5, 0x0f);
    rig.core.set_register(a4, 0x81);
    rig.retire(5);
    CHECK(rig.x(t1) == 0xf0);
    CHECK(rig.x(t2) == 0xff);
    CHECK(rig.x(a0) == 0x7e);
    CHECK(rig.x(a1) == 0x6e);
    CHECK(rig.core.state().csrs.mscratch == 0x6f);
}

TEST_CASE("counters: written values hold for the next instruction, they can be stopped") {
    TrapRig rig({csrrw(zero, minstret, t0), csrr(a0, minstret), csrrw(zero, mcycle, t0),
                 csrr(a1, mcycle), csrr(a2, mcycle), csrrwi(zero, mcountinhibit, 5),
                 csrr(a3, mcycle), csrr(a4, mcycle), csrr(s1, minstret), csrr(a5, minstret),
                 csrrwi(zero, mcountinhibit, 0), csrr(t1, mcycle), csrr(t2, minstret)});
    rig.core.set_register(t0, 1000);
    rig.retire(13);
    CHECK(rig.x(a0) == 1000);
    CHECK(rig.x(a1) == 1000);
    CHECK(rig.x(a2) == 1019);
    CHECK(rig.x(a3) == 1000 + 3 * 19);  // after the instruction that stops it
    CHECK(rig.x(a4) == rig.x(a3));
    CHECK(rig.x(s1) == rig.x(a5));
    CHECK(rig.x(t1) == rig.x(a3));      // goes on from there with the next instruction
    CHECK(rig.x(t2) == rig.x(a5) + 1);  // one instruction later
    TrapRig high({csrrw(zero, mcycleh, t0), csrr(a0, mcycleh), csrr(a1, 0xc80),
                  csrrw(zero, minstreth, t0), csrr(a2, minstreth), csrr(a3, 0xc82),
                  csrr(a4, 0xc00)});
    high.core.set_register(t0, 3);
    high.retire(7);
    CHECK(high.x(a0) == 3);
    CHECK(high.x(a1) == 3);
    CHECK(high.x(a2) == 3);
    CHECK(high.x(a3) == 3);
    CHECK(high.x(a4) == 6 * 19);  // seven before it; the write of mcycleh does not count itself
}

TEST_CASE("an interrupt is taken at the first instruction that starts at or after its cycle") {
    // The timer rises at cycle c; instructions of 1 cycle start at every cycle from `start` on.
    const std::vector<Word> program = {
        csrrs(zero, mie, t1), csrrsi(zero, mstatus, 8), kNop, kNop, kNop, kNop, kNop, kNop};
    for (const std::int64_t offset : {0, 1, 2, 3}) {
        TrapRig rig(program);
        rig.core.set_register(t1, 0x80);
        rig.retire(2);
        const std::int64_t start = rig.core.cycle();
        rig.core.set_timer(start + offset);
        rig.core.run(start + offset);
        CHECK(rig.core.cycle() == start + offset);
        CHECK(rig.core.state().traps == 0);  // at c - 1 nothing is taken
        rig.core.run(start + offset + 1);
        CHECK(rig.core.state().traps == 1);
        CHECK(rig.core.cycle() == start + offset + 23);
        CHECK(rig.core.state().csrs.mcause == (kInterruptCause | 7));
        CHECK(rig.core.state().csrs.mepc ==
              kMemoryBase + 12 + 4 * static_cast<std::uint32_t>(offset));
    }
}

TEST_CASE("an interrupt during a long instruction waits for its end") {
    TrapRig rig({csrrs(zero, mie, t1), csrrsi(zero, mstatus, 8), mul_op(4, a0, a0, a0), kNop});
    rig.core.set_register(t1, 0x80);
    rig.retire(2);
    const std::int64_t start = rig.core.cycle();
    rig.core.set_timer(start + 1);
    rig.core.run(start + 18);
    CHECK(rig.core.cycle() == start + 17 + 23);
    CHECK(rig.core.state().csrs.mepc == kMemoryBase + 16);
}

TEST_CASE("external comes before software, software before timer, vectored by cause") {
    for (const std::uint32_t mode : {0U, 1U}) {
        TrapRig rig({csrrs(zero, mie, t1), csrrsi(zero, mstatus, 8), kNop}, mode);
        rig.put(kHandler + 4 * 11, {kMret});
        rig.put(kHandler + 4 * 7, {kMret});
        rig.put(kHandler + 4 * 3, {kMret});
        rig.put(0, {csrrw(zero, mtvec, s0), csrrs(zero, mie, t1), csrrsi(zero, mstatus, 8), kNop});
        rig.core.set_register(s0, (kMemoryBase + kHandler) | mode);
        rig.core.set_register(t1, 0x888);
        rig.core.set_external(true);
        rig.core.set_software(true);
        rig.core.set_timer(0);
        rig.retire(3);
        const auto take = [&](std::uint32_t cause) {
            rig.core.run(rig.core.cycle() + 1);
            CHECK(rig.core.state().csrs.mcause == (kInterruptCause | cause));
            CHECK(rig.at() == kHandler + (mode == 1 ? 4 * cause : 0));
            CHECK(rig.core.state().csrs.mepc == kMemoryBase + 12);
        };
        take(11);
        CHECK(rig.csr_of(mip) == 0x888);
        rig.core.set_external(false);
        rig.retire(mode == 1 ? 1 : 2);
        take(3);
        rig.core.set_software(false);
        rig.retire(mode == 1 ? 1 : 2);
        take(7);
        rig.core.set_timer(kNeverTick);
        rig.retire(mode == 1 ? 2 : 3);
        CHECK(rig.at() == 16);
    }
}

TEST_CASE("wfi sleeps to the cycle of an enabled line, with or without taking the interrupt") {
    for (const bool take : {false, true}) {
        TrapRig rig({csrrs(zero, mie, t1), take ? csrrsi(zero, mstatus, 8) : kNop, kWfi, kNop});
        rig.core.set_register(t1, 0x80);
        rig.retire(3);
        CHECK(rig.core.state().activity == CoreActivity::kSleeping);
        CHECK(rig.core.wake_cycle() == kNeverTick);
        const std::int64_t wake = rig.core.cycle() + 1000;
        rig.core.set_timer(wake);
        CHECK(rig.core.wake_cycle() == wake);
        rig.core.run(wake);
        CHECK(rig.core.cycle() == wake);
        CHECK(rig.core.state().activity == CoreActivity::kSleeping);
        rig.core.run(wake + 1);
        CHECK(rig.core.cycle() == wake + (take ? 23 : 1));
        CHECK(rig.at() == (take ? kHandler : 20));
    }
    TrapRig never({kWfi, kNop});  // a line that is not enabled does not wake
    never.core.set_external(true);
    never.core.run(1'000'000);
    CHECK(never.core.state().activity == CoreActivity::kSleeping);
    CHECK(never.core.cycle() == 1'000'000);
}

TEST_CASE("no interrupt comes between an access and its answer") {
    TrapRig rig({csrrs(zero, mie, t1), csrrsi(zero, mstatus, 8), lw(a0, a5, 0), kNop});
    rig.bus.words = {{kDevice, 5}};
    rig.bus.later = true;
    rig.core.set_register(t1, 0x800);
    rig.core.set_register(a5, kDevice);
    rig.retire(2);
    rig.core.run(rig.core.cycle() + 1);
    REQUIRE(rig.core.state().activity == CoreActivity::kOnBus);
    rig.core.set_external(true);
    rig.core.run(rig.core.cycle() + 50);
    rig.bus.ready = true;
    rig.core.bus_answered();
    rig.core.run(rig.core.cycle() + 1);
    CHECK(rig.x(a0) == 5);
    CHECK(rig.core.state().traps == 0);
    rig.core.run(rig.core.cycle() + 1);
    CHECK(rig.core.state().csrs.mepc == kMemoryBase + 16);
}

TEST_CASE("a core whose handler cannot run is locked, and keeps the first trap's registers") {
    CoreRig nowhere{kEcall};  // mtvec is 0: no memory there
    nowhere.core.run(1000);
    CHECK(nowhere.core.state().activity == CoreActivity::kLocked);
    CHECK(nowhere.core.state().csrs.mcause == 11);
    CHECK(nowhere.core.state().csrs.mepc == kMemoryBase);
    TrapRig again({kEcall});
    again.core.write_memory(kMemoryBase + kHandler, std::vector<std::uint8_t>(4, 0));
    again.core.run(1000);
    CHECK(again.core.state().activity == CoreActivity::kLocked);
    CHECK(again.core.state().csrs.mcause == 11);
    const std::int64_t locked_at = again.core.cycle();
    again.core.run(2000);
    CHECK(again.core.cycle() == locked_at);
}

TEST_CASE("reset puts everything back but memory and lines, restore repeats a run exactly") {
    CoreRig rig{addi(a0, a0, 1), sw(a0, s1, 0), csrrw(zero, mscratch, a0), jal(zero, -12)};
    rig.core.set_register(s1, kMemoryBase + 0x1000);
    rig.core.run(1000);
    const CoreState kept = rig.core.state();
    const CoreMemory memory = rig.core.memory();
    const std::uint64_t hash = digest(kept, kept.cycle);
    rig.core.run(5000);
    const std::string after = dump(rig.core.state());
    CHECK(digest(rig.core.state(), rig.core.cycle()) != hash);
    rig.core.restore(kept, memory);
    CHECK(digest(rig.core.state(), rig.core.cycle()) == hash);
    rig.core.run(5000);
    CHECK(dump(rig.core.state()) == after);
    rig.core.set_external(true);
    rig.core.reset(kMemoryBase, 3);
    CoreState fresh;
    fresh.pc = kMemoryBase;
    fresh.lines.external = true;
    CHECK(dump(rig.core.state()) == dump(fresh));
    CHECK(rig.word(0x1000) != 0);
    CHECK(rig.core.hart() == 3);
}
