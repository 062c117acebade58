// SPDX-License-Identifier: Apache-2.0
// The accounting of a conversion: what was in the file, what is in the one that was written, and
// what lies between.
#pragma once

#include <string>

#include "traces/formats/import/trace_totals.h"

namespace vr {

struct Accounting {
    std::string input;
    std::string output;
    std::string input_format;
    std::string output_format;
    ImportNotes notes;  ///< of the input; notes.source are the totals before
    TraceTotals after;
    bool same_workload = true;  ///< the file that was written reads back to the same workload

    [[nodiscard]] bool balanced() const { return same_workload && notes.source == after; }
};

/// For people.
[[nodiscard]] std::string accounting_text(const Accounting& accounting);
/// For programs: docs/report-schema.md.
[[nodiscard]] std::string accounting_json(const Accounting& accounting);

}  // namespace vr
