// SPDX-License-Identifier: Apache-2.0
#include "simulator.h"

#include <deque>
#include <map>
#include <utility>

#include "models/hbm4/memory_system/dramsim3.h"

static_assert(__cplusplus < 201402L, "this file shows that the header is plain C++11");

namespace foreign {

Run run(const std::string& config_file, const std::vector<Access>& accesses) {
    Run result = {std::vector<std::int64_t>(accesses.size()), 0};
    std::map<std::pair<bool, std::uint64_t>, std::deque<std::size_t>> under_way;
    std::int64_t tick = 0;
    std::size_t done = 0;
    const auto take = [&](bool write, std::uint64_t address) {
        std::deque<std::size_t>& same = under_way[{write, address}];
        result.completed[same.front()] = tick;
        same.pop_front();
        ++done;
    };
    dramsim3::MemorySystem* const memory = dramsim3::GetMemorySystem(
        config_file, "", [&](std::uint64_t address) { take(false, address); },
        [&](std::uint64_t address) { take(true, address); });
    bool waited = false;
    for (std::size_t next = 0; done < accesses.size();) {
        while (next < accesses.size() && accesses[next].tick <= tick) {
            const Access& one = accesses[next];
            const bool taken = one.bytes == 0
                                   ? memory->AddTransaction(one.address, one.write)
                                   : memory->AddTransaction(one.address, one.write, one.bytes);
            if (!taken) {
                waited = true;
                break;
            }
            under_way[{one.write, one.address}].push_back(next++);
            result.waits += waited ? 1 : 0;
            waited = false;
        }
        ++tick;
        memory->ClockTick();
    }
    delete memory;
    return result;
}

}  // namespace foreign
