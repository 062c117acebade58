// SPDX-License-Identifier: Apache-2.0
// Physical address to pseudo-channel, bank, row and column, and back. One interleaving block lies
// in one row. Not modelled: spare rows, and what a vendor's own hash does (none is published).
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "models/hbm4/address_map/field_order.h"
#include "models/hbm4/address_map/linear_hash.h"
#include "models/hbm4/controller/state.h"
#include "models/hbm4/hbm4_config.h"

namespace vr::hbm4 {

/// Where an access lies.
struct Location {
    std::uint32_t pseudo_channel = 0;
    std::uint32_t stack_id = 0;
    std::uint32_t bank_group = 0;
    std::uint32_t bank = 0;  ///< within its group
    std::uint32_t row = 0;
    std::uint32_t column = 0;  ///< in units of access_bytes
    constexpr bool operator==(const Location&) const = default;
};

/// A bijection between the accesses of the memory and their locations. From low to high: byte in
/// the block, pseudo-channel; then, inside it, bank group, block in the row, bank, stack id and row
/// (any number of these two) in the order of config.address_order. With hash on, the pseudo-channel
/// is XORed with a hash of all bits above it (address_hashes.h): with the polynomial one every
/// stride that is a power of two visits all pseudo-channels equally, other strides nearly so. Bank
/// and bank group are XORed with a hash of the row, so that streams whose distance is a power of
/// two meet in a bank no more often than by chance.
///
/// A number of pseudo-channels that is no power of two (five or six stacks) is an odd number times
/// a power of two: the remainder of the block's number by the odd one picks the part, the quotient
/// goes the way above inside it. With hash on, the parts are rotated by a hash of the sweep (the
/// quotient above the pseudo-channel's bits), or strides of a multiple of the odd number would stay
/// in one part. Consecutive blocks visit all pseudo-channels equally; other strides, powers of two
/// included, as evenly as chance does.
class AddressMap {
  public:
    explicit AddressMap(const Hbm4Config& config);

    /// Address is below capacity(); anything beyond wraps in the row and is the caller's fault.
    [[nodiscard]] Location locate(std::uint64_t address) const;
    /// Address of the first byte of an access.
    [[nodiscard]] std::uint64_t address(const Location& location) const;
    /// What a pseudo-channel is asked for `bytes` at `address`, which lie in one block.
    [[nodiscard]] Input input(const Location& location, std::uint32_t bytes, bool write) const;

    [[nodiscard]] std::uint64_t capacity() const { return capacity_; }
    [[nodiscard]] std::uint64_t interleave() const { return std::uint64_t{1} << block_bits_; }
    [[nodiscard]] std::uint64_t access_bytes() const { return std::uint64_t{1} << access_bits_; }
    /// E.g. "pc-bg-column-bank-sid-row, 256 B blocks, hashed".
    [[nodiscard]] const std::string& name() const { return name_; }
    /// Which bits of an address are what: "0-4 byte, 5-7 column, 8 pseudo-channel, ...".
    [[nodiscard]] std::string words() const;

  private:
    // By how much the parts are rotated in a sweep.
    [[nodiscard]] std::uint64_t rotation(std::uint64_t sweep) const;

    // A field above the pseudo-channel; `bits` is negative if it has no power of two of values.
    struct Digit {
        AddressField field = AddressField::kRow;
        std::uint64_t values = 1;
        std::int32_t bits = 0;
    };

    std::uint32_t access_bits_, block_bits_, group_bits_, bank_bits_;
    std::array<Digit, 5> digits_;  // from low to high
    std::uint32_t channel_bits_;   // of a part
    std::uint32_t parts_;          // the odd factor of the number of pseudo-channels
    bool hash_;
    std::uint64_t capacity_;
    std::string name_, hash_words_;
    LinearHash channel_hash_;  // of the bits above the pseudo-channel's own
    LinearHash bank_hash_;     // of the row
};

}  // namespace vr::hbm4
