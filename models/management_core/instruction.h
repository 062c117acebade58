// SPDX-License-Identifier: Apache-2.0
// Instructions of RV32IMC_Zicsr_Zifencei, decoded. Written from "The RISC-V Instruction Set
// Manual", volume I (unprivileged, 20191213) and volume II (privileged, 20211203). Not modelled: A,
// F, D and V, user and supervisor mode.
#pragma once

#include <cstdint>
#include <optional>

namespace vr {

enum class Op : std::uint8_t {
    kIllegal,
    kLui,
    kAuipc,
    kJal,
    kJalr,
    kBeq,
    kBne,
    kBlt,
    kBge,
    kBltu,
    kBgeu,
    kLb,
    kLh,
    kLw,
    kLbu,
    kLhu,
    kSb,
    kSh,
    kSw,
    kAddi,
    kSlti,
    kSltiu,
    kXori,
    kOri,
    kAndi,
    kSlli,
    kSrli,
    kSrai,
    kAdd,
    kSub,
    kSll,
    kSlt,
    kSltu,
    kXor,
    kSrl,
    kSra,
    kOr,
    kAnd,
    kFence,
    kFenceI,
    kEcall,
    kEbreak,
    kMret,
    kWfi,
    kCsrrw,
    kCsrrs,
    kCsrrc,
    kCsrrwi,
    kCsrrsi,
    kCsrrci,
    kMul,
    kMulh,
    kMulhsu,
    kMulhu,
    kDiv,
    kDivu,
    kRem,
    kRemu,
};

/// One instruction. `bits` is what memory holds (16 or 32 bits); a compressed instruction has the
/// operation and operands of the one that it stands for.
struct Instruction {
    Op op = Op::kIllegal;
    std::uint8_t rd = 0;
    std::uint8_t rs1 = 0;  ///< or the immediate of csrr?i
    std::uint8_t rs2 = 0;
    std::uint8_t length = 4;     ///< bytes: 2 or 4
    std::int32_t immediate = 0;  ///< of csr instructions: the register's number
    std::uint32_t bits = 0;
    constexpr bool operator==(const Instruction&) const = default;
};

/// Whether the low half of an instruction says that it has 16 bits.
constexpr bool is_compressed(std::uint32_t bits) {
    return (bits & 3) != 3;
}

/// The 32-bit instruction that a compressed one stands for; nothing when it is illegal or reserved.
[[nodiscard]] std::optional<std::uint32_t> expand_compressed(std::uint16_t bits);

/// Decodes an instruction of either length; `bits` of a compressed one may have anything above bit
/// 15. Illegal instructions decode to Op::kIllegal.
[[nodiscard]] Instruction decode(std::uint32_t bits);

}  // namespace vr
