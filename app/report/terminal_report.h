// SPDX-License-Identifier: Apache-2.0
// The report at a glance, for a terminal of 80 to 100 columns.
#pragma once

#include <string>

#include "app/report/run_result.h"

namespace vr {

/// What the report needs to know of the command, to suggest the next one.
struct ReportContext {
    std::string command;  ///< "vrsim run TRACE --platform X": repeats this run
    bool events_written = false;
    bool json_written = false;
};

[[nodiscard]] std::string terminal_report(const RunResult& result, const ReportContext& context);

/// The last section alone: commands that answer the next question.
[[nodiscard]] std::string next_steps(const RunResult& result, const ReportContext& context);

}  // namespace vr
