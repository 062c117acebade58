// SPDX-License-Identifier: Apache-2.0
// The table of accumulation rules.
// Not modelled: see contract.h.
#include "models/numerics/contract.h"

#include <array>

#include "models/base/error.h"

namespace vr {
namespace {

constexpr std::string_view kMmaSim = "MMA-Sim c785138; arXiv 2512.07004; checked on hardware";
constexpr std::string_view kMeasured = "measured rows of MATLAB-tensor-core b12b5a7";
constexpr std::string_view kModel = "MMA-Sim c785138; not in the measured set";
constexpr std::string_view kAssumed = "assumed after Blackwell; no public study";

constexpr Corners corners_of(std::initializer_list<Corner> list) {
    Corners out;
    for (const Corner corner : list) {
        out.add(corner);
    }
    return out;
}
constexpr Corners kRubinOnly = corners_of({Corner::kRubinRule});
constexpr Corners kRubinFused = corners_of({Corner::kRubinRule, Corner::kRubinFusedStep});
constexpr Corners kRubinTwo = corners_of({Corner::kRubinRule, Corner::kRubinTwoSteps});
constexpr Corners kHalf = corners_of({Corner::kF8HalfAccumulator});
constexpr Corners kFusedHalf =
    corners_of({Corner::kRubinRule, Corner::kRubinFusedStep, Corner::kF8HalfAccumulator});
constexpr Corners kTwoHalf =
    corners_of({Corner::kRubinRule, Corner::kRubinTwoSteps, Corner::kF8HalfAccumulator});

constexpr int kBlackwellF8Products = 32;
constexpr int kNoFloor = -1000;  // below every exponent that a product can have

using A = Architecture;
using K = MmaKind;
constexpr OutputRule kRz = OutputRule::kFp32TowardZero;
constexpr OutputRule kE8m13 = OutputRule::kE8m13TowardZero;
constexpr OutputRule kF16 = OutputRule::kFp16NearestEven;
constexpr AccumulatorRule kIn = AccumulatorRule::kAligned;
constexpr AccumulatorRule kAfter = AccumulatorRule::kAddedAfter;

// architecture, kind, output, L, instruction k, group, F, floor, accumulator, zero group,
// assumptions, source
// clang-format off
constexpr auto kRules = std::to_array<AccumulationRule>({
    {A::kVolta,  K::kF16,  kRz,    4,  4, 1, 23, kNoFloor, kIn, true, {}, kMmaSim},
    {A::kVolta,  K::kF16,  kF16,   4,  4, 1, 23, -19,      kIn, true, {}, kMmaSim},
    {A::kTuring, K::kF16,  kRz,    8,  8, 1, 24, -132,     kIn, true, {}, kModel},
    {A::kTuring, K::kF16,  kF16,   8,  8, 1, 24, -20,      kIn, true, {}, kModel},
    {A::kAmpere, K::kF16,  kRz,    8, 16, 1, 24, -132,     kIn, true, {}, kMmaSim},
    {A::kAmpere, K::kF16,  kF16,   8, 16, 1, 24, -20,      kIn, true, {}, kMmaSim},
    {A::kAmpere, K::kBf16, kRz,    8, 16, 1, 24, -132,     kIn, true, {}, kMmaSim},
    {A::kAmpere, K::kTf32, kRz,    4,  8, 1, 24, -132,     kIn, true, {}, kMmaSim},
    {A::kAda,    K::kF16,  kRz,    8, 16, 1, 24, -132,     kIn, true, {}, kMmaSim},
    {A::kAda,    K::kF16,  kF16,   8, 16, 1, 24, -20,      kIn, true, {}, kMmaSim},
    {A::kAda,    K::kBf16, kRz,    8, 16, 1, 24, -132,     kIn, true, {}, kMmaSim},
    {A::kAda,    K::kTf32, kRz,    4,  8, 1, 24, -132,     kIn, true, {}, kMmaSim},
    {A::kAda,    K::kF8,   kE8m13, 16, 32, 1, 13, -132,    kIn, true, {}, kMmaSim},
    {A::kAda,    K::kF8,   kF16,   16, 32, 1, 13, -20,     kIn, true, {}, kMmaSim},
    {A::kHopper, K::kF16,  kRz,    16, 16, 1, 25, -133,    kIn, true, {}, kMmaSim},
    {A::kHopper, K::kF16,  kF16,   16, 16, 1, 25, -21,     kIn, true, {}, kMmaSim},
    {A::kHopper, K::kBf16, kRz,    16, 16, 1, 25, -133,    kIn, true, {}, kMmaSim},
    {A::kHopper, K::kTf32, kRz,    8,  8, 1, 25, -133,     kIn, true, {}, kMmaSim},
    {A::kHopper, K::kF8,   kE8m13, 32, 32, 1, 13, -133,    kIn, true, {}, kMmaSim},
    {A::kHopper, K::kF8,   kF16,   32, 32, 1, 13, -21,     kIn, true, kHalf, kMmaSim},

    {A::kBlackwell, K::kF16,  kRz,  16, 16, 1, 25, -133,   kIn, true, {}, kMmaSim},
    {A::kBlackwell, K::kF16,  kF16, 16, 16, 1, 25, -21,    kIn, true, {}, kMmaSim},
    {A::kBlackwell, K::kBf16, kRz,  16, 16, 1, 25, -133,   kIn, true, {}, kMmaSim},
    {A::kBlackwell, K::kTf32, kRz,  8,  8, 1, 25, -133,    kIn, true, {}, kMmaSim},
    {A::kBlackwell, K::kF8,   kRz,  32, 32, 1, 25, -133,   kIn, true, {}, kMmaSim},
    {A::kBlackwell, K::kF8,   kF16, 32, 32, 1, 25, -21,    kIn, true, kHalf, kMmaSim},
    {A::kBlackwell, K::kMxf8, kRz,  32, 32, 1, 25, -133,   kIn, true, {}, kMmaSim},
    {A::kBlackwell, K::kF4,   kRz,  64, 64, 16, 35, -133,  kIn, true, {}, kMmaSim},
    {A::kBlackwellMmaSync, K::kF16,  kRz,  16, 16, 1, 25, -133, kIn, true, {}, kMeasured},
    {A::kBlackwellMmaSync, K::kF16,  kF16, 16, 16, 1, 25, -21,  kIn, true, {}, kMeasured},
    {A::kBlackwellMmaSync, K::kBf16, kRz,  16, 16, 1, 25, -133, kIn, true, {}, kMeasured},
    {A::kBlackwellMmaSync, K::kTf32, kRz,  8,  8, 1, 25, -133,  kIn, true, {}, kMeasured},
    {A::kBlackwellMmaSync, K::kF8,   kRz,  32, 32, 1, 25, -133, kAfter, true, {}, kMeasured},

    {A::kRubin, K::kF16,  kRz,  16, 16, 1, 25, -133,    kIn, true, kRubinOnly, kAssumed},
    {A::kRubin, K::kF16,  kF16, 16, 16, 1, 25, -21,     kIn, true, kRubinOnly, kAssumed},
    {A::kRubin, K::kBf16, kRz,  16, 16, 1, 25, -133,    kIn, true, kRubinOnly, kAssumed},
    {A::kRubin, K::kTf32, kRz,  8,  8, 1, 25, -133,     kIn, true, kRubinOnly, kAssumed},
    {A::kRubin, K::kF8,   kRz,  64, 64, 1, 25, -133,    kIn, true, kRubinFused, kAssumed},
    {A::kRubin, K::kF8,   kF16, 64, 64, 1, 25, -21,     kIn, true, kFusedHalf, kAssumed},
    {A::kRubin, K::kMxf8, kRz,  64, 64, 1, 25, -133,    kIn, true, kRubinFused, kAssumed},
    {A::kRubin, K::kF4,   kRz,  128, 128, 16, 35, -133, kIn, true, kRubinFused, kAssumed},
    {A::kRubinTwoSteps, K::kF16,  kRz,  16, 16, 1, 25, -133,  kIn, true, kRubinOnly, kAssumed},
    {A::kRubinTwoSteps, K::kF16,  kF16, 16, 16, 1, 25, -21,   kIn, true, kRubinOnly, kAssumed},
    {A::kRubinTwoSteps, K::kBf16, kRz,  16, 16, 1, 25, -133,  kIn, true, kRubinOnly, kAssumed},
    {A::kRubinTwoSteps, K::kTf32, kRz,  8,  8, 1, 25, -133,   kIn, true, kRubinOnly, kAssumed},
    {A::kRubinTwoSteps, K::kF8,   kRz,  32, 64, 1, 25, -133,  kIn, true, kRubinTwo, kAssumed},
    {A::kRubinTwoSteps, K::kF8,   kF16, 32, 64, 1, 25, -21,   kIn, true, kTwoHalf, kAssumed},
    {A::kRubinTwoSteps, K::kMxf8, kRz,  32, 64, 1, 25, -133,  kIn, true, kRubinTwo, kAssumed},
    {A::kRubinTwoSteps, K::kF4,   kRz,  64, 128, 16, 35, -133, kIn, true, kRubinTwo, kAssumed},
});
// clang-format on

constexpr std::array<std::string_view, 9> kArchitectureNames{
    "volta", "turing",         "ampere", "ada", "hopper", "blackwell", "blackwell_mma_sync",
    "rubin", "rubin_two_steps"};

struct KindName {
    std::string_view name;
    NumberFormat element;
    std::optional<NumberFormat> scale;
    int block;
};
using F = NumberFormat;
constexpr std::array<KindName, 15> kKindNames{{
    {"fp16", F::kFp16, {}, 0},
    {"bf16", F::kBf16, {}, 0},
    {"tf32", F::kTf32, {}, 0},
    {"e4m3", F::kE4m3, {}, 0},
    {"e5m2", F::kE5m2, {}, 0},
    {"mxf8_e4m3", F::kE4m3, F::kUe8m0, 32},
    {"mxf8_e5m2", F::kE5m2, F::kUe8m0, 32},
    {"nvfp4", F::kE2m1, F::kUe4m3, 16},
    {"mxfp4", F::kE2m1, F::kUe8m0, 32},
    {"e2m3", F::kE2m3, {}, 0},
    {"e3m2", F::kE3m2, {}, 0},
    {"mxf6_e2m3", F::kE2m3, F::kUe8m0, 32},
    {"mxf6_e3m2", F::kE3m2, F::kUe8m0, 32},
    {"nvfp4_ue5m3", F::kE2m1, F::kUe5m3, 16},
    {"nvfp4_block32", F::kE2m1, F::kUe4m3, 32},
}};

bool is_fp8(NumberFormat format) {
    return format == F::kE4m3 || format == F::kE5m2;
}

bool is_narrow(NumberFormat format) {  // elements that kind::f8f6f4 has beside FP8
    return format == F::kE2m3 || format == F::kE3m2 || format == F::kE2m1;
}

bool is_rubin(Architecture architecture) {
    return architecture == A::kRubin || architecture == A::kRubinTwoSteps;
}

bool has_tcgen05(Architecture architecture) {
    return architecture == A::kBlackwell || is_rubin(architecture);
}

/// Scales and blocks of FP4.
bool is_fp4_scale(Architecture architecture, NumberFormat scale, int block) {
    switch (scale) {
        case F::kUe8m0:
            return block == 16 || block == 32;
        case F::kUe4m3:
            return block == 16 || (block == 32 && is_rubin(architecture));
        case F::kUe5m3:
            return block == 16 && is_rubin(architecture);
        default:
            return false;
    }
}

std::optional<MmaKind> kind_of(Architecture architecture, NumberFormat a, NumberFormat b,
                               std::optional<NumberFormat> scale, int block) {
    if (a == F::kE2m1 && b == F::kE2m1 && scale && is_fp4_scale(architecture, *scale, block)) {
        return K::kF4;
    }
    const bool narrow = is_narrow(a) || is_narrow(b);
    if ((is_fp8(a) || is_narrow(a)) && (is_fp8(b) || is_narrow(b)) &&
        (!narrow || has_tcgen05(architecture))) {
        if (!scale) {
            return K::kF8;
        }
        return *scale == F::kUe8m0 && block == 32 ? std::optional(K::kMxf8) : std::nullopt;
    }
    if (a != b || scale) {
        return std::nullopt;
    }
    switch (a) {
        case F::kFp16:
            return K::kF16;
        case F::kBf16:
            return K::kBf16;
        case F::kTf32:
            return K::kTf32;
        default:
            return std::nullopt;
    }
}

/// What the formats of an instruction change in the rule of its kind.
void adapt(DotContract& contract) {
    AccumulationRule& rule = contract.rule;
    const bool rubin = is_rubin(rule.architecture);
    if ((rule.kind == K::kF8 || rule.kind == K::kMxf8) &&
        (is_narrow(contract.a) || is_narrow(contract.b))) {
        rule.assumptions.add(Corner::kNarrowElement);
        if (rubin) {
            rule.assumptions.add(Corner::kRubinNarrow);
        }
        if (rubin && rule.kind == K::kF8) {  // K = 64 without scales is for FP8 alone
            rule.products_per_step = rule.instruction_k = kBlackwellF8Products;
            rule.assumptions =
                corners_of({Corner::kRubinRule, Corner::kRubinNarrow, Corner::kNarrowElement});
        }
    }
    if (contract.scale == F::kUe5m3) {
        rule.assumptions.add(Corner::kUe5m3Scale);
    }
}

}  // namespace

std::span<const AccumulationRule> accumulation_rules() {
    return kRules;
}

std::string_view architecture_name(Architecture architecture) {
    return kArchitectureNames[static_cast<std::size_t>(architecture)];
}

const AccumulationRule* find_rule(Architecture architecture, MmaKind kind,
                                  NumberFormat accumulator) {
    for (const AccumulationRule& rule : kRules) {
        const bool half = rule.output == OutputRule::kFp16NearestEven;
        if (rule.architecture == architecture && rule.kind == kind &&
            accumulator == (half ? F::kFp16 : F::kFp32)) {
            return &rule;
        }
    }
    return nullptr;
}

std::optional<DotContract> make_contract(Architecture architecture, NumberFormat a, NumberFormat b,
                                         NumberFormat accumulator,
                                         std::optional<NumberFormat> scale, int block) {
    const std::optional<MmaKind> kind = kind_of(architecture, a, b, scale, block);
    const AccumulationRule* rule = kind ? find_rule(architecture, *kind, accumulator) : nullptr;
    if (rule == nullptr) {
        return std::nullopt;
    }
    std::string name =
        fmt::format("{}: {} x {} + {}", architecture_name(architecture), properties(a).name,
                    properties(b).name, properties(accumulator).name);
    if (scale) {
        name += fmt::format(", {} per {}", properties(*scale).name, block);
    }
    DotContract contract{std::move(name), *rule, a, b, scale, scale ? block : 0};
    adapt(contract);
    return contract;
}

std::optional<DotContract> named_contract(std::string_view name) {
    const std::size_t dot = name.find('.');
    for (std::size_t i = 0; dot != std::string_view::npos && i < kArchitectureNames.size(); ++i) {
        if (kArchitectureNames[i] != name.substr(0, dot)) {
            continue;
        }
        for (const KindName& kind : kKindNames) {
            if (kind.name == name.substr(dot + 1)) {
                auto contract = make_contract(static_cast<Architecture>(i), kind.element,
                                              kind.element, F::kFp32, kind.scale, kind.block);
                if (contract) {
                    contract->name = name;
                }
                return contract;
            }
        }
    }
    return std::nullopt;
}

std::vector<std::string> contract_names() {
    std::vector<std::string> out;
    for (const std::string_view architecture : kArchitectureNames) {
        for (const KindName& kind : kKindNames) {
            std::string name = fmt::format("{}.{}", architecture, kind.name);
            if (named_contract(name)) {
                out.push_back(std::move(name));
            }
        }
    }
    return out;
}

}  // namespace vr
