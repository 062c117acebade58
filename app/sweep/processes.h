// SPDX-License-Identifier: Apache-2.0
// Runs of this program as child processes, several at a time. Not modelled: limits on memory or
// time, other machines.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace vr {

/// How a child ended.
struct ChildResult {
    int exit_code = 0;   ///< its own, or 128 plus the number of the signal that ended it
    std::string report;  ///< what it wrote to its --json file; may be empty
    std::string errors;  ///< its standard error
};

/// Thrown when a signal ended a sweep; its number.
struct SweepInterrupted {
    int signal;
};

/// Runs this program once for each of `commands` (its arguments; `--json FILE` is added), at most
/// `jobs` at a time, and tells `done` of each as it ends. An interrupt ends the children and
/// throws SweepInterrupted.
void run_children(const std::vector<std::vector<std::string>>& commands, std::size_t jobs,
                  const std::function<void(std::size_t, const ChildResult&)>& done);

}  // namespace vr
