// SPDX-License-Identifier: Apache-2.0
// Rows of measured values in the columns of vrsim's families (app/validation/measured.h reads
// them). Not here: what a row means; that is the program's that measures it.
#pragma once

#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "testbenches/validation/cuda/host/error.h"

namespace vr::kit {

/// A family of `vrsim validate`: the name of its file, and the columns between `experiment` and
/// `value`.
struct RowFamily {
    std::string_view name;
    std::vector<std::string_view> parameters;
};

inline const std::vector<RowFamily>& row_families() {
    static const std::vector<RowFamily> all = {
        {"memory_latency_gpu", {"buffer_kB", "sm_clock_MHz"}},
        {"memory_latency_hopper_tma", {"buffer_kB", "sm_clock_MHz"}},
        {"memory_stream_vs_occupancy", {"threads_per_block", "threads_total", "occupancy_pct"}},
        {"l2_stream", {"threads_per_block", "occupancy_pct", "working_set_kB"}},
        {"cache_bandwidth", {"block_kB", "data_set_kB"}},
        {"kernel_launch_small_kernels", {"threads_per_block", "elements_f64", "bytes_moved"}},
        {"umma_tensor_core_b200", {"format", "ab_layout", "cta_group", "M", "N", "K", "depth"}},
        {"gemm_dense", {"dtype", "library", "M", "N", "K", "note"}},
    };
    return all;
}

/// The family of this name.
inline const RowFamily& row_family(std::string_view name) {
    for (const RowFamily& family : row_families()) {
        if (family.name == name) {
            return family;
        }
    }
    throw Error(kFailed, "no family '" + std::string(name) + "'; see host/rows.h");
}

/// The first line of the family's file.
inline std::string header_line(const RowFamily& family) {
    std::string line = "device,experiment,";
    for (const std::string_view parameter : family.parameters) {
        line += std::string(parameter) + ",";
    }
    return line + "value,unit,source";
}

/// A number as a cell: six digits, as the families' files have.
inline std::string cell(double value) {
    char text[40];
    std::snprintf(text, sizeof text, "%.6g", value);
    return text;
}
inline std::string cell(std::int64_t value) {
    return std::to_string(value);
}

/// A text as a cell, in quotes where it has commas or quotes; line ends become spaces.
inline std::string quoted_cell(const std::string& text) {
    std::string out;
    for (const char c : text) {
        out += c == '\n' || c == '\r' ? ' ' : c;
        if (c == '"') {
            out += '"';
        }
    }
    return text.find_first_of(",\"") == std::string::npos ? out : "\"" + out + "\"";
}

/// The file of one family. Every error throws Error and names the file.
class RowFile {
  public:
    /// Opens FOLDER/FAMILY.csv. A file that is there is added to with `append`, if its first line
    /// is the family's, and refused without.
    RowFile(const std::string& folder, const RowFamily& family, bool append)
        : family_(family),
          path_((std::filesystem::path(folder) / (std::string(family.name) + ".csv")).string()) {
        const std::string header = header_line(family);
        const bool there = std::filesystem::exists(path_);
        if (there) {
            if (!append) {
                throw Error(kUsage,
                            path_ + " is there; give another --out, or --append to add rows");
            }
            std::ifstream file(path_);
            std::string first;
            std::getline(file, first);
            if (first != header) {
                throw Error(kFailed, path_ + " has other columns; expected " + header);
            }
        }
        std::error_code error;
        std::filesystem::create_directories(std::filesystem::path(folder), error);
        stream_.open(path_, std::ios::app);
        if (!stream_) {
            throw Error(kFailed, path_ + " cannot be written; is the folder of --out writable?");
        }
        if (!there) {
            stream_ << header << '\n';
        }
    }

    /// Adds a row. `parameters` are the family's, in order; an empty one says nothing.
    void add(const std::string& device, const std::string& experiment,
             const std::vector<std::string>& parameters, double value, const std::string& unit,
             const std::string& source) {
        if (parameters.size() != family_.parameters.size()) {
            throw Error(kFailed, path_ + ": a row with " + std::to_string(parameters.size()) +
                                     " parameters; the family has " +
                                     std::to_string(family_.parameters.size()));
        }
        if (!(value > 0) || std::isinf(value)) {
            throw Error(kFailed, path_ + ": " + experiment + " measured " + cell(value) +
                                     ", which no row may hold; run again with more --repeat");
        }
        stream_ << quoted_cell(device) << ',' << experiment << ',';
        for (const std::string& parameter : parameters) {
            stream_ << quoted_cell(parameter) << ',';
        }
        stream_ << cell(value) << ',' << unit << ',' << quoted_cell(source) << '\n';
        stream_.flush();
        if (!stream_) {
            throw Error(kFailed, path_ + ": writing failed; is the disk full?");
        }
        ++rows_;
    }

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::size_t rows() const { return rows_; }

  private:
    const RowFamily& family_;
    std::string path_;
    std::ofstream stream_;
    std::size_t rows_ = 0;
};

}  // namespace vr::kit
