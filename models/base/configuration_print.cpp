// SPDX-License-Identifier: Apache-2.0
// The ledger, and the expanded configuration: TOML that loads back to the same values and
// provenance.
#include <algorithm>

#include "models/base/configuration_impl.h"

namespace vr {

using namespace configuration;

namespace {

// A TOML basic string.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
        } else {
            out += c;
        }
    }
    return out + '"';
}

// A key, in quotes when it names an instance ("sm[3]").
std::string key_text(std::string_view name) {
    return name.find('[') == std::string_view::npos ? std::string(name) : quoted(name);
}

std::string header_text(std::string_view path) {
    const std::string_view parent = parent_of(path);
    return parent.empty() ? key_text(path) : header_text(parent) + "." + key_text(name_of(path));
}

std::string line_text(const LedgerEntry& entry, bool is_quoted, const std::string& note) {
    const std::string value = is_quoted ? quoted(entry.value) : entry.value;
    const std::string_view name = name_of(entry.path);
    if (entry.status == Status::kUser && entry.source.empty() && note.empty()) {
        return fmt::format("{} = {}\n", name, value);
    }
    std::string line =
        fmt::format("{} = {{value = {}, status = \"{}\"", name, value, status_name(entry.status));
    if (!entry.source.empty()) {
        line += fmt::format(", source = {}", quoted(entry.source));
    }
    if (!note.empty()) {
        line += fmt::format(", note = {}", quoted(note));
    }
    return line + "}\n";
}

}  // namespace

const std::vector<LedgerEntry>& Configuration::ledger() const {
    return impl_->ledger;
}

std::string Configuration::expanded() const {
    // TOML wants each table once, the root first; tables keep the order in which they were first
    // bound.
    std::vector<std::string> tables = {""};
    for (const LedgerEntry& entry : impl_->ledger) {
        const std::string table(parent_of(entry.path));
        if (std::find(tables.begin(), tables.end(), table) == tables.end()) {
            tables.push_back(table);
        }
    }
    std::string text;
    for (const std::string& table : tables) {
        if (!table.empty()) {
            text += fmt::format("\n[{}]\n", header_text(table));
        }
        for (std::size_t i = 0; i < impl_->ledger.size(); ++i) {
            if (parent_of(impl_->ledger[i].path) == table) {
                text +=
                    line_text(impl_->ledger[i], impl_->printed[i].quoted, impl_->printed[i].note);
            }
        }
        if (table.empty() && (!impl_->title.empty() || !impl_->description.empty())) {
            text += "\n[platform]\n";
            for (const auto& [key, value] : {std::pair{"name", &impl_->title},
                                             std::pair{"description", &impl_->description}}) {
                if (!value->empty()) {
                    text += fmt::format("{} = {}\n", key, quoted(*value));
                }
            }
        }
    }
    // The text starts with its first line, not with the blank one that parts tables.
    return text.substr(std::min(text.find_first_not_of('\n'), text.size()));
}

}  // namespace vr
