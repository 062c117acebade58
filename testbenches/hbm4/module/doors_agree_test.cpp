// SPDX-License-Identifier: Apache-2.0
// Question: does the TLM-2.0 door give the ticks of the plain C++ door, with back-pressure, in
// blocking and non-blocking calls, at any resolution, and direct access to the same bytes?
#include <catch2/catch.hpp>

#include "models/hbm4/hbm4_module.h"
#include "testbenches/hbm4/memory_replay.h"
#include "testbenches/hbm4/test_config.h"
#include "testbenches/support/fresh_simulation.h"
#include "testbenches/tlm/support/plain_initiator.h"
#include "tlm/checkers/base_protocol_checker.h"

using namespace vr;
using namespace vr::testing;

namespace {

constexpr MemoryDoorConfig kNarrow{6, 3, {64}};

// The last edge that rounds up to a time of the platform.
std::int64_t tick_of(const sc_core::sc_time& time, const Clock& clock) {
    const TimeScale scale;
    const std::int64_t next = clock.first_edge(scale.exact(time));
    return scale.up(clock.edge(next)) == time ? next : next - 1;
}

Replay through_socket(const std::vector<ReplayedAccess>& list, const MemoryDoorConfig& door) {
    foreign::PlainInitiator initiator("initiator");
    BaseProtocolChecker checker("checker");
    Hbm4Module memory("memory", small_hbm4(), door);
    initiator.socket.bind(checker.in);
    checker.out.bind(memory.in);
    const Clock clock(small_hbm4().clock);
    const TimeScale scale;
    for (const ReplayedAccess& one : list) {
        initiator.accesses.push_back({one.write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND,
                                      one.address,
                                      std::vector<unsigned char>(one.bytes),
                                      {},
                                      {},
                                      {},
                                      scale.up(clock.edge(one.tick))});
    }
    sc_core::sc_start();
    checker.finish();
    CHECK(memory.idle());
    Replay result;
    for (const foreign::PlainAccess& one : initiator.accesses) {
        CHECK(one.status == tlm::TLM_OK_RESPONSE);
        result.accepted.push_back(tick_of(one.accepted, clock));
        result.completed.push_back(tick_of(one.done, clock));
    }
    return result;
}

}  // namespace

TEST_CASE("four-phase bursts of 32 and 64 B end at the ticks of the plain C++ door") {
    const auto list = mixed_accesses(2000, 13);
    for (const MemoryDoorConfig& door : {kNarrow, MemoryDoorConfig{}}) {
        const Replay expected = replay(small_hbm4(), door, list);
        CHECK(expected.waits > (door.read_credits == 6 ? 200 : -1));
        for (const sc_core::sc_time_unit resolution : {sc_core::SC_FS, sc_core::SC_PS}) {
            const FreshSimulation fresh(resolution);
            const Replay seen = through_socket(list, door);
            CHECK(seen.completed == expected.completed);
            CHECK(seen.accepted == expected.accepted);
        }
    }
}

namespace {

/// A loosely timed program: one burst after another, the next one when the last has ended.
struct Program : sc_core::sc_module {
    tlm_utils::simple_initiator_socket<Program> out{"out"};
    std::vector<std::uint64_t> addresses;
    std::vector<sc_core::sc_time> ends;

    explicit Program(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        SC_HAS_PROCESS(Program);
        SC_THREAD(main);
    }
    void main() {
        std::vector<unsigned char> data(64);
        for (const std::uint64_t address : addresses) {
            tlm::tlm_generic_payload payload;
            payload.set_command(address % 128 == 0 ? tlm::TLM_READ_COMMAND
                                                   : tlm::TLM_WRITE_COMMAND);
            payload.set_address(address);
            payload.set_data_ptr(data.data());
            payload.set_data_length(64);
            payload.set_streaming_width(64);
            sc_core::sc_time delay;
            out->b_transport(payload, delay);
            sc_core::wait(delay);
            CHECK(payload.is_response_ok());
            CHECK_FALSE(payload.is_dmi_allowed());
            ends.push_back(sc_core::sc_time_stamp());
        }
    }
};

}  // namespace

TEST_CASE("a loop of blocking bursts takes the same clocks at 1 fs, at 1 ps and in plain C++") {
    std::vector<std::uint64_t> addresses;
    for (const ReplayedAccess& one : mixed_accesses(300, 17)) {
        addresses.push_back(one.address);
    }
    std::vector<std::int64_t> expected;
    std::size_t next = 0;
    MemorySystem* inside = nullptr;
    const auto add = [&] {
        if (next < addresses.size()) {
            inside->add({addresses[next], 64, addresses[next] % 128 != 0, 0});
            ++next;
        }
    };
    MemorySystem plain("memory", small_hbm4(), [&](const MemoryCompletion& one) {
        expected.push_back(one.tick);
        add();
    });
    inside = &plain;
    add();
    while (plain.outstanding() > 0) {
        plain.advance_to(plain.next_event_time());
    }
    for (const sc_core::sc_time_unit resolution : {sc_core::SC_FS, sc_core::SC_PS}) {
        const FreshSimulation fresh(resolution);
        Program program("program");
        program.addresses = addresses;
        Hbm4Module memory("memory", small_hbm4());
        program.out.bind(memory.in);
        sc_core::sc_start();
        std::vector<std::int64_t> seen;
        for (const sc_core::sc_time& end : program.ends) {
            seen.push_back(tick_of(end, Clock(small_hbm4().clock)));
        }
        CHECK(seen == expected);
    }
}

TEST_CASE_METHOD(FreshPicosecondSimulation,
                 "a burst that comes between two edges counts from the second") {
    const auto completed = [](sc_core::sc_time at) {
        foreign::PlainInitiator initiator("initiator");
        Hbm4Module memory("memory", small_hbm4());
        initiator.socket.bind(memory.in);
        initiator.accesses.push_back(
            {tlm::TLM_READ_COMMAND, 0, std::vector<unsigned char>(32), {}, {}, {}, at});
        sc_core::sc_start();
        return tick_of(initiator.accesses[0].done, Clock(small_hbm4().clock));
    };
    const sc_core::sc_time edge = TimeScale().up(Clock(small_hbm4().clock).edge(101));
    const sc_core::sc_time picosecond(1, sc_core::SC_PS);
    std::vector<std::int64_t> ticks;
    for (const int picoseconds : {0, 1, 2, 372}) {  // from 1 ps before the edge on
        const FreshPicosecondSimulation fresh;
        ticks.push_back(completed(edge - picosecond + picoseconds * picosecond));
    }
    CHECK(ticks[0] == ticks[1]);
    CHECK(ticks[2] == ticks[1] + 1);
    CHECK(ticks[3] == ticks[1] + 1);
}

TEST_CASE_METHOD(FreshPicosecondSimulation,
                 "END_REQ waits for a credit of the burst's pseudo-channel") {
    std::vector<ReplayedAccess> list;
    for (std::uint64_t i = 0; i < 8; ++i) {
        list.push_back({0, 0, 64, false});
    }
    const Replay seen = through_socket(list, kNarrow);
    CHECK(seen.accepted[5] == 0);
    CHECK(seen.accepted[6] == seen.completed[0]);
    CHECK(seen.accepted[7] == seen.completed[1]);
}

TEST_CASE_METHOD(FreshPicosecondSimulation,
                 "direct access reaches one page, the bytes of bursts, and no page beyond") {
    Program program("program");
    Hbm4Module memory("memory", small_hbm4());
    program.out.bind(memory.in);
    program.addresses = {64};
    sc_core::sc_start();
    const std::uint64_t capacity = memory.core().address_map().capacity();
    tlm::tlm_generic_payload payload;
    tlm::tlm_dmi region;
    payload.set_address(70'000);
    REQUIRE(program.out->get_direct_mem_ptr(payload, region));
    CHECK(region.get_start_address() == 65'536);
    CHECK(region.get_end_address() == 131'071);
    CHECK(region.is_read_write_allowed());
    CHECK(region.get_read_latency() == sc_core::sc_time(24, sc_core::SC_PS));  // 744 ps / 32 B
    unsigned char* const first = region.get_dmi_ptr();
    first[70'000 - 65'536] = 42;
    std::uint8_t byte = 0;
    memory.contents().read(70'000, {&byte, 1});
    CHECK(byte == 42);
    // The debug door sees the same byte, and pages stay where they are.
    for (std::uint64_t page = 0; page < 1000; ++page) {
        memory.contents().write(page << 24, {&byte, 1});
    }
    payload.set_command(tlm::TLM_READ_COMMAND);
    unsigned char seen = 0;
    payload.set_data_ptr(&seen);
    payload.set_data_length(1);
    payload.set_streaming_width(1);
    CHECK(program.out->transport_dbg(payload) == 1);
    CHECK(seen == 42);
    REQUIRE(program.out->get_direct_mem_ptr(payload, region));
    CHECK(region.get_dmi_ptr() == first);
    payload.set_address(capacity - 1);
    REQUIRE(program.out->get_direct_mem_ptr(payload, region));
    CHECK(region.get_end_address() == capacity - 1);
    payload.set_address(capacity);
    CHECK_FALSE(program.out->get_direct_mem_ptr(payload, region));
    CHECK(region.get_start_address() == capacity);
}

TEST_CASE_METHOD(FreshPicosecondSimulation,
                 "the status behind the socket counts what was refused") {
    foreign::PlainInitiator initiator("initiator");
    Hbm4Module memory("memory", small_hbm4());
    initiator.socket.bind(memory.in);
    const std::uint64_t capacity = memory.core().address_map().capacity();
    for (const std::uint64_t address : {std::uint64_t{0}, capacity, capacity - 32}) {
        initiator.accesses.push_back(
            {tlm::TLM_READ_COMMAND, address, std::vector<unsigned char>(64), {}, {}, {}});
    }
    sc_core::sc_start();
    CHECK(memory.memory().status().refused == 2);
    CHECK(memory.memory().status().reads == 1);
    CHECK(memory.memory().status().bytes_read == 64);
}
