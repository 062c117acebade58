// SPDX-License-Identifier: Apache-2.0
// What configuration files say, before anybody knows the types: values by full path, each with its
// place and its provenance. For the configuration engine (configuration*.cpp) and for readers of other
// TOML tables.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/configuration.h"

namespace vr::configuration {

struct Place {
    std::string file;
    std::uint32_t line = 0;
    std::uint32_t column = 0;
};

/// "FILE:LINE:COLUMN".
[[nodiscard]] std::string text_of(const Place& place);
[[nodiscard]] Diagnostic at(const Place& place, std::string what, std::string allowed = {},
                            std::string hint = {});

/// One value as written. A --set has the kind kSetting: its text is read as whatever its parameter
/// is.
struct Scalar {
    enum class Kind { kText, kInteger, kDecimal, kBoolean, kList, kDate, kTable, kSetting };
    Kind kind = Kind::kText;
    std::string text;  ///< content of a text or setting; digits of a number; "true", "false"

    /// As an error message shows it: `"192 MiB"`, `192`, `true`, `[...]`; "" for a table.
    [[nodiscard]] std::string shown() const;
    /// "text", "an integer", "a decimal number", ...
    [[nodiscard]] std::string_view kind_name() const;
};

/// `PATH = VALUE`, or the path alone when the value has no short text.
[[nodiscard]] std::string assignment(std::string_view path, const Scalar& scalar);

/// One node of a TOML file; a table's children are sorted by name.
struct TomlNode {
    std::string name;  ///< its key; "" at the root
    Scalar scalar;     ///< kind kTable for tables
    Place key;
    Place value;
    std::vector<TomlNode> children;  ///< of a table by name; of a list its items, without names
};

/// Reads a file. Throws InputError when it cannot be read or is no TOML.
[[nodiscard]] TomlNode read_toml(const std::string& file);
/// The same of a text; `file` names it in errors.
[[nodiscard]] TomlNode parse_toml(const std::string& text, const std::string& file);

/// One item of a list.
struct Item {
    Scalar scalar;
    Place place;
};

/// One value with its provenance.
struct Leaf {
    Scalar scalar;
    Place key;
    Place value;
    std::vector<Item> items;  ///< of a list
    Status status = Status::kUser;
    std::string source;
    std::string note;
    bool broken = false;  ///< has no value; already reported
};

/// Values and tables by full path ("gpu.l2.capacity"; instances as "gpu.sm[3].clock").
struct Document {
    std::map<std::string, Leaf> values;
    std::map<std::string, Place> tables;
};

/// Turns a file's tree into values by path, and checks keys and provenance; problems go to
/// `problems`.
[[nodiscard]] Document flatten(const TomlNode& root, std::vector<Diagnostic>& problems);

/// Puts `top` over `base`: a value replaces the value below it, provenance included. A value over a
/// table, or a table over a value, is a problem.
void overlay(Document& base, const Document& top, std::vector<Diagnostic>& problems);

[[nodiscard]] std::string join(std::string_view path, std::string_view name);
/// The path without its last name; "" at the root.
[[nodiscard]] std::string_view parent_of(std::string_view path);
[[nodiscard]] std::string_view name_of(std::string_view path);
/// True when `path` lies below `table` (not when they are equal).
[[nodiscard]] bool is_below(std::string_view path, std::string_view table);
/// "a, b, c".
[[nodiscard]] std::string list_of(const std::vector<std::string>& names);
/// `did you mean "rubin"?`, or "" when nothing is near enough.
[[nodiscard]] std::string did_you_mean(std::string_view given,
                                       const std::vector<std::string>& candidates);

}  // namespace vr::configuration
