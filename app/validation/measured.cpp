// SPDX-License-Identifier: Apache-2.0
#include "app/validation/measured.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>

#include "models/base/error.h"

namespace vr {

namespace {

struct Cell {
    std::string text;
    std::uint32_t column = 1;
};

// Cells of a line; quotes may hold commas and doubled quotes. Returns false when a quote stays
// open.
bool split(const std::string& line, std::vector<Cell>& cells) {
    cells.assign(1, {});
    bool quoted = false;
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (c == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
            cells.back().text += '"';
            ++i;
        } else if (c == '"') {
            quoted = !quoted;
        } else if (c == ',' && !quoted) {
            cells.push_back({"", static_cast<std::uint32_t>(i + 2)});
        } else if (c != '\r') {
            cells.back().text += c;
        }
    }
    return !quoted;
}

bool parse_number(const std::string& text, double& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size();
}

class Reader {
  public:
    explicit Reader(const std::string& path) : path_(path) {}

    std::vector<MeasuredRow> read() {
        std::ifstream stream(path_);
        std::string line;
        if (!stream || !std::getline(stream, line)) {
            throw InputError(Diagnostic{path_, 0, 0, "the measured data cannot be read",
                                        "a CSV file with a line of column names", ""});
        }
        read_header(line);
        while (problems_.empty() && std::getline(stream, line)) {
            ++line_;
            read_row(line);
        }
        while (!problems_.empty() && header_read_ && std::getline(stream, line)) {
            ++line_;
            read_row(line);
        }
        if (problems_.empty() && rows_.empty()) {
            problem(0, "the file holds no measured row", "at least one row below the names");
        }
        if (!problems_.empty()) {
            throw InputError(std::move(problems_));
        }
        return std::move(rows_);
    }

  private:
    void problem(std::uint32_t column, std::string what, std::string allowed) {
        problems_.push_back({path_, line_, column, std::move(what), std::move(allowed), ""});
    }

    void read_header(const std::string& line) {
        std::vector<Cell> cells;
        split(line, cells);
        for (const Cell& cell : cells) {
            columns_.push_back(cell.text);
        }
        header_read_ = true;
        for (const char* needed : {"device", "experiment", "value", "unit", "source"}) {
            if (std::find(columns_.begin(), columns_.end(), needed) == columns_.end()) {
                problem(0, fmt::format("column '{}' is missing", needed),
                        "device, experiment, parameters, value, unit, source");
                header_read_ = false;
            }
        }
    }

    void read_row(const std::string& line) {
        if (line.empty() || line == "\r") {
            return;
        }
        std::vector<Cell> cells;
        if (!split(line, cells)) {
            return problem(cells.back().column, "a quote is not closed",
                           "\"text\" within one line");
        }
        if (cells.size() != columns_.size()) {
            return problem(0, fmt::format("{} cells", cells.size()),
                           fmt::format("{} cells, as many as column names", columns_.size()));
        }
        MeasuredRow row;
        row.line = line_;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const std::string& name = columns_[i];
            const std::string& text = cells[i].text;
            if (name == "value") {
                if (!parse_number(text, row.value) || !(row.value > 0) || std::isinf(row.value)) {
                    return problem(cells[i].column, fmt::format("value '{}'", text),
                                   "a number above 0");
                }
            } else if (name == "device" || name == "experiment" || name == "unit") {
                if (text.empty()) {
                    return problem(cells[i].column, fmt::format("{} is empty", name), "a text");
                }
                (name == "device" ? row.device : name == "unit" ? row.unit : row.experiment) = text;
            } else if (name == "source") {
                row.source = text;
            } else if (!text.empty()) {
                row.parameters[name] = text;
            }
        }
        rows_.push_back(std::move(row));
    }

    const std::string& path_;
    std::uint32_t line_ = 1;
    bool header_read_ = false;
    std::vector<std::string> columns_;
    std::vector<MeasuredRow> rows_;
    std::vector<Diagnostic> problems_;
};

}  // namespace

std::string MeasuredRow::text(const std::string& column) const {
    const auto found = parameters.find(column);
    return found == parameters.end() ? std::string{} : found->second;
}

std::optional<std::int64_t> MeasuredRow::integer(const std::string& column) const {
    const std::string given = text(column);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), number);
    if (given.empty() || error != std::errc{} || end != given.data() + given.size()) {
        return std::nullopt;
    }
    return number;
}

std::optional<double> MeasuredRow::number(const std::string& column) const {
    double number = 0;
    return parse_number(text(column), number) ? std::optional(number) : std::nullopt;
}

std::vector<MeasuredRow> read_measured(const std::string& path) {
    return Reader(path).read();
}

}  // namespace vr
