// SPDX-License-Identifier: Apache-2.0
// Options of `vrsim workload`.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "app/options.h"

namespace vr {

/// Words and numbers that need conversion after parsing.
struct RawWorkload {
    std::string phase;
    std::string precision = "fp8";
    std::string routing = "random";
    std::int64_t first_layer = -1;
};

/// Adds the options; `line` and `raw` must outlive the parser.
void add_workload(CLI::App& verb, CommandLine& line, RawWorkload& raw);
/// After parsing: fills `line.layers` with what the words mean.
void convert_workload(const RawWorkload& raw, CommandLine& line);

}  // namespace vr
