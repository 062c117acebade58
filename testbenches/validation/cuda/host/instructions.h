// SPDX-License-Identifier: Apache-2.0
// The instructions that the probes ask, by path and compute capability (80 is 8.0).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "testbenches/validation/cuda/host/descriptors.h"
#include "testbenches/validation/cuda/host/probe.h"

namespace vr::kit {

namespace detail {
using F = NumberFormat;

inline std::string ptx_name(NumberFormat format) {
    return format == F::kFp16   ? "f16"
           : format == F::kFp32 ? "f32"
                                : std::string(properties(format).name);
}

inline ProbeInstruction plain(const char* architecture, const char* instruction,
                              const std::string& tile, std::size_t k, NumberFormat d,
                              NumberFormat a, NumberFormat b) {
    ProbeInstruction made;
    made.architecture = architecture;
    made.instruction = instruction;
    made.qualifier =
        tile + "k" + std::to_string(k) + "." + ptx_name(d) + "." + ptx_name(a) + "." + ptx_name(b);
    made.a = a;
    made.b = b;
    made.c = d;
    made.k = k;
    return made;
}
}  // namespace detail

/// What vector files call the rules of mma.sync on a device. Empty: none is known.
inline std::string mma_sync_architecture(int capability) {
    return capability == 80 || capability == 86 || capability == 87 ? "Ampere"
           : capability == 89                                       ? "Ada"
           : capability == 90                                       ? "Hopper"
           : capability == 100 || capability == 103                 ? "BlackwellMmaSync"
                                                                    : "";
}

/// mma.sync m16n8, A and B from registers.
inline std::vector<ProbeInstruction> mma_sync_instructions(int capability) {
    using detail::F;
    const std::string architecture = mma_sync_architecture(capability);
    const auto one = [&](std::size_t k, F d, F a, F b) {
        return detail::plain(architecture.c_str(), "mma.sync", "m16n8", k, d, a, b);
    };
    std::vector<ProbeInstruction> all = {
        one(16, F::kFp32, F::kFp16, F::kFp16), one(16, F::kFp16, F::kFp16, F::kFp16),
        one(16, F::kFp32, F::kBf16, F::kBf16), one(8, F::kFp32, F::kTf32, F::kTf32)};
    if (capability >= 89) {
        all.push_back(one(32, F::kFp32, F::kE4m3, F::kE4m3));
        all.push_back(one(32, F::kFp32, F::kE5m2, F::kE5m2));
        if (capability < 100) {
            all.push_back(one(32, F::kFp16, F::kE4m3, F::kE4m3));
        }
    }
    return all;
}

/// wgmma m64n8, A and B from shared memory.
inline std::vector<ProbeInstruction> wgmma_instructions() {
    using detail::F;
    const auto one = [](std::size_t k, F d, F a, F b) {
        return detail::plain("Hopper", "wgmma.mma_async", "m64n8", k, d, a, b);
    };
    return {one(16, F::kFp32, F::kFp16, F::kFp16), one(16, F::kFp16, F::kFp16, F::kFp16),
            one(16, F::kFp32, F::kBf16, F::kBf16), one(8, F::kFp32, F::kTf32, F::kTf32),
            one(32, F::kFp32, F::kE4m3, F::kE4m3), one(32, F::kFp32, F::kE5m2, F::kE5m2),
            one(32, F::kFp32, F::kE5m2, F::kE4m3), one(32, F::kFp16, F::kE4m3, F::kE4m3)};
}

/// The kind of tcgen05.mma that takes an instruction's formats.
inline UmmaKind umma_kind(const ProbeInstruction& of) {
    if (of.scale) {
        return of.block == 32 && of.a != NumberFormat::kE2m1 ? UmmaKind::kMxf8f6f4
                                                             : UmmaKind::kMxf4nvf4;
    }
    switch (of.a) {
        case NumberFormat::kFp16:
        case NumberFormat::kBf16:
            return UmmaKind::kF16;
        case NumberFormat::kTf32:
            return UmmaKind::kTf32;
        default:
            return UmmaKind::kF8f6f4;
    }
}

/// tcgen05.mma with one CTA, m128n16, A and B from shared memory. From 107 on the instructions with
/// the doubled K and with UE5M3 scales as well, by descriptors that only compilers' sources name.
inline std::vector<ProbeInstruction> tcgen05_instructions(int capability) {
    using detail::F;
    const bool rubin = capability >= 107;
    const char* architecture = rubin ? "Rubin" : "Blackwell";
    const auto one = [&](std::size_t k, F d, F a, F b) {
        return detail::plain(architecture, "tcgen05.mma", "m128n16", k, d, a, b);
    };
    const auto scaled = [&](std::size_t k, F element, F scale, std::size_t block) {
        ProbeInstruction made = one(k, F::kFp32, element, element);
        made.scale = scale;
        made.block = block;
        made.qualifier = "m128n16k" + std::to_string(k) + ".block" + std::to_string(block) +
                         ".f32." + detail::ptx_name(element) + "." + detail::ptx_name(element) +
                         "." + detail::ptx_name(scale);
        return made;
    };
    std::vector<ProbeInstruction> all = {
        one(16, F::kFp32, F::kFp16, F::kFp16), one(16, F::kFp16, F::kFp16, F::kFp16),
        one(16, F::kFp32, F::kBf16, F::kBf16), one(8, F::kFp32, F::kTf32, F::kTf32),
        one(32, F::kFp32, F::kE4m3, F::kE4m3), one(32, F::kFp32, F::kE5m2, F::kE5m2),
        one(32, F::kFp16, F::kE4m3, F::kE4m3), one(32, F::kFp32, F::kE2m3, F::kE2m3),
        one(32, F::kFp32, F::kE3m2, F::kE3m2), one(32, F::kFp32, F::kE2m1, F::kE2m1),
        scaled(32, F::kE4m3, F::kUe8m0, 32),   scaled(32, F::kE5m2, F::kUe8m0, 32),
        scaled(32, F::kE2m3, F::kUe8m0, 32),   scaled(32, F::kE3m2, F::kUe8m0, 32),
        scaled(64, F::kE2m1, F::kUe8m0, 32),   scaled(64, F::kE2m1, F::kUe8m0, 16),
        scaled(64, F::kE2m1, F::kUe4m3, 16),   one(32, F::kFp32, F::kE4m3, F::kE2m1)};
    if (rubin) {
        all.push_back(one(64, F::kFp32, F::kE4m3, F::kE4m3));
        all.push_back(one(64, F::kFp32, F::kE5m2, F::kE5m2));
        all.push_back(scaled(64, F::kE4m3, F::kUe8m0, 32));
        all.push_back(scaled(64, F::kE2m1, F::kUe5m3, 16));
    }
    return all;
}

}  // namespace vr::kit
