// SPDX-License-Identifier: Apache-2.0
// Measured rows: a CSV file per family of experiments, one measured value a row.
// Columns: device, experiment, the family's parameters, value, unit, source.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace vr {

/// One row. An empty cell means that the source does not say.
struct MeasuredRow {
    std::uint32_t line = 0;
    std::string device;
    std::string experiment;
    double value = 0;  ///< positive
    std::string unit;
    std::string source;
    std::map<std::string, std::string> parameters;  ///< the other columns, without empty cells

    [[nodiscard]] std::string text(const std::string& column) const;
    /// A parameter as an integer; nothing when the cell is empty or no integer.
    [[nodiscard]] std::optional<std::int64_t> integer(const std::string& column) const;
    /// A parameter as a number; nothing when the cell is empty or none.
    [[nodiscard]] std::optional<double> number(const std::string& column) const;
};

/// Reads a file. Throws InputError with line and column for missing columns, wrong numbers of
/// cells, unclosed quotes, and values that are not positive numbers; all of them together.
[[nodiscard]] std::vector<MeasuredRow> read_measured(const std::string& path);

}  // namespace vr
