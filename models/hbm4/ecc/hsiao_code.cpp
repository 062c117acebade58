// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/ecc/hsiao_code.h"

#include <bit>

namespace vr::hbm4 {

namespace {
constexpr std::uint32_t kByteBits = 8;
constexpr std::uint32_t kLeastWeight = 3;  // columns of weight one are the check bits'
}  // namespace

std::uint32_t HsiaoCode::check_bits_of(std::uint32_t data_bits) {
    std::uint32_t bits = kLeastWeight;
    while ((1U << (bits - 1)) - bits < data_bits) {
        ++bits;
    }
    return bits;
}

HsiaoCode::HsiaoCode(std::uint32_t data_bits)
    : data_bits_(data_bits),
      check_bits_(check_bits_of(data_bits)),
      bit_of_(std::size_t{1} << check_bits_, kNoBit) {
    for (std::uint32_t weight = kLeastWeight; columns_.size() < data_bits; weight += 2) {
        for (std::uint32_t column = 0; column < bit_of_.size() && columns_.size() < data_bits;
             ++column) {
            if (static_cast<std::uint32_t>(std::popcount(column)) == weight) {
                bit_of_[column] = static_cast<std::uint32_t>(columns_.size());
                columns_.push_back(column);
            }
        }
    }
    for (std::uint32_t i = 0; i < check_bits_; ++i) {
        bit_of_[std::size_t{1} << i] = data_bits + i;
    }
}

std::uint32_t HsiaoCode::check(std::span<const std::uint8_t> data) const {
    std::uint32_t check = 0;
    for (std::uint32_t i = 0; i < data_bits_; ++i) {
        if ((data[i / kByteBits] >> (i % kByteBits) & 1U) != 0) {
            check ^= columns_[i];
        }
    }
    return check;
}

Decoded HsiaoCode::decode(std::span<std::uint8_t> data, std::uint32_t& check) const {
    const std::uint32_t syndrome = this->check(data) ^ check;
    if (syndrome == 0) {
        return {};
    }
    const std::uint32_t bit = bit_of_[syndrome];
    if (bit == kNoBit) {
        return {ReadSeverity::kUncorrectable, 0};
    }
    if (bit >= data_bits_) {
        check ^= 1U << (bit - data_bits_);
    } else {
        data[bit / kByteBits] ^= static_cast<std::uint8_t>(1U << (bit % kByteBits));
    }
    return {ReadSeverity::kCorrectedBit, 1};
}

}  // namespace vr::hbm4
