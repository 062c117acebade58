// SPDX-License-Identifier: Apache-2.0
#include "traces/formats/workload/line_object.h"

#include <algorithm>

namespace vr::workload_trace {

using nlohmann::json;

namespace {

// What the user wrote, cut so that a message stays one line.
std::string shown(const json& value) {
    std::string text = value.dump(-1, ' ', false, json::error_handler_t::replace);
    constexpr std::size_t kMost = 60;
    if (text.size() > kMost) {
        text.resize(kMost);
        text += "...";
    }
    return text;
}

}  // namespace

std::string suggest(std::string_view given, const std::vector<std::string>& known) {
    const std::string nearest = nearest_name(given, known);
    return nearest.empty() ? std::string{} : fmt::format("did you mean '{}'?", nearest);
}

std::string listed(const std::vector<std::string>& words) {
    std::string out;
    for (const std::string& word : words) {
        out += (out.empty() ? "" : ", ") + word;
    }
    return out;
}

bool LineObject::has(std::string_view key) const {
    return object_.contains(key);
}

std::uint32_t LineObject::column(std::string_view key) const {
    for (std::size_t at = context_.text.find(key); at != std::string_view::npos;
         at = context_.text.find(key, at + 1)) {
        const std::size_t end = at + key.size();
        if (at > 0 && context_.text[at - 1] == '"' && end < context_.text.size() &&
            context_.text[end] == '"') {
            return static_cast<std::uint32_t>(at);  // 1-based column of the opening quote
        }
    }
    return 0;
}

void LineObject::problem(std::string_view key, std::string what, std::string allowed,
                         std::string hint) const {
    context_.problems->push_back({*context_.file, context_.line, column(key), std::move(what),
                                  std::move(allowed), std::move(hint)});
}

void LineObject::allow_only(const std::vector<std::string>& keys) const {
    for (auto item = object_.begin(); item != object_.end(); ++item) {
        const std::string& key = item.key();
        if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
            problem(key, fmt::format("unknown key '{}'", key), listed(keys), suggest(key, keys));
        }
    }
}

const json* LineObject::find(std::string_view key, std::string_view allowed, bool required) const {
    const auto found = object_.find(std::string(key));
    if (found != object_.end()) {
        return &*found;
    }
    if (required) {
        problem(key, fmt::format("key '{}' is missing", key),
                fmt::format("\"{}\": {}", key, allowed), "add it to this line");
    }
    return nullptr;
}

std::optional<std::string> LineObject::text(std::string_view key, std::string_view allowed) const {
    const json* value = find(key, allowed, true);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!value->is_string() || value->get_ref<const std::string&>().empty()) {
        problem(key, fmt::format("'{}' is {}", key, shown(*value)), std::string(allowed));
        return std::nullopt;
    }
    return value->get<std::string>();
}

std::optional<std::size_t> LineObject::word(std::string_view key, std::string_view what,
                                            const std::vector<std::string>& words) const {
    const std::string allowed = listed(words);
    const std::optional<std::string> given = text(key, allowed);
    if (!given) {
        return std::nullopt;
    }
    const auto found = std::find(words.begin(), words.end(), *given);
    if (found == words.end()) {
        problem(key, fmt::format("unknown {} '{}'", what, *given), allowed, suggest(*given, words));
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - words.begin());
}

std::optional<std::int64_t> LineObject::integer(std::string_view key, std::int64_t low,
                                                std::int64_t high,
                                                std::optional<std::int64_t> standard) const {
    const std::string allowed = fmt::format("an integer from {} to {}", low, high);
    const json* value = find(key, allowed, !standard.has_value());
    if (value == nullptr) {
        return standard;
    }
    const bool fits = value->is_number_integer() &&
                      !(value->is_number_unsigned() &&
                        value->get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX));
    if (!fits || value->get<std::int64_t>() < low || value->get<std::int64_t>() > high) {
        problem(key, fmt::format("'{}' is {}", key, shown(*value)), allowed);
        return std::nullopt;
    }
    return value->get<std::int64_t>();
}

std::optional<double> LineObject::number(std::string_view key, double low, double high,
                                         std::optional<double> standard) const {
    const std::string allowed = fmt::format("a number from {} to {}", low, high);
    const json* value = find(key, allowed, !standard.has_value());
    if (value == nullptr) {
        return standard;
    }
    const double given = value->is_number() ? value->get<double>() : low - 1;
    if (!(given >= low && given <= high)) {
        problem(key, fmt::format("'{}' is {}", key, shown(*value)), allowed);
        return std::nullopt;
    }
    return given;
}

bool LineObject::flag(std::string_view key) const {
    const json* value = find(key, "true or false", false);
    if (value != nullptr && !value->is_boolean()) {
        problem(key, fmt::format("'{}' is {}", key, shown(*value)), "true or false");
        return false;
    }
    return value != nullptr && value->get<bool>();
}

std::optional<std::vector<std::int64_t>> LineObject::integers(std::string_view key,
                                                              std::int64_t low,
                                                              std::int64_t high) const {
    const std::string allowed =
        fmt::format("a list of at least one integer, each from {} to {}", low, high);
    const json* value = find(key, allowed, true);
    if (value == nullptr) {
        return std::nullopt;
    }
    std::vector<std::int64_t> out;
    bool right = value->is_array() && !value->empty();
    for (std::size_t i = 0; right && i < value->size(); ++i) {
        const json& item = (*value)[i];
        // An unsigned beyond 2^63 reads as negative and is refused too.
        right = item.is_number_integer() && item.get<std::int64_t>() >= low &&
                item.get<std::int64_t>() <= high;
        out.push_back(right ? item.get<std::int64_t>() : 0);
    }
    if (!right) {
        problem(key, fmt::format("'{}' is {}", key, shown(*value)), allowed);
        return std::nullopt;
    }
    return out;
}

std::vector<std::pair<std::string, std::int64_t>> LineObject::named_integers(
    std::string_view key) const {
    constexpr std::string_view kAllowed = "an object whose values are integers of 64 bits";
    const json* value = find(key, kAllowed, false);
    if (value == nullptr) {
        return {};
    }
    std::vector<std::pair<std::string, std::int64_t>> out;
    bool right = value->is_object();
    if (right) {
        for (const auto& [name, item] : value->items()) {
            // Beyond 2^63 an integer is unsigned and would read as negative.
            right = right && item.is_number_integer() &&
                    (!item.is_number_unsigned() || item.get<std::int64_t>() >= 0);
            out.emplace_back(name, right ? item.get<std::int64_t>() : 0);
        }
    }
    if (!right) {
        problem(key, fmt::format("'{}' is {}", key, shown(*value)), std::string(kAllowed));
        return {};
    }
    return out;
}

std::optional<std::vector<std::string>> LineObject::texts(std::string_view key,
                                                          bool required) const {
    constexpr std::string_view kAllowed = "a list of names";
    const json* value = find(key, kAllowed, required);
    if (value == nullptr) {
        return required ? std::nullopt : std::optional<std::vector<std::string>>{std::in_place};
    }
    std::vector<std::string> out;
    bool right = value->is_array();
    for (const json& item : right ? *value : json::array()) {
        right = right && item.is_string();
        if (right) {
            out.push_back(item.get<std::string>());
        }
    }
    if (!right) {
        problem(key, fmt::format("'{}' is {}", key, shown(*value)), std::string(kAllowed));
        return std::nullopt;
    }
    return out;
}

std::optional<std::pair<std::int64_t, std::int64_t>> LineObject::shape(std::string_view key,
                                                                       std::int64_t high) const {
    const std::string allowed = fmt::format("[rows, columns], each an integer from 1 to {}", high);
    const json* value = find(key, allowed, true);
    if (value == nullptr) {
        return std::nullopt;
    }
    bool right = value->is_array() && value->size() == 2;
    for (std::size_t i = 0; right && i < 2; ++i) {
        const json& side = (*value)[i];
        // An unsigned beyond 2^63 reads as negative and is refused too.
        right = side.is_number_integer() && side.get<std::int64_t>() >= 1 &&
                side.get<std::int64_t>() <= high;
    }
    if (!right) {
        problem(key, fmt::format("'{}' is {}", key, shown(*value)), allowed);
        return std::nullopt;
    }
    return std::pair{(*value)[0].get<std::int64_t>(), (*value)[1].get<std::int64_t>()};
}

}  // namespace vr::workload_trace
