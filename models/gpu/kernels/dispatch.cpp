// SPDX-License-Identifier: Apache-2.0
// Rows to experts and back: permute gathers tokens' rows by expert, combine weighs and sums the
// experts' rows of each token. Which rows these are stands in memory; time is that of an even
// spread with the operator's counts (see DEVIATIONS.md).
#include <algorithm>

#include "models/base/error.h"
#include "models/gpu/kernels/slot_builder.h"

namespace vr {

namespace {

constexpr std::int64_t kMostChunk = 16384;        // bytes of a row that a tile of permute holds
constexpr std::int64_t kMostCombineChunk = 4096;  // of each expert's row in combine
constexpr std::int64_t kWeighOperations = 2;      // unpack, multiply-add; per element

DispatchRule rule_of(const SlotBuilder& b) {
    DispatchRule rule;
    rule.routing = b.spec.inputs[1];
    rule.routing_base = b.places[rule.routing.value].base;
    rule.routing_pitch = b.places[rule.routing.value].pitch;
    rule.count = b.tensor(rule.routing).columns / 2;
    rule.tokens = b.tensor(rule.routing).rows;
    rule.first_expert = b.spec.first_expert;
    rule.starts = b.spec.group_starts();
    rule.rows = b.spec.rows;
    rule.by_token = b.spec.kind == OperatorKind::kCombine;
    return rule;
}

// An even spread: experts take tokens one after the other, from where the expert before ended.
std::vector<std::int32_t> even_spread(const DispatchRule& rule, const OperatorSpec& spec) {
    std::vector<std::vector<std::int64_t>> experts(static_cast<std::size_t>(rule.tokens));
    std::int64_t next = 0;
    for (std::size_t expert = 0; expert < rule.rows.size(); ++expert) {
        if (rule.rows[expert] > rule.tokens) {
            throw InputError(
                Diagnostic{"", spec.line, 0,
                           fmt::format("operator '{}': group {} has {} rows for {} tokens", spec.id,
                                       expert, rule.rows[expert], rule.tokens),
                           "at most one row of a token per expert", "correct \"rows\""});
        }
        for (std::int64_t i = 0; i < rule.rows[expert]; ++i) {
            experts[static_cast<std::size_t>(next++ % rule.tokens)].push_back(
                static_cast<std::int64_t>(expert));
        }
    }
    if (next > rule.tokens * rule.count) {
        throw InputError(Diagnostic{
            "", spec.line, 0,
            fmt::format("operator '{}': {} rows for {} tokens of {} experts each", spec.id, next,
                        rule.tokens, rule.count),
            fmt::format("at most {} rows", rule.tokens * rule.count), "correct \"rows\""});
    }
    return rule.list_rows(experts);
}

void permute(SlotBuilder& b) {
    const TensorSpec& out = b.tensor(b.spec.output);
    const std::int64_t row_bytes = b.places[b.spec.output.value].row_bytes;
    const std::int64_t chunk = std::min(row_bytes, kMostChunk);
    b.program.function = TileFunction::kCopy;
    b.program.tiles_m = out.rows;
    b.program.tiles_n = divide_round_up(row_bytes, chunk);
    TileOperand& load = b.add("load token", b.spec.inputs[0], 1, chunk, chunk);
    load.tensor_rows = out.rows;  // of the list
    load.row_list = even_spread(b.program.dispatch, b.spec);
    TileOperand store = load;
    store.name = "store row";
    store.row_list.clear();
    store.tensor = b.spec.output;
    store.base = b.places[b.spec.output.value].base;
    store.pitch = b.places[b.spec.output.value].pitch;
    b.program.operands.push_back(store);
    b.finish(0);
}

void combine(SlotBuilder& b) {
    const TensorSpec& out = b.tensor(b.spec.output);
    const std::int64_t row_bytes = b.places[b.spec.output.value].row_bytes;
    const std::int64_t chunk = std::min(row_bytes, kMostCombineChunk);
    DispatchRule& rule = b.program.dispatch;
    b.program.function = TileFunction::kCombine;
    b.program.tiles_m = out.rows;
    b.program.tiles_n = divide_round_up(row_bytes, chunk);
    const std::vector<std::int32_t> rows = even_spread(rule, b.spec);
    b.add("load routing", rule.routing, 1, b.places[rule.routing.value].row_bytes);
    for (std::int64_t i = 0; i < rule.count; ++i) {
        TileOperand& load = b.add("load expert's row", b.spec.inputs[0], 1, chunk, chunk);
        load.row.m = rule.count;
        load.row_offset = i;
        load.tensor_rows = out.rows * rule.count;  // of the list
        load.row_list = rows;
    }
    b.add("store token", b.spec.output, 1, chunk, chunk);
    b.program.row_columns = chunk * 8 / element_bits(out.type);
    b.finish(rule.count * b.program.row_columns * kWeighOperations);
}

}  // namespace

TileProgram dispatch_program(const Workload& workload, OperatorIndex index,
                             const std::vector<TensorPlace>& places, const KernelTarget& target) {
    SlotBuilder b(workload, index, places, target);
    const OperatorSpec& spec = workload.operators[index.value];
    b.program.dispatch = rule_of(b);
    b.program.input_type = b.tensor(spec.inputs[0]).type;
    b.program.output_type = b.tensor(spec.output).type;
    if (spec.kind == OperatorKind::kPermute) {
        permute(b);
    } else {
        combine(b);
    }
    return std::move(b.program);
}

}  // namespace vr
