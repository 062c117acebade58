// SPDX-License-Identifier: Apache-2.0
// One line of a workload trace: a JSON object whose keys are fetched with a check of type and
// range. Every problem becomes a diagnostic with line and column; reading goes on, so that all
// problems come together.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/error.h"

namespace vr::workload_trace {

/// Where a line stands and where its problems go.
struct LineContext {
    const std::string* file = nullptr;
    std::string_view text;
    std::uint32_t line = 0;
    std::vector<Diagnostic>* problems = nullptr;
};

class LineObject {
  public:
    /// `object` must be a JSON object and outlive this view.
    LineObject(const nlohmann::json& object, const LineContext& context)
        : object_(object), context_(context) {}

    [[nodiscard]] bool has(std::string_view key) const;
    /// Reports every key that is not in `keys`, with the nearest one that is.
    void allow_only(const std::vector<std::string>& keys) const;
    /// A required text that is not empty.
    [[nodiscard]] std::optional<std::string> text(std::string_view key,
                                                  std::string_view allowed) const;
    /// A required word out of a list; returns its place in the list.
    [[nodiscard]] std::optional<std::size_t> word(std::string_view key, std::string_view what,
                                                  const std::vector<std::string>& words) const;
    /// An integer in [low, high]; `standard` when the key is absent and a standard is given.
    [[nodiscard]] std::optional<std::int64_t> integer(
        std::string_view key, std::int64_t low, std::int64_t high,
        std::optional<std::int64_t> standard = std::nullopt) const;
    /// A finite number in [low, high]; `standard` when the key is absent and a standard is given.
    [[nodiscard]] std::optional<double> number(std::string_view key, double low, double high,
                                               std::optional<double> standard = std::nullopt) const;
    /// true or false; false when the key is absent.
    [[nodiscard]] bool flag(std::string_view key) const;
    /// A required list of integers in [low, high], not empty.
    [[nodiscard]] std::optional<std::vector<std::int64_t>> integers(std::string_view key,
                                                                    std::int64_t low,
                                                                    std::int64_t high) const;
    /// An object of integers by name, in the order of the names; empty when the key is absent.
    [[nodiscard]] std::vector<std::pair<std::string, std::int64_t>> named_integers(
        std::string_view key) const;
    /// A list of texts; empty when the key is absent and not required.
    [[nodiscard]] std::optional<std::vector<std::string>> texts(std::string_view key,
                                                                bool required) const;
    /// Two integers in [1, high]: rows and columns.
    [[nodiscard]] std::optional<std::pair<std::int64_t, std::int64_t>> shape(
        std::string_view key, std::int64_t high) const;

    /// Reports a problem at the place of `key` in the line (or at the line, when it is not there).
    void problem(std::string_view key, std::string what, std::string allowed,
                 std::string hint = {}) const;
    [[nodiscard]] const nlohmann::json& object() const { return object_; }
    [[nodiscard]] std::uint32_t line() const { return context_.line; }
    /// Column of `key`, 0 when it is not in the line.
    [[nodiscard]] std::uint32_t column(std::string_view key) const;

  private:
    [[nodiscard]] const nlohmann::json* find(std::string_view key, std::string_view allowed,
                                             bool required) const;
    const nlohmann::json& object_;
    LineContext context_;
};

/// "did you mean 'NEAREST'?" or "".
[[nodiscard]] std::string suggest(std::string_view given, const std::vector<std::string>& known);
/// "a, b, c".
[[nodiscard]] std::string listed(const std::vector<std::string>& words);

}  // namespace vr::workload_trace
