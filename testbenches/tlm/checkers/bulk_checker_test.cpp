// SPDX-License-Identifier: Apache-2.0
// Question: does the bulk checker let right transactions pass, and does every rule of
// tlm/protocols/bulk/README.md bite?
#include "tlm/checkers/bulk_checker.h"

#include <catch2/catch.hpp>

#include "testbenches/support/fresh_simulation.h"
#include "testbenches/tlm/support/scripted.h"

using namespace vr;
using tlm::BEGIN_REQ;
using tlm::BEGIN_RESP;
using tlm::END_REQ;
using tlm::END_RESP;

namespace {

struct Bench : FreshSimulation, ScriptedBench<BulkChecker> {
    BulkPool pool;
    BulkTransaction& a = make(1);
    BulkTransaction& b = make(2);
    unsigned char buffer[256] = {};

    /// Four items of 64 B in a credit group of 512 B.
    BulkTransaction& make(std::uint64_t id) {
        BulkTransaction& transaction = pool.acquire();
        transaction.descriptor.id = id;
        transaction.descriptor.bytes = 64;
        transaction.descriptor.dimensions[0] = {4, 256};
        transaction.descriptor.credit_group = 3;
        transaction.descriptor.credit_bytes = 512;
        return transaction;
    }
    static void at(std::int64_t time) {
        sc_core::sc_start(sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(time)) -
                          sc_core::sc_time_stamp());
    }
    void request(BulkTransaction& transaction) { initiator.send(transaction, BEGIN_REQ); }
    void accept(BulkTransaction& transaction) { target.send(transaction, END_REQ); }
    void segment(BulkTransaction& transaction, Time first, std::uint64_t item, std::uint64_t items,
                 const tlm::tlm_phase& phase) {
        CompletionTemplate part;
        part.append_periods(first, Time{100}, items, 1, {{Time{}, item}});
        transaction.tell(part);
        target.send(transaction, phase);
    }
    void begin(BulkTransaction& transaction, std::uint64_t items = 4) {
        segment(transaction, scale.now(), 0, items, BEGIN_RESP);
    }
    void more(BulkTransaction& transaction, std::uint64_t item, std::uint64_t items) {
        segment(transaction, scale.now(), item, items, kBulkSegment);
    }
    void end(BulkTransaction& transaction) { initiator.send(transaction, END_RESP); }
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
    TimeScale scale;
};

}  // namespace

TEST_CASE_METHOD(Bench, "right transactions pass, interleaved") {
    b.descriptor.predecessors = {99};  // not under way here: no concern of this socket
    request(a);
    accept(a);
    request(b);
    accept(b);
    at(1000);
    begin(a, 2);
    at(1050);
    begin(b);
    at(1200);
    more(a, 3, 1);  // items may complete out of order
    initiator.answer = [](auto&, auto& phase, auto&) {
        phase = END_RESP;
        return tlm::TLM_UPDATED;
    };
    more(a, 2, 1);
    at(1350);
    end(b);
    checker.finish();
    CHECK(checker.transactions() == 2);
    CHECK(checker.segments() == 4);
    CHECK(a.response.count() == 4);
    CHECK(a.response.last() == Time{1200});
}
TEST_CASE_METHOD(Bench, "an error ends a transaction early") {
    request(a);
    accept(a);
    begin(a, 1);
    a.fail(BulkStatus::kAddressError);
    target.send(a, kBulkSegment);
    end(a);
    checker.finish();
}

TEST_CASE_METHOD(Bench, "BULK-1 one request at a time") {
    request(a);
    breaks("BULK-1", [&] { request(b); });
}
TEST_CASE_METHOD(Bench, "BULK-2 phase order") {
    request(a);
    SECTION("BEGIN_RESP before END_REQ") {
        breaks("BULK-2", [&] { begin(a); });
    }
    SECTION("END_REQ twice") {
        accept(a);
        breaks("BULK-2", [&] { accept(a); });
    }
    SECTION("segment before BEGIN_RESP") {
        accept(a);
        breaks("BULK-2", [&] { more(a, 0, 1); });
    }
    SECTION("BEGIN_RESP twice") {
        accept(a);
        begin(a, 1);
        breaks("BULK-2", [&] { segment(a, Time{}, 1, 1, BEGIN_RESP); });
    }
    SECTION("END_RESP before BEGIN_RESP") {
        accept(a);
        breaks("BULK-2", [&] { end(a); });
    }
    SECTION("wrong way") {
        breaks("BULK-2", [&] { initiator.send(a, END_REQ); });
    }
}
TEST_CASE_METHOD(Bench, "BULK-3 answers") {
    SECTION("request completed at once") {
        target.answer = [](auto&, auto&, auto&) { return tlm::TLM_COMPLETED; };
        breaks("BULK-3", [&] { request(a); });
    }
    SECTION("accepted with another phase") {
        target.answer = [](auto&, auto& phase, auto&) {
            phase = END_REQ;
            return tlm::TLM_ACCEPTED;
        };
        breaks("BULK-3", [&] { request(a); });
    }
    SECTION("END_REQ answered by END_RESP") {
        request(a);
        initiator.answer = [](auto&, auto& phase, auto&) {
            phase = END_RESP;
            return tlm::TLM_UPDATED;
        };
        breaks("BULK-3", [&] { accept(a); });
    }
}
TEST_CASE_METHOD(Bench, "BULK-4 pool") {
    BulkTransaction loose;
    loose.descriptor = a.descriptor;
    breaks("BULK-4", [&] { request(loose); });
}
TEST_CASE_METHOD(Bench, "BULK-5 status") {
    SECTION("of a request") {
        a.status = BulkStatus::kOk;
        breaks("BULK-5", [&] { request(a); });
    }
    SECTION("of a response") {
        request(a);
        accept(a);
        breaks("BULK-5", [&] { target.send(a, BEGIN_RESP); });
    }
    SECTION("of a blocking call") {
        sc_core::sc_time delay;
        breaks("BULK-5", [&] { initiator.socket->b_transport(a, delay); });
    }
}
TEST_CASE_METHOD(Bench, "BULK-6 descriptor and buffer") {
    SECTION("invalid descriptor") {
        a.descriptor.bytes = 0;
    }
    SECTION("short buffer") {
        a.data = buffer;
        a.data_bytes = 255;
    }
    SECTION("size without buffer") {
        a.data_bytes = 256;
    }
    SECTION("id under way") {
        request(b);
        accept(b);
        a.descriptor.id = b.descriptor.id;
    }
    SECTION("two limits for one group") {
        request(b);
        accept(b);
        a.descriptor.credit_bytes = 1024;
    }
    breaks("BULK-6", [&] { request(a); });
}
TEST_CASE_METHOD(Bench, "BULK-7 segments are told when they start") {
    request(a);
    accept(a);
    at(1000);
    SECTION("late") {
        breaks("BULK-7", [&] { segment(a, Time{999}, 0, 4, BEGIN_RESP); });
    }
    SECTION("early") {
        breaks("BULK-7", [&] { segment(a, Time{1001}, 0, 4, BEGIN_RESP); });
    }
}
TEST_CASE_METHOD(Bench, "BULK-8 segments do not overlap") {
    request(a);
    accept(a);
    begin(a, 3);  // until 200
    at(199);
    // BulkTransaction::tell() would refuse it, so the segment is set by hand.
    a.segment = {};
    a.segment.append(Time{199}, 3);
    breaks("BULK-8", [&] { target.send(a, kBulkSegment); });
}
TEST_CASE_METHOD(Bench, "BULK-9 every item completes once") {
    request(a);
    accept(a);
    SECTION("an item that the descriptor lacks") {
        breaks("BULK-9", [&] { begin(a, 5); });
    }
    SECTION("an item twice") {
        begin(a, 2);
        at(300);
        breaks("BULK-9", [&] { more(a, 1, 1); });
    }
    SECTION("items missing") {
        begin(a, 3);
        at(300);
        breaks("BULK-9", [&] { end(a); });
    }
    SECTION("no item with status ok") {
        a.status = BulkStatus::kOk;
        breaks("BULK-9", [&] { target.send(a, BEGIN_RESP); });
    }
    SECTION("a segment after the error") {
        a.fail(BulkStatus::kGenericError);
        target.send(a, BEGIN_RESP);
        breaks("BULK-9", [&] { more(a, 0, 1); });
    }
    SECTION("blocking") {
        target.block = [](BulkTransaction& transaction, sc_core::sc_time&) {
            CompletionTemplate part;
            part.append(Time{}, 0);
            transaction.tell(part);
        };
        sc_core::sc_time delay;
        breaks("BULK-9", [&] { initiator.socket->b_transport(b, delay); });
    }
}
TEST_CASE_METHOD(Bench, "BULK-10 END_RESP after the last completion") {
    SECTION("four phases") {
        request(a);
        accept(a);
        begin(a);  // until 300
        at(299);
        breaks("BULK-10", [&] { end(a); });
    }
    SECTION("blocking") {
        target.block = [](BulkTransaction& transaction, sc_core::sc_time&) {
            CompletionTemplate part;
            part.append_periods(Time{1}, Time{1}, 4, 1, {{Time{}, 0}});
            transaction.tell(part);
        };
        sc_core::sc_time delay(3, sc_core::SC_FS);
        breaks("BULK-10", [&] { initiator.socket->b_transport(a, delay); });
    }
}
TEST_CASE_METHOD(Bench, "BULK-11 under way or not") {
    SECTION("a phase of nothing") {
        breaks("BULK-11", [&] { accept(a); });
    }
    SECTION("a phase after END_RESP") {
        request(a);
        accept(a);
        begin(a);
        at(300);
        end(a);
        breaks("BULK-11", [&] { more(a, 0, 1); });
    }
    SECTION("BEGIN_REQ under way") {
        request(a);
        accept(a);
        breaks("BULK-11", [&] { request(a); });
    }
}
TEST_CASE_METHOD(Bench, "BULK-12 credits") {
    BulkTransaction& c = make(3);  // 3 x 256 B in a group of 512 B
    request(a);
    accept(a);
    request(b);
    accept(b);
    request(c);
    SECTION("a group never gives more than it has") {
        breaks("BULK-12", [&] { accept(c); });
    }
    SECTION("a returned credit can be used again") {
        begin(a);
        at(300);
        end(a);
        accept(c);
        CHECK(checker.breaches().all().empty());
    }
}
TEST_CASE_METHOD(Bench, "BULK-12 a descriptor larger than its group goes alone") {
    a.descriptor.dimensions[0].count = 100;
    request(a);
    accept(a);
    request(b);
    breaks("BULK-12", [&] { accept(b); });
}
TEST_CASE_METHOD(Bench, "BULK-13 no delay") {
    SECTION("of a call") {
        breaks("BULK-13",
               [&] { initiator.send(a, BEGIN_REQ, sc_core::sc_time(1, sc_core::SC_FS)); });
    }
    SECTION("of an answer") {
        target.answer = [](auto&, auto&, auto& delay) {
            delay = sc_core::sc_time(1, sc_core::SC_FS);
            return tlm::TLM_ACCEPTED;
        };
        breaks("BULK-13", [&] { request(a); });
    }
}
TEST_CASE_METHOD(Bench, "BULK-14 nothing changes under way") {
    request(a);
    SECTION("descriptor") {
        a.descriptor.base = 64;
    }
    SECTION("buffer") {
        a.data = buffer;
    }
    breaks("BULK-14", [&] { accept(a); });
}
TEST_CASE_METHOD(Bench, "BULK-15 everything ends") {
    request(a);
    breaks("BULK-15", [&] { checker.finish(); });
}
TEST_CASE_METHOD(Bench, "BULK-16 debug count") {
    target.debug = [](auto&) { return 257U; };
    breaks("BULK-16", [&] { initiator.socket->transport_dbg(a); });
}
TEST_CASE_METHOD(Bench, "BULK-17 predecessors complete first") {
    b.descriptor.predecessors = {a.descriptor.id};
    request(a);
    accept(a);
    request(b);
    accept(b);
    SECTION("not begun") {
        breaks("BULK-17", [&] { begin(b); });
    }
    SECTION("told, but completing later") {
        begin(a);  // until 300
        at(299);
        breaks("BULK-17", [&] { begin(b); });
    }
    SECTION("complete") {
        begin(a);
        at(300);
        begin(b);
        CHECK(checker.segments() == 2);
    }
}
