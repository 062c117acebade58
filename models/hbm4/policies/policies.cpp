// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/policies/policies.h"

#include <string_view>
#include <vector>

#include "models/hbm4/address_map/address_hashes.h"
#include "models/hbm4/page/page_policies.h"
#include "models/hbm4/refresh/refresh_orders.h"
#include "models/hbm4/scheduler/schedulers.h"

namespace vr::hbm4 {

namespace {

template <class List>
Allowed names_of() {
    return Allowed(std::vector<std::string_view>(List::kNames.begin(), List::kNames.end()));
}

}  // namespace

Allowed scheduler_names() {
    return names_of<Schedulers>();
}

Allowed page_policy_names() {
    return names_of<PagePolicies>();
}

Allowed refresh_order_names() {
    return names_of<RefreshOrders>();
}

Allowed address_hash_names() {
    return names_of<AddressHashes>();
}

std::string without_normal_form(const Hbm4Config& config) {
    if (!Schedulers::has_normal_form(Schedulers::place_of(config.scheduler))) {
        return "scheduler = \"" + config.scheduler + "\"";
    }
    if (!PagePolicies::has_normal_form(PagePolicies::place_of(config.page_policy))) {
        return "page_policy = \"" + config.page_policy + "\"";
    }
    if (config.refresh == "per_bank" &&
        !RefreshOrders::has_normal_form(RefreshOrders::place_of(config.refresh_order))) {
        return "refresh_order = \"" + config.refresh_order + "\"";
    }
    return "";
}

}  // namespace vr::hbm4
