// SPDX-License-Identifier: Apache-2.0
// From a value as written to a value of a parameter's type, with its range, and the texts of what
// can be wrong. Private to the configuration engine.
#pragma once

#include <string>
#include <string_view>

#include "models/base/configuration_document.h"
#include "models/base/parameter.h"
#include "models/base/quantity_text.h"
#include "models/base/quantity_units.h"

namespace vr::configuration {

/// What is wrong with a value: continues the text "PATH = VALUE".
struct Fault {
    std::string what;
    std::string allowed;
    std::string hint;
};

// Each convert() returns false and fills `fault` when the value is not of the type or not allowed.
[[nodiscard]] bool convert_quantity(const Scalar& scalar, const units::Family& family,
                                    const Allowed& allowed, std::int64_t& value, Fault& fault);
[[nodiscard]] bool convert(const Scalar& scalar, const Allowed& allowed, std::int64_t& value,
                           Fault& fault);
[[nodiscard]] bool convert(const Scalar& scalar, const Allowed& allowed, bool& value, Fault& fault);
[[nodiscard]] bool convert(const Scalar& scalar, const Allowed& allowed, std::string& value,
                           Fault& fault);
template <class Tag>
[[nodiscard]] bool convert(const Scalar& scalar, const Allowed& allowed, Quantity<Tag>& value,
                           Fault& fault) {
    return convert_quantity(scalar, units::family(value), allowed, value.value, fault);
}

// What a missing value should be, as a sentence part: "an integer from 1 to 4096".
[[nodiscard]] std::string expected_quantity(const units::Family& family, const Allowed& allowed);
[[nodiscard]] std::string expected(std::int64_t, const Allowed& allowed);
[[nodiscard]] std::string expected(bool, const Allowed& allowed);
[[nodiscard]] std::string expected(const std::string&, const Allowed& allowed);
template <class Tag>
[[nodiscard]] std::string expected(Quantity<Tag> value, const Allowed& allowed) {
    return expected_quantity(units::family(value), allowed);
}

// The range or the words alone, for the ledger: "1 to 4096".
[[nodiscard]] std::string range_text(bool, const Allowed& allowed);
[[nodiscard]] std::string range_text(const std::string&, const Allowed& allowed);
[[nodiscard]] std::string range_text(std::int64_t, const Allowed& allowed);
template <class Tag>
[[nodiscard]] std::string range_text(Quantity<Tag>, const Allowed& allowed) {
    return range_text(std::int64_t{}, allowed);
}

// The value as the ledger shows it.
[[nodiscard]] inline std::string value_text(std::int64_t value) {
    return std::to_string(value);
}
[[nodiscard]] inline std::string value_text(bool value) {
    return value ? "true" : "false";
}
[[nodiscard]] inline std::string value_text(const std::string& value) {
    return value;
}
template <class Tag>
[[nodiscard]] std::string value_text(Quantity<Tag> value) {
    return to_text(value);
}

// The base unit, "" when there is none.
template <class Value>
[[nodiscard]] std::string base_unit(const Value&) {
    return {};
}
template <class Tag>
[[nodiscard]] std::string base_unit(Quantity<Tag> value) {
    return std::string(units::family(value).units.front().name);
}

/// True for types whose TOML text stands in quotes.
template <class Value>
inline constexpr bool kQuoted =
    !std::is_same_v<Value, std::int64_t> && !std::is_same_v<Value, bool>;

}  // namespace vr::configuration
