// SPDX-License-Identifier: Apache-2.0
// Question: can a plain TLM-2.0 initiator use a bulk target, and do both adapters in a row leave
// data as they are?
#include "tlm/adapters/base_protocol_to_bulk.h"

#include <catch2/catch.hpp>
#include <memory>

#include "models/base/random.h"
#include "testbenches/support/fresh_simulation.h"
#include "testbenches/tlm/support/bulk_memory.h"
#include "testbenches/tlm/support/plain_initiator.h"
#include "testbenches/tlm/support/plain_memory.h"
#include "tlm/adapters/bulk_to_base_protocol.h"
#include "tlm/checkers/base_protocol_checker.h"
#include "tlm/checkers/bulk_checker.h"

using namespace vr;

namespace {

constexpr std::size_t kMemory = 1 << 16;
constexpr Time kLatency{12'345'678};  // no whole number of picoseconds

/// Plain initiator, checker, adapter, checker; the target is bound by the test.
struct Bench {
    foreign::PlainInitiator initiator{"initiator"};
    BaseProtocolChecker base_checker{"base_checker"};
    BaseProtocolToBulk adapter;
    BulkChecker bulk_checker{"bulk_checker"};

    explicit Bench(std::uint64_t credit_bytes = 0) : adapter("adapter", 1, credit_bytes) {
        initiator.socket.bind(base_checker.in);
        base_checker.out.bind(adapter.in);
        adapter.out.bind(bulk_checker.in);
    }
    /// Writes and reads of 1 to 128 bytes anywhere, each read after the writes it may see have been
    /// sent.
    void fill(std::size_t count) {
        const RandomStream random(1, "accesses", 0);
        for (std::size_t i = 0; i < count; ++i) {
            const std::uint64_t value = random.at(i);
            foreign::PlainAccess access;
            access.command = i % 3 == 2 ? tlm::TLM_READ_COMMAND : tlm::TLM_WRITE_COMMAND;
            access.address = i % 3 == 2 ? initiator.accesses[i - 2].address : value % 65000;
            access.data.resize(i % 3 == 2 ? initiator.accesses[i - 2].data.size()
                                          : 1 + (value >> 32) % 128);
            for (std::size_t k = 0; k < access.data.size(); ++k) {
                access.data[k] = static_cast<unsigned char>(mix64(value + k) & 0xff);
            }
            initiator.accesses.push_back(std::move(access));
        }
    }
    void run() {
        sc_core::sc_start();
        base_checker.finish();
        bulk_checker.finish();
        CHECK(adapter.idle());
        CHECK(initiator.pool.outstanding() == 0);
    }
};

std::vector<std::vector<unsigned char>> run_on_bulk_memory(sc_core::sc_time_unit resolution) {
    const FreshSimulation fresh(resolution);
    Bench bench;
    BulkMemory memory("memory", kMemory, kLatency, Time{1'000'000}, Time{3'000'000});
    bench.bulk_checker.out.bind(memory.in);
    bench.fill(90);
    bench.run();
    std::vector<std::vector<unsigned char>> data;
    const TimeScale scale;
    for (const foreign::PlainAccess& access : bench.initiator.accesses) {
        CHECK(access.status == tlm::TLM_OK_RESPONSE);
        CHECK(access.done == access.accepted + scale.up(kLatency));
        data.push_back(access.data);
    }
    for (std::size_t i = 2; i < data.size(); i += 3) {
        CHECK((data[i] == data[i - 2]));  // what was written there
    }
    return data;
}

}  // namespace

TEST_CASE("a plain initiator reads back what it wrote through a bulk target, at 1 fs and 1 ps") {
    CHECK((run_on_bulk_memory(sc_core::SC_FS) == run_on_bulk_memory(sc_core::SC_PS)));
}

TEST_CASE_METHOD(FreshSimulation, "back-pressure of the bulk target reaches the initiator") {
    Bench bench(128);
    BulkMemory memory("memory", kMemory, kLatency, Time{1'000'000}, Time{3'000'000});
    bench.bulk_checker.out.bind(memory.in);
    for (std::uint64_t i = 0; i < 3; ++i) {
        bench.initiator.accesses.push_back(
            {tlm::TLM_READ_COMMAND, 128 * i, std::vector<unsigned char>(128), {}, {}, {}});
    }
    bench.run();
    const auto& accesses = bench.initiator.accesses;
    CHECK(accesses[0].accepted == sc_core::SC_ZERO_TIME);
    CHECK(accesses[1].accepted == accesses[0].done);
    CHECK(accesses[2].accepted == accesses[1].done);
}

TEST_CASE_METHOD(FreshSimulation, "plain to bulk to plain gives the data of the plain memory") {
    Bench bench;
    BulkToBaseProtocol back("back", {32, 4});
    BaseProtocolChecker last_checker("last_checker");
    foreign::PlainMemory memory("memory", kMemory, {1, 20, 7});
    bench.bulk_checker.out.bind(back.in);
    back.out.bind(last_checker.in);
    last_checker.out.bind(memory.socket);
    bench.fill(90);
    bench.run();
    last_checker.finish();
    CHECK(back.idle());
    CHECK(back.bursts() > 150);
    std::vector<unsigned char> expected(kMemory);
    std::size_t same = 0;
    for (const foreign::PlainAccess& access : bench.initiator.accesses) {
        CHECK(access.status == tlm::TLM_OK_RESPONSE);
        if (access.command == tlm::TLM_WRITE_COMMAND) {
            std::copy(access.data.begin(), access.data.end(),
                      expected.begin() + static_cast<std::ptrdiff_t>(access.address));
        }
    }
    for (std::size_t i = 2; i < 90; i += 3) {
        same += bench.initiator.accesses[i].data == bench.initiator.accesses[i - 2].data ? 1U : 0U;
    }
    CHECK((memory.bytes == expected));
    CHECK(same == 30);
}

TEST_CASE_METHOD(FreshSimulation,
                 "plain to bulk: b_transport and transport_dbg give the same data") {
    Bench bench;
    BulkMemory memory("memory", kMemory, kLatency, Time{1'000'000}, Time{3'000'000});
    bench.bulk_checker.out.bind(memory.in);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    foreign::PlainAccess access{tlm::TLM_WRITE_COMMAND, 1000, {1, 2, 3, 4, 5, 6, 7, 8}, {}, {}, {}};
    auto& write = bench.initiator.payload_of(access);
    sc_core::sc_time delay(1, sc_core::SC_NS);
    bench.initiator.socket->b_transport(write, delay);
    CHECK(write.is_response_ok());
    CHECK(delay == sc_core::sc_time::from_value(1'000'000 + 12'345'678));
    access.command = tlm::TLM_READ_COMMAND;
    access.data.assign(8, 0);
    auto& read = bench.initiator.payload_of(access);
    CHECK(bench.initiator.socket->transport_dbg(read) == 8);
    CHECK(std::memcmp(read.get_data_ptr(), write.get_data_ptr(), 8) == 0);
    CHECK(read.get_data_ptr()[7] == 8);
    read.set_address(kMemory - 4);
    CHECK(bench.initiator.socket->transport_dbg(read) == 0);
    bench.initiator.socket->b_transport(read, delay);
    CHECK(read.get_response_status() == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    write.release();
    read.release();
    bench.bulk_checker.finish();
    CHECK(bench.adapter.idle());
}

TEST_CASE_METHOD(FreshSimulation, "what a bulk descriptor cannot say is answered with its error") {
    Bench bench;
    BulkMemory memory("memory", kMemory, kLatency, Time{1'000'000}, Time{3'000'000});
    bench.bulk_checker.out.bind(memory.in);
    bench.initiator.accesses.push_back({tlm::TLM_IGNORE_COMMAND, 0, {1}, {}, {}, {}});
    bench.initiator.accesses.push_back({tlm::TLM_READ_COMMAND, kMemory, {1}, {}, {}, {}});
    bench.run();
    CHECK(bench.initiator.accesses[0].status == tlm::TLM_OK_RESPONSE);
    CHECK(bench.initiator.accesses[1].status == tlm::TLM_ADDRESS_ERROR_RESPONSE);
    auto& payload = bench.initiator.payload_of(bench.initiator.accesses[1]);
    sc_core::sc_time delay;
    SECTION("byte enables") {
        payload.set_data_length(1);
        payload.set_streaming_width(1);
        unsigned char enable = 0xff;
        payload.set_byte_enable_ptr(&enable);
        payload.set_byte_enable_length(1);
        bench.initiator.socket->b_transport(payload, delay);
        CHECK(payload.get_response_status() == tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    }
    SECTION("streaming") {
        unsigned char two[2] = {};
        payload.set_data_ptr(two);
        payload.set_data_length(2);
        payload.set_streaming_width(1);
        bench.initiator.socket->b_transport(payload, delay);
        CHECK(payload.get_response_status() == tlm::TLM_BURST_ERROR_RESPONSE);
    }
    payload.release();
}

TEST_CASE_METHOD(FreshSimulation, "sockets of different protocols do not bind") {
    STATIC_REQUIRE(!std::is_convertible_v<BulkTargetSocket&, tlm::tlm_target_socket<>&>);
    STATIC_REQUIRE(!std::is_invocable_v<BulkInitiatorSocket&, tlm::tlm_target_socket<>&>);
    STATIC_REQUIRE(std::is_invocable_v<BulkInitiatorSocket&, BulkTargetSocket&>);
}
