// SPDX-License-Identifier: Apache-2.0
// Rows to experts and back, as the routing in memory says.
#include <cmath>
#include <cstring>

#include "models/base/error.h"
#include "models/gpu/tpc/data_path.h"
#include "models/gpu/tpc/element_access.h"

namespace vr {

const std::vector<std::int32_t>& DataPath::routed_rows(const TileProgram& program) {
    const auto found = routed_.find(program.operator_index.value);
    if (found != routed_.end()) {
        return found->second;
    }
    const DispatchRule& rule = program.dispatch;
    std::vector<std::vector<std::int64_t>> experts(static_cast<std::size_t>(rule.tokens));
    std::vector<std::int64_t> counts(rule.rows.size());
    std::vector<float> numbers(static_cast<std::size_t>(rule.count));
    const auto local = static_cast<std::int64_t>(rule.rows.size());
    const auto limit = static_cast<float>(rule.first_expert + local);
    // The wrong data of a faulty memory are no bad input: the operator runs to its end with them.
    const bool may_be_wrong = memory_.guarded();
    for (std::int64_t token = 0; token < rule.tokens; ++token) {
        // A row of the routing: the weights, then the numbers of the experts.
        const std::uint64_t at = rule.routing_base +
                                 static_cast<std::uint64_t>(token * rule.routing_pitch) +
                                 static_cast<std::uint64_t>(rule.count) * sizeof(float);
        memory_.read(
            at, {reinterpret_cast<std::uint8_t*>(numbers.data()), numbers.size() * sizeof(float)});
        for (const float number : numbers) {
            std::int64_t expert = -1;
            if (number >= 0 && number < limit) {  // neither NaN nor more than integers hold
                expert = static_cast<std::int64_t>(std::lround(number)) - rule.first_expert;
            }
            bool ours = expert >= 0 && expert < local;
            if (ours) {
                std::int64_t& count = counts[static_cast<std::size_t>(expert)];
                ours = !may_be_wrong || count < rule.rows[static_cast<std::size_t>(expert)];
                count += ours ? 1 : 0;
            }
            experts[static_cast<std::size_t>(token)].push_back(ours ? expert : -1);
        }
    }
    for (std::size_t group = 0; group < counts.size(); ++group) {
        if (counts[group] != rule.rows[group] && !may_be_wrong) {
            throw InputError(Diagnostic{
                "", 0, 0,
                fmt::format("operator '{}': the routing sends {} tokens to group {}, \"rows\" says "
                            "{}",
                            program.name, counts[group], group, rule.rows[group]),
                "counts that agree with the routing tensor's contents",
                "correct \"rows\" of this operator and of its grouped products"});
        }
    }
    return routed_.emplace(program.operator_index.value, rule.list_rows(experts)).first->second;
}

void DataPath::apply_combine(std::uint32_t sm, const TileProgram& program,
                             std::uint64_t slot_address) {
    std::uint8_t* slot = sms_[sm].shared.data() + slot_address;
    const auto count = static_cast<std::size_t>(program.dispatch.count);
    const TileOperand& routing = program.operands.front();
    std::vector<float> sums(static_cast<std::size_t>(program.row_columns));
    for (std::size_t i = 0; i < count; ++i) {
        const float weight = load_element(slot + routing.shared_offset, TensorType::kFp32, i);
        const std::uint8_t* row = slot + program.operands[i + 1].shared_offset;
        for (std::size_t column = 0; column < sums.size(); ++column) {
            sums[column] += weight * load_element(row, program.input_type, column);
        }
    }
    std::uint8_t* out = slot + program.operands.back().shared_offset;
    for (std::size_t column = 0; column < sums.size(); ++column) {
        store_element(out, program.output_type, column, sums[column]);
    }
}

}  // namespace vr
