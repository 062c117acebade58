// SPDX-License-Identifier: Apache-2.0
// The management core as a unit in a region: when its accesses leave, when answers and interrupts
// count, devices, reset.
#include <registers/command_front_end_map.h>
#include <registers/management_core_map.h>

#include "models/management_core/management_unit.h"
#include "models/transport/region.h"
#include "testbenches/management_core/core_rig.h"
#include "testbenches/management_core/elf_writer.h"

using namespace vr;
using namespace vr::testing;
using namespace vr::rv;

namespace {

constexpr Time kLatency = nanoseconds(10);
namespace devices = vr::registers::management_core;

// Registers that hold the time at which they were read, in nanoseconds.
class Responder final : public Unit {
  public:
    Responder() : Unit("responder") {}
    [[nodiscard]] Time next() const override { return requests_in.next(); }
    [[nodiscard]] Time look_ahead() const override { return requests_in.look_ahead(); }
    void run(Time horizon) override {
        while (requests_in.next() < horizon) {
            const Time now = requests_in.next();
            const RegisterRequest request = requests_in.pop().message;
            seen.push_back(request);
            const auto value = static_cast<std::uint32_t>(now.value / 1'000'000);
            answers_out.send(now, {value, request.offset == 0xf00 ? RegisterFault::kUnmapped
                                                                  : RegisterFault::kNone});
            interrupt_out.send(now, {request.write && request.value != 0});
        }
    }
    InPort<RegisterRequest> requests_in;
    OutPort<RegisterAnswer> answers_out;
    OutPort<InterruptLevel> interrupt_out;
    std::vector<RegisterRequest> seen;
};

struct UnitRig {
    explicit UnitRig(const std::vector<Word>& program)
        : image(parse_elf(elf_of(program), "test.elf")),
          unit("core", core_config(), 0, image, registers::command_front_end::kMap, nullptr) {
        const UnitNumber core = region.add(unit);
        const UnitNumber other = region.add(responder);
        unit.answers_in.attach(region, core);
        unit.interrupts_in.attach(region, core);
        responder.requests_in.attach(region, other);
        unit.registers_out.bind(responder.requests_in, 0, kLatency);
        responder.answers_out.bind(unit.answers_in, 1, kLatency);
        responder.interrupt_out.bind(unit.interrupts_in, 2, kLatency);
    }
    [[nodiscard]] std::uint32_t x(std::uint32_t i) const { return unit.core().state().x[i]; }
    ElfImage image;
    ManagementUnit unit;
    Responder responder;
    Region region;
};

std::vector<Word> pass_after(std::vector<Word> program, std::uint32_t status = 1) {
    load_constant(program, t0, devices::kMap.base + devices::kTestStatus);
    load_constant(program, t1, status);
    program.push_back(sw(t1, t0, 0));
    program.push_back(addi(s1, s1, 1));  // never reached
    return program;
}

}  // namespace

TEST_CASE("an access crosses the port twice, at the instruction's own time") {
    std::vector<Word> program;
    load_constant(program, a1, 0x40000000);  // two instructions of 1 ns
    program.push_back(lw(a0, a1, 0x10));
    UnitRig rig(pass_after(program));
    rig.region.run(nanoseconds(1000));
    CHECK(rig.x(a0) == 12);  // sent at 2 ns
    CHECK(rig.unit.verdict() == FirmwareVerdict::kPassed);
    // Answer at 22 ns, load 2, four constants, store 5.
    CHECK(rig.unit.ended() == nanoseconds(22 + 2 + 4 + 5));
    CHECK(rig.x(s1) == 0);  // nothing runs after the verdict
    CHECK(rig.unit.next() == kNever);
    REQUIRE(rig.responder.seen.size() == 1);
    CHECK(rig.responder.seen[0].offset == 0x10);
}

TEST_CASE("an interrupt wakes a sleeping core at the clock's edge of its arrival") {
    std::vector<Word> program;
    load_constant(program, t1, 0x800);
    program.push_back(csrrs(zero, mie, t1));  // 19 ns
    load_constant(program, a1, 0x40000000);
    program.push_back(sw(a1, a1, 0));  // at 23 ns: the line rises at 43 ns, with the answer
    program.push_back(kWfi);
    program.push_back(csrr(a0, mcycle));
    UnitRig rig(pass_after(program));
    rig.region.run(nanoseconds(1000));
    CHECK(rig.x(a0) == 43 + 5 + 1);  // store, wfi: pending already
    CHECK(rig.unit.verdict() == FirmwareVerdict::kPassed);
}

TEST_CASE("the timer wakes at its cycle, mtime counts cycles") {
    std::vector<Word> program;
    load_constant(program, t1, 0x80);
    program.push_back(csrrs(zero, mie, t1));
    load_constant(program, a1, devices::kMap.base);
    program.push_back(sw(zero, a1, devices::kMtimecmph));
    load_constant(program, t2, 500);
    program.push_back(sw(t2, a1, devices::kMtimecmp));
    program.push_back(kWfi);
    program.push_back(lw(a0, a1, devices::kMtime));
    UnitRig rig(pass_after(program));
    rig.region.run(nanoseconds(5000));
    CHECK(rig.x(a0) == 500);
}

TEST_CASE("software interrupt, log and test status") {
    std::vector<Word> program;
    load_constant(program, a1, devices::kMap.base);
    load_constant(program, t1, 1);
    program.push_back(sw(t1, a1, devices::kSoftwareInterrupt));
    program.push_back(csrr(a0, mip));
    program.push_back(sw(zero, a1, devices::kSoftwareInterrupt));
    program.push_back(csrr(a2, mip));
    for (const char c : {'o', 'k', '\n', '\a'}) {
        load_constant(program, t1, static_cast<Word>(c));
        program.push_back(sw(t1, a1, devices::kLogCharacter));
    }
    load_constant(program, t1, kMemoryBase + 0x200);
    program.push_back(sw(t1, a1, devices::kLogString));
    program = pass_after(program, 2 * 9 + 1);
    program.resize(0x80);
    program.push_back(0x62610a21);  // "!\nab"
    program.push_back(0);
    UnitRig rig(program);
    rig.region.run(nanoseconds(5000));
    CHECK(rig.x(a0) == 8);
    CHECK(rig.x(a2) == 0);
    const auto& log = rig.unit.devices().log();
    REQUIRE(log.size() == 3);
    CHECK(log[0] == "ok");
    CHECK(log[1] == "?!");  // what is no text shows as such
    CHECK(log[2] == "ab");
    CHECK(rig.unit.verdict() == FirmwareVerdict::kFailed);
    CHECK(rig.unit.code() == 9);
}

TEST_CASE("accesses that are refused trap, and the unit says why") {
    struct Case {
        Word address;
        Word instruction;
        const char* told;
    };
    const Case cases[] = {
        {0x40000f00, lw(a0, a1, 0),
         "a read of 0x40000f00 at pc 0x80000008 was refused: "
         "command_front_end + 0xf00 is no register"},
        {0x20000000, lw(a0, a1, 0), "nothing is there"},
        {devices::kMap.base, sb(a0, a1, devices::kTestStatus), "takes whole words only"},
        {devices::kMap.base, lw(a0, a1, devices::kLogString), "log_string is write-only"},
        {devices::kMap.base, sw(a0, a1, devices::kTestStatus), "does not take this value"},
        {devices::kMap.base, sw(a1, a1, devices::kLogString), "does not take this value"}};
    for (const Case& c : cases) {
        std::vector<Word> program;
        load_constant(program, a1, c.address);
        program.push_back(c.instruction);
        UnitRig rig(program);
        rig.region.run(nanoseconds(1000));
        CHECK(rig.unit.verdict() == FirmwareVerdict::kLocked);
        CHECK_THAT(rig.unit.refusal(), Catch::Matchers::Contains(c.told));
        CHECK(rig.unit.core().state().csrs.mepc == kMemoryBase + 8);
    }
}

TEST_CASE("a unit that is reset runs its firmware again, from the same memory") {
    std::vector<Word> program;
    load_constant(program, a1, kMemoryBase + 0x1000);
    program.push_back(lw(a0, a1, 0));
    program.push_back(addi(a0, a0, 1));
    program.push_back(sw(a0, a1, 0));
    UnitRig rig(pass_after(program));
    rig.region.run(nanoseconds(1000));
    REQUIRE(rig.unit.verdict() == FirmwareVerdict::kPassed);
    const Time first = rig.unit.ended();
    rig.unit.reset();
    CHECK(rig.unit.verdict() == FirmwareVerdict::kNone);
    rig.region.reschedule_all();
    rig.region.run(nanoseconds(2000));
    CHECK(rig.unit.verdict() == FirmwareVerdict::kPassed);
    CHECK(rig.unit.ended() == first * 2);
    CHECK(rig.x(a0) == 1);  // the count began anew
}
