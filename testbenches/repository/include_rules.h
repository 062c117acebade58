// SPDX-License-Identifier: Apache-2.0
// The direction of dependencies, read from the sources' #include lines and checked against
// docs/architecture.md.
//
//     models/base <- models/numerics, models/transport <- cores of units <- cores of chips; cores,
//     tlm <- modules <- app
//
// Not checked: conditional compilation (every #include line counts) and what CMake links.
#pragma once

#include <filesystem>
#include <vector>

#include "testbenches/repository/source_tree.h"

namespace vr::test {

/// Every breach of the rules in models/, tlm/, traces/, firmware/ and app/ below `root`:
/// - base includes base; numerics base and itself; transport base and itself;
/// - a unit includes those three, itself, the units inside it and the headers of the units around
/// it, never a sibling,
///   neither directly nor through another header; a chip (GPU) includes the units that it is
///   composed of;
/// - nothing in models/ includes app/ or traces/; only *_module.h and *_module.cpp include tlm/ or
/// SystemC;
/// - no core reaches SystemC or a module through any chain of includes;
/// - tlm/ includes base, numerics, transport and itself; traces/ the same, without SystemC;
/// firmware/ nothing of ours;
/// - the oracle of HBM4 includes base, itself and the parameters of its unit, and reaches no more;
/// of these folders only app/bench/ includes it;
/// - nothing includes testbenches/; a quoted include names a file of the repository (app/ may
/// include generated ones).
[[nodiscard]] std::vector<Breach> include_breaches(const std::filesystem::path& root);

}  // namespace vr::test
