// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/timing/timing.h"

#include "models/hbm4/page/page_policies.h"
#include "models/hbm4/refresh/refresh_orders.h"
#include "models/hbm4/scheduler/schedulers.h"
#include "models/transport/clock.h"

namespace vr::hbm4 {

namespace {

RefreshMode refresh_mode(const std::string& word) {
    if (word == "per_bank") {
        return RefreshMode::kPerBank;
    }
    return word == "all_bank" ? RefreshMode::kAllBank : RefreshMode::kNone;
}

Management management_of(const std::string& word) {
    if (word == "rfm") {
        return Management::kUndirected;
    }
    return word == "drfm" ? Management::kDirected : Management::kNone;
}

RestMode rest_of(const std::string& word) {
    if (word == "power_down") {
        return RestMode::kPowerDown;
    }
    return word == "self_refresh" ? RestMode::kSelfRefresh : RestMode::kNone;
}

std::int64_t ticks_down(Time t, Frequency clock) {
    const Clock ck(clock);
    const std::int64_t up = ck.first_edge(t);
    return ck.edge(up) > t ? up - 1 : up;
}

}  // namespace

Timing::Timing(const Hbm4Config& c) : Timing(c, standard_named(c.standard)) {}

Timing::Timing(const Hbm4Config& c, const Standard& standard)
    : banks(static_cast<std::int32_t>(c.banks())),
      bank_groups(static_cast<std::int32_t>(c.bank_groups)),
      groups(static_cast<std::int32_t>(c.stack_ids * c.bank_groups)),
      stack_ids(static_cast<std::int32_t>(c.stack_ids)),
      burst(c.burst.value),
      read_data(c.read_latency.value),
      write_data(c.write_latency.value),
      activate_slots(c.activate_slots.value) {
    take_rules(c, standard);
    refresh = refresh_mode(c.refresh);
    prepare_rows = c.prepare_rows;
    row_hit_cap = c.row_hit_cap;
    scheduler = Schedulers::place_of(c.scheduler);
    page_policy = PagePolicies::place_of(c.page_policy);
    refresh_order = RefreshOrders::place_of(c.refresh_order);
    refresh_interval = ticks_down(c.refresh_interval(), c.clock);
    if (refresh == RefreshMode::kPerBank) {
        refresh_interval /= banks;
    }
    // The parameter counts refreshes of one bank.
    refresh_postpone =
        refresh == RefreshMode::kAllBank ? c.refresh_postpone / banks : c.refresh_postpone;
    page_timeout = c.page_timeout.value;
    rest = rest_of(c.power_down);
    rest_after = c.power_down_after.value;
    management = management_of(c.refresh_management);
    raa_initial = static_cast<std::int32_t>(c.raa_initial);
    raa_maximum = static_cast<std::int32_t>(c.raa_maximum);
    raa_per_refresh = static_cast<std::int32_t>(c.raa_per_refresh);
    read_age_limit = c.read_age_limit.value;
    write_age_limit = c.write_age_limit.value;
    queue_depth = {static_cast<std::int32_t>(c.read_queue),
                   static_cast<std::int32_t>(c.write_queue)};
    buffer_depth = {static_cast<std::size_t>(c.read_buffer),
                    static_cast<std::size_t>(c.write_buffer)};
    write_high = static_cast<std::int32_t>(c.write_high);
    write_low = static_cast<std::int32_t>(c.write_low);
    turn_columns = static_cast<std::int32_t>(c.turn_columns);
    all_banks = banks >= kMaxBanks ? ~std::uint64_t{0} : (std::uint64_t{1} << banks) - 1;
    if (banks > kMaxBanks || groups > kMaxGroups || stack_ids > kMaxStackIds) {
        return;  // Hbm4Config::problems() says so
    }
    const auto per_group = static_cast<std::int32_t>(c.banks_per_group);
    for (std::int32_t bank = 0; bank < banks; ++bank) {
        const std::int32_t stack_id = bank / bank_groups / per_group;
        group_of_bank[static_cast<std::size_t>(bank)] =
            static_cast<std::uint8_t>(stack_id * bank_groups + bank % bank_groups);
        banks_of_group[group_of_bank[static_cast<std::size_t>(bank)]] |= std::uint64_t{1} << bank;
    }
    for (std::int32_t group = 0; group < groups; ++group) {
        stack_of_group[static_cast<std::size_t>(group)] =
            static_cast<std::uint8_t>(group / bank_groups);
    }
}

}  // namespace vr::hbm4
