// SPDX-License-Identifier: Apache-2.0
// Which of many timers are due, as a bit mask: without a branch for each of them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace vr::hbm4 {

/// Bit n says that timers[n] <= now, for n < count rounded up to 4. The difference of any two ticks
/// fits 63 bits.
template <std::size_t Size>
[[nodiscard]] inline std::uint64_t due_mask(const std::array<std::int64_t, Size>& timers,
                                            std::int64_t now, std::size_t count) {
    static_assert(Size % 4 == 0 && Size <= 64);
    std::uint64_t due = 0;
#ifdef __SSE2__
    // now - timer is negative in the sign bit exactly if the timer is not due.
    const __m128i limit = _mm_set1_epi64x(now);
    const auto early = [&](std::size_t n) {
        const auto* two = reinterpret_cast<const __m128i*>(timers.data() + n);
        return _mm_castsi128_ps(_mm_sub_epi64(limit, _mm_loadu_si128(two)));
    };
    for (std::size_t n = 0; n < count; n += 4) {
        const __m128 upper_words = _mm_shuffle_ps(early(n), early(n + 2), _MM_SHUFFLE(3, 1, 3, 1));
        due |= static_cast<std::uint64_t>(~_mm_movemask_ps(upper_words) & 0xf) << n;
    }
#else
    for (std::size_t n = 0; n < count; ++n) {
        due |= static_cast<std::uint64_t>(timers[n] <= now) << n;
    }
#endif
    return due;
}

}  // namespace vr::hbm4
