// SPDX-License-Identifier: Apache-2.0
#include "testbenches/hbm4/command_checker.h"

#include <fmt/format.h>

#include <algorithm>

namespace vr::testing {

namespace {

using hbm4::Command;
using hbm4::CommandRecord;

class Checker {
  public:
    explicit Checker(const Hbm4Config& c) : c_(c) {}
    CheckResult run(const std::vector<CommandRecord>& commands) {
        std::vector<std::int64_t> activates;
        for (std::size_t i = 0; i < commands.size(); ++i) {
            const CommandRecord& now = commands[i];
            for (std::size_t j = i; j-- > 0 && now.tick - commands[j].tick <= kReach;) {
                pair(commands[j], now);
            }
            if (now.command == Command::kActivate) {
                if (activates.size() >= 4) {
                    rule("tFAW", activates[activates.size() - 4], now, ticks(c_.t_faw));
                }
                activates.push_back(now.tick);
            }
            state(now);
        }
        result_.open_banks = static_cast<std::int64_t>(rows_.size());
        return std::move(result_);
    }

  private:
    static constexpr std::int64_t kReach = 2000;  // ticks; longer than every gap in the tests
    [[nodiscard]] std::int64_t ticks(Time t) const {
        __extension__ using Wide = __int128;
        const Wide product = static_cast<Wide>(t.value) * c_.clock.value;
        const Wide second = 1'000'000'000'000'000;
        return static_cast<std::int64_t>((product + second - 1) / second);
    }
    void rule(const char* name, std::int64_t from, const CommandRecord& to, std::int64_t gap) {
        const std::int64_t slack = to.tick - from - gap;
        const auto [at, is_new] = result_.slack.try_emplace(name, slack);
        at->second = std::min(at->second, slack);
        if (slack < 0) {
            result_.violations.push_back(
                fmt::format("{}: {} ticks early at {}", name, -slack, to.tick));
        }
    }
    static bool is_column(const CommandRecord& c) {
        return c.command == Command::kRead || c.command == Command::kWrite;
    }
    void pair(const CommandRecord& a, const CommandRecord& b) {
        if (is_column(a) != is_column(b)) {
            mixed(a, b);
        } else if (is_column(a)) {
            columns(a, b);
        } else {
            rows(a, b);
        }
    }
    void columns(const CommandRecord& a, const CommandRecord& b) {
        const auto groups = static_cast<std::int32_t>(c_.bank_groups);
        const auto per_stack = groups * static_cast<std::int32_t>(c_.banks_per_group);
        const bool same_stack = a.bank / per_stack == b.bank / per_stack;
        const bool same_group = same_stack && a.bank % groups == b.bank % groups;
        const std::int64_t write_end = c_.write_latency.value + c_.burst.value;
        if (a.command == b.command) {
            rule(same_group   ? "tCCD_L"
                 : same_stack ? "tCCD_S"
                              : "tCCD_R",
                 a.tick, b,
                 same_group   ? c_.t_ccd_l.value
                 : same_stack ? c_.t_ccd_s.value
                              : c_.t_ccd_r.value);
        } else if (b.command == Command::kWrite) {
            rule("tRTW", a.tick, b, ticks(c_.t_rtw));
        } else {
            rule(same_group ? "tWTR_L" : "tWTR_S", a.tick, b,
                 write_end + ticks(same_group ? c_.t_wtr_l : c_.t_wtr_s));
        }
    }
    void mixed(const CommandRecord& a, const CommandRecord& b) {
        const bool all = b.command == Command::kPrechargeAll;
        if (a.bank != b.bank && !all) {
            return;
        }
        if (a.command == Command::kActivate) {
            b.command == Command::kRead ? rule("tRCD_read", a.tick, b, ticks(c_.t_rcd_read))
                                        : rule("tRCD_write", a.tick, b, ticks(c_.t_rcd_write));
        } else if (b.command == Command::kPrecharge || all) {
            a.command == Command::kRead
                ? rule("tRTP", a.tick, b, ticks(c_.t_rtp))
                : rule("tWR", a.tick, b, c_.write_latency.value + c_.burst.value + ticks(c_.t_wr));
        }
    }
    void rows(const CommandRecord& a, const CommandRecord& b) {
        rule("row bus", a.tick, b, a.command == Command::kActivate ? c_.activate_slots.value : 1);
        if (is_rest(a.command) || is_rest(b.command)) {
            return;
        }
        const auto is_wide = [](Command c) {
            return c == Command::kPrechargeAll || c == Command::kRefreshAll;
        };
        const bool wide = is_wide(a.command) || is_wide(b.command);
        const bool same = a.bank == b.bank || wide;
        const auto groups = static_cast<std::int32_t>(c_.bank_groups);
        const auto per_stack = groups * static_cast<std::int32_t>(c_.banks_per_group);
        const bool same_group =
            a.bank / per_stack == b.bank / per_stack && a.bank % groups == b.bank % groups;
        const bool closes_a =
            a.command == Command::kPrecharge || a.command == Command::kPrechargeAll;
        const bool closes_b =
            b.command == Command::kPrecharge || b.command == Command::kPrechargeAll;
        if (a.command == Command::kActivate && closes_b) {
            same ? rule("tRAS", a.tick, b, ticks(c_.t_ras)) : void();
        } else if (a.command == Command::kActivate && b.command == Command::kActivate) {
            same         ? rule("tRC", a.tick, b, ticks(c_.t_rc))
            : same_group ? rule("tRRD_L", a.tick, b, ticks(c_.t_rrd_l))
                         : rule("tRRD_S", a.tick, b, ticks(c_.t_rrd_s));
        } else if (a.command == Command::kActivate) {
            same ? rule("tRC to refresh", a.tick, b, ticks(c_.t_rc))
                 : rule("tRRD_S to refresh", a.tick, b, ticks(c_.t_rrd_s));
        } else if (closes_a && closes_b) {
            rule("tPPD", a.tick, b, c_.t_ppd.value);
        } else if (closes_a && same) {
            rule(b.command == Command::kActivate ? "tRP" : "tRP to refresh", a.tick, b,
                 ticks(c_.t_rp));
        } else if (a.command == Command::kRefreshAll) {
            rule("tRFCab", a.tick, b, ticks(c_.t_rfc_all_bank));
        } else if (is_bank_refresh(a.command) && !closes_b) {
            const bool refresh = a.command == Command::kRefreshBank;
            const bool at_row = a.command == Command::kManageRow;
            same ? rule(refresh  ? "tRFCpb"
                        : at_row ? "tDRFM"
                                 : "tRFM",
                        a.tick, b,
                        ticks(refresh  ? c_.t_rfc_per_bank
                              : at_row ? c_.t_drfm
                                       : c_.t_rfm))
                 : rule("tRREFD", a.tick, b, ticks(c_.t_rrefd));
        }
    }
    void state(const CommandRecord& c) {
        const auto open = rows_.find(c.bank);
        const auto wrong = [&](const char* text) {
            result_.violations.push_back(fmt::format("{} at {}", text, c.tick));
        };
        switch (c.command) {
            case Command::kActivate:
                open != rows_.end() ? wrong("activate of an open bank") : void();
                rows_[c.bank] = c.row;
                break;
            case Command::kPrecharge:
                rows_.erase(c.bank) == 0 ? wrong("precharge of a closed bank") : void();
                break;
            case Command::kPrechargeAll:
                rows_.clear();
                break;
            case Command::kRead:
            case Command::kWrite:
                open == rows_.end() || open->second != c.row ? wrong("column of no open row")
                                                             : void();
                break;
            case Command::kRefreshBank:
            case Command::kManageBank:
            case Command::kManageRow:
                open != rows_.end() ? wrong("refresh of an open bank") : void();
                break;
            case Command::kRefreshAll:
                !rows_.empty() ? wrong("refresh with open banks") : void();
                break;
            default:  // rests: the table's checker judges them
                break;
        }
    }
    const Hbm4Config& c_;
    CheckResult result_;
    std::map<std::int32_t, std::int32_t> rows_;
};

}  // namespace

CheckResult check_commands(const Hbm4Config& config, const std::vector<CommandRecord>& commands) {
    return Checker(config).run(commands);
}

}  // namespace vr::testing
