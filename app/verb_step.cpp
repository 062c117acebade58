// SPDX-License-Identifier: Apache-2.0
// vrsim step: runs a trace with everything recorded, then walks through it, forward and back.
#include <fmt/format.h>
#include <unistd.h>

#include <iostream>

#include "app/report/laws.h"
#include "app/report/text.h"
#include "app/simulate.h"
#include "app/step/run_view.h"
#include "app/step/session.h"
#include "app/verbs.h"
#include "models/base/progress.h"

namespace vr {

namespace {

void print_problem(const Error& error) {
    std::cout.flush();
    std::cerr << "vrsim: step: " << error.what() << "\n";
}

// Runs the trace; a run that ends early has events up to there, and its error is told.
ExitCode record_run(LoadedRun& loaded, const CommonOptions& common) {
    Progress::Options shown;
    shown.enabled = shown.enabled && !common.quiet;
    Progress progress(loaded.request.workload.name, 0, shown);
    loaded.request.progress = [&](Time now, std::int64_t done) { progress.update(now, done); };
    ExitCode code = ExitCode::kComplete;
    try {
        RunResult result = run_detailed(*loaded.configuration, loaded.request);
        complete_result(result, common, loaded.request, loaded.peaks);
        check_laws(result);
    } catch (const Stalled& error) {
        progress.clear();
        print_problem(error);
        code = error.exit_code();
    } catch (const LawBroken& error) {
        progress.clear();
        print_problem(error);
        code = error.exit_code();
    }
    loaded.request.progress = nullptr;
    return code;
}

}  // namespace

ExitCode verb_step(const CommandLine& line) {
    LoadedRun loaded = load_run(line.common, line.trace);
    EventRecord record(EventDetail::kExplained);
    loaded.request.events = &record;
    ExitCode code = record_run(loaded, line.common);

    const RunView view(record, event_names(line.common, loaded.request.workload));
    if (!line.common.quiet) {
        std::cout << fmt::format(
            "{}: {} events of {} operators up to {}; help lists the commands\n", view.names().title,
            view.size(), view.names().operators.size(), time_text(view.end()));
    }
    StepSession session(view, std::cout);
    const bool interactive = ::isatty(STDIN_FILENO) != 0;
    std::string command;
    while (!session.ended()) {
        if (interactive) {
            std::cout << "step> " << std::flush;
        }
        if (!std::getline(std::cin, command)) {
            break;
        }
        try {
            session.command(command);
        } catch (const UsageError& error) {
            print_problem(error);
            if (!interactive && code == ExitCode::kComplete) {
                code = ExitCode::kWrongUse;  // a script with a wrong line must not look right
            }
        }
    }
    if (interactive && !session.ended()) {
        std::cout << "\n";
    }
    return code;
}

}  // namespace vr
