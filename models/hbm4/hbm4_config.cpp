// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/hbm4_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "models/base/quantity_text.h"
#include "models/hbm4/address_map/field_order.h"
#include "models/hbm4/controller/state.h"
#include "models/hbm4/ecc/word_code.h"
#include "models/hbm4/timing/timing.h"

namespace vr {

namespace {

bool is_power_of_two(std::int64_t n) {
    return n > 0 && std::has_single_bit(static_cast<std::uint64_t>(n));
}

class Problems {
  public:
    void require(bool right, const char* key, std::string text) {
        if (!right) {
            list_.emplace_back(key, std::move(text));
        }
    }
    std::vector<std::pair<std::string, std::string>> take() { return std::move(list_); }

  private:
    std::vector<std::pair<std::string, std::string>> list_;
};

}  // namespace

Bandwidth Hbm4Config::peak_bandwidth() const {
    return {pseudo_channels() * access_bytes.value * clock.value / burst.value};
}

Time Hbm4Config::refresh_interval() const {
    constexpr std::int64_t kWhole = 4;  // in quarters
    const std::int64_t quarters = refresh_scale == "0.25x"  ? kWhole / 4
                                  : refresh_scale == "0.5x" ? kWhole / 2
                                  : refresh_scale == "2x"   ? kWhole * 2
                                  : refresh_scale == "4x"   ? kWhole * 4
                                                            : kWhole;
    return {t_refi.value * quarters / kWhole};
}

std::vector<std::pair<std::string, std::string>> Hbm4Config::problems() const {
    Problems p;
    p.require(pseudo_channels() <= std::int64_t{1} << 16, "stacks",
              fmt::format("{} pseudo-channels in all; allowed: at most 65536", pseudo_channels()));
    p.require(is_power_of_two(bank_groups), "bank_groups",
              fmt::format("{} is no power of two", bank_groups));
    p.require(is_power_of_two(banks_per_group), "banks_per_group",
              fmt::format("{} is no power of two", banks_per_group));
    p.require(
        banks() <= hbm4::kMaxBanks, "banks_per_group",
        fmt::format("{} banks per pseudo-channel; allowed: at most {}", banks(), hbm4::kMaxBanks));
    p.require(stack_ids * bank_groups <= hbm4::kMaxGroups, "bank_groups",
              fmt::format("{} bank groups over all stack ids; allowed: at most {}",
                          stack_ids * bank_groups, hbm4::kMaxGroups));
    const bool sizes = is_power_of_two(access_bytes.value) && is_power_of_two(interleave.value) &&
                       is_power_of_two(row_bytes.value);
    p.require(sizes, "row_bytes", "row_bytes, access_bytes and interleave are powers of two");
    p.require(interleave >= access_bytes && interleave <= row_bytes, "interleave",
              fmt::format("{} B; allowed: access_bytes ({} B) to row_bytes ({} B)",
                          interleave.value, access_bytes.value, row_bytes.value));
    p.require(
        hbm4::field_order(address_order).has_value(), "address_order",
        fmt::format("\"{}\"; allowed: bg, column, bank, sid and row, each once, joined by '-'",
                    address_order));
    p.require(row_bytes.value / access_bytes.value <= hbm4::kMaxColumns, "row_bytes",
              fmt::format("{} columns; allowed: at most {}", row_bytes.value / access_bytes.value,
                          hbm4::kMaxColumns));
    p.require(
        write_high > write_low && write_high <= write_queue + write_buffer, "write_high",
        fmt::format("{}; allowed: above write_low ({}), at most write_queue + write_buffer ({})",
                    write_high, write_low, write_queue + write_buffer));
    p.require(impl == "model" || (page_policy == "open" && refresh_order == "idle_first" &&
                                  scheduler == "first_ready"),
              "impl",
              "the RTL twin has page_policy \"open\", refresh_order \"idle_first\" and scheduler "
              "\"first_ready\" only; allowed: these, or impl = \"model\"");
    hbm4::check_ecc(*this,
                    [&p](const char* key, std::string text) { p.require(false, key, text); });
    const bool manages = refresh_management != "none";
    p.require(
        impl == "model" || power_down == "none", "impl",
        "the RTL twin has no power-down; allowed: power_down = \"none\", or impl = \"model\"");
    p.require(impl == "model" || !manages, "impl",
              "the RTL twin has no refresh management; allowed: refresh_management = \"none\", or "
              "impl = \"model\"");
    if (manages) {
        const hbm4::Command command =
            refresh_management == "drfm" ? hbm4::Command::kManageRow : hbm4::Command::kManageBank;
        p.require(
            hbm4::standard_named(standard).has(command), "refresh_management",
            fmt::format("\"{}\", but {} has no {}; allowed: \"none\", or what the standard has",
                        refresh_management, standard, hbm4::name_of(command)));
        p.require(raa_maximum >= raa_initial, "raa_maximum",
                  fmt::format("{}; allowed: at least raa_initial ({})", raa_maximum, raa_initial));
    }
    p.require(t_ccd_s >= burst, "t_ccd_s", "shorter than burst: the data bus would be shared");
    p.require(t_ccd_r >= burst, "t_ccd_r", "shorter than burst: the data bus would be shared");
    const auto at_least = [&p](const char* key, auto value, const char* other, auto least) {
        p.require(value >= least, key,
                  fmt::format("shorter than {}; allowed: at least {}", other, to_text(least)));
    };
    at_least("t_ccd_l", t_ccd_l, "t_ccd_s", t_ccd_s);
    at_least("t_rrd_l", t_rrd_l, "t_rrd_s", t_rrd_s);
    at_least("t_wtr_l", t_wtr_l, "t_wtr_s", t_wtr_s);
    at_least("t_rc", t_rc, "t_ras + t_rp", t_ras + t_rp);
    p.require(t_ras > t_rcd_read && t_ras > t_rcd_write, "t_ras",
              fmt::format("not longer than t_rcd_read and t_rcd_write; allowed: above {}",
                          to_text(std::max(t_rcd_read, t_rcd_write))));
    const hbm4::Timing timing(*this);
    p.require(timing.rtw + timing.write_data >= timing.read_data + timing.burst, "t_rtw",
              "write data would begin before read data has left the bus; allowed: at least "
              "read_latency + burst - write_latency");
    p.require(timing.write_to_read_s + timing.read_data >= timing.write_data + timing.burst,
              "t_wtr_s", "read data would begin before write data has left the bus");
    constexpr std::int64_t kTwinTicks = std::int64_t{1} << 20;  // of its interval counter
    p.require(impl == "model" || timing.refresh_interval < kTwinTicks, "refresh_scale",
              fmt::format("a refresh every {} CK; allowed with the RTL twin: below {}",
                          timing.refresh_interval, kTwinTicks));
    if (timing.refresh != hbm4::RefreshMode::kNone) {
        const bool per_bank = timing.refresh == hbm4::RefreshMode::kPerBank;
        const char* key = per_bank ? "t_rfc_per_bank" : "t_rfc_all_bank";
        const std::int64_t round = timing.refresh_interval * (per_bank ? timing.banks : 1);
        p.require((per_bank ? timing.rfc_per_bank : timing.rfc_all_bank) < round, key,
                  "not shorter than t_refi times refresh_scale: nothing but refresh would happen");
        p.require(!per_bank || timing.refresh_to_refresh <= timing.refresh_interval, "t_rrefd",
                  "longer than t_refi times refresh_scale / banks: refresh could not keep up");
        p.require(timing.refresh_interval > 0, "t_refi", "shorter than one CK per bank");
    }
    return p.take();
}

std::string Hbm4Config::name_of_pseudo_channel(std::int64_t number) const {
    const std::int64_t channel = number / pseudo_channels_per_channel;
    return fmt::format("stack{}.channel{}.pseudo_channel{}", channel / channels_per_stack,
                       channel % channels_per_stack, number % pseudo_channels_per_channel);
}

}  // namespace vr
