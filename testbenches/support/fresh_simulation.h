// SPDX-License-Identifier: Apache-2.0
// The fixture of tests that simulate: a fresh SystemC context per test case
// (tlm/fresh_simulation.h).
#pragma once

#include "tlm/fresh_simulation.h"
