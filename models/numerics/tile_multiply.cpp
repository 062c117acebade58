// SPDX-License-Identifier: Apache-2.0
// Choice of the kernel for a tile, and the way from a kernel to the reference.
// Not modelled: see tile_multiply.h.
#include "models/numerics/tile_multiply.h"

#include <algorithm>
#include <vector>

#include "models/base/error.h"
#include "models/numerics/dot_product.h"
#include "models/numerics/tile_kernel.h"

namespace vr {
namespace {

Decoded decoded_again(std::int16_t significand, std::int16_t exponent) {
    Decoded out;
    out.negative = significand < 0;
    if (exponent == DecodedOperand::kNanExponent) {
        out.kind = NumberClass::kNan;
    } else if (exponent == DecodedOperand::kInfinityExponent) {
        out.kind = NumberClass::kInfinity;
    } else if (significand != 0) {
        out.kind = NumberClass::kFinite;
        out.exponent = exponent;
        out.significand = static_cast<std::uint64_t>(significand < 0 ? -significand : significand);
    }
    return out;
}

}  // namespace

namespace detail {

std::uint32_t reference_step(const TileJob& job, std::int64_t row_a, std::int64_t row_b,
                             std::int64_t step, std::uint32_t c, Corners& corners) {
    const std::int64_t length = job.contract->rule.products_per_step;
    const std::int64_t count = std::min(length, job.a->k() - step * length);
    std::vector<Decoded> a;
    std::vector<Decoded> b;
    for (std::int64_t i = 0; i < count; ++i) {
        a.push_back(
            decoded_again(job.a->significands(row_a, step)[i], job.a->exponents(row_a, step)[i]));
        b.push_back(
            decoded_again(job.b->significands(row_b, step)[i], job.b->exponents(row_b, step)[i]));
    }
    DotContract unscaled = *job.contract;  // the exponents hold the scales already
    unscaled.scale.reset();
    return dot_step_decoded(unscaled, {a, {}}, {b, {}}, c, corners);
}

}  // namespace detail

int most_fraction_bits(const AccumulationRule& rule) {
    return rule.group == 1 ? 26 : 40;
}

bool has_vector_kernel() {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") != 0;
#else
    return false;
#endif
}

Corners multiply_tile(const DotContract& contract, const DecodedOperand& a, const DecodedOperand& b,
                      const TileRange& range, std::uint32_t* accumulators, std::int64_t stride,
                      TileKernel kernel) {
    ensure(contract.accumulator_format() == NumberFormat::kFp32 &&
               contract.rule.accumulator == AccumulatorRule::kAligned &&
               !contract.rule.renormalise_products,
           "tiles of {} are not supported: accumulators are fp32 and aligned, products as they are "
           "multiplied",
           contract.name);
    ensure(contract.rule.fraction_bits <= most_fraction_bits(contract.rule),
           "tiles of {} are not supported: {} fraction bits, at most {}", contract.name,
           contract.rule.fraction_bits, most_fraction_bits(contract.rule));
    ensure(a.k() == b.k() && a.steps() == b.steps(), "operands of {} and {} elements along K",
           a.k(), b.k());
    ensure(range.a_begin >= 0 && range.b_begin >= 0 && range.a_begin + range.a_rows <= a.rows() &&
               range.b_begin + range.b_rows <= b.rows() && stride >= range.b_rows,
           "tile of rows {}+{} and {}+{} of operands with {} and {} rows", range.a_begin,
           range.a_rows, range.b_begin, range.b_rows, a.rows(), b.rows());
    if (a.k() == 0) {
        return {};
    }
    const detail::TileJob job{&contract, &a, &b, range, accumulators, stride};
    Corners corners = kernel == TileKernel::kFastest && has_vector_kernel()
                          ? detail::run_avx2(job)
                          : detail::run_portable(job);
    corners.add(a.corners());
    corners.add(b.corners());
    return corners;
}

Corners multiply_tile(const DotContract& contract, const OperandView& a, const OperandView& b,
                      std::uint32_t* accumulators, std::int64_t stride, TileKernel kernel) {
    const DecodedOperand x(contract, OperandSide::kA, a);
    const DecodedOperand y(contract, OperandSide::kB, b);
    return multiply_tile(contract, x, y, {0, a.rows, 0, b.rows}, accumulators, stride, kernel);
}

}  // namespace vr
