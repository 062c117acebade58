// SPDX-License-Identifier: Apache-2.0
// Rounding to the formats of tensors by its definition, codes of numbers, and small helpers of
// plain_math.h's matrices. It shares no code with the models.
#pragma once

#include <map>
#include <string>

#include "testbenches/gpu/machine/plain_math.h"

namespace vr::testing::plain {

using Tensors = std::map<std::string, Matrix>;

/// Fields of a number, and its largest value.
struct Format {
    int exponent_bits;
    int mantissa_bits;
    double largest;
};
inline constexpr Format kFp32Format{8, 23, 3.4028234663852886e38};
inline constexpr Format kBf16Format{8, 7, 3.3895313892515355e38};
inline constexpr Format kE4m3Format{4, 3, 448};

/// To nearest, ties to even, saturating.
inline double rounded(double value, const Format& format) {
    const int lowest = 2 - (1 << (format.exponent_bits - 1));  // exponent of subnormal numbers
    int exponent = 0;
    (void)std::frexp(value, &exponent);
    const double step = std::ldexp(1.0, std::max(exponent - 1, lowest) - format.mantissa_bits);
    return std::clamp(std::nearbyint(value / step) * step, -format.largest, format.largest);
}

/// The code of a number: what decode() takes.
inline std::uint32_t encoded(double value, const Format& format) {
    const int lowest = 2 - (1 << (format.exponent_bits - 1));
    const double magnitude = std::fabs(rounded(value, format));
    int exponent = 0;
    (void)std::frexp(magnitude, &exponent);
    // The field of subnormal numbers is 0; the leading bit of all others counts one there.
    const int base = std::max(exponent - 1, lowest);
    const auto steps = static_cast<std::uint32_t>(
        std::ldexp(magnitude, format.mantissa_bits - base));  // leading bit included
    const auto code = (static_cast<std::uint32_t>(base - lowest) << format.mantissa_bits) + steps;
    const auto sign = static_cast<std::uint32_t>(std::signbit(value) ? 1 : 0);
    return code | sign << (format.exponent_bits + format.mantissa_bits);
}

inline Matrix rounded(Matrix m, const Format& format) {
    for (double& value : m.values) {
        value = rounded(value, format);
    }
    return m;
}

inline Matrix columns_of(const Matrix& m, std::int64_t first, std::int64_t count) {
    return by_rows(m, count, [&](const double* x, double* y, std::int64_t) {
        std::copy_n(x + first, count, y);
    });
}

inline Matrix rows_of(const Matrix& m, std::int64_t first, std::int64_t count) {
    const auto begin = m.values.begin() + first * m.columns;
    return {count, m.columns, {begin, begin + count * m.columns}};
}

/// a x b transposed.
inline Matrix product(const Matrix& a, const Matrix& b) {
    Matrix d = zeros(a.rows, b.rows);
    multiply(a, b, d, 0, a.rows, 0, 0, b.rows, 0);
    return d;
}

inline Matrix sum(Matrix a, const Matrix& b) {
    std::transform(a.values.begin(), a.values.end(), b.values.begin(), a.values.begin(),
                   std::plus<>());
    return a;
}

inline double largest(const Matrix& m) {
    double most = 0;
    for (const double value : m.values) {
        most = std::max(most, std::fabs(value));
    }
    return most;
}

struct Difference {
    double most = 0;   ///< relative to the largest value
    double share = 0;  ///< of the elements that are not equal
};

inline Difference difference(const Matrix& got, const Matrix& wanted) {
    Difference d;
    for (std::size_t i = 0; i < wanted.values.size(); ++i) {
        const double error = std::fabs(got.values[i] - wanted.values[i]);
        d.most = error > d.most || std::isnan(error) ? error : d.most;
        d.share += error == 0 ? 0 : 1;
    }
    d.most /= largest(wanted);
    d.share /= static_cast<double>(wanted.values.size());
    return d;
}

}  // namespace vr::testing::plain
