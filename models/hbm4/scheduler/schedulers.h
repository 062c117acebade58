// SPDX-License-Identifier: Apache-2.0
// The schedulers: which request's column goes first. One line each.
#pragma once

#include "models/hbm4/policies/policy_list.h"
#include "models/hbm4/scheduler/capped_first_ready.h"
#include "models/hbm4/scheduler/first_come.h"
#include "models/hbm4/scheduler/first_ready.h"

namespace vr::hbm4 {

using Schedulers = PolicyList<FirstReady,        //
                              CappedFirstReady,  //
                              FirstCome>;

}  // namespace vr::hbm4
