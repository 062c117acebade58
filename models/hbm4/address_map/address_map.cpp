// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/address_map/address_map.h"

#include <fmt/format.h>

#include <bit>
#include <cstddef>

#include "models/base/random.h"

namespace vr::hbm4 {

namespace {

// Of the largest power of two that divides `n`.
std::uint32_t log2_of(std::int64_t n) {
    return static_cast<std::uint32_t>(std::countr_zero(static_cast<std::uint64_t>(n)));
}

std::uint64_t low_bits(std::uint64_t value, std::uint32_t bits) {
    return value & ((std::uint64_t{1} << bits) - 1);
}

}  // namespace

AddressMap::AddressMap(const Hbm4Config& config)
    : access_bits_(log2_of(config.access_bytes.value)),
      block_bits_(log2_of(config.interleave.value)),
      group_bits_(log2_of(config.bank_groups)),
      row_block_bits_(log2_of(config.row_bytes.value) - block_bits_),
      bank_bits_(log2_of(config.banks_per_group)),
      channel_bits_(log2_of(config.pseudo_channels())),
      parts_(static_cast<std::uint32_t>(config.pseudo_channels()) >> channel_bits_),
      hash_(config.hash),
      stack_ids_(static_cast<std::uint32_t>(config.stack_ids)),
      capacity_(static_cast<std::uint64_t>(config.capacity().value)),
      name_(fmt::format("pc-bg-column-bank-sid-row, {} B blocks, {}", config.interleave.value,
                        config.hash ? "hashed" : "plain")) {
    if (config.hash) {
        channel_hash_ = PolynomialHash(channel_bits_, channel_bits_);
        bank_hash_ = PolynomialHash(group_bits_ + bank_bits_, 0);
    }
}

std::uint64_t AddressMap::rotation(std::uint64_t sweep) const {
    return hash_ ? mix64(sweep) : 0;
}

Location AddressMap::locate(std::uint64_t address) const {
    std::uint64_t block = address >> block_bits_;
    std::uint64_t part = 0;
    if (parts_ > 1) {
        part = block % parts_;
        block /= parts_;
    }
    std::uint64_t rest = block >> channel_bits_;
    Location at;
    at.pseudo_channel =
        static_cast<std::uint32_t>(low_bits(block, channel_bits_)) ^ channel_hash_(rest);
    if (parts_ > 1) {
        part = (part + rotation(rest) % parts_) % parts_;
        at.pseudo_channel |= static_cast<std::uint32_t>(part << channel_bits_);
    }
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
    const std::uint32_t hash = bank_hash_(at.row);
    at.bank ^= static_cast<std::uint32_t>(low_bits(hash, bank_bits_));
    at.bank_group ^= hash >> bank_bits_;
    return at;
}

std::uint64_t AddressMap::address(const Location& at) const {
    const std::uint32_t hash = bank_hash_(at.row);
    const std::uint64_t bank = at.bank ^ low_bits(hash, bank_bits_);
    const std::uint64_t group = at.bank_group ^ (hash >> bank_bits_);
    const std::uint32_t column_bits = block_bits_ - access_bits_;
    std::uint64_t upper = std::uint64_t{at.row} * stack_ids_ + at.stack_id;
    upper = (upper << bank_bits_) | bank;
    upper = (upper << row_block_bits_) | (at.column >> column_bits);
    upper = (upper << group_bits_) | group;
    std::uint64_t block = (upper << channel_bits_) |
                          low_bits(at.pseudo_channel ^ channel_hash_(upper), channel_bits_);
    if (parts_ > 1) {
        const std::uint64_t part = at.pseudo_channel >> channel_bits_;
        block = block * parts_ + (part + parts_ - rotation(upper) % parts_) % parts_;
    }
    return (block << block_bits_) | (low_bits(at.column, column_bits) << access_bits_);
}

std::string AddressMap::words() const {
    std::string out;
    std::uint32_t bit = 0;
    const auto field = [&](std::uint32_t bits, const char* what) {
        if (bits > 0) {
            out += bits == 1 ? fmt::format("{} {}, ", bit, what)
                             : fmt::format("{}-{} {}, ", bit, bit + bits - 1, what);
        }
        bit += bits;
    };
    field(access_bits_, "byte");
    field(block_bits_ - access_bits_, "column");
    field(channel_bits_, "pseudo-channel");
    field(group_bits_, "bank group");
    field(row_block_bits_, "column (high)");
    field(bank_bits_, "bank");
    out += stack_ids_ == 1 ? fmt::format("from {} on row", bit)
                           : fmt::format("from {} on row x {} + stack id", bit, stack_ids_);
    if (parts_ > 1) {
        out += fmt::format(
            "; the bits above the pseudo-channel are divided by {}, the remainder is "
            "part of it",
            parts_);
    }
    return out + (hash_ ? "; the pseudo-channel is XORed with a polynomial hash of all bits above "
                          "it, bank and bank group with one of the row"
                        : "; no hash");
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
