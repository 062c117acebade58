// SPDX-License-Identifier: Apache-2.0
// The end of a reading: what nobody read, and all problems together.
#include <algorithm>
#include <tuple>

#include "models/base/configuration_impl.h"

namespace vr {

using namespace configuration;

std::vector<std::string> Configuration::Impl::keys_in(std::string_view table) const {
    std::set<std::string> keys;
    for (const std::string& path : known) {
        if (is_below(path, table) && path.find('[') == std::string::npos) {
            const std::size_t begin = table.empty() ? 0 : table.size() + 1;
            keys.insert(path.substr(begin, path.find('.', begin) - begin));
        }
    }
    return {keys.begin(), keys.end()};
}

// Nearest among the keys of the same table; otherwise the paths that have the same last name,
// wherever they are.
Diagnostic Configuration::Impl::unread_value(const std::string& path, const Leaf& leaf) const {
    const std::string text = assignment(path, leaf.scalar);
    if (const std::vector<std::string> inner = keys_in(path); !inner.empty()) {
        return at(leaf.value, text + " is a value where a table is needed",
                  fmt::format("a table with {}", list_of(inner)));
    }
    std::string hint = instance_hint(path);
    if (!hint.empty()) {
        return at(leaf.key, text + " is read by nobody", {}, hint);
    }
    const std::string_view table = parent_of(path);
    const std::vector<std::string> siblings = keys_in(table);
    const std::string nearest = nearest_name(name_of(path), siblings);
    if (!nearest.empty()) {
        hint = fmt::format("did you mean {}?", join(table, nearest));
    } else if (const std::string far = nearest_name(path, {known.begin(), known.end()});
               !far.empty()) {
        hint = fmt::format("did you mean {}?", far);
    }
    return at(leaf.key, text + " is an unknown key", list_of(siblings), hint);
}

void Configuration::Impl::report_unread(std::vector<Diagnostic>& found) const {
    // A parameter that was given as a table is reported where it is read; the keys in it need no
    // second word.
    const auto inside_value = [&](std::string_view path) {
        return std::any_of(known.begin(), known.end(),
                           [&](const std::string& key) { return is_below(path, key); });
    };
    // A table of which nothing is known is one problem, not one for each of its keys.
    std::vector<std::string> unknown_tables;
    const auto inside_unknown = [&](const std::string& path) {
        return std::any_of(unknown_tables.begin(), unknown_tables.end(),
                           [&](const std::string& table) { return is_below(path, table); });
    };
    for (const auto& [path, place] : document.tables) {
        const bool is_group = known.contains(path) || !keys_in(path).empty();
        const bool is_instance = path.find('[') != std::string::npos;  // judged key by key
        if (is_group || is_instance || inside_value(path) || inside_unknown(path)) {
            continue;
        }
        unknown_tables.push_back(path);
        const std::string_view parent = parent_of(path);
        std::vector<std::string> groups;
        for (const std::string& key : keys_in(parent)) {
            if (!known.contains(join(parent, key))) {
                groups.push_back(key);
            }
        }
        const std::string nearest = nearest_name(name_of(path), groups);
        found.push_back(
            at(place, fmt::format("[{}] is an unknown table", path), list_of(groups),
               nearest.empty() ? "" : fmt::format("did you mean [{}]?", join(parent, nearest))));
    }
    for (const auto& [path, leaf] : document.values) {
        if (!known.contains(path) && !inside_value(path) && !inside_unknown(path)) {
            found.push_back(unread_value(path, leaf));
        }
    }
}

void Configuration::Impl::report_unread_beside_read(std::vector<Diagnostic>& found) const {
    std::set<std::string_view> tables = {""};
    for (const std::string& path : known) {
        tables.insert(parent_of(path));
    }
    for (const auto& [path, leaf] : document.values) {
        if (!known.contains(path) && tables.contains(parent_of(path))) {
            found.push_back(unread_value(path, leaf));
        }
    }
}

void Configuration::Impl::refuse(std::vector<Diagnostic> found) {
    if (found.empty()) {
        return;
    }
    const auto order = [](const Diagnostic& d) {
        return std::tie(d.file, d.line, d.column, d.what, d.allowed, d.hint);
    };
    std::sort(found.begin(), found.end(),
              [&](const Diagnostic& a, const Diagnostic& b) { return order(a) < order(b); });
    // A path that is bound twice finds its problem twice.
    found.erase(
        std::unique(found.begin(), found.end(),
                    [&](const Diagnostic& a, const Diagnostic& b) { return order(a) == order(b); }),
        found.end());
    throw InputError(std::move(found));
}

void Configuration::finish() {
    std::vector<Diagnostic> found = impl_->problems;
    impl_->report_unread(found);
    impl_->report_settings(found);
    Impl::refuse(std::move(found));
}

void Configuration::finish_part() {
    std::vector<Diagnostic> found = impl_->problems;
    impl_->report_unread_beside_read(found);
    impl_->report_settings(found);
    Impl::refuse(std::move(found));
}

}  // namespace vr
