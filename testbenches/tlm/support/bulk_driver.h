// SPDX-License-Identifier: Apache-2.0
// A bulk initiator for tests: sends descriptors one after another as fast as the target accepts
// them, keeps what came back, and ends each transaction at its last completion. Not modelled: use
// of the data.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <systemc>
#include <utility>
#include <vector>

#include "tlm/protocols/bulk/types.h"
#include "tlm/time_scale.h"

namespace vr {

/// One descriptor's life as the initiator saw it.
struct BulkResult {
    Descriptor descriptor;
    std::vector<unsigned char> data;
    BulkStatus status = BulkStatus::kIncomplete;
    Time begin;
    Time accepted;
    Time end;
    int segments = 0;
    std::vector<Completion> completions;  // from the segments, one by one
    CompletionTemplate response;          // as the target gathered it
};

class BulkDriver : public sc_core::sc_module, private BulkBackwardInterface {
  public:
    BulkInitiatorSocket out{"out"};
    std::deque<BulkResult> results;  // in order of submit()

    explicit BulkDriver(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        out.bind(static_cast<BulkBackwardInterface&>(*this));
        SC_HAS_PROCESS(BulkDriver);
        SC_METHOD(step);
        sensitive << alarm_.event();
    }
    /// `data` is what a write writes; for a read, a buffer of the right size; empty: timing only.
    void submit(Descriptor descriptor, std::vector<unsigned char> data) {
        results.push_back({});
        results.back().descriptor = std::move(descriptor);
        results.back().data = std::move(data);
        alarm_.arm(alarm_.scale().now());
    }
    BulkTransaction& transaction_of(BulkResult& result) {
        BulkTransaction& transaction = pool_.acquire();
        transaction.descriptor = result.descriptor;
        transaction.data = result.data.empty() ? nullptr : result.data.data();
        transaction.data_bytes = result.data.size();
        return transaction;
    }
    [[nodiscard]] bool done() const {
        return sent_ == results.size() && open_.empty() && pool_.outstanding() == 0;
    }

  private:
    void step() {
        const Time now = alarm_.scale().now();
        for (auto it = open_.begin(); it != open_.end();) {
            it = it->second.ready && it->second.last <= now ? finish(it) : std::next(it);
        }
        while (!requesting_ && sent_ < results.size()) {
            BulkResult& result = results[sent_];
            BulkTransaction& transaction = transaction_of(result);
            open_[sent_++] = {&transaction, Time{}, false};
            result.begin = now;
            requesting_ = true;
            tlm::tlm_phase phase = tlm::BEGIN_REQ;
            sc_core::sc_time delay;
            if (out->nb_transport_fw(transaction, phase, delay) == tlm::TLM_UPDATED) {
                requesting_ = false;
                result.accepted = now;
            }
        }
        for (const auto& [number, open] : open_) {
            if (open.ready) {
                alarm_.arm(open.last);
            }
        }
    }
    struct Open {
        BulkTransaction* transaction = nullptr;
        Time last;
        bool ready = false;
    };
    using OpenMap = std::map<std::size_t, Open>;
    OpenMap::iterator finish(OpenMap::iterator it) {
        BulkTransaction& transaction = *it->second.transaction;
        BulkResult& result = results[it->first];
        result.response = transaction.response;
        result.end = alarm_.scale().now();
        tlm::tlm_phase phase = tlm::END_RESP;
        sc_core::sc_time delay;
        out->nb_transport_fw(transaction, phase, delay);
        transaction.release();
        return open_.erase(it);
    }
    tlm::tlm_sync_enum nb_transport_bw(BulkTransaction& transaction, tlm::tlm_phase& phase,
                                       sc_core::sc_time&) override {
        auto it = open_.begin();
        while (it->second.transaction != &transaction) {
            ++it;
        }
        BulkResult& result = results[it->first];
        if (phase == tlm::END_REQ) {
            requesting_ = false;
            result.accepted = alarm_.scale().now();
            alarm_.arm(result.accepted);
            return tlm::TLM_ACCEPTED;
        }
        ++result.segments;
        result.status = transaction.status;
        transaction.segment.for_each(
            [&result](const Completion& one) { result.completions.push_back(one); });
        it->second.ready =
            transaction.segment.empty() || result.completions.size() == result.descriptor.items();
        if (it->second.ready) {
            it->second.last = transaction.segment.empty() ? Time{} : transaction.segment.last();
            alarm_.arm(it->second.last);
        }
        return tlm::TLM_ACCEPTED;
    }
    void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}

    BulkPool pool_;
    OpenMap open_;
    std::size_t sent_ = 0;
    bool requesting_ = false;
    Alarm alarm_{"alarm"};
};

}  // namespace vr
