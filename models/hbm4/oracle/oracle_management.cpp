// SPDX-License-Identifier: Apache-2.0
// Refresh management (docs/hbm4-semantics.md, section 4): which bank has been activated too often,
// and its command.
#include <algorithm>

#include "models/hbm4/oracle/oracle.h"

namespace vr::oracle {

bool PseudoChannelOracle::is_worn_out(std::int64_t bank) const {
    const auto count =
        static_cast<std::int64_t>(unforgiven_[static_cast<std::size_t>(bank)].size());
    return config_.refresh_management != "none" && count >= config_.raa_maximum;
}

void PseudoChannelOracle::forgive(std::int64_t bank, std::int64_t activates) {
    auto& rows = unforgiven_[static_cast<std::size_t>(bank)];
    for (; activates > 0 && !rows.empty(); --activates) {
        rows.pop_front();
    }
}

bool PseudoChannelOracle::is_buffered(std::int64_t bank) const {
    for (std::size_t direction = 0; direction < 2; ++direction) {
        for (const Request& request : buffer(direction)) {
            if (request.bank == bank) {
                return true;
            }
        }
    }
    return false;
}

void PseudoChannelOracle::choose_management() {
    if (config_.refresh_management == "none" || chosen_ >= 0 || draining_) {
        return;
    }
    std::vector<std::int64_t> order = recent_;
    if (config_.refresh_order != "idle_first") {
        std::sort(order.begin(), order.end());
    }
    if (!own().empty()) {  // its bank is asked first
        const std::int64_t first = own().front().request.bank;
        order.erase(std::find(order.begin(), order.end(), first));
        order.insert(order.begin(), first);
    }
    for (const std::int64_t bank : order) {
        if (is_worn_out(bank) && !has_hits(0, bank) && !has_hits(1, bank)) {
            chosen_ = bank;
            to_manage_ = true;
            return;
        }
    }
    for (const std::int64_t bank : order) {
        const auto count =
            static_cast<std::int64_t>(unforgiven_[static_cast<std::size_t>(bank)].size());
        if (count >= config_.raa_initial && !is_queued(bank) && !is_buffered(bank)) {
            chosen_ = bank;
            to_manage_ = true;
            return;
        }
    }
}

void PseudoChannelOracle::manage_chosen() {
    const bool at_row = config_.refresh_management == "drfm";
    send(at_row ? Verb::kManageRow : Verb::kManageBank, chosen_,
         at_row ? latest_row_[static_cast<std::size_t>(chosen_)] : 0, 0);
    forgive(chosen_, config_.raa_initial);
    ++tally.managements;
    tally.forced_managements += is_queued(chosen_) ? 1 : 0;
    const Tick ticks = rounded_up(at_row ? config_.t_drfm : config_.t_rfm);
    for (Queue& queue : queues_) {
        for (Queued& q : queue) {
            q.refresh += q.request.bank == chosen_ ? ticks : 0;
        }
    }
}

}  // namespace vr::oracle
