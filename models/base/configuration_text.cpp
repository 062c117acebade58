// SPDX-License-Identifier: Apache-2.0
// Small texts and paths of the configuration engine.
#include "models/base/configuration_document.h"

namespace vr {

std::string_view status_name(Status status) {
    switch (status) {
        case Status::kPublished:
            return "published";
        case Status::kDerived:
            return "derived";
        case Status::kEstimated:
            return "estimated";
        case Status::kCalibrated:
            return "calibrated";
        case Status::kDefault:
            return "default";
        case Status::kUser:
            return "user";
    }
    throw InternalError("a status without a name");
}

namespace configuration {

std::string text_of(const Place& place) {
    return fmt::format("{}:{}:{}", place.file, place.line, place.column);
}

Diagnostic at(const Place& place, std::string what, std::string allowed, std::string hint) {
    return {place.file,      place.line,         place.column,
            std::move(what), std::move(allowed), std::move(hint)};
}

std::string Scalar::shown() const {
    switch (kind) {
        case Kind::kText:
            return fmt::format("\"{}\"", text);
        case Kind::kSetting: {
            const bool bare =
                text == "true" || text == "false" ||
                (!text.empty() && text.find_first_not_of("+-.0123456789") == std::string::npos);
            return bare ? text : fmt::format("\"{}\"", text);
        }
        case Kind::kList:
            return "[...]";
        case Kind::kTable:
        case Kind::kDate:
            return {};
        default:
            return text;
    }
}

std::string_view Scalar::kind_name() const {
    switch (kind) {
        case Kind::kText:
        case Kind::kSetting:
            return "text";
        case Kind::kInteger:
            return "an integer";
        case Kind::kDecimal:
            return "a decimal number";
        case Kind::kBoolean:
            return "a boolean";
        case Kind::kList:
            return "a list";
        case Kind::kDate:
            return "a date or time";
        case Kind::kTable:
            return "a table";
    }
    throw InternalError("a kind of value without a name");
}

std::string assignment(std::string_view path, const Scalar& scalar) {
    const std::string shown = scalar.shown();
    return shown.empty() ? std::string(path) : fmt::format("{} = {}", path, shown);
}

std::string join(std::string_view path, std::string_view name) {
    return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
}

std::string_view parent_of(std::string_view path) {
    const std::size_t dot = path.rfind('.');
    return dot == std::string_view::npos ? std::string_view{} : path.substr(0, dot);
}

std::string_view name_of(std::string_view path) {
    const std::size_t dot = path.rfind('.');
    return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

bool is_below(std::string_view path, std::string_view table) {
    return table.empty() || (path.size() > table.size() && path.substr(0, table.size()) == table &&
                             path[table.size()] == '.');
}

std::string list_of(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) {
        list += list.empty() ? "" : ", ";
        list += name;
    }
    return list;
}

std::string did_you_mean(std::string_view given, const std::vector<std::string>& candidates) {
    const std::string nearest = nearest_name(given, candidates);
    return nearest.empty() ? std::string{} : fmt::format("did you mean \"{}\"?", nearest);
}

}  // namespace configuration
}  // namespace vr
