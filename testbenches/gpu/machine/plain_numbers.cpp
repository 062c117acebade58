// SPDX-License-Identifier: Apache-2.0
#include "testbenches/gpu/machine/plain_numbers.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace vr::testing::plain {

double rounded(double value, const Format& format) {
    const int lowest = 2 - (1 << (format.exponent_bits - 1));  // exponent of subnormal numbers
    int exponent = 0;
    (void)std::frexp(value, &exponent);
    const double step = std::ldexp(1.0, std::max(exponent - 1, lowest) - format.mantissa_bits);
    return std::clamp(std::nearbyint(value / step) * step, -format.largest, format.largest);
}

std::uint32_t encoded(double value, const Format& format) {
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

Matrix rounded(Matrix m, const Format& format) {
    for (double& value : m.values) {
        value = rounded(value, format);
    }
    return m;
}

Matrix columns_of(const Matrix& m, std::int64_t first, std::int64_t count) {
    return by_rows(m, count, [&](const double* x, double* y, std::int64_t) {
        std::copy_n(x + first, count, y);
    });
}

Matrix rows_of(const Matrix& m, std::int64_t first, std::int64_t count) {
    const auto begin = m.values.begin() + first * m.columns;
    return {count, m.columns, {begin, begin + count * m.columns}};
}

Matrix product(const Matrix& a, const Matrix& b) {
    Matrix d = zeros(a.rows, b.rows);
    multiply(a, b, d, 0, a.rows, 0, 0, b.rows, 0);
    return d;
}

Matrix sum(Matrix a, const Matrix& b) {
    std::transform(a.values.begin(), a.values.end(), b.values.begin(), a.values.begin(),
                   std::plus<>());
    return a;
}

double largest(const Matrix& m) {
    double most = 0;
    for (const double value : m.values) {
        most = std::max(most, std::fabs(value));
    }
    return most;
}

Difference difference(const Matrix& got, const Matrix& wanted) {
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
