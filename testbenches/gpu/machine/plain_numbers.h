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
double rounded(double value, const Format& format);

/// The code of a number: what decode() takes.
std::uint32_t encoded(double value, const Format& format);

Matrix rounded(Matrix m, const Format& format);

Matrix columns_of(const Matrix& m, std::int64_t first, std::int64_t count);

Matrix rows_of(const Matrix& m, std::int64_t first, std::int64_t count);

/// a x b transposed.
Matrix product(const Matrix& a, const Matrix& b);

Matrix sum(Matrix a, const Matrix& b);

double largest(const Matrix& m);

struct Difference {
    double most = 0;   ///< relative to the largest value
    double share = 0;  ///< of the elements that are not equal
};

Difference difference(const Matrix& got, const Matrix& wanted);

}  // namespace vr::testing::plain
