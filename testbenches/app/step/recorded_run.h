// SPDX-License-Identifier: Apache-2.0
// A sample run with everything recorded, for tests of the stepper.
#pragma once

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "app/paths.h"
#include "app/simulate.h"
#include "app/step/run_view.h"
#include "app/step/session.h"

namespace vr::testing {

/// hello_gemm, recorded.
struct RecordedRun {
    EventRecord record;
    RunResult result;
    std::unique_ptr<RunView> view;

    explicit RecordedRun(const std::string& platform = "tiny", std::vector<std::string> sets = {},
                         EventDetail detail = EventDetail::kExplained)
        : record(detail) {
        CommonOptions common;
        common.platform = platform;
        common.sets = std::move(sets);
        LoadedRun loaded = load_run(common, tree_path("traces/samples/hello_gemm.jsonl"));
        loaded.request.events = &record;
        result = run_detailed(*loaded.configuration, loaded.request);
        complete_result(result, common, loaded.request, loaded.peaks);
        view = std::make_unique<RunView>(record, event_names(common, loaded.request.workload));
    }
};

/// What a session prints for some commands.
inline std::vector<std::string> lines_of(const RunView& view,
                                         const std::vector<std::string>& commands) {
    std::ostringstream out;
    StepSession session(view, out);
    for (const std::string& command : commands) {
        session.command(command);
    }
    std::istringstream in(out.str());
    std::vector<std::string> lines;
    for (std::string line; std::getline(in, line);) {
        lines.push_back(line);
    }
    return lines;
}

}  // namespace vr::testing
