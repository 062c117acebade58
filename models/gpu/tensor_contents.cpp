// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/tensor_contents.h"

#include <fstream>
#include <iterator>

#include "models/base/error.h"
#include "models/base/fnv.h"
#include "models/base/quantity.h"
#include "models/base/random.h"

namespace vr {

namespace {

constexpr std::int64_t kScaleBlock = 16;

std::int64_t scale_row_bytes(const TensorSpec& tensor) {
    return tensor.type == TensorType::kNvfp4 ? divide_round_up(tensor.columns, kScaleBlock) : 0;
}

// Seeded elements: finite values of moderate size, both signs, all mantissas, so that sums neither
// vanish nor overflow.
std::uint32_t seeded_code(TensorType type, std::uint64_t random) {
    const auto bits = static_cast<std::uint32_t>(random);
    switch (type) {
        case TensorType::kFp32: {  // exponents 2^-3 .. 2^0
            return (bits & 0x807fffffU) | ((124U + (bits >> 23) % 4U) << 23);
        }
        case TensorType::kBf16:
            return (bits & 0x807fU) | ((124U + (bits >> 7) % 4U) << 7);
        case TensorType::kFp8E4m3:  // exponent fields 3..9: 2^-4 .. 2^2
            return (bits & 0x87U) | ((3U + (bits >> 8) % 7U) << 3);
        case TensorType::kNvfp4:
            return bits & 0xfU;
    }
    return 0;
}

// UE4M3 scales 2^-3 .. 2^2 with any mantissa.
std::uint8_t seeded_scale(std::uint64_t random) {
    return static_cast<std::uint8_t>((random & 7U) | ((4U + (random >> 8) % 6U) << 3));
}

void write_scales(SparseMemory& memory, const TensorSpec& tensor, const TensorPlace& place,
                  const std::vector<std::uint8_t>& rows) {
    const std::int64_t pitch = scale_row_bytes(tensor);
    for (std::int64_t row = 0; row < tensor.rows; ++row) {
        for (std::int64_t block = 0; block < pitch; ++block) {
            const std::int64_t offset = row / kScaleAtomRows * place.scale_pitch +
                                        block / 4 * kScaleAtomBytes +
                                        scale_offset(row % kScaleAtomRows, block % 4);
            memory.write(place.scale_base + static_cast<std::uint64_t>(offset),
                         {&rows[static_cast<std::size_t>(row * pitch + block)], 1});
        }
    }
}

void write_elements(SparseMemory& memory, const TensorSpec& tensor, const TensorPlace& place,
                    const std::uint8_t* rows, std::int64_t row_bytes) {
    for (std::int64_t row = 0; row < tensor.rows; ++row) {
        memory.write(place.base + static_cast<std::uint64_t>(row * place.pitch),
                     {rows + row * row_bytes, static_cast<std::size_t>(row_bytes)});
    }
}

}  // namespace

void write_contents(SparseMemory& memory, const TensorSpec& tensor, const TensorPlace& place,
                    std::uint64_t seed) {
    const std::int64_t bits = element_bits(tensor.type);
    const std::int64_t row_bytes = divide_round_up(tensor.columns * bits, 8);
    const std::int64_t pitch = scale_row_bytes(tensor);
    if (tensor.data == TensorData::kSeeded) {
        const RandomStream values(seed, tensor.name, 0);
        std::vector<std::uint8_t> rows(static_cast<std::size_t>(tensor.rows * row_bytes));
        for (std::int64_t row = 0; row < tensor.rows; ++row) {
            for (std::int64_t column = 0; column < tensor.columns; ++column) {
                const std::uint32_t code = seeded_code(
                    tensor.type,
                    values.at(static_cast<std::uint64_t>(row * tensor.columns + column)));
                const std::int64_t bit = column * bits;
                for (std::int64_t byte = 0; byte * 8 < bits; ++byte) {
                    rows[static_cast<std::size_t>(row * row_bytes + bit / 8 + byte)] |=
                        static_cast<std::uint8_t>((code >> (8 * byte)) << (bit % 8));
                }
            }
        }
        write_elements(memory, tensor, place, rows.data(), row_bytes);
        if (pitch > 0) {
            const RandomStream scale_values(seed, tensor.name, 1);
            std::vector<std::uint8_t> scales(static_cast<std::size_t>(tensor.rows * pitch));
            for (std::size_t i = 0; i < scales.size(); ++i) {
                scales[i] = seeded_scale(scale_values.at(i));
            }
            write_scales(memory, tensor, place, scales);
        }
        return;
    }
    if (tensor.data != TensorData::kFile) {
        return;
    }
    std::ifstream file(tensor.file, std::ios::binary);
    const std::vector<std::uint8_t> bytes((std::istreambuf_iterator<char>(file)),
                                          std::istreambuf_iterator<char>());
    const std::int64_t wanted = tensor.rows * (row_bytes + pitch);
    if (!file || static_cast<std::int64_t>(bytes.size()) != wanted) {
        throw InputError(Diagnostic{
            tensor.file, 0, 0, fmt::format("{} bytes for tensor '{}'", bytes.size(), tensor.name),
            fmt::format("{} bytes: {} rows of {} bytes{}", wanted, tensor.rows, row_bytes,
                        pitch > 0 ? fmt::format(", then {} scales a row", pitch) : ""),
            "write the elements row by row without padding"});
    }
    write_elements(memory, tensor, place, bytes.data(), row_bytes);
    if (pitch > 0) {
        write_scales(
            memory, tensor, place,
            std::vector<std::uint8_t>(bytes.begin() + tensor.rows * row_bytes, bytes.end()));
    }
}

TensorBytes read_contents(const SparseMemory& memory, const TensorSpec& tensor,
                          const TensorPlace& place) {
    TensorBytes result;
    result.row_bytes = divide_round_up(tensor.columns * element_bits(tensor.type), 8);
    result.elements.resize(static_cast<std::size_t>(tensor.rows * result.row_bytes));
    for (std::int64_t row = 0; row < tensor.rows; ++row) {
        memory.read(place.base + static_cast<std::uint64_t>(row * place.pitch),
                    {&result.elements[static_cast<std::size_t>(row * result.row_bytes)],
                     static_cast<std::size_t>(result.row_bytes)});
    }
    result.scale_row_bytes = scale_row_bytes(tensor);
    result.scales.resize(static_cast<std::size_t>(tensor.rows * result.scale_row_bytes));
    for (std::int64_t row = 0; row < tensor.rows; ++row) {
        for (std::int64_t block = 0; block < result.scale_row_bytes; ++block) {
            const std::int64_t offset = row / kScaleAtomRows * place.scale_pitch +
                                        block / 4 * kScaleAtomBytes +
                                        scale_offset(row % kScaleAtomRows, block % 4);
            memory.read(
                place.scale_base + static_cast<std::uint64_t>(offset),
                {&result.scales[static_cast<std::size_t>(row * result.scale_row_bytes + block)],
                 1});
        }
    }
    return result;
}

std::uint64_t digest_of(const TensorBytes& bytes) {
    Fnv1a hash;
    hash.push(bytes.elements);
    hash.push(bytes.scales);
    return hash.value();
}

}  // namespace vr
