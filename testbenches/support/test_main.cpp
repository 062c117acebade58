// SPDX-License-Identifier: Apache-2.0
// Entry point of test programs that use no SystemC.
#include "catch_session.h"

int main(int argc, char** argv) {
    return vr::testing::run_catch_session(argc, argv);
}
