// SPDX-License-Identifier: Apache-2.0
#include "app/simulate.h"
#include "app/verbs.h"

namespace vr {

ExitCode verb_run(const CommandLine& line) {
    return simulate(line, line.trace, "vrsim run " + line.trace + repeat_options(line.common));
}

}  // namespace vr
