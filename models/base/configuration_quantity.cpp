// SPDX-License-Identifier: Apache-2.0
// parse_quantity() of configuration.h.
#include "models/base/configuration.h"
#include "models/base/quantity_units.h"

namespace vr {

namespace {

template <class Value>
bool parse(std::string_view text, Value& value, std::string& allowed) {
    const units::Family& family = units::family(value);
    const units::ParseResult result = units::parse(text, family);
    if (result.outcome != units::Outcome::kOk) {
        allowed = units::expectation(family, result.number);
        return false;
    }
    value.value = result.value;
    return true;
}

}  // namespace

bool parse_quantity(std::string_view text, Time& value, std::string& allowed) {
    return parse(text, value, allowed);
}
bool parse_quantity(std::string_view text, Bytes& value, std::string& allowed) {
    return parse(text, value, allowed);
}
bool parse_quantity(std::string_view text, Frequency& value, std::string& allowed) {
    return parse(text, value, allowed);
}
bool parse_quantity(std::string_view text, Bandwidth& value, std::string& allowed) {
    return parse(text, value, allowed);
}
bool parse_quantity(std::string_view text, BitRate& value, std::string& allowed) {
    return parse(text, value, allowed);
}
bool parse_quantity(std::string_view text, Cycles& value, std::string& allowed) {
    return parse(text, value, allowed);
}
bool parse_quantity(std::string_view text, BytesPerCycle& value, std::string& allowed) {
    return parse(text, value, allowed);
}
bool parse_quantity(std::string_view text, Energy& value, std::string& allowed) {
    return parse(text, value, allowed);
}

}  // namespace vr
