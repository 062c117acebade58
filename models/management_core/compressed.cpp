// SPDX-License-Identifier: Apache-2.0
// The C extension for RV32: every 16-bit instruction stands for one of 32 bits (volume I, chapter
// 16, tables 16.5 to 16.7). Not modelled: the floating-point ones (no F or D here: illegal).
#include "models/management_core/instruction.h"

namespace vr {

namespace {

using Half = std::uint16_t;

constexpr std::uint32_t kZero = 0;
constexpr std::uint32_t kLink = 1;
constexpr std::uint32_t kStack = 2;

constexpr std::uint32_t bits_of(Half in, unsigned low, unsigned width) {
    return (static_cast<std::uint32_t>(in) >> low) & ((1U << width) - 1);
}

constexpr std::uint32_t encode_i(std::uint32_t opcode, std::uint32_t funct3, std::uint32_t rd,
                                 std::uint32_t rs1, std::uint32_t immediate) {
    return (immediate & 0xfff) << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
}
constexpr std::uint32_t encode_r(std::uint32_t funct7, std::uint32_t funct3, std::uint32_t rd,
                                 std::uint32_t rs1, std::uint32_t rs2) {
    return funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | 0x33;
}
constexpr std::uint32_t addi(std::uint32_t rd, std::uint32_t rs1, std::uint32_t immediate) {
    return encode_i(0x13, 0, rd, rs1, immediate);
}
constexpr std::uint32_t lw(std::uint32_t rd, std::uint32_t rs1, std::uint32_t offset) {
    return encode_i(0x03, 2, rd, rs1, offset);
}
constexpr std::uint32_t sw(std::uint32_t rs1, std::uint32_t rs2, std::uint32_t offset) {
    return (offset >> 5) << 25 | rs2 << 20 | rs1 << 15 | 2U << 12 | (offset & 31) << 7 | 0x23;
}
constexpr std::uint32_t jalr(std::uint32_t rd, std::uint32_t rs1) {
    return encode_i(0x67, 0, rd, rs1, 0);
}
constexpr std::uint32_t jal(std::uint32_t rd, std::uint32_t offset) {
    return ((offset >> 20) & 1) << 31 | ((offset >> 1) & 0x3ff) << 21 | ((offset >> 11) & 1) << 20 |
           ((offset >> 12) & 0xff) << 12 | rd << 7 | 0x6f;
}
constexpr std::uint32_t branch(std::uint32_t funct3, std::uint32_t rs1, std::uint32_t offset) {
    return ((offset >> 12) & 1) << 31 | ((offset >> 5) & 0x3f) << 25 | rs1 << 15 | funct3 << 12 |
           ((offset >> 1) & 0xf) << 8 | ((offset >> 11) & 1) << 7 | 0x63;
}

// x8 to x15, the registers that three bits can name.
constexpr std::uint32_t upper_register(Half in) {
    return 8 + bits_of(in, 7, 3);
}
constexpr std::uint32_t lower_register(Half in) {
    return 8 + bits_of(in, 2, 3);
}

constexpr std::uint32_t sign_extend(std::uint32_t value, unsigned width) {
    const std::uint32_t sign = 1U << (width - 1);
    return (value ^ sign) - sign;
}
constexpr std::uint32_t six_bits(Half in) {
    return bits_of(in, 12, 1) << 5 | bits_of(in, 2, 5);
}
constexpr std::uint32_t jump_offset(Half in) {
    return sign_extend(bits_of(in, 12, 1) << 11 | bits_of(in, 8, 1) << 10 | bits_of(in, 9, 2) << 8 |
                           bits_of(in, 6, 1) << 7 | bits_of(in, 7, 1) << 6 |
                           bits_of(in, 2, 1) << 5 | bits_of(in, 11, 1) << 4 |
                           bits_of(in, 3, 3) << 1,
                       12);
}
constexpr std::uint32_t branch_offset(Half in) {
    return sign_extend(bits_of(in, 12, 1) << 8 | bits_of(in, 5, 2) << 6 | bits_of(in, 2, 1) << 5 |
                           bits_of(in, 10, 2) << 3 | bits_of(in, 3, 2) << 1,
                       9);
}
constexpr std::uint32_t word_offset(Half in) {
    return bits_of(in, 5, 1) << 6 | bits_of(in, 10, 3) << 3 | bits_of(in, 6, 1) << 2;
}

using Expanded = std::optional<std::uint32_t>;

Expanded quadrant0(Half in) {
    switch (bits_of(in, 13, 3)) {
        case 0: {  // c.addi4spn; all zeros is the defined illegal instruction
            const std::uint32_t immediate = bits_of(in, 7, 4) << 6 | bits_of(in, 11, 2) << 4 |
                                            bits_of(in, 5, 1) << 3 | bits_of(in, 6, 1) << 2;
            return immediate == 0 ? Expanded{} : addi(lower_register(in), kStack, immediate);
        }
        case 2:
            return lw(lower_register(in), upper_register(in), word_offset(in));
        case 6:
            return sw(upper_register(in), lower_register(in), word_offset(in));
        default:
            return {};
    }
}

// c.srli to c.and: bits 10 and 11 choose, then 12, 5 and 6.
Expanded arithmetic(Half in) {
    const std::uint32_t rd = upper_register(in);
    const std::uint32_t amount = bits_of(in, 2, 5);
    switch (bits_of(in, 10, 2)) {
        case 0:  // a shift by 32 or more is not for RV32
            return bits_of(in, 12, 1) != 0 ? Expanded{} : encode_i(0x13, 5, rd, rd, amount);
        case 1:
            return bits_of(in, 12, 1) != 0 ? Expanded{} : encode_i(0x13, 5, rd, rd, 0x400 | amount);
        case 2:
            return encode_i(0x13, 7, rd, rd, sign_extend(six_bits(in), 6));
        default:
            break;
    }
    if (bits_of(in, 12, 1) != 0) {
        return {};
    }
    const std::uint32_t rs2 = lower_register(in);
    switch (bits_of(in, 5, 2)) {
        case 0:
            return encode_r(0x20, 0, rd, rd, rs2);
        case 1:
            return encode_r(0, 4, rd, rd, rs2);
        case 2:
            return encode_r(0, 6, rd, rd, rs2);
        default:
            return encode_r(0, 7, rd, rd, rs2);
    }
}

Expanded add_stack_or_upper(Half in) {
    const std::uint32_t rd = bits_of(in, 7, 5);
    if (rd == kStack) {  // c.addi16sp
        const std::uint32_t immediate =
            sign_extend(bits_of(in, 12, 1) << 9 | bits_of(in, 3, 2) << 7 | bits_of(in, 5, 1) << 6 |
                            bits_of(in, 2, 1) << 5 | bits_of(in, 6, 1) << 4,
                        10);
        return immediate == 0 ? Expanded{} : addi(kStack, kStack, immediate);
    }
    const std::uint32_t immediate = sign_extend(six_bits(in), 6);  // c.lui
    return immediate == 0 ? Expanded{} : immediate << 12 | rd << 7 | 0x37;
}

Expanded quadrant1(Half in) {
    const std::uint32_t rd = bits_of(in, 7, 5);
    switch (bits_of(in, 13, 3)) {
        case 0:
            return addi(rd, rd, sign_extend(six_bits(in), 6));
        case 1:
            return jal(kLink, jump_offset(in));
        case 2:
            return addi(rd, kZero, sign_extend(six_bits(in), 6));
        case 3:
            return add_stack_or_upper(in);
        case 4:
            return arithmetic(in);
        case 5:
            return jal(kZero, jump_offset(in));
        case 6:
            return branch(0, upper_register(in), branch_offset(in));
        default:
            return branch(1, upper_register(in), branch_offset(in));
    }
}

Expanded jump_or_move(Half in) {
    const std::uint32_t rd = bits_of(in, 7, 5);
    const std::uint32_t rs2 = bits_of(in, 2, 5);
    if (bits_of(in, 12, 1) == 0) {
        if (rs2 != 0) {
            return encode_r(0, 0, rd, kZero, rs2);  // c.mv
        }
        return rd == 0 ? Expanded{} : jalr(kZero, rd);  // c.jr
    }
    if (rs2 != 0) {
        return encode_r(0, 0, rd, rd, rs2);  // c.add
    }
    return rd == 0 ? 0x00100073 : jalr(kLink, rd);  // c.ebreak, c.jalr
}

Expanded quadrant2(Half in) {
    const std::uint32_t rd = bits_of(in, 7, 5);
    switch (bits_of(in, 13, 3)) {
        case 0:  // c.slli
            return bits_of(in, 12, 1) != 0 ? Expanded{}
                                           : encode_i(0x13, 1, rd, rd, bits_of(in, 2, 5));
        case 2:  // c.lwsp
            return rd == 0 ? Expanded{}
                           : lw(rd, kStack,
                                bits_of(in, 2, 2) << 6 | bits_of(in, 12, 1) << 5 |
                                    bits_of(in, 4, 3) << 2);
        case 4:
            return jump_or_move(in);
        case 6:  // c.swsp
            return sw(kStack, bits_of(in, 2, 5), bits_of(in, 7, 2) << 6 | bits_of(in, 9, 4) << 2);
        default:
            return {};
    }
}

}  // namespace

std::optional<std::uint32_t> expand_compressed(std::uint16_t bits) {
    switch (bits & 3) {
        case 0:
            return quadrant0(bits);
        case 1:
            return quadrant1(bits);
        case 2:
            return quadrant2(bits);
        default:
            return {};
    }
}

}  // namespace vr
