// SPDX-License-Identifier: Apache-2.0
// An attention kernel under construction: attention.cpp makes operands, products and pipelines,
// attention_actors.cpp the code.
#pragma once

#include <numeric>
#include <vector>

#include "models/gpu/kernels/attention_plan.h"
#include "models/gpu/number_kind.h"

namespace vr {

inline constexpr std::uint8_t kQueryPipeline = 0;
inline constexpr std::uint8_t kKeyPipeline = 1;
inline constexpr std::uint8_t kValuePipeline = 2;  ///< where they come in slots of their own
inline constexpr std::uint8_t kLoadQueries = 0;    ///< operands
inline constexpr std::uint8_t kLoadKeys = 1;       ///< and as many more as a block has boxes

/// What one tile of queries has for itself: pipelines, products, operands.
struct AttentionPart {
    std::int64_t number = 0;
    std::uint8_t scores = 0;
    std::uint8_t weights = 0;
    std::uint8_t accumulators = 0;
    std::uint8_t staging = 0;
    std::uint8_t score_product = 0;
    std::uint8_t output_product = 0;
    std::uint8_t store_output = 0;
    std::uint8_t store_sums = 0;  // of a partial result
};

struct AttentionKernel {
    const OperatorSpec& spec;
    const Workload& workload;
    const std::vector<TensorPlace>& places;
    AttentionSizes sizes;
    AttentionPlan plan;
    TensorType output_type = TensorType::kBf16;
    const SmConfig& sm;
    TileProgram program;

    [[nodiscard]] std::int64_t bytes(std::int64_t elements) const {
        return elements * element_bits(sizes.type) / 8;
    }
    [[nodiscard]] std::int64_t output_bytes(std::int64_t elements) const {
        return elements * element_bits(output_type) / 8;
    }
    [[nodiscard]] std::int64_t value_columns() const {
        return sizes.shape.value_columns / plan.value_parts;
    }
    [[nodiscard]] bool partial() const { return spec.attention.splits > 1; }
    [[nodiscard]] std::int64_t chunk_bytes() const {
        return std::gcd(kOutputChunkBytes, output_bytes(value_columns()));
    }

    [[nodiscard]] TileOperand operand(const char* name, TensorIndex tensor, std::int64_t rows,
                                      std::int64_t box_bytes) const;
    /// Rows of queries and of the output: a head after the other where they are packed.
    void view_heads(TileOperand& operand, std::int64_t head_bytes) const;
    /// Blocks of keys or values of the tile's sequence.
    [[nodiscard]] TileOperand key_operand(const char* name, TensorIndex tensor,
                                          std::int64_t head_bytes, std::int64_t box_bytes) const;
    [[nodiscard]] bool in_registers() const { return sm.tensor_memory.registers; }
    [[nodiscard]] std::uint8_t values_pipeline() const {
        return plan.separate_values ? kValuePipeline : kKeyPipeline;
    }
    /// Number of the first operand behind those of the keys.
    [[nodiscard]] std::int64_t load_values() const { return kLoadKeys + plan.boxes(); }
    /// A block of keys or values, box by box.
    void add_boxes(TileOperand operand);
    [[nodiscard]] AttentionPart part(std::int64_t number) const {
        const auto first = [&](std::int64_t common, std::int64_t each) {
            return static_cast<std::uint8_t>(common + number * each);
        };
        const std::uint8_t pipeline = first(plan.separate_values ? 3 : 2, 4);
        const std::uint8_t product = first(0, 2);
        const std::uint8_t store =
            first(load_values() + (plan.separate_values ? plan.boxes() : 0), partial() ? 2 : 1);
        const auto next = [](std::uint8_t n, int by) { return static_cast<std::uint8_t>(n + by); };
        return {number,
                pipeline,
                next(pipeline, 1),
                next(pipeline, 2),
                next(pipeline, 3),
                product,
                next(product, 1),
                store,
                next(store, 1)};
    }
    void add_operands();
    void add_stores(std::int64_t number);
    void add_products(const KernelTarget& target);
    void add_pipelines();
    void add_producer();
    void add_actors(const AttentionPart& part);
    [[nodiscard]] std::vector<TileInstruction> softmax_code(const AttentionPart& part) const;
    [[nodiscard]] std::vector<TileInstruction> output_code(const AttentionPart& part) const;
};

}  // namespace vr
