// SPDX-License-Identifier: Apache-2.0
// The page policies: when a row that no queued request hits is closed. One line each.
#pragma once

#include "models/hbm4/page/adaptive_page.h"
#include "models/hbm4/page/closed_page.h"
#include "models/hbm4/page/open_page.h"
#include "models/hbm4/policies/policy_list.h"

namespace vr::hbm4 {

using PagePolicies = PolicyList<OpenPage,    //
                                ClosedPage,  //
                                AdaptivePage>;

}  // namespace vr::hbm4
