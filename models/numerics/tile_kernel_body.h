// SPDX-License-Identifier: Apache-2.0
// The kernel proper. Included once by each tile_kernel_*.cpp, inside an anonymous namespace and
// under that file's instruction set; VRSIM_KERNEL_AVX2 picks the two inner loops. Not modelled: see
// tile_multiply.h. No #pragma once and no #include: the including file sets the instruction set
// after its includes.

/// Below this, a largest exponent means "no product that is not zero".
constexpr int kNoProduct = -4000;

#if VRSIM_KERNEL_AVX2
// Functions, not lambdas: a lambda would not get the file's instruction set from GCC.
inline __m256i widened(const std::int16_t* p) {
    return _mm256_cvtepi16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}
inline __m256i pair_sums(const std::int16_t* a, const std::int16_t* b) {
    return _mm256_madd_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(a)),
                             _mm256_loadu_si256(reinterpret_cast<const __m256i*>(b)));
}
#endif

template <int kLength>
inline int largest_exponent(const std::int16_t* ea, const std::int16_t* eb) {
#if VRSIM_KERNEL_AVX2
    if constexpr (kLength % 16 == 0) {
        __m256i largest = _mm256_set1_epi16(-32768);
        for (int i = 0; i < kLength; i += 16) {
            const __m256i x = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(ea + i));
            const __m256i y = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(eb + i));
            largest = _mm256_max_epi16(largest, _mm256_add_epi16(x, y));
        }
        __m128i half =
            _mm_max_epi16(_mm256_castsi256_si128(largest), _mm256_extracti128_si256(largest, 1));
        // minpos works on unsigned numbers: flip so that the largest signed becomes the smallest.
        half = _mm_minpos_epu16(_mm_sub_epi16(_mm_set1_epi16(32767), half));
        return 32767 - (_mm_cvtsi128_si32(half) & 0xffff);
    }
#endif
    int largest = -32768;
    for (int i = 0; i < kLength; ++i) {
        largest = std::max(largest, ea[i] + eb[i]);
    }
    return largest;
}

/// Sum of all products in units of 2^(largest - F), each cut toward zero; `left` = F - fraction
/// bits of a product.
template <int kLength>
inline std::int64_t aligned_products(const std::int16_t* sa, const std::int16_t* ea,
                                     const std::int16_t* sb, const std::int16_t* eb, int largest,
                                     int left) {
#if VRSIM_KERNEL_AVX2
    if constexpr (kLength % 8 == 0) {
        // A term is below 2^28 (significand product below 4, at most 26 fraction bits), so eight
        // per lane fit 32 bits.
        static_assert(kLength <= 64);
        const __m256i top = _mm256_set1_epi32(largest);
        const __m128i shift_left = _mm_cvtsi32_si128(left);
        __m256i sum = _mm256_setzero_si256();
        for (int i = 0; i < kLength; i += 8) {
            const __m256i product = _mm256_mullo_epi32(widened(sa + i), widened(sb + i));
            const __m256i exponent = _mm256_add_epi32(widened(ea + i), widened(eb + i));
            const __m256i magnitude = _mm256_sll_epi32(_mm256_abs_epi32(product), shift_left);
            // Shifts of 32 and more give 0.
            const __m256i cut = _mm256_srlv_epi32(magnitude, _mm256_sub_epi32(top, exponent));
            sum = _mm256_add_epi32(sum, _mm256_sign_epi32(cut, product));
        }
        const __m256i wide =
            _mm256_add_epi64(_mm256_cvtepi32_epi64(_mm256_castsi256_si128(sum)),
                             _mm256_cvtepi32_epi64(_mm256_extracti128_si256(sum, 1)));
        const __m128i half =
            _mm_add_epi64(_mm256_castsi256_si128(wide), _mm256_extracti128_si256(wide, 1));
        return _mm_cvtsi128_si64(half) + _mm_extract_epi64(half, 1);
    }
#endif
    std::int64_t sum = 0;
    for (int i = 0; i < kLength; ++i) {
        const int product = sa[i] * sb[i];
        const auto magnitude = static_cast<std::uint32_t>(product < 0 ? -product : product) << left;
        const int shift = std::min(largest - ea[i] - eb[i], 31);
        const auto cut = static_cast<std::int32_t>(magnitude >> shift);
        sum += product < 0 ? -cut : cut;
    }
    return sum;
}

/// The accumulator of a step taken apart.
struct Addend {
    explicit Addend(std::uint32_t code)
        : field(static_cast<int>(code >> 23 & 0xffU)),
          exponent(field == 0 ? -126 : field - 127),
          significand((code & 0x7fffffU) | (field == 0 ? 0U : 0x800000U)),
          negative((code >> 31) != 0) {}
    [[nodiscard]] bool special() const { return field == 255; }
    [[nodiscard]] bool zero() const { return significand == 0; }
    /// In units of 2^(largest - kept_bits), cut toward zero.
    [[nodiscard]] std::int64_t aligned(int largest, int kept_bits) const {
        const int shift = 23 + largest - exponent;
        if (significand == 0 || shift > 63) {
            return 0;
        }
        const auto cut =
            static_cast<std::int64_t>((std::uint64_t{significand} << kept_bits) >> shift);
        return negative ? -cut : cut;
    }
    int field;
    int exponent;
    std::uint32_t significand;
    bool negative;
};

template <int kLength>
struct PlainStep {
    explicit PlainStep(const TileJob& tile_job)
        : job(tile_job),
          rule(tile_job.contract->rule),
          left(rule.fraction_bits - properties(tile_job.contract->a).mantissa_bits -
               properties(tile_job.contract->b).mantissa_bits),
          smallest(properties(tile_job.contract->a).minimum_exponent()),
          track_zeros(properties(tile_job.contract->a).exponent_bits == 8) {}

    std::uint32_t operator()(std::int64_t i, std::int64_t j, std::int64_t step, std::uint32_t code,
                             Corners& corners) const {
        const StepSummary& x = job.a->summary(i, step);
        const StepSummary& y = job.b->summary(j, step);
        const Addend c(code);
        if (x.special || y.special || c.special()) [[unlikely]] {
            return reference_step(job, i, j, step, code, corners);
        }
        const std::int16_t* const ea = job.a->exponents(i, step);
        const std::int16_t* const eb = job.b->exponents(j, step);
        const int products = largest_exponent<kLength>(ea, eb);
        const bool any_product = products > kNoProduct;
        int largest = std::max(rule.zero_floor, products);
        if (!c.zero()) {
            largest = std::max(largest, c.exponent);
        } else if (any_product && products < -126) [[unlikely]] {
            corners.add(Corner::kZeroAccumulatorFloor);
        }
        if (track_zeros && (any_product || !c.zero()) &&
            ((x.has_zero && smallest + y.largest_exponent > largest) ||
             (y.has_zero && smallest + x.largest_exponent > largest))) [[unlikely]] {
            corners.add(Corner::kZeroElement);
        }
        const std::int64_t sum =
            aligned_products<kLength>(job.a->significands(i, step), ea,
                                      job.b->significands(j, step), eb, largest, left) +
            c.aligned(largest, rule.fraction_bits);
        const std::uint32_t result = step_result(rule.output, sum, largest - rule.fraction_bits);
        if (result == 0 && (sum < 0 || (c.zero() && c.negative && !any_product))) [[unlikely]] {
            corners.add(Corner::kZeroSign);
        }
        return result;
    }

    const TileJob& job;
    const AccumulationRule& rule;
    int left;
    int smallest;
    bool track_zeros;
};

/// Exact sums of the 16 products of each group.
template <int kGroups>
inline void group_sums(const std::int16_t* a, const std::int16_t* b, std::int32_t* sums) {
#if VRSIM_KERNEL_AVX2
    if constexpr (kGroups % 4 == 0) {
        for (int g = 0; g < kGroups; g += 4) {
            const std::int16_t* const x = a + 16 * g;
            const std::int16_t* const y = b + 16 * g;
            const __m256i all = _mm256_hadd_epi32(
                _mm256_hadd_epi32(pair_sums(x, y), pair_sums(x + 16, y + 16)),
                _mm256_hadd_epi32(pair_sums(x + 32, y + 32), pair_sums(x + 48, y + 48)));
            _mm_storeu_si128(
                reinterpret_cast<__m128i*>(sums + g),
                _mm_add_epi32(_mm256_castsi256_si128(all), _mm256_extracti128_si256(all, 1)));
        }
        return;
    }
#endif
    for (int g = 0; g < kGroups; ++g) {
        std::int32_t sum = 0;
        for (int i = 0; i < 16; ++i) {
            sum += a[16 * g + i] * b[16 * g + i];
        }
        sums[g] = sum;
    }
}

template <int kGroups>
struct GroupedStep {
    explicit GroupedStep(const TileJob& tile_job)
        : job(tile_job),
          rule(tile_job.contract->rule),
          unit_exponent(properties(tile_job.contract->a).minimum_exponent() +
                        properties(tile_job.contract->b).minimum_exponent()),
          left(rule.fraction_bits - properties(tile_job.contract->a).mantissa_bits -
               properties(tile_job.contract->b).mantissa_bits -
               2 * properties(*tile_job.contract->scale).mantissa_bits) {}

    std::uint32_t operator()(std::int64_t i, std::int64_t j, std::int64_t step, std::uint32_t code,
                             Corners& corners) const {
        const Addend c(code);
        const bool nan_scale = job.a->summary(i, step).special || job.b->summary(j, step).special;
        if (nan_scale || c.special()) [[unlikely]] {
            if (c.special() && (code & 0x7fffffU) == 0) {
                corners.add(Corner::kInfiniteFp4Accumulator);
                return nan_scale ? kNanFp32 : code;
            }
            return kNanFp32;
        }
        std::int32_t sums[kGroups];
        group_sums<kGroups>(job.a->significands(i, step), job.b->significands(j, step), sums);
        const std::int16_t* const ma = job.a->scale_significands(i, step);
        const std::int16_t* const mb = job.b->scale_significands(j, step);
        const std::int16_t* const ea = job.a->scale_exponents(i, step);
        const std::int16_t* const eb = job.b->scale_exponents(j, step);
        int exponents[kGroups];
        int products = -32768;
        int zero_groups = -32768;
        for (int g = 0; g < kGroups; ++g) {
            sums[g] *= ma[g] * mb[g];
            exponents[g] = ea[g] + eb[g] + unit_exponent;
            products = std::max(products, sums[g] != 0 ? exponents[g] : -32768);
            zero_groups = std::max(zero_groups, sums[g] == 0 ? exponents[g] : -32768);
        }
        const bool any_product = products > kNoProduct;
        int largest = std::max(rule.zero_floor, products);
        if (!c.zero()) {
            largest = std::max(largest, c.exponent);
        } else if (any_product && products < -126) [[unlikely]] {
            corners.add(Corner::kZeroAccumulatorFloor);
        }
        if (zero_groups > largest) [[unlikely]] {
            if (any_product || !c.zero()) {
                corners.add(Corner::kZeroGroup);
            }
            if (rule.zero_group_takes_part) {
                largest = zero_groups;
            }
        }
        std::int64_t sum = c.aligned(largest, rule.fraction_bits);
        for (int g = 0; g < kGroups; ++g) {
            const std::int64_t term = sums[g];
            const auto magnitude = static_cast<std::uint64_t>(term < 0 ? -term : term) << left;
            const int shift = largest - exponents[g];  // negative only for a zero
            const auto cut =
                static_cast<std::int64_t>(magnitude >> (shift < 0 || shift > 63 ? 63 : shift));
            sum += term < 0 ? -cut : cut;
        }
        const std::uint32_t result = step_result(rule.output, sum, largest - rule.fraction_bits);
        if (result == 0 && (sum < 0 || (c.zero() && c.negative && !any_product))) [[unlikely]] {
            corners.add(Corner::kZeroSign);
        }
        return result;
    }

    const TileJob& job;
    const AccumulationRule& rule;
    int unit_exponent;
    int left;
};

/// Every element of a tile: a few rows of B stay in the cache while all rows of A pass.
template <class Step>
Corners run_tile(const TileJob& job) {
    const Step step_of(job);
    Corners corners = job.contract->rule.assumptions;
    constexpr std::int64_t kBlock = 16;
    const std::int64_t steps = job.a->steps();
    for (std::int64_t block = 0; block < job.range.b_rows; block += kBlock) {
        const std::int64_t end = std::min(block + kBlock, job.range.b_rows);
        for (std::int64_t i = 0; i < job.range.a_rows; ++i) {
            for (std::int64_t j = block; j < end; ++j) {
                std::uint32_t& accumulator = job.accumulators[i * job.stride + j];
                std::uint32_t c = accumulator;
                for (std::int64_t step = 0; step < steps; ++step) {
                    c = step_of(job.range.a_begin + i, job.range.b_begin + j, step, c, corners);
                }
                accumulator = c;
            }
        }
    }
    return corners;
}

Corners run_job(const TileJob& job) {
    const AccumulationRule& rule = job.contract->rule;
    switch (rule.group == 1 ? rule.products_per_step : -rule.terms()) {
        case 4:
            return run_tile<PlainStep<4>>(job);
        case 8:
            return run_tile<PlainStep<8>>(job);
        case 16:
            return run_tile<PlainStep<16>>(job);
        case 32:
            return run_tile<PlainStep<32>>(job);
        case 64:
            return run_tile<PlainStep<64>>(job);
        case -1:
            return run_tile<GroupedStep<1>>(job);
        case -2:
            return run_tile<GroupedStep<2>>(job);
        case -3:
            return run_tile<GroupedStep<3>>(job);
        case -4:
            return run_tile<GroupedStep<4>>(job);
        case -6:
            return run_tile<GroupedStep<6>>(job);
        case -8:
            return run_tile<GroupedStep<8>>(job);
        default:
            throw InternalError(
                fmt::format("no tile kernel for steps of {} products in groups of {}",
                            rule.products_per_step, rule.group));
    }
}
