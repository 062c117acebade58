// SPDX-License-Identifier: Apache-2.0
// A workload: tensors and the operators on them, as a command front end takes them. Readers of
// trace files fill it.
#pragma once

#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/index.h"
#include "models/transport/recorded_work.h"

namespace vr {

/// Element type of a tensor in memory.
enum class TensorType : std::uint8_t {
    kFp32,     ///< 4 bytes an element
    kBf16,     ///< 2 bytes an element
    kFp8E4m3,  ///< 1 byte an element
    /// E2M1, two elements a byte, low nibble first, with one UE4M3 scale per 16 elements of a row
    kNvfp4,
};

/// Where a tensor's contents come from.
enum class TensorData : std::uint8_t {
    kNone,      ///< timing only
    kSeeded,    ///< counter-based random values from the run's seed and the tensor's name
    kFile,      ///< bytes of a file
    kProduced,  ///< the output of an operator whose inputs carry data
};

/// Whose memory a tensor lies in.
enum class TensorHome : std::uint8_t {
    kGpu,   ///< the GPU's own
    kHost,  ///< the memory of that GPU's host
};

/// What a tensor is to a model: reports count by it.
enum class TensorRole : std::uint8_t { kNone, kWeights, kCache, kActivations };

/// A dense row-major matrix [rows x columns] (a vector has one row).
struct TensorSpec {
    std::string name;
    TensorType type = TensorType::kBf16;
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    TensorData data = TensorData::kNone;
    std::string file;
    GpuIndex gpu{};  ///< in whose memory, or in whose host's memory, it lies
    TensorHome home = TensorHome::kGpu;
    TensorRole role = TensorRole::kNone;
};

enum class OperatorKind : std::uint8_t {
    /// D[M,N] = A[M,K] x B[N,K] transposed (both operands K-major)
    kGemm,
    kCopy,         ///< output = input, any types of equal size
    kElementwise,  ///< output = function(input, second input)
    /// For each group g: its next `rows[g]` rows of D = those rows of A x B[g*N .. (g+1)*N, K]
    /// transposed
    kGroupedGemm,
    /// For each group g: D[:, g's columns] = A[:, g's columns] x B[g*N .. (g+1)*N, K] transposed
    kBatchedGemm,
    kRows,        ///< a function of each row: norm, softmax, rotation, quantisation, routing
    kPermute,     ///< rows of the input gathered by expert, as a routing says
    kCombine,     ///< rows of experts' outputs, weighted and summed per token, as a routing says
    kAttention,   ///< softmax(Q K^T) V per head and sequence
    kCustom,      ///< what the kernel of the name `kernel` does, from all inputs to the output
    kReplay,      ///< recorded time, no tensors: `replay`
    kCollective,  ///< communication between ranks, no tensors: `collective`
};

/// True for operators without tensors: their `inputs` and `output` mean nothing.
[[nodiscard]] constexpr bool is_recorded(OperatorKind kind) {
    return kind == OperatorKind::kReplay || kind == OperatorKind::kCollective;
}

/// What a product does with its sums before it writes them.
enum class ProductEpilogue : std::uint8_t {
    kNone,
    /// B's rows take turns: gate and value of a column. D[M,N/2] = silu(gate) * value
    kSwiglu,
};

/// Functions of kElementwise.
enum class ElementwiseFunction : std::uint8_t { kAdd, kMultiply, kRelu, kSilu };

/// Functions of kRows.
enum class RowFunction : std::uint8_t {
    kRmsNorm,   ///< x / sqrt(mean(x^2) + epsilon) * weight
    kSoftmax,   ///< exp(x - max) / sum
    kRope,      ///< rotation of pairs of columns by the angles of a table
    kQuantise,  ///< to a narrower type; NVFP4 with its block scales
    kTopK,      ///< the `count` best columns: their weights, then their numbers
    kSwiglu,    ///< silu(first half of the columns) * second half
    kMerge,     ///< partial results of attention, `groups` of each row, into one
};

/// Part of each head's columns: columns [first, first + count) of every `pitch` columns. Pitch 0 of
/// an input: every head takes the same columns.
struct HeadColumns {
    std::int64_t pitch = 0;
    std::int64_t first = 0;
};

/// How kTopK chooses and weighs.
struct RoutingRule {
    std::int64_t count = 0;        ///< experts per token
    bool sigmoid = false;          ///< scores: sigmoid instead of softmax over all experts
    std::int64_t groups = 1;       ///< experts come in groups; the best groups are kept first
    std::int64_t groups_kept = 1;  ///< a group's worth is the sum of its two best scores
    bool normalise = false;        ///< chosen weights are made to sum to 1
    float scale = 1;               ///< then multiplied by this
};

/// Shape of kAttention. Queries of one sequence are consecutive rows, as are its cached keys; each
/// sequence has room for equally many keys.
struct AttentionShape {
    std::int64_t sequences = 1;
    std::int64_t heads = 1;
    std::int64_t kv_heads = 1;
    std::int64_t head_columns = 0;   ///< of Q and K
    std::int64_t value_columns = 0;  ///< of V and the output
    HeadColumns values;              ///< a head's values in V's rows, where V is a tensor apart
    std::int64_t context = 0;        ///< keys that count, of each sequence (or of the longest)
    bool causal = false;             ///< the last query sees all keys, each earlier one a key less
    float scale = 1;                 ///< of the products before the softmax
    std::int64_t splits = 1;         ///< parts of the keys whose results stand in the output apart
    std::vector<std::int64_t> contexts;    ///< keys by sequence; empty: `context` of each
    std::vector<std::int64_t> query_rows;  ///< queries by sequence; empty: equally many of each

    [[nodiscard]] std::int64_t keys_of(std::int64_t sequence) const {
        return contexts.empty() ? context : contexts[static_cast<std::size_t>(sequence)];
    }
    /// Queries of a sequence where all have `rows`.
    [[nodiscard]] std::int64_t queries_of(std::int64_t sequence, std::int64_t rows) const {
        return query_rows.empty() ? rows / sequences
                                  : query_rows[static_cast<std::size_t>(sequence)];
    }
    [[nodiscard]] std::int64_t all_keys() const {
        return contexts.empty()
                   ? sequences * context
                   : std::accumulate(contexts.begin(), contexts.end(), std::int64_t{0});
    }
};

/// One operator. `inputs` are: A, B of a matrix product; source of a copy; one or two operands of
/// elementwise; of rows: the operand, then the weight, angle table or bias where it takes one;
/// source and routing of permute and combine; Q, K and (unless V is the first columns of K) V.
struct OperatorSpec {
    std::string id;
    OperatorKind kind = OperatorKind::kGemm;
    ElementwiseFunction function = ElementwiseFunction::kAdd;
    RowFunction row_function = RowFunction::kRmsNorm;
    std::vector<TensorIndex> inputs;
    TensorIndex output{};
    std::string kernel;  ///< kCustom: the registered name
    /// kCustom: what the kernel is told, by name
    std::vector<std::pair<std::string, std::int64_t>> arguments;
    /// Explicit and from tensors, ascending, without duplicates
    std::vector<OperatorIndex> depends;
    GpuIndex gpu{};
    std::uint32_t stream = 0;
    std::uint32_t line = 0;     ///< in the trace file
    ReplaySpec replay;          ///< kReplay
    CollectiveSpec collective;  ///< kCollective

    ProductEpilogue epilogue = ProductEpilogue::kNone;  ///< kGemm, kGroupedGemm
    std::vector<std::int64_t> rows;  ///< kGroupedGemm, kPermute, kCombine: rows of each group
    std::int64_t row_alignment = 1;  ///< of those: a group begins at a multiple of this many rows
    std::int64_t groups = 1;         ///< kBatchedGemm, kMerge
    HeadColumns input_columns;       ///< kBatchedGemm (A), kRows: see row_part()
    HeadColumns output_columns;      ///< kBatchedGemm (D), kRows
    std::int64_t columns = 0;        ///< kRows: columns per head; 0: rows are taken whole
    std::int64_t row_pitch = 1;      ///< kRows: row r of the input becomes row r * row_pitch +
    std::int64_t row_first = 0;      ///< row_first of the output
    std::int64_t position = 0;       ///< kRope: row of the angle table for the first row
    std::int64_t sequence_rows = 1;  ///< kRope: rows after which positions begin again
    bool carries = false;            ///< kRope: each head's other columns go along, as they are
    float epsilon = 0;               ///< kRmsNorm
    RoutingRule routing;             ///< kTopK
    std::int64_t first_expert = 0;   ///< kPermute, kCombine: the expert of the first group
    AttentionShape attention;

    /// Columns of a product for each column of its output.
    [[nodiscard]] std::int64_t product_columns() const {
        return epilogue == ProductEpilogue::kSwiglu ? 2 : 1;
    }
    /// First row of each group, and behind the last one the number of rows in all.
    [[nodiscard]] std::vector<std::int64_t> group_starts() const;
};

/// How the host hands operators over.
enum class Submission : std::uint8_t {
    kGraph,   ///< all at once, as a captured graph
    kStream,  ///< one launch after the other
};

/// Everything that a run executes.
struct Workload {
    std::string name;
    Submission submission = Submission::kGraph;
    std::vector<TensorSpec> tensors;
    std::vector<OperatorSpec> operators;  ///< every dependency points to an earlier element
    std::int64_t tokens = 0;              ///< that it makes or takes; 0: not said
    std::int64_t layers = 0;              ///< of a model, in this workload; 0: not said
    std::int64_t model_layers = 0;        ///< of the whole model
};

/// What a function of rows takes and gives: `columns` columns for each of `heads` heads.
struct RowPart {
    std::int64_t heads = 1;
    std::int64_t columns = 0;
    HeadColumns input;
    HeadColumns output;
};
/// The part of an operator of kind kRows; `op.output_columns.pitch` divides the output's columns.
[[nodiscard]] RowPart row_part(const Workload& workload, const OperatorSpec& op);

/// True for a copy that has one tensor in the host's memory: a copy engine's work, no kernel's.
[[nodiscard]] bool crosses_to_host(const Workload& workload, const OperatorSpec& spec);
/// True when any tensor lies in a host's memory.
[[nodiscard]] bool uses_host(const Workload& workload);
/// True for an operator whose inputs and output have contents: it computes, besides taking time.
[[nodiscard]] bool moves_data(const Workload& workload, const OperatorSpec& spec);
/// Bytes that the elements of a tensor occupy, without its scales.
[[nodiscard]] std::int64_t element_bytes(const TensorSpec& tensor);
/// Bytes of the block scales of a tensor (0 but for NVFP4), padded as stored: see
/// models/gpu/memory_layout.h.
[[nodiscard]] std::int64_t scale_bytes(const TensorSpec& tensor);
/// Bits of one element.
[[nodiscard]] std::int64_t element_bits(TensorType type);
/// "weights", "cache", "activations", "" for none: the word in trace files.
[[nodiscard]] std::string_view tensor_role_name(TensorRole role);
/// "bf16", "fp8_e4m3", ...: the word in trace files.
[[nodiscard]] std::string_view tensor_type_name(TensorType type);
/// "gemm", "rms_norm", ...: the word in trace files.
[[nodiscard]] std::string_view operator_name(const OperatorSpec& op);

}  // namespace vr
