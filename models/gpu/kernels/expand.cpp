// SPDX-License-Identifier: Apache-2.0
// Operators that a kernel library runs as several kernels: attention of few queries, whose keys are
// split over the SMs and whose partial results are then merged.
#include "models/gpu/kernels/attention_plan.h"

namespace vr {

namespace {

// The operator with its keys split, writing parts; and the one that merges these.
struct Split {
    TensorSpec parts;
    OperatorSpec attention;
    OperatorSpec merge;
};

Split split_keys(const Workload& workload, const OperatorSpec& spec, std::int64_t splits,
                 TensorIndex parts_index, OperatorIndex attention_index) {
    const TensorSpec& out = workload.tensors[spec.output.value];
    Split split{out, spec, spec};
    split.parts.name = spec.id + ".parts";
    split.parts.type = TensorType::kFp32;
    split.parts.role = TensorRole::kActivations;
    split.parts.rows = splits * out.rows * spec.attention.heads;
    split.parts.columns = spec.attention.value_columns + kRowSumColumns;
    split.attention.attention.splits = splits;
    split.attention.output = parts_index;
    split.merge = OperatorSpec{};
    split.merge.id = spec.id + ".merge";
    split.merge.kind = OperatorKind::kRows;
    split.merge.row_function = RowFunction::kMerge;
    split.merge.inputs = {parts_index};
    split.merge.output = spec.output;
    split.merge.groups = splits;
    split.merge.depends = {attention_index};
    split.merge.gpu = spec.gpu;
    split.merge.stream = spec.stream;
    split.merge.line = spec.line;
    return split;
}

}  // namespace

Workload expand_operators(const Workload& workload, const KernelTarget& target) {
    Workload out = workload;
    out.operators.clear();
    std::vector<OperatorIndex> last;  // of each operator's kernels
    for (const OperatorSpec& original : workload.operators) {
        OperatorSpec spec = original;
        for (OperatorIndex& depends : spec.depends) {
            depends = last[depends.value];
        }
        const auto next = static_cast<std::uint32_t>(out.operators.size());
        std::int64_t splits = 1;
        if (spec.kind == OperatorKind::kAttention) {
            const AttentionSizes sizes = attention_sizes(workload, spec);
            const TensorSpec& result = workload.tensors[spec.output.value];
            const AttentionPlan plan =
                plan_attention(sizes, spec, element_bits(result.type), target);
            const std::int64_t fixed = attention_choice(spec).splits;
            splits = fixed > 0 ? fixed : choose_splits(sizes, plan, target);
        }
        if (splits == 1) {
            last.push_back({next});
            out.operators.push_back(std::move(spec));
            continue;
        }
        Split split = split_keys(workload, spec, splits,
                                 {static_cast<std::uint32_t>(out.tensors.size())}, {next});
        last.push_back({next + 1});
        out.tensors.push_back(std::move(split.parts));
        out.operators.push_back(std::move(split.attention));
        out.operators.push_back(std::move(split.merge));
    }
    return out;
}

}  // namespace vr
