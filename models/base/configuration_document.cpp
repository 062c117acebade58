// SPDX-License-Identifier: Apache-2.0
#include "models/base/configuration_document.h"

#include <algorithm>
#include <array>

namespace vr::configuration {

namespace {

constexpr std::array<std::string_view, 4> kValueKeys = {"value", "status", "source", "note"};
constexpr std::string_view kStatusWords =
    "published, derived, estimated, calibrated (in expanded configurations also default, user)";

bool is_value_key(std::string_view name) {
    return std::find(kValueKeys.begin(), kValueKeys.end(), name) != kValueKeys.end();
}

// A table is a value with provenance when it has a `value`, or a `status` and nothing that a group
// could have.
bool is_value_table(const TomlNode& node) {
    const auto has = [&](std::string_view name) {
        return std::any_of(node.children.begin(), node.children.end(),
                           [&](const TomlNode& child) { return child.name == name; });
    };
    return has("value") || (has("status") && std::all_of(node.children.begin(), node.children.end(),
                                                         [](const TomlNode& child) {
                                                             return is_value_key(child.name);
                                                         }));
}

// Letters, digits, _ and -, and for one instance an index: sm[3].
bool is_key(std::string_view name) {
    const auto plain = [](std::string_view text, std::string_view more) {
        return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
            return (c >= '0' && c <= '9') ||
                   (!more.empty() && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) ||
                   more.find(c) != std::string_view::npos;
        });
    };
    const std::size_t open = name.find('[');
    if (open == std::string_view::npos) {
        return plain(name, "_-");
    }
    return name.back() == ']' && plain(name.substr(0, open), "_-") &&
           plain(name.substr(open + 1, name.size() - open - 2), "");
}

class Flattener {
  public:
    explicit Flattener(std::vector<Diagnostic>& problems) : problems_(problems) {}
    void table(const std::string& path, const TomlNode& node) {
        for (const TomlNode& child : node.children) {
            const std::string& name = child.name;
            const std::string full = join(path, name);
            if (!is_key(name)) {
                problems_.push_back(at(child.key, fmt::format("\"{}\" cannot be a key", name),
                                       "letters, digits, _ and -; for one instance NAME[3]"));
            } else if (child.scalar.kind != Scalar::Kind::kTable) {
                Leaf leaf;
                leaf.scalar = child.scalar;
                leaf.key = child.key;
                leaf.value = child.value;
                for (const TomlNode& item : child.children) {
                    leaf.items.push_back({item.scalar, item.value});
                }
                document.values[full] = std::move(leaf);
            } else if (is_value_table(child)) {
                value(full, child);
            } else {
                document.tables[full] = child.key;
                table(full, child);
            }
        }
    }
    Document document;

  private:
    void value(const std::string& path, const TomlNode& node) {
        Leaf leaf;
        leaf.key = node.key;
        leaf.value = node.value;
        bool has_value = false;
        const TomlNode* status = nullptr;
        for (const TomlNode& child : node.children) {
            const std::string& name = child.name;
            const std::string full = join(path, name);
            if (name == "value") {
                has_value = true;
                leaf.scalar = child.scalar;
                leaf.value = child.value;
            } else if (name == "status") {
                status = &child;
                read_status(full, child, leaf.status);
            } else if (name == "source") {
                read_text(full, child, leaf.source);
            } else if (name == "note") {
                read_text(full, child, leaf.note);
            } else {
                problems_.push_back(at(
                    child.key, fmt::format("{} is an unknown key", assignment(full, child.scalar)),
                    "value, status, source, note",
                    did_you_mean(name, {kValueKeys.begin(), kValueKeys.end()})));
            }
        }
        if (!has_value) {
            problems_.push_back(
                at(node.key, path + " lacks its value", "value, status and source"));
            leaf.broken = true;
        }
        if (status == nullptr) {
            problems_.push_back(at(node.value, path + " lacks its status",
                                   std::string(kStatusWords),
                                   "or write the value alone, without a table"));
        } else if (leaf.source.empty() && leaf.status != Status::kUser &&
                   leaf.status != Status::kDefault) {
            problems_.push_back(
                at(node.value,
                   fmt::format("{} is {} but has no source", path, status_name(leaf.status)),
                   "source = \"where the value comes from\""));
        }
        document.values[path] = std::move(leaf);
    }

    void read_status(const std::string& path, const TomlNode& node, Status& status) {
        static constexpr std::array kAll = {Status::kPublished, Status::kDerived,
                                            Status::kEstimated, Status::kCalibrated,
                                            Status::kDefault,   Status::kUser};
        std::vector<std::string> names;
        for (const Status candidate : kAll) {
            names.emplace_back(status_name(candidate));
            if (node.scalar.kind == Scalar::Kind::kText && node.scalar.text == names.back()) {
                status = candidate;
                return;
            }
        }
        problems_.push_back(at(node.value, assignment(path, node.scalar) + " is not a status",
                               std::string(kStatusWords), did_you_mean(node.scalar.text, names)));
    }

    void read_text(const std::string& path, const TomlNode& node, std::string& text) {
        if (node.scalar.kind == Scalar::Kind::kText) {
            text = node.scalar.text;
        } else {
            problems_.push_back(
                at(node.value,
                   fmt::format("{} is {}", assignment(path, node.scalar), node.scalar.kind_name()),
                   "text"));
        }
    }

    std::vector<Diagnostic>& problems_;
};

// A path of `document` below `table`, or null.
const std::string* first_below(const std::map<std::string, Leaf>& values,
                               const std::string& table) {
    const auto found = values.lower_bound(table + ".");
    return found != values.end() && is_below(found->first, table) ? &found->first : nullptr;
}

}  // namespace

Document flatten(const TomlNode& root, std::vector<Diagnostic>& problems) {
    Flattener flattener(problems);
    flattener.table("", root);
    return std::move(flattener.document);
}

void overlay(Document& base, const Document& top, std::vector<Diagnostic>& problems) {
    for (const auto& [path, place] : top.tables) {
        if (const auto found = base.values.find(path); found != base.values.end()) {
            problems.push_back(at(place,
                                  fmt::format("{} is a table here but a value at {}", path,
                                              text_of(found->second.key)),
                                  "a value"));
        }
        base.tables.insert_or_assign(path, place);
    }
    for (const auto& [path, leaf] : top.values) {
        if (const std::string* inner = first_below(base.values, path)) {
            problems.push_back(
                at(leaf.key,
                   fmt::format("{} is a value here but a table at {}",
                               assignment(path, leaf.scalar), text_of(base.values.at(*inner).key)),
                   fmt::format("a table with keys, e.g. {}", *inner)));
        } else {
            base.values.insert_or_assign(path, leaf);
        }
    }
}

}  // namespace vr::configuration
