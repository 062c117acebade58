// SPDX-License-Identifier: Apache-2.0
// The timing table of a pseudo-channel in ticks of the command clock CK, made once from the
// parameters. Not modelled: timings that change with temperature or speed bin.
#pragma once

#include <array>
#include <cstdint>

#include "models/hbm4/controller/state.h"
#include "models/hbm4/hbm4_config.h"

namespace vr::hbm4 {

enum class RefreshMode : std::uint8_t { kNone, kPerBank, kAllBank };

/// All gaps in ticks. Times round up to whole ticks; the refresh interval rounds down (more often
/// is legal). A bank's number is (stack id * banks per group + bank) * bank groups + bank group; a
/// group's is stack id * bank groups + bank group.
struct Timing {
    explicit Timing(const Hbm4Config& config);

    std::int32_t banks, bank_groups, groups, stack_ids;
    std::int64_t burst, read_data, write_data;  ///< data bus time; command to first data
    std::int64_t ppd, activate_slots;
    std::int64_t rcd_read, rcd_write, rp, ras, rc, rrd_s, rrd_l, faw;
    std::int64_t ccd_s, ccd_l, ccd_r;
    std::int64_t rtp, write_to_precharge, write_to_read_s, write_to_read_l, rtw;
    std::int64_t rfc_all_bank, rfc_per_bank, refresh_interval, rrefd;
    RefreshMode refresh;
    std::int64_t refresh_postpone;
    std::int64_t read_age_limit, write_age_limit;
    std::array<std::int32_t, 2> queue_depth;  ///< reads, writes
    std::array<std::size_t, 2> buffer_depth;  ///< reads, writes
    std::int32_t write_high, write_low, turn_columns;
    std::uint64_t all_banks;  ///< one bit per bank
    std::array<std::uint8_t, kMaxBanks> group_of_bank{};
    std::array<std::uint8_t, kMaxGroups> stack_of_group{};
    std::array<std::uint64_t, kMaxGroups> banks_of_group{};

    /// Ticks from a column command to the end of its data.
    [[nodiscard]] std::int64_t to_data_end(bool write) const {
        return (write ? write_data : read_data) + burst;
    }
    /// No response is known later than this many ticks before it is due.
    [[nodiscard]] std::int64_t shortest_access() const {
        return (write_data < read_data ? write_data : read_data) + burst;
    }
};

}  // namespace vr::hbm4
