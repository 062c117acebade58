// SPDX-License-Identifier: Apache-2.0
// The tensor core's data: operands from shared memory, scales and accumulators in tensor memory.
#include <algorithm>
#include <bit>
#include <cstring>

#include "models/base/error.h"
#include "models/gpu/memory_layout.h"
#include "models/gpu/number_kind.h"
#include "models/gpu/tpc/data_path.h"
#include "models/gpu/tpc/element_access.h"
#include "models/numerics/row_functions.h"

namespace vr {

const DotContract& DataPath::contract(TensorType type) {
    const auto found = contracts_.find(type);
    if (found != contracts_.end()) {
        return found->second;
    }
    return contracts_.emplace(type, tensor_contract(architecture_, changes_, type)).first->second;
}

void DataPath::copy_scales(std::uint32_t sm, const TileProgram& program,
                           const MatrixProduct& product, std::uint64_t slot_address) {
    SmImage& image = sms_[sm];
    const auto offset = static_cast<std::uint64_t>(program.operands[3].shared_offset);
    const auto bytes = static_cast<std::size_t>(product.scale_bytes_per_slot);
    image.scales.assign(
        image.shared.begin() + static_cast<std::ptrdiff_t>(slot_address + offset),
        image.shared.begin() + static_cast<std::ptrdiff_t>(slot_address + offset + bytes));
    strike(FaultSite::kTensorMemoryScale, sm, image.scale_copies++, image.scales.data(),
           image.scales.size());
}

namespace {

// Scales of `rows` rows from atoms (blocks of 128 rows, each `pitch` bytes) to rows of `blocks`
// bytes.
void unpack_scales(const std::uint8_t* atoms, std::int64_t pitch, std::int64_t rows,
                   std::int64_t blocks, std::uint8_t* out) {
    for (std::int64_t row = 0; row < rows; ++row) {
        for (std::int64_t block = 0; block < blocks; ++block) {
            out[row * blocks + block] =
                atoms[row / kScaleAtomRows * pitch + block / 4 * kScaleAtomBytes +
                      scale_offset(row % kScaleAtomRows, block % 4)];
        }
    }
}

// Operand B as packed rows of K: `columns` rows of `row_bytes` bytes.
void gather_b(const std::uint8_t* slot, const MatrixProduct& product, std::int64_t columns,
              std::int64_t k, std::uint8_t* out) {
    const MatrixSource& b = product.b;
    const std::int64_t row_bytes = product.slot_k_bytes;
    if (!b.transposed) {
        for (std::int64_t column = 0; column < columns; ++column) {
            std::memcpy(out + column * row_bytes, slot + b.offset + column * b.pitch,
                        static_cast<std::size_t>(row_bytes));
        }
        return;
    }
    const std::int64_t bytes = element_bits(product.type) / 8;
    for (std::int64_t row = 0; row < k; ++row) {
        const std::uint8_t* from = slot + b.offset + row * b.pitch;
        for (std::int64_t column = 0; column < columns; ++column) {
            std::memcpy(out + column * row_bytes + row * bytes, from + column * bytes,
                        static_cast<std::size_t>(bytes));
        }
    }
}

}  // namespace

void DataPath::multiply(std::uint32_t first_sm, const TileProgram& program,
                        const MatrixProduct& product, const ProductSlots& slots) {
    const std::int64_t blocks = program.blocks_per_group;
    const std::int64_t rows = product.rows / blocks;
    const std::int64_t columns = product.columns / blocks;
    const std::int64_t slot_k = product.slot_k_bytes;
    const std::int64_t bits = element_bits(product.type);
    const std::int64_t k = std::min(slots.k_bytes_left, slot_k) * 8 / bits;
    const DotContract& rule = contract(product.type);
    const bool scaled = product.scale_bytes_per_slot > 0;
    const std::int64_t scale_blocks = slot_k * 8 / bits / 16;

    // B of the whole tile: each SM holds its part, the tensor cores of a pair read both.
    std::vector<std::uint8_t> b(static_cast<std::size_t>(product.columns * slot_k));
    std::vector<std::uint8_t> b_scales;
    const std::int64_t a_scale_bytes =
        scaled ? program.operands[3].box_rows * program.operands[3].box_bytes : 0;
    if (scaled) {
        b_scales.resize(static_cast<std::size_t>(product.columns * scale_blocks));
    }
    for (std::int64_t block = 0; block < blocks; ++block) {
        const auto sm = static_cast<std::uint32_t>(first_sm + block);
        gather_b(sms_[sm].shared.data() + slots.b, product, columns, k,
                 b.data() + block * columns * slot_k);
        if (scaled) {
            copy_scales(sm, program, product, slots.b);
            unpack_scales(sms_[sm].scales.data() + a_scale_bytes, program.operands[4].box_bytes,
                          columns, scale_blocks, b_scales.data() + block * columns * scale_blocks);
        }
    }
    const OperandView b_view{
        b.data(), slot_k, product.columns, k, scaled ? b_scales.data() : nullptr, scale_blocks};
    for (std::int64_t block = 0; block < blocks; ++block) {
        SmImage& image = sms_[static_cast<std::size_t>(first_sm + block)];
        const auto accumulator = static_cast<std::size_t>(slots.accumulator);
        if (image.accumulators.size() <= accumulator) {
            image.accumulators.resize(accumulator + 1);
        }
        std::vector<std::uint32_t>& sums = image.accumulators[accumulator];
        if (slots.first) {
            sums.assign(static_cast<std::size_t>(rows * product.columns), 0);
        } else if (product.rescales) {
            const std::int64_t first = product.part * program.pipelines[product.a.pipeline].stages;
            rescale(image.rescale[static_cast<std::size_t>(first + slots.a_slot)], sums);
        }
        std::vector<std::uint8_t> a_scales;
        if (scaled) {
            a_scales.resize(static_cast<std::size_t>(rows * scale_blocks));
            unpack_scales(image.scales.data(), program.operands[3].box_bytes, rows, scale_blocks,
                          a_scales.data());
        }
        const OperandView a_view{image.shared.data() + slots.a + product.a.offset,
                                 product.a.pitch,
                                 rows,
                                 k,
                                 scaled ? a_scales.data() : nullptr,
                                 scale_blocks};
        TileMultiplier& multiplier =
            multipliers_.empty() ? model_
                                 : *multipliers_[static_cast<std::size_t>(first_sm + block)];
        corners_.add(multiplier.multiply(rule, a_view, b_view, sums.data(), product.columns));
    }
}

void DataPath::convert(std::uint32_t sm, const TileProgram& program, const MatrixProduct& product,
                       std::int64_t tile, std::int64_t accumulator, std::int64_t first_column,
                       std::uint64_t shared_address) {
    SmImage& image = sms_[sm];
    const std::int64_t rows = product.rows / program.blocks_per_group;
    std::uint8_t* shared = image.shared.data() + shared_address;
    const bool attention = program.function == TileFunction::kAttention;
    const std::int64_t key = softmax_key(tile, product);
    if (attention && first_column >= product.columns) {
        write_row_sums(image, key, rows, shared);
        return;
    }
    std::vector<std::uint32_t>& sums = image.accumulators[static_cast<std::size_t>(accumulator)];
    strike(FaultSite::kTensorMemory, sm, image.reads++,
           reinterpret_cast<std::uint8_t*>(sums.data()), sums.size() * 4);
    const std::int64_t columns = program.gated ? product.columns / 2 : product.columns;
    const std::int64_t last = std::min(first_column + program.chunk_columns, columns);
    for (std::int64_t row = 0; row < rows; ++row) {
        std::uint8_t* out = shared + row * program.chunk_pitch;
        const float divisor = attention ? softmax_sum(image, key, row) : 1.0F;
        const auto sum_at = [&](std::int64_t column) {
            return std::bit_cast<float>(
                sums[static_cast<std::size_t>(row * product.columns + column)]);
        };
        for (std::int64_t column = first_column; column < last; ++column) {
            float result =
                program.gated ? silu(sum_at(2 * column)) * sum_at(2 * column + 1) : sum_at(column);
            if (attention) {
                result /= divisor;
            }
            store_element(out, program.output_type, static_cast<std::size_t>(column - first_column),
                          result);
        }
    }
    if (attention && !program.attention.partial && last == columns) {
        image.softmax.erase(key);
    }
}

}  // namespace vr
