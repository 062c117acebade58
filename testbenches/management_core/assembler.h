// SPDX-License-Identifier: Apache-2.0
// A small encoder of RISC-V instructions for tests: one function an instruction, written apart from
// the decoder.
#pragma once

#include <cstdint>
#include <vector>

namespace vr::rv {

using Word = std::uint32_t;
using Reg = std::uint32_t;

enum : Reg { zero, ra, sp, gp, tp, t0, t1, t2, s0, s1, a0, a1, a2, a3, a4, a5 };

constexpr Word r_type(Word funct7, Reg rs2, Reg rs1, Word funct3, Reg rd, Word opcode) {
    return funct7 << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
}
constexpr Word i_type(int immediate, Reg rs1, Word funct3, Reg rd, Word opcode) {
    return static_cast<Word>(immediate) << 20 | rs1 << 15 | funct3 << 12 | rd << 7 | opcode;
}
constexpr Word s_type(int immediate, Reg rs2, Reg rs1, Word funct3) {
    const auto i = static_cast<Word>(immediate);
    return (i >> 5 & 0x7f) << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 | (i & 0x1f) << 7 | 0x23;
}
constexpr Word b_type(int offset, Reg rs2, Reg rs1, Word funct3) {
    const auto i = static_cast<Word>(offset);
    return (i >> 12 & 1) << 31 | (i >> 5 & 0x3f) << 25 | rs2 << 20 | rs1 << 15 | funct3 << 12 |
           (i >> 1 & 0xf) << 8 | (i >> 11 & 1) << 7 | 0x63;
}
constexpr Word lui(Reg rd, Word upper) {
    return upper << 12 | rd << 7 | 0x37;
}
constexpr Word auipc(Reg rd, Word upper) {
    return upper << 12 | rd << 7 | 0x17;
}
constexpr Word jal(Reg rd, int offset) {
    const auto i = static_cast<Word>(offset);
    return (i >> 20 & 1) << 31 | (i >> 1 & 0x3ff) << 21 | (i >> 11 & 1) << 20 |
           (i >> 12 & 0xff) << 12 | rd << 7 | 0x6f;
}
constexpr Word jalr(Reg rd, Reg rs1, int offset) {
    return i_type(offset, rs1, 0, rd, 0x67);
}
constexpr Word addi(Reg rd, Reg rs1, int i) {
    return i_type(i, rs1, 0, rd, 0x13);
}
constexpr Word add(Reg rd, Reg rs1, Reg rs2) {
    return r_type(0, rs2, rs1, 0, rd, 0x33);
}
constexpr Word sub(Reg rd, Reg rs1, Reg rs2) {
    return r_type(0x20, rs2, rs1, 0, rd, 0x33);
}
constexpr Word mul_op(Word funct3, Reg rd, Reg rs1, Reg rs2) {
    return r_type(1, rs2, rs1, funct3, rd, 0x33);
}
constexpr Word lw(Reg rd, Reg rs1, int i) {
    return i_type(i, rs1, 2, rd, 0x03);
}
constexpr Word load_op(Word funct3, Reg rd, Reg rs1, int i) {
    return i_type(i, rs1, funct3, rd, 0x03);
}
constexpr Word sw(Reg rs2, Reg rs1, int i) {
    return s_type(i, rs2, rs1, 2);
}
constexpr Word sb(Reg rs2, Reg rs1, int i) {
    return s_type(i, rs2, rs1, 0);
}
constexpr Word sh(Reg rs2, Reg rs1, int i) {
    return s_type(i, rs2, rs1, 1);
}
constexpr Word beq(Reg rs1, Reg rs2, int offset) {
    return b_type(offset, rs2, rs1, 0);
}
constexpr Word bne(Reg rs1, Reg rs2, int offset) {
    return b_type(offset, rs2, rs1, 1);
}
constexpr Word csrrw(Reg rd, int csr, Reg rs1) {
    return i_type(csr, rs1, 1, rd, 0x73);
}
constexpr Word csrrs(Reg rd, int csr, Reg rs1) {
    return i_type(csr, rs1, 2, rd, 0x73);
}
constexpr Word csrrc(Reg rd, int csr, Reg rs1) {
    return i_type(csr, rs1, 3, rd, 0x73);
}
constexpr Word csrrwi(Reg rd, int csr, Word i) {
    return i_type(csr, i, 5, rd, 0x73);
}
constexpr Word csrrsi(Reg rd, int csr, Word i) {
    return i_type(csr, i, 6, rd, 0x73);
}
constexpr Word csrrci(Reg rd, int csr, Word i) {
    return i_type(csr, i, 7, rd, 0x73);
}
constexpr Word csrr(Reg rd, int csr) {
    return csrrs(rd, csr, zero);
}
constexpr Word kEcall = 0x00000073;
constexpr Word kEbreak = 0x00100073;
constexpr Word kMret = 0x30200073;
constexpr Word kWfi = 0x10500073;
constexpr Word kFence = 0x0ff0000f;
constexpr Word kFenceI = 0x0000100f;
constexpr Word kNop = 0x00000013;

enum Csr : int {
    mstatus = 0x300,
    misa = 0x301,
    mie = 0x304,
    mtvec = 0x305,
    mcountinhibit = 0x320,
    mscratch = 0x340,
    mepc = 0x341,
    mcause = 0x342,
    mtval = 0x343,
    mip = 0x344,
    mcycle = 0xb00,
    minstret = 0xb02,
    mcycleh = 0xb80,
    minstreth = 0xb82,
    mhartid = 0xf14,
};

/// Loads any constant in two instructions.
inline void load_constant(std::vector<Word>& out, Reg rd, Word value) {
    const Word upper = (value + 0x800) >> 12;
    out.push_back(lui(rd, upper & 0xfffff));
    out.push_back(addi(rd, rd, static_cast<int>(value << 20) >> 20));
}

}  // namespace vr::rv
