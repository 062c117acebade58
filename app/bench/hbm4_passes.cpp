// SPDX-License-Identifier: Apache-2.0
// 20 GB of 32 B reads through one HBM4 pseudo-channel, pass after pass over its rows, refresh on:
// periods that recur are skipped (transport/fast_forward.h). The ticks are those of the plain run,
// which testbenches/hbm4/bulk checks.
#include <fmt/format.h>

#include <algorithm>

#include "app/bench/benchmark.h"
#include "app/platform/platform_config.h"
#include "app/simulate.h"
#include "models/base/error.h"
#include "models/hbm4/bulk/access_stream.h"
#include "models/hbm4/bulk/skipping.h"

namespace vr {

namespace {

constexpr std::int64_t kBytes = 20LL * 1024 * 1024 * 1024;
constexpr std::int64_t kPlainRequests = 1'000'000;

struct Passed {
    std::int64_t simulated = 0;  // requests
    std::int64_t end = 0;        // last data, tick
    std::int64_t period = 0;     // ticks; 0: none
};

Passed pass(const hbm4::AccessStreamSetup& setup, std::int64_t requests, bool skip) {
    hbm4::AccessStream machine(setup);
    FastForward<hbm4::AccessStream> fast(skip, hbm4::kStreamLimits);
    Passed passed;
    std::int64_t skipped = 0;
    machine.add(0, {0, requests, false});
    hbm4::run_skipping(
        machine, fast, 0, kNeverTick, setup.rhythm,
        [&](const std::vector<hbm4::Output>& outputs) {
            passed.simulated += static_cast<std::int64_t>(outputs.size());
            passed.end = outputs.empty() ? passed.end : outputs.back().tick;
        },
        [&](const auto& one) {
            skipped += one.periods * static_cast<std::int64_t>(one.outputs);
            passed.period = std::max(passed.period, one.ticks);
        });
    const hbm4::Counters& counters = machine.counters();
    ensure(passed.simulated + skipped == requests && counters.reads == requests &&
               counters.refreshes > 0,
           "requests were lost");
    return passed;
}

// hash: its function; empty for none.
BenchmarkResult measure(const char* refresh_order, const std::string& hash) {
    Configuration configuration = load_platform(CommonOptions{});
    Hbm4Config config = bind_platform_config(configuration).gpu.hbm4;
    config.refresh_order = refresh_order;
    config.hash = !hash.empty();
    if (config.hash) {
        config.hash_function = hash;
    }
    const hbm4::AccessStreamSetup setup(config, 1);
    const std::int64_t requests = kBytes / config.access_bytes.value;
    Passed passed;
    BenchmarkResult result;
    // Hashed by the whole row, banks come in another order in every row of a pass: nothing recurs
    // within reach, and a part of the 20 GB tells the rate.
    const std::int64_t count = setup.repeat == setup.accesses ? kPlainRequests : requests;
    result.value = best_rate(count, [&] { passed = pass(setup, count, true); });
    result.baseline = best_rate(kPlainRequests, [&] { pass(setup, kPlainRequests, false); });
    result.note = fmt::format(
        "{} of {} requests simulated, at {:.1f} M a second; period of {} ticks; the last data at "
        "tick {}",
        passed.simulated, count,
        static_cast<double>(result.value) * static_cast<double>(passed.simulated) /
            static_cast<double>(count) * 1e-6,
        passed.period, passed.end);
    return result;
}

Benchmark passes(const char* name, const char* how, const char* refresh_order, const char* hash) {
    return {name, "requests/s",
            fmt::format("20 GB of 32 B reads as passes over one pseudo-channel, {}, recurring "
                        "periods skipped; baseline: the same without skipping",
                        how),
            [refresh_order, hash] { return measure(refresh_order, hash); }};
}

}  // namespace

Benchmark hbm4_passes_round_robin_benchmark() {
    return passes("hbm4_passes_round_robin", "refresh in turn, banks not hashed", "round_robin",
                  "");
}

Benchmark hbm4_passes_default_benchmark() {
    return passes("hbm4_passes_default", "default refresh, banks not hashed", "idle_first", "");
}

Benchmark hbm4_passes_hashed_benchmark() {
    return passes(
        "hbm4_passes_hashed",
        "default refresh, banks hashed by the whole row (the first million; nothing recurs)",
        "idle_first", "polynomial");
}

Benchmark hbm4_passes_neighbour_benchmark() {
    return passes("hbm4_passes_neighbour", "default refresh, banks hashed by the row's lowest bits",
                  "idle_first", "neighbour");
}

}  // namespace vr
