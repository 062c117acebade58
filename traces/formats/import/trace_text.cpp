// SPDX-License-Identifier: Apache-2.0
#include "traces/formats/import/trace_text.h"

#include "traces/formats/workload/line_writer.h"
#include "traces/formats/workload/workload_reader.h"

namespace vr {

TraceText::TraceText(std::string file, const std::string& name) : file_(std::move(file)) {
    LineWriter header;
    header.number("vrsim_trace", kWorkloadTraceVersion).text("name", name);
    add(header.take(), {});
}

void TraceText::add(const std::string& line, ForeignPlace place) {
    text_ += line + "\n";
    places_.push_back(std::move(place));
}

std::string TraceText::unique_id(const std::string& name, std::uint64_t number) {
    std::string id = name.empty() ? fmt::format("node {}", number) : name;
    while (!ids_.insert(id).second) {
        id += fmt::format("#{}", number);
    }
    return id;
}

Workload TraceText::finish() const {
    try {
        Workload workload = parse_workload(text_, file_).workload;
        for (OperatorSpec& op : workload.operators) {
            op.line = places_.at(op.line - 1).line;
        }
        return workload;
    } catch (const InputError& error) {
        std::vector<Diagnostic> problems = error.diagnostics();
        for (Diagnostic& problem : problems) {
            if (problem.line == 0 || problem.line > places_.size()) {
                continue;
            }
            const ForeignPlace& place = places_[problem.line - 1];
            problem.line = place.line;
            problem.column = place.column;
            if (!place.text.empty()) {
                problem.what = place.text + ": " + problem.what;
            }
        }
        throw InputError(std::move(problems));
    }
}

}  // namespace vr
