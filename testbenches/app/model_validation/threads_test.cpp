// SPDX-License-Identifier: Apache-2.0
// Kernels of plain threads on whole GPUs against measured rows: plateaus of latency and of
// bandwidth, each from another mechanism, and machines with one property wrong.
#include <catch2/catch.hpp>
#include <cmath>

#include "app/paths.h"
#include "app/validation/validate.h"

namespace {

// |ln(simulated / measured)| of one row.
double error_of(const vr::MeasuredRow& row, const std::vector<std::string>& sets = {}) {
    vr::CommonOptions common;
    common.sets = sets;
    vr::Presets presets(common);
    const vr::Prediction made = row.experiment.starts_with("pointer_chase")
                                    ? vr::latency_families().front().predict(row, presets)
                                    : vr::predict_streams(row, presets);
    INFO(row.device << ' ' << row.experiment << ": " << made.why);
    REQUIRE(made.state == vr::RowState::kModelled);
    return std::fabs(std::log(made.simulated / row.value));
}

vr::MeasuredRow chase(const char* device, const char* kilobytes, const char* clock, double clocks) {
    vr::MeasuredRow row;
    row.device = device;
    row.experiment = "pointer_chase_1warp_random";
    row.value = clocks;
    row.unit = "cycles";
    row.parameters = {{"buffer_kB", kilobytes}, {"sm_clock_MHz", clock}};
    return row;
}

vr::MeasuredRow stream(const char* device, const char* experiment, const char* threads,
                       const char* occupancy, double rate, const char* working_set = "") {
    vr::MeasuredRow row;
    row.device = device;
    row.experiment = experiment;
    row.value = rate;
    row.unit = "GB/s";
    row.parameters = {{"threads_per_block", threads}, {"occupancy_pct", occupancy}};
    if (*working_set != 0) {
        row.parameters["working_set_kB"] = working_set;
    }
    return row;
}

}  // namespace

TEST_CASE("a chase sees L1, L2 and HBM of A100 and GH200 as measured") {
    CHECK(error_of(chase("A100-SXM-80GB", "44.4", "1410", 33.3)) < 0.03);
    CHECK(error_of(chase("A100-SXM-80GB", "1522.4", "1410", 205.9)) < 0.03);
    CHECK(error_of(chase("A100-SXM-80GB", "115590", "1410", 524.5)) < 0.07);
    CHECK(error_of(chase("GH200-96GB", "50.2", "1980", 32.4)) < 0.03);
    CHECK(error_of(chase("GH200-96GB", "2514.5", "1980", 280.5)) < 0.03);
    // Without L1 a small buffer looks like a larger one.
    CHECK(error_of(chase("A100-SXM-80GB", "44.4", "1410", 33.3),
                   {"gpu.sm.load_store.cache=1 KiB", "gpu.sm.load_store.ways=8"}) > 1.5);
}

TEST_CASE("all SMs read what L2 holds as fast as its slices give it") {
    vr::Presets presets({});
    vr::MeasuredRow row;
    row.device = "A100-SXM-80GB";
    row.experiment = "shared_cache_read_bw";
    row.value = 5436.5;
    row.unit = "GB/s";
    row.parameters = {{"block_kB", "512"}, {"data_set_kB", "8192"}};
    const vr::Prediction made = vr::cache_bandwidth_family().predict(row, presets);
    REQUIRE(made.state == vr::RowState::kModelled);
    CHECK(std::fabs(std::log(made.simulated / row.value)) < 0.06);
}

TEST_CASE("each SM reads what its L1 holds a line a clock, and more than that from L2") {
    vr::MeasuredRow row;
    row.device = "A100-SXM-80GB";
    row.experiment = "private_cache_read_bw_all_SM_same_buffer";
    row.unit = "GB/s";
    const auto rate = [&](const char* kilobytes, std::vector<std::string> sets = {}) {
        vr::CommonOptions common;
        common.sets = std::move(sets);
        vr::Presets presets(common);
        row.parameters = {{"block_kB", kilobytes}, {"data_set_kB", kilobytes}};
        const vr::Prediction made = vr::cache_bandwidth_family().predict(row, presets);
        REQUIRE(made.state == vr::RowState::kModelled);
        return made.simulated;
    };
    CHECK(std::fabs(std::log(rate("64") / 19042.7)) < 0.05);
    CHECK(std::fabs(std::log(rate("328") / 4633.9)) < 0.2);
    CHECK(rate("64", {"gpu.sm.load_store.cache=32 KiB"}) < rate("64") / 2);
}

TEST_CASE("few threads are bound by the time from block to block, many by a width") {
    // Stores: launch and end of blocks. Loads: the same and HBM's latency.
    CHECK(error_of(stream("A100-SXM-80GB", "stream_init", "64", "6.2", 406)) < 0.1);
    CHECK(error_of(stream("A100-SXM-80GB", "stream_read", "64", "3.1", 85)) < 0.12);
    CHECK(error_of(stream("GH200-96GB", "stream_triad", "64", "3.1", 418)) < 0.12);
    // All threads: the write port of the SM, the slices of L2.
    CHECK(error_of(stream("A100-SXM-80GB", "l2_stream_store", "1024", "100", 2421, "5375")) < 0.05);
    CHECK(error_of(stream("A100-SXM-80GB", "l2_stream_triad", "1024", "100", 5586, "7167")) < 0.13);
    CHECK(error_of(stream("A100-SXM-80GB", "stream_init", "64", "6.2", 406),
                   {"gpu.thread_block_scheduler.launch_latency=1000 clk"}) > 0.5);
    CHECK(error_of(stream("A100-SXM-80GB", "l2_stream_store", "1024", "100", 2421, "5375"),
                   {"gpu.crossbar.write_width=32 B/clk"}) > 0.4);
}
