// SPDX-License-Identifier: Apache-2.0
// Parameters of one GPU's HBM4: organisation, clocks, timings, controller policy and address map;
// one line each. Not modelled here: mode registers.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/base/parameter.h"
#include "models/base/quantity.h"
#include "models/hbm4/ecc/fault_config.h"
#include "models/hbm4/hbm4_energy.h"

namespace vr {

namespace hbm4 {

/// Words of the lists of policies (scheduler/schedulers.h, page/page_policies.h,
/// refresh/refresh_orders.h, address_map/address_hashes.h).
[[nodiscard]] Allowed scheduler_names();
[[nodiscard]] Allowed page_policy_names();
[[nodiscard]] Allowed refresh_order_names();
[[nodiscard]] Allowed address_hash_names();

}  // namespace hbm4

/// Immutable after binding. Times are kept as the standard gives them and rounded up to command
/// clocks (CK) by hbm4::Timing; data moves at four bits a pin and CK.
struct Hbm4Config {
    std::string standard = "hbm4";
    std::int64_t stacks{};
    std::int64_t channels_per_stack{};
    std::int64_t pseudo_channels_per_channel{};
    std::int64_t stack_ids{};
    std::int64_t bank_groups{};
    std::int64_t banks_per_group{};
    std::int64_t rows{};
    Bytes row_bytes{};
    Bytes access_bytes{};
    Frequency clock{};
    Cycles burst{}, read_latency{}, write_latency{};
    Cycles t_ccd_s{}, t_ccd_l{}, t_ccd_r{}, t_ppd{}, activate_slots{};
    Time t_rcd_read{}, t_rcd_write{}, t_rp{}, t_ras{}, t_rc{};
    Time t_rrd_s{}, t_rrd_l{}, t_faw{};
    Time t_rtp{}, t_wr{}, t_wtr_s{}, t_wtr_l{}, t_rtw{};
    Time t_rfc_all_bank{}, t_rfc_per_bank{}, t_refi{}, t_rrefd{};
    std::string refresh;
    std::string refresh_order = "idle_first";
    std::int64_t refresh_postpone{};
    std::string scheduler = "first_ready";
    std::int64_t row_hit_cap{};
    std::string refresh_scale = "1x";
    std::string refresh_management = "none";
    std::int64_t raa_initial = 80, raa_maximum = 480, raa_per_refresh = 40;
    Time t_rfm{280'000'000}, t_drfm{560'000'000};
    std::string power_down = "none";
    Cycles power_down_after{100};
    Time t_pd{10'000'000}, t_xp{10'000'000}, t_sr{10'000'000}, t_xs{540'000'000};
    std::string page_policy;
    Cycles page_timeout{};
    bool prepare_rows = true;
    std::int64_t read_queue{}, write_queue{}, read_buffer{}, write_buffer{};
    std::int64_t write_high{}, write_low{}, turn_columns{};
    Cycles read_age_limit{}, write_age_limit{};
    Cycles front_latency{}, back_latency{};
    Bytes interleave{};
    std::string address_order = "bg-column-bank-sid-row";
    bool hash{};
    std::string hash_function = "polynomial";
    std::string impl = "model";
    std::string ecc = "by_standard";
    std::int64_t ecc_sideband_bits{};
    Hbm4FaultConfig faults{};
    Hbm4Energy energy{};

    template <class Visitor>
    void parameters(Visitor& p) {
        p.optional("standard", standard, "hbm4", {"hbm4", "hbm3", "hbm2"},
                   "table of commands and rules of time (models/hbm4/standards)");
        p("stacks", stacks, {"1", "16"}, "HBM stacks of the GPU");
        p("channels_per_stack", channels_per_stack, {"1", "64"}, "channels of a stack");
        p("pseudo_channels_per_channel", pseudo_channels_per_channel, {"1", "4"},
          "pseudo-channels of a channel");
        p("stack_ids", stack_ids, {"1", "8"}, "ranks of dies in a stack (3 for 12-high)");
        p("bank_groups", bank_groups, {"1", "8"},
          "bank groups per stack id; a power of two, at most 16 over all stack ids");
        p("banks_per_group", banks_per_group, {"1", "16"},
          "banks of a bank group; a power of two, at most 64 banks per pseudo-channel");
        p("rows", rows, {"1", "1048576"}, "rows of a bank");
        p("row_bytes", row_bytes, {"256 B", "8 KiB"}, "bytes of a row, per pseudo-channel");
        p("access_bytes", access_bytes, {"16 B", "128 B"}, "bytes of one column access");
        p("clock", clock, {"100 MHz", "10 GHz"}, "command clock CK: pin rate / 4");
        p("burst", burst, {"1 clk", "16 clk"}, "CK that one access holds the data bus");
        p("read_latency", read_latency, {"1 clk", "200 clk"}, "CL: read command to data, CK");
        p("write_latency", write_latency, {"1 clk", "200 clk"}, "CWL: write command to data, CK");
        p("t_ccd_s", t_ccd_s, {"1 clk", "64 clk"}, "column to column, other bank group, CK");
        p("t_ccd_l", t_ccd_l, {"1 clk", "64 clk"}, "column to column, same bank group, CK");
        p("t_ccd_r", t_ccd_r, {"1 clk", "64 clk"}, "column to column, other stack id, CK");
        p("t_ppd", t_ppd, {"1 clk", "64 clk"}, "precharge to precharge, CK");
        p.optional("activate_slots", activate_slots, "2 clk", {"1 clk", "4 clk"},
                   "CK that ACT holds the row bus");
        p("t_rcd_read", t_rcd_read, {"1 ns", "1 us"}, "activate to read");
        p("t_rcd_write", t_rcd_write, {"1 ns", "1 us"}, "activate to write");
        p("t_rp", t_rp, {"1 ns", "1 us"}, "precharge to activate");
        p("t_ras", t_ras, {"1 ns", "1 us"}, "activate to precharge");
        p("t_rc", t_rc, {"1 ns", "1 us"}, "activate to activate of one bank");
        p("t_rrd_s", t_rrd_s, {"100 ps", "1 us"}, "activate to activate, other bank group");
        p("t_rrd_l", t_rrd_l, {"100 ps", "1 us"}, "activate to activate, same bank group");
        p("t_faw", t_faw, {"1 ns", "1 us"}, "window that holds at most four activates");
        p("t_rtp", t_rtp, {"100 ps", "1 us"}, "read to precharge");
        p("t_wr", t_wr, {"1 ns", "1 us"}, "end of write data to precharge");
        p("t_wtr_s", t_wtr_s, {"100 ps", "1 us"}, "end of write data to read, other bank group");
        p("t_wtr_l", t_wtr_l, {"100 ps", "1 us"}, "end of write data to read, same bank group");
        p("t_rtw", t_rtw, {"100 ps", "1 us"}, "read command to write command");
        p("t_rfc_all_bank", t_rfc_all_bank, {"10 ns", "10 us"}, "all-bank refresh to activate");
        p("t_rfc_per_bank", t_rfc_per_bank, {"10 ns", "10 us"}, "per-bank refresh to activate");
        p("t_refi", t_refi, {"100 ns", "100 us"},
          "average interval in which every bank is refreshed once");
        p("t_rrefd", t_rrefd, {"100 ps", "1 us"},
          "per-bank refresh to refresh or activate of another bank");
        p("refresh", refresh, {"per_bank", "all_bank", "none"}, "how the controller refreshes");
        p.optional("refresh_order", refresh_order, "idle_first", hbm4::refresh_order_names(),
                   "which bank a per-bank refresh takes: one without work, the next one, or any");
        p.optional("refresh_postpone", refresh_postpone, "8", {"0", "512"},
                   "refresh commands that may be owed before one is forced on a bank with work");
        p.optional(
            "scheduler", scheduler, "first_ready", hbm4::scheduler_names(),
            "which column goes first: of the oldest request whose row is open (capped: unless "
            "its row has served row_hit_cap columns and an older one waits), or of the oldest");
        p.optional(
            "row_hit_cap", row_hit_cap, "64", {"1", "1000000"},
            "columns of an open row after which first_ready_capped lets an older request pass");
        p.optional("refresh_scale", refresh_scale, "1x", {"4x", "2x", "1x", "0.5x", "0.25x"},
                   "what the temperature of a stack makes of t_refi (TEMP[2:0] of HBM2)");
        p.optional("refresh_management", refresh_management, "none", {"none", "rfm", "drfm"},
                   "commands for banks with many activates: none, RFMpb, or DRFMpb at a row");
        p.optional("raa_initial", raa_initial, "80", {"1", "65535"},
                   "activates of a bank from which it may take refresh management (RAAIMT), and "
                   "of which one command relieves it");
        p.optional("raa_maximum", raa_maximum, "480", {"1", "65535"},
                   "activates of a bank at which it must take refresh management (RAAMMT)");
        p.optional("raa_per_refresh", raa_per_refresh, "40", {"0", "65535"},
                   "activates of which a refresh relieves a bank");
        p.optional("t_rfm", t_rfm, "280 ns", {"10 ns", "10 us"}, "RFMpb to activate");
        p.optional("t_drfm", t_drfm, "560 ns", {"10 ns", "10 us"}, "DRFMpb to activate");
        p.optional("power_down", power_down, "none", {"none", "power_down", "self_refresh"},
                   "what an idle pseudo-channel does to save power");
        p.optional("power_down_after", power_down_after, "100 clk", {"0 clk", "1000000000 clk"},
                   "CK without a column after which an idle pseudo-channel rests");
        p.optional("t_pd", t_pd, "10 ns", {"100 ps", "10 us"}, "power-down entry to exit");
        p.optional("t_xp", t_xp, "10 ns", {"100 ps", "10 us"}, "power-down exit to a command");
        p.optional("t_sr", t_sr, "10 ns", {"100 ps", "10 us"}, "self-refresh entry to exit");
        p.optional("t_xs", t_xs, "540 ns", {"100 ps", "100 us"}, "self-refresh exit to a command");
        p.optional("page_policy", page_policy, "open", hbm4::page_policy_names(),
                   "when a row that no queued request hits is closed: for another row, at once, or "
                   "when it was not used for page_timeout");
        p.optional("page_timeout", page_timeout, "200 clk", {"0 clk", "1000000 clk"},
                   "CK without a command after which the adaptive page policy closes a row");
        p.optional("prepare_rows", prepare_rows, "true", {},
                   "open rows for reads while writes have the data bus, and the other way round");
        p("read_queue", read_queue, {"1", "64"}, "read requests that the scheduler sees");
        p("write_queue", write_queue, {"1", "64"}, "write requests that the scheduler sees");
        p.optional("read_buffer", read_buffer, "0", {"0", "4096"},
                   "read requests that the controller holds in front of the scheduler's");
        p.optional("write_buffer", write_buffer, "0", {"0", "4096"},
                   "write requests that the controller holds in front of the scheduler's");
        p("write_high", write_high, {"1", "4160"},
          "writes, queued and buffered, at which writing begins");
        p("write_low", write_low, {"0", "4159"},
          "writes, queued and buffered, at which reading resumes");
        p("turn_columns", turn_columns, {"1", "4096"},
          "columns that a direction may serve before a watermark or an age turns the bus");
        p("read_age_limit", read_age_limit, {"16 clk", "1000000 clk"},
          "CK in the queue after which a read passes row hits and a write turn ends");
        p("write_age_limit", write_age_limit, {"16 clk", "1000000 clk"},
          "CK in the queue after which a write passes row hits and a read turn ends");
        p("front_latency", front_latency, {"0 clk", "1000 clk"},
          "CK from a request's arrival to the scheduler");
        p("back_latency", back_latency, {"0 clk", "1000 clk"},
          "CK from the last data to the response");
        p("interleave", interleave, {"32 B", "4 KiB"},
          "bytes that stay together in one row of one pseudo-channel");
        p.optional("address_order", address_order, "bg-column-bank-sid-row", {},
                   "fields of an address above the pseudo-channel, from low to high");
        p.optional("hash", hash, "true", {}, "spread pseudo-channels and banks by higher bits");
        p.optional(
            "hash_function", hash_function, "polynomial", hbm4::address_hash_names(),
            "what is XORed: a polynomial hash of the higher bits, all groups of them, or the "
            "lowest group");
        p.optional("impl", impl, "model", {"model", "rtl", "both"},
                   "what schedules the commands of one channel (vrsim mem): the model, its "
                   "SystemVerilog twin, or both in lock step");
        p.optional("ecc", ecc, "by_standard", {"by_standard", "none", "on_die", "sideband", "both"},
                   "error correction: on the die (HBM3, HBM4), by the controller (HBM2), both");
        p.optional("ecc_sideband_bits", ecc_sideband_bits, "0", {"0", "256"},
                   "data bits of a word of the controller's code: 64, 128, 256; 0: by standard");
        p.group("faults", faults);
        p.group("energy", energy);
    }

    /// Inconsistent values: (key, what is wrong and what is allowed). Empty when the machine can be
    /// built.
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> problems() const;

    /// Keys whose values change nothing while others stand as they do: (key, what stands so).
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> without_effect() const;

    [[nodiscard]] std::int64_t pseudo_channels() const {
        return stacks * channels_per_stack * pseudo_channels_per_channel;
    }
    /// Of all of them, from 0: "stack2.channel31.pseudo_channel1".
    [[nodiscard]] std::string name_of_pseudo_channel(std::int64_t number) const;
    [[nodiscard]] std::int64_t banks() const { return stack_ids * bank_groups * banks_per_group; }
    /// t_refi at the temperature of the stacks.
    [[nodiscard]] Time refresh_interval() const;
    /// Capacity of the GPU's memory.
    [[nodiscard]] Bytes capacity() const { return pseudo_channels() * banks() * rows * row_bytes; }
    /// Peak rate of the data buses of all pseudo-channels together.
    [[nodiscard]] Bandwidth peak_bandwidth() const;
};

}  // namespace vr
