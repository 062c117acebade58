// SPDX-License-Identifier: Apache-2.0
// Custom kernels of plain threads, as microbenchmarks are written: trace lines {"op": "custom",
// "kernel": "thread_stream", ..., "arguments": {"threads": 256}}.
// Not modelled: contents.
#pragma once

#include <memory>

#include "models/gpu/kernels/custom_kernel.h"
#include "models/gpu/kernels/kernel_arguments.h"

namespace vr {

/// "thread_stream": element i of every input is loaded by thread i, then element i of the output is
/// stored. One block per tile of `threads` elements. Arguments: threads (of a block, 256),
/// element_bytes (8), shared_bytes (of a block, 0), registers (of a thread, 32), stores (0 or 1:
/// 1), stencil (0 or 1: the first input is loaded at i - 1, i and i + 1), instructions (of a
/// thread, 12), launches (blocks in all, which wrap round; 0: as many as cover the tensors once).
[[nodiscard]] std::unique_ptr<CustomKernel> thread_stream_kernel();

/// "thread_read": every block reads `rounds` stretches of the input, one of `blocks` interleaved
/// parts of it, and writes nothing. Arguments: threads (1024), element_bytes (8), loads (per thread
/// and round, 2), rounds, blocks (different ones), launches (blocks in all), rounds_in_flight (4),
/// registers (32), shared_bytes (0), instructions (per round, 6), chain (instructions in a row on
/// the way to a round's loads, 0), apart (a round's stretch lies so many stretches behind the one
/// before, 1), group (threads that go together, 256), passes (a block reads all its rounds so many
/// times, 1), start_instructions (of a thread before each pass, 0), issue (1: instructions are
/// counted as the schedulers issue them, not as operations of one pipe, 0). With under_way (0) only
/// what is between two moments of a long run, in which so many blocks run at a time and their
/// beginnings have spread evenly: begin (0) and length (`rounds`), in rounds of a block, instead of
/// launches and passes.
[[nodiscard]] std::unique_ptr<CustomKernel> thread_read_kernel();

/// "thread_passes": `blocks` blocks stay on the SMs; in each of `passes` passes element i of the
/// first input is loaded and element i of the output stored by thread i modulo all threads, then
/// all blocks meet at a word in the second input. Arguments: threads (of a block, 256),
/// element_bytes (8), blocks, passes, flag (1: nobody waits for the answer to what he adds, 0),
/// registers (32), shared_bytes (0), rounds_in_flight (1), instructions (per round, 6), chain
/// (instructions one after the other on the way into the barrier, 0).
[[nodiscard]] std::unique_ptr<CustomKernel> thread_passes_kernel();

/// "pointer_chase": one warp walks over the input in a random order that touches each stretch of
/// `stride` bytes once before it begins anew; each load waits for the one before it. Arguments:
/// stride (128), first (step of the walk to begin with, 0), steps, in_flight (loads at a time, 1),
/// tma (1: by TMA into shared memory, 0), instructions (between two loads, 0).
[[nodiscard]] std::unique_ptr<CustomKernel> pointer_chase_kernel();

/// "tma_read": each of `blocks` blocks, one on an SM, reads `rounds` stretches of the input by TMA
/// into a ring of `stages` slots and writes nothing. Arguments: rows and row_bytes of a box, boxes
/// (of a slot, 1), stages (1), rounds, blocks, launches (blocks in all), multicast (1: the two
/// blocks of a pair take the same boxes, which come once, 0), apart (as of thread_read, 1), chain
/// (instructions before a round's loads that wait for each other, 0), fence (1: a fence before
/// them, as where the blocks of a cluster meet, 0).
[[nodiscard]] std::unique_ptr<CustomKernel> tma_read_kernel();

/// "thread_rows": a block for each row of the first input loads `parts` equal parts of it element
/// by element, in step, and stores `out_parts` of its row of the output. A second input gives
/// parameters, by row or one row for all; `parameter_loads` parts of it in step. Before, the block
/// may walk over its row to sum it up. Arguments: threads (256), element_bytes (that a thread loads
/// at once, 2), out_element_bytes (that it stores, as many), registers (32), shared_bytes (0),
/// parts, out_parts, parameter_loads (1), passes (walks in all, 1), rounds_in_flight (of the last
/// walk, 1); instructions of a thread as schedulers issue them: start_instructions (12),
/// instructions (in a round of the last walk, 12), sum_instructions (of the walks before, 8),
/// end_instructions (behind each of these, 40).
[[nodiscard]] std::unique_ptr<CustomKernel> thread_rows_kernel();

/// "thread_gather": elements of rows of the first input, whose numbers the second input holds (8 B
/// each), into the output: a fixed number of blocks, whose threads load an index, then an element,
/// and store it. Arguments: threads, element_bytes, registers, shared_bytes, start_instructions,
/// instructions as above; blocks (of an SM, 8).
[[nodiscard]] std::unique_ptr<CustomKernel> thread_gather_kernel();

/// "thread_tiles": blocks for tiles of the first input, which are threads / row_threads rows high
/// and column_bytes wide (0: row_threads elements), column by column of tiles; each loads its tile,
/// an element a thread, and stores the tile of the output at the same place. A second input gives
/// parameters by row, which come round again when it has fewer rows, parameter_bytes for a thread,
/// and a third the numbers of those rows (4 B each), which the block waits for first. Arguments:
/// threads (128), row_threads (8), element_bytes (that a thread loads, 16), out_element_bytes (as
/// many), column_bytes, parameter_bytes (0: as element_bytes), registers, shared_bytes,
/// start_instructions (before the loads), instructions (behind them) as for thread_rows.
[[nodiscard]] std::unique_ptr<CustomKernel> thread_tiles_kernel();

}  // namespace vr
