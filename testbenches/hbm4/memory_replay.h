// SPDX-License-Identifier: Apache-2.0
// A list of accesses for every door of the memory, and what the plain C++ door makes of it. An
// access enters at its tick or, where the memory does not take it, at the first later tick at which
// it does; none overtakes another.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "models/base/random.h"
#include "models/hbm4/memory_system/memory_system.h"

namespace vr::testing {

struct ReplayedAccess {
    std::int64_t tick = 0;
    std::uint64_t address = 0;
    std::uint32_t bytes = 0;
    bool write = false;
};

/// Bursts of many accesses at one tick and waits between them, 32 and 64 B, mostly within a few
/// rows.
inline std::vector<ReplayedAccess> mixed_accesses(std::size_t count, std::uint64_t seed) {
    const RandomStream random(seed, "accesses", 0);
    std::vector<ReplayedAccess> list;
    std::int64_t tick = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const std::uint64_t value = random.at(i);
        const std::uint64_t span = value % 4 == 0 ? 1 << 26 : 1 << 15;
        tick += value >> 60 == 0 ? static_cast<std::int64_t>((value >> 40) % 700)
                                 : static_cast<std::int64_t>((value >> 50) % 3);
        list.push_back({tick, (value >> 8) % span / 64 * 64, (value & 16) != 0 ? 64U : 32U,
                        (value >> 5) % 3 == 0});
    }
    return list;
}

struct Replay {
    std::vector<std::int64_t> accepted;   ///< ticks, by access
    std::vector<std::int64_t> completed;  ///< ticks, by access
    std::vector<std::uint64_t> order;     ///< of completions
    std::int64_t waits = 0;               ///< accesses that had to wait for a credit
    bool operator==(const Replay&) const = default;
};

/// How the caller goes from one time to a later one.
enum class Steps { kEvents, kTicks, kOdd };

inline Replay replay(const Hbm4Config& config, const MemoryDoorConfig& door,
                     const std::vector<ReplayedAccess>& list, Steps steps = Steps::kEvents) {
    Replay result;
    result.accepted.resize(list.size());
    result.completed.resize(list.size());
    MemorySystem memory(
        "memory", config,
        [&](const MemoryCompletion& done) {
            result.completed[done.token] = done.tick;
            result.order.push_back(done.token);
        },
        door);
    const auto go_to = [&](std::int64_t tick) {
        while (steps == Steps::kTicks && memory.tick() < tick) {
            memory.advance_to(memory.clock().edge(memory.tick() + 1));
        }
        const Time end = memory.clock().edge(tick);
        for (std::uint64_t i = 0; steps == Steps::kOdd && memory.now() < end; ++i) {
            const auto part = static_cast<std::int64_t>(mix64(i) % 5'000'000);
            memory.advance_to(std::min(memory.now() + Time{part}, end));
        }
        memory.advance_to(end);
    };
    const auto next_tick = [&] { return memory.clock().first_edge(memory.next_event_time()); };
    for (std::size_t i = 0; i < list.size(); ++i) {
        const ReplayedAccess& one = list[i];
        go_to(std::max(one.tick, memory.tick()));
        bool waited = false;
        while (!memory.accepts(one.address, one.bytes, one.write)) {
            go_to(next_tick());
            waited = true;
        }
        result.waits += waited ? 1 : 0;
        result.accepted[i] = memory.tick();
        memory.add({one.address, one.bytes, one.write, i});
    }
    while (memory.outstanding() > 0) {
        go_to(next_tick());
    }
    return result;
}

}  // namespace vr::testing
