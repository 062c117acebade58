// SPDX-License-Identifier: Apache-2.0
// Rate of the workload trace reader, against looking for the line ends of the same text.
#include <fmt/format.h>

#include "app/bench/benchmark.h"
#include "models/base/error.h"
#include "traces/formats/workload/workload_reader.h"

namespace vr {

namespace {

// A chain of products, each on tensors of its own.
std::string long_trace(int operators) {
    std::string text = "{\"vrsim_trace\": 1, \"name\": \"chain\"}\n";
    for (int i = 0; i < operators; ++i) {
        text += fmt::format(
            "{{\"tensor\": \"a{0}\", \"shape\": [64, 7168], \"type\": \"fp8_e4m3\"}}\n"
            "{{\"tensor\": \"b{0}\", \"shape\": [2112, 7168], \"type\": \"fp8_e4m3\"}}\n"
            "{{\"tensor\": \"d{0}\", \"shape\": [64, 2112], \"type\": \"bf16\"}}\n"
            "{{\"op\": \"gemm\", \"id\": \"g{0}\", \"a\": \"a{0}\", \"b\": \"b{0}\", \"d\": "
            "\"d{0}\"{1}}}\n",
            i, i == 0 ? "" : fmt::format(", \"depends\": [\"g{}\"]", i - 1));
    }
    return text;
}

BenchmarkResult measure() {
    constexpr int kOperators = 20'000;
    const std::string text = long_trace(kOperators);
    const auto bytes = static_cast<std::int64_t>(text.size());
    BenchmarkResult result;
    result.value = best_rate(bytes, [&] {
        const WorkloadTrace trace = parse_workload(text, "bench");
        ensure(trace.workload.operators.size() == kOperators, "the trace lost operators");
    });
    result.baseline = best_rate(bytes, [&] {
        std::size_t lines = 0;
        for (std::size_t at = text.find('\n'); at != std::string::npos;
             at = text.find('\n', at + 1)) {
            ++lines;
        }
        ensure(lines == 4 * kOperators + 1, "the text lost lines");
    });
    return result;
}

}  // namespace

Benchmark trace_reading_benchmark() {
    return {"trace_reading", "B/s",
            "reading and checking a workload trace; baseline: finding its line ends", measure};
}

}  // namespace vr
