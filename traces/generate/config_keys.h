// SPDX-License-Identifier: Apache-2.0
// The keys of a configuration file (one JSON object over many lines), fetched with checks; problems
// are collected with file and line.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "models/base/error.h"

namespace vr {

class ConfigKeys {
  public:
    /// `object` must be a JSON object; all three must outlive this view.
    ConfigKeys(const nlohmann::json& object, const std::string& text, const std::string& file,
               std::vector<Diagnostic>& problems)
        : object_(object), text_(text), file_(file), problems_(problems) {}

    /// True when the key is there and not null.
    [[nodiscard]] bool has(const std::string& key) const;
    /// A size: an integer from `low` to 2^30. Without a standard the key is required.
    [[nodiscard]] std::int64_t integer(const std::string& key, std::int64_t low = 1,
                                       std::optional<std::int64_t> standard = {});
    /// A number; without a standard the key is required.
    [[nodiscard]] double number(const std::string& key, double low, double high,
                                std::optional<double> standard = {});
    /// true or false; `standard` when the key is absent.
    [[nodiscard]] bool flag(const std::string& key, bool standard);
    /// One of `words`; without a standard the key is required.
    [[nodiscard]] std::string word(const std::string& key, const std::vector<std::string>& words,
                                   const std::optional<std::string>& standard = {});
    /// Reports a problem at a key.
    void problem(const std::string& key, std::string what, std::string allowed, std::string hint);
    /// Line of a key, 0 when it is not in the text.
    [[nodiscard]] std::uint32_t line(const std::string& key) const;
    [[nodiscard]] const std::map<std::string, std::uint32_t>& lines() const { return lines_; }
    [[nodiscard]] const nlohmann::json& object() const { return object_; }

  private:
    /// The value, or nothing (and a problem, where it is required).
    [[nodiscard]] const nlohmann::json* find(const std::string& key, bool required,
                                             const std::string& allowed);
    void wrong(const std::string& key, const nlohmann::json& value, const std::string& allowed);
    const nlohmann::json& object_;
    const std::string& text_;
    const std::string& file_;
    std::vector<Diagnostic>& problems_;
    std::map<std::string, std::uint32_t> lines_;
};

}  // namespace vr
