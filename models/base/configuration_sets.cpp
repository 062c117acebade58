// SPDX-License-Identifier: Apache-2.0
// --set: what a path or a tail of one means, and what to say when it means nothing or too much.
#include <algorithm>

#include "models/base/configuration_impl.h"

namespace vr {

namespace configuration {

namespace {

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kSpaces = " \t";
    const std::size_t begin = text.find_first_not_of(kSpaces);
    return begin == std::string_view::npos
               ? std::string_view{}
               : text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
}

std::string_view unquoted(std::string_view text) {
    const bool quoted = text.size() >= 2 && text.front() == text.back() &&
                        (text.front() == '"' || text.front() == '\'');
    return quoted ? text.substr(1, text.size() - 2) : text;
}

bool names_instance(std::string_view path) {
    return path.find('[') != std::string_view::npos;
}

// The last `count` names of `path`.
std::string_view tail_of(std::string_view path, std::size_t count) {
    std::size_t at = path.size();
    while (count-- > 0) {
        at = path.rfind('.', at == 0 ? 0 : at - 1);
        if (at == std::string_view::npos) {
            return path;
        }
    }
    return path.substr(at + 1);
}

// The known path whose tail of equal depth is nearest to `given`.
std::string nearest_path(std::string_view given, const std::set<std::string>& known) {
    const auto depth = static_cast<std::size_t>(std::count(given.begin(), given.end(), '.')) + 1;
    std::vector<std::string> tails;
    for (const std::string& path : known) {
        tails.emplace_back(tail_of(path, depth));
    }
    const std::string nearest = nearest_name(given, tails);
    for (const std::string& path : known) {
        if (!nearest.empty() && tail_of(path, depth) == nearest) {
            return path;
        }
    }
    return {};
}

}  // namespace

std::vector<Setting> read_settings(const std::vector<std::string>& sets, const Document& document,
                                   std::vector<Diagnostic>& problems) {
    std::vector<Setting> settings;
    for (const std::string& text : sets) {
        const std::size_t equals = text.find('=');
        const std::string_view path = trimmed(std::string_view(text).substr(0, equals));
        const std::string_view value = equals == std::string::npos
                                           ? std::string_view{}
                                           : trimmed(std::string_view(text).substr(equals + 1));
        if (path.empty() || value.empty()) {
            problems.push_back(
                at({std::string(kSetFile)},
                   fmt::format("\"{}\" {}", text, path.empty() ? "has no path" : "has no value"),
                   "PATH=VALUE, e.g. gpu.l2.capacity=96 MiB"));
            continue;
        }
        Setting setting;
        setting.path = std::string(path);
        setting.scalar = {Scalar::Kind::kSetting, std::string(unquoted(value))};
        setting.exact = document.values.contains(setting.path);
        settings.push_back(std::move(setting));
    }
    return settings;
}

bool matches(const Setting& setting, std::string_view path) {
    if (names_instance(setting.path) != names_instance(path)) {
        return false;
    }
    if (setting.exact || path.size() <= setting.path.size()) {
        return path == setting.path;
    }
    return path.substr(path.size() - setting.path.size()) == setting.path &&
           path[path.size() - setting.path.size() - 1] == '.';
}

}  // namespace configuration

using namespace configuration;

std::string Configuration::Impl::instance_hint(std::string_view path) const {
    const std::size_t open = path.find('[');
    if (open == std::string_view::npos) {
        return {};
    }
    const std::string_view base = path.substr(0, open);
    for (const auto& [unit, indices] : instances) {
        if (unit == base || is_below(base, unit) ||
            (unit.size() > base.size() && unit.substr(unit.size() - base.size()) == base &&
             unit[unit.size() - base.size() - 1] == '.')) {
            return fmt::format("{} has the instances {} to {}", unit, *indices.begin(),
                               *indices.rbegin());
        }
    }
    return fmt::format("no unit at {} is configured by instance", base);
}

void Configuration::Impl::report_settings(std::vector<Diagnostic>& found) const {
    const Place place{std::string(kSetFile), 0, 0};
    std::map<std::string, const Setting*> given;
    for (const Setting& setting : settings) {
        const std::string text = assignment(setting.path, setting.scalar);
        if (setting.matches.empty()) {
            const std::string nearest = nearest_path(setting.path, known);
            std::string hint = instance_hint(setting.path);
            if (hint.empty() && !nearest.empty()) {
                hint = fmt::format("did you mean {}?", nearest);
            }
            found.push_back(at(place, text + " matches no parameter",
                               "the path of a parameter or a unique tail of one", hint));
        } else if (setting.matches.size() > 1) {
            found.push_back(at(place,
                               fmt::format("{} is ambiguous: {} parameters end in it", text,
                                           setting.matches.size()),
                               list_of(setting.matches), "write one of these paths"));
        } else {
            found.insert(found.end(), setting.problems.begin(), setting.problems.end());
            const auto [first, is_new] = given.emplace(setting.matches.front(), &setting);
            if (!is_new) {
                found.push_back(
                    at(place,
                       fmt::format("{} is set twice: {} and {}", first->first,
                                   assignment(first->second->path, first->second->scalar), text),
                       "one --set for each parameter"));
            }
        }
    }
}

}  // namespace vr
