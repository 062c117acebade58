// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/gpu/sm/tensor_core/stimuli.h"

#include <Vfp_dot_step_covered.h>
#include <Vfp_dot_step_fault.h>
#include <fmt/format.h>

#include <algorithm>

#include "models/base/error.h"
#include "models/numerics/contract_switches.h"
#include "rtl/gpu/sm/tensor_core/leaf_registry.h"
#include "rtl/gpu/sm/tensor_core/verilated_leaf.h"
#include "testbenches/rtl/gpu/sm/tensor_core/operand_class.h"

namespace vr::testing {

namespace {

const bool kRegistered =
    register_dot_leaf("covered",
                      [](RtlContext& context, const std::string& name) {
                          return std::make_unique<VerilatedLeaf<Vfp_dot_step_covered>>(context,
                                                                                       name);
                      }) &&
    register_dot_leaf("fault", [](RtlContext& context, const std::string& name) {
        return std::make_unique<VerilatedLeaf<Vfp_dot_step_fault>>(context, name);
    });

constexpr std::array kArchitectures{
    Architecture::kVolta, Architecture::kTuring,           Architecture::kAmpere,
    Architecture::kAda,   Architecture::kHopper,           Architecture::kBlackwell,
    Architecture::kRubin, Architecture::kBlackwellMmaSync, Architecture::kRubinTwoSteps,
};
using F = NumberFormat;

bool by_tiles(const DotContract& contract) {
    return contract.accumulator_format() == F::kFp32 &&
           contract.rule.accumulator == AccumulatorRule::kAligned;
}

}  // namespace

std::unique_ptr<LeafMultiplier> leaf(const std::string& name, RtlContext& context, LeafUse use) {
    ensure(kRegistered, "leaves are registered before main()");
    return std::make_unique<LeafMultiplier>("test", make_dot_leaf(name, context, "test"), use);
}

std::vector<PlantedFault> planted_faults() {
    return {
#include "planted_faults.inc"
    };
}

void choose_fault(RtlContext& context, const PlantedFault& fault) {
    const std::string argument = fmt::format("+fault={}", fault.number);
    const char* arguments[] = {"test", argument.c_str()};
    context.verilated().commandArgs(2, arguments);
}

std::vector<DotContract> all_contracts() {
    struct Scale {
        std::optional<NumberFormat> format;
        int block;
    };
    const std::array<Scale, 6> scales{{{{}, 0},
                                       {F::kUe8m0, 32},
                                       {F::kUe8m0, 16},
                                       {F::kUe4m3, 16},
                                       {F::kUe4m3, 32},
                                       {F::kUe5m3, 16}}};
    constexpr std::array kElements{F::kE2m1, F::kE2m3, F::kE3m2, F::kE4m3,
                                   F::kE5m2, F::kFp16, F::kBf16, F::kTf32};
    std::vector<DotContract> out;
    for (const Architecture architecture : kArchitectures) {
        for (const NumberFormat a : kElements) {
            for (const NumberFormat b : kElements) {
                for (const NumberFormat c : {F::kFp32, F::kFp16}) {
                    for (const Scale& scale : scales) {
                        auto contract =
                            make_contract(architecture, a, b, c, scale.format, scale.block);
                        if (contract && leaf_supports(*contract)) {
                            out.push_back(*std::move(contract));
                        }
                    }
                }
            }
        }
    }
    return out;
}

std::vector<DotContract> contracts() {
    std::vector<DotContract> out;
    for (const std::string& name : contract_names()) {
        const auto contract = named_contract(name);
        if (contract && leaf_supports(*contract) && by_tiles(*contract)) {
            out.push_back(*contract);
        }
    }
    for (const Architecture architecture : {Architecture::kBlackwell, Architecture::kRubin}) {
        out.push_back(*make_contract(architecture, F::kE4m3, F::kE5m2));
        out.push_back(*make_contract(architecture, F::kE2m1, F::kE4m3));
        out.push_back(*make_contract(architecture, F::kE5m2, F::kE4m3, F::kFp32, F::kUe8m0, 32));
        out.push_back(*make_contract(architecture, F::kE3m2, F::kE2m1, F::kFp32, F::kUe8m0, 32));
        out.push_back(*make_contract(architecture, F::kE2m1, F::kE2m1, F::kFp32, F::kUe8m0, 16));
    }
    return out;
}

std::vector<DotContract> switched_contracts() {
    struct Change {
        const char* contract;
        const char* switches;
    };
    constexpr std::array<Change, 16> kChanges{{
        {"rubin.nvfp4", "F=26"},
        {"rubin.nvfp4", "F=40"},
        {"rubin.nvfp4", "zero_group=out"},
        {"rubin.nvfp4", "result=nearest"},
        {"rubin.mxfp4", "K=96,L=96,floor=-200"},
        {"blackwell.nvfp4", "K=96,L=48,zero_group=out,result=nearest"},
        {"blackwell.nvfp4", "K=64,L=16"},
        {"rubin.e4m3", "F=26,result=nearest"},
        {"rubin.e5m2", "F=6,floor=127"},
        {"rubin.mxf8_e4m3", "K=64,L=32,F=8,floor=-1000"},
        {"rubin.mxf6_e3m2", "result=nearest"},
        {"hopper.e4m3", "result=cut,F=14"},
        {"hopper.fp16", "K=32,L=32,result=nearest"},
        {"rubin.bf16", "F=14,floor=-126"},
        {"rubin.bf16", "K=32,L=4,result=nearest"},
        {"ampere.tf32", "K=16,L=16,F=20"},
    }};
    std::vector<DotContract> out;
    for (const Change& change : kChanges) {
        out.push_back(
            with_switches(*named_contract(change.contract), parse_rule_switches(change.switches)));
        ensure(leaf_supports(out.back()), "{} has no leaf", out.back().name);
    }
    return out;
}

std::vector<std::uint8_t> packed(NumberFormat format, const std::vector<std::uint32_t>& codes) {
    const auto bits = static_cast<std::size_t>(packed_bits(format));
    std::vector<std::uint8_t> bytes((codes.size() * bits + 7) / 8);
    for (std::size_t i = 0; i < codes.size(); ++i) {
        for (std::size_t bit = 0; bit < bits; bit += 8) {
            std::uint8_t& byte = bytes[(i * bits + bit) / 8];
            byte = static_cast<std::uint8_t>(byte | codes[i] >> bit << (i * bits) % 8);
        }
    }
    return bytes;
}

Corners multiply_codes(TileMultiplier& multiplier, const DotContract& contract, const DotOperand& a,
                       const DotOperand& b, std::uint32_t& accumulator) {
    const auto view = [&](NumberFormat format, const DotOperand& operand,
                          std::vector<std::uint8_t>& bytes, std::vector<std::uint8_t>& scales) {
        bytes = packed(format, {operand.codes.begin(), operand.codes.end()});
        if (contract.scale) {
            scales = packed(*contract.scale, {operand.scales.begin(), operand.scales.end()});
        }
        return OperandView{bytes.data(),
                           static_cast<std::int64_t>(bytes.size()),
                           1,
                           static_cast<std::int64_t>(operand.codes.size()),
                           contract.scale ? scales.data() : nullptr,
                           0};
    };
    std::vector<std::uint8_t> a_bytes;
    std::vector<std::uint8_t> b_bytes;
    std::vector<std::uint8_t> a_scales;
    std::vector<std::uint8_t> b_scales;
    return multiplier.multiply(contract, view(contract.a, a, a_bytes, a_scales),
                               view(contract.b, b, b_bytes, b_scales), &accumulator, 1);
}

RandomTile::RandomTile(const DotContract& rule, std::uint64_t index) : contract(rule) {
    const RandomStream random(7, contract.name, index);
    rows = 1 + static_cast<std::int64_t>(random.at(0) % 5);
    columns = 1 + static_cast<std::int64_t>(random.at(1) % 5);
    // Up to about three steps.
    const auto length = static_cast<std::uint64_t>(contract.rule.products_per_step);
    k = 1 + static_cast<std::int64_t>(random.at(2) % (3 * length));
    if (random.at(3) % 2 == 0) {  // whole steps
        k = (k / contract.rule.products_per_step + 1) * contract.rule.products_per_step;
    }
    fill(random);
}

std::int64_t RandomTile::row_bytes(NumberFormat format) const {
    return (k * packed_bits(format) + 7) / 8;
}

std::int64_t RandomTile::scale_bytes() const {
    return contract.scale ? (k + contract.block - 1) / contract.block : 0;
}

// Six mixtures of codes: any bits but NaN and infinity; few bits (many zeros and cancellations);
// special values; small numbers; scales near one; an accumulator of the products' size.
void RandomTile::fill(const RandomStream& stream) {
    SplitMix64 random(stream.at(4));
    const std::uint64_t mixture = random.next() % 6;
    const auto pick = [&](NumberFormat format) {
        const auto kind = kOperandClasses[random.next() % kOperandClasses.size()];
        return code_of(format, kind, random);
    };
    const auto mask = [](NumberFormat format) {
        return static_cast<std::uint32_t>((std::uint64_t{1} << properties(format).bits) - 1);
    };
    const auto element = [&](NumberFormat format) {
        const std::uint64_t bits = random.next();
        if (mixture == 2 && bits % 8 == 0) {
            return pick(format).value_or(0);
        }
        auto code = static_cast<std::uint32_t>(bits >> 8) & mask(format);
        if (mixture == 1) {
            code &= static_cast<std::uint32_t>(bits >> 24 & bits >> 32);
        } else if (mixture == 3) {  // exponents of the lowest eighth
            const FormatProperties& p = properties(format);
            const int shift = std::max(p.exponent_bits - 3, 0);
            code &= ~(7U << (p.mantissa_bits + p.ignored_bits + shift));
        }
        // One special value decides a whole result: seldom outside of mixture 2.
        const NumberClass kind = decode(format, code).kind;
        return kind == NumberClass::kInfinity || kind == NumberClass::kNan ? 0 : code;
    };
    const auto scale = [&](NumberFormat format) {
        const std::uint64_t bits = random.next();
        if (mixture == 2 && bits % 16 == 0) {
            return pick(format).value_or(0);
        }
        const ExponentRange range = exponents(format);
        const int around = mixture <= 1   ? range.lowest + static_cast<int>(bits >> 8 & 0xff)
                           : mixture == 3 ? range.lowest + static_cast<int>(bits >> 8 & 1)
                                          : static_cast<int>(bits >> 8 & 1) - 1;
        return code_with_exponent(format, std::min(around, range.highest), random);
    };
    const auto fill_rows = [&](std::int64_t count, NumberFormat format,
                               std::vector<std::uint8_t>& bytes,
                               std::vector<std::uint8_t>& scales) {
        for (std::int64_t row = 0; row < count; ++row) {
            std::vector<std::uint32_t> codes;
            for (std::int64_t i = 0; i < k; ++i) {
                codes.push_back(element(format));
            }
            const auto given = packed(format, codes);
            bytes.insert(bytes.end(), given.begin(), given.end());
            for (std::int64_t i = 0; i < scale_bytes(); ++i) {
                scales.push_back(static_cast<std::uint8_t>(scale(*contract.scale)));
            }
        }
    };
    fill_rows(rows, contract.a, a, a_scales);
    fill_rows(columns, contract.b, b, b_scales);
    const NumberFormat format = contract.accumulator_format();
    for (std::int64_t i = 0; i < rows * columns; ++i) {
        const std::uint64_t bits = random.next();
        auto code = static_cast<std::uint32_t>(bits >> 32) & mask(format);
        if (bits % 4 == 0 && (mixture == 2 || bits / 4 % 8 == 0)) {
            code = pick(format).value_or(0);
        } else if (mixture >= 4) {
            code = code_with_exponent(format, static_cast<int>(bits >> 8 & 15) - 4, random);
        } else if (mixture == 0 && bits % 4 == 1) {
            code = 0;
        }
        accumulators.push_back(code);
    }
}

Corners RandomTile::through(TileMultiplier& multiplier) {
    return multiplier.multiply(contract,
                               {a.data(), row_bytes(contract.a), rows, k,
                                contract.scale ? a_scales.data() : nullptr, scale_bytes()},
                               {b.data(), row_bytes(contract.b), columns, k,
                                contract.scale ? b_scales.data() : nullptr, scale_bytes()},
                               accumulators.data(), columns);
}

}  // namespace vr::testing
