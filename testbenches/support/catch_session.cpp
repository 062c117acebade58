// SPDX-License-Identifier: Apache-2.0
#include "catch_session.h"

#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

int vr::testing::run_catch_session(int argc, char** argv) {
    return Catch::Session().run(argc, argv);
}
