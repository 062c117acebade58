// SPDX-License-Identifier: Apache-2.0
// A TLM-2.0 memory as anybody would write it: it uses nothing of vrsim, and so shows that a foreign
// target can stand in for ours. Four-phase, LT and debug. Responses come in the order in which they
// are ready.
#pragma once

#include <tlm_utils/peq_with_cb_and_phase.h>
#include <tlm_utils/simple_target_socket.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <systemc>
#include <tlm>
#include <vector>

namespace foreign {

TLM_DECLARE_EXTENDED_PHASE(kReadyPhase);  // internal to the queue below

struct MemoryTiming {
    double accept_ns = 1;   ///< BEGIN_REQ to END_REQ
    double access_ns = 20;  ///< END_REQ to BEGIN_RESP
    double odd_block_ns =
        0;  ///< added when bit 8 of the address is set: gives out-of-order responses
};

class PlainMemory : public sc_core::sc_module {
  public:
    tlm_utils::simple_target_socket<PlainMemory> socket{"socket"};
    std::vector<unsigned char> bytes;
    unsigned largest_in_flight = 0;

    PlainMemory(const sc_core::sc_module_name& name, std::size_t size, MemoryTiming timing = {})
        : sc_core::sc_module(name), bytes(size), timing_(timing), queue_(this, &PlainMemory::due) {
        socket.register_b_transport(this, &PlainMemory::b_transport);
        socket.register_nb_transport_fw(this, &PlainMemory::nb_transport_fw);
        socket.register_transport_dbg(this, &PlainMemory::transport_dbg);
    }

  private:
    using Payload = tlm::tlm_generic_payload;

    [[nodiscard]] sc_core::sc_time latency(const Payload& payload) const {
        const double odd = (payload.get_address() & 0x100) != 0 ? timing_.odd_block_ns : 0;
        return sc_core::sc_time(timing_.access_ns + odd, sc_core::SC_NS);
    }
    bool access(Payload& payload) {
        if (payload.get_address() + payload.get_data_length() > bytes.size()) {
            payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
            return false;
        }
        unsigned char* const place = bytes.data() + payload.get_address();
        if (payload.is_read()) {
            std::memcpy(payload.get_data_ptr(), place, payload.get_data_length());
        } else if (payload.is_write()) {
            std::memcpy(place, payload.get_data_ptr(), payload.get_data_length());
        }
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
        return true;
    }
    void b_transport(Payload& payload, sc_core::sc_time& delay) {
        access(payload);
        delay += sc_core::sc_time(timing_.accept_ns, sc_core::SC_NS) + latency(payload);
    }
    unsigned int transport_dbg(Payload& payload) {
        return access(payload) ? payload.get_data_length() : 0;
    }
    tlm::tlm_sync_enum nb_transport_fw(Payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) {
        if (phase == tlm::BEGIN_REQ) {
            payload.acquire();
        }
        queue_.notify(payload, phase, delay);
        return tlm::TLM_ACCEPTED;
    }
    void due(Payload& payload, const tlm::tlm_phase& phase) {
        if (phase == tlm::BEGIN_REQ) {
            queue_.notify(payload, tlm::tlm_phase(tlm::END_REQ),
                          sc_core::sc_time(timing_.accept_ns, sc_core::SC_NS));
        } else if (phase == tlm::END_REQ) {
            tlm::tlm_phase back = tlm::END_REQ;
            sc_core::sc_time zero;
            largest_in_flight = std::max(largest_in_flight, ++in_flight_);
            socket->nb_transport_bw(payload, back, zero);
            queue_.notify(payload, kReadyPhase, latency(payload));
        } else if (phase == tlm::END_RESP) {
            end_response(payload);
        } else {
            access(payload);
            ready_.push_back(&payload);
            respond();
        }
    }
    void respond() {
        if (!responding_ && !ready_.empty()) {
            responding_ = true;
            Payload& payload = *ready_.front();
            ready_.pop_front();
            tlm::tlm_phase phase = tlm::BEGIN_RESP;
            sc_core::sc_time zero;
            const auto result = socket->nb_transport_bw(payload, phase, zero);
            if (result != tlm::TLM_ACCEPTED) {
                end_response(payload);
            }
        }
    }
    void end_response(Payload& payload) {
        --in_flight_;
        responding_ = false;
        payload.release();
        respond();
    }

    MemoryTiming timing_;
    tlm_utils::peq_with_cb_and_phase<PlainMemory> queue_;
    std::deque<Payload*> ready_;
    unsigned in_flight_ = 0;
    bool responding_ = false;
};

}  // namespace foreign
