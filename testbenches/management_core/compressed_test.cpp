// SPDX-License-Identifier: Apache-2.0
// Compressed instructions: encodings with the instructions that they stand for, as GNU as 2.38 and
// the tables of the specification give them; every reserved encoding is illegal.
#include "testbenches/management_core/core_rig.h"

using namespace vr;
using namespace vr::testing;
using namespace vr::rv;

TEST_CASE("each compressed instruction stands for one of 32 bits") {
    const std::pair<std::uint16_t, Word> cases[] = {
        {0x1fe8, addi(a0, sp, 1020)},              // c.addi4spn a0, sp, 1020
        {0x0048, addi(a0, sp, 4)},                 // c.addi4spn a0, sp, 4
        {0x4588, lw(a0, a1, 8)},                   // c.lw a0, 8(a1)
        {0x5dfc, lw(a5, a1, 124)},                 // c.lw a5, 124(a1)
        {0xc588, sw(a0, a1, 8)},                   // c.sw a0, 8(a1)
        {0x0001, kNop},                            // c.nop
        {0x1501, addi(a0, a0, -32)},               // c.addi a0, -32
        {0x057d, addi(a0, a0, 31)},                // c.addi a0, 31
        {0x2001, jal(ra, 0)},                      // c.jal 0
        {0x3001, jal(ra, -2048)},                  // c.jal -2048
        {0x2ffd, jal(ra, 2046)},                   // c.jal 2046
        {0xa001, jal(zero, 0)},                    // c.j 0
        {0xbffd, jal(zero, -2)},                   // c.j -2
        {0x557d, addi(a0, zero, -1)},              // c.li a0, -1
        {0x7139, addi(sp, sp, -64)},               // c.addi16sp sp, -64
        {0x617d, addi(sp, sp, 496)},               // c.addi16sp sp, 496
        {0x7101, addi(sp, sp, -512)},              // c.addi16sp sp, -512
        {0x6505, lui(a0, 1)},                      // c.lui a0, 1
        {0x757d, lui(a0, 0xfffff)},                // c.lui a0, 0xfffff
        {0x8105, i_type(1, a0, 5, a0, 0x13)},      // c.srli a0, 1
        {0x857d, i_type(0x41f, a0, 5, a0, 0x13)},  // c.srai a0, 31
        {0x9941, i_type(-16, a0, 7, a0, 0x13)},    // c.andi a0, -16
        {0x8d0d, sub(a0, a0, a1)},                 // c.sub a0, a1
        {0x8d2d, r_type(0, a1, a0, 4, a0, 0x33)},  // c.xor a0, a1
        {0x8d4d, r_type(0, a1, a0, 6, a0, 0x33)},  // c.or a0, a1
        {0x8d6d, r_type(0, a1, a0, 7, a0, 0x33)},  // c.and a0, a1
        {0xc101, beq(a0, zero, 0)},                // c.beqz a0, 0
        {0xdd7d, beq(a0, zero, -2)},               // c.beqz a0, -2
        {0xed7d, bne(a0, zero, 254)},              // c.bnez a0, 254
        {0x057e, i_type(31, a0, 1, a0, 0x13)},     // c.slli a0, 31
        {0x50fe, lw(ra, sp, 252)},                 // c.lwsp ra, 252(sp)
        {0x8082, jalr(zero, ra, 0)},               // c.jr ra
        {0x852e, add(a0, zero, a1)},               // c.mv a0, a1
        {0x9002, kEbreak},                         // c.ebreak
        {0x9502, jalr(ra, a0, 0)},                 // c.jalr a0
        {0x952e, add(a0, a0, a1)},                 // c.add a0, a1
        {0xdf86, sw(ra, sp, 252)},                 // c.swsp ra, 252(sp)
    };
    for (const auto& [half, word] : cases) {
        INFO(std::hex << half);
        const auto expanded = expand_compressed(half);
        REQUIRE(expanded.has_value());
        CHECK(*expanded == word);
        const Instruction in = decode(0xabcd0000U | half);
        CHECK(in.length == 2);
        CHECK(in.bits == half);
        CHECK(in.op == decode(word).op);
    }
}

TEST_CASE("reserved compressed instructions and those of other extensions are illegal") {
    const std::uint16_t illegal[] = {
        0x0000,  // defined illegal
        0x0004,  // c.addi4spn with an immediate of 0
        0x2000,  // c.fld
        0x6000,  // c.flw
        0x8000,  // reserved
        0xa000,  // c.fsd
        0xe000,  // c.fsw
        0x6101,  // c.addi16sp with an immediate of 0
        0x6501,  // c.lui with an immediate of 0
        0x9105,  // c.srli by 33
        0x957d,  // c.srai by 63
        0x9d0d,  // c.subw
        0x9d2d,  // c.addw
        0x9d4d,  // reserved
        0x157e,  // c.slli by 63
        0x2002,  // c.fldsp
        0x4002,  // c.lwsp into x0
        0x6002,  // c.flwsp
        0x8002,  // c.jr x0
        0xa002,  // c.fsdsp
        0xe002,  // c.fswsp
    };
    for (const std::uint16_t half : illegal) {
        INFO(std::hex << half);
        CHECK_FALSE(expand_compressed(half).has_value());
        CHECK(decode(half).op == Op::kIllegal);
        CHECK(decode(half).length == 2);
    }
}

TEST_CASE("every half word expands to an instruction that decodes, or to none") {
    int legal = 0;
    for (std::uint32_t half = 0; half < 0x10000; ++half) {
        const auto expanded = expand_compressed(static_cast<std::uint16_t>(half));
        if ((half & 3) == 3) {
            CHECK_FALSE(expanded.has_value());
        } else if (expanded) {
            ++legal;
            CHECK(decode(*expanded).op != Op::kIllegal);
            CHECK(decode(*expanded).length == 4);
        }
    }
    // Counted by hand from the tables.
    const int quadrant0 = 8 * 255 + 2 * 2048;
    const int quadrant1 = 6 * 2048 + 32 * 63 + (256 + 256 + 512 + 256);
    const int quadrant2 = 1024 + 31 * 64 + (32 * 31 + 31) * 2 + 1 + 2048;
    CHECK(legal == quadrant0 + quadrant1 + quadrant2);
}

TEST_CASE("compressed and wide instructions mix on half-word boundaries, two bytes each") {
    CoreRig rig;
    // c.li a0, 3 ; addi a0, a0, 4 ; c.addi a0, 1
    rig.put(0, {0x0513450dU, 0x05050045U});
    rig.retire(3);
    CHECK(rig.x(a0) == 8);
    CHECK(rig.at() == 8);
    CoreRig link;  // c.jal 4 links the next half word
    link.put(0, {0x00012011U});
    link.retire(1);
    CHECK(link.x(ra) == kMemoryBase + 2);
    CHECK(link.at() == 4);
}
