// SPDX-License-Identifier: Apache-2.0
// Tensor-core timing: the measured rule of B200, peak rates of Rubin, and sequences exact to the
// clock.
#include "models/gpu/sm/tensor_core/tensor_core.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "testbenches/gpu/support/load_gpu.h"

using namespace vr;
using namespace vr::testing;

namespace {

TensorCore core_of(const std::string& platform) {
    const GpuConfig gpu = load_gpu(platform);
    return TensorCore(gpu.sm.tensor_core, gpu.sm.shared_memory.read_width);
}

MatrixInstruction instruction(NumberKind kind, std::int64_t m, std::int64_t n, std::int64_t sms,
                              bool a_in_tensor_memory) {
    MatrixInstruction result;
    result.kind = kind;
    result.m = m;
    result.n = n;
    result.sms = sms;
    result.a_in_tensor_memory = a_in_tensor_memory;
    return result;
}

struct Measured {
    std::int64_t sms, m, n, latency;
    bool ts;
};

}  // namespace

TEST_CASE("intervals on B200 are those of the measured rule") {
    const TensorCore core = core_of("b200");
    for (const NumberKind kind : {NumberKind::kBf16, NumberKind::kFp8, NumberKind::kNvfp4}) {
        for (const std::int64_t sms : {1, 2}) {
            for (const std::int64_t m : {64 * sms, 128 * sms}) {
                for (std::int64_t n = 32 * sms; n <= 256; n += 16 * sms) {
                    for (const bool ts : {false, true}) {
                        const MatrixInstruction form = instruction(kind, m, n, sms, ts);
                        // N / 2 columns a clock; M 128 over two SMs gives each half of the columns.
                        const std::int64_t stream = sms == 2 && m == 128 ? n / 4 : n / 2;
                        const std::int64_t bytes = ((ts ? 0 : m) + n) / sms * 32;
                        INFO("m " << m << " n " << n << " sms " << sms << " ts " << ts);
                        CHECK(core.shared_memory_bytes(form) == bytes);
                        CHECK(core.interval(form).value == std::max(stream, (bytes + 127) / 128));
                        CHECK((core.limit(form) == MatrixLimit::kSharedMemory) ==
                              ((bytes + 127) / 128 > stream));
                    }
                }
            }
        }
    }
    // Both sides of the rule occur.
    CHECK(core.interval(instruction(NumberKind::kFp8, 128, 256, 1, false)).value == 128);
    CHECK(core.interval(instruction(NumberKind::kFp8, 128, 32, 1, false)).value == 40);
}

TEST_CASE("latencies on B200 are within three clocks of the measured ones") {
    const TensorCore core = core_of("b200");
    // Rows umma_latency, BF16, of testbenches/validation/data/umma_tensor_core_b200.csv.
    const Measured rows[] = {
        {1, 64, 64, 152, false},  {1, 64, 256, 248, false},  {1, 128, 128, 200, false},
        {2, 256, 64, 202, false}, {2, 256, 256, 298, false}, {1, 64, 256, 232, true},
        {1, 128, 128, 168, true}, {2, 256, 64, 170, true},   {2, 256, 96, 186, true},
    };
    for (const Measured& row : rows) {
        const std::int64_t got =
            core.latency(instruction(NumberKind::kBf16, row.m, row.n, row.sms, row.ts)).value;
        INFO("m " << row.m << " n " << row.n << " sms " << row.sms << " ts " << row.ts);
        CHECK(std::abs(got - row.latency) <= 3);
    }
}

TEST_CASE("Rubin's rates per clock") {
    const TensorCore core = core_of("rubin");
    CHECK(core.multiply_adds_per_clock(NumberKind::kBf16) == 4096);
    CHECK(core.multiply_adds_per_clock(NumberKind::kFp8) == 16384);
    CHECK(core.multiply_adds_per_clock(NumberKind::kNvfp4) == 32768);
    // What one long sequence reaches: N x M x K in N / 2 clocks an instruction.
    TensorCore busy = core_of("rubin");
    const MatrixInstruction form = instruction(NumberKind::kNvfp4, 128, 256, 1, false);
    const TensorCore::Issue issue = busy.issue(form, 1000, Time{});
    const std::int64_t clocks = busy.clock(form.kind).first_edge(issue.free);
    CHECK(clocks * 32768 == 1000LL * 128 * 256 * 128);
}

TEST_CASE("back-to-back instructions start exactly when the array is free") {
    for (const char* platform : {"b200", "rubin"}) {
        TensorCore core = core_of(platform);
        const MatrixInstruction form = instruction(NumberKind::kBf16, 128, 96, 1, false);
        const Clock& clock = core.clock(form.kind);
        const std::int64_t step = core.interval(form).value;
        const std::int64_t latency = core.latency(form).value;
        REQUIRE(latency > step);
        const auto first = core.issue(form, 3, clock.edge(1000));
        CHECK(first.start == clock.edge(1000));
        CHECK(first.free == clock.edge(1000 + 3 * step));
        CHECK(first.done == clock.edge(1000 + 2 * step + latency));
        // Asked one clock before the array is free: it waits that clock; asked at t: it starts at
        // t.
        TensorCore other = core;
        const auto early = core.issue(form, 1, clock.edge(1000 + 3 * step - 1));
        CHECK(early.start == first.free);
        const auto at = other.issue(form, 1, clock.edge(1000 + 3 * step));
        CHECK(at.start == first.free);
        CHECK(at.free == early.free);
        // Asked one femtosecond after an edge: the next edge.
        const auto late = core.issue(form, 1, Time{early.free.value + 1});
        CHECK(late.start == clock.edge(1000 + 4 * step + 1));
        CHECK(core.busy() ==
              (first.free - first.start) + (early.free - early.start) + (late.free - late.start));
    }
}

TEST_CASE("a copy of scales keeps the array for its bytes") {
    TensorCore core = core_of("rubin");
    const MatrixInstruction form = instruction(NumberKind::kNvfp4, 128, 256, 1, false);
    const Clock& clock = core.clock(form.kind);
    const auto first = core.issue(form, 1, Time{});
    core.copy_scales(form.kind, 6144, Time{});
    const auto second = core.issue(form, 1, Time{});
    CHECK(second.start == clock.edge(clock.first_edge(first.free) + 6144 / 256));
}

TEST_CASE("rows beyond an array are done one array after another, each with all of B") {
    const TensorCore core = core_of("h100_sxm");  // 64 rows, 2 columns a clock, K of 32 B
    for (const std::int64_t m : {64, 128, 192, 256}) {
        const MatrixInstruction form = instruction(NumberKind::kFp8, m, 128, 1, false);
        INFO("m " << m);
        const std::int64_t arrays = m / 64;
        CHECK(core.interval(form).value == arrays * 64);
        CHECK(core.shared_memory_bytes(form) == m * 32 + arrays * 128 * 32);
        CHECK(core.limit(form) == MatrixLimit::kDatapath);
    }
    CHECK(core.multiply_adds_per_clock(NumberKind::kFp8) == 4096);
    CHECK(core.multiply_adds_per_clock(NumberKind::kBf16) == 2048);
    CHECK(core.multiply_adds_per_clock(NumberKind::kNvfp4) == 0);
}

TEST_CASE("rows of A are read again for each stretch of columns that a warp holds") {
    const TensorCore core = core_of("a100_80gb");  // 64 rows, 64 columns, 1 column a clock
    const MatrixInstruction form = instruction(NumberKind::kBf16, 128, 256, 1, false);
    CHECK(core.interval(form).value == 2 * 256);
    CHECK(core.shared_memory_bytes(form) == 4 * 128 * 32 + 2 * 256 * 32);
    CHECK(core.multiply_adds_per_clock(NumberKind::kBf16) == 1024);
}

TEST_CASE("where instructions span one SM, those of a pair run side by side, each with all of B") {
    const TensorCore core = core_of("h100_sxm");
    const MatrixInstruction alone = instruction(NumberKind::kBf16, 128, 256, 1, false);
    const MatrixInstruction pair = instruction(NumberKind::kBf16, 256, 256, 2, false);
    CHECK(core.interval(pair) == core.interval(alone));
    CHECK(core.latency(pair) == core.latency(alone));
    CHECK(core.shared_memory_bytes(pair) == core.shared_memory_bytes(alone));
}
