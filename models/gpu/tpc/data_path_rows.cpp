// SPDX-License-Identifier: Apache-2.0
// Functions of rows on the boxes that TMA has put into shared memory.
#include <algorithm>
#include <array>
#include <span>

#include "models/base/error.h"
#include "models/gpu/memory_layout.h"
#include "models/gpu/tpc/data_path.h"
#include "models/gpu/tpc/element_access.h"
#include "models/numerics/quantise/nvfp4.h"
#include "models/numerics/row_functions.h"

namespace vr {

namespace {

constexpr std::size_t kScaleBlock = 16;  // elements under one NVFP4 scale

// `count` elements of row `row` of a landed box; a box of one row serves every row.
std::vector<float> load_row(const std::uint8_t* slot, const TileOperand& operand, TensorType type,
                            std::int64_t row, std::size_t count) {
    const std::uint8_t* bytes =
        slot + operand.shared_offset + (operand.box_rows == 1 ? 0 : row) * operand.box_bytes;
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i) {
        values[i] = load_element(bytes, type, i);
    }
    return values;
}

void store_row(std::uint8_t* slot, const TileOperand& operand, TensorType type, std::int64_t row,
               const std::vector<float>& values) {
    std::uint8_t* bytes = slot + operand.shared_offset + row * operand.box_bytes;
    for (std::size_t i = 0; i < values.size(); ++i) {
        store_element(bytes, type, i, values[i]);
    }
}

// Codes into the first store, scales into the second in their atoms of 128 rows x 4 scales.
void quantise_row(std::uint8_t* slot, const TileOperand& elements, const TileOperand& scales,
                  std::int64_t row, const std::vector<float>& values) {
    std::uint8_t* bytes = slot + elements.shared_offset + row * elements.box_bytes;
    std::uint8_t* atoms = slot + scales.shared_offset;
    std::array<std::uint8_t, kScaleBlock> codes{};
    for (std::size_t begin = 0; begin < values.size(); begin += kScaleBlock) {
        const std::uint8_t scale = quantise_nvfp4_block({&values[begin], kScaleBlock}, {}, codes);
        for (std::size_t i = 0; i < kScaleBlock; i += 2) {
            bytes[(begin + i) / 2] =
                static_cast<std::uint8_t>(codes[i] | static_cast<unsigned>(codes[i + 1]) << 4);
        }
        const auto block = static_cast<std::int64_t>(begin / kScaleBlock);
        atoms[block / 4 * kScaleAtomBytes + scale_offset(row, block % 4)] = scale;
    }
}

// Parts of a row of attention: each weighed by its sum, all counted from the largest reference.
std::vector<float> merge_row(const std::uint8_t* slot, const TileProgram& program,
                             std::int64_t row) {
    const auto columns = static_cast<std::size_t>(program.row_columns);
    const std::size_t parts = program.operands.size() - program.stores;
    std::vector<std::vector<float>> rows;
    bool any = false;
    float reference = 0;
    for (std::size_t part = 0; part < parts; ++part) {
        rows.push_back(load_row(slot, program.operands[part], TensorType::kFp32, row, columns + 2));
        if (rows.back()[columns + 1] > 0) {
            reference = any ? std::max(reference, rows.back()[columns]) : rows.back()[columns];
            any = true;
        }
    }
    std::vector<float> out(columns);
    float sum = 0;
    for (const std::vector<float>& part : rows) {
        if (part[columns + 1] > 0) {
            const float weight = exponential(part[columns] - reference) * part[columns + 1];
            sum += weight;
            for (std::size_t i = 0; i < columns; ++i) {
                out[i] += weight * part[i];
            }
        }
    }
    for (float& value : out) {
        value = any ? value / sum : 0.0F;
    }
    return out;
}

}  // namespace

void DataPath::apply_rows(std::uint32_t sm, const TileProgram& program,
                          std::uint64_t slot_address) {
    std::uint8_t* slot = sms_[sm].shared.data() + slot_address;
    const auto& operands = program.operands;
    const TileOperand& input = operands.front();
    const TileOperand& second = operands[operands.size() > program.stores + 1 ? 1 : 0];
    const TileOperand& output = operands[operands.size() - program.stores];
    const auto columns = static_cast<std::size_t>(program.row_columns);
    const std::int64_t rows = input.box_rows;
    const auto load = [&](const TileOperand& operand, TensorType type, std::int64_t row) {
        return load_row(slot, operand, type, row, columns);
    };
    for (std::int64_t row = 0; row < rows; ++row) {
        if (program.row_function == RowFunction::kMerge) {
            store_row(slot, output, program.output_type, row, merge_row(slot, program, row));
            continue;
        }
        std::vector<float> in = load(input, program.input_type, row);
        std::vector<float> out(columns);
        if (operands.size() - program.stores > 2) {  // a norm with an addend
            const std::vector<float> addend = load(operands[2], program.input_type, row);
            for (std::size_t i = 0; i < columns; ++i) {
                in[i] += addend[i];
            }
        }
        switch (program.row_function) {
            case RowFunction::kRmsNorm:
                rms_norm(in, load(second, program.second_type, row), program.epsilon, out);
                break;
            case RowFunction::kSoftmax:
                softmax(in, out);
                break;
            case RowFunction::kRope: {
                const auto first = static_cast<std::size_t>(program.rotated_first);
                const auto count = static_cast<std::size_t>(program.rotated_columns);
                out = in;
                rotate_pairs(std::span(in).subspan(first, count),
                             load_row(slot, second, TensorType::kFp32, row, count),
                             std::span(out).subspan(first, count));
                break;
            }
            case RowFunction::kSwiglu: {
                const std::vector<float> values = load(second, program.input_type, row);
                for (std::size_t i = 0; i < columns; ++i) {
                    out[i] = silu(in[i]) * values[i];
                }
                break;
            }
            case RowFunction::kQuantise:
                if (program.output_type == TensorType::kNvfp4) {
                    quantise_row(slot, output, operands.back(), row, in);
                    continue;
                }
                out = in;
                break;
            case RowFunction::kMerge:
                break;  // above
            case RowFunction::kTopK: {
                const RoutingRule& rule = program.routing;
                const auto size = [](std::int64_t n) { return static_cast<std::size_t>(n); };
                out.assign(size(2 * rule.count), 0);
                std::vector<float> bias;
                if (&second != &input) {
                    bias = load(second, TensorType::kFp32, row);
                }
                top_k(in, bias,
                      {size(rule.count), rule.sigmoid, size(rule.groups), size(rule.groups_kept),
                       rule.normalise, rule.scale},
                      out);
                break;
            }
        }
        store_row(slot, output, program.output_type, row, out);
    }
}

}  // namespace vr
