// SPDX-License-Identifier: Apache-2.0
// What a probe of tensor-core arithmetic asks: one instruction, and single dot products
// d = a . b + c through it. probe_cases.h makes the cases, vector_text.h writes what came out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/numerics/number_format.h"

namespace vr::kit {

/// One instruction with its types.
struct ProbeInstruction {
    std::string architecture;  ///< as vector files say it after arch=
    std::string instruction;   ///< in PTX: "wgmma.mma_async"
    std::string qualifier;     ///< "m64n8k16.f32.f16.f16"
    NumberFormat a{};
    NumberFormat b{};
    NumberFormat c = NumberFormat::kFp32;  ///< and d
    std::size_t k = 0;                     ///< elements of one instruction
    std::optional<NumberFormat> scale{};
    std::size_t block = 0;  ///< elements per scale

    [[nodiscard]] std::size_t blocks() const { return scale ? k / block : 0; }
};

/// One dot product: codes of the instruction's formats.
struct ProbeCase {
    char letter = 'U';  ///< class: probe_cases.h
    std::vector<std::uint32_t> a;
    std::vector<std::uint32_t> b;
    std::uint32_t c = 0;
    std::vector<std::uint32_t> a_scales;
    std::vector<std::uint32_t> b_scales;
};

}  // namespace vr::kit
