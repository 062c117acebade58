// SPDX-License-Identifier: Apache-2.0
// The register model against its map: every register of every block by its access, and the command
// front end's registers by what they do.
#include <registers/command_front_end_map.h>
#include <registers/management_core_map.h>

#include <catch2/catch.hpp>

#include "models/gpu/command_front_end/launch_registers.h"
#include "models/transport/register_map.h"

using namespace vr;
namespace front_end = vr::registers::command_front_end;

TEST_CASE("every register of every map does what its access says, and reset puts it back") {
    for (const RegisterMap* map : {&front_end::kMap, &registers::management_core::kMap}) {
        RegisterBlock block(*map);
        for (const RegisterDescription& d : map->registers) {
            INFO(map->name << '.' << d.name);
            CHECK(block.get(d.offset) == d.reset);
            const bool writable = d.access != RegisterAccess::kReadOnly;
            const bool readable = d.access != RegisterAccess::kWriteOnly;
            CHECK((register_fault(*map, d.offset, 4, true) == RegisterFault::kNone) == writable);
            CHECK((register_fault(*map, d.offset, 4, false) == RegisterFault::kNone) == readable);
            for (const std::uint32_t size : {1U, 2U}) {
                CHECK(register_fault(*map, d.offset, size, false) == RegisterFault::kSize);
            }
            CHECK(register_fault(*map, d.offset + 2, 4, true) == RegisterFault::kSize);
            if (d.access == RegisterAccess::kReadWrite) {
                block.write(d.offset, 0xffffffff);
                CHECK(block.read(d.offset) == d.mask);
                block.write(d.offset, 0);
                CHECK(block.read(d.offset) == 0);
            } else if (d.access == RegisterAccess::kOneToClear) {
                block.set(d.offset, d.mask);
                block.write(d.offset, 1);
                CHECK(block.read(d.offset) == (d.mask & ~1U));
            }
        }
        block.reset();
        for (const RegisterDescription& d : map->registers) {
            CHECK(block.get(d.offset) == d.reset);
        }
        CHECK(register_fault(*map, 0xffc, 4, false) == RegisterFault::kUnmapped);
    }
    CHECK(fault_text(front_end::kMap, front_end::kStatus, RegisterFault::kReadOnly) ==
          "command_front_end.status is read-only");
    CHECK(fault_text(front_end::kMap, front_end::kStatus + 1, RegisterFault::kSize) ==
          "command_front_end.status takes whole words only");
}

TEST_CASE("the front end's registers: doorbell, busy, interrupt, reset") {
    LaunchRegisters registers(3);
    std::optional<RungLaunch> rung;
    const auto write = [&](std::uint32_t offset, std::uint32_t value) {
        rung.reset();
        CHECK(registers.access({offset, 4, value, true}, rung).fault == RegisterFault::kNone);
    };
    const auto read = [&](std::uint32_t offset) {
        return registers.access({offset, 4, 0, false}, rung).value;
    };
    CHECK(read(front_end::kId) == 0x56524645);
    CHECK(read(front_end::kOperators) == 3);
    write(front_end::kInterruptEnable, 1);
    write(front_end::kLaunchFirst, 1);
    write(front_end::kLaunchCount, 2);
    write(front_end::kDoorbell, 2);
    CHECK_FALSE(rung.has_value());
    CHECK(read(front_end::kStatus) == 1U << front_end::kStatusErrorShift);
    CHECK_FALSE(registers.interrupt());  // refused is not enabled
    CHECK(read(front_end::kInterruptPending) == front_end::kInterruptPendingRefusedMask);
    write(front_end::kDoorbell, front_end::kDoorbellRing);
    REQUIRE(rung.has_value());
    CHECK(rung->first == 1);
    CHECK(rung->count == 2);
    CHECK(read(front_end::kStatus) == front_end::kStatusBusyMask);
    write(front_end::kLaunchFirst, 0);
    write(front_end::kDoorbell, front_end::kDoorbellRing);  // operator 1 is launched
    CHECK_FALSE(rung.has_value());
    CHECK(read(front_end::kStatus) ==
          (front_end::kStatusBusyMask | 4U << front_end::kStatusErrorShift));
    registers.operator_done();
    CHECK_FALSE(registers.interrupt());
    registers.operator_done();
    CHECK(registers.interrupt());
    CHECK(read(front_end::kCompleted) == 2);
    CHECK((read(front_end::kStatus) & 3U) == 0);  // neither busy nor complete
    write(front_end::kInterruptPending, 3);
    CHECK_FALSE(registers.interrupt());
    write(front_end::kLaunchCount, 1);
    write(front_end::kDoorbell, front_end::kDoorbellRing);
    registers.operator_done();
    CHECK(read(front_end::kStatus) == front_end::kStatusCompleteMask);
    CHECK(registers.rings() == 2);
    registers.reset();
    CHECK(read(front_end::kStatus) == 0);
    CHECK(read(front_end::kOperators) == 3);
    CHECK(registers.rings() == 0);
}
