// SPDX-License-Identifier: Apache-2.0
// Question: does a change of registers, memory or devices show in the hash of the management core?
#include "models/management_core/core_devices.h"
#include "models/transport/state_hasher.h"
#include "testbenches/management_core/core_rig.h"

#include <registers/management_core_map.h>

using namespace vr;
using namespace vr::testing;
namespace devices = vr::registers::management_core;

TEST_CASE("a change of any part of the core shows, and nothing that it decodes ahead") {
    CoreRig rig({rv::addi(rv::t0, 0, 5), rv::addi(rv::t1, 0, 6)});
    std::uint64_t last = state_hash(rig.core);
    const auto shows = [&](const char* what, auto&& change) {
        change();
        const std::uint64_t now = state_hash(rig.core);
        INFO(what);
        CHECK(now != last);
        last = now;
    };
    shows("an instruction", [&] { rig.retire(1); });
    shows("a register", [&] { rig.core.set_register(31, 1); });
    const std::vector<std::uint8_t> byte = {1};
    shows("the last byte of memory", [&] { rig.core.write_memory(kMemoryBase + 65535, byte); });
    shows("an interrupt line", [&] { rig.core.set_external(true); });
    shows("the timer", [&] { rig.core.set_timer(1000); });
    shows("its activity", [&] { rig.core.halt(); });
    // Put into another core, which has decoded nothing yet.
    CoreRig other;
    other.core.restore(rig.core.state(), rig.core.memory());
    CHECK(state_hash(other.core) == last);
}

TEST_CASE("registers, log and verdict of the devices show") {
    CoreRig rig;
    CoreDevices own(rig.core, 1);
    std::uint64_t last = state_hash(own);
    const auto shows = [&](std::uint32_t offset, std::uint32_t value) {
        CHECK(own.store(devices::kMap.base + offset, 4, value) == BusStatus::kDone);
        const std::uint64_t now = state_hash(own);
        INFO(offset);
        CHECK(now != last);
        last = now;
    };
    shows(devices::kLogCharacter, 'a');
    shows(devices::kLogCharacter, 'b');
    shows(devices::kLogCharacter, '\n');
    shows(devices::kTestStatus, 3);
    own.reset();
    CHECK(state_hash(own) != last);
}
