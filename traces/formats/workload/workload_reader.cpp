// SPDX-License-Identifier: Apache-2.0
#include "traces/formats/workload/workload_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "models/base/random.h"
#include "traces/formats/workload/statements.h"

namespace vr {

namespace {

// Whether any line begins like a statement; where none does, this is another kind of file.
bool has_object(std::string_view text) {
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::size_t word = text.find_first_not_of(" \t\r", at);
        if (word < end && text[word] == '{') {
            return true;
        }
        at = end + 1;
    }
    return false;
}

}  // namespace

WorkloadTrace parse_workload(std::string_view text, const std::string& file) {
    std::vector<Diagnostic> problems;
    const workload_trace::Statements statements =
        workload_trace::parse_statements(text, file, problems);
    const bool parsed = problems.empty();
    if (!parsed && !has_object(text)) {
        Diagnostic& first = problems.front();
        first.hint =
            "no line begins with {: vrsim run takes workload traces, vrsim mem memory traces, "
            "vrsim convert Chakra traces and profiles";
        throw InputError(std::move(first));
    }
    WorkloadTrace trace;
    trace.workload = workload_trace::link_statements(statements, file, problems);
    trace.digest = hash_text(text);
    if (!parsed && statements.operators.empty()) {
        // Lines that could not be read may have been operators: "no operator" would mislead.
        problems.erase(std::remove_if(problems.begin(), problems.end(),
                                      [](const Diagnostic& p) { return p.line == 0; }),
                       problems.end());
    }
    if (!problems.empty()) {
        std::stable_sort(problems.begin(), problems.end(),
                         [](const Diagnostic& a, const Diagnostic& b) { return a.line < b.line; });
        throw InputError(std::move(problems));
    }
    return trace;
}

WorkloadTrace read_workload(const std::string& path) {
    errno = 0;
    std::ifstream stream(path, std::ios::binary);
    std::ostringstream text;
    if (stream) {
        text << stream.rdbuf();
    }
    // An empty file makes the insertion fail although nothing is wrong with it: only errno tells.
    if (!stream.is_open() || stream.bad() || errno == EISDIR) {
        throw InputError(Diagnostic{
            path, 0, 0,
            fmt::format("the trace cannot be read: {}", std::strerror(errno == 0 ? ENOENT : errno)),
            "a readable workload trace", "samples lie in traces/samples"});
    }
    return parse_workload(text.str(), path);
}

}  // namespace vr
