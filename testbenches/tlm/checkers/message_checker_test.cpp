// SPDX-License-Identifier: Apache-2.0
// Question: does every rule of tlm/protocols/message/README.md bite?
#include "tlm/checkers/message_checker.h"

#include <catch2/catch.hpp>

#include "testbenches/support/fresh_simulation.h"
#include "testbenches/tlm/support/scripted.h"

using namespace vr;

namespace {

struct Word {
    int value = 0;
};
using Payload = MessagePayload<Word>;
constexpr Time kLatency{5000};

struct Bench : FreshSimulation, ScriptedBench<MessageChecker<Word>> {
    explicit Bench(sc_core::sc_time_unit resolution = sc_core::SC_FS, Time latency = kLatency)
        : FreshSimulation(resolution), ScriptedBench(latency) {
        target.answer = [](Payload&, tlm::tlm_phase&, sc_core::sc_time&) {
            return tlm::TLM_COMPLETED;
        };
    }
    void send(std::int64_t arrival, std::uint32_t port, std::uint64_t sequence,
              tlm::tlm_phase_enum phase = tlm::BEGIN_REQ, sc_core::sc_time delay = {}) {
        Payload payload{{Time{arrival}, port, sequence, {}}};
        initiator.send(payload, phase, delay);
    }
    template <class Action>
    void breaks(const std::string& rule, Action action) {
        REQUIRE_THROWS_AS(action(), ProtocolBroken);
        CHECK(checker.breaches().all().back().rule() == rule);
    }
};

}  // namespace

TEST_CASE_METHOD(Bench, "right messages pass") {
    send(5000, 7, 0);
    send(9000, 7, 1);
    send(6000, 7, 2);  // arrivals of one port need not rise
    CHECK(checker.messages() == 3);
}
TEST_CASE_METHOD(Bench, "MSG-1 arrival before the present") {
    sc_core::sc_start(sc_core::sc_time(10, sc_core::SC_PS));
    breaks("MSG-1", [&] { send(9999, 0, 0); });
}
TEST_CASE_METHOD(Bench, "MSG-2 arrival within the look-ahead") {
    breaks("MSG-2", [&] { send(4999, 0, 0); });
}
TEST_CASE("MSG-2 grants the rounding of a coarser resolution and no more") {
    Bench bench(sc_core::SC_PS);
    bench.send(4001, 0, 0);
    bench.breaks("MSG-2", [&] { bench.send(4000, 0, 1); });
}
TEST_CASE_METHOD(Bench, "MSG-3 sequence numbers") {
    send(5000, 0, 0);
    SECTION("gap") {
        breaks("MSG-3", [&] { send(5000, 0, 2); });
    }
    SECTION("repeat") {
        breaks("MSG-3", [&] { send(5000, 0, 0); });
    }
}
TEST_CASE_METHOD(Bench, "MSG-4 one port per socket") {
    send(5000, 1, 0);
    breaks("MSG-4", [&] { send(5000, 2, 1); });
}
TEST_CASE_METHOD(Bench, "MSG-5 form of a call") {
    SECTION("phase") {
        breaks("MSG-5", [&] { send(5000, 0, 0, tlm::END_RESP); });
    }
    SECTION("delay") {
        breaks("MSG-5",
               [&] { send(5000, 0, 0, tlm::BEGIN_REQ, sc_core::sc_time(1, sc_core::SC_FS)); });
    }
    SECTION("backward") {
        Payload payload;
        breaks("MSG-5", [&] { target.send(payload, tlm::BEGIN_REQ); });
    }
    SECTION("not taken at once") {
        target.answer = [](Payload&, tlm::tlm_phase&, sc_core::sc_time&) {
            return tlm::TLM_ACCEPTED;
        };
        breaks("MSG-5", [&] { send(5000, 0, 0); });
    }
}
TEST_CASE("MSG-6 a link shorter than a tick") {
    Bench bench(sc_core::SC_PS, Time{999});
    bench.breaks("MSG-6", [&] { bench.send(5000, 0, 0); });
}
