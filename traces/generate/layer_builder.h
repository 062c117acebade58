// SPDX-License-Identifier: Apache-2.0
// Writes the operators of a layer one after the other. An operator and the tensor that it writes
// have one name; its weight is NAME.weight.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "models/transport/workload.h"
#include "traces/generate/layer_request.h"
#include "traces/generate/model_config.h"

namespace vr {

/// The columns of a part and where they go: see row_part().
struct ColumnPart {
    std::int64_t columns = 0;
    HeadColumns from;  ///< pitch 0: every head takes the same columns
    HeadColumns to;
};

class LayerBuilder {
  public:
    LayerBuilder(const ModelConfig& config, const LayerRequest& request);

    /// Names of what follows begin with `prefix`.
    void begin_layer(std::int64_t layer, const std::string& prefix);
    [[nodiscard]] std::int64_t layer() const { return layer_; }

    /// A tensor that nothing writes yet. Throws InputError when it is too large for a trace.
    TensorIndex tensor(const std::string& name, std::int64_t rows, std::int64_t columns,
                       TensorType type);
    /// The cache of keys or values: batch x context rows.
    TensorIndex cache(const std::string& name, std::int64_t columns);
    [[nodiscard]] const TensorSpec& spec(TensorIndex tensor) const {
        return workload_.tensors[tensor.value];
    }

    /// Types of the operands of products, and of attention.
    [[nodiscard]] TensorType operand_type() const;
    [[nodiscard]] TensorType attention_type() const;
    /// What a kernel before a product writes: its operands' type, or BF16 where these have block
    /// scales, which a kernel of their own makes.
    [[nodiscard]] TensorType fused_type() const;

    /// `x` in that type; by an operator `quantise` unless it has it.
    TensorIndex as_type(TensorIndex x, TensorType type);
    /// x times a weight [n, K] in operand_type(), to bf16.
    TensorIndex linear(const std::string& name, TensorIndex x, std::int64_t n);
    TensorIndex gemm(const std::string& name, TensorIndex a, std::int64_t n, TensorType out);
    /// For each head, K columns of `a` times a weight [n, K] in bf16, into `d`.
    void per_head(const std::string& name, TensorIndex a, HeadColumns from, std::int64_t k,
                  std::int64_t n, TensorIndex d, HeadColumns to, std::int64_t heads);
    TensorIndex norm(const std::string& name, TensorIndex x, TensorType out);
    /// Of the sum of two tensors.
    TensorIndex norm_of_sum(const std::string& name, TensorIndex x, TensorIndex addend,
                            TensorType out);
    void norm_part(const std::string& name, TensorIndex x, const ColumnPart& part, TensorIndex to);
    OperatorSpec& rope(const std::string& name, TensorIndex x, const ColumnPart& part,
                       TensorIndex to);
    /// A part of `x` to the type of `to`.
    void move_part(const std::string& name, TensorIndex x, const ColumnPart& part, TensorIndex to);
    /// A part of the new tokens' keys or values to their rows of a cache.
    void append(const std::string& name, TensorIndex x, const ColumnPart& part, TensorIndex cache);
    /// A gated unit: silu(gate) * value of the product of `x` with [2n, K], gates and values in
    /// turn; n columns of fused_type().
    TensorIndex gated(const std::string& name, TensorIndex x, std::int64_t n);
    /// Results of the operator that writes last go to the new token's row of each sequence.
    void place_in_cache();
    TensorIndex add(const std::string& name, std::vector<TensorIndex> addends);
    /// `values`: of each head's columns in V, those that are its values (all if not said).
    TensorIndex attention(const std::string& name, std::vector<TensorIndex> inputs,
                          std::int64_t heads, std::int64_t kv_heads, std::int64_t value_columns,
                          TensorType out, HeadColumns values = {});
    TensorIndex top_k(const std::string& name, TensorIndex logits);
    /// kPermute or kCombine; `output_rows` rows.
    TensorIndex dispatch(OperatorKind kind, const std::string& name, TensorIndex input,
                         TensorIndex routing, std::int64_t output_rows,
                         const std::vector<std::int64_t>& rows, std::int64_t alignment);
    /// Rows of each group times its own weight: n columns of bf16, or of fused_type() behind an
    /// epilogue.
    TensorIndex grouped(const std::string& name, TensorIndex x, std::int64_t n,
                        const std::vector<std::int64_t>& rows,
                        ProductEpilogue epilogue = ProductEpilogue::kNone);
    /// The operator that writes last waits for the one that writes `before`.
    void wait_for(TensorIndex before);
    /// Rows that a group begins on a multiple of.
    [[nodiscard]] std::int64_t row_alignment() const;

    [[nodiscard]] std::int64_t weight_bytes() const { return weight_bytes_; }
    [[nodiscard]] std::int64_t cache_bytes() const { return cache_bytes_; }
    [[nodiscard]] Workload take() { return std::move(workload_); }

  private:
    OperatorSpec& emit(OperatorKind kind, const std::string& name, std::vector<TensorIndex> inputs,
                       TensorIndex output);
    OperatorSpec& emit_rows(RowFunction function, const std::string& name,
                            std::vector<TensorIndex> inputs, TensorIndex output);
    /// `op.columns` and the rest; a part that is all of both tensors is left out.
    void set_part(OperatorSpec& op, const ColumnPart& part);
    TensorIndex weight(const std::string& name, std::int64_t rows, std::int64_t columns,
                       TensorType type);
    const ModelConfig& config_;
    const LayerRequest& request_;
    Workload workload_;
    std::int64_t layer_ = 0;
    std::string prefix_;
    std::int64_t weight_bytes_ = 0;
    std::int64_t cache_bytes_ = 0;
    std::map<std::pair<std::uint32_t, TensorType>, TensorIndex> converted_;
    std::map<std::int64_t, TensorIndex> angles_;
};

}  // namespace vr
