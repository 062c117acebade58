// SPDX-License-Identifier: Apache-2.0
#include "models/management_core/instruction.h"

namespace vr {

namespace {

constexpr std::uint32_t field(std::uint32_t bits, unsigned low, unsigned width) {
    return (bits >> low) & ((1U << width) - 1);
}

constexpr std::int32_t sign_extend(std::uint32_t value, unsigned width) {
    const unsigned shift = 32 - width;
    return static_cast<std::int32_t>(value << shift) >> shift;
}

std::int32_t immediate_i(std::uint32_t bits) {
    return sign_extend(field(bits, 20, 12), 12);
}
std::int32_t immediate_s(std::uint32_t bits) {
    return sign_extend(field(bits, 25, 7) << 5 | field(bits, 7, 5), 12);
}
std::int32_t immediate_b(std::uint32_t bits) {
    return sign_extend(field(bits, 31, 1) << 12 | field(bits, 7, 1) << 11 |
                           field(bits, 25, 6) << 5 | field(bits, 8, 4) << 1,
                       13);
}
std::int32_t immediate_u(std::uint32_t bits) {
    return static_cast<std::int32_t>(bits & 0xfffff000U);
}
std::int32_t immediate_j(std::uint32_t bits) {
    return sign_extend(field(bits, 31, 1) << 20 | field(bits, 12, 8) << 12 |
                           field(bits, 20, 1) << 11 | field(bits, 21, 10) << 1,
                       21);
}

constexpr Op kBranches[8] = {Op::kBeq, Op::kBne, Op::kIllegal, Op::kIllegal,
                             Op::kBlt, Op::kBge, Op::kBltu,    Op::kBgeu};
constexpr Op kLoads[8] = {Op::kLb,  Op::kLh,  Op::kLw,      Op::kIllegal,
                          Op::kLbu, Op::kLhu, Op::kIllegal, Op::kIllegal};
constexpr Op kStores[8] = {Op::kSb,      Op::kSh,      Op::kSw,      Op::kIllegal,
                           Op::kIllegal, Op::kIllegal, Op::kIllegal, Op::kIllegal};
constexpr Op kImmediates[8] = {Op::kAddi, Op::kSlli, Op::kSlti, Op::kSltiu,
                               Op::kXori, Op::kSrli, Op::kOri,  Op::kAndi};
constexpr Op kRegisters[8] = {Op::kAdd, Op::kSll, Op::kSlt, Op::kSltu,
                              Op::kXor, Op::kSrl, Op::kOr,  Op::kAnd};
constexpr Op kMultiplies[8] = {Op::kMul, Op::kMulh, Op::kMulhsu, Op::kMulhu,
                               Op::kDiv, Op::kDivu, Op::kRem,    Op::kRemu};
constexpr Op kCsrs[8] = {Op::kIllegal, Op::kCsrrw,  Op::kCsrrs,  Op::kCsrrc,
                         Op::kIllegal, Op::kCsrrwi, Op::kCsrrsi, Op::kCsrrci};

Op register_op(std::uint32_t funct7, std::uint32_t funct3) {
    switch (funct7) {
        case 0x00:
            return kRegisters[funct3];
        case 0x01:
            return kMultiplies[funct3];
        case 0x20:
            return funct3 == 0 ? Op::kSub : funct3 == 5 ? Op::kSra : Op::kIllegal;
        default:
            return Op::kIllegal;
    }
}

Op system_op(std::uint32_t bits) {
    switch (bits) {
        case 0x00000073:
            return Op::kEcall;
        case 0x00100073:
            return Op::kEbreak;
        case 0x30200073:
            return Op::kMret;
        case 0x10500073:
            return Op::kWfi;
        default:
            return kCsrs[field(bits, 12, 3)];
    }
}

Op fence_op(std::uint32_t funct3) {
    return funct3 == 0 ? Op::kFence : funct3 == 1 ? Op::kFenceI : Op::kIllegal;
}

Instruction decode_wide(std::uint32_t bits) {
    Instruction in;
    in.bits = bits;
    in.rd = static_cast<std::uint8_t>(field(bits, 7, 5));
    in.rs1 = static_cast<std::uint8_t>(field(bits, 15, 5));
    in.rs2 = static_cast<std::uint8_t>(field(bits, 20, 5));
    const std::uint32_t funct3 = field(bits, 12, 3);
    const std::uint32_t funct7 = field(bits, 25, 7);
    switch (bits & 0x7f) {
        case 0x37:
            in.op = Op::kLui;
            in.immediate = immediate_u(bits);
            break;
        case 0x17:
            in.op = Op::kAuipc;
            in.immediate = immediate_u(bits);
            break;
        case 0x6f:
            in.op = Op::kJal;
            in.immediate = immediate_j(bits);
            break;
        case 0x67:
            in.op = funct3 == 0 ? Op::kJalr : Op::kIllegal;
            in.immediate = immediate_i(bits);
            break;
        case 0x63:
            in.op = kBranches[funct3];
            in.immediate = immediate_b(bits);
            break;
        case 0x03:
            in.op = kLoads[funct3];
            in.immediate = immediate_i(bits);
            break;
        case 0x23:
            in.op = kStores[funct3];
            in.immediate = immediate_s(bits);
            break;
        case 0x13:
            in.op = kImmediates[funct3];
            in.immediate = immediate_i(bits);
            if (funct3 == 1 || funct3 == 5) {  // shifts: the upper bits choose the kind
                in.immediate = in.rs2;
                if (funct3 == 5 && funct7 == 0x20) {
                    in.op = Op::kSrai;
                } else if (funct7 != 0) {
                    in.op = Op::kIllegal;
                }
            }
            break;
        case 0x33:
            in.op = register_op(funct7, funct3);
            break;
        case 0x0f:  // unused fields of fences are ignored, as the specification asks
            in.op = fence_op(funct3);
            break;
        case 0x73:
            in.op = system_op(bits);
            in.immediate = static_cast<std::int32_t>(field(bits, 20, 12));
            break;
        default:
            break;
    }
    return in;
}

}  // namespace

Instruction decode(std::uint32_t bits) {
    if (!is_compressed(bits)) {
        return decode_wide(bits);
    }
    const auto half = static_cast<std::uint16_t>(bits);
    const std::optional<std::uint32_t> wide = expand_compressed(half);
    Instruction in = wide ? decode_wide(*wide) : Instruction{};
    in.length = 2;
    in.bits = half;
    return in;
}

}  // namespace vr
