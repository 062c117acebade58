// SPDX-License-Identifier: Apache-2.0
// Operators computed the plain way, in double precision, from the bytes of tensors. It shares no
// code with the models: formats are decoded by their definition.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

namespace vr::testing::plain {

struct Matrix {
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    std::vector<double> values;
    [[nodiscard]] double at(std::int64_t r, std::int64_t c) const {
        return values[static_cast<std::size_t>(r * columns + c)];
    }
    double& at(std::int64_t r, std::int64_t c) {
        return values[static_cast<std::size_t>(r * columns + c)];
    }
};

Matrix zeros(std::int64_t rows, std::int64_t columns);

/// Sign, exponent and mantissa fields to a number; no code for infinities or NaN is expected.
double decode(std::uint32_t code, int exponent_bits, int mantissa_bits);

/// Bytes of elements of 4 (fp32), 2 (bf16) or 1 (fp8 e4m3) bytes.
Matrix matrix(const std::vector<std::uint8_t>& bytes, std::int64_t rows, std::int64_t columns);

/// Elements of two E2M1 codes a byte, times the UE4M3 scale of their 16.
Matrix nvfp4(const std::vector<std::uint8_t>& bytes, const std::vector<std::uint8_t>& scales,
             std::int64_t rows, std::int64_t columns);

Matrix by_rows(const Matrix& in, std::int64_t out_columns,
               const std::function<void(const double*, double*, std::int64_t)>& function);

Matrix rms_norm(const Matrix& in, const Matrix& weight, double epsilon);

Matrix softmax(const Matrix& in);

Matrix swiglu(const Matrix& in);
/// The same where gates and values take turns: columns 2i and 2i + 1.
Matrix swiglu_in_turn(const Matrix& in);

/// a[rows, K] x b[N, K] transposed, for a part of each.
void multiply(const Matrix& a, const Matrix& b, Matrix& d, std::int64_t a_row, std::int64_t rows,
              std::int64_t a_column, std::int64_t b_row, std::int64_t n, std::int64_t d_column);

/// Attention of `heads` heads, of which each group shares one of `kv_heads`: queries of a sequence
/// are consecutive rows, keys and values too, `capacity` rows apart. V may be K itself.
struct Attention {
    std::int64_t sequences = 1;
    std::int64_t heads = 1;
    std::int64_t kv_heads = 1;
    std::int64_t context = 0;
    std::int64_t value_columns = 0;
    std::int64_t value_pitch = 0;  ///< columns of V from head to head
    bool causal = false;
    double scale = 1;
    std::int64_t value_first = 0;  ///< first column of V within a head's
    /// Keys and queries of each sequence; empty: `context`, and equally many queries of each
    std::vector<std::int64_t> contexts{};
    std::vector<std::int64_t> query_rows{};
};

Matrix attention(const Matrix& q, const Matrix& k, const Matrix& v, const Attention& rule);

/// Largest difference, relative to the larger of the expected value and `floor`.
double distance(const Matrix& got, const Matrix& expected, double floor);

}  // namespace vr::testing::plain
