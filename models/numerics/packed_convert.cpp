// SPDX-License-Identifier: Apache-2.0
// Packed forms of conversions.
// Not modelled: see packed_convert.h.
#include "models/numerics/packed_convert.h"

#include <vector>

#include "models/base/error.h"

namespace vr {

int packed_bits(NumberFormat format) {
    const int bits = properties(format).bits;
    return bits == 4 || bits > 8 ? bits : 8;
}

std::uint32_t pack(NumberFormat format, std::span<const std::uint64_t> codes) {
    const int bits = packed_bits(format);
    ensure(bits * static_cast<int>(codes.size()) <= 32, "{} elements of {} in 32 bits",
           codes.size(), properties(format).name);
    std::uint64_t out = 0;
    for (const std::uint64_t code : codes) {
        out = out << bits | code;
    }
    return static_cast<std::uint32_t>(out);
}

std::uint32_t convert_packed(NumberFormat from, std::span<const std::uint64_t> codes,
                             NumberFormat to, Rounding rounding, Overflow overflow) {
    std::vector<std::uint64_t> out;
    for (const std::uint64_t code : codes) {
        out.push_back(to == NumberFormat::kUe8m0 ? convert_to_ue8m0(from, code, rounding, overflow)
                                                 : convert(from, code, to, rounding, overflow));
    }
    return pack(to, out);
}

int stochastic_bits(NumberFormat to) {
    return to == NumberFormat::kFp16 ? 13 : to == NumberFormat::kE2m1 ? 8 : 16;
}

std::uint32_t stochastic_share(NumberFormat to, std::uint32_t random_bits, std::size_t index) {
    const std::uint32_t mask = (1U << stochastic_bits(to)) - 1;
    switch (to) {
        case NumberFormat::kBf16:
        case NumberFormat::kFp16:
            return random_bits >> (index == 0 ? 16 : 0) & mask;
        case NumberFormat::kE2m1:
            return random_bits >> ((index % 2 == 0 ? 16 : 0) + (index < 2 ? 8 : 0)) & mask;
        default:
            return random_bits >> (index < 2 ? 16 : 0) & mask;
    }
}

std::uint32_t convert_packed_stochastic(std::span<const std::uint64_t> fp32, NumberFormat to,
                                        std::uint32_t random_bits, Overflow overflow) {
    std::vector<std::uint64_t> out;
    for (std::size_t i = 0; i < fp32.size(); ++i) {
        out.push_back(convert_stochastic(NumberFormat::kFp32, fp32[i], to,
                                         stochastic_share(to, random_bits, i), stochastic_bits(to),
                                         overflow));
    }
    return pack(to, out);
}

}  // namespace vr
