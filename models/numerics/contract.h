// SPDX-License-Identifier: Apache-2.0
// The rules by which tensor cores accumulate, one row of parameters per architecture and kind of
// instruction, and contracts: a rule together with the formats of one instruction. The only place
// where these numbers stand. FP64 and integers: exact_dot.h. Changing a rule: contract_switches.h.
// Not modelled: stochastic or fp16 results of the FP4 kinds.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/numerics/corner.h"
#include "models/numerics/number_format.h"

namespace vr {

enum class Architecture : std::uint8_t {
    kVolta,
    kTuring,
    kAmpere,
    kAda,
    kHopper,
    kBlackwell,         ///< tcgen05
    kBlackwellMmaSync,  ///< the older instructions on B200
    kRubin,             ///< assumption: K-doubled instructions align all their products together
    kRubinTwoSteps,     ///< assumption: K-doubled instructions are two Blackwell steps
};

/// What the operands of an instruction are.
enum class MmaKind : std::uint8_t {
    kF16,  ///< fp16
    kBf16,
    kTf32,
    kF8,    ///< e4m3, e5m2 in any mixture; with tcgen05 also e2m3, e3m2, e2m1
    kMxf8,  ///< the same with UE8M0 block scales
    kF4,    ///< e2m1 with UE4M3 or UE8M0 block scales, on Rubin also UE5M3
};

/// How the aligned sum becomes the result, and thereby the format of c and d.
enum class OutputRule : std::uint8_t {
    kFp32TowardZero,   ///< cut to 23 fraction bits
    kE8m13TowardZero,  ///< cut to 13 fraction bits, stored as fp32
    kFp16NearestEven,
    kFp32NearestEven,  ///< of no GPU that was measured; a switch for those that were not
};

enum class AccumulatorRule : std::uint8_t {
    kAligned,     ///< c is one more term of the step
    kAddedAfter,  ///< the step runs with c = 0; c is added in fp32, nearest even
};

/// The accumulation model: terms are aligned to the largest exponent, cut toward zero after
/// `fraction_bits`, and added exactly. Sources: arXiv 2511.10909 and 2512.07004.
struct AccumulationRule {
    Architecture architecture{};
    MmaKind kind{};
    OutputRule output = OutputRule::kFp32TowardZero;
    int products_per_step = 0;  ///< L: products aligned together
    int instruction_k =
        0;          ///< products of the widest instruction: instruction_k / L steps in a row
    int group = 1;  ///< products summed exactly into one term before the alignment
    int fraction_bits = 0;  ///< F
    int zero_floor = 0;     ///< smallest alignment exponent (it shows only where c = 0)
    AccumulatorRule accumulator = AccumulatorRule::kAligned;
    bool zero_group_takes_part = true;  ///< a group that sums to zero enters the largest exponent
    Corners assumptions;                ///< open corners that every use of the rule touches
    std::string_view source;
    /// A product of 2 or more moves to the next exponent before the alignment: of no GPU known; not
    /// on the fast path.
    bool renormalise_products = false;

    [[nodiscard]] constexpr int terms() const { return products_per_step / group; }
};

/// A rule with the formats of one instruction.
struct DotContract {
    std::string name;
    AccumulationRule rule;
    NumberFormat a{};
    NumberFormat b{};
    std::optional<NumberFormat> scale;  ///< of the block scales, if there are any
    int block = 0;                      ///< elements along K per scale

    /// Format of c and d.
    [[nodiscard]] NumberFormat accumulator_format() const {
        return rule.output == OutputRule::kFp16NearestEven ? NumberFormat::kFp16
                                                           : NumberFormat::kFp32;
    }
};

/// Every rule known.
[[nodiscard]] std::span<const AccumulationRule> accumulation_rules();

/// The rule for an architecture, kind and accumulator format (kFp16 or kFp32), or null.
[[nodiscard]] const AccumulationRule* find_rule(Architecture architecture, MmaKind kind,
                                                NumberFormat accumulator);

/// A contract for these formats, or nothing when the table has no rule for them. `block` is 0
/// without scales.
[[nodiscard]] std::optional<DotContract> make_contract(
    Architecture architecture, NumberFormat a, NumberFormat b,
    NumberFormat accumulator = NumberFormat::kFp32, std::optional<NumberFormat> scale = {},
    int block = 0);

/// The contract of this name, e.g. "blackwell.nvfp4" or "rubin.e4m3", fp32 accumulation; or
/// nothing. Names are ARCHITECTURE.KIND with volta, turing, ampere, ada, hopper, blackwell,
/// blackwell_mma_sync, rubin, rubin_two_steps and fp16, bf16, tf32, e4m3, e5m2, mxf8_e4m3,
/// mxf8_e5m2, nvfp4, mxfp4, and with tcgen05 e2m3, e3m2, mxf6_e2m3, mxf6_e3m2, on Rubin
/// nvfp4_ue5m3, nvfp4_block32.
[[nodiscard]] std::optional<DotContract> named_contract(std::string_view name);
/// Every name that named_contract() knows.
[[nodiscard]] std::vector<std::string> contract_names();

/// "blackwell", "rubin_two_steps", ...
[[nodiscard]] std::string_view architecture_name(Architecture architecture);

}  // namespace vr
