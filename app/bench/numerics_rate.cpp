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

// E4M3 codes, all finite.
std::vector<std::uint8_t> random_rows(std::uint64_t seed) {
    SplitMix64 random(seed);
    std::vector<std::uint8_t> codes(static_cast<std::size_t>(kRows * kK));
    for (std::uint8_t& code : codes) {
        code = static_cast<std::uint8_t>(random.next());
        code = (code & 0x7fU) == 0x7fU ? std::uint8_t{0x38} : code;
    }
    return codes;
}

std::vector<std::uint32_t> row_of(const std::vector<std::uint8_t>& bytes, std::int64_t row) {
    const auto begin = bytes.begin() + row * kK;
    return {begin, begin + kK};
}

BenchmarkResult measure() {
    const auto contract = named_contract("rubin.e4m3");
    ensure(contract.has_value(), "the contract rubin.e4m3 is gone");
    const std::vector<std::uint8_t> a = random_rows(1);
    const std::vector<std::uint8_t> b = random_rows(2);
    std::vector<std::uint32_t> tile;
    BenchmarkResult result;
    result.value = best_rate(kRows * kRows * kK, [&] {
        tile.assign(static_cast<std::size_t>(kRows * kRows), 0);
        (void)multiply_tile(*contract, OperandView{a.data(), kK, kRows, kK, nullptr, 0},
                            OperandView{b.data(), kK, kRows, kK, nullptr, 0}, tile.data(), kRows);
    });
    std::vector<std::vector<std::uint32_t>> columns;
    for (std::int64_t j = 0; j < kRows; ++j) {
        columns.push_back(row_of(b, j));
    }
    result.baseline = best_rate(kReferenceRows * kRows * kK, [&] {
        for (std::int64_t i = 0; i < kReferenceRows; ++i) {
            const std::vector<std::uint32_t> row = row_of(a, i);
            for (std::int64_t j = 0; j < kRows; ++j) {
                Corners corners{};
                const std::uint32_t code = dot(
                    *contract, {row, {}}, {columns[static_cast<std::size_t>(j)], {}}, 0, corners);
                ensure(code == tile[static_cast<std::size_t>(i * kRows + j)],
                       "the fast path differs from the reference at {}, {}", i, j);
            }
        }
    });
    return result;
}

}  // namespace

Benchmark numerics_benchmark() {
    return {"numerics", "MAC/s",
            "multiply-adds of an E4M3 tile on the fast path, decoding included; baseline: the "
            "element-wise reference with the same bits",
            measure};
}

}  // namespace vr
