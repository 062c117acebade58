// SPDX-License-Identifier: Apache-2.0
// Timing of one SM's tensor cores (the four together): K is spatial, N is streamed, A and B come
// through shared memory. Not modelled: power throttling, the B collector, sparsity; see
// DEVIATIONS.md.
#pragma once

#include <cstdint>
#include <string>

#include "models/base/quantity.h"
#include "models/gpu/matrix_instruction.h"
#include "models/gpu/number_kind.h"
#include "models/transport/clock.h"
#include "models/transport/state_members.h"

namespace vr {

struct TensorCoreConfig {
    std::int64_t rows{};
    std::int64_t reuse_columns{};
    std::int64_t group{};
    bool multicast{};
    std::int64_t columns_per_clock{};
    std::int64_t warp_rate{};
    std::int64_t k_bytes_bf16{};
    std::int64_t k_bytes_fp8{};
    std::int64_t k_bytes_fp4{};
    Frequency clock_bf16{};
    Frequency clock_fp8{};
    Frequency clock_fp4{};
    Cycles pipeline{};
    Cycles pair_pipeline{};
    Cycles scale_pipeline{};
    Cycles commit{};
    std::string impl;
    std::string rtl_leaf;

    template <class Visitor>
    void parameters(Visitor& p) {
        p("rows", rows, {"16", "1024"},
          "rows of the array: rows of A that one SM holds; more are done one array after another");
        p("reuse_columns", reuse_columns, {"8", "1024"},
          "columns for which rows of A are read once from shared memory");
        p("group", group, {"1", "2"}, "SMs that one instruction may span");
        p("multicast", multicast, {},
          "kernels load what two SMs of a pair share once, for both; without effect where one "
          "instruction spans both");
        p("columns_per_clock", columns_per_clock, {"1", "64"}, "columns of B streamed per clock");
        p.optional("warp_rate", warp_rate, "0", {"0", "100"},
                   "percent of the full rate that instructions of single warps (mma.sync) reach; "
                   "0: not known, kernels of these are refused");
        p("k_bytes_bf16", k_bytes_bf16, {"16", "512"}, "bytes of K per BF16 instruction");
        p("k_bytes_fp8", k_bytes_fp8, {"0", "512"}, "bytes of K per FP8 instruction; 0: none");
        p("k_bytes_fp4", k_bytes_fp4, {"0", "512"}, "bytes of K per FP4 instruction; 0: none");
        p("clock_bf16", clock_bf16, {"100 MHz", "10 GHz"}, "tensor clock while BF16 runs");
        p("clock_fp8", clock_fp8, {"100 MHz", "10 GHz"}, "tensor clock while FP8 runs");
        p("clock_fp4", clock_fp4, {"100 MHz", "10 GHz"}, "tensor clock while FP4 runs");
        p("pipeline", pipeline, {"0 clk", "10000 clk"},
          "issue to completion beyond the streaming of N and the reading of A");
        p("pair_pipeline", pair_pipeline, {"0 clk", "10000 clk"},
          "added when two SMs run one instruction");
        p("scale_pipeline", scale_pipeline, {"0 clk", "10000 clk"}, "added for block-scaled kinds");
        p("commit", commit, {"0 clk", "10000 clk"},
          "last completion to the waiting warp's next instruction: commit, mbarrier, wake-up");
        p.optional("impl", impl, "model", {"model", "rtl", "both"},
                   "what computes data: the model, its SystemVerilog twin, or both in lock step");
        p.optional("rtl_leaf", rtl_leaf, "fp_dot_step", {},
                   "the twin's dot-product leaf, by the name under which it is registered");
    }
};

/// What limits the rate of an instruction.
enum class MatrixLimit : std::uint8_t { kDatapath, kSharedMemory };

/// One SM's (or, for a pair, each SM's) tensor core. Time is counted in cycles of the kind's clock
/// from `when`.
class TensorCore {
  public:
    /// `shared_memory_read` is the read width of the SM's shared memory in bytes per clock.
    TensorCore(const TensorCoreConfig& config, BytesPerCycle shared_memory_read);

    /// Bytes of K that one instruction takes.
    [[nodiscard]] std::int64_t k_bytes(NumberKind kind) const;
    /// Cycles between two instructions of this form in a row: streaming of N, or the operands
    /// through shared memory.
    [[nodiscard]] Cycles interval(const MatrixInstruction& instruction) const;
    [[nodiscard]] MatrixLimit limit(const MatrixInstruction& instruction) const;
    /// Cycles from issue to completion of one instruction alone.
    [[nodiscard]] Cycles latency(const MatrixInstruction& instruction) const;
    /// Multiply-adds per clock of one SM at full streaming: rows x columns per clock x K.
    [[nodiscard]] std::int64_t multiply_adds_per_clock(NumberKind kind) const;
    [[nodiscard]] const Clock& clock(NumberKind kind) const;
    /// Bytes that one instruction reads from this SM's shared memory.
    [[nodiscard]] std::int64_t shared_memory_bytes(const MatrixInstruction& instruction) const;

    struct Issue {
        Time start;  ///< when the array takes it
        Time free;   ///< when the array takes the next
        Time done;   ///< when its result is in tensor memory
        MatrixLimit limit = MatrixLimit::kDatapath;
    };
    /// Runs `count` instructions of this form in a row, the first not before `when`.
    Issue issue(const MatrixInstruction& instruction, std::int64_t count, Time when);
    /// Copies block scales from shared to tensor memory, in order with the instructions.
    void copy_scales(NumberKind kind, std::int64_t bytes, Time when);
    [[nodiscard]] Time free_at() const { return free_at_; }
    [[nodiscard]] Time busy() const { return busy_; }
    void reset();
    static constexpr auto state_members() {
        using T = TensorCore;
        return vr::state_members(&T::free_at_, &T::busy_);
    }

  private:
    [[nodiscard]] std::int64_t passes(const MatrixInstruction& instruction) const;
    [[nodiscard]] std::int64_t streaming_cycles(const MatrixInstruction& instruction) const;
    [[nodiscard]] std::int64_t shared_memory_cycles(const MatrixInstruction& instruction) const;
    [[nodiscard]] std::int64_t a_cycles(const MatrixInstruction& instruction) const;
    TensorCoreConfig config_;
    std::int64_t read_width_;
    Clock clock_bf16_;
    Clock clock_fp8_;
    Clock clock_fp4_;
    Time free_at_;
    Time busy_;
};

}  // namespace vr
