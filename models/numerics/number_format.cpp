// SPDX-License-Identifier: Apache-2.0
// Decoding of number formats.
// Not modelled: see number_format.h.
#include "models/numerics/number_format.h"

#include <cmath>
#include <limits>

namespace vr {

std::optional<NumberFormat> parse_number_format(std::string_view name) {
    // The short names are those of PTX.
    if (name == "f16") {
        name = "fp16";
    } else if (name == "f32") {
        name = "fp32";
    } else if (name == "f64") {
        name = "fp64";
    } else if (name == "e8m0") {
        name = "ue8m0";
    } else if (name == "s8") {
        name = "int8";
    } else if (name == "u8") {
        name = "uint8";
    }
    for (std::size_t i = 0; i < detail::kFormats.size(); ++i) {
        if (detail::kFormats[i].name == name) {
            return static_cast<NumberFormat>(i);
        }
    }
    return std::nullopt;
}

namespace {

Decoded decode_integer(const FormatProperties& p, std::uint64_t code) {
    const std::uint64_t mask = (std::uint64_t{1} << p.magnitude_bits) - 1;
    Decoded out;
    out.negative = p.has_sign && (code >> (p.bits - 1) & 1U) != 0;
    out.significand = code & mask;
    if (out.negative && p.layout == CodeLayout::kTwosComplement) {
        out.significand = mask + 1 - out.significand;
    }
    out.kind = out.significand == 0 ? NumberClass::kZero : NumberClass::kFinite;
    return out;
}

}  // namespace

Decoded decode(NumberFormat format, std::uint64_t code) {
    const FormatProperties& p = properties(format);
    if (p.layout != CodeLayout::kFloat) {
        return decode_integer(p, code);
    }
    if (format == NumberFormat::kUe8m0) {  // a power of two: no zero, no subnormals
        code &= 0xffU;
        if (code == 0xffU) {
            return {NumberClass::kNan, false, 0, 0};
        }
        return {NumberClass::kFinite, false, static_cast<int>(code) - p.bias, 1};
    }
    code >>= p.ignored_bits;
    const std::uint64_t mantissa_mask = (std::uint64_t{1} << p.mantissa_bits) - 1;
    const std::uint64_t exponent_mask = (std::uint64_t{1} << p.exponent_bits) - 1;
    const std::uint64_t mantissa = code & mantissa_mask;
    const std::uint64_t field = (code >> p.mantissa_bits) & exponent_mask;
    Decoded out;
    out.negative = p.has_sign && ((code >> (p.mantissa_bits + p.exponent_bits)) & 1U) != 0;
    if (field == exponent_mask) {
        if (p.specials == SpecialCodes::kIeee) {
            out.kind = mantissa == 0 ? NumberClass::kInfinity : NumberClass::kNan;
            return out;
        }
        if (p.specials == SpecialCodes::kNanOnly && mantissa == mantissa_mask) {
            out.kind = NumberClass::kNan;
            return out;
        }
    }
    if (field == 0) {
        out.kind = mantissa == 0 ? NumberClass::kZero : NumberClass::kFinite;
        out.exponent = p.minimum_exponent();
        out.significand = mantissa;
    } else {
        out.kind = NumberClass::kFinite;
        out.exponent = static_cast<int>(field) - p.bias;
        out.significand = mantissa | (mantissa_mask + 1);
    }
    return out;
}

double to_double(NumberFormat format, std::uint64_t code) {
    const Decoded d = decode(format, code);
    if (d.kind == NumberClass::kNan) {
        return std::numeric_limits<double>::quiet_NaN();
    }
    const double magnitude = d.kind == NumberClass::kInfinity
                                 ? std::numeric_limits<double>::infinity()
                                 : std::ldexp(static_cast<double>(d.significand),
                                              d.exponent - properties(format).mantissa_bits);
    return d.negative ? -magnitude : magnitude;
}

}  // namespace vr
