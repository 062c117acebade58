// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/sm/tensor_core/tensor_core.h"

#include <algorithm>

namespace vr {

TensorCore::TensorCore(const TensorCoreConfig& config, BytesPerCycle shared_memory_read)
    : config_(config),
      read_width_(shared_memory_read.value),
      clock_bf16_(config.clock_bf16),
      clock_fp8_(config.clock_fp8),
      clock_fp4_(config.clock_fp4) {}

std::int64_t TensorCore::k_bytes(NumberKind kind) const {
    switch (kind) {
        case NumberKind::kBf16:
            return config_.k_bytes_bf16;
        case NumberKind::kFp8:
            return config_.k_bytes_fp8;
        case NumberKind::kNvfp4:
            return config_.k_bytes_fp4;
    }
    return 0;
}

const Clock& TensorCore::clock(NumberKind kind) const {
    switch (kind) {
        case NumberKind::kBf16:
            return clock_bf16_;
        case NumberKind::kFp8:
            return clock_fp8_;
        case NumberKind::kNvfp4:
            break;
    }
    return clock_fp4_;
}

std::int64_t TensorCore::multiply_adds_per_clock(NumberKind kind) const {
    return config_.rows * config_.columns_per_clock * k_bytes(kind) * 8 / element_bits(kind);
}

// Arrays of rows of A that one SM does after another, each against all columns.
std::int64_t TensorCore::passes(const MatrixInstruction& instruction) const {
    return divide_round_up(instruction.m / instruction.sms, config_.rows);
}

std::int64_t TensorCore::streaming_cycles(const MatrixInstruction& instruction) const {
    // The array holds `rows` rows of A and streams columns of B. A group of two SMs whose M fits
    // into one array (M = 128 over two SMs) keeps all rows in both and gives each half of the
    // columns.
    const bool split_columns =
        config_.group == 2 && instruction.sms == 2 && instruction.m <= config_.rows;
    const std::int64_t columns = split_columns ? instruction.n / 2 : instruction.n;
    const std::int64_t cycles =
        passes(instruction) * divide_round_up(columns, config_.columns_per_clock);
    return instruction.warp_rows > 0 ? divide_round_up(cycles * 100, config_.warp_rate) : cycles;
}

std::int64_t TensorCore::shared_memory_bytes(const MatrixInstruction& instruction) const {
    const std::int64_t k = k_bytes(instruction.kind);
    const std::int64_t a = instruction.a_in_tensor_memory
                               ? 0
                               : instruction.m / instruction.sms * k *
                                     divide_round_up(instruction.n, config_.reuse_columns);
    // An instruction of two SMs: each reads its part, both get all. Two instructions side by side:
    // each reads all of B, which both have.
    const std::int64_t parts = std::min(instruction.sms, config_.group);
    const std::int64_t readers = instruction.warp_rows > 0
                                     ? divide_round_up(instruction.m, instruction.warp_rows)
                                     : passes(instruction);
    const std::int64_t b = instruction.n / parts * k * readers;
    return a + b;
}

std::int64_t TensorCore::shared_memory_cycles(const MatrixInstruction& instruction) const {
    return divide_round_up(shared_memory_bytes(instruction), read_width_);
}

std::int64_t TensorCore::a_cycles(const MatrixInstruction& instruction) const {
    if (instruction.a_in_tensor_memory) {
        return 0;
    }
    // The first array must be there before the first column.
    return divide_round_up(
        std::min(instruction.m / instruction.sms, config_.rows) * k_bytes(instruction.kind),
        read_width_);
}

Cycles TensorCore::interval(const MatrixInstruction& instruction) const {
    return {std::max(streaming_cycles(instruction), shared_memory_cycles(instruction))};
}

MatrixLimit TensorCore::limit(const MatrixInstruction& instruction) const {
    return shared_memory_cycles(instruction) > streaming_cycles(instruction)
               ? MatrixLimit::kSharedMemory
               : MatrixLimit::kDatapath;
}

Cycles TensorCore::latency(const MatrixInstruction& instruction) const {
    return {streaming_cycles(instruction) + a_cycles(instruction) + config_.pipeline.value +
            (instruction.sms == 2 ? config_.pair_pipeline.value : 0) +
            (instruction.block_scaled ? config_.scale_pipeline.value : 0)};
}

TensorCore::Issue TensorCore::issue(const MatrixInstruction& instruction, std::int64_t count,
                                    Time when) {
    const Clock& clk = clock(instruction.kind);
    const std::int64_t first = clk.first_edge(std::max(when, free_at_));
    const std::int64_t step = interval(instruction).value;
    const std::int64_t last = first + step * (count - 1);
    Issue issue;
    issue.start = clk.edge(first);
    issue.free = clk.edge(last + step);
    issue.done = clk.edge(last + std::max(step, latency(instruction).value));
    issue.limit = limit(instruction);
    free_at_ = issue.free;
    busy_ += issue.free - issue.start;
    return issue;
}

void TensorCore::copy_scales(NumberKind kind, std::int64_t bytes, Time when) {
    const Clock& clk = clock(kind);
    const std::int64_t first = clk.first_edge(std::max(when, free_at_));
    free_at_ = clk.edge(first + divide_round_up(bytes, read_width_));
}

void TensorCore::reset() {
    free_at_ = Time{};
    busy_ = Time{};
}

}  // namespace vr
