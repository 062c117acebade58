// SPDX-License-Identifier: Apache-2.0
// Question: what does an initiator at a TLM-2.0 socket get of a memory with faults, and when?
#include <tlm_utils/simple_initiator_socket.h>

#include <algorithm>
#include <catch2/catch.hpp>

#include "models/hbm4/hbm4_module.h"
#include "testbenches/hbm4/test_config.h"
#include "testbenches/support/fresh_simulation.h"
#include "testbenches/tlm/support/bulk_driver.h"
#include "testbenches/tlm/support/plain_initiator.h"
#include "tlm/checkers/base_protocol_checker.h"
#include "tlm/checkers/bulk_checker.h"

using namespace vr;

namespace {

Hbm4Config faulty(const std::string& list) {
    Hbm4Config config = testing::rubin_hbm4();
    config.stacks = 1;
    config.channels_per_stack = 1;
    config.faults.list = list;
    return config;
}

constexpr const char* kList = "bit 0x40 3 flip; bit 0x80 3,30 flip; bit 0x80 40 stuck1";

}  // namespace

TEST_CASE("bursts meet faults: corrected, wrong with an error response, at the same times") {
    std::vector<sc_core::sc_time> times;
    for (const char* list : {"", kList}) {
        const FreshPicosecondSimulation fresh;
        foreign::PlainInitiator initiator{"initiator"};
        BaseProtocolChecker checker{"checker"};
        Hbm4Module memory("memory", faulty(list));
        initiator.socket.bind(checker.in);
        checker.out.bind(memory.in);
        const auto add = [&](tlm::tlm_command command, std::uint64_t address, int byte) {
            initiator.accesses.push_back(
                {command,
                 address,
                 std::vector<unsigned char>(32, static_cast<unsigned char>(byte)),
                 {},
                 {},
                 sc_core::sc_time(static_cast<double>(initiator.accesses.size()) * 200,
                                  sc_core::SC_NS)});
        };
        add(tlm::TLM_READ_COMMAND, 0x40, 9);
        add(tlm::TLM_READ_COMMAND, 0x80, 9);
        add(tlm::TLM_READ_COMMAND, 0xc0, 9);
        add(tlm::TLM_WRITE_COMMAND, 0x80, 0);
        add(tlm::TLM_READ_COMMAND, 0x80, 9);
        sc_core::sc_start();
        checker.finish();
        CHECK(memory.idle());
        const auto& got = initiator.accesses;
        for (std::size_t i = 0; i < got.size(); ++i) {
            if (list == kList) {
                CHECK(got[i].done == times[i]);
            } else {
                times.push_back(got[i].done);
                CHECK(got[i].status == tlm::TLM_OK_RESPONSE);
            }
        }
        CHECK(got[0].data == std::vector<unsigned char>(32));
        CHECK(got[2].data == std::vector<unsigned char>(32));
        CHECK(got[4].data == std::vector<unsigned char>(32));
        if (list == kList) {
            std::vector<unsigned char> wrong(32);
            wrong[0] = 8;
            wrong[3] = 64;
            wrong[5] = 1;
            CHECK(got[0].status == tlm::TLM_OK_RESPONSE);
            CHECK(got[1].status == tlm::TLM_GENERIC_ERROR_RESPONSE);
            CHECK(got[1].data == wrong);
            CHECK(got[3].status == tlm::TLM_OK_RESPONSE);
            CHECK(got[4].status == tlm::TLM_OK_RESPONSE);
            const Hbm4Status status = memory.memory().status();
            CHECK(status.corrected_bit == 2);  // the stuck cell once more after the write
            CHECK(status.uncorrectable == 1);
            CHECK(status.first_uncorrectable == 0x80);
        }
    }
}

namespace {

// A thread that calls.
class Caller final : public sc_core::sc_module {
  public:
    tlm_utils::simple_initiator_socket<Caller> out{"out"};
    tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;
    std::vector<unsigned char> data = std::vector<unsigned char>(32);
    std::vector<unsigned char> debugged = std::vector<unsigned char>(32);
    std::vector<unsigned char> loaded;  // through the debug port, at time 0
    sc_core::sc_time end;
    bool pointer = false;

    explicit Caller(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        SC_HAS_PROCESS(Caller);
        SC_THREAD(main);
    }
    void main() {
        tlm::tlm_generic_payload payload;
        payload.set_address(0x80);
        if (!loaded.empty()) {
            payload.set_command(tlm::TLM_WRITE_COMMAND);
            payload.set_data_ptr(loaded.data());
            payload.set_data_length(static_cast<unsigned>(loaded.size()));
            payload.set_streaming_width(static_cast<unsigned>(loaded.size()));
            CHECK(out->transport_dbg(payload) == loaded.size());
        }
        payload.set_command(tlm::TLM_READ_COMMAND);
        payload.set_data_ptr(data.data());
        payload.set_data_length(32);
        payload.set_streaming_width(32);
        sc_core::sc_time delay;
        out->b_transport(payload, delay);
        sc_core::wait(delay);
        status = payload.get_response_status();
        end = sc_core::sc_time_stamp();
        payload.set_data_ptr(debugged.data());
        CHECK(out->transport_dbg(payload) == 32);
        tlm::tlm_dmi region;
        pointer = out->get_direct_mem_ptr(payload, region);
    }
};

}  // namespace

TEST_CASE("blocking calls, the debug port and DMI: an error response, the data, no pointer") {
    std::vector<sc_core::sc_time> ends;
    for (const char* list : {"", kList}) {
        const FreshPicosecondSimulation fresh;
        Caller caller("caller");
        Hbm4Module memory("memory", faulty(list));
        caller.out.bind(memory.in);
        sc_core::sc_start();
        const bool with = list == kList;
        CHECK(caller.status == (with ? tlm::TLM_GENERIC_ERROR_RESPONSE : tlm::TLM_OK_RESPONSE));
        CHECK(caller.data[0] == (with ? 8 : 0));
        CHECK(caller.debugged == caller.data);
        CHECK(caller.pointer == !with);
        // The debug port does not count.
        CHECK(memory.memory().status().uncorrectable == (with ? 1 : 0));
        ends.push_back(caller.end);
    }
    CHECK(ends[0] == ends[1]);
}

TEST_CASE("what the debug port loads before the start meets the faults from the start") {
    const FreshPicosecondSimulation fresh;
    Caller caller("caller");
    Hbm4Module memory("memory", faulty(kList));
    caller.out.bind(memory.in);
    caller.loaded.assign(32, 5);
    sc_core::sc_start();
    CHECK(caller.status == tlm::TLM_GENERIC_ERROR_RESPONSE);
    std::vector<unsigned char> wrong(32, 5);
    wrong[0] ^= 8;
    wrong[3] ^= 64;
    wrong[5] |= 1;  // stuck at what was written there
    CHECK(caller.data == wrong);
    CHECK(memory.memory().status().uncorrectable == 1);
}

TEST_CASE("a descriptor with a wrong word fails when its last item ends, with all its data") {
    std::vector<Time> ends;
    for (const char* list : {"", kList}) {
        const FreshPicosecondSimulation fresh;
        BulkDriver driver("driver");
        BulkChecker checker("checker");
        Hbm4BulkModule memory("memory", faulty(list));
        driver.out.bind(checker.in);
        checker.out.bind(memory.in);
        Descriptor read;
        read.id = 1;
        read.base = 0;
        read.bytes = 32;
        read.dimensions[0] = {64, 32};
        driver.submit(read, std::vector<unsigned char>(2048, 7));
        sc_core::sc_start();
        checker.finish();
        CHECK(driver.done());
        CHECK(memory.idle());
        const BulkResult& result = driver.results[0];
        const bool with = list == kList;
        CHECK(result.status == (with ? BulkStatus::kGenericError : BulkStatus::kOk));
        CHECK(result.data[0x80] == (with ? 8 : 0));
        CHECK(std::count(result.data.begin(), result.data.end(), 0) == (with ? 2045 : 2048));
        ends.push_back(result.end);
    }
    CHECK(ends[0] == ends[1]);
}
