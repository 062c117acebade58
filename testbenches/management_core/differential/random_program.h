// SPDX-License-Identifier: Apache-2.0
// Random programs for differential runs: streams of valid instructions of RV32IMC whose loads and
// stores stay inside a window and are aligned, and whose control flow stays inside the program.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/base/random.h"
#include "models/management_core/instruction.h"
#include "testbenches/management_core/assembler.h"

namespace vr::testing {

inline constexpr std::uint32_t kCodeBytes = 16384;
inline constexpr std::uint32_t kWindowOffset = 32768;
inline constexpr std::uint32_t kWindowBytes = 4096;
inline constexpr rv::Reg kWindowRegister = 31;  // x31 holds the window's middle and never changes
inline constexpr rv::Reg kCodeRegister = 30;    // x30 holds the program's start

/// Makes one program of `kCodeBytes`. Targets of jumps are starts of instructions.
class RandomProgram {
  public:
    explicit RandomProgram(std::uint64_t seed) : random_(seed, "differential", 0) {
        while (halves_.size() * 2 + 16 < kCodeBytes) {
            starts_.push_back(static_cast<std::uint32_t>(halves_.size() * 2));
            emit();
        }
        // The end goes back to the start, so that a run never leaves the program.
        starts_.push_back(static_cast<std::uint32_t>(halves_.size() * 2));
        wide(rv::jalr(rv::zero, kCodeRegister, 0));
        patch();
    }
    [[nodiscard]] std::vector<std::uint8_t> bytes() const {
        std::vector<std::uint8_t> out;
        for (const std::uint16_t half : halves_) {
            out.push_back(static_cast<std::uint8_t>(half));
            out.push_back(static_cast<std::uint8_t>(half >> 8));
        }
        return out;
    }

  private:
    struct Jump {
        std::size_t half;
        enum Kind { kBranch, kJal, kShortJump, kShortBranch } kind;
    };
    std::uint32_t pick(std::uint32_t n) {
        return static_cast<std::uint32_t>(random_.at(count_++) % n);
    }
    rv::Reg any() { return pick(32); }
    rv::Reg target() { return pick(30); }  // the two bases keep their values
    void wide(rv::Word word) {
        halves_.push_back(static_cast<std::uint16_t>(word));
        halves_.push_back(static_cast<std::uint16_t>(word >> 16));
    }
    void emit() {
        const std::uint32_t kind = pick(100);
        if (kind < 30) {
            compressed();
        } else if (kind < 45) {
            immediate();
        } else if (kind < 60) {
            register_register();
        } else if (kind < 72) {
            wide(rv::mul_op(pick(8), target(), any(), any()));
        } else if (kind < 88) {
            memory();
        } else if (kind < 91) {
            wide(pick(2) == 0 ? rv::lui(target(), pick(1 << 20))
                              : rv::auipc(target(), pick(1 << 20)));
        } else if (kind < 93) {
            scratch();
        } else {
            jump();
        }
    }
    void immediate() {
        const std::uint32_t funct3 = pick(8);
        int value = static_cast<int>(pick(4096)) - 2048;
        if (funct3 == 1) {
            value = static_cast<int>(pick(32));
        } else if (funct3 == 5) {
            value = static_cast<int>(pick(32) | (pick(2) << 10));
        }
        wide(rv::i_type(value, any(), funct3, target(), 0x13));
    }
    void register_register() {
        const std::uint32_t funct3 = pick(8);
        const bool other = (funct3 == 0 || funct3 == 5) && pick(2) == 1;
        wide(rv::r_type(other ? 0x20 : 0, any(), any(), funct3, target(), 0x33));
    }
    void memory() {
        static constexpr std::uint32_t kLoads[] = {0, 1, 2, 4, 5};
        const auto offset = [&](std::uint32_t size) {
            return static_cast<int>(pick(4096 / size) * size) - 2048;
        };
        if (pick(2) == 0) {
            const std::uint32_t funct3 = kLoads[pick(5)];
            wide(rv::load_op(funct3, target(), kWindowRegister, offset(1U << (funct3 & 3))));
        } else {
            const std::uint32_t funct3 = pick(3);
            wide(rv::s_type(offset(1U << funct3), any(), kWindowRegister, funct3));
        }
    }
    void scratch() {
        const std::uint32_t forms[] = {1, 2, 3, 5, 6, 7};
        wide(rv::i_type(pick(2) == 0 ? rv::mscratch : rv::mcause, pick(30), forms[pick(6)],
                        target(), 0x73));
    }
    // Any half word that stands for an instruction without control flow and memory access.
    void compressed() {
        while (true) {
            const auto half = static_cast<std::uint16_t>(pick(0x10000));
            const auto expanded = expand_compressed(half);
            if (!expanded) {
                continue;
            }
            const Instruction in = decode(*expanded);
            const bool plain = in.op == Op::kLui || (in.op >= Op::kAddi && in.op <= Op::kAnd);
            if (plain && in.rd < 30) {
                halves_.push_back(half);
                return;
            }
        }
    }
    // Operands now, offsets when all starts are known.
    void jump() {
        switch (pick(8)) {
            case 0:
                jumps_.push_back({halves_.size(), Jump::kJal});
                wide(rv::jal(target(), 0));
                break;
            case 1:
                jumps_.push_back({halves_.size(), Jump::kShortJump});
                halves_.push_back(pick(2) == 0 ? 0xa001 : 0x2001);
                break;
            case 2:
                jumps_.push_back({halves_.size(), Jump::kShortBranch});
                halves_.push_back(
                    static_cast<std::uint16_t>((pick(2) == 0 ? 0xc001 : 0xe001) | pick(8) << 7));
                break;
            default: {
                static constexpr std::uint32_t kKinds[] = {0, 1, 4, 5, 6, 7};
                jumps_.push_back({halves_.size(), Jump::kBranch});
                wide(rv::b_type(0, any(), any(), kKinds[pick(6)]));
                break;
            }
        }
    }
    // A start near instruction `from` (mostly ahead, so that a run gets through), within reach.
    int offset_from(std::size_t half, int reach) {
        const auto here = static_cast<int>(half * 2);
        while (true) {
            const int distance =
                pick(5) == 0 ? -static_cast<int>(pick(60)) : static_cast<int>(pick(200));
            const auto near =
                std::lower_bound(starts_.begin(), starts_.end(),
                                 static_cast<std::uint32_t>(std::max(0, here + distance)));
            if (near == starts_.end()) {
                continue;
            }
            const int offset = static_cast<int>(*near) - here;
            if (offset != 0 && offset >= -reach && offset < reach) {
                return offset;
            }
        }
    }
    void patch() {
        for (const Jump& jump : jumps_) {
            const bool is_wide = jump.kind == Jump::kBranch || jump.kind == Jump::kJal;
            const int offset = offset_from(jump.half, jump.kind == Jump::kShortBranch ? 250 : 2000);
            const auto o = static_cast<std::uint32_t>(offset);
            if (is_wide) {
                const rv::Word bits =
                    jump.kind == Jump::kJal ? rv::jal(0, offset) : rv::b_type(offset, 0, 0, 0);
                const rv::Word keep = jump.kind == Jump::kJal ? 0x00000fffU : 0x01fff07fU;
                rv::Word word = halves_[jump.half] | static_cast<rv::Word>(halves_[jump.half + 1])
                                                         << 16;
                word = (word & keep) | (bits & ~keep);
                halves_[jump.half] = static_cast<std::uint16_t>(word);
                halves_[jump.half + 1] = static_cast<std::uint16_t>(word >> 16);
            } else if (jump.kind == Jump::kShortJump) {
                halves_[jump.half] = static_cast<std::uint16_t>(
                    halves_[jump.half] | (o >> 11 & 1) << 12 | (o >> 4 & 1) << 11 |
                    (o >> 8 & 3) << 9 | (o >> 10 & 1) << 8 | (o >> 6 & 1) << 7 | (o >> 7 & 1) << 6 |
                    (o >> 1 & 7) << 3 | (o >> 5 & 1) << 2);
            } else {
                halves_[jump.half] = static_cast<std::uint16_t>(
                    halves_[jump.half] | (o >> 8 & 1) << 12 | (o >> 3 & 3) << 10 |
                    (o >> 6 & 3) << 5 | (o >> 1 & 3) << 3 | (o >> 5 & 1) << 2);
            }
        }
    }
    RandomStream random_;
    std::uint64_t count_ = 0;
    std::vector<std::uint16_t> halves_;
    std::vector<std::uint32_t> starts_;
    std::vector<Jump> jumps_;
};

}  // namespace vr::testing
