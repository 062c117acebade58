// SPDX-License-Identifier: Apache-2.0
// vrsim's memory in a simulator that is written for DRAMsim3's interface: it ticks every clock.
#include <map>

#include "accesses.h"
#include "models/hbm4/memory_system/dramsim3.h"

int main() {
    const std::vector<Access> list = accesses();
    Log log(list.size());
    std::map<std::uint64_t, std::size_t> index;  // by address
    std::int64_t tick = 0;
    const auto complete = [&](std::uint64_t address) { log.complete(index.at(address), tick); };
    dramsim3::MemorySystem* memory = dramsim3::GetMemorySystem(PLATFORM, ".", complete, complete);
    for (std::size_t next = 0; log.done < list.size();) {
        while (
            next < list.size() && list[next].tick <= tick &&
            memory->WillAcceptTransaction(list[next].address, list[next].write, list[next].bytes)) {
            const Access& one = list[next];
            index[one.address] = next++;
            log.accepted(one, tick);
            memory->AddTransaction(one.address, one.write, one.bytes);
        }
        ++tick;
        memory->ClockTick();
    }
    delete memory;
    return log.print();
}
