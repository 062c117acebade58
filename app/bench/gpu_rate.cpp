// SPDX-License-Identifier: Apache-2.0
// Rates of whole GPUs: what composing all units in one region gains over a module per unit, what
// folding equal pseudo-channels gains over running each, and what large runs take.
#include <fmt/format.h>

#include "app/bench/benchmark.h"
#include "app/paths.h"
#include "app/platform/simulation.h"
#include "app/report/json_report.h"
#include "app/simulate.h"
#include "models/base/error.h"
#include "traces/formats/workload/workload_reader.h"

namespace vr {

namespace {

// What a run takes of the host, and what its speed-ups did.
std::string note(const RunResult& result, std::int64_t per_second) {
    std::string text =
        fmt::format("{:.2f} s of CPU a run",
                    static_cast<double>(result.makespan.value) / static_cast<double>(per_second));
    for (const auto& [name, value] : result.host.counters) {
        text += fmt::format(", {} {}", value, name);
    }
    return text;
}

// Simulated femtoseconds per second of the host for two ways to run a workload; the reports must
// be equal.
BenchmarkResult compare(const std::string& platform, const RunRequest& way,
                        const RunRequest& baseline) {
    CommonOptions common;
    common.platform = platform;
    Configuration configuration = load_platform(common);
    (void)bind_platform(configuration);
    RunResult result;
    const auto rate = [&](const RunRequest& request) {
        result = run_detailed(configuration, request);  // warm-up; its time is the amount
        const std::int64_t amount = result.makespan.value;
        const std::int64_t per_second =
            best_rate(amount, [&] { result = run_detailed(configuration, request); });
        result.host = {};
        return per_second;
    };
    BenchmarkResult out;
    out.value = rate(way);
    out.note = note(result, out.value);
    const std::string report = json_report(result);
    out.baseline = rate(baseline);
    ensure(report == json_report(result), "two ways to run {} differ", way.workload.name);
    return out;
}

BenchmarkResult measure_region() {
    RunRequest region;
    region.workload = read_workload(tree_path("traces/samples/hello_gemm.jsonl")).workload;
    RunRequest modules = region;
    modules.compose = Compose::kModules;
    return compare("tiny", region, modules);
}

BenchmarkResult measure_fold() {
    RunRequest on;
    on.workload =
        parse_workload(
            "{\"vrsim_trace\": 1, \"name\": \"copy\"}\n"
            "{\"tensor\": \"a\", \"shape\": [2048, 1024], \"type\": \"bf16\"}\n"
            "{\"tensor\": \"b\", \"shape\": [2048, 1024], \"type\": \"bf16\"}\n"
            "{\"op\": \"copy\", \"id\": \"copy\", \"source\": \"a\", \"destination\": \"b\"}\n",
            "bench")
            .workload;
    RunRequest off = on;
    off.fold = false;
    return compare("rubin", on, off);
}

// A large operator or layer on rubin, equal pseudo-channels folded or not.
BenchmarkResult measure_large(Workload workload) {
    RunRequest on;
    on.workload = std::move(workload);
    RunRequest off = on;
    off.fold = false;
    return compare("rubin", on, off);
}

BenchmarkResult measure_gemm() {
    return measure_large(
        parse_workload(
            "{\"vrsim_trace\": 1, \"name\": \"gemm\"}\n"
            "{\"tensor\": \"a\", \"shape\": [8192, 8192], \"type\": \"nvfp4\"}\n"
            "{\"tensor\": \"b\", \"shape\": [8192, 8192], \"type\": \"nvfp4\"}\n"
            "{\"tensor\": \"d\", \"shape\": [8192, 8192], \"type\": \"bf16\"}\n"
            "{\"op\": \"gemm\", \"id\": \"gemm\", \"a\": \"a\", \"b\": \"b\", \"d\": \"d\"}\n",
            "bench")
            .workload);
}

BenchmarkResult measure_layer() {
    return measure_large(
        read_workload(tree_path("traces/samples/deepseek_v3_layer_decode_64_fp8.jsonl")).workload);
}

}  // namespace

Benchmark gpu_gemm_benchmark() {
    return {"gpu_gemm", "fs/s",
            "simulated time per second, a product of 8192 x 8192 x 8192 in NVFP4 on rubin; "
            "baseline: equal pseudo-channels run each by itself, with the same report",
            measure_gemm};
}

Benchmark gpu_layer_benchmark() {
    return {"gpu_layer", "fs/s",
            "simulated time per second, a decoder layer of DeepSeek-V3 for 64 tokens in FP8 on "
            "rubin; baseline: equal pseudo-channels run each by itself, with the same report",
            measure_layer};
}

Benchmark gpu_region_benchmark() {
    return {"gpu_region", "fs/s",
            "simulated time per second, hello_gemm on tiny, all units in one region; baseline: a "
            "module with sockets per unit, with the same report",
            measure_region};
}

Benchmark gpu_fold_benchmark() {
    return {"gpu_fold", "fs/s",
            "simulated time per second, a copy of 4 MiB on rubin, equal pseudo-channels folded; "
            "baseline: each run by itself, with the same report",
            measure_fold};
}

}  // namespace vr
