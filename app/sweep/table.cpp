// SPDX-License-Identifier: Apache-2.0
#include "app/sweep/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "app/report/result_file.h"
#include "models/base/error.h"

namespace vr {

namespace {

// The columns behind the varied keys, in order.
constexpr std::pair<const char*, std::string SweepRow::*> kColumns[] = {
    {"status", &SweepRow::status},
    {"time_fs", &SweepRow::time_fs},
    {"bound_by", &SweepRow::bound_by},
    {"bound_percent", &SweepRow::bound_percent},
    {"tensor_flops_per_s", &SweepRow::tensor_flops},
    {"tensor_percent_of_peak", &SweepRow::tensor_percent},
    {"hbm_bytes_per_s", &SweepRow::hbm_bytes},
    {"hbm_percent_of_peak", &SweepRow::hbm_percent},
    {"exit_code", &SweepRow::exit_code},
    {"reason", &SweepRow::reason},
    {"trace", &SweepRow::trace},
    {"platform", &SweepRow::platform},
    {"point", &SweepRow::point},
};

std::vector<std::string> fields_of(const SweepRow& row) {
    std::vector<std::string> fields = row.values;
    for (const auto& [name, member] : kColumns) {
        fields.push_back(row.*member);
    }
    return fields;
}

constexpr int kFirstSignalCode = 128;  // exit codes above it stand for signals, as in shells

}  // namespace

bool SweepRow::final() const {
    return complete() || (!exit_code.empty() && exit_code.size() < 4 &&
                          std::stoi(exit_code) < kFirstSignalCode - 1);
}

std::vector<std::vector<std::string>> read_csv(std::string_view text) {
    std::vector<std::vector<std::string>> lines;
    bool quoted = false;
    bool open = false;  // a line has begun
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (!open) {
            lines.push_back({""});
            open = true;
        }
        std::string& field = lines.back().back();
        if (quoted) {
            if (c != '"') {
                field += c;
            } else if (i + 1 < text.size() && text[i + 1] == '"') {
                field += '"';
                ++i;
            } else {
                quoted = false;
            }
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',') {
            lines.back().emplace_back();
        } else if (c == '\n') {
            open = false;
        } else if (c != '\r') {
            field += c;
        }
    }
    return lines;
}

std::string csv_line(const std::vector<std::string>& fields) {
    std::string out;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        out += i == 0 ? "" : ",";
        if (fields[i].find_first_of(",\"\n\r") == std::string::npos) {
            out += fields[i];
            continue;
        }
        out += '"';
        for (const char c : fields[i]) {
            out += c == '"' ? "\"\"" : std::string(1, c);
        }
        out += '"';
    }
    return out + "\n";
}

SweepTable::SweepTable(std::string path, const std::vector<SweepAxis>& axes)
    : path_(std::move(path)) {
    std::vector<std::string> names;
    for (const SweepAxis& axis : axes) {
        names.push_back(axis.key);
    }
    for (const auto& [name, member] : kColumns) {
        names.emplace_back(name);
    }
    header_ = csv_line(names);
    if (!std::filesystem::exists(path_)) {
        return;
    }
    const auto refuse = [&](const std::string& what) {
        throw UsageError(
            fmt::format("--csv {}: {}, so it is left alone; give another file name", path_, what));
    };
    std::ifstream in(path_, std::ios::binary);
    if (!in || !std::filesystem::is_regular_file(path_)) {
        refuse("exists and cannot be read");
    }
    const std::string text{std::istreambuf_iterator<char>(in), {}};
    const auto lines = read_csv(text);
    if (lines.empty() || lines[0] != names) {
        refuse("exists and is not the table of a sweep over these keys");
    }
    for (std::size_t i = 1; i < lines.size(); ++i) {
        if (lines[i].size() != names.size()) {
            refuse(
                fmt::format("line {} has {} fields of {}", i + 1, lines[i].size(), names.size()));
        }
        SweepRow row;
        const auto keys = static_cast<std::ptrdiff_t>(axes.size());
        row.values.assign(lines[i].begin(), lines[i].begin() + keys);
        for (std::size_t c = 0; c < std::size(kColumns); ++c) {
            row.*(kColumns[c].second) = lines[i][axes.size() + c];
        }
        by_point_.emplace(row.point, before_.size());
        before_.push_back(std::move(row));
    }
}

const SweepRow* SweepTable::known(const std::string& point) const {
    const auto found = by_point_.find(point);
    return found == by_point_.end() || !before_[found->second].final() ? nullptr
                                                                       : &before_[found->second];
}

void SweepTable::write(const std::vector<SweepRow>& rows, const std::vector<SweepRow>& all) const {
    ResultFile file(path_, "--csv");
    file.write(header_);
    for (const SweepRow& row : rows) {
        file.write(csv_line(fields_of(row)));
    }
    for (const SweepRow& old : before_) {
        const bool replaced = std::any_of(all.begin(), all.end(), [&](const SweepRow& row) {
            return row.point == old.point || (row.values == old.values && row.trace == old.trace &&
                                              row.platform == old.platform);
        });
        if (!replaced) {
            file.write(csv_line(fields_of(old)));
        }
    }
    file.commit();
}

}  // namespace vr
