// SPDX-License-Identifier: Apache-2.0
#include "models/base/configuration_values.h"

#include <algorithm>
#include <charconv>

namespace vr::configuration {

namespace {

using Kind = Scalar::Kind;

bool parse_integer(std::string_view text, std::int64_t& value) {
    if (text.size() > 1 && text.front() == '+') {
        text.remove_prefix(1);
    }
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
}

bool is_text(const Scalar& scalar) {
    return scalar.kind == Kind::kText || scalar.kind == Kind::kSetting;
}

bool is_kind(const Scalar& scalar, Kind kind) {
    return scalar.kind == kind || scalar.kind == Kind::kSetting;
}

bool wrong_kind(const Scalar& scalar, std::string allowed, Fault& fault) {
    fault = {fmt::format("is {}", scalar.kind_name()), std::move(allowed), {}};
    return false;
}

// Checks `value` against the two texts of a range; `parse` turns one of them into a number.
template <class Parse>
bool in_range(std::int64_t value, const Allowed& allowed, Parse parse, Fault& fault) {
    if (allowed.values.empty()) {
        return true;
    }
    ensure(allowed.values.size() == 2, "a range needs two texts, {} given", allowed.values.size());
    const std::int64_t low = parse(allowed.values[0]);
    const std::int64_t high = parse(allowed.values[1]);
    ensure(low <= high, "the range {} to {} is empty", allowed.values[0], allowed.values[1]);
    if (value >= low && value <= high) {
        return true;
    }
    fault = {value > high            ? "is too high"
             : value < 0 && low >= 0 ? "is negative"
                                     : "is too low",
             range_text(std::int64_t{}, allowed),
             {}};
    return false;
}

// The unit that was meant when only upper and lower case differ; never across bits (b) and bytes
// (B).
std::string case_hint(std::string_view given, const units::Family& family) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    for (const units::Unit& unit : family.units) {
        const bool same = std::equal(
            given.begin(), given.end(), unit.name.begin(), unit.name.end(),
            [&](char a, char b) { return a == b || (lower(a) == lower(b) && lower(a) != 'b'); });
        if (same) {
            return fmt::format("did you mean \"{}\"?", unit.name);
        }
    }
    return {};
}

Fault quantity_fault(const units::ParseResult& result, const units::Family& family,
                     const Allowed& allowed) {
    const std::string_view base = family.units.front().name;
    const std::string expectation = units::expectation(family, result.number);
    switch (result.outcome) {
        case units::Outcome::kBareNumber:
            return {"is a bare number", expectation, {}};
        case units::Outcome::kUnknownUnit:
            return {fmt::format("has the unknown unit \"{}\"", result.unit), expectation,
                    case_hint(result.unit, family)};
        case units::Outcome::kOtherKind:
            return {fmt::format("is {}, not {}", result.other->description, family.description),
                    expectation,
                    {}};
        case units::Outcome::kInexact:
            return {fmt::format("is not a whole number of {}", base),
                    fmt::format("multiples of 1 {}", base),
                    {}};
        case units::Outcome::kTooLarge:
            return {
                "is beyond what a 64-bit number holds",
                allowed.values.empty()
                    ? fmt::format("at most {} {}", std::numeric_limits<std::int64_t>::max(), base)
                    : range_text(std::int64_t{}, allowed),
                {}};
        default:
            return {"is not a quantity", expectation, {}};
    }
}

}  // namespace

bool convert_quantity(const Scalar& scalar, const units::Family& family, const Allowed& allowed,
                      std::int64_t& value, Fault& fault) {
    if (scalar.kind == Kind::kInteger || scalar.kind == Kind::kDecimal) {
        fault = {"is a bare number", units::expectation(family, scalar.text), {}};
        return false;
    }
    if (!is_text(scalar)) {
        return wrong_kind(scalar, units::expectation(family), fault);
    }
    const units::ParseResult result = units::parse(scalar.text, family);
    if (result.outcome != units::Outcome::kOk) {
        fault = quantity_fault(result, family, allowed);
        return false;
    }
    value = result.value;
    const auto parse = [&](std::string_view text) {
        const units::ParseResult bound = units::parse(text, family);
        ensure(bound.outcome == units::Outcome::kOk, "\"{}\" is no bound of {}", text,
               family.description);
        return bound.value;
    };
    return in_range(value, allowed, parse, fault);
}

bool convert(const Scalar& scalar, const Allowed& allowed, std::int64_t& value, Fault& fault) {
    const bool reads = is_text(scalar) || scalar.kind == Kind::kInteger
                           ? parse_integer(scalar.text, value)
                           : false;
    if (!is_kind(scalar, Kind::kInteger)) {
        static_cast<void>(wrong_kind(scalar, expected(std::int64_t{}, allowed), fault));
        if (reads) {
            fault.hint = "write it without quotes";
        }
        return false;
    }
    if (!reads) {
        fault = {"is not an integer", expected(std::int64_t{}, allowed), {}};
        return false;
    }
    const auto parse = [](std::string_view text) {
        std::int64_t bound = 0;
        ensure(parse_integer(text, bound), "\"{}\" is no bound of an integer", text);
        return bound;
    };
    return in_range(value, allowed, parse, fault);
}

bool convert(const Scalar& scalar, const Allowed& allowed, bool& value, Fault& fault) {
    ensure(allowed.values.empty(), "a boolean parameter takes no range");
    if (is_kind(scalar, Kind::kBoolean) && (scalar.text == "true" || scalar.text == "false")) {
        value = scalar.text == "true";
        return true;
    }
    static_cast<void>(wrong_kind(scalar, expected(false, allowed), fault));
    if (scalar.kind == Kind::kSetting) {
        fault.what = "is not a boolean";
    }
    return false;
}

bool convert(const Scalar& scalar, const Allowed& allowed, std::string& value, Fault& fault) {
    if (!is_text(scalar)) {
        return wrong_kind(scalar, expected(value, allowed), fault);
    }
    const auto& words = allowed.values;
    if (!words.empty() && std::find(words.begin(), words.end(), scalar.text) == words.end()) {
        fault = {"is not a known word", range_text(value, allowed),
                 did_you_mean(scalar.text, {words.begin(), words.end()})};
        return false;
    }
    value = scalar.text;
    return true;
}

std::string expected_quantity(const units::Family& family, const Allowed& allowed) {
    return allowed.values.empty() ? units::expectation(family)
                                  : range_text(std::int64_t{}, allowed);
}

std::string expected(std::int64_t, const Allowed& allowed) {
    return allowed.values.empty() ? "an integer"
                                  : "an integer from " + range_text(std::int64_t{}, allowed);
}

std::string expected(bool, const Allowed& allowed) {
    return range_text(false, allowed);
}

std::string expected(const std::string& value, const Allowed& allowed) {
    return allowed.values.empty() ? "text" : range_text(value, allowed);
}

std::string range_text(bool, const Allowed&) {
    return "true or false";
}

std::string range_text(const std::string&, const Allowed& allowed) {
    return list_of({allowed.values.begin(), allowed.values.end()});
}

std::string range_text(std::int64_t, const Allowed& allowed) {
    return allowed.values.size() == 2
               ? fmt::format("{} to {}", allowed.values[0], allowed.values[1])
               : std::string{};
}

}  // namespace vr::configuration
