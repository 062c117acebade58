// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "app/checked_file.h"
#include "app/console.h"
#include "app/convert/accounting.h"
#include "app/convert/trace_files.h"
#include "app/json_output.h"
#include "app/verbs.h"
#include "traces/formats/workload/workload_writer.h"

namespace vr {

namespace fs = std::filesystem;

ExitCode verb_convert(const CommandLine& line) {
    const Console console(line.common);
    const TraceFormat to = output_format(line.output);
    refuse_overwriting("convert", line.output, line.force);
    OperatorMapping mapping = load_mapping(line.mappings);
    const TraceFormat from = input_format(line.trace);
    TraceFile input = read_trace(line.trace, from, mapping);
    JsonOutput json(line.common.json);

    WorkloadWriteOptions options;
    options.folder = fs::path(line.output).parent_path().string();
    const std::string as_text = write_workload(input.workload, options);
    CheckedFile out(line.output, "OUT");
    const std::string written = out.write(
        to == TraceFormat::kChakra
            ? write_chakra(input.workload, operator_amounts(input.workload), options.folder)
            : as_text);
    TraceFile back = read_trace(written, to, mapping);

    Accounting accounting;
    accounting.input = line.trace;
    accounting.output = line.output;
    accounting.input_format = format_name(from);
    accounting.output_format = format_name(to);
    accounting.notes = std::move(input.notes);
    accounting.after = back.notes.source;
    accounting.same_workload = write_workload(back.workload, options) == as_text;
    if (json.wanted()) {
        json.write(accounting_json(accounting));
    }
    console.print(accounting_text(accounting));
    if (!accounting.balanced()) {
        return ExitCode::kCheckFailed;
    }
    out.accept();
    return ExitCode::kComplete;
}

}  // namespace vr
