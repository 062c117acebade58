// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "app/console.h"
#include "app/convert/accounting.h"
#include "app/convert/trace_files.h"
#include "app/json_output.h"
#include "app/report/result_file.h"
#include "app/verbs.h"
#include "traces/formats/workload/workload_writer.h"

namespace vr {

namespace {

namespace fs = std::filesystem;

// Written under another name, checked, then renamed: what stands under the name was checked.
class CheckedFile {
  public:
    explicit CheckedFile(std::string path)
        : path_(std::move(path)),
          unchecked_(fs::path(path_).parent_path() /
                     ("unchecked-" + fs::path(path_).filename().string())),
          file_(unchecked_.string(), "OUT") {}
    ~CheckedFile() {
        std::error_code ignored;
        fs::remove(unchecked_, ignored);
    }
    CheckedFile(const CheckedFile&) = delete;
    CheckedFile& operator=(const CheckedFile&) = delete;

    std::string write(const std::string& bytes) {
        file_.write(bytes);
        file_.commit();
        return unchecked_.string();
    }
    void accept() {
        std::error_code error;
        fs::rename(unchecked_, path_, error);
        if (error) {
            throw UsageError(fmt::format("OUT {}: {}", path_, error.message()));
        }
    }

  private:
    std::string path_;
    fs::path unchecked_;
    ResultFile file_;
};

void check_output(const CommandLine& line) {
    std::error_code ignored;
    if (fs::equivalent(line.trace, line.output, ignored)) {
        throw UsageError(fmt::format("convert: IN and OUT are the same file '{}'", line.output));
    }
    if (!line.force && fs::exists(line.output, ignored)) {
        throw UsageError(fmt::format("convert: '{}' exists; --force overwrites it", line.output));
    }
}

}  // namespace

ExitCode verb_convert(const CommandLine& line) {
    const Console console(line.common);
    const TraceFormat to = output_format(line.output);
    check_output(line);
    OperatorMapping mapping = load_mapping(line.mappings);
    const TraceFormat from = input_format(line.trace);
    TraceFile input = read_trace(line.trace, from, mapping);
    JsonOutput json(line.common.json);

    WorkloadWriteOptions options;
    options.folder = fs::path(line.output).parent_path().string();
    const std::string as_text = write_workload(input.workload, options);
    CheckedFile out(line.output);
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
