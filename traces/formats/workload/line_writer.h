// SPDX-License-Identifier: Apache-2.0
// Builds one line of a workload trace: a JSON object with its keys in the order of calls.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vr {

/// A text as JSON with its quotes; bytes that are not UTF-8 are replaced.
[[nodiscard]] std::string json_text(const std::string& text);

class LineWriter {
  public:
    LineWriter& text(std::string_view key, const std::string& value) {
        return raw(key, json_text(value));
    }
    LineWriter& number(std::string_view key, std::int64_t value) {
        return raw(key, std::to_string(value));
    }
    LineWriter& number_unless_zero(std::string_view key, std::int64_t value) {
        return value == 0 ? *this : number(key, value);
    }
    LineWriter& texts(std::string_view key, const std::vector<std::string>& values);
    LineWriter& integers(std::string_view key, const std::vector<std::int64_t>& values);
    /// An object of numbers.
    LineWriter& numbers(std::string_view key,
                        const std::vector<std::pair<std::string, std::int64_t>>& values);
    /// A value that is JSON already.
    LineWriter& raw(std::string_view key, std::string_view json);
    /// The object, without a line end.
    [[nodiscard]] std::string take() const { return "{" + out_ + "}"; }

  private:
    std::string out_;
};

}  // namespace vr
