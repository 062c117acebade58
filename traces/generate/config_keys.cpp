// SPDX-License-Identifier: Apache-2.0
#include "traces/generate/config_keys.h"

#include <algorithm>

#include "traces/formats/workload/line_object.h"

namespace vr {

using nlohmann::json;

namespace {
constexpr std::int64_t kMost = std::int64_t{1} << 30;  // rows or columns of a tensor
}  // namespace

bool ConfigKeys::has(const std::string& key) const {
    return object_.contains(key) && !object_.at(key).is_null();
}

std::uint32_t ConfigKeys::line(const std::string& key) const {
    const std::size_t at = text_.find("\"" + key + "\"");
    return at == std::string::npos
               ? 0
               : static_cast<std::uint32_t>(
                     std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at),
                                '\n') +
                     1);
}

void ConfigKeys::problem(const std::string& key, std::string what, std::string allowed,
                         std::string hint) {
    problems_.push_back(
        {file_, line(key), 0, std::move(what), std::move(allowed), std::move(hint)});
}

const json* ConfigKeys::find(const std::string& key, bool required, const std::string& allowed) {
    if (object_.contains(key)) {
        lines_[key] = line(key);
    }
    if (has(key)) {
        return &object_.at(key);
    }
    if (required) {
        std::vector<std::string> known;
        for (auto item = object_.begin(); item != object_.end(); ++item) {
            known.push_back(item.key());
        }
        const std::string nearest = workload_trace::suggest(key, known);
        problem(key,
                object_.contains(key) ? fmt::format("key '{}' is null", key)
                                      : fmt::format("key '{}' is missing", key),
                fmt::format("\"{}\": {}", key, allowed),
                nearest.empty() ? "add it, from the model's own config.json" : nearest);
    }
    return nullptr;
}

void ConfigKeys::wrong(const std::string& key, const json& value, const std::string& allowed) {
    constexpr std::size_t kShown = 60;
    std::string shown = value.dump(-1, ' ', false, json::error_handler_t::replace);
    if (shown.size() > kShown) {
        shown = shown.substr(0, kShown) + "...";
    }
    problem(key, fmt::format("'{}' is {}", key, shown), allowed,
            "take the value from the model's own config.json");
}

std::int64_t ConfigKeys::integer(const std::string& key, std::int64_t low,
                                 std::optional<std::int64_t> standard) {
    const std::string allowed = fmt::format("an integer from {} to {}", low, kMost);
    const json* value = find(key, !standard, allowed);
    if (value == nullptr) {
        return standard.value_or(low);
    }
    // An unsigned beyond 2^63 reads as negative and is refused too.
    if (!value->is_number_integer() || value->get<std::int64_t>() < low ||
        value->get<std::int64_t>() > kMost) {
        wrong(key, *value, allowed);
        return low;
    }
    return value->get<std::int64_t>();
}

double ConfigKeys::number(const std::string& key, double low, double high,
                          std::optional<double> standard) {
    const std::string allowed = fmt::format("a number from {} to {}", low, high);
    const json* value = find(key, !standard, allowed);
    if (value == nullptr) {
        return standard.value_or(low);
    }
    const double given = value->is_number() ? value->get<double>() : low - 1;
    if (!(given >= low && given <= high)) {
        wrong(key, *value, allowed);
        return low;
    }
    return given;
}

bool ConfigKeys::flag(const std::string& key, bool standard) {
    const json* value = find(key, false, "");
    if (value == nullptr) {
        return standard;
    }
    if (!value->is_boolean()) {
        wrong(key, *value, "true or false");
        return standard;
    }
    return value->get<bool>();
}

std::string ConfigKeys::word(const std::string& key, const std::vector<std::string>& words,
                             const std::optional<std::string>& standard) {
    const std::string allowed = workload_trace::listed(words);
    const json* value = find(key, !standard, allowed);
    if (value == nullptr) {
        return standard.value_or(words.front());
    }
    if (!value->is_string() ||
        std::find(words.begin(), words.end(), value->get<std::string>()) == words.end()) {
        const json& given = *value;
        problem(key,
                fmt::format("'{}' is {}", key,
                            given.dump(-1, ' ', false, json::error_handler_t::replace)),
                allowed, "other architectures are not known to vrsim workload");
        return words.front();
    }
    return value->get<std::string>();
}

}  // namespace vr
