// SPDX-License-Identifier: Apache-2.0
// A workload: tensors and the operators on them, as a command front end takes them. Readers of
// trace files fill it.
#pragma once

#include <cstdint>
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

/// A dense row-major matrix [rows x columns] in GPU memory (a vector has one row).
struct TensorSpec {
    std::string name;
    TensorType type = TensorType::kBf16;
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    TensorData data = TensorData::kNone;
    std::string file;
    GpuIndex gpu{};  ///< in whose memory it lies
};

enum class OperatorKind : std::uint8_t {
    /// D[M,N] = A[M,K] x B[N,K] transposed (both operands K-major), D = D + C when `c` is given:
    /// not yet
    kGemm,
    kCopy,         ///< output = input, any types of equal size
    kElementwise,  ///< output = function(input, second input)
    kCustom,       ///< what the kernel of the name `kernel` does, from all inputs to the output
    kReplay,       ///< recorded time, no tensors: `replay`
    kCollective,   ///< communication between ranks, no tensors: `collective`
};

/// True for operators without tensors: their `inputs` and `output` mean nothing.
[[nodiscard]] constexpr bool is_recorded(OperatorKind kind) {
    return kind == OperatorKind::kReplay || kind == OperatorKind::kCollective;
}

/// Functions of kElementwise.
enum class ElementwiseFunction : std::uint8_t { kAdd, kMultiply, kRelu, kSilu };

/// One operator. `inputs` are A, B for a GEMM; source for a copy; one or two operands for
/// elementwise.
struct OperatorSpec {
    std::string id;
    OperatorKind kind = OperatorKind::kGemm;
    ElementwiseFunction function = ElementwiseFunction::kAdd;
    std::vector<TensorIndex> inputs;
    TensorIndex output{};
    std::string kernel;  ///< kCustom: the registered name
    /// Explicit and from tensors, ascending, without duplicates
    std::vector<OperatorIndex> depends;
    GpuIndex gpu{};
    std::uint32_t stream = 0;
    std::uint32_t line = 0;     ///< in the trace file
    ReplaySpec replay;          ///< kReplay
    CollectiveSpec collective;  ///< kCollective
};

/// Everything that a run executes.
struct Workload {
    std::string name;
    std::vector<TensorSpec> tensors;
    std::vector<OperatorSpec> operators;  ///< every dependency points to an earlier element
};

/// Bytes that the elements of a tensor occupy, without its scales.
[[nodiscard]] std::int64_t element_bytes(const TensorSpec& tensor);
/// Bytes of the block scales of a tensor (0 but for NVFP4), padded as stored: see
/// models/gpu/memory_layout.h.
[[nodiscard]] std::int64_t scale_bytes(const TensorSpec& tensor);
/// Bits of one element.
[[nodiscard]] std::int64_t element_bits(TensorType type);
/// "bf16", "fp8_e4m3", ...: the word in trace files.
[[nodiscard]] std::string_view tensor_type_name(TensorType type);

}  // namespace vr
