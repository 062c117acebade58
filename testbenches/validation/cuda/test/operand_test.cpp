// SPDX-License-Identifier: Apache-2.0
// Descriptors and operand images of wgmma and tcgen05 as the PTX ISA lays them out.
#include <catch2/catch.hpp>
#include <set>

#include "testbenches/validation/cuda/host/fragments.h"
#include "testbenches/validation/cuda/host/operand_image.h"

using namespace vr::kit;
using F = vr::NumberFormat;

TEST_CASE("core matrices hold every byte of an operand once, 16 bytes of 8 rows together") {
    for (const std::int64_t rows : {8, 64, 128}) {
        std::set<std::int64_t> places;
        for (std::int64_t row = 0; row < rows; ++row) {
            for (std::int64_t byte = 0; byte < 32; ++byte) {
                places.insert(core_offset(rows, row, byte));
            }
        }
        CHECK(places.size() == static_cast<std::size_t>(rows * 32));
        CHECK(*places.rbegin() == rows * 32 - 1);
    }
    CHECK(core_offset(64, 1, 0) == 16);     // the next row of a core matrix
    CHECK(core_offset(64, 8, 0) == 128);    // the next 8 rows: stride offset
    CHECK(core_offset(64, 0, 16) == 1024);  // the next 16 bytes of K: leading offset
}

TEST_CASE("shared memory descriptors hold offsets in units of 16 bytes") {
    const std::uint64_t wgmma = wgmma_descriptor(64);
    CHECK((wgmma >> 16 & 0x3fff) == 1024 / 16);
    CHECK((wgmma >> 32 & 0x3fff) == 128 / 16);
    CHECK(wgmma >> 46 == 0);  // no swizzle
    CHECK(tcgen05_descriptor(64) == (wgmma | 1ULL << 46));
    CHECK(encoded(0x12340) == 0x1234);
}

TEST_CASE("instruction descriptors of tcgen05") {
    const auto bits = [](std::uint32_t d, int low, int count) {
        return d >> low & ((1U << count) - 1);
    };
    const std::uint32_t half =
        instruction_descriptor({UmmaKind::kF16, F::kBf16, F::kFp16, F::kFp32, {}, 128, 256, 16});
    CHECK(bits(half, 4, 2) == 1);    // D in F32
    CHECK(bits(half, 7, 3) == 1);    // A in BF16
    CHECK(bits(half, 10, 3) == 0);   // B in F16
    CHECK(bits(half, 17, 6) == 32);  // N 256
    CHECK(bits(half, 24, 5) == 8);   // M 128
    const std::uint32_t narrow =
        instruction_descriptor({UmmaKind::kF8f6f4, F::kE3m2, F::kE2m1, F::kFp16, {}, 64, 8, 32});
    CHECK(bits(narrow, 4, 2) == 0);
    CHECK(bits(narrow, 7, 3) == 4);
    CHECK(bits(narrow, 10, 3) == 5);
    CHECK(bits(narrow, 24, 5) == 4);
    const std::uint32_t integer =
        instruction_descriptor({UmmaKind::kI8, F::kInt8, F::kUint8, F::kFp32, {}, 128, 16, 32});
    CHECK(bits(integer, 4, 2) == 2);
    CHECK(bits(integer, 7, 3) == 1);
    CHECK(bits(integer, 10, 3) == 0);
    const std::uint32_t mx = instruction_descriptor(
        {UmmaKind::kMxf8f6f4, F::kE5m2, F::kE4m3, F::kFp32, F::kUe8m0, 256, 16, 32});
    CHECK(bits(mx, 4, 2) == 0);  // scale factors of B from byte 0
    CHECK(bits(mx, 7, 3) == 1);
    CHECK(bits(mx, 23, 1) == 1);  // UE8M0
    CHECK(bits(mx, 27, 2) == 2);  // M 256
    const std::uint32_t fp4 = instruction_descriptor(
        {UmmaKind::kMxf4nvf4, F::kE2m1, F::kE2m1, F::kFp32, F::kUe4m3, 128, 16, 64});
    CHECK(fp4 == (1U << 7 | 1U << 10 | 2U << 17 | 1U << 27));
}

TEST_CASE("the doubled K of compute capability 10.7 and its scale format are bits of their own") {
    const UmmaShape base{UmmaKind::kF8f6f4, F::kE4m3, F::kE4m3, F::kFp32, {}, 128, 16, 32};
    UmmaShape wide = base;
    wide.k = 64;
    CHECK((instruction_descriptor(wide) ^ instruction_descriptor(base)) == 1U << 29);
    UmmaShape mx{UmmaKind::kMxf8f6f4, F::kE4m3, F::kE4m3, F::kFp32, F::kUe8m0, 128, 16, 64};
    CHECK(instruction_descriptor(mx) >> 31 == 1);
    UmmaShape ue5m3{UmmaKind::kMxf4nvf4, F::kE2m1, F::kE2m1, F::kFp32, F::kUe5m3, 128, 16, 64};
    CHECK((instruction_descriptor(ue5m3) >> 23 & 3) == 2);
    ue5m3.k = 128;
    CHECK_THROWS_WITH(instruction_descriptor(ue5m3), Catch::Contains("K 128"));
}

TEST_CASE("rows are packed with element 0 lowest, narrow ones with padding beside FP8") {
    using Bytes = std::vector<std::uint8_t>;
    CHECK(packed_row(F::kFp16, {0x1234, 0xabcd}) == Bytes{0x34, 0x12, 0xcd, 0xab});
    CHECK(packed_row(F::kE2m1, {1, 2, 3, 4}) == Bytes{0x21, 0x43});
    const std::vector<std::uint32_t> sixteen(16, 0x3f);
    const Bytes six = packed_row(F::kE2m3, sixteen, NarrowPacking::kPadded);
    REQUIRE(six.size() == 16);
    CHECK(std::vector<std::uint8_t>(six.begin(), six.begin() + 12) == Bytes(12, 0xff));
    CHECK(std::vector<std::uint8_t>(six.begin() + 12, six.end()) == Bytes(4, 0));
    const Bytes four = packed_row(F::kE2m1, sixteen, NarrowPacking::kPadded);
    CHECK(four.size() == 16);
    CHECK(four[7] == 0xff);
    CHECK(four[8] == 0);
    CHECK(packed_row(F::kE4m3, sixteen, NarrowPacking::kPadded) == Bytes(16, 0x3f));
}

TEST_CASE("a row lands in its core matrices") {
    std::vector<std::uint8_t> operand(64 * 32, 0);
    std::vector<std::uint8_t> row(32);
    for (std::size_t i = 0; i < row.size(); ++i) {
        row[i] = static_cast<std::uint8_t>(i + 1);
    }
    place_row(operand, 64, 9, row);
    CHECK(operand[128 + 16] == 1);
    CHECK(operand[1024 + 128 + 16] == 17);
    CHECK_THROWS_AS(place_row(operand, 64, 64, row), Error);
    CHECK(scale_word({0x38, 0x40}) == 0x4038);
}

TEST_CASE("lanes hold the elements that the PTX ISA gives them, in words whatever the format") {
    for (std::uint32_t lane = 0; lane < 32; ++lane) {
        const std::uint32_t group = lane >> 2;
        const std::uint32_t thread = lane % 4;
        // m16n8k16, 16 bits: a0 ... a7, two in a register.
        for (std::uint32_t i = 0; i < 8; ++i) {
            const std::uint32_t row = i < 2 || (i >= 4 && i < 6) ? group : group + 8;
            const std::uint32_t column = thread * 2 + (i & 1) + (i < 4 ? 0 : 8);
            CHECK(fragment_row(lane, i / 2) == row);
            CHECK(fragment_word(lane, i / 2) * 2 + i % 2 == column);
        }
        // m16n8k8, TF32: a0 ... a3.
        for (std::uint32_t i = 0; i < 4; ++i) {
            CHECK(fragment_row(lane, i) == (i == 0 || i == 2 ? group : group + 8));
            CHECK(fragment_word(lane, i) == (i < 2 ? thread : thread + 4));
        }
        // m16n8k32, 8 bits: a0 ... a15, four in a register.
        for (std::uint32_t i = 0; i < 16; ++i) {
            const std::uint32_t row = i < 4 || (i >= 8 && i < 12) ? group : group + 8;
            const std::uint32_t column = thread * 4 + (i & 3) + (i < 8 ? 0 : 16);
            CHECK(fragment_row(lane, i / 4) == row);
            CHECK(fragment_word(lane, i / 4) * 4 + i % 4 == column);
        }
        // B, 16 bits: b0 ... b3 of column `group`.
        for (std::uint32_t i = 0; i < 4; ++i) {
            const std::uint32_t row = thread * 2 + (i & 1) + (i < 2 ? 0 : 8);
            CHECK(fragment_word(lane, i / 2 * 2) * 2 + i % 2 == row);
        }
        // D: c0 and c1 are row `group`, columns 2 thread and 2 thread + 1.
        for (std::uint32_t i = 0; i < 2; ++i) {
            CHECK((holds_diagonal(lane) && diagonal_element(lane) == i) ==
                  (thread * 2 + i == group));
        }
    }
}
