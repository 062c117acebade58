// SPDX-License-Identifier: Apache-2.0
// Rate of tensor-core arithmetic, bit for bit: the fast path on a tile against the reference, one
// element at a time.
#include "app/bench/benchmark.h"
#include "models/base/error.h"
#include "models/base/random.h"
#include "models/numerics/dot_product.h"
#include "models/numerics/tile_multiply.h"

namespace vr {

namespace {

constexpr std::int64_t kRows = 128;  // of A and of B: one tile of an SM
constexpr std::int64_t kK = 512;
constexpr std::int64_t kReferenceRows = 8;  // of A; the reference is slow

// Rows as they lie in memory, and the codes of each.
struct Operand {
    std::vector<std::uint8_t> bytes;
    std::vector<std::uint8_t> scales;
    std::vector<std::vector<std::uint32_t>> codes;
    std::vector<std::vector<std::uint32_t>> scale_codes;

    Operand(const DotContract& contract, std::uint64_t seed);
    [[nodiscard]] OperandView view() const {
        const auto pitch = [](std::size_t size) { return static_cast<std::int64_t>(size) / kRows; };
        return {bytes.data(),
                pitch(bytes.size()),
                kRows,
                kK,
                scales.empty() ? nullptr : scales.data(),
                pitch(scales.size())};
    }
    [[nodiscard]] DotOperand row(std::int64_t i) const {
        const auto at = static_cast<std::size_t>(i);
        return {codes[at], scale_codes[at]};
    }
};

// E4M3 or E2M1 codes and UE4M3 scales, all finite.
Operand::Operand(const DotContract& contract, std::uint64_t seed) {
    SplitMix64 random(seed);
    const auto finite = [&random] {
        const auto code = static_cast<std::uint8_t>(random.next());
        return (code & 0x7fU) == 0x7fU ? std::uint8_t{0x38} : code;
    };
    const bool packed = contract.scale.has_value();
    for (std::int64_t i = 0; i < kRows; ++i) {
        codes.emplace_back();
        scale_codes.emplace_back();
        for (std::int64_t k = 0; k < kK; k += packed ? 2 : 1) {
            bytes.push_back(finite());
            codes.back().push_back(packed ? bytes.back() & 0xfU : bytes.back());
            if (packed) {
                codes.back().push_back(bytes.back() >> 4U);
            }
        }
        for (std::int64_t k = 0; packed && k < kK; k += contract.block) {
            scales.push_back(finite() & 0x7fU);
            scale_codes.back().push_back(scales.back());
        }
    }
}

BenchmarkResult measure(const char* name) {
    const auto contract = named_contract(name);
    ensure(contract.has_value(), "the contract {} is gone", name);
    const Operand a(*contract, 1);
    const Operand b(*contract, 2);
    std::vector<std::uint32_t> tile;
    BenchmarkResult result;
    result.value = best_rate(kRows * kRows * kK, [&] {
        tile.assign(static_cast<std::size_t>(kRows * kRows), 0);
        (void)multiply_tile(*contract, a.view(), b.view(), tile.data(), kRows);
    });
    result.baseline = best_rate(kReferenceRows * kRows * kK, [&] {
        for (std::int64_t i = 0; i < kReferenceRows; ++i) {
            for (std::int64_t j = 0; j < kRows; ++j) {
                Corners corners{};
                const std::uint32_t code = dot(*contract, a.row(i), b.row(j), 0, corners);
                ensure(code == tile[static_cast<std::size_t>(i * kRows + j)],
                       "the fast path differs from the reference at {}, {}", i, j);
            }
        }
    });
    return result;
}

Benchmark benchmark(const char* name, const char* contract, const char* tile) {
    return {name, "MAC/s",
            fmt::format("multiply-adds of {} tile on the fast path, decoding included; baseline: "
                        "the element-wise reference with the same bits",
                        tile),
            [contract] { return measure(contract); }};
}

}  // namespace

Benchmark numerics_benchmark() {
    return benchmark("numerics", "rubin.e4m3", "an E4M3");
}

Benchmark numerics_nvfp4_benchmark() {
    return benchmark("numerics_nvfp4", "rubin.nvfp4", "an NVFP4");
}

}  // namespace vr
