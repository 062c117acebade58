// SPDX-License-Identifier: Apache-2.0
// What a pseudo-channel's core knows of time, in ticks of the command clock CK: the rules of its
// standard, each in the gate of the core that keeps it. Of the timings only the refresh interval
// follows temperature.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "models/hbm4/controller/state.h"
#include "models/hbm4/hbm4_config.h"
#include "models/hbm4/standards/standard.h"

namespace vr::hbm4 {

enum class RefreshMode : std::uint8_t { kNone, kPerBank, kAllBank };
enum class RestMode : std::uint8_t { kNone, kPowerDown, kSelfRefresh };
enum class Management : std::uint8_t { kNone, kUndirected, kDirected };

/// All gaps in ticks. Times round up to whole ticks; the refresh interval rounds down (more often
/// is legal). A bank's number is (stack id * banks per group + bank) * bank groups + bank group; a
/// group's is stack id * bank groups + bank group.
struct Timing {
    /// By the table that config.standard names.
    explicit Timing(const Hbm4Config& config);
    /// Throws InputError when the core has no gate for a rule, when it has one gate for two rules
    /// that differ, or when one of two such rules is missing: no rule is left out silently.
    Timing(const Hbm4Config& config, const Standard& standard);

    std::int32_t banks, bank_groups, groups, stack_ids;
    std::int64_t burst, read_data, write_data;  ///< data bus time; command to first data
    std::int64_t activate_slots;
    // Rules of the standard; 0: it has none such.
    std::int64_t rc = 0, ras = 0, rp = 0, rcd_read = 0, rcd_write = 0;  ///< of one bank
    std::int64_t rtp = 0, write_to_precharge = 0, rfc_per_bank = 0;
    std::int64_t rrd_l = 0;                                 ///< of one bank group
    std::array<std::int64_t, 2> ccd_l{}, ccd_s{}, ccd_r{};  ///< read, write to its like
    std::int64_t write_to_read_l = 0, write_to_read_s = 0, rtw = 0;
    std::int64_t rrd_s = 0, faw = 0, ppd = 0;                           ///< of all banks
    std::int64_t activate_to_refresh_l = 0, refresh_to_activate_l = 0;  ///< of one bank group
    std::int64_t activate_to_refresh = 0, refresh_to_activate = 0, refresh_to_refresh = 0;
    std::int64_t rfc_all_bank = 0;
    std::int64_t rfm = 0, drfm = 0;                                ///< of one bank
    std::int64_t read_to_power_down = 0, write_to_power_down = 0;  ///< until data have moved
    std::int64_t pd = 0, xp = 0, sr = 0, xs = 0;  ///< shortest rest, and from its end to a command
    std::int64_t refresh_interval = 0;            ///< at the stack's temperature
    RefreshMode refresh;
    std::uint8_t scheduler, page_policy, refresh_order;  ///< places in the lists of policies
    bool prepare_rows;  ///< row commands for the direction that waits
    std::int64_t row_hit_cap;
    std::int64_t refresh_postpone;
    std::int64_t page_timeout;  ///< ticks without use after which an adaptive policy closes a row
    RestMode rest;
    std::int64_t rest_after;  ///< ticks without a column
    Management management;
    std::int32_t raa_initial, raa_maximum, raa_per_refresh;
    std::int64_t read_age_limit, write_age_limit;
    std::array<std::int32_t, 2> queue_depth;  ///< reads, writes
    std::array<std::size_t, 2> buffer_depth;  ///< reads, writes
    std::int32_t write_high, write_low, turn_columns;
    std::uint64_t all_banks;  ///< one bit per bank
    std::array<std::uint8_t, kMaxBanks> group_of_bank{};
    std::array<std::uint8_t, kMaxGroups> stack_of_group{};
    std::array<std::uint64_t, kMaxGroups> banks_of_group{};

    /// From a column command of one direction (0 reads, 1 writes) and bank group to another.
    [[nodiscard]] std::int64_t column_gap(std::size_t from, std::size_t to, std::size_t from_group,
                                          std::size_t to_group) const {
        const bool same = from_group == to_group;
        if (from == to) {
            return same                                                     ? ccd_l[to]
                   : stack_of_group[from_group] == stack_of_group[to_group] ? ccd_s[to]
                                                                            : ccd_r[to];
        }
        return to == 1 ? rtw : same ? std::max(write_to_read_l, write_to_read_s) : write_to_read_s;
    }
    /// From an activate in a bank group to one in another bank.
    [[nodiscard]] std::int64_t activate_gap(std::size_t from_group, std::size_t to_group) const {
        return from_group == to_group ? std::max(rrd_l, rrd_s) : rrd_s;
    }
    /// Ticks from a column command to the end of its data.
    [[nodiscard]] std::int64_t to_data_end(bool write) const {
        return (write ? write_data : read_data) + burst;
    }
    /// No response is known later than this many ticks before it is due.
    [[nodiscard]] std::int64_t shortest_access() const {
        return (write_data < read_data ? write_data : read_data) + burst;
    }

  private:
    void take_rules(const Hbm4Config& config, const Standard& standard);
};

}  // namespace vr::hbm4
