// SPDX-License-Identifier: Apache-2.0
// vrsim's memory in a simulator of one's own, in plain C++: time jumps from event to event.
#include <algorithm>

#include "accesses.h"
#include "models/hbm4/memory_system/memory_system.h"

int main() {
    const std::vector<Access> list = accesses();
    Log log(list.size());
    vr::ConfigurationRequest platform;
    platform.platform = PLATFORM;
    vr::MemorySystem memory("memory", platform, [&](const vr::MemoryCompletion& completion) {
        log.complete(completion.token, completion.tick);
    });
    for (std::size_t i = 0; i < list.size(); ++i) {
        const Access& one = list[i];
        memory.advance_to(std::max(memory.now(), memory.clock().edge(one.tick)));
        while (!memory.accepts(one.address, one.bytes, one.write)) {
            memory.advance_to(memory.next_event_time());
        }
        log.accepted(one, memory.tick());
        memory.add({one.address, one.bytes, one.write, i});
    }
    while (memory.outstanding() > 0) {
        memory.advance_to(memory.next_event_time());
    }
    return log.print();
}
