// SPDX-License-Identifier: Apache-2.0
#include "traces/formats/chakra/attributes.h"

#include <array>
#include <limits>

namespace vr::chakra {

namespace {

constexpr std::array<std::string_view, 33> kSlots = {"",
                                                     "",
                                                     "",
                                                     "double_val",
                                                     "double_list",
                                                     "float_val",
                                                     "float_list",
                                                     "int32_val",
                                                     "int32_list",
                                                     "int64_val",
                                                     "int64_list",
                                                     "uint32_val",
                                                     "uint32_list",
                                                     "uint64_val",
                                                     "uint64_list",
                                                     "sint32_val",
                                                     "sint32_list",
                                                     "sint64_val",
                                                     "sint64_list",
                                                     "fixed32_val",
                                                     "fixed32_list",
                                                     "fixed64_val",
                                                     "fixed64_list",
                                                     "sfixed32_val",
                                                     "sfixed32_list",
                                                     "sfixed64_val",
                                                     "sfixed64_list",
                                                     "bool_val",
                                                     "bool_list",
                                                     "string_val",
                                                     "string_list",
                                                     "bytes_val",
                                                     "bytes_list"};

constexpr std::string_view kIntegerSlots =
    "an integer slot (int32, int64, uint32, uint64, sint32, sint64, fixed32, fixed64, sfixed32, "
    "sfixed64)";

struct Integer {
    bool present = false;
    bool fits = true;
    std::int64_t value = 0;
};

Integer from(std::uint64_t value) {
    const bool fits = value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return {true, fits, fits ? static_cast<std::int64_t>(value) : 0};
}

Integer any_integer(const Attribute& a) {
    switch (a.value_case()) {
        case Attribute::kInt32Val:
            return {true, true, a.int32_val()};
        case Attribute::kInt64Val:
            return {true, true, a.int64_val()};
        case Attribute::kUint32Val:
            return {true, true, a.uint32_val()};
        case Attribute::kUint64Val:
            return from(a.uint64_val());
        case Attribute::kSint32Val:
            return {true, true, a.sint32_val()};
        case Attribute::kSint64Val:
            return {true, true, a.sint64_val()};
        case Attribute::kFixed32Val:
            return {true, true, a.fixed32_val()};
        case Attribute::kFixed64Val:
            return from(a.fixed64_val());
        case Attribute::kSfixed32Val:
            return {true, true, a.sfixed32_val()};
        case Attribute::kSfixed64Val:
            return {true, true, a.sfixed64_val()};
        default:
            return {};
    }
}

}  // namespace

std::string_view slot_name(Attribute::ValueCase slot) {
    const auto number = static_cast<std::size_t>(slot);
    return number < kSlots.size() ? kSlots[number] : "";
}

Attributes::Attributes(const List& list, const MessageContext& context) : context_(context) {
    for (const Attribute& attribute : list) {
        if (!by_name_.emplace(attribute.name(), &attribute).second) {
            context.problem(fmt::format("attribute '{}' stands twice", attribute.name()),
                            "one value for each name");
        }
        if (attribute.value_case() == Attribute::VALUE_NOT_SET) {
            context.problem(fmt::format("attribute '{}' has no value", attribute.name()),
                            "a value in one of the slots 3 to 32",
                            "a slot of another wire type reads as no value");
        }
    }
}

const Attribute* Attributes::find(const std::string& name) const {
    const auto found = by_name_.find(name);
    if (found == by_name_.end()) {
        return nullptr;
    }
    read_[name] = true;
    const bool empty = found->second->value_case() == Attribute::VALUE_NOT_SET;
    return empty ? nullptr : found->second;  // that was reported
}

void Attributes::wrong_slot(const Attribute& attribute, std::string_view allowed) const {
    context_.problem(fmt::format("attribute '{}' stands in the slot {}", attribute.name(),
                                 slot_name(attribute.value_case())),
                     std::string(allowed), "read as it is, it would count as zero");
}

std::optional<std::int64_t> Attributes::integer(const std::string& name, Attribute::ValueCase slot,
                                                bool negative) const {
    const Attribute* attribute = find(name);
    if (attribute == nullptr) {
        return std::nullopt;
    }
    const Integer value = any_integer(*attribute);
    if (!value.present) {
        wrong_slot(*attribute, kIntegerSlots);
        return std::nullopt;
    }
    if (!value.fits || (value.value < 0 && !negative)) {
        context_.problem(fmt::format("attribute '{}' is {}", name,
                                     value.fits ? fmt::format("{}", value.value) : "above 2^63"),
                         "0 to 2^63 - 1");
        return std::nullopt;
    }
    if (attribute->value_case() != slot) {
        ++(*context_.odd_slots)[fmt::format(
            "attribute '{}' stands in the slot {}; other readers look at {}", name,
            slot_name(attribute->value_case()), slot_name(slot))];
    }
    return value.value;
}

std::optional<bool> Attributes::boolean(const std::string& name) const {
    const Attribute* attribute = find(name);
    if (attribute == nullptr) {
        return std::nullopt;
    }
    if (attribute->value_case() == Attribute::kBoolVal) {
        return attribute->bool_val();
    }
    const Integer value = any_integer(*attribute);
    if (!value.present || value.value < 0 || value.value > 1) {
        wrong_slot(*attribute, "bool_val, or an integer slot with 0 or 1");
        return std::nullopt;
    }
    return value.value == 1;
}

std::optional<std::string> Attributes::text(const std::string& name) const {
    const Attribute* attribute = find(name);
    if (attribute == nullptr) {
        return std::nullopt;
    }
    if (attribute->value_case() == Attribute::kStringVal) {
        return attribute->string_val();
    }
    const Integer value = any_integer(*attribute);
    if (!value.present || !value.fits) {
        wrong_slot(*attribute, "string_val");
        return std::nullopt;
    }
    return std::to_string(value.value);
}

std::vector<std::string> Attributes::texts(const std::string& name) const {
    const Attribute* attribute = find(name);
    if (attribute == nullptr) {
        return {};
    }
    if (attribute->value_case() != Attribute::kStringList) {
        wrong_slot(*attribute, "string_list");
        return {};
    }
    return {attribute->string_list().values().begin(), attribute->string_list().values().end()};
}

std::vector<std::string> Attributes::unread() const {
    std::vector<std::string> out;
    for (const auto& [name, attribute] : by_name_) {
        if (read_.count(name) == 0) {
            out.push_back(name);
        }
    }
    return out;
}

}  // namespace vr::chakra
