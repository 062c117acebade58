// SPDX-License-Identifier: Apache-2.0
#include "models/base/host_pages.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <limits>
#include <new>

TEST_CASE("a pool begins at a huge page once it fills one, and keeps what it holds as it grows") {
    constexpr std::size_t kHugePage = std::size_t{1} << 21;
    vr::PoolVector<std::uint64_t> pool;
    for (std::uint64_t i = 0; i < 1'000'000; ++i) {
        pool.push_back(i * i);
        if (pool.size() == pool.capacity() && pool.size() * sizeof(std::uint64_t) >= kHugePage) {
            CHECK(reinterpret_cast<std::uintptr_t>(pool.data()) % kHugePage == 0);
        }
    }
    std::uint64_t wrong = 0;
    for (std::uint64_t i = 0; i < pool.size(); ++i) {
        wrong += pool[i] == i * i ? 0 : 1;
    }
    CHECK(wrong == 0);
}

TEST_CASE("a small pool is aligned as its elements want it") {
    struct alignas(64) Line {
        char bytes[64];
    };
    for (std::size_t count = 1; count < 40; ++count) {
        const vr::PoolVector<Line> pool(count);
        CHECK(reinterpret_cast<std::uintptr_t>(pool.data()) % alignof(Line) == 0);
    }
}

TEST_CASE("a pool of more than the host can give is refused") {
    CHECK_THROWS_AS(static_cast<void>(vr::detail::allocate_host_pages(
                        std::numeric_limits<std::size_t>::max(), 8)),
                    std::bad_alloc);
    CHECK_THROWS_AS(static_cast<void>(vr::detail::allocate_host_pages(std::size_t{1} << 62, 8)),
                    std::bad_alloc);
}
