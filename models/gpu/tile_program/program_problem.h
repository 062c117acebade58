// SPDX-License-Identifier: Apache-2.0
// Is a tile program one that SMs can execute? For programs that come from outside the tree.
// Not modelled: whether its actors ever wait for each other without end (a run says that).
#pragma once

#include <cstdint>
#include <string>

#include "models/gpu/tile_program/tile_program.h"

namespace vr {

/// What is wrong with a program, and what is allowed; both empty when nothing is.
struct ProgramProblem {
    std::string what;
    std::string allowed;
    [[nodiscard]] explicit operator bool() const { return !what.empty(); }
};

/// The first problem that is found. `shared_limit`: most bytes of shared memory of one block.
[[nodiscard]] ProgramProblem program_problem(const TileProgram& program, std::int64_t shared_limit);

}  // namespace vr
