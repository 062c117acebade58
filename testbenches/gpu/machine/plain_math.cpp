// SPDX-License-Identifier: Apache-2.0
#include "testbenches/gpu/machine/plain_math.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace vr::testing::plain {

Matrix zeros(std::int64_t rows, std::int64_t columns) {
    return {rows, columns, std::vector<double>(static_cast<std::size_t>(rows * columns))};
}

double decode(std::uint32_t code, int exponent_bits, int mantissa_bits) {
    const int bias = (1 << (exponent_bits - 1)) - 1;
    const double sign = (code >> (exponent_bits + mantissa_bits)) & 1U ? -1.0 : 1.0;
    const auto exponent = static_cast<int>((code >> mantissa_bits) & ((1U << exponent_bits) - 1));
    const auto mantissa = static_cast<double>(code & ((1U << mantissa_bits) - 1));
    const double one = std::ldexp(1.0, mantissa_bits);
    return exponent == 0 ? sign * std::ldexp(mantissa / one, 1 - bias)
                         : sign * std::ldexp(1.0 + mantissa / one, exponent - bias);
}

Matrix matrix(const std::vector<std::uint8_t>& bytes, std::int64_t rows, std::int64_t columns) {
    Matrix m = zeros(rows, columns);
    const std::size_t width = bytes.size() / m.values.size();
    for (std::size_t i = 0; i < m.values.size(); ++i) {
        std::uint32_t code = 0;
        for (std::size_t b = 0; b < width; ++b) {
            code |= std::uint32_t{bytes[i * width + b]} << (8 * b);
        }
        m.values[i] = width == 4   ? decode(code, 8, 23)
                      : width == 2 ? decode(code, 8, 7)
                                   : decode(code, 4, 3);
    }
    return m;
}

Matrix nvfp4(const std::vector<std::uint8_t>& bytes, const std::vector<std::uint8_t>& scales,
             std::int64_t rows, std::int64_t columns) {
    Matrix m = zeros(rows, columns);
    for (std::int64_t r = 0; r < rows; ++r) {
        for (std::int64_t c = 0; c < columns; ++c) {
            const std::uint32_t both = bytes[static_cast<std::size_t>((r * columns + c) / 2)];
            const double scale =
                decode(scales[static_cast<std::size_t>(r * (columns / 16) + c / 16)], 4, 3);
            m.at(r, c) = decode(c % 2 == 0 ? both & 15U : both >> 4, 2, 1) * scale;
        }
    }
    return m;
}

Matrix by_rows(const Matrix& in, std::int64_t out_columns,
               const std::function<void(const double*, double*, std::int64_t)>& function) {
    Matrix out = zeros(in.rows, out_columns);
    for (std::int64_t r = 0; r < in.rows; ++r) {
        function(&in.values[static_cast<std::size_t>(r * in.columns)],
                 &out.values[static_cast<std::size_t>(r * out_columns)], r);
    }
    return out;
}

Matrix rms_norm(const Matrix& in, const Matrix& weight, double epsilon) {
    return by_rows(in, in.columns, [&](const double* x, double* y, std::int64_t) {
        const double squares = std::inner_product(x, x + in.columns, x, 0.0);
        for (std::int64_t c = 0; c < in.columns; ++c) {
            y[c] = x[c] / std::sqrt(squares / static_cast<double>(in.columns) + epsilon) *
                   weight.at(0, c);
        }
    });
}

Matrix softmax(const Matrix& in) {
    return by_rows(in, in.columns, [&](const double* x, double* y, std::int64_t) {
        double sum = 0;
        for (std::int64_t c = 0; c < in.columns; ++c) {
            sum += std::exp(x[c]);
        }
        for (std::int64_t c = 0; c < in.columns; ++c) {
            y[c] = std::exp(x[c]) / sum;
        }
    });
}

Matrix swiglu(const Matrix& in) {
    const std::int64_t half = in.columns / 2;
    return by_rows(in, half, [&](const double* x, double* y, std::int64_t) {
        for (std::int64_t c = 0; c < half; ++c) {
            y[c] = x[c] / (1.0 + std::exp(-x[c])) * x[half + c];
        }
    });
}

Matrix swiglu_in_turn(const Matrix& in) {
    const std::int64_t half = in.columns / 2;
    return by_rows(in, half, [&](const double* x, double* y, std::int64_t) {
        for (std::int64_t c = 0; c < half; ++c) {
            y[c] = x[2 * c] / (1.0 + std::exp(-x[2 * c])) * x[2 * c + 1];
        }
    });
}

void multiply(const Matrix& a, const Matrix& b, Matrix& d, std::int64_t a_row, std::int64_t rows,
              std::int64_t a_column, std::int64_t b_row, std::int64_t n, std::int64_t d_column) {
    for (std::int64_t r = a_row; r < a_row + rows; ++r) {
        for (std::int64_t c = 0; c < n; ++c) {
            double sum = 0;
            for (std::int64_t k = 0; k < b.columns; ++k) {
                sum += a.at(r, a_column + k) * b.at(b_row + c, k);
            }
            d.at(r, d_column + c) = sum;
        }
    }
}

Matrix attention(const Matrix& q, const Matrix& k, const Matrix& v, const Attention& rule) {
    const std::int64_t capacity = k.rows / rule.sequences;
    const std::int64_t d = q.columns / rule.heads;
    Matrix out = zeros(q.rows, rule.heads * rule.value_columns);
    std::int64_t sequence = 0;
    std::int64_t number = 0;  // of the query within its sequence
    for (std::int64_t row = 0; row < q.rows; ++row, ++number) {
        const auto rows_of = [&] {
            return rule.query_rows.empty() ? q.rows / rule.sequences
                                           : rule.query_rows.at(static_cast<std::size_t>(sequence));
        };
        if (number == rows_of()) {
            number = 0;
            ++sequence;
        }
        const std::int64_t first = sequence * capacity;
        const std::int64_t all = rule.contexts.empty()
                                     ? rule.context
                                     : rule.contexts.at(static_cast<std::size_t>(sequence));
        const std::int64_t keys = rule.causal ? all - rows_of() + 1 + number : all;
        for (std::int64_t h = 0; h < rule.heads; ++h) {
            const std::int64_t shared = h / (rule.heads / rule.kv_heads);
            std::vector<double> weight(static_cast<std::size_t>(keys));
            double largest = -1e300;
            for (std::int64_t j = 0; j < keys; ++j) {
                double sum = 0;
                for (std::int64_t c = 0; c < d; ++c) {
                    sum += q.at(row, h * d + c) * k.at(first + j, shared * d + c);
                }
                weight[static_cast<std::size_t>(j)] = sum * rule.scale;
                largest = std::max(largest, sum * rule.scale);
            }
            double total = 0;
            for (double& w : weight) {
                w = std::exp(w - largest);
                total += w;
            }
            for (std::int64_t c = 0; c < rule.value_columns; ++c) {
                double sum = 0;
                for (std::int64_t j = 0; j < keys; ++j) {
                    sum += weight[static_cast<std::size_t>(j)] *
                           v.at(first + j, shared * rule.value_pitch + rule.value_first + c);
                }
                out.at(row, h * rule.value_columns + c) = sum / total;
            }
        }
    }
    return out;
}

double distance(const Matrix& got, const Matrix& expected, double floor) {
    double most = 0;
    for (std::size_t i = 0; i < expected.values.size(); ++i) {
        const double error = std::fabs(got.values[i] - expected.values[i]) /
                             std::max(std::fabs(expected.values[i]), floor);
        most = error > most || std::isnan(error) ? error : most;
    }
    return most;
}

}  // namespace vr::testing::plain
