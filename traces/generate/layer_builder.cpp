// SPDX-License-Identifier: Apache-2.0
#include "traces/generate/layer_builder.h"

#include <utility>

#include "models/transport/memory_units.h"

namespace vr {

namespace {
constexpr std::int64_t kMostRows = std::int64_t{1} << 30;  // of a tensor of a trace
}  // namespace

LayerBuilder::LayerBuilder(const ModelConfig& config, const LayerRequest& request)
    : config_(config), request_(request) {}

void LayerBuilder::begin_layer(std::int64_t layer, const std::string& prefix) {
    layer_ = layer;
    prefix_ = prefix;
}

TensorIndex LayerBuilder::tensor(const std::string& name, std::int64_t rows, std::int64_t columns,
                                 TensorType type) {
    if (rows > kMostRows || columns > kMostRows) {
        throw InputError(Diagnostic{config_.file, 0, 0,
                                    fmt::format("tensor '{}' would have {} rows and {} columns",
                                                prefix_ + name, rows, columns),
                                    fmt::format("at most {} of each in a trace", kMostRows),
                                    "take a smaller --batch or --context"});
    }
    TensorSpec spec;
    spec.name = prefix_ + name;
    spec.rows = rows;
    spec.columns = columns;
    spec.type = type;
    spec.role = TensorRole::kActivations;
    workload_.tensors.push_back(spec);
    return {static_cast<std::uint32_t>(workload_.tensors.size() - 1)};
}

TensorIndex LayerBuilder::weight(const std::string& name, std::int64_t rows, std::int64_t columns,
                                 TensorType type) {
    const TensorIndex index = tensor(name + ".weight", rows, columns, type);
    workload_.tensors[index.value].role = TensorRole::kWeights;
    weight_bytes_ += element_bytes(spec(index)) + scale_bytes(spec(index));
    return index;
}

TensorIndex LayerBuilder::cache(const std::string& name, std::int64_t columns) {
    const TensorIndex index =
        tensor(name, request_.batch * request_.context, columns, attention_type());
    workload_.tensors[index.value].role = TensorRole::kCache;
    cache_bytes_ += element_bytes(spec(index));
    return index;
}

TensorType LayerBuilder::operand_type() const {
    switch (request_.precision) {
        case Precision::kFp8:
            return TensorType::kFp8E4m3;
        case Precision::kNvfp4:
            return TensorType::kNvfp4;
        case Precision::kBf16:
            break;
    }
    return TensorType::kBf16;
}

TensorType LayerBuilder::attention_type() const {
    return request_.precision == Precision::kBf16 ? TensorType::kBf16 : TensorType::kFp8E4m3;
}

TensorType LayerBuilder::fused_type() const {
    return operand_type() == TensorType::kNvfp4 ? TensorType::kBf16 : operand_type();
}

std::int64_t LayerBuilder::row_alignment() const {
    return operand_type() == TensorType::kNvfp4 ? kScaleAtomRows : 1;
}

OperatorSpec& LayerBuilder::emit(OperatorKind kind, const std::string& name,
                                 std::vector<TensorIndex> inputs, TensorIndex output) {
    OperatorSpec& op = workload_.operators.emplace_back();
    op.id = prefix_ + name;
    op.kind = kind;
    op.inputs = std::move(inputs);
    op.output = output;
    return op;
}

OperatorSpec& LayerBuilder::emit_rows(RowFunction function, const std::string& name,
                                      std::vector<TensorIndex> inputs, TensorIndex output) {
    OperatorSpec& op = emit(OperatorKind::kRows, name, std::move(inputs), output);
    op.row_function = function;
    return op;
}

void LayerBuilder::set_part(OperatorSpec& op, const ColumnPart& part) {
    const bool whole = part.columns == spec(op.inputs[0]).columns &&
                       part.columns == spec(op.output).columns &&
                       op.row_function != RowFunction::kRope;
    if (!whole) {
        op.columns = part.columns;
        op.input_columns = part.from;
        op.output_columns = part.to;
    }
}

TensorIndex LayerBuilder::as_type(TensorIndex x, TensorType type) {
    if (spec(x).type == type) {
        return x;
    }
    const auto known = converted_.find({x.value, type});
    if (known != converted_.end()) {
        return known->second;
    }
    std::string name = spec(x).name;
    if (name.starts_with(prefix_)) {  // it is added again
        name.erase(0, prefix_.size());
    }
    name += type == TensorType::kFp8E4m3 ? ".fp8" : ".nvfp4";
    const TensorIndex out = tensor(name, spec(x).rows, spec(x).columns, type);
    emit_rows(RowFunction::kQuantise, name, {x}, out);
    converted_[{x.value, type}] = out;
    return out;
}

TensorIndex LayerBuilder::gemm(const std::string& name, TensorIndex a, std::int64_t n,
                               TensorType out) {
    const TensorIndex b = weight(name, n, spec(a).columns, spec(a).type);
    const TensorIndex d = tensor(name, spec(a).rows, n, out);
    emit(OperatorKind::kGemm, name, {a, b}, d);
    return d;
}

TensorIndex LayerBuilder::linear(const std::string& name, TensorIndex x, std::int64_t n) {
    return gemm(name, as_type(x, operand_type()), n, TensorType::kBf16);
}

void LayerBuilder::per_head(const std::string& name, TensorIndex a, HeadColumns from,
                            std::int64_t k, std::int64_t n, TensorIndex d, HeadColumns to,
                            std::int64_t heads) {
    const TensorIndex b = weight(name, heads * n, k, TensorType::kBf16);
    OperatorSpec& op = emit(OperatorKind::kBatchedGemm, name, {a, b}, d);
    op.groups = heads;
    op.input_columns = from;
    op.output_columns = to;
}

TensorIndex LayerBuilder::norm(const std::string& name, TensorIndex x, TensorType type) {
    const std::int64_t columns = spec(x).columns;
    const TensorIndex out = tensor(name, spec(x).rows, columns, type);
    norm_part(name, x, {columns, {columns, 0}, {columns, 0}}, out);
    return out;
}

TensorIndex LayerBuilder::norm_of_sum(const std::string& name, TensorIndex x, TensorIndex addend,
                                      TensorType type) {
    const TensorIndex out = norm(name, x, type);
    workload_.operators.back().inputs.push_back(addend);
    return out;
}

void LayerBuilder::norm_part(const std::string& name, TensorIndex x, const ColumnPart& part,
                             TensorIndex to) {
    const TensorIndex w = weight(name, 1, part.columns, TensorType::kBf16);
    OperatorSpec& op = emit_rows(RowFunction::kRmsNorm, name, {x, w}, to);
    op.epsilon = config_.epsilon;
    set_part(op, part);
}

OperatorSpec& LayerBuilder::rope(const std::string& name, TensorIndex x, const ColumnPart& part,
                                 TensorIndex to) {
    if (!angles_.contains(part.columns)) {
        const std::string prefix = std::exchange(prefix_, "");  // one table for all layers
        angles_[part.columns] =
            tensor("rope_angles", request_.context, part.columns, TensorType::kFp32);
        workload_.tensors[angles_[part.columns].value].role = TensorRole::kWeights;
        prefix_ = prefix;
    }
    OperatorSpec& op = emit_rows(RowFunction::kRope, name, {x, angles_[part.columns]}, to);
    set_part(op, part);
    const bool decode = request_.phase == Phase::kDecode;
    op.position = decode ? request_.context - 1 : 0;
    op.sequence_rows = decode ? 1 : request_.context;
    return op;
}

void LayerBuilder::move_part(const std::string& name, TensorIndex x, const ColumnPart& part,
                             TensorIndex to) {
    set_part(emit_rows(RowFunction::kQuantise, name, {x}, to), part);
}

void LayerBuilder::append(const std::string& name, TensorIndex x, const ColumnPart& part,
                          TensorIndex cache) {
    const bool placed = spec(x).rows != spec(cache).rows;
    const bool whole = part.columns == spec(x).columns && part.columns == spec(cache).columns;
    if (!placed && whole && spec(x).type == spec(cache).type) {
        emit(OperatorKind::kCopy, name, {x}, cache);
        return;
    }
    set_part(emit_rows(RowFunction::kQuantise, name, {x}, cache), part);
    if (placed) {
        place_in_cache();
    }
}

void LayerBuilder::place_in_cache() {
    workload_.operators.back().row_pitch = request_.context;
    workload_.operators.back().row_first = request_.context - 1;
}

TensorIndex LayerBuilder::gated(const std::string& name, TensorIndex x, std::int64_t n) {
    const TensorIndex a = as_type(x, operand_type());
    const TensorIndex b = weight(name, 2 * n, spec(a).columns, spec(a).type);
    const TensorIndex d = tensor(name, spec(a).rows, n, fused_type());
    emit(OperatorKind::kGemm, name, {a, b}, d).epilogue = ProductEpilogue::kSwiglu;
    return d;
}

TensorIndex LayerBuilder::add(const std::string& name, std::vector<TensorIndex> addends) {
    const TensorSpec& first = spec(addends[0]);
    const TensorIndex out = tensor(name, first.rows, first.columns, TensorType::kBf16);
    emit(OperatorKind::kElementwise, name, std::move(addends), out).function =
        ElementwiseFunction::kAdd;
    return out;
}

TensorIndex LayerBuilder::attention(const std::string& name, std::vector<TensorIndex> inputs,
                                    std::int64_t heads, std::int64_t kv_heads,
                                    std::int64_t value_columns, TensorType type,
                                    HeadColumns values) {
    const TensorIndex out = tensor(name, spec(inputs[0]).rows, heads * value_columns, type);
    AttentionShape& shape = emit(OperatorKind::kAttention, name, std::move(inputs), out).attention;
    shape.sequences = request_.batch;
    shape.heads = heads;
    shape.kv_heads = kv_heads;
    shape.values = values;
    shape.context = request_.context;
    shape.causal = request_.phase == Phase::kPrefill;
    shape.scale = config_.attention_scale;
    return out;
}

TensorIndex LayerBuilder::top_k(const std::string& name, TensorIndex logits) {
    const Mixture& mixture = config_.mixture;
    std::vector<TensorIndex> inputs = {logits};
    if (mixture.bias) {
        const TensorIndex bias = tensor(name + ".bias", 1, mixture.experts, TensorType::kFp32);
        workload_.tensors[bias.value].role = TensorRole::kWeights;
        weight_bytes_ += element_bytes(spec(bias));
        inputs.push_back(bias);
    }
    const TensorIndex out =
        tensor(name, spec(logits).rows, 2 * mixture.per_token, TensorType::kFp32);
    OperatorSpec& op = emit_rows(RowFunction::kTopK, name, std::move(inputs), out);
    op.routing = {mixture.per_token,   mixture.sigmoid,   mixture.groups,
                  mixture.groups_kept, mixture.normalise, mixture.scale};
    return out;
}

TensorIndex LayerBuilder::dispatch(OperatorKind kind, const std::string& name, TensorIndex input,
                                   TensorIndex routing, std::int64_t output_rows,
                                   const std::vector<std::int64_t>& rows, std::int64_t alignment) {
    const TensorIndex out = tensor(name, output_rows, spec(input).columns, spec(input).type);
    OperatorSpec& op = emit(kind, name, {input, routing}, out);
    op.rows = rows;
    op.row_alignment = alignment;
    return out;
}

TensorIndex LayerBuilder::grouped(const std::string& name, TensorIndex x, std::int64_t n,
                                  const std::vector<std::int64_t>& rows, ProductEpilogue epilogue) {
    OperatorSpec op;
    op.epilogue = epilogue;
    const TensorIndex a = as_type(x, operand_type());
    const auto groups = static_cast<std::int64_t>(rows.size());
    const TensorIndex b =
        weight(name, groups * n * op.product_columns(), spec(a).columns, spec(a).type);
    const TensorIndex d =
        tensor(name, spec(a).rows, n,
               epilogue == ProductEpilogue::kNone ? TensorType::kBf16 : fused_type());
    OperatorSpec& emitted = emit(OperatorKind::kGroupedGemm, name, {a, b}, d);
    emitted.epilogue = epilogue;
    emitted.rows = rows;
    emitted.row_alignment = row_alignment();
    return d;
}

void LayerBuilder::wait_for(TensorIndex before) {
    for (std::size_t i = workload_.operators.size() - 1; i-- > 0;) {
        if (workload_.operators[i].output == before) {
            workload_.operators.back().depends = {{static_cast<std::uint32_t>(i)}};
            return;
        }
    }
}

}  // namespace vr
