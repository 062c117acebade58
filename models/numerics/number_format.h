// SPDX-License-Identifier: Apache-2.0
// Number formats of tensor cores: what each code means, exactly.
// Not modelled: formats that only weight decompression knows.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace vr {

/// Formats of elements, block scales and accumulators.
enum class NumberFormat : std::uint8_t {
    kE2m1,   ///< FP4
    kE2m3,   ///< FP6
    kE3m2,   ///< FP6
    kE4m3,   ///< FP8 without infinities
    kE5m2,   ///< FP8 with infinities
    kUe4m3,  ///< NVFP4 block scale; the top bit of the byte is ignored
    kUe8m0,  ///< MX block scale, a power of two
    kBf16,
    kFp16,
    kTf32,  ///< kept in a 32-bit register whose low 13 bits are ignored
    kFp32,
    kFp64,
    kUe5m3,   ///< block scale of Rubin. Estimated: bias 15, ff is NaN, no infinity, subnormals
    kInt8,    ///< two's complement
    kUint8,   ///< operand of integer instructions beside kInt8
    kMxInt8,  ///< two's complement in units of 2^-6
    kTi16,    ///< S1Z4M11: sign, four zero bits, a magnitude of 11 bits (kind::ti16)
};

/// How the bits of a code are read.
enum class CodeLayout : std::uint8_t {
    kFloat,           ///< sign, exponent field, fraction
    kTwosComplement,  ///< integers, also those counted in a negative power of two
    kUnsigned,
    kSignMagnitude,
};

/// Which codes are not finite numbers.
enum class SpecialCodes : std::uint8_t {
    kNone,     ///< every code is a finite number
    kNanOnly,  ///< all ones is NaN, there is no infinity
    kIeee,     ///< the largest exponent field holds infinity and the NaNs
};

/// Layout of a format. Values are significand * 2^(exponent - mantissa_bits).
struct FormatProperties {
    std::string_view name;
    int bits;  ///< of one code as stored, ignored ones included
    int exponent_bits;
    int mantissa_bits;  ///< explicit fraction bits
    int bias;
    int ignored_bits;  ///< at the low end of the code (TF32: 13)
    bool has_sign;
    SpecialCodes specials;
    CodeLayout layout = CodeLayout::kFloat;
    int magnitude_bits = 0;  ///< of an integer; mantissa_bits of them are below the point

    /// Exponent of subnormals and of the smallest normal numbers.
    [[nodiscard]] constexpr int minimum_exponent() const { return 1 - bias; }
};

namespace detail {
inline constexpr std::array<FormatProperties, 17> kFormats{{
    {"e2m1", 4, 2, 1, 1, 0, true, SpecialCodes::kNone},
    {"e2m3", 6, 2, 3, 1, 0, true, SpecialCodes::kNone},
    {"e3m2", 6, 3, 2, 3, 0, true, SpecialCodes::kNone},
    {"e4m3", 8, 4, 3, 7, 0, true, SpecialCodes::kNanOnly},
    {"e5m2", 8, 5, 2, 15, 0, true, SpecialCodes::kIeee},
    {"ue4m3", 8, 4, 3, 7, 0, false, SpecialCodes::kNanOnly},
    {"ue8m0", 8, 8, 0, 127, 0, false, SpecialCodes::kNanOnly},
    {"bf16", 16, 8, 7, 127, 0, true, SpecialCodes::kIeee},
    {"fp16", 16, 5, 10, 15, 0, true, SpecialCodes::kIeee},
    {"tf32", 32, 8, 10, 127, 13, true, SpecialCodes::kIeee},
    {"fp32", 32, 8, 23, 127, 0, true, SpecialCodes::kIeee},
    {"fp64", 64, 11, 52, 1023, 0, true, SpecialCodes::kIeee},
    {"ue5m3", 8, 5, 3, 15, 0, false, SpecialCodes::kNanOnly},
    {"int8", 8, 0, 0, 1, 0, true, SpecialCodes::kNone, CodeLayout::kTwosComplement, 7},
    {"uint8", 8, 0, 0, 1, 0, false, SpecialCodes::kNone, CodeLayout::kUnsigned, 8},
    {"mxint8", 8, 0, 6, 1, 0, true, SpecialCodes::kNone, CodeLayout::kTwosComplement, 7},
    {"ti16", 16, 0, 0, 1, 0, true, SpecialCodes::kNone, CodeLayout::kSignMagnitude, 11},
}};
}  // namespace detail

[[nodiscard]] constexpr const FormatProperties& properties(NumberFormat format) {
    return detail::kFormats[static_cast<std::size_t>(format)];
}

/// The format of this name ("e4m3", "bf16", "fp16" or "f16", "int8" or "s8", ...), if there is one.
[[nodiscard]] std::optional<NumberFormat> parse_number_format(std::string_view name);

enum class NumberClass : std::uint8_t { kZero, kFinite, kInfinity, kNan };

/// A code taken apart. Subnormals and zeros keep the minimum exponent and are not normalised, as in
/// the hardware.
struct Decoded {
    NumberClass kind = NumberClass::kZero;
    bool negative = false;
    int exponent = 0;
    std::uint64_t significand = 0;  ///< hidden bit included; 0 for zeros, infinities and NaNs
};

/// Takes a code apart; bits above the format's are ignored.
[[nodiscard]] Decoded decode(NumberFormat format, std::uint64_t code);

/// The value as a double, exact for every format.
[[nodiscard]] double to_double(NumberFormat format, std::uint64_t code);

}  // namespace vr
