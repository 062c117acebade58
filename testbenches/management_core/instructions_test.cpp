// SPDX-License-Identifier: Apache-2.0
// Each instruction's result and cycles, against values worked out from the specification.
#include "testbenches/management_core/core_rig.h"

using namespace vr;
using namespace vr::testing;
using namespace vr::rv;

namespace {

// The result of a register-register instruction.
std::uint32_t result_of(Word instruction, std::uint32_t a, std::uint32_t b) {
    CoreRig rig{instruction};
    rig.core.set_register(a1, a);
    rig.core.set_register(a2, b);
    rig.retire(1);
    return rig.x(a0);
}

constexpr Word op(Word funct7, Word funct3) {
    return r_type(funct7, a2, a1, funct3, a0, 0x33);
}
constexpr Word op_immediate(Word funct3, int immediate) {
    return i_type(immediate, a1, funct3, a0, 0x13);
}

}  // namespace

TEST_CASE("register arithmetic") {
    CHECK(result_of(op(0, 0), 0xffffffff, 2) == 1);
    CHECK(result_of(op(0x20, 0), 1, 2) == 0xffffffff);
    CHECK(result_of(op(0, 1), 1, 0x25) == 0x20);  // the low five bits shift
    CHECK(result_of(op(0, 2), 0x80000000, 1) == 1);
    CHECK(result_of(op(0, 3), 0x80000000, 1) == 0);
    CHECK(result_of(op(0, 4), 0xf0f0, 0xff00) == 0x0ff0);
    CHECK(result_of(op(0, 5), 0x80000000, 31) == 1);
    CHECK(result_of(op(0x20, 5), 0x80000000, 31) == 0xffffffff);
    CHECK(result_of(op(0, 6), 0xf0f0, 0xff00) == 0xfff0);
    CHECK(result_of(op(0, 7), 0xf0f0, 0xff00) == 0xf000);
}

TEST_CASE("immediate arithmetic") {
    CHECK(result_of(op_immediate(0, -1), 0, 0) == 0xffffffff);
    CHECK(result_of(op_immediate(1, 31), 3, 0) == 0x80000000);
    CHECK(result_of(op_immediate(2, -1), 0xfffffffe, 0) == 1);
    CHECK(result_of(op_immediate(3, -1), 5, 0) == 1);  // the immediate is extended, then unsigned
    CHECK(result_of(op_immediate(4, -1), 0x12345678, 0) == 0xedcba987);
    CHECK(result_of(op_immediate(5, 4), 0x80000000, 0) == 0x08000000);
    CHECK(result_of(op_immediate(5, 0x404), 0x80000000, 0) == 0xf8000000);
    CHECK(result_of(op_immediate(6, -2048), 1, 0) == 0xfffff801);
    CHECK(result_of(op_immediate(7, 0x7ff), 0xffffffff, 0) == 0x7ff);
    CHECK(result_of(lui(a0, 0xfffff), 0, 0) == 0xfffff000);
    CHECK(result_of(auipc(a0, 1), 0, 0) == kMemoryBase + 0x1000);
}

TEST_CASE("multiplication and division, with the results that the specification defines") {
    CHECK(result_of(op(1, 0), 0x10001, 0x10001) == 0x20001);
    CHECK(result_of(op(1, 1), 0xffffffff, 0xffffffff) == 0);           // mulh: -1 x -1
    CHECK(result_of(op(1, 2), 0xffffffff, 0xffffffff) == 0xffffffff);  // mulhsu
    CHECK(result_of(op(1, 3), 0xffffffff, 0xffffffff) == 0xfffffffe);  // mulhu
    CHECK(result_of(op(1, 4), 0xfffffff9, 2) == 0xfffffffd);           // div rounds to zero
    CHECK(result_of(op(1, 4), 7, 0) == 0xffffffff);
    CHECK(result_of(op(1, 4), 0x80000000, 0xffffffff) == 0x80000000);
    CHECK(result_of(op(1, 5), 7, 0) == 0xffffffff);
    CHECK(result_of(op(1, 6), 0xfffffff9, 2) == 0xffffffff);  // rem has the dividend's sign
    CHECK(result_of(op(1, 6), 7, 0) == 7);
    CHECK(result_of(op(1, 6), 0x80000000, 0xffffffff) == 0);
    CHECK(result_of(op(1, 7), 7, 0) == 7);
}

TEST_CASE("register 0 stays 0") {
    CoreRig rig{addi(zero, zero, 5), add(a0, zero, zero), lui(zero, 1), jal(zero, 4)};
    rig.core.set_register(zero, 9);
    rig.retire(4);
    CHECK(rig.x(zero) == 0);
    CHECK(rig.x(a0) == 0);
}

TEST_CASE("loads and stores of every size, little endian, with and without sign") {
    CoreRig rig{sw(a1, a2, 0),         sh(a1, a2, 4),         sb(a1, a2, 7),
                load_op(0, t0, a2, 1), load_op(1, t1, a2, 2), load_op(4, t2, a2, 1),
                load_op(5, s0, a2, 2), lw(s1, a2, 4)};
    rig.core.set_register(a1, 0x8090a0b0);
    rig.core.set_register(a2, kMemoryBase + 0x1000);
    rig.retire(8);
    CHECK(rig.word(0x1000) == 0x8090a0b0);
    CHECK(rig.x(t0) == 0xffffffa0);
    CHECK(rig.x(t1) == 0xffff8090);
    CHECK(rig.x(t2) == 0xa0);
    CHECK(rig.x(s0) == 0x8090);
    CHECK(rig.x(s1) == 0xb000a0b0);
    CHECK(rig.core.cycle() == 3 * 5 + 5 * 2);
}

TEST_CASE("branches compare as they say and cost what was taken") {
    struct Case {
        Word funct3;
        std::uint32_t a;
        std::uint32_t b;
        bool taken;
    };
    const Case cases[] = {{0, 1, 1, true},    {0, 1, 2, false},   {1, 1, 2, true},
                          {1, 2, 2, false},   {4, ~0U, 0, true},  {4, 0, 0, false},
                          {5, 0, ~0U, true},  {5, ~0U, 0, false}, {6, 0, ~0U, true},
                          {6, ~0U, 0, false}, {7, ~0U, 0, true},  {7, 0, ~0U, false}};
    for (const Case& c : cases) {
        CoreRig rig;
        rig.put(0x100, {b_type(-0x100, a2, a1, c.funct3)});
        rig.core.reset(kMemoryBase + 0x100);
        rig.core.set_register(a1, c.a);
        rig.core.set_register(a2, c.b);
        rig.retire(1);
        INFO(c.funct3 << ' ' << c.a << ' ' << c.b);
        CHECK(rig.at() == (c.taken ? 0U : 0x104U));
        CHECK(rig.core.cycle() == (c.taken ? 11 : 7));
    }
}

TEST_CASE("jumps link, and an indirect one clears the lowest bit") {
    CoreRig rig;
    rig.put(0, {jal(ra, 0x800), kNop});
    rig.put(0x800, {jalr(a0, a1, -3)});
    rig.core.set_register(a1, kMemoryBase + 0x1004);
    rig.retire(2);
    CHECK(rig.x(ra) == kMemoryBase + 4);
    CHECK(rig.x(a0) == kMemoryBase + 0x804);
    CHECK(rig.at() == 0x1000);
    CHECK(rig.core.cycle() == 26);
}

TEST_CASE("each class of instruction takes its cycles, and counts once") {
    const std::pair<Word, std::int64_t> cases[] = {{addi(a0, a0, 1), 1},
                                                   {lui(a0, 1), 1},
                                                   {kFence, 1},
                                                   {kFenceI, 1},
                                                   {mul_op(0, a0, a0, a0), 3},
                                                   {mul_op(3, a0, a0, a0), 3},
                                                   {mul_op(4, a0, a0, a0), 17},
                                                   {mul_op(7, a0, a0, a0), 17},
                                                   {csrr(a0, mscratch), 19}};
    for (const auto& [word, cycles] : cases) {
        CoreRig rig{word};
        rig.core.run(1);
        CHECK(rig.core.cycle() == cycles);
        CHECK(rig.core.state().retired == 1);
    }
}

TEST_CASE("a store into code is seen by the next fetch, also in the middle of an instruction") {
    CoreRig rig{sw(a1, a2, 0), jal(zero, 0xc), kNop, kNop, addi(a0, zero, 1), addi(a0, a0, 2)};
    rig.core.set_register(a1, addi(a0, zero, 40));
    rig.core.set_register(a2, kMemoryBase + 0x10);
    rig.core.run(0);
    CoreRig half{lw(t0, a2, 0),  // brings nothing into the cache of instructions
                 addi(a0, zero, 1), sh(a1, a2, 6), jal(zero, -8)};
    half.core.set_register(a1, 0x0070);  // the upper half of addi a0, x0, 7
    half.core.set_register(a2, kMemoryBase);
    half.retire(5);
    CHECK(half.x(a0) == 7);
    rig.retire(4);
    CHECK(rig.x(a0) == 42);
}

TEST_CASE("an access to a device waits for its answer, and retires once") {
    CoreRig rig{lw(a0, a1, 0), sb(a2, a1, 4), kNop};
    rig.bus.words = {{kDevice, 77}, {kDevice + 4, 0}};
    rig.bus.later = true;
    rig.core.set_register(a1, kDevice);
    rig.core.set_register(a2, 0x1234);
    rig.core.run(100);
    CHECK(rig.core.state().activity == CoreActivity::kOnBus);
    CHECK(rig.core.state().retired == 0);
    CHECK(rig.core.cycle() == 100);
    CHECK(rig.bus.asked == 1);
    rig.core.run(120);
    CHECK(rig.bus.asked == 1);  // asked once, however long it takes
    rig.bus.ready = true;
    rig.core.bus_answered();
    rig.core.run(121);
    CHECK(rig.x(a0) == 77);
    CHECK(rig.core.cycle() == 122);
    CHECK(rig.core.state().retired == 1);
    rig.core.run(123);
    rig.bus.ready = true;
    rig.core.bus_answered();
    rig.core.run(124);
    CHECK(rig.bus.words[kDevice + 4] == 0x34);
    CHECK(rig.bus.last_size == 1);
    CHECK(rig.core.state().retired == 2);
}
