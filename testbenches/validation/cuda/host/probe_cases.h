// SPDX-License-Identifier: Apache-2.0
// Inputs for probes: classes that settle how wide the alignment is and where it is cut, and the
// corners that no publication settles. All drawn from a fixed seed, the same on every machine.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "models/base/random.h"
#include "testbenches/validation/cuda/host/codes.h"
#include "testbenches/validation/cuda/host/probe.h"

namespace vr::kit {

/// A class of cases: its letter in vector files, and what it is.
struct ProbeClass {
    char letter;
    std::string_view what;
};
inline constexpr ProbeClass kProbeClasses[] = {
    {'U', "any finite codes, c near the products"},
    {'A', "one large term, the others far below"},
    {'T', "c is large, products of one sign below it: cuts and steps show"},
    {'X', "products that cancel in pairs"},
    {'S', "subnormal elements"},
    {'P', "one NaN or infinity"},
    {'B', "any bits, of block scales too"},
    {'W', "block scales far apart"},
    {'F', "c is zero, all products below the smallest normal result"},
    {'H', "a zero element times a large one"},
    {'V', "zeros of both signs, negative sums that round to zero"},
    {'Q', "TF32 NaN whose payload is only in the ignored bits"},
    {'I', "FP4 with an infinite c"},
    {'G', "FP4 group that sums to zero and has the largest scales"},
};

/// Draws cases of one instruction.
class ProbeCases {
  public:
    explicit ProbeCases(const ProbeInstruction& instruction, std::uint64_t seed = 1)
        : of_(instruction), random_(seed, instruction.qualifier, instruction.k) {}

    /// Every class that the instruction's formats allow, `each` cases of it.
    [[nodiscard]] std::vector<ProbeCase> all(std::size_t each) {
        std::vector<ProbeCase> cases;
        for (const ProbeClass& entry : kProbeClasses) {
            for (std::size_t i = 0; i < each && allows(entry.letter); ++i) {
                cases.push_back(draw(entry.letter));
            }
        }
        return cases;
    }

    /// Whether the formats have cases of this class.
    [[nodiscard]] bool allows(char letter) const {
        const bool wide = properties(of_.a).exponent_bits == 8;
        switch (letter) {
            case 'P':
                return properties(of_.a).specials != SpecialCodes::kNone;
            case 'W':
                return of_.scale.has_value();
            case 'F':
                return of_.scale == NumberFormat::kUe8m0 ||
                       properties(of_.a).minimum_exponent() + properties(of_.b).minimum_exponent() <
                           properties(of_.c).minimum_exponent();
            case 'H':
                return wide;
            case 'Q':
                return of_.a == NumberFormat::kTf32;
            case 'I':
            case 'G':
                return fp4();
            default:
                return true;
        }
    }

    /// One case of a class. Only of classes that allows() allows.
    [[nodiscard]] ProbeCase draw(char letter) {
        ProbeCase made = blank(letter);
        switch (letter) {
            case 'A':
                spread(made, 0);
                break;
            case 'T':
                beneath(made);
                break;
            case 'X':
                cancel(made);
                break;
            case 'S':
                subnormal(made);
                break;
            case 'P':
                special(made);
                break;
            case 'B':
                any_bits(made);
                break;
            case 'W':
                usual(made);
                scales(made, 16);
                made.c = number(of_.c, between(-10, 30));
                break;
            case 'F':
                if (flip() && has_ladder()) {
                    ladder(made);
                } else {
                    tiny(made);
                }
                made.c = 0;
                break;
            case 'H':
                huge_zero(made);
                break;
            case 'V':
                zeros(made);
                break;
            case 'Q':
                usual(made);
                made.a[below(of_.k)] = infinity_code(of_.a) | (1 + below(0x1fff));
                break;
            case 'I':
                usual(made);
                made.c = infinity_code(of_.c) | (flip() ? sign_of(of_.c) : 0);
                break;
            case 'G':
                zero_group(made);
                break;
            default:
                usual(made);
                break;
        }
        return made;
    }

    /// A case of small integers: every rule gives the exact sum, so that a wrong answer shows a
    /// wrong layout of operands.
    [[nodiscard]] ProbeCase known() {
        ProbeCase made = blank('K');
        const auto integer = [&](NumberFormat format) {
            return float_code(format, flip(), static_cast<int>(below(2)), 0);
        };
        for (std::size_t i = 0; i < of_.k; ++i) {
            made.a[i] = integer(of_.a);
            made.b[i] = integer(of_.b);
        }
        for (std::size_t i = 0; i < of_.blocks(); ++i) {
            made.a_scales[i] = float_code(*of_.scale, false, static_cast<int>(below(2)), 0);
            made.b_scales[i] = float_code(*of_.scale, false, static_cast<int>(below(2)), 0);
        }
        made.c = float_code(of_.c, flip(), static_cast<int>(below(7)), 0);
        return made;
    }

    /// The exact result of a case; of known() cases it is representable.
    [[nodiscard]] double exact(const ProbeCase& of) const {
        double sum = to_double(of_.c, of.c);
        for (std::size_t i = 0; i < of_.k; ++i) {
            double product = to_double(of_.a, of.a[i]) * to_double(of_.b, of.b[i]);
            if (of_.scale) {
                product *= to_double(*of_.scale, of.a_scales[i / of_.block]) *
                           to_double(*of_.scale, of.b_scales[i / of_.block]);
            }
            sum += product;
        }
        return sum;
    }

  private:
    [[nodiscard]] bool fp4() const { return of_.a == NumberFormat::kE2m1 && of_.k >= 64; }
    static std::uint32_t sign_of(NumberFormat format) {
        return float_code(format, true, 0, 0) ^ float_code(format, false, 0, 0);
    }
    std::uint32_t below(std::uint64_t bound) {
        return static_cast<std::uint32_t>(random_.at(next_++) % bound);
    }
    bool flip() { return below(2) == 1; }
    int between(int low, int high) {
        return low + static_cast<int>(below(static_cast<std::uint64_t>(high - low + 1)));
    }
    std::uint32_t number(NumberFormat format, int exponent) {
        return float_code(format, flip(), exponent, below(1U << 24));
    }

    ProbeCase blank(char letter) {
        ProbeCase made;
        made.letter = letter;
        made.a.assign(of_.k, 0);
        made.b.assign(of_.k, 0);
        made.a_scales.assign(of_.blocks(), of_.scale ? float_code(*of_.scale, false, 0, 0) : 0);
        made.b_scales = made.a_scales;
        return made;
    }
    void any_bits(ProbeCase& made) {
        const auto fill = [&](std::vector<std::uint32_t>& codes, NumberFormat format) {
            for (std::uint32_t& code : codes) {
                code = below(std::uint64_t{1} << properties(format).bits);
            }
        };
        fill(made.a, of_.a);
        fill(made.b, of_.b);
        if (of_.scale) {
            fill(made.a_scales, *of_.scale);
            fill(made.b_scales, *of_.scale);
        }
        made.c = below(std::uint64_t{1} << properties(of_.c).bits);
    }
    // Sets product i to about 2^exponent, as far as the formats reach.
    void product(ProbeCase& made, std::size_t i, int exponent) {
        const int half = exponent >= 0 ? exponent / 2 : -((1 - exponent) / 2);
        const int tilt = between(-2, 2);
        made.a[i] = number(of_.a, half + tilt);
        made.b[i] = number(of_.b, exponent - half - tilt);
    }
    void usual(ProbeCase& made) {
        for (std::size_t i = 0; i < of_.k; ++i) {
            product(made, i, between(-6, 2));
        }
        scales(made, 2);
        made.c = number(of_.c, between(-8, 4));
    }
    // Exponents of the block scales; UE8M0 reaches far, the others stop at their range.
    void scales(ProbeCase& made, int reach) {
        for (std::size_t i = 0; i < of_.blocks(); ++i) {
            made.a_scales[i] = float_code(*of_.scale, false, between(-reach, reach), below(8));
            made.b_scales[i] = float_code(*of_.scale, false, between(-reach, reach), below(8));
        }
    }
    void spread(ProbeCase& made, int top) {
        const std::size_t large = below(of_.k);
        for (std::size_t i = 0; i < of_.k; ++i) {
            product(made, i, top - (i == large ? 0 : between(4, 40)));
        }
        made.c = number(of_.c, top - between(0, 40));
    }
    // c at 2^e; every product positive or every one negative, 8 to 38 powers below.
    void beneath(ProbeCase& made) {
        const int below_c = between(8, 38);
        const int smallest =
            properties(of_.a).minimum_exponent() + properties(of_.b).minimum_exponent();
        const int exponent = std::max(smallest, -12);
        const bool negative = flip();
        for (std::size_t i = 0; i < of_.k; ++i) {
            const int half = exponent / 2;
            made.a[i] = float_code(of_.a, negative, half, below(1U << 24));
            made.b[i] = float_code(of_.b, false, exponent - half, below(1U << 24));
        }
        made.c = number(of_.c, std::min(exponent + below_c, largest_exponent(of_.c)));
    }
    void cancel(ProbeCase& made) {
        usual(made);
        for (std::size_t i = 0; i + 3 < of_.k; i += 2) {
            made.a[i + 1] = made.a[i];
            made.b[i + 1] = made.b[i] ^ sign_of(of_.b);
        }
        made.c = number(of_.c, between(-30, 4));
    }
    void subnormal(ProbeCase& made) {
        usual(made);
        for (std::size_t i = 0; i < of_.k; ++i) {
            const int deep = properties(of_.a).minimum_exponent();
            made.a[i] = number(
                of_.a, deep - 1 - static_cast<int>(below(properties(of_.a).mantissa_bits + 1U)));
            made.b[i] = number(of_.b, std::min(-deep, largest_exponent(of_.b)) - between(0, 3));
        }
    }
    void special(ProbeCase& made) {
        usual(made);
        const bool infinity = properties(of_.a).specials == SpecialCodes::kIeee && flip();
        made.a[below(of_.k)] =
            (infinity ? infinity_code(of_.a) : nan_code(of_.a)) | (flip() ? sign_of(of_.a) : 0);
    }
    // Products whose largest lies from just below the smallest normal result to below every floor
    // that has been published.
    void tiny(ProbeCase& made) {
        const int smallest = properties(of_.c).minimum_exponent();
        int top = smallest - 1 - static_cast<int>(below(14));
        if (of_.scale) {
            const int scale = top / 2;
            std::fill(made.a_scales.begin(), made.a_scales.end(),
                      float_code(*of_.scale, false, scale, 0));
            std::fill(made.b_scales.begin(), made.b_scales.end(),
                      float_code(*of_.scale, false, top - scale - 4, 0));
            top = 0;
        }
        for (std::size_t i = 0; i < of_.k; ++i) {
            product(made, i, top - between(1, 12));
        }
    }
    // Sums that a device completes only if it keeps their lowest bit u, `deep` bits below the
    // smallest result (half of it, where results are rounded to nearest): the deepest u that is
    // kept is the floor of the alignment less the fraction bits.
    [[nodiscard]] bool has_ladder() const {
        return properties(of_.a).mantissa_bits >= 7 || (of_.scale && properties(of_.a).bits == 8);
    }
    void ladder(ProbeCase& made) {
        const FormatProperties& c = properties(of_.c);
        const bool nearest = of_.c == NumberFormat::kFp16;
        const int smallest = c.minimum_exponent() - c.mantissa_bits - (nearest ? 1 : 0);
        const int deep = nearest ? between(15, 23) : between(1, of_.k < 16 ? 14 : 12);
        const int unit = smallest - deep;
        int scaled_by = 0;
        if (of_.scale) {
            scaled_by = smallest;
            for (auto* scales : {&made.a_scales, &made.b_scales}) {
                std::fill(scales->begin(), scales->end(),
                          float_code(*of_.scale, false, smallest / 2, 0));
            }
            scaled_by = smallest / 2 * 2;
        }
        std::size_t used = 0;
        const auto term = [&](int exponent, int ones) {
            const int half = (exponent - scaled_by) / 2;
            const std::uint32_t fraction = ((std::uint32_t{1} << (ones - 1)) - 1)
                                           << (properties(of_.a).mantissa_bits - (ones - 1));
            made.a[used] = float_code(of_.a, false, half, fraction);
            made.b[used++] = float_code(of_.b, false, exponent - scaled_by - half, 0);
        };
        if (nearest) {
            term(smallest, 1);
        } else {
            // 2^deep - 1 units in runs of ones that a significand holds.
            const int most = std::min(properties(of_.a).mantissa_bits + 1, 7);
            for (int low = 0; low < deep; low += most) {
                const int ones = std::min(most, deep - low);
                term(unit + low + ones - 1, ones);
            }
        }
        term(unit, 1);
    }
    // The zero's product, were it taken with its exponent, lies above all others.
    void huge_zero(ProbeCase& made) {
        for (std::size_t i = 0; i < of_.k; ++i) {
            product(made, i, between(-60, -50));
        }
        made.c = number(of_.c, between(-60, -50));
        const std::size_t at = below(of_.k);
        const bool in_a = flip();
        (in_a ? made.a : made.b)[at] = flip() ? sign_of(of_.a) : 0;
        (in_a ? made.b : made.a)[at] = number(of_.a, largest_exponent(of_.a) - between(0, 40));
    }
    void zeros(ProbeCase& made) {
        if (flip() && allows('F')) {
            tiny(made);
            const int deep = properties(of_.c).minimum_exponent() -
                             properties(of_.c).mantissa_bits - 3;  // below half of the smallest
            for (std::size_t i = 0; i < of_.k; ++i) {
                product(made, i, of_.scale ? -6 : deep - between(1, 3));
                made.a[i] |= sign_of(of_.a);
                made.b[i] &= ~sign_of(of_.b);
            }
            if (of_.scale) {
                std::fill(made.a_scales.begin(), made.a_scales.end(),
                          float_code(*of_.scale, false, deep / 2, 0));
                made.b_scales = made.a_scales;
            }
            made.c = flip() ? sign_of(of_.c) : 0;
            return;
        }
        for (std::size_t i = 0; i < of_.k; ++i) {
            made.a[i] = flip() ? sign_of(of_.a) : 0;
            made.b[i] = number(of_.b, between(-2, 2));
        }
        made.c = sign_of(of_.c);
    }
    // Group 0 sums to zero and has scales far above those of the others.
    void zero_group(ProbeCase& made) {
        constexpr std::size_t kGroup = 16;
        usual(made);
        for (std::size_t i = 0; i < of_.blocks(); ++i) {
            made.a_scales[i] = float_code(*of_.scale, false, between(-6, -3), below(8));
            made.b_scales[i] = float_code(*of_.scale, false, between(-6, -3), below(8));
        }
        const int high = std::min(largest_exponent(*of_.scale) - 1, between(6, 40));
        made.a_scales[0] = float_code(*of_.scale, false, high, below(8));
        made.b_scales[0] = float_code(*of_.scale, false, high, below(8));
        for (std::size_t i = 0; i < std::max(kGroup, of_.block); i += 2) {
            made.a[i + 1] = made.a[i];
            made.b[i + 1] = made.b[i] ^ sign_of(of_.b);
        }
        made.c = number(of_.c, between(-40, -4));
    }

    const ProbeInstruction& of_;
    RandomStream random_;
    std::uint64_t next_ = 0;
};

}  // namespace vr::kit
