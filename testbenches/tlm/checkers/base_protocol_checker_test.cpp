// SPDX-License-Identifier: Apache-2.0
// Question: does the checker of the base protocol let right transactions pass, and does every rule
// of tlm/checkers/README.md bite?
#include <catch2/catch.hpp>

#include "testbenches/support/fresh_simulation.h"
#include "testbenches/tlm/support/scripted.h"
#include "tlm/checkers/base_protocol_checker.h"
#include "tlm/memory_manager.h"

using namespace vr;
using tlm::BEGIN_REQ;
using tlm::BEGIN_RESP;
using tlm::END_REQ;
using tlm::END_RESP;

namespace {

using Payload = tlm::tlm_generic_payload;
using Phase = tlm::tlm_phase;
using Time_ = sc_core::sc_time;

struct Bench : FreshSimulation, ScriptedBench<BaseProtocolChecker> {
    PayloadPool pool;
    Payload& a = pool.acquire(32);
    Payload& b = pool.acquire(32);
    /// Runs `action` and expects a breach of `rule`, reported with the checker's path.
    template <class Action>
    void breaks(const std::string& rule, Action action) {
        try {
            action();
            FAIL("rule " << rule << " was not enforced");
        } catch (const ProtocolBroken& broken) {
            INFO(broken.what());
            CHECK(broken.rule() == rule);
            CHECK(std::string(broken.what()).find(rule + ": checker at ") == 0);
            CHECK(checker.breaches().has(rule));
        }
    }
    void request(Payload& payload) {
        payload.set_read();
        initiator.send(payload, BEGIN_REQ);
    }
    void respond(Payload& payload) {
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
        target.send(payload, BEGIN_RESP);
    }
};

struct Label : tlm::tlm_extension<Label> {
    tlm::tlm_extension_base* clone() const override { return new Label(*this); }
    void copy_from(const tlm::tlm_extension_base&) override {}
};

}  // namespace

TEST_CASE_METHOD(Bench, "all four phases pass, in both styles of answer") {
    request(a);
    target.send(a, END_REQ);
    request(b);  // a second one may start once the first was accepted
    target.send(b, END_REQ);
    respond(b);  // and may overtake
    initiator.send(b, END_RESP);
    respond(a);
    initiator.send(a, END_RESP);
    b.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    target.answer = [](Payload& payload, Phase& phase, Time_& delay) {
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
        phase = BEGIN_RESP;
        delay += sc_core::sc_time(5, sc_core::SC_NS);
        return tlm::TLM_UPDATED;
    };
    request(b);
    target.answer = [](Payload&, Phase&, Time_&) { return tlm::TLM_COMPLETED; };
    initiator.send(b, END_RESP, sc_core::sc_time(5, sc_core::SC_NS));
    target.answer = [](Payload& payload, Phase&, Time_&) {
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
        return tlm::TLM_COMPLETED;
    };
    b.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    request(b);
    checker.finish();
    CHECK(checker.transactions() == 4);
    CHECK(checker.breaches().all().empty());
    a.release();
    b.release();
    CHECK(pool.outstanding() == 0);
    CHECK(pool.size() == 2);
}

TEST_CASE_METHOD(Bench, "BP-1 request exclusion") {
    request(a);
    breaks("BP-1", [&] { request(b); });
}
TEST_CASE_METHOD(Bench, "BP-2 response exclusion") {
    request(a);
    target.send(a, END_REQ);
    request(b);
    respond(a);
    breaks("BP-2", [&] { respond(b); });
}
TEST_CASE_METHOD(Bench, "BP-3 phase order") {
    SECTION("END_REQ of nothing") {
        breaks("BP-3", [&] { target.send(a, END_REQ); });
    }
    SECTION("END_REQ twice") {
        request(a);
        target.send(a, END_REQ);
        breaks("BP-3", [&] { target.send(a, END_REQ); });
    }
    SECTION("END_REQ after the response") {
        request(a);
        respond(a);
        breaks("BP-3", [&] { target.send(a, END_REQ); });
    }
    SECTION("response twice") {
        request(a);
        respond(a);
        breaks("BP-3", [&] { respond(a); });
    }
    SECTION("END_RESP too early") {
        request(a);
        breaks("BP-3", [&] { initiator.send(a, END_RESP); });
    }
    SECTION("wrong direction") {
        breaks("BP-3", [&] { target.send(a, BEGIN_REQ); });
    }
}
TEST_CASE_METHOD(Bench, "BP-4 return values") {
    SECTION("accepted, phase changed") {
        target.answer = [](Payload&, Phase& phase, Time_&) {
            phase = END_REQ;
            return tlm::TLM_ACCEPTED;
        };
        breaks("BP-4", [&] { request(a); });
    }
    SECTION("updated to a phase of the other side") {
        target.answer = [](Payload&, Phase& phase, Time_&) {
            phase = END_RESP;
            return tlm::TLM_UPDATED;
        };
        breaks("BP-4", [&] { request(a); });
    }
    SECTION("END_REQ completed") {
        request(a);
        initiator.answer = [](Payload&, Phase&, Time_&) { return tlm::TLM_COMPLETED; };
        breaks("BP-4", [&] { target.send(a, END_REQ); });
    }
}
TEST_CASE_METHOD(Bench, "BP-5 memory manager") {
    Payload loose;
    loose.set_data_ptr(a.get_data_ptr());
    breaks("BP-5", [&] { request(loose); });
}
TEST_CASE_METHOD(Bench, "BP-6 status of a request") {
    a.set_response_status(tlm::TLM_OK_RESPONSE);
    breaks("BP-6", [&] { request(a); });
}
TEST_CASE_METHOD(Bench, "BP-7 status of a response") {
    SECTION("four phases") {
        request(a);
        breaks("BP-7", [&] { target.send(a, BEGIN_RESP); });
    }
    SECTION("early completion") {
        target.answer = [](Payload&, Phase&, Time_&) { return tlm::TLM_COMPLETED; };
        breaks("BP-7", [&] { request(a); });
    }
    SECTION("blocking") {
        sc_core::sc_time delay;
        breaks("BP-7", [&] { initiator.socket->b_transport(a, delay); });
    }
}
TEST_CASE_METHOD(Bench, "BP-8 data and streaming width") {
    SECTION("no buffer") {
        a.set_data_ptr(nullptr);
    }
    SECTION("no bytes") {
        a.set_data_length(0);
    }
    SECTION("no streaming width") {
        a.set_streaming_width(0);
    }
    breaks("BP-8", [&] { request(a); });
}
TEST_CASE_METHOD(Bench, "BP-9 byte enables") {
    unsigned char enable = 0xff;
    a.set_byte_enable_ptr(&enable);
    a.set_byte_enable_length(0);
    breaks("BP-9", [&] { request(a); });
}
TEST_CASE_METHOD(Bench, "BP-10 attributes stay") {
    request(a);
    SECTION("length") {
        a.set_data_length(16);
    }
    SECTION("command") {
        a.set_write();
    }
    SECTION("buffer") {
        a.set_data_ptr(b.get_data_ptr());
    }
    SECTION("streaming width") {
        a.set_streaming_width(8);
    }
    breaks("BP-10", [&] { respond(a); });
}
TEST_CASE_METHOD(Bench, "BP-11 DMI hint") {
    a.set_dmi_allowed(true);
    breaks("BP-11", [&] { request(a); });
}
TEST_CASE_METHOD(Bench, "BP-12 time of phases") {
    a.set_read();
    initiator.send(a, BEGIN_REQ, sc_core::sc_time(10, sc_core::SC_NS));
    breaks("BP-12", [&] { target.send(a, END_REQ, sc_core::sc_time(9, sc_core::SC_NS)); });
}
TEST_CASE_METHOD(Bench, "BP-13 extensions") {
    Label label;
    a.set_extension(&label);
    request(a);
    a.clear_extension(&label);
    breaks("BP-13", [&] { respond(a); });
}
TEST_CASE_METHOD(Bench, "BP-14 everything ends") {
    request(a);
    breaks("BP-14", [&] { checker.finish(); });
}
TEST_CASE_METHOD(Bench, "BP-15 no reuse under way") {
    request(a);
    target.send(a, END_REQ);
    breaks("BP-15", [&] { request(a); });
}
TEST_CASE_METHOD(Bench, "BP-16 debug count") {
    target.debug = [](Payload&) { return 33U; };
    breaks("BP-16", [&] { initiator.socket->transport_dbg(a); });
}
