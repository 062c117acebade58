// SPDX-License-Identifier: Apache-2.0
// Declared state and everything generated from its lines. A unit's state header needs state_lines.h
// only. Not covered: state outside the struct; the mutation fuzz
// (testbenches/transport/bisimulation.h) finds it.
#pragma once

#include "models/transport/state_carry.h"       // move_between, carry
#include "models/transport/state_leaves.h"      // for_each_leaf, dump
#include "models/transport/state_lines.h"       // state_lines, future_time, counter, ...
#include "models/transport/state_normal.h"      // append_normal, digest, equal_normal
#include "models/transport/state_shift.h"       // difference, shift, shift_times
#include "models/transport/state_statistics.h"  // statistic_values, merge_statistics, ...
