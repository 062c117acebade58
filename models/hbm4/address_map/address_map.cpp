// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/address_map/address_map.h"

#include <fmt/format.h>

#include <bit>

namespace vr::hbm4 {

namespace {

std::uint32_t log2_of(std::int64_t power_of_two) {
    return static_cast<std::uint32_t>(std::countr_zero(static_cast<std::uint64_t>(power_of_two)));
}

std::uint64_t low_bits(std::uint64_t value, std::uint32_t bits) {
    return value & ((std::uint64_t{1} << bits) - 1);
}

}  // namespace

AddressMap::AddressMap(const Hbm4Config& config)
    : access_bits_(log2_of(config.access_bytes.value)),
      block_bits_(log2_of(config.interleave.value)),
      channel_bits_(log2_of(config.pseudo_channels())),
      group_bits_(log2_of(config.bank_groups)),
      row_block_bits_(log2_of(config.row_bytes.value) - block_bits_),
      bank_bits_(log2_of(config.banks_per_group)),
      stack_ids_(static_cast<std::uint32_t>(config.stack_ids)),
      hash_(config.hash),
      capacity_(static_cast<std::uint64_t>(config.capacity().value)),
      name_(fmt::format("pc-bg-column-bank-sid-row, {} B blocks, {}", config.interleave.value,
                        config.hash ? "hashed" : "plain")) {}

// XOR of all groups of channel_bits_ bits, by doubling.
std::uint64_t AddressMap::fold(std::uint64_t upper) const {
    if (!hash_ || channel_bits_ == 0) {
        return 0;
    }
    for (std::uint32_t shift = channel_bits_; shift < 64; shift *= 2) {
        upper ^= upper >> shift;
    }
    return low_bits(upper, channel_bits_);
}

Location AddressMap::locate(std::uint64_t address) const {
    const std::uint64_t block = address >> block_bits_;
    std::uint64_t rest = block >> channel_bits_;
    Location at;
    at.pseudo_channel = static_cast<std::uint32_t>(low_bits(block, channel_bits_) ^ fold(rest));
    at.bank_group = static_cast<std::uint32_t>(low_bits(rest, group_bits_));
    rest >>= group_bits_;
    const std::uint64_t row_block = low_bits(rest, row_block_bits_);
    rest >>= row_block_bits_;
    at.bank = static_cast<std::uint32_t>(low_bits(rest, bank_bits_));
    rest >>= bank_bits_;
    at.row = static_cast<std::uint32_t>(rest / stack_ids_);
    at.stack_id = static_cast<std::uint32_t>(rest % stack_ids_);
    at.column = static_cast<std::uint32_t>((row_block << (block_bits_ - access_bits_)) |
                                           (low_bits(address, block_bits_) >> access_bits_));
    if (hash_) {
        at.bank ^= static_cast<std::uint32_t>(low_bits(at.row, bank_bits_));
        at.bank_group ^= static_cast<std::uint32_t>(
            low_bits(static_cast<std::uint64_t>(std::popcount(at.row)), group_bits_));
    }
    return at;
}

std::uint64_t AddressMap::address(const Location& at) const {
    std::uint64_t bank = at.bank;
    std::uint64_t group = at.bank_group;
    if (hash_) {
        bank ^= low_bits(at.row, bank_bits_);
        group ^= low_bits(static_cast<std::uint64_t>(std::popcount(at.row)), group_bits_);
    }
    const std::uint32_t column_bits = block_bits_ - access_bits_;
    std::uint64_t upper = std::uint64_t{at.row} * stack_ids_ + at.stack_id;
    upper = (upper << bank_bits_) | bank;
    upper = (upper << row_block_bits_) | (at.column >> column_bits);
    upper = (upper << group_bits_) | group;
    const std::uint64_t block = (upper << channel_bits_) | (at.pseudo_channel ^ fold(upper));
    return (block << block_bits_) | (low_bits(at.column, column_bits) << access_bits_);
}

Input AddressMap::input(const Location& at, std::uint32_t bytes, bool write) const {
    Input input;
    input.row = static_cast<std::int32_t>(at.row);
    input.bank = static_cast<std::uint8_t>(
        (((at.stack_id << bank_bits_) | at.bank) << group_bits_) | at.bank_group);
    input.column = static_cast<std::uint8_t>(at.column);
    input.columns = static_cast<std::uint8_t>(bytes >> access_bits_);
    input.write = write;
    return input;
}

}  // namespace vr::hbm4
