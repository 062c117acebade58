// SPDX-License-Identifier: Apache-2.0
// Kernels: from an operator of a workload to the tile program that the SMs execute.
// Not modelled: split-K and stream-K, clusters larger than a pair, multicast.
#pragma once

#include <cstdint>
#include <vector>

#include "models/gpu/memory_layout.h"
#include "models/gpu/sm/sm_config.h"
#include "models/gpu/tile_program/tile_program.h"
#include "models/transport/workload.h"

namespace vr {

/// What a kernel's author knows of the machine.
struct KernelTarget {
    std::int64_t sms = 1;
    SmConfig sm;
    std::int64_t return_width = 1;   ///< bytes per clock from L2 to one SM
    std::int64_t serve_width = 1;    ///< bytes per SM clock from all of L2
    std::int64_t cache_bytes = 0;    ///< capacity of L2
    std::int64_t memory_width = 1;   ///< bytes per SM clock from memory
    std::int64_t launch_cycles = 0;  ///< from a kernel's end to the next one's start, SM clock
};

/// Size of a GEMM's tiles.
struct TileShape {
    std::int64_t blocks = 1;  ///< thread blocks (SMs) per tile
    std::int64_t rows = 128;
    std::int64_t columns = 256;
};

/// Persistent, pipelined GEMM with epilogue. The tile shape is the one with the least time by the
/// machine's own widths: waves x K steps x max(streaming, shared memory, L2 return); ties go to the
/// larger tile.
[[nodiscard]] TileProgram gemm_program(const Workload& workload, OperatorIndex index,
                                       const std::vector<TensorPlace>& places,
                                       const KernelTarget& target);
/// Copy of a tensor through shared memory by TMA.
[[nodiscard]] TileProgram copy_program(const Workload& workload, OperatorIndex index,
                                       const std::vector<TensorPlace>& places,
                                       const KernelTarget& target);
/// Element function on one or two tensors.
[[nodiscard]] TileProgram elementwise_program(const Workload& workload, OperatorIndex index,
                                              const std::vector<TensorPlace>& places,
                                              const KernelTarget& target);
/// Function of each row of a tensor: norm, softmax, rotation, quantisation, routing, gated unit.
[[nodiscard]] TileProgram rows_program(const Workload& workload, OperatorIndex index,
                                       const std::vector<TensorPlace>& places,
                                       const KernelTarget& target);
/// softmax(Q K^T) V, block of keys by block of keys.
[[nodiscard]] TileProgram attention_program(const Workload& workload, OperatorIndex index,
                                            const std::vector<TensorPlace>& places,
                                            const KernelTarget& target);
/// Rows to experts (permute) and back (combine).
[[nodiscard]] TileProgram dispatch_program(const Workload& workload, OperatorIndex index,
                                           const std::vector<TensorPlace>& places,
                                           const KernelTarget& target);
/// The same workload in kernels: an operator that runs as several becomes as many operators, with
/// the tensors between them.
[[nodiscard]] Workload expand_operators(const Workload& workload, const KernelTarget& target);
/// Bytes of each operand that a tile of a streaming program holds.
inline constexpr std::int64_t kStreamChunk = 16384;
/// The first half of a streaming program: operands for every input ("load", "load second", ...) and
/// last the output ("store"), the pipeline 0 of chunks, and a TMA producer that fills it. What
/// takes the chunks is the caller's; the result replaces the first input's chunk. Throws InputError
/// when the tensors do not lie alike in memory.
[[nodiscard]] TileProgram stream_program(const Workload& workload, OperatorIndex index,
                                         const std::vector<TensorPlace>& places,
                                         const KernelTarget& target);
/// The program of any operator.
[[nodiscard]] TileProgram build_program(const Workload& workload, OperatorIndex index,
                                        const std::vector<TensorPlace>& places,
                                        const KernelTarget& target);

/// Floating-point operations of an operator, by definition (2MNK for a GEMM).
[[nodiscard]] std::int64_t operator_flops(const Workload& workload, const OperatorSpec& spec);

}  // namespace vr
