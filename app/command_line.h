// SPDX-License-Identifier: Apache-2.0
// The command line's grammar: the only place that knows the argument parser (it is slow to
// compile).
#pragma once

#include <string>
#include <vector>

#include "app/options.h"

namespace vr {

/// Parses the arguments after the program's name. `--help` anywhere becomes the verb "help".
/// Throws UsageError naming the nearest verb or flag.
[[nodiscard]] CommandLine parse_command_line(const std::vector<std::string>& arguments);

/// The verbs in groups, one line each.
[[nodiscard]] std::string help_overview();
/// Options of a verb and an example. Throws UsageError for a verb that does not exist.
[[nodiscard]] std::string help_verb(const std::string& name);

}  // namespace vr
