// SPDX-License-Identifier: Apache-2.0
// Question: does a recorder write one slice per transaction with its phases, on tracks whose slices
// never overlap?
#include "tlm/recorders/transaction_recorder.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "testbenches/support/fresh_simulation.h"
#include "testbenches/tlm/support/scripted.h"
#include "tlm/memory_manager.h"

using namespace vr;

namespace {

using Recorder = TransactionRecorder<tlm::tlm_base_protocol_types>;

struct Bench : FreshSimulation {
    EventRecord record;
    PayloadPool pool;
    tlm::tlm_generic_payload& a = pool.acquire(32);
    tlm::tlm_generic_payload& b = pool.acquire(64);

    static void after(int nanoseconds) {
        sc_core::sc_start(sc_core::sc_time(nanoseconds, sc_core::SC_NS));
    }
    std::vector<std::string> lines() const {
        std::vector<std::string> out;
        for (const Event& event : record.sorted()) {
            out.push_back(fmt::format("{} {} {} {}..{} {}",
                                      event.kind == EventKind::kSlice ? "slice" : "instant",
                                      record.tracks()[event.track].path, record.names()[event.name],
                                      event.begin.value / kFemtosecondsPerNanosecond,
                                      event.end.value / kFemtosecondsPerNanosecond, event.value));
        }
        return out;
    }
};

}  // namespace

TEST_CASE_METHOD(Bench, "two transactions under way take two tracks, a third one the first again") {
    ScriptedBench<Recorder> bench(&record);
    a.set_read();
    b.set_write();
    bench.initiator.send(a, tlm::BEGIN_REQ);
    after(1);
    bench.target.send(a, tlm::END_REQ);
    bench.initiator.send(b, tlm::BEGIN_REQ);
    after(2);
    bench.target.send(a, tlm::BEGIN_RESP);
    bench.initiator.send(a, tlm::END_RESP, sc_core::sc_time(1, sc_core::SC_NS));
    after(2);
    bench.initiator.answer = [](auto&, auto&, auto&) { return tlm::TLM_COMPLETED; };
    bench.target.send(b, tlm::BEGIN_RESP);
    CHECK(bench.checker.open() == 0);
    bench.initiator.send(a, tlm::BEGIN_REQ);
    CHECK(bench.checker.open() == 1);
    CHECK(lines() == std::vector<std::string>{
                         "instant checker.slot0 BEGIN_REQ 0..0 0",
                         "slice checker.slot0 read 0..4 32",
                         "instant checker.slot0 END_REQ 1..1 0",
                         "instant checker.slot1 BEGIN_REQ 1..1 0",
                         "slice checker.slot1 write 1..5 64",
                         "instant checker.slot0 BEGIN_RESP 3..3 0",
                         "instant checker.slot0 END_RESP 4..4 0",
                         "instant checker.slot0 BEGIN_REQ 5..5 0",
                         "instant checker.slot1 BEGIN_RESP 5..5 0",
                     });
}

TEST_CASE_METHOD(Bench, "a blocking transaction is a slice as long as its delay") {
    ScriptedBench<Recorder> bench(&record);
    bench.target.block = [](tlm::tlm_generic_payload&, sc_core::sc_time& delay) {
        delay += sc_core::sc_time(7, sc_core::SC_NS);
    };
    a.set_read();
    sc_core::sc_time delay(1, sc_core::SC_NS);
    bench.initiator.socket->b_transport(a, delay);
    CHECK(lines() == std::vector<std::string>{"slice checker.slot0 read 1..8 32"});
}

TEST_CASE_METHOD(Bench, "without a record nothing is kept and calls pass") {
    ScriptedBench<Recorder> bench(nullptr);
    int calls = 0;
    bench.target.answer = [&calls](auto&, auto&, auto&) {
        ++calls;
        return tlm::TLM_ACCEPTED;
    };
    bench.initiator.send(a, tlm::BEGIN_REQ);
    CHECK(calls == 1);
    CHECK(bench.checker.open() == 0);
    CHECK(record.size() == 0);
}
