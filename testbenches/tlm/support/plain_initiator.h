// SPDX-License-Identifier: Apache-2.0
// A TLM-2.0 initiator as anybody would write it: a list of accesses, four phases, each sent as soon
// as its time has come and the one before was accepted. Uses vrsim's payload pool and nothing else
// of vrsim.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <cstring>
#include <deque>
#include <map>
#include <systemc>
#include <tlm>
#include <vector>

#include "tlm/memory_manager.h"

namespace foreign {

struct PlainAccess {
    tlm::tlm_command command = tlm::TLM_READ_COMMAND;
    std::uint64_t address = 0;
    std::vector<unsigned char> data;  ///< written, or overwritten by what was read
    tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;
    sc_core::sc_time accepted;
    sc_core::sc_time done;
    sc_core::sc_time not_before = {};
};

class PlainInitiator : public sc_core::sc_module {
  public:
    tlm_utils::simple_initiator_socket<PlainInitiator> socket{"socket"};
    std::deque<PlainAccess> accesses;
    vr::PayloadPool pool;

    explicit PlainInitiator(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        socket.register_nb_transport_bw(this, &PlainInitiator::nb_transport_bw);
        SC_HAS_PROCESS(PlainInitiator);
        SC_METHOD(step);
        sensitive << event_;
    }
    /// The payload of an access, to be released by the caller.
    tlm::tlm_generic_payload& payload_of(const PlainAccess& access) {
        auto& payload = pool.acquire(static_cast<unsigned>(access.data.size()));
        payload.set_command(access.command);
        payload.set_address(access.address);
        std::memcpy(payload.get_data_ptr(), access.data.data(), access.data.size());
        return payload;
    }

  private:
    void step() {
        for (tlm::tlm_generic_payload* payload : to_end_) {
            tlm::tlm_phase phase = tlm::END_RESP;
            sc_core::sc_time delay;
            socket->nb_transport_fw(*payload, phase, delay);
            payload->release();
        }
        to_end_.clear();
        if (!requesting_ && sent_ < accesses.size()) {
            if (accesses[sent_].not_before > sc_core::sc_time_stamp()) {
                event_.notify(accesses[sent_].not_before - sc_core::sc_time_stamp());
                return;
            }
            tlm::tlm_generic_payload& payload = payload_of(accesses[sent_]);
            under_way_[&payload] = sent_++;
            requesting_ = true;
            tlm::tlm_phase phase = tlm::BEGIN_REQ;
            sc_core::sc_time delay;
            socket->nb_transport_fw(payload, phase, delay);
        }
    }
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time&) {
        PlainAccess& access = accesses[under_way_.at(&payload)];
        if (phase == tlm::END_REQ) {
            requesting_ = false;
            access.accepted = sc_core::sc_time_stamp();
        } else {
            access.status = payload.get_response_status();
            access.done = sc_core::sc_time_stamp();
            if (payload.is_read()) {
                std::memcpy(access.data.data(), payload.get_data_ptr(), access.data.size());
            }
            under_way_.erase(&payload);
            to_end_.push_back(&payload);
        }
        event_.notify(sc_core::SC_ZERO_TIME);
        return tlm::TLM_ACCEPTED;
    }
    std::map<tlm::tlm_generic_payload*, std::size_t> under_way_;
    std::vector<tlm::tlm_generic_payload*> to_end_;
    std::size_t sent_ = 0;
    bool requesting_ = false;
    sc_core::sc_event event_;
};

}  // namespace foreign
