// SPDX-License-Identifier: Apache-2.0
// The small verbs: help, version, doctor.
#include <fmt/format.h>

#include <iostream>

#include "app/command_line.h"
#include "app/console.h"
#include "app/doctor.h"
#include "app/revision/revision.h"
#include "app/verbs.h"

namespace vr {

ExitCode verb_help(const CommandLine& line) {
    Console::document(line.key.empty() ? help_overview() : help_verb(line.key));
    return ExitCode::kComplete;
}

ExitCode verb_version(const CommandLine&) {
    Console::document(fmt::format("vrsim {} ({})\n", version_text(), revision_text()));
    return ExitCode::kComplete;
}

ExitCode verb_doctor(const CommandLine&) {
    return doctor(std::cout) == 0 ? ExitCode::kComplete : ExitCode::kCheckFailed;
}

}  // namespace vr
