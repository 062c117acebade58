// SPDX-License-Identifier: Apache-2.0
// The fast path against the reference, bit for bit and corner for corner, on data that reaches
// every rule.
#include "models/numerics/tile_multiply.h"

#include <array>
#include <bit>
#include <catch2/catch.hpp>
#include <cmath>

#include "models/base/error.h"
#include "models/base/random.h"
#include "models/numerics/contract_switches.h"
#include "models/numerics/convert.h"
#include "models/numerics/dot_product.h"
#include "models/numerics/gemm_reference.h"

namespace {

using vr::NumberFormat;

/// How the codes of a test operand are drawn.
enum class Data { kAnyBits, kFinite, kNear, kSparse, kTiny };

struct Operand {
    std::int64_t rows;
    std::int64_t k;
    std::vector<std::vector<std::uint32_t>> codes;
    std::vector<std::vector<std::uint32_t>> scales;
    std::vector<std::uint8_t> bytes;
    std::vector<std::uint8_t> scale_bytes;
    std::int64_t row_bytes;
    std::int64_t scale_row_bytes;

    [[nodiscard]] vr::OperandView view() const {
        return {
            bytes.data(),   row_bytes, rows, k, scale_bytes.empty() ? nullptr : scale_bytes.data(),
            scale_row_bytes};
    }
};

std::uint32_t random_code(NumberFormat format, Data data, std::uint64_t word) {
    const vr::FormatProperties& p = vr::properties(format);
    const auto code =
        static_cast<std::uint32_t>(p.bits == 32 ? word : word & ((std::uint64_t{1} << p.bits) - 1));
    const std::uint64_t dice = word >> 40;
    if (data == Data::kSparse && dice % 3 != 0) {
        return dice % 2 == 0 ? 0 : 1U << (p.bits - 1);  // zeros of both signs
    }
    if ((data == Data::kNear || data == Data::kSparse) && p.bits >= 16) {
        const int magnitude_bits = p.exponent_bits + p.mantissa_bits + p.ignored_bits;
        const std::uint32_t mantissa_mask = (1U << (p.mantissa_bits + p.ignored_bits)) - 1;
        const auto field = static_cast<std::uint32_t>(p.bias) - 8 + dice % 16;
        return (code & (mantissa_mask | 1U << magnitude_bits)) |
               static_cast<std::uint32_t>(field << (p.mantissa_bits + p.ignored_bits));
    }
    if (data == Data::kTiny) {  // subnormals and the smallest normal numbers
        const std::uint32_t mask = (2U << (p.mantissa_bits + p.ignored_bits)) - 1;
        return code & (mask | 1U << (p.bits - 1));
    }
    if (data == Data::kAnyBits && format == NumberFormat::kTf32 && dice % 64 == 0) {
        return 0x7f800000U | (code & 0x80001fffU);  // infinities with something in the ignored bits
    }
    if (data != Data::kAnyBits && vr::decode(format, code).kind != vr::NumberClass::kFinite) {
        return 0;
    }
    return code;
}

std::uint32_t random_scale(NumberFormat format, Data data, std::uint64_t word) {
    const auto code = static_cast<std::uint32_t>(word & 0xffU);
    if (data == Data::kAnyBits) {
        return word % 61 == 0 ? 0xffU : code;  // NaN now and then
    }
    if (data == Data::kTiny) {
        return static_cast<std::uint32_t>(word % 10);
    }
    if (data == Data::kSparse && word % 5 == 0) {
        return format == NumberFormat::kUe4m3 ? 0 : code % 255;
    }
    return format == NumberFormat::kUe4m3 ? code % 0x7f : 112 + code % 30;
}

Operand make_operand(const vr::DotContract& contract, NumberFormat format, std::int64_t rows,
                     std::int64_t k, Data data, std::uint64_t seed) {
    const int bits = vr::properties(format).bits == 6 ? 8 : vr::properties(format).bits;
    Operand out{rows, k, {}, {}, {}, {}, (k * bits + 7) / 8 + 3, 0};
    out.bytes.assign(static_cast<std::size_t>(rows * out.row_bytes), 0xa5);
    vr::SplitMix64 random(seed);
    for (std::int64_t row = 0; row < rows; ++row) {
        std::vector<std::uint32_t>& codes = out.codes.emplace_back();
        std::uint8_t* const bytes = out.bytes.data() + row * out.row_bytes;
        // In half of the any-bits rows specials would drown everything else: keep those finite.
        const Data of_row = data == Data::kAnyBits && row % 2 == 0 ? Data::kFinite : data;
        for (std::int64_t i = 0; i < k; ++i) {
            const std::uint32_t code = random_code(format, of_row, random.next());
            codes.push_back(code);
            if (bits == 4) {
                std::uint8_t& byte = bytes[i / 2];
                byte = static_cast<std::uint8_t>(i % 2 == 0 ? (byte & 0xf0U) | code
                                                            : (byte & 0x0fU) | code << 4);
            } else {
                for (int b = 0; b < bits / 8; ++b) {
                    bytes[i * (bits / 8) + b] = static_cast<std::uint8_t>(code >> (8 * b));
                }
            }
        }
        std::vector<std::uint32_t>& scales = out.scales.emplace_back();
        if (contract.scale) {
            out.scale_row_bytes = (k + contract.block - 1) / contract.block;
            for (std::int64_t i = 0; i < out.scale_row_bytes; ++i) {
                scales.push_back(random_scale(*contract.scale, of_row, random.next()));
                out.scale_bytes.push_back(static_cast<std::uint8_t>(scales.back()));
            }
        }
    }
    return out;
}

/// Accumulators: zeros, ordinary numbers, any bits.
std::vector<std::uint32_t> make_accumulators(std::size_t count, Data data, std::uint64_t seed) {
    std::vector<std::uint32_t> out;
    vr::SplitMix64 random(seed);
    for (std::size_t i = 0; i < count; ++i) {
        const auto word = static_cast<std::uint32_t>(random.next() >> 16);
        switch (i % 4) {
            case 0:
                out.push_back(i % 8 == 0 ? 0 : 0x80000000U);
                break;
            case 1:
                out.push_back(data == Data::kTiny ? word & 0x80ffffffU : word);
                break;
            default:
                out.push_back((word & 0x807fffffU) | (100 + word % 50) << 23);
        }
    }
    return out;
}

vr::Corners compare(const vr::DotContract& contract, std::int64_t k, Data data,
                    std::uint64_t seed) {
    constexpr std::int64_t kRows = 19;
    constexpr std::int64_t kColumns = 21;
    constexpr std::int64_t kStride = 24;
    const Operand a = make_operand(contract, contract.a, kRows, k, data, seed);
    const Operand b = make_operand(contract, contract.b, kColumns, k, data, seed + 1);
    const auto start = make_accumulators(kRows * kStride, data, seed + 2);
    std::vector<std::uint32_t> expected = start;
    vr::Corners corners;
    for (std::int64_t i = 0; i < kRows; ++i) {
        for (std::int64_t j = 0; j < kColumns; ++j) {
            const auto x = static_cast<std::size_t>(i);
            const auto y = static_cast<std::size_t>(j);
            std::uint32_t& c = expected[static_cast<std::size_t>(i * kStride + j)];
            c = vr::dot(contract, {a.codes[x], a.scales[x]}, {b.codes[y], b.scales[y]}, c, corners);
        }
    }
    for (const vr::TileKernel kernel : {vr::TileKernel::kFastest, vr::TileKernel::kPortable}) {
        std::vector<std::uint32_t> got = start;
        const vr::Corners touched =
            vr::multiply_tile(contract, a.view(), b.view(), got.data(), kStride, kernel);
        CAPTURE(contract.name, k, static_cast<int>(data), static_cast<int>(kernel));
        CHECK(got == expected);
        CHECK(touched.bits() == corners.bits());
    }
    return corners;
}

TEST_CASE("fast path and reference agree on every contract, kind of data and length") {
    vr::Corners seen;
    int contracts = 0;
    for (const std::string& name : vr::contract_names()) {
        const auto contract = vr::named_contract(name);
        REQUIRE(contract.has_value());
        if (contract->rule.accumulator != vr::AccumulatorRule::kAligned) {
            continue;
        }
        ++contracts;
        const std::int64_t step = contract->rule.products_per_step;
        for (const Data data :
             {Data::kAnyBits, Data::kFinite, Data::kNear, Data::kSparse, Data::kTiny}) {
            for (const std::int64_t k : {step, 3 * step, 2 * step + step / 2, std::int64_t{5}}) {
                seen.add(compare(*contract, k, data,
                                 vr::hash_text(name) + static_cast<std::uint64_t>(k)));
            }
        }
    }
    CHECK(contracts == 61);
    // The data must have reached every corner, or agreement on the corners means nothing.
    for (unsigned i = 0; i < static_cast<unsigned>(vr::Corner::kCount); ++i) {
        const auto corner = static_cast<vr::Corner>(i);
        CAPTURE(vr::corner_text(corner));
        // Of fp16 accumulators, of exact kinds, and of switches.
        const bool elsewhere = corner == vr::Corner::kF8HalfAccumulator ||
                               corner == vr::Corner::kRubinExactKinds ||
                               corner == vr::Corner::kRuleSwitched;
        CHECK(seen.has(corner) == !elsewhere);
    }
}

TEST_CASE("mixed e4m3 and e5m2 operands, and both readings of the zero-group rule") {
    auto mixed =
        vr::make_contract(vr::Architecture::kBlackwell, NumberFormat::kE4m3, NumberFormat::kE5m2);
    REQUIRE(mixed.has_value());
    auto fp4 = vr::named_contract("blackwell.nvfp4");
    REQUIRE(fp4.has_value());
    fp4->rule.zero_group_takes_part = false;
    for (const Data data : {Data::kAnyBits, Data::kSparse, Data::kTiny}) {
        (void)compare(*mixed, 96, data, 5);
        (void)compare(*fp4, 192, data, 6);
    }
}

TEST_CASE("mixed FP8 and FP4 operands of an 8-bit kind") {
    for (const vr::Architecture architecture :
         {vr::Architecture::kBlackwell, vr::Architecture::kRubin}) {
        for (const bool scaled : {false, true}) {
            const auto mixed = vr::make_contract(
                architecture, NumberFormat::kE4m3, NumberFormat::kE2m1, NumberFormat::kFp32,
                scaled ? std::optional(NumberFormat::kUe8m0) : std::nullopt, 32);
            REQUIRE(mixed.has_value());
            const vr::Corners seen = compare(*mixed, 192, Data::kAnyBits, 7);
            CHECK(seen.has(vr::Corner::kNarrowElement));
            CHECK(seen.has(vr::Corner::kRubinNarrow) == (architecture == vr::Architecture::kRubin));
            CHECK(mixed->rule.products_per_step ==
                  (architecture == vr::Architecture::kRubin && scaled ? 64 : 32));
        }
    }
}

TEST_CASE("fast path and reference agree under every switch") {
    struct Row {
        const char* contract;
        const char* switches;
    };
    const std::array<Row, 12> rows{{{"rubin.nvfp4", "K=96,L=96"},
                                    {"rubin.nvfp4", "K=96,L=48"},
                                    {"rubin.nvfp4", "K=96,L=32,F=34"},
                                    {"rubin.nvfp4", "L=16,K=128,zero_group=out"},
                                    {"rubin.nvfp4", "F=40"},
                                    {"rubin.mxfp4", "K=96,L=96,floor=-126"},
                                    {"rubin.e4m3", "F=26"},
                                    {"rubin.e4m3", "L=16,F=6"},
                                    {"rubin.e5m2", "result=nearest"},
                                    {"rubin.mxf8_e4m3", "L=32,floor=-1000"},
                                    {"rubin.bf16", "K=64,L=64,F=14"},
                                    {"blackwell.nvfp4", "result=nearest,zero_group=out"}}};
    for (const Row& row : rows) {
        const auto contract = vr::with_switches(*vr::named_contract(row.contract),
                                                vr::parse_rule_switches(row.switches));
        for (const Data data : {Data::kAnyBits, Data::kFinite, Data::kSparse, Data::kTiny}) {
            const vr::Corners seen = compare(contract, 2 * contract.rule.instruction_k, data,
                                             vr::hash_text(row.switches));
            CHECK(seen.has(vr::Corner::kRuleSwitched));
        }
    }
}

TEST_CASE("a part of the rows changes only its own accumulators") {
    const auto contract = vr::named_contract("blackwell.e4m3");
    const Operand a = make_operand(*contract, contract->a, 8, 64, Data::kFinite, 1);
    const Operand b = make_operand(*contract, contract->b, 8, 64, Data::kFinite, 2);
    const vr::DecodedOperand x(*contract, vr::OperandSide::kA, a.view());
    const vr::DecodedOperand y(*contract, vr::OperandSide::kB, b.view());
    std::vector<std::uint32_t> whole(64, 0);
    std::vector<std::uint32_t> part(64, 0xdeadbeefU);
    (void)vr::multiply_tile(*contract, x, y, {0, 8, 0, 8}, whole.data(), 8);
    for (const std::size_t i : {3U, 4U}) {
        part[i * 8 + 5] = part[i * 8 + 6] = 0;
    }
    (void)vr::multiply_tile(*contract, x, y, {3, 2, 5, 2}, part.data() + 3 * 8 + 5, 8);
    for (std::size_t i = 0; i < 64; ++i) {
        const bool inside = (i / 8 == 3 || i / 8 == 4) && (i % 8 == 5 || i % 8 == 6);
        CHECK(part[i] == (inside ? whole[i] : 0xdeadbeefU));
    }
    CHECK_THROWS_AS(vr::multiply_tile(*contract, x, y, {7, 2, 0, 8}, whole.data(), 8),
                    vr::InternalError);
}

TEST_CASE("small integers multiply exactly, in every contract of the GPU") {
    constexpr std::int64_t kSize = 24;
    constexpr std::int64_t kDepth = 160;
    for (const char* name : {"blackwell.bf16", "blackwell.e4m3", "rubin.e4m3",
                             "rubin_two_steps.e4m3", "blackwell.nvfp4", "rubin.nvfp4"}) {
        const auto contract = vr::named_contract(name);
        REQUIRE(contract.has_value());
        constexpr std::array<int, 7> kValues{-4, -2, -1, 0, 1, 3, 6};
        const auto fill = [&](NumberFormat format, std::uint64_t seed, std::vector<int>& values) {
            Operand out = make_operand(*contract, format, kSize, kDepth, Data::kFinite, seed);
            const int bits = vr::properties(format).bits;
            vr::SplitMix64 random(seed);
            std::fill(out.bytes.begin(), out.bytes.end(), std::uint8_t{0});
            for (std::int64_t i = 0; i < kSize * kDepth; ++i) {
                const int value = kValues[random.next() % kValues.size()];
                values.push_back(value);
                const std::uint32_t code =
                    vr::from_fp32(format, std::bit_cast<std::uint32_t>(static_cast<float>(value)));
                std::uint8_t* const bytes = out.bytes.data() + i / kDepth * out.row_bytes;
                const std::int64_t at = i % kDepth * bits / 8;
                if (bits == 4) {
                    bytes[at] = static_cast<std::uint8_t>(bytes[at] | code << (i % 2 * 4));
                } else {
                    bytes[at] = static_cast<std::uint8_t>(code);
                    if (bits == 16) {
                        bytes[at + 1] = static_cast<std::uint8_t>(code >> 8);
                    }
                }
            }
            std::fill(out.scale_bytes.begin(), out.scale_bytes.end(), std::uint8_t{0x40});  // 2.0
            return out;
        };
        std::vector<int> x;
        std::vector<int> y;
        const Operand a = fill(contract->a, 21, x);
        const Operand b = fill(contract->b, 22, y);
        const vr::GemmResult fp32 =
            vr::gemm_reference(*contract, a.view(), b.view(), NumberFormat::kFp32);
        const vr::GemmResult bf16 =
            vr::gemm_reference(*contract, a.view(), b.view(), NumberFormat::kBf16);
        int different = 0;
        for (std::size_t i = 0; i < kSize; ++i) {
            for (std::size_t j = 0; j < kSize; ++j) {
                int sum = 0;
                for (std::size_t k = 0; k < kDepth; ++k) {
                    sum += x[i * kDepth + k] * y[j * kDepth + k];
                }
                sum *= contract->scale ? 4 : 1;
                const std::uint32_t code = fp32.codes[i * kSize + j];
                CHECK(std::bit_cast<float>(code) == static_cast<float>(sum));
                CHECK(bf16.codes[i * kSize + j] == vr::from_fp32(NumberFormat::kBf16, code));
                different += sum != 0 ? 1 : 0;
            }
        }
        CHECK(different > 500);
        CHECK(fp32.corners.has(vr::Corner::kRubinRule) == (name[0] == 'r'));
    }
}

}  // namespace
