// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/gpu/sm/tensor_core/stimuli.h"

#include <Vfp_dot_step_covered.h>
#include <Vfp_dot_step_fault.h>

#include <algorithm>
#include <filesystem>

#include "models/base/error.h"
#include "models/numerics/check/vector_check_dot.h"
#include "rtl/gpu/sm/tensor_core/leaf_registry.h"
#include "rtl/gpu/sm/tensor_core/verilated_leaf.h"

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

std::vector<std::uint8_t> packed(NumberFormat format, const std::vector<std::uint32_t>& codes) {
    if (properties(format).bits == 8) {
        return {codes.begin(), codes.end()};
    }
    std::vector<std::uint8_t> bytes((codes.size() + 1) / 2);
    for (std::size_t i = 0; i < codes.size(); ++i) {
        bytes[i / 2] = static_cast<std::uint8_t>(bytes[i / 2] | codes[i] << (i % 2 * 4));
    }
    return bytes;
}

// FP32 accumulators that matter: zeros, NaN, infinities, the largest, subnormals, and such that
// meet the products.
constexpr std::uint32_t kAccumulators[] = {0x00000000, 0x80000000, 0x7fc00000, 0xff800001,
                                           0x7f800000, 0xff800000, 0x7f7fffff, 0xff7fffff,
                                           0x00000001, 0x807fffff, 0x00800000, 0x3f800000};
// Codes of one byte that matter: zeros, subnormals, the largest, infinities, NaN, of either format.
constexpr std::uint8_t kBytes[] = {0x00, 0x80, 0x01, 0x83, 0x07, 0x7e, 0xfe, 0x7f,
                                   0xff, 0x7b, 0xfb, 0x7c, 0xfc, 0x7d, 0x38, 0xb8};

}  // namespace

std::unique_ptr<LeafMultiplier> leaf(const std::string& name, RtlContext& context, LeafUse use) {
    ensure(kRegistered, "leaves are registered before main()");
    return std::make_unique<LeafMultiplier>("test", make_dot_leaf(name, context, "test"), use);
}

std::vector<std::string> golden_files() {
    std::vector<std::string> files;
    for (const auto& entry :
         std::filesystem::directory_iterator(VRSIM_SOURCE_DIR "/testbenches/numerics/vectors")) {
        const std::string path = entry.path().string();
        const std::string name = entry.path().filename().string();
        if (!name.starts_with("dot_") && !name.starts_with("chain_")) {
            continue;
        }
        const VectorFile file(path);
        if (is_dot_file(file) && leaf_supports(vector_contract(file).contract)) {
            files.push_back(path);
        }
    }
    std::sort(files.begin(), files.end());
    return files;
}

GoldenCount run_golden(LeafMultiplier& leaf, const std::string& path, std::size_t stride) {
    const VectorFile file(path);
    const VectorContract header = vector_contract(file);
    const DotContract& contract = header.contract;
    const auto k = static_cast<std::int64_t>(header.k);
    GoldenCount count;
    for (std::size_t i = 0; i < file.lines().size(); i += stride) {
        const VectorLine& line = file.lines()[i];
        const DotCase given = dot_case(file, header, line);
        const auto a = packed(contract.a, given.a);
        const auto b = packed(contract.b, given.b);
        std::vector<std::uint8_t> a_scales;
        std::vector<std::uint8_t> b_scales;
        if (contract.scale) {
            a_scales = packed(*contract.scale, given.a_scales);
            b_scales = packed(*contract.scale, given.b_scales);
        }
        const auto bytes = static_cast<std::int64_t>(a.size());
        std::uint32_t d = given.c;
        const std::uint32_t expected = given.results.front();
        (void)leaf.multiply(
            contract, {a.data(), bytes, 1, k, contract.scale ? a_scales.data() : nullptr, 0},
            {b.data(), bytes, 1, k, contract.scale ? b_scales.data() : nullptr, 0}, &d, 1);
        ++count.cases;
        if (d != expected) {
            if (count.wrong++ == 0) {
                count.first =
                    fmt::format("{}:{}: expected {:08x}, got {:08x}", path, line.line, expected, d);
            }
        }
    }
    return count;
}

std::vector<DotContract> contracts() {
    std::vector<DotContract> out;
    for (const std::string& name : contract_names()) {
        const auto contract = named_contract(name);
        if (contract && leaf_supports(*contract)) {
            out.push_back(*contract);
        }
    }
    using F = NumberFormat;
    for (const Architecture architecture : {Architecture::kBlackwell, Architecture::kRubin}) {
        out.push_back(*make_contract(architecture, F::kE4m3, F::kE5m2));
        out.push_back(*make_contract(architecture, F::kE5m2, F::kE4m3, F::kFp32, F::kUe8m0, 32));
        out.push_back(*make_contract(architecture, F::kE2m1, F::kE2m1, F::kFp32, F::kUe8m0, 16));
    }
    return out;
}

RandomTile::RandomTile(const DotContract& rule, std::uint64_t index) : contract(rule) {
    const RandomStream random(7, contract.name, index);
    rows = 1 + static_cast<std::int64_t>(random.at(0) % 5);
    columns = 1 + static_cast<std::int64_t>(random.at(1) % 5);
    k = 1 + static_cast<std::int64_t>(random.at(2) % 300);
    if (random.at(3) % 2 == 0) {  // whole steps
        k = (k / 128 + 1) * 128;
    }
    fill(random);
}

// Six mixtures of codes: any; few bits (many zeros and cancellations); special bytes; small; scales
// near one; an accumulator of the products' size.
void RandomTile::fill(const RandomStream& random) {
    std::uint64_t at = 4;
    const std::uint64_t mixture = random.at(at++) % 6;
    const bool fp4 = contract.rule.kind == MmaKind::kF4;
    const std::int64_t row_bytes = fp4 ? (k + 1) / 2 : k;
    const auto byte = [&](bool scale) {
        const std::uint64_t bits = random.at(at++);
        auto code = static_cast<std::uint8_t>(bits >> 16);
        if (mixture == 1) {
            code &= static_cast<std::uint8_t>(bits >> 24 & bits >> 32);
        } else if (mixture == 2 && !fp4 && bits % 4 == 0) {
            code = kBytes[bits >> 40 & 15U];
        } else if (mixture == 3) {
            code &= scale ? 0x0fU : 0x87U;
        }
        if (mixture != 2 && !scale && !fp4 && (code & 0x7fU) >= 0x7cU) {
            code &= 0xbfU;  // one special decides a whole result: seldom outside of mixture 2
        }
        if (scale) {
            const bool keep = mixture <= 1 || (mixture == 2 && bits % 16 == 0);
            if (!keep && mixture != 3) {
                code = static_cast<std::uint8_t>(
                    (contract.scale == NumberFormat::kUe8m0 ? 0x7c : 0x34) + code % 8);
            }
            if (mixture != 2 && (code & 0x7fU) == 0x7fU) {
                code &= 0x7eU;  // no NaN
            }
        }
        return code;
    };
    const auto scale_bytes =
        contract.scale ? (k + contract.block - 1) / contract.block : std::int64_t{0};
    for (auto [bytes, count, scale] : {std::tuple{&a, rows * row_bytes, false},
                                       {&b, columns * row_bytes, false},
                                       {&a_scales, rows * scale_bytes, true},
                                       {&b_scales, columns * scale_bytes, true}}) {
        for (std::int64_t i = 0; i < count; ++i) {
            bytes->push_back(byte(scale));
        }
    }
    for (std::int64_t i = 0; i < rows * columns; ++i) {
        const std::uint64_t bits = random.at(at++);
        auto code = static_cast<std::uint32_t>(bits >> 32);
        if (bits % 4 == 0 && (mixture == 2 || bits / 4 % 8 == 0)) {
            code = kAccumulators[bits / 64 % std::size(kAccumulators)];
        } else if (mixture >= 4) {  // 2^-8 to 2^23
            code = (code & 0x807fffffU) | ((119 + (code >> 24 & 31U)) << 23);
        } else if (mixture == 0 && bits % 4 == 1) {
            code = 0;
        }
        accumulators.push_back(code);
    }
}

Corners RandomTile::through(TileMultiplier& multiplier) {
    const std::int64_t row_bytes = contract.rule.kind == MmaKind::kF4 ? (k + 1) / 2 : k;
    const std::int64_t scale_bytes =
        contract.scale ? (k + contract.block - 1) / contract.block : std::int64_t{0};
    return multiplier.multiply(
        contract,
        {a.data(), row_bytes, rows, k, contract.scale ? a_scales.data() : nullptr, scale_bytes},
        {b.data(), row_bytes, columns, k, contract.scale ? b_scales.data() : nullptr, scale_bytes},
        accumulators.data(), columns);
}

}  // namespace vr::testing
