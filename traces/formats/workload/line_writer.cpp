// SPDX-License-Identifier: Apache-2.0
#include "traces/formats/workload/line_writer.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace vr {

std::string json_text(const std::string& text) {
    return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

LineWriter& LineWriter::texts(std::string_view key, const std::vector<std::string>& values) {
    std::string list;
    for (const std::string& value : values) {
        list += (list.empty() ? "" : ", ") + json_text(value);
    }
    return raw(key, "[" + list + "]");
}

LineWriter& LineWriter::integers(std::string_view key, const std::vector<std::int64_t>& values) {
    return raw(key, fmt::format("[{}]", fmt::join(values, ", ")));
}

LineWriter& LineWriter::numbers(std::string_view key,
                                const std::vector<std::pair<std::string, std::int64_t>>& values) {
    std::string list;
    for (const auto& [name, value] : values) {
        list += fmt::format("{}{}: {}", list.empty() ? "" : ", ", json_text(name), value);
    }
    return raw(key, "{" + list + "}");
}

LineWriter& LineWriter::raw(std::string_view key, std::string_view json) {
    out_ += fmt::format("{}\"{}\": {}", out_.empty() ? "" : ", ", key, json);
    return *this;
}

}  // namespace vr
