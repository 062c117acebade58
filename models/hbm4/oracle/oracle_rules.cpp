// SPDX-License-Identifier: Apache-2.0
// The rules of time (docs/hbm4-semantics.md, section 7): may a command go now?
#include "models/hbm4/oracle/oracle.h"

namespace vr::oracle {

Tick PseudoChannelOracle::rounded_up(Time time) const {
    __extension__ using Wide = __int128;
    const Wide scaled = static_cast<Wide>(time.value) * config_.clock.value;
    return static_cast<Tick>((scaled + kFemtosecondsPerSecond - 1) / kFemtosecondsPerSecond);
}

std::int64_t PseudoChannelOracle::stack_of(std::int64_t bank) const {
    return bank / (config_.bank_groups * config_.banks_per_group);
}

std::int64_t PseudoChannelOracle::group_of(std::int64_t bank) const {
    return stack_of(bank) * config_.bank_groups + bank % config_.bank_groups;
}

Tick PseudoChannelOracle::since(Verb verb, std::int64_t bank) const {
    return now_ - last_[static_cast<std::size_t>(bank)][static_cast<std::size_t>(verb)];
}

// The table of section 7, one line a rule.
bool PseudoChannelOracle::allowed(Verb verb, std::int64_t bank) const {
    const Tick write_data = config_.write_latency.value + config_.burst.value;
    const auto up = [this](Time time) { return rounded_up(time); };
    for (std::int64_t other = 0; other < banks_; ++other) {
        const bool same = other == bank;
        const bool same_group = group_of(other) == group_of(bank);
        const bool same_stack = stack_of(other) == stack_of(bank);
        const auto too_soon = [&](Verb before, Tick distance) {
            return since(before, other) < distance;
        };
        // The bank is on its way to being closed, refreshed or activated again.
        const auto in_cycle = [&] {
            return too_soon(Verb::kActivate, up(config_.t_rc)) ||
                   too_soon(Verb::kPrecharge, up(config_.t_rp)) ||
                   too_soon(Verb::kPrechargeAll, up(config_.t_rp)) ||
                   too_soon(Verb::kRefreshBank, up(config_.t_rfc_per_bank)) ||
                   too_soon(Verb::kRefreshAll, up(config_.t_rfc_all_bank));
        };
        switch (verb) {
            case Verb::kActivate:
                if (same && in_cycle()) {
                    return false;
                }
                if (too_soon(Verb::kActivate, up(same_group ? config_.t_rrd_l : config_.t_rrd_s)) ||
                    too_soon(Verb::kRefreshBank, up(config_.t_rrefd))) {
                    return false;
                }
                break;
            case Verb::kPrecharge:
                if (same && (too_soon(Verb::kActivate, up(config_.t_ras)) ||
                             too_soon(Verb::kRead, up(config_.t_rtp)) ||
                             too_soon(Verb::kWrite, write_data + up(config_.t_wr)))) {
                    return false;
                }
                if (too_soon(Verb::kPrecharge, config_.t_ppd.value) ||
                    too_soon(Verb::kPrechargeAll, config_.t_ppd.value)) {
                    return false;
                }
                break;
            case Verb::kRead:
            case Verb::kWrite: {
                const bool write = verb == Verb::kWrite;
                if (same && too_soon(Verb::kActivate,
                                     up(write ? config_.t_rcd_write : config_.t_rcd_read))) {
                    return false;
                }
                const Cycles between = same_group   ? config_.t_ccd_l
                                       : same_stack ? config_.t_ccd_s
                                                    : config_.t_ccd_r;
                if (too_soon(verb, between.value) ||
                    (write && too_soon(Verb::kRead, up(config_.t_rtw))) ||
                    (!write &&
                     too_soon(Verb::kWrite,
                              write_data + up(same_group ? config_.t_wtr_l : config_.t_wtr_s)))) {
                    return false;
                }
                break;
            }
            case Verb::kRefreshBank:
                if (same && in_cycle()) {
                    return false;
                }
                if (too_soon(Verb::kActivate, up(config_.t_rrd_s)) ||
                    too_soon(Verb::kRefreshBank, up(config_.t_rrefd))) {
                    return false;
                }
                break;
            case Verb::kPrechargeAll:
                if (open_[static_cast<std::size_t>(other)].has_value() &&
                    !allowed(Verb::kPrecharge, other)) {
                    return false;
                }
                break;
            case Verb::kRefreshAll:
                if (in_cycle()) {
                    return false;
                }
                break;
        }
    }
    return verb != Verb::kActivate || activates_.size() < 4 ||
           now_ - activates_.front() >= rounded_up(config_.t_faw);
}

}  // namespace vr::oracle
