// SPDX-License-Identifier: Apache-2.0
// Speed of the memory model by itself: the four patterns on one channel and on the whole GPU.
// hbm4_bench [REQUESTS [BYTES [WINDOW_PER_PSEUDO_CHANNEL]]]; window 0: the queues
#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <string>

#include "models/hbm4/driver/memory_driver.h"
#include "testbenches/hbm4/test_config.h"

namespace {

double cpu_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

void measure(const vr::Hbm4Config& config, const char* word, std::uint64_t requests,
             std::uint32_t bytes, std::int64_t window) {
    vr::AccessPattern pattern{};
    if (!vr::parse_access_pattern(word, pattern)) {
        std::abort();
    }
    vr::PatternSource source({pattern, requests, bytes, std::uint64_t{1} << 30, 1});
    const double begin = cpu_seconds();
    const vr::MemoryResult r = vr::run_memory(config, source, {window * config.pseudo_channels()});
    const double seconds = cpu_seconds() - begin;
    const double n = static_cast<double>(r.answered);
    const double columns = static_cast<double>(r.totals.columns_read + r.totals.columns_written);
    const auto ns = [](vr::Time t) { return static_cast<double>(t.value) * 1e-6; };
    fmt::print(
        "{:4} PC {:8} {:4} B: {:9.2f} GB/s {:5.1f} %, mean {:8.1f} p50 {:8.1f} p99 {:8.1f} max "
        "{:8.1f} ns, hit/miss/conflict {}/{}/{}, ref {} (forced {}), turns {}, per request queue "
        "{:.1f} refresh {:.1f} row {:.1f} data {:.1f} ns; {:.2f} M requests/s {:.2f} M columns/s\n",
        r.pseudo_channels, word, bytes, static_cast<double>(r.achieved.value) * 1e-9,
        r.utilisation * 100, ns(r.latency_mean), ns(r.latency_p50), ns(r.latency_p99),
        ns(r.latency_max), r.totals.row_hits, r.totals.row_misses, r.totals.row_conflicts,
        r.totals.refreshes, r.totals.forced_refreshes, r.totals.turns, ns(r.queue) / n,
        ns(r.refresh) / n, ns(r.row) / n, ns(r.data) / n, n / seconds * 1e-6,
        columns / seconds * 1e-6);
}

}  // namespace

int main(int argc, char** argv) {
    const std::uint64_t requests = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    const auto bytes = static_cast<std::uint32_t>(argc > 2 ? std::atoi(argv[2]) : 32);
    const std::int64_t window = argc > 3 ? std::atoi(argv[3]) : 0;
    const vr::Hbm4Config gpu = vr::testing::rubin_hbm4();
    for (const vr::Hbm4Config& config : {vr::one_channel(gpu), gpu}) {
        for (const char* word : {"seq", "rand", "mixseq", "mixrand"}) {
            measure(config, word, requests, bytes, window);
        }
    }
    return 0;
}
