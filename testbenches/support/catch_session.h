// SPDX-License-Identifier: Apache-2.0
// Catch2's implementation behind one function: it takes long to compile, and both test mains need
// it.
#pragma once

namespace vr::testing {

/// Runs the test cases of the program; returns what main() returns.
int run_catch_session(int argc, char** argv);

}  // namespace vr::testing
