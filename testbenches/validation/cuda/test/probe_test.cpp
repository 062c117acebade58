// SPDX-License-Identifier: Apache-2.0
// Probes of tensor-core arithmetic: with vrsim in the device's place their files pass vrsim's own
// check, reach the open corners, and tell rules apart.
#include <catch2/catch.hpp>

#include "models/numerics/check/vector_check.h"
#include "models/numerics/dot_product.h"
#include "testbenches/launcher/command.h"
#include "testbenches/validation/cuda/host/instructions.h"
#include "testbenches/validation/cuda/host/probe_cases.h"
#include "testbenches/validation/cuda/host/vector_text.h"

using namespace vr::kit;

namespace {

constexpr std::size_t kEach = 60;

vr::Architecture architecture_of(const std::string& name) {
    using A = vr::Architecture;
    return name == "Ampere"             ? A::kAmpere
           : name == "Ada"              ? A::kAda
           : name == "Hopper"           ? A::kHopper
           : name == "Blackwell"        ? A::kBlackwell
           : name == "BlackwellMmaSync" ? A::kBlackwellMmaSync
                                        : A::kRubin;
}

// What a device would answer if it were vrsim's model.
std::uint32_t answer(const ProbeInstruction& of, const ProbeCase& one, vr::Corners& corners) {
    const auto contract = vr::make_contract(architecture_of(of.architecture), of.a, of.b, of.c,
                                            of.scale, static_cast<int>(of.block));
    REQUIRE(contract);
    return vr::dot(*contract, {one.a, one.a_scales}, {one.b, one.b_scales}, one.c, corners);
}

std::vector<ProbeInstruction> all_instructions() {
    std::vector<ProbeInstruction> all;
    for (const auto& list :
         {mma_sync_instructions(80), mma_sync_instructions(89), mma_sync_instructions(90),
          mma_sync_instructions(100), wgmma_instructions(), tcgen05_instructions(100),
          tcgen05_instructions(107)}) {
        all.insert(all.end(), list.begin(), list.end());
    }
    return all;
}

vr::CheckSummary checked(const ProbeInstruction& of, const std::vector<ProbeCase>& cases,
                         const vr::CheckOptions& options = {}) {
    const vr::test::TemporaryFolder folder;
    std::vector<std::uint32_t> results;
    vr::Corners corners;
    for (const ProbeCase& one : cases) {
        results.push_back(answer(of, one, corners));
    }
    const std::string path = vector_path(folder.path().string(), of);
    write_new_file(path, vector_text(of, "vrsim in the device's place", cases, results));
    return vr::check_vector_file(path, options);
}

const ProbeInstruction& find(const std::vector<ProbeInstruction>& list, const char* qualifier) {
    for (const ProbeInstruction& one : list) {
        if (one.qualifier == qualifier) {
            return one;
        }
    }
    FAIL("no instruction " << qualifier);
    throw 0;
}

}  // namespace

TEST_CASE("vector files of every probe are read by numerics check, all cases judged") {
    for (const ProbeInstruction& of : all_instructions()) {
        INFO(of.architecture << " " << of.qualifier);
        const auto cases = ProbeCases(of).all(kEach);
        CHECK(cases.size() >= 5 * kEach);
        const vr::CheckSummary summary = checked(of, cases);
        CHECK(summary.cases == cases.size());
        CHECK(summary.failed == 0);
        CHECK(summary.judged);
    }
}

TEST_CASE("each class of a corner touches it") {
    struct Row {
        char letter;
        vr::Corner corner;
    };
    constexpr Row kRows[] = {{'F', vr::Corner::kZeroAccumulatorFloor},
                             {'H', vr::Corner::kZeroElement},
                             {'V', vr::Corner::kZeroSign},
                             {'Q', vr::Corner::kTf32Payload},
                             {'I', vr::Corner::kInfiniteFp4Accumulator},
                             {'G', vr::Corner::kZeroGroup}};
    for (const ProbeInstruction& of : all_instructions()) {
        ProbeCases cases(of);
        for (const Row& row : kRows) {
            std::size_t touched = 0;
            for (std::size_t i = 0; i < kEach && cases.allows(row.letter); ++i) {
                vr::Corners corners;
                (void)answer(of, cases.draw(row.letter), corners);
                touched += corners.has(row.corner) ? 1 : 0;
            }
            // Where c is added afterwards its sign is no matter of the step.
            const bool aside = of.architecture == "BlackwellMmaSync" && of.k == 32;
            if (cases.allows(row.letter) && !(aside && row.letter == 'V')) {
                INFO(of.architecture << " " << of.qualifier << " class " << row.letter);
                CHECK(touched >= kEach / 3);
            }
        }
    }
}

TEST_CASE("a device with another rule fails the check: width, floor, zero groups, steps") {
    struct Row {
        ProbeInstruction of;
        const char* rule;
    };
    const auto hopper = wgmma_instructions();
    const auto blackwell = tcgen05_instructions(100);
    const auto rubin = tcgen05_instructions(107);
    const Row rows[] = {
        {find(hopper, "m64n8k16.f32.f16.f16"), "F=24"},
        {find(hopper, "m64n8k16.f32.f16.f16"), "F=26"},
        {find(hopper, "m64n8k16.f32.bf16.bf16"), "floor=-126"},
        {find(hopper, "m64n8k16.f32.bf16.bf16"), "floor=-132"},
        {find(hopper, "m64n8k16.f16.f16.f16"), "floor=-20"},
        {find(hopper, "m64n8k32.f32.e4m3.e4m3"), "F=14"},
        {find(blackwell, "m128n16k32.f32.e4m3.e4m3"), "L=16"},
        {find(blackwell, "m128n16k32.f32.e2m1.e2m1"), "F=24"},
        {find(blackwell, "m128n16k64.block16.f32.e2m1.e2m1.ue4m3"), "F=34"},
        {find(blackwell, "m128n16k64.block16.f32.e2m1.e2m1.ue4m3"), "zero_group=out"},
        {find(rubin, "m128n16k64.f32.e4m3.e4m3"), "L=32"},
        {find(rubin, "m128n16k64.f32.e4m3.e4m3"), "result=nearest"},
    };
    for (const Row& row : rows) {
        INFO(row.of.qualifier << " " << row.rule);
        vr::CheckOptions options;
        options.switches = vr::parse_rule_switches(row.rule);
        CHECK(checked(row.of, ProbeCases(row.of).all(kEach), options).failed >= 2);
    }
}

TEST_CASE("known cases have the exact sum under every rule, and no two rows are alike") {
    for (const ProbeInstruction& of : all_instructions()) {
        INFO(of.architecture << " " << of.qualifier);
        ProbeCases cases(of);
        const ProbeCase first = cases.known();
        const ProbeCase second = cases.known();
        CHECK(first.a != second.a);
        for (const ProbeCase& one : {first, second}) {
            vr::Corners corners;
            CHECK(vr::to_double(of.c, answer(of, one, corners)) == cases.exact(one));
            CHECK(answer(of, one, corners) == exact_code(of.c, cases.exact(one)));
        }
    }
}

TEST_CASE("codes are put together as the formats take them apart") {
    using F = vr::NumberFormat;
    CHECK(float_code(F::kFp16, false, 0, 0) == 0x3c00);
    CHECK(float_code(F::kBf16, true, 1, 0x40) == 0xc040);
    CHECK(float_code(F::kTf32, false, 0, 1) == 0x3f802000);
    CHECK(float_code(F::kE4m3, false, 20, 0) == 0x7e);  // 448, not NaN
    CHECK(float_code(F::kUe8m0, false, 0, 0) == 127);
    CHECK(float_code(F::kE2m1, true, -1, 0) == 0x9);  // -0.5, a subnormal
    CHECK(float_code(F::kFp16, false, -25, 0) == 0);
    CHECK(infinity_code(F::kTf32) == 0x7f800000);
    CHECK(nan_code(F::kE4m3) == 0x7f);
    CHECK(exact_code(F::kFp32, -2.5) == 0xc0200000);
    CHECK_THROWS_AS(exact_code(F::kE2m1, 5), Error);
}
