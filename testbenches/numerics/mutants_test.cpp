// SPDX-License-Identifier: Apache-2.0
// The vectors can fail: rules that are wrong in one place, each of which the check must find. How
// many cases find it says how sharp the vectors are.
#include <array>
#include <catch2/catch.hpp>

#include "models/numerics/check/vector_check_dot.h"

namespace {

using vr::AccumulationRule;

constexpr const char* kF16 = "dot_blackwell_tcgen05_f16_f32";
constexpr const char* kHopperF8 = "dot_hopper_wgmma_e4m3_e4m3_f32";
constexpr const char* kNvfp4 = "dot_blackwell_tcgen05_nvfp4_block16_ue4m3";

struct Mutant {
    const char* name;
    const char* file;
    void (*change)(AccumulationRule& rule);
    std::uint64_t wrong;  ///< cases that find it
    std::uint64_t
        elsewhere;  ///< in an independent model on such a file with other cases; 0: not told
};

void one_bit_less(AccumulationRule& rule) {
    --rule.fraction_bits;
}
void one_bit_more(AccumulationRule& rule) {
    ++rule.fraction_bits;
}
/// As many bits as the reference has room for: what is cut then lies below every result here but
/// those that cancel.
void exact(AccumulationRule& rule) {
    rule.fraction_bits = rule.group == 1 ? 54 : 48;
}
void half_steps(AccumulationRule& rule) {
    rule.products_per_step /= 2;
}
void renormalised(AccumulationRule& rule) {
    rule.renormalise_products = true;
}
void to_nearest(AccumulationRule& rule) {
    rule.output = vr::OutputRule::kFp32NearestEven;
}
void full_result(AccumulationRule& rule) {
    rule.output = vr::OutputRule::kFp32TowardZero;
}

const std::array<Mutant, 16> kMutants{{
    {"F - 1", kF16, one_bit_less, 577, 556},
    {"F + 1", kF16, one_bit_more, 423, 397},
    {"exact accumulation", kF16, exact, 662, 645},
    {"two half steps", kF16, half_steps, 589, 610},
    {"renormalised products", kF16, renormalised, 132, 163},
    {"round to nearest", kF16, to_nearest, 390, 0},
    {"F - 1", kHopperF8, one_bit_less, 999, 955},
    {"F + 1", kHopperF8, one_bit_more, 718, 666},
    {"two half steps", kHopperF8, half_steps, 465, 0},
    {"renormalised products", kHopperF8, renormalised, 220, 264},
    {"result of 23 fraction bits", kHopperF8, full_result, 205, 192},
    {"F - 1", kNvfp4, one_bit_less, 64, 59},
    {"F + 1", kNvfp4, one_bit_more, 56, 40},
    {"exact accumulation", kNvfp4, exact, 155, 145},
    {"two half steps", kNvfp4, half_steps, 337, 0},
    {"round to nearest", kNvfp4, to_nearest, 380, 0},
}};

TEST_CASE("every mutant of an accumulation rule is found by the vectors") {
    for (const Mutant& mutant : kMutants) {
        const vr::VectorFile file(std::string(VRSIM_SOURCE_DIR "/testbenches/numerics/vectors/") +
                                  mutant.file + ".txt.gz");
        vr::VectorContract header = vr::vector_contract(file);
        CHECK(vr::check_dot_file(file, header, {0, {}}).failed == 0);
        mutant.change(header.contract.rule);
        const vr::CheckSummary summary = vr::check_dot_file(file, header, {0, {}});
        INFO(mutant.file << ": " << mutant.name << ": " << summary.failed << " of " << summary.cases
                         << " cases wrong");
        CHECK(summary.failed == mutant.wrong);
        CHECK(summary.failed > 0);
        // The same order of magnitude as the independent model's.
        CHECK(summary.failed >= mutant.elsewhere * 3 / 4);
    }
}

}  // namespace
