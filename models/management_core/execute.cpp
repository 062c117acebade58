// SPDX-License-Identifier: Apache-2.0
// What each instruction does. A branch or jump sets pc; everything else leaves that to the end of
// execute().
#include "models/management_core/management_core.h"

namespace vr {

namespace {

constexpr std::int32_t as_signed(std::uint32_t value) {
    return static_cast<std::int32_t>(value);
}

constexpr std::uint32_t high_half(std::int64_t product) {
    return static_cast<std::uint32_t>(static_cast<std::uint64_t>(product) >> 32);
}

// Division by zero and the one overflow have defined results and raise nothing (volume I, 7.2).
std::uint32_t divide(std::uint32_t a, std::uint32_t b) {
    if (b == 0) {
        return ~0U;
    }
    return a == 0x80000000U && b == ~0U ? a
                                        : static_cast<std::uint32_t>(as_signed(a) / as_signed(b));
}
std::uint32_t remainder(std::uint32_t a, std::uint32_t b) {
    if (b == 0) {
        return a;
    }
    return a == 0x80000000U && b == ~0U ? 0
                                        : static_cast<std::uint32_t>(as_signed(a) % as_signed(b));
}

std::uint32_t multiply_divide(Op op, std::uint32_t a, std::uint32_t b) {
    const std::int64_t wide_a = as_signed(a);
    const std::int64_t wide_b = as_signed(b);
    switch (op) {
        case Op::kMul:
            return a * b;
        case Op::kMulh:
            return high_half(wide_a * wide_b);
        case Op::kMulhsu:
            return high_half(wide_a * static_cast<std::int64_t>(b));
        case Op::kMulhu:
            return static_cast<std::uint32_t>(static_cast<std::uint64_t>(a) * b >> 32);
        case Op::kDiv:
            return divide(a, b);
        case Op::kDivu:
            return b == 0 ? ~0U : a / b;
        case Op::kRem:
            return remainder(a, b);
        default:
            return b == 0 ? a : a % b;
    }
}

std::uint32_t arithmetic(Op op, std::uint32_t a, std::uint32_t b) {
    switch (op) {
        case Op::kAddi:
        case Op::kAdd:
            return a + b;
        case Op::kSub:
            return a - b;
        case Op::kSlti:
        case Op::kSlt:
            return as_signed(a) < as_signed(b) ? 1 : 0;
        case Op::kSltiu:
        case Op::kSltu:
            return a < b ? 1 : 0;
        case Op::kXori:
        case Op::kXor:
            return a ^ b;
        case Op::kOri:
        case Op::kOr:
            return a | b;
        case Op::kAndi:
        case Op::kAnd:
            return a & b;
        case Op::kSlli:
        case Op::kSll:
            return a << (b & 31);
        case Op::kSrli:
        case Op::kSrl:
            return a >> (b & 31);
        default:
            return static_cast<std::uint32_t>(as_signed(a) >> (b & 31));
    }
}

bool branch_taken(Op op, std::uint32_t a, std::uint32_t b) {
    switch (op) {
        case Op::kBeq:
            return a == b;
        case Op::kBne:
            return a != b;
        case Op::kBlt:
            return as_signed(a) < as_signed(b);
        case Op::kBge:
            return as_signed(a) >= as_signed(b);
        case Op::kBltu:
            return a < b;
        default:
            return a >= b;
    }
}

std::uint32_t access_size(Op op) {
    switch (op) {
        case Op::kLb:
        case Op::kLbu:
        case Op::kSb:
            return 1;
        case Op::kLh:
        case Op::kLhu:
        case Op::kSh:
            return 2;
        default:
            return 4;
    }
}

std::uint32_t extend_loaded(Op op, std::uint32_t value) {
    switch (op) {
        case Op::kLb:
            return static_cast<std::uint32_t>(as_signed(value << 24) >> 24);
        case Op::kLh:
            return static_cast<std::uint32_t>(as_signed(value << 16) >> 16);
        case Op::kLbu:
            return value & 0xff;
        case Op::kLhu:
            return value & 0xffff;
        default:
            return value;
    }
}

}  // namespace

bool ManagementCore::execute(const Instruction& in) {
    auto& x = state_.x;
    const std::uint32_t a = x[in.rs1];
    const auto immediate = static_cast<std::uint32_t>(in.immediate);
    std::uint32_t next = state_.pc + in.length;
    switch (in.op) {
        case Op::kIllegal:
            return raise(TrapCause::kIllegal, in.bits);
        case Op::kLui:
            x[in.rd] = immediate;
            break;
        case Op::kAuipc:
            x[in.rd] = state_.pc + immediate;
            break;
        case Op::kJal:
            x[in.rd] = next;
            next = state_.pc + immediate;
            taken_ = costs_.jump.value;
            break;
        case Op::kJalr:
            x[in.rd] = next;
            next = (a + immediate) & ~1U;
            taken_ = costs_.jump.value;
            break;
        case Op::kBeq:
        case Op::kBne:
        case Op::kBlt:
        case Op::kBge:
        case Op::kBltu:
        case Op::kBgeu: {
            const bool taken = branch_taken(in.op, a, x[in.rs2]);
            next = taken ? state_.pc + immediate : next;
            taken_ = taken ? costs_.branch_taken.value : costs_.branch.value;
            break;
        }
        case Op::kLb:
        case Op::kLh:
        case Op::kLw:
        case Op::kLbu:
        case Op::kLhu:
            if (!load(in)) {
                return false;
            }
            break;
        case Op::kSb:
        case Op::kSh:
        case Op::kSw:
            if (!store(in)) {
                return false;
            }
            break;
        case Op::kAddi:
        case Op::kSlti:
        case Op::kSltiu:
        case Op::kXori:
        case Op::kOri:
        case Op::kAndi:
        case Op::kSlli:
        case Op::kSrli:
        case Op::kSrai:
            x[in.rd] = arithmetic(in.op, a, immediate);
            break;
        case Op::kAdd:
        case Op::kSub:
        case Op::kSll:
        case Op::kSlt:
        case Op::kSltu:
        case Op::kXor:
        case Op::kSrl:
        case Op::kSra:
        case Op::kOr:
        case Op::kAnd:
            x[in.rd] = arithmetic(in.op, a, x[in.rs2]);
            break;
        case Op::kMul:
        case Op::kMulh:
        case Op::kMulhsu:
        case Op::kMulhu:
        case Op::kDiv:
        case Op::kDivu:
        case Op::kRem:
        case Op::kRemu:
            x[in.rd] = multiply_divide(in.op, a, x[in.rs2]);
            taken_ = in.op < Op::kDiv ? costs_.multiply.value : costs_.divide.value;
            break;
        case Op::kFence:
        case Op::kFenceI:  // stores are seen by fetches at once
            break;
        case Op::kEcall:
            return raise(TrapCause::kEcall, 0);
        case Op::kEbreak:
            return raise(TrapCause::kBreakpoint, state_.pc);
        case Op::kMret:
            return_from_trap();
            next = state_.pc;
            taken_ = costs_.trap_return.value;
            break;
        case Op::kWfi:
            state_.activity = CoreActivity::kSleeping;
            break;
        case Op::kCsrrw:
        case Op::kCsrrs:
        case Op::kCsrrc:
        case Op::kCsrrwi:
        case Op::kCsrrsi:
        case Op::kCsrrci:
            taken_ = costs_.csr.value;
            if (!csr(in)) {
                return false;
            }
            break;
    }
    state_.pc = next;
    return true;
}

bool ManagementCore::load(const Instruction& in) {
    const std::uint32_t address = state_.x[in.rs1] + static_cast<std::uint32_t>(in.immediate);
    const std::uint32_t size = access_size(in.op);
    if ((address & (size - 1)) != 0) {
        return raise(TrapCause::kLoadMisaligned, address);
    }
    BusAnswer answer;
    if (in_memory(address, size)) [[likely]] {
        answer.value = read(address - base_, size);
    } else {
        state_.activity = CoreActivity::kRunning;
        answer = bus_.load(address, size);
        if (answer.status == BusStatus::kLater) {
            state_.activity = CoreActivity::kOnBus;
            return false;
        }
        if (answer.status == BusStatus::kFault) {
            return raise(TrapCause::kLoadFault, address);
        }
    }
    state_.x[in.rd] = extend_loaded(in.op, answer.value);
    taken_ = costs_.load.value;
    return true;
}

bool ManagementCore::store(const Instruction& in) {
    const std::uint32_t address = state_.x[in.rs1] + static_cast<std::uint32_t>(in.immediate);
    const std::uint32_t size = access_size(in.op);
    const std::uint32_t value = state_.x[in.rs2];
    if ((address & (size - 1)) != 0) {
        return raise(TrapCause::kStoreMisaligned, address);
    }
    if (in_memory(address, size)) [[likely]] {
        const std::uint32_t offset = address - base_;
        for (std::uint32_t i = 0; i < size; ++i) {
            memory_.bytes[offset + i] = static_cast<std::uint8_t>(value >> (8 * i));
        }
        forget_decoded(offset, size);
    } else {
        const std::uint32_t kept = size == 4 ? value : value & ((1U << (8 * size)) - 1);
        state_.activity = CoreActivity::kRunning;
        const BusStatus status = bus_.store(address, size, kept);
        if (status == BusStatus::kLater) {
            state_.activity = CoreActivity::kOnBus;
            return false;
        }
        if (status == BusStatus::kFault) {
            return raise(TrapCause::kStoreFault, address);
        }
    }
    taken_ = costs_.store.value;
    return true;
}

}  // namespace vr
