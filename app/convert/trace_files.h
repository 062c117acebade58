// SPDX-License-Identifier: Apache-2.0
// Trace files of every format that vrsim converts: which one a file is, reading, totals.
#pragma once

#include <string>
#include <vector>

#include "models/transport/workload.h"
#include "traces/formats/chakra/chakra_writer.h"
#include "traces/formats/import/trace_totals.h"
#include "traces/formats/mapping/operator_mapping.h"

namespace vr {

enum class TraceFormat { kWorkload, kChakra, kPytorch };

/// "workload trace", "Chakra execution trace", "PyTorch profile".
[[nodiscard]] std::string format_name(TraceFormat format);
/// By suffix (.jsonl, .et, .json, .json.gz), else by content. Throws InputError when the file
/// cannot be read.
[[nodiscard]] TraceFormat input_format(const std::string& path);
/// By suffix. Throws UsageError for a format that is not written.
[[nodiscard]] TraceFormat output_format(const std::string& path);

/// Our rules after those of the user's files.
[[nodiscard]] OperatorMapping load_mapping(const std::vector<std::string>& files);

/// A file of any of the formats. For our own the notes hold only the totals.
struct TraceFile {
    Workload workload;
    ImportNotes notes;
};
[[nodiscard]] TraceFile read_trace(const std::string& path, TraceFormat format,
                                   OperatorMapping& mapping);

/// FLOPs and bytes of every operator, by definition; for recorded ones as recorded.
[[nodiscard]] std::vector<OperatorAmounts> operator_amounts(const Workload& workload);
/// Totals of a workload.
[[nodiscard]] TraceTotals count_totals(const Workload& workload);

}  // namespace vr
