// SPDX-License-Identifier: Apache-2.0
// The memory that `vrsim mem` runs on, in words.
#include <fmt/format.h>

#include "app/memory/memory_report.h"
#include "app/report/text.h"
#include "models/base/quantity_text.h"
#include "models/hbm4/address_map/address_map.h"
#include "models/hbm4/ecc/word_code.h"
#include "models/hbm4/page/page_policies.h"
#include "models/hbm4/refresh/refresh_orders.h"
#include "models/hbm4/scheduler/schedulers.h"

namespace vr {

namespace {

std::string organisation(const Hbm4Config& c) {
    return fmt::format(
        "{} pseudo-channels ({} stacks x {} channels x {}), each {} stack ids x {} bank groups x "
        "{} "
        "banks x {} rows of {}; {}",
        c.pseudo_channels(), c.stacks, c.channels_per_stack, c.pseudo_channels_per_channel,
        c.stack_ids, c.bank_groups, c.banks_per_group, c.rows, to_text(c.row_bytes),
        to_text(c.capacity()));
}

std::string refresh(const Hbm4Config& c) {
    if (c.refresh == "none") {
        return "none";
    }
    const bool per_bank = c.refresh == "per_bank";
    const std::string order =
        per_bank ? fmt::format(", {}", hbm4::RefreshOrders::words_of(c.refresh_order)) : "";
    return fmt::format(
        "{}: one of {} every {} (tREFI {}{}), tRFC {}, up to {} postponed{}", c.refresh,
        per_bank ? fmt::format("{} banks", c.banks()) : "all banks together",
        time_text(Time{c.refresh_interval().value / (per_bank ? c.banks() : 1)}), to_text(c.t_refi),
        c.refresh_scale == "1x" ? "" : ", at its temperature " + c.refresh_scale,
        to_text(per_bank ? c.t_rfc_per_bank : c.t_rfc_all_bank),
        c.refresh_postpone / (per_bank ? 1 : c.banks()), order);
}

}  // namespace

std::string scheduler_text(const Hbm4Config& c) {
    return fmt::format(
        "{}: {}; refresh, then the oldest request on the row bus; a request has aged after {} "
        "(reads) or {} (writes){}",
        c.scheduler, hbm4::Schedulers::words_of(c.scheduler), to_text(c.read_age_limit),
        to_text(c.write_age_limit),
        c.prepare_rows ? "; rows are prepared for the direction that waits" : "");
}

std::string device_text(const Hbm4Config& c) {
    const hbm4::AddressMap map(c);
    std::string out;
    const auto line = [&out](const char* name, const std::string& text) {
        out += fmt::format("  {:<12} {}\n", name, text);
    };
    line("device", organisation(c));
    const Bandwidth rate{c.access_bytes.value * c.clock.value / c.burst.value};
    line("clock",
         fmt::format("CK {}; {} a column command, {} of CK on the data bus: {} a "
                     "pseudo-channel",
                     to_text(c.clock), to_text(c.access_bytes), c.burst.value, to_text(rate)));
    line("address map", map.words());
    line("refresh", refresh(c));
    line("scheduler", scheduler_text(c));
    line("page policy",
         fmt::format("{}: {}", c.page_policy, hbm4::PagePolicies::words_of(c.page_policy)));
    line("correction", hbm4::WordCode(c).name());
    line(
        "queues",
        fmt::format("{} reads, {} writes per pseudo-channel; writes from {} on down to {}, or when "
                    "no read waits; at least {} columns a turn",
                    c.read_queue, c.write_queue, c.write_high, c.write_low, c.turn_columns));
    return out;
}

}  // namespace vr
