// SPDX-License-Identifier: Apache-2.0
// What all three programs ask of the memory, and what they print. An access comes at its tick, or
// at the first later one at which the memory accepts it; none overtakes another.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <vector>

struct Access {
    std::int64_t tick;  // of the memory's clock
    std::uint64_t address;
    std::uint32_t bytes;
    bool write;
};

// 4,000 reads and writes of 32 and 64 B, no two at one address: two crowds with a wait between.
inline std::vector<Access> accesses() {
    std::vector<Access> list;
    std::uint32_t random = 1;
    for (std::uint64_t i = 0; i < 4000; ++i) {
        random = random * 1664525U + 1013904223U;
        const std::uint64_t address = i * 40503 % 65536 * 64;
        const std::uint32_t bytes = (random >> 16 & 1U) != 0 ? 64 : 32;
        list.push_back({static_cast<std::int64_t>(i / 2000 * 40000 + i % 2000 / 8), address, bytes,
                        (random >> 24) % 3 == 0});
    }
    return list;
}

struct Log {
    std::vector<std::int64_t> completed;
    std::size_t done = 0;
    std::size_t waited = 0;

    explicit Log(std::size_t count) : completed(count) {}
    void accepted(const Access& access, std::int64_t tick) { waited += tick > access.tick ? 1 : 0; }
    void complete(std::size_t index, std::int64_t tick) {
        completed[index] = tick;
        ++done;
    }
    int print() const {
        for (std::size_t i = 0; i < done; ++i) {
            std::printf("access %zu completes at tick %lld\n", i,
                        static_cast<long long>(completed[i]));
        }
        std::printf("%zu accesses waited to be accepted\n", waited);
        return done == completed.size() ? 0 : 1;
    }
};
