// SPDX-License-Identifier: Apache-2.0
// The rules of time (docs/hbm4-semantics.md, section 7): may a command go now?
#include "models/hbm4/oracle/oracle.h"

namespace vr::oracle {

Tick PseudoChannelOracle::rounded_up(Time time) const {
    __extension__ using Wide = __int128;
    const Wide scaled = static_cast<Wide>(time.value) * config_.clock.value;
    return static_cast<Tick>((scaled + kFemtosecondsPerSecond - 1) / kFemtosecondsPerSecond);
}

PseudoChannelOracle::Distances PseudoChannelOracle::distances() const {
    Distances d;
    d.rcd_read = rounded_up(config_.t_rcd_read);
    d.rcd_write = rounded_up(config_.t_rcd_write);
    d.rp = rounded_up(config_.t_rp);
    d.ras = rounded_up(config_.t_ras);
    d.rc = rounded_up(config_.t_rc);
    d.rrd_s = rounded_up(config_.t_rrd_s);
    d.rrd_l = rounded_up(config_.t_rrd_l);
    d.faw = rounded_up(config_.t_faw);
    d.rtp = rounded_up(config_.t_rtp);
    d.wr = rounded_up(config_.t_wr);
    d.wtr_s = rounded_up(config_.t_wtr_s);
    d.wtr_l = rounded_up(config_.t_wtr_l);
    d.rtw = rounded_up(config_.t_rtw);
    d.rfc_all_bank = rounded_up(config_.t_rfc_all_bank);
    d.rfc_per_bank = rounded_up(config_.t_rfc_per_bank);
    d.rrefd = rounded_up(config_.t_rrefd);
    d.rfm = rounded_up(config_.t_rfm);
    d.drfm = rounded_up(config_.t_drfm);
    d.pd = rounded_up(config_.t_pd);
    d.xp = rounded_up(config_.t_xp);
    d.sr = rounded_up(config_.t_sr);
    d.xs = rounded_up(config_.t_xs);
    return d;
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
    if (now_ < awake_from_) {
        return false;
    }
    const Tick write_data = config_.write_latency.value + config_.burst.value;
    const std::int64_t group = group_of(bank);
    const std::int64_t stack = stack_of(bank);
    const Distances& d = distances_;
    for (std::int64_t other = 0; other < banks_; ++other) {
        const bool same = other == bank;
        const auto same_group = [&] { return group_of(other) == group; };
        const auto same_stack = [&] { return stack_of(other) == stack; };
        const auto too_soon = [&](Verb before, Tick distance) {
            return since(before, other) < distance;
        };
        // The bank is on its way to being closed, refreshed or activated again.
        const auto in_cycle = [&] {
            return too_soon(Verb::kActivate, d.rc) || too_soon(Verb::kPrecharge, d.rp) ||
                   too_soon(Verb::kPrechargeAll, d.rp) ||
                   too_soon(Verb::kRefreshBank, d.rfc_per_bank) ||
                   too_soon(Verb::kRefreshAll, d.rfc_all_bank) ||
                   too_soon(Verb::kManageBank, d.rfm) || too_soon(Verb::kManageRow, d.drfm);
        };
        const auto refreshed_within = [&](Tick distance) {
            return too_soon(Verb::kRefreshBank, distance) ||
                   too_soon(Verb::kManageBank, distance) || too_soon(Verb::kManageRow, distance);
        };
        switch (verb) {
            case Verb::kActivate:
                if (same && in_cycle()) {
                    return false;
                }
                if (too_soon(Verb::kActivate, same_group() ? d.rrd_l : d.rrd_s) ||
                    refreshed_within(d.rrefd) || (same_group() && refreshed_within(d.rrd_l))) {
                    return false;
                }
                break;
            case Verb::kPrecharge:
                if (same && (too_soon(Verb::kActivate, d.ras) || too_soon(Verb::kRead, d.rtp) ||
                             too_soon(Verb::kWrite, write_data + d.wr))) {
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
                if (same && too_soon(Verb::kActivate, write ? d.rcd_write : d.rcd_read)) {
                    return false;
                }
                const Cycles between = same_group()   ? config_.t_ccd_l
                                       : same_stack() ? config_.t_ccd_s
                                                      : config_.t_ccd_r;
                if (too_soon(verb, between.value) || (write && too_soon(Verb::kRead, d.rtw)) ||
                    (!write &&
                     too_soon(Verb::kWrite, write_data + (same_group() ? d.wtr_l : d.wtr_s)))) {
                    return false;
                }
                break;
            }
            case Verb::kRefreshBank:
            case Verb::kManageBank:
            case Verb::kManageRow:
                if (same && in_cycle()) {
                    return false;
                }
                if (too_soon(Verb::kActivate, same_group() ? d.rrd_l : d.rrd_s) ||
                    refreshed_within(d.rrefd)) {
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
            case Verb::kSelfRefresh:
                if (in_cycle()) {
                    return false;
                }
                break;
            case Verb::kPowerDown:
                if (too_soon(Verb::kRead, config_.read_latency.value + config_.burst.value) ||
                    too_soon(Verb::kWrite, write_data + d.wr)) {
                    return false;
                }
                break;
            case Verb::kPowerUp:
            case Verb::kSelfRefreshExit:
                break;
        }
    }
    return verb != Verb::kActivate || activates_.size() < 4 || now_ - activates_.front() >= d.faw;
}

}  // namespace vr::oracle
