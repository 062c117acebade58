// SPDX-License-Identifier: Apache-2.0
#include "rtl/hbm4/scheduler_settings.h"

#include <algorithm>
#include <bit>

#include "models/base/error.h"
#include "models/hbm4/timing/timing.h"

namespace vr::hbm4 {

namespace {

// Widths of hbm4_scheduler_pkg.sv. A distance of up to 10 us at up to 10 GHz, an interval of up to
// 100 us: what Hbm4Config allows fits.
constexpr int kTimerBits = 17;
constexpr int kIntervalBits = 20;
constexpr int kBufferBits = 13;

class Table {
  public:
    void set(SchedulerSetting setting, std::int64_t value, int bits) {
        ensure(value >= 0 && value < std::int64_t{1} << bits,
               "HBM4 scheduler: setting {} is {}, which {} bits do not hold",
               static_cast<int>(setting), value, bits);
        values_[static_cast<std::size_t>(setting)] = static_cast<std::uint32_t>(value);
    }
    void distance(SchedulerSetting setting, std::int64_t ticks) {
        ensure(ticks > 0, "HBM4 scheduler: setting {} is no distance", static_cast<int>(setting));
        set(setting, ticks, kTimerBits);
    }
    // Between commands of one bus, which a tick keeps apart where the standard has no rule (0).
    void spacing(SchedulerSetting setting, std::int64_t ticks) {
        distance(setting, std::max<std::int64_t>(ticks, 1));
    }
    [[nodiscard]] const SchedulerSettings& values() const { return values_; }

  private:
    SchedulerSettings values_{};
};

std::int64_t log2_of(std::int64_t power_of_two) {
    return std::countr_zero(static_cast<std::uint64_t>(power_of_two));
}

}  // namespace

SchedulerSettings scheduler_settings(const Hbm4Config& c) {
    using S = SchedulerSetting;
    const Timing t(c);
    Table table;
    table.set(S::kBanks, c.banks(), 7);
    table.set(S::kGroupBits, log2_of(c.bank_groups), 3);
    table.set(S::kStackBits, log2_of(c.bank_groups * c.banks_per_group), 3);
    table.distance(S::kRcdRead, t.rcd_read);
    table.distance(S::kRcdWrite, t.rcd_write);
    table.distance(S::kRp, t.rp);
    table.distance(S::kRas, t.ras);
    table.distance(S::kRc, t.rc);
    table.spacing(S::kRrdS, t.rrd_s);
    table.spacing(S::kRrdL, std::max(t.rrd_l, t.rrd_s));
    table.spacing(S::kFaw, t.faw);
    table.distance(S::kRtp, t.rtp);
    table.distance(S::kWriteToPrecharge, t.write_to_precharge);
    table.spacing(S::kCcdSRead, t.ccd_s[0]);
    table.spacing(S::kCcdSWrite, t.ccd_s[1]);
    table.spacing(S::kCcdLRead, std::max(t.ccd_l[0], t.ccd_s[0]));
    table.spacing(S::kCcdLWrite, std::max(t.ccd_l[1], t.ccd_s[1]));
    table.spacing(S::kCcdRRead, t.ccd_r[0]);
    table.spacing(S::kCcdRWrite, t.ccd_r[1]);
    table.spacing(S::kWriteToReadS, t.write_to_read_s);
    table.spacing(S::kWriteToReadL, std::max(t.write_to_read_l, t.write_to_read_s));
    table.spacing(S::kRtw, t.rtw);
    table.spacing(S::kPpd, t.ppd);
    table.distance(S::kActivateSlots, t.activate_slots);
    table.distance(S::kRfcAllBank, t.rfc_all_bank);
    table.distance(S::kRfcPerBank, t.rfc_per_bank);
    table.spacing(S::kRefreshToRefresh, t.refresh_to_refresh);
    table.spacing(S::kRefreshToActivate, t.refresh_to_activate);
    table.spacing(S::kRefreshToActivateL, std::max(t.refresh_to_activate_l, t.refresh_to_activate));
    table.spacing(S::kActivateToRefresh, t.activate_to_refresh);
    table.spacing(S::kActivateToRefreshL, std::max(t.activate_to_refresh_l, t.activate_to_refresh));
    table.set(S::kRefresh,
              t.refresh == RefreshMode::kPerBank   ? 1
              : t.refresh == RefreshMode::kAllBank ? 2
                                                   : 0,
              2);
    table.set(S::kRefreshInterval, t.refresh_interval, kIntervalBits);
    table.set(S::kRefreshPostpone, t.refresh_postpone, 10);
    table.set(S::kReadQueue, t.queue_depth[0], 7);
    table.set(S::kWriteQueue, t.queue_depth[1], 7);
    table.set(S::kWriteBuffer, static_cast<std::int64_t>(t.buffer_depth[1]), kBufferBits);
    table.set(S::kWriteHigh, t.write_high, kBufferBits);
    table.set(S::kWriteLow, t.write_low, kBufferBits);
    table.set(S::kTurnColumns, t.turn_columns, 13);
    table.set(S::kReadAgeLimit, t.read_age_limit, kIntervalBits);
    table.set(S::kWriteAgeLimit, t.write_age_limit, kIntervalBits);
    table.set(S::kPrepareRows, t.prepare_rows ? 1 : 0, 1);
    return table.values();
}

}  // namespace vr::hbm4
