// SPDX-License-Identifier: Apache-2.0
// In which order the fields of an address stand above the pseudo-channel. Not modelled: fields
// whose bits are split further.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace vr::hbm4 {

/// Fields above the pseudo-channel: bank group, block of the row, bank of the group, stack id, row.
enum class AddressField : std::uint8_t { kGroup, kColumn, kBank, kStackId, kRow };

inline constexpr std::array<std::string_view, 5> kAddressFieldNames = {"bg", "column", "bank",
                                                                       "sid", "row"};
using FieldOrder = std::array<AddressField, 5>;

/// From low to high, joined by '-', each of kAddressFieldNames once; nothing if `text` is no such.
[[nodiscard]] constexpr std::optional<FieldOrder> field_order(std::string_view text) {
    FieldOrder order{};
    std::uint32_t seen = 0;
    for (std::size_t place = 0; place < order.size(); ++place) {
        const std::size_t end = text.find('-');
        const std::string_view word = text.substr(0, end);
        std::size_t field = 0;
        while (field < order.size() && kAddressFieldNames[field] != word) {
            ++field;
        }
        const bool last = place + 1 == order.size();
        if (field == order.size() || (seen >> field & 1U) != 0 ||
            last != (end == std::string_view::npos)) {
            return std::nullopt;
        }
        seen |= 1U << field;
        order[place] = static_cast<AddressField>(field);
        text = last ? std::string_view() : text.substr(end + 1);
    }
    return order;
}

}  // namespace vr::hbm4
