// SPDX-License-Identifier: Apache-2.0
// Entry point of test programs that use no SystemC.
#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
