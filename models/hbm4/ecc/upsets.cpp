// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/ecc/upsets.h"

#include <algorithm>
#include <bit>

#include "models/hbm4/ecc/word_code.h"

namespace vr::hbm4 {

namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::uint32_t kFraction = 32;           // bits behind the point
constexpr std::uint64_t kLogTwo = 2'977'044'472;  // ln 2 with as many
constexpr std::uint64_t kDraws = 3;               // random numbers of one upset

// FIT per Mbit: failures in 10^9 hours of 2^20 cells.
constexpr Wide kFitFemtoseconds = Wide{3'600'000'000'000} * Wide{kFemtosecondsPerSecond};
constexpr Wide kMegabit = Wide{1} << 20;
constexpr Wide kLongest = Wide{1} << 80;

// -ln((r + 1) / 2^64) in fixed point, by squaring: integers, so that no host rounds otherwise.
std::uint64_t negative_log(std::uint64_t r) {
    const Wide x = static_cast<Wide>(r) + 1;
    const auto top = static_cast<std::uint32_t>(
        (x >> 64) != 0 ? 64 : std::bit_width(static_cast<std::uint64_t>(x)) - 1);
    Wide mantissa = top >= 63 ? x >> (top - 63) : x << (63 - top);  // 1 to 2 with 63 bits
    std::uint64_t log2 = std::uint64_t{top} << kFraction;
    for (std::uint32_t i = 1; i <= kFraction; ++i) {
        mantissa = (mantissa * mantissa) >> 63;
        if ((mantissa >> 64) != 0) {
            mantissa >>= 1;
            log2 |= std::uint64_t{1} << (kFraction - i);
        }
    }
    const std::uint64_t below = (std::uint64_t{64} << kFraction) - log2;
    return static_cast<std::uint64_t>((static_cast<Wide>(below) * kLogTwo) >> kFraction);
}

std::uint64_t below(std::uint64_t random, std::uint64_t limit) {
    return static_cast<std::uint64_t>((static_cast<Wide>(random) * limit) >> 64);
}

}  // namespace

UpsetSource::UpsetSource(std::int64_t rate, std::uint64_t seed, std::string_view memory,
                         std::uint64_t words, std::uint64_t bits)
    : random_(seed, memory, 0), words_(words), bits_(bits) {
    if (rate > 0) {
        // Divided in turn: the product of rate and cells may pass 128 bits.
        const Wide of_memory = kFitFemtoseconds * kMegabit / (Wide{words} * bits);
        mean_ = std::clamp<Wide>(of_memory / static_cast<Wide>(rate), 1, kLongest);
        pop();
    }
}

void UpsetSource::pop() {
    const std::uint64_t gap = negative_log(random_.at(index_ * kDraws));
    now_ += std::max<Wide>((mean_ * gap) >> kFraction, 1);
    next_.at =
        now_ >= static_cast<Wide>(kNever.value) ? kNever : Time{static_cast<std::int64_t>(now_)};
    next_.address = below(random_.at(index_ * kDraws + 1), words_) * kWordBytes;
    next_.bit = static_cast<std::uint32_t>(below(random_.at(index_ * kDraws + 2), bits_));
    ++index_;
}

}  // namespace vr::hbm4
