// SPDX-License-Identifier: Apache-2.0
// Runs the built vrsim program in the root of the repository.
#pragma once

#include "testbenches/launcher/command.h"

namespace vr::testing {

inline test::CommandResult vrsim(const std::string& arguments) {
    return test::run_command("cd " + test::quoted(VRSIM_SOURCE_DIR) +
                             " && VRSIM_HOME= " + test::quoted(VRSIM_PROGRAM) + " " + arguments);
}

}  // namespace vr::testing
