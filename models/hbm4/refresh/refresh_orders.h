// SPDX-License-Identifier: Apache-2.0
// The orders of per-bank refresh: which bank takes the one that is owed. One line each.
#pragma once

#include "models/hbm4/policies/policy_list.h"
#include "models/hbm4/refresh/idle_first.h"
#include "models/hbm4/refresh/random_order.h"
#include "models/hbm4/refresh/round_robin.h"

namespace vr::hbm4 {

using RefreshOrders = PolicyList<IdleFirst,   //
                                 RoundRobin,  //
                                 RandomOrder>;

}  // namespace vr::hbm4
