// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/address_map/address_map.h"

#include <fmt/format.h>

#include <bit>
#include <cstddef>

#include "models/base/random.h"
#include "models/hbm4/address_map/address_hashes.h"

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
      bank_bits_(log2_of(config.banks_per_group)),
      channel_bits_(log2_of(config.pseudo_channels())),
      parts_(static_cast<std::uint32_t>(config.pseudo_channels()) >> channel_bits_),
      hash_(config.hash),
      capacity_(static_cast<std::uint64_t>(config.capacity().value)),
      name_(fmt::format("pc-{}, {} B blocks, {}", config.address_order, config.interleave.value,
                        config.hash ? "hashed" : "plain")) {
    const std::array<std::int64_t, 5> values = {
        config.bank_groups, config.row_bytes.value / config.interleave.value,
        config.banks_per_group, config.stack_ids, config.rows};
    const FieldOrder order = field_order(config.address_order).value();
    for (std::size_t i = 0; i < order.size(); ++i) {
        const auto count = static_cast<std::uint64_t>(values[static_cast<std::size_t>(order[i])]);
        digits_[i] = {order[i], count, std::has_single_bit(count) ? std::countr_zero(count) : -1};
    }
    if (config.hash) {
        AddressHashes::visit(AddressHashes::place_of(config.hash_function), [&](auto hash) {
            hash_words_ = hash.kWords;
            channel_hash_ = LinearHash(
                [&](std::uint32_t n) { return hash.image(n, channel_bits_, channel_bits_); });
            bank_hash_ = LinearHash(
                [&](std::uint32_t n) { return hash.image(n, group_bits_ + bank_bits_, 0); });
        });
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
    std::array<std::uint32_t, 5> fields{};  // by AddressField
    for (const Digit& digit : digits_) {
        std::uint32_t& field = fields[static_cast<std::size_t>(digit.field)];
        if (digit.bits >= 0) {
            field =
                static_cast<std::uint32_t>(low_bits(rest, static_cast<std::uint32_t>(digit.bits)));
            rest >>= digit.bits;
        } else {
            field = static_cast<std::uint32_t>(rest % digit.values);
            rest /= digit.values;
        }
    }
    const auto value = [&](AddressField field) { return fields[static_cast<std::size_t>(field)]; };
    at.stack_id = value(AddressField::kStackId);
    at.row = value(AddressField::kRow);
    at.column = value(AddressField::kColumn) << (block_bits_ - access_bits_) |
                static_cast<std::uint32_t>(low_bits(address, block_bits_) >> access_bits_);
    const std::uint32_t hash = bank_hash_(at.row);
    at.bank = value(AddressField::kBank) ^ static_cast<std::uint32_t>(low_bits(hash, bank_bits_));
    at.bank_group = value(AddressField::kGroup) ^ (hash >> bank_bits_);
    return at;
}

std::uint64_t AddressMap::address(const Location& at) const {
    const std::uint32_t hash = bank_hash_(at.row);
    const std::uint32_t column_bits = block_bits_ - access_bits_;
    const std::array<std::uint64_t, 5> fields = {
        at.bank_group ^ (hash >> bank_bits_), at.column >> column_bits,
        at.bank ^ low_bits(hash, bank_bits_), at.stack_id, at.row};
    std::uint64_t upper = 0;
    for (auto digit = digits_.rbegin(); digit != digits_.rend(); ++digit) {
        upper = upper * digit->values + fields[static_cast<std::size_t>(digit->field)];
    }
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
    // Powers of two are bits; from the first other one on, and for the highest, it is arithmetic.
    constexpr std::array<const char*, 5> kNames = {"bank group", "column (high)", "bank",
                                                   "stack id", "row"};
    const auto name = [&](const Digit& digit) {
        return kNames[static_cast<std::size_t>(digit.field)];
    };
    std::size_t place = 0;
    for (; place + 1 < digits_.size() && digits_[place].bits >= 0; ++place) {
        field(static_cast<std::uint32_t>(digits_[place].bits), name(digits_[place]));
    }
    std::string sum = name(digits_.back());
    for (std::size_t i = digits_.size() - 1; i-- > place;) {
        if (digits_[i].values > 1) {
            const bool compound = sum.find(' ') != std::string::npos && i + 2 < digits_.size();
            sum = fmt::format("{} x {} + {}", compound ? "(" + sum + ")" : sum, digits_[i].values,
                              name(digits_[i]));
        }
    }
    out += fmt::format("from {} on {}", bit, sum);
    if (parts_ > 1) {
        out += fmt::format(
            "; the bits above the pseudo-channel are divided by {}, the remainder is "
            "part of it",
            parts_);
    }
    return out + (hash_ ? "; the pseudo-channel is XORed with " + hash_words_ +
                              " of all bits above it, bank and bank group with one of the row"
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
