// SPDX-License-Identifier: Apache-2.0
// The tensor core's data: operands from shared memory, scales and accumulators in tensor memory.
#include <algorithm>
#include <cstring>

#include "models/base/error.h"
#include "models/gpu/memory_layout.h"
#include "models/gpu/number_kind.h"
#include "models/gpu/tpc/data_path.h"
#include "models/numerics/gemm_reference.h"

namespace vr {

DotContract tensor_contract(const std::string& architecture, TensorType type) {
    const char* format = type == TensorType::kNvfp4     ? "nvfp4"
                         : type == TensorType::kFp8E4m3 ? "e4m3"
                                                        : "bf16";
    const std::string name = fmt::format("{}.{}", architecture, format);
    std::optional<DotContract> contract = named_contract(name);
    ensure(contract.has_value(), "no accumulation contract '{}'", name);
    return *contract;
}

const DotContract& DataPath::contract(TensorType type) {
    const auto found = contracts_.find(type);
    if (found != contracts_.end()) {
        return found->second;
    }
    return contracts_.emplace(type, tensor_contract(architecture_, type)).first->second;
}

void DataPath::copy_scales(std::uint32_t sm, const TileProgram& program,
                           std::uint64_t slot_address) {
    SmImage& image = sms_[sm];
    const auto offset = static_cast<std::uint64_t>(program.operands[3].shared_offset);
    const auto bytes = static_cast<std::size_t>(program.scale_bytes_per_slot);
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

}  // namespace

void DataPath::multiply(std::uint32_t first_sm, const TileProgram& program,
                        std::uint64_t slot_address, std::int64_t accumulator, bool first,
                        std::int64_t k_bytes_left) {
    const std::int64_t blocks = program.blocks_per_group;
    const std::int64_t rows = program.tile_rows / blocks;
    const std::int64_t columns = program.tile_columns / blocks;
    const std::int64_t slot_k = program.slot_k_bytes;
    const std::int64_t bits = element_bits(program.input_type);
    const std::int64_t k = std::min(k_bytes_left, slot_k) * 8 / bits;
    const DotContract& rule = contract(program.input_type);
    const bool scaled = program.scale_bytes_per_slot > 0;
    const std::int64_t scale_blocks = slot_k * 8 / bits / 16;

    // B of the whole tile: each SM holds its part, the tensor cores of a pair read both.
    std::vector<std::uint8_t> b(static_cast<std::size_t>(program.tile_columns * slot_k));
    std::vector<std::uint8_t> b_scales;
    const std::int64_t a_scale_bytes =
        scaled ? program.operands[3].box_rows * program.operands[3].box_bytes : 0;
    if (scaled) {
        b_scales.resize(static_cast<std::size_t>(program.tile_columns * scale_blocks));
    }
    for (std::int64_t block = 0; block < blocks; ++block) {
        const auto sm = static_cast<std::uint32_t>(first_sm + block);
        std::memcpy(b.data() + block * columns * slot_k,
                    sms_[sm].shared.data() + slot_address + program.operands[1].shared_offset,
                    static_cast<std::size_t>(columns * slot_k));
        if (scaled) {
            copy_scales(sm, program, slot_address);
            unpack_scales(sms_[sm].scales.data() + a_scale_bytes, program.operands[4].box_bytes,
                          columns, scale_blocks, b_scales.data() + block * columns * scale_blocks);
        }
    }
    const OperandView b_view{
        b.data(),    slot_k, program.tile_columns, k, scaled ? b_scales.data() : nullptr,
        scale_blocks};
    for (std::int64_t block = 0; block < blocks; ++block) {
        SmImage& image = sms_[static_cast<std::size_t>(first_sm + block)];
        if (image.accumulators.size() <= static_cast<std::size_t>(accumulator)) {
            image.accumulators.resize(static_cast<std::size_t>(accumulator) + 1);
        }
        std::vector<std::uint32_t>& sums =
            image.accumulators[static_cast<std::size_t>(accumulator)];
        const auto size = static_cast<std::size_t>(rows * program.tile_columns);
        if (first) {
            sums.assign(size, 0);
        }
        std::vector<std::uint8_t> a_scales;
        if (scaled) {
            a_scales.resize(static_cast<std::size_t>(rows * scale_blocks));
            unpack_scales(image.scales.data(), program.operands[3].box_bytes, rows, scale_blocks,
                          a_scales.data());
        }
        const OperandView a_view{
            image.shared.data() + slot_address + program.operands[0].shared_offset,
            slot_k,
            rows,
            k,
            scaled ? a_scales.data() : nullptr,
            scale_blocks};
        TileMultiplier& multiplier =
            multipliers_.empty() ? model_
                                 : *multipliers_[static_cast<std::size_t>(first_sm + block)];
        corners_.add(multiplier.multiply(rule, a_view, b_view, sums.data(), program.tile_columns));
    }
}

void DataPath::convert(std::uint32_t sm, const TileProgram& program, std::int64_t accumulator,
                       std::int64_t first_column, std::int64_t columns,
                       std::uint64_t shared_address, std::int64_t shared_pitch) {
    SmImage& image = sms_[sm];
    std::vector<std::uint32_t>& sums = image.accumulators[static_cast<std::size_t>(accumulator)];
    strike(FaultSite::kTensorMemory, sm, image.reads++,
           reinterpret_cast<std::uint8_t*>(sums.data()), sums.size() * 4);
    const std::int64_t rows = program.tile_rows / program.blocks_per_group;
    const std::int64_t last = std::min(first_column + columns, program.tile_columns);
    for (std::int64_t row = 0; row < rows; ++row) {
        std::uint8_t* out = image.shared.data() + shared_address + row * shared_pitch;
        for (std::int64_t column = first_column; column < last; ++column) {
            const std::uint32_t sum =
                sums[static_cast<std::size_t>(row * program.tile_columns + column)];
            if (program.output_type == TensorType::kFp32) {
                std::memcpy(out, &sum, 4);
                out += 4;
            } else {
                const auto code = static_cast<std::uint16_t>(gemm_output(sum, NumberFormat::kBf16));
                std::memcpy(out, &code, 2);
                out += 2;
            }
        }
    }
}

}  // namespace vr
