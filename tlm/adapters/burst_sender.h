// SPDX-License-Identifier: Apache-2.0
// Sends plain bursts of the TLM-2.0 base protocol and gathers their answers: the initiator side of
// every adapter that has a foreign memory behind it. Not modelled: DMI.
#pragma once

#include <tlm_utils/peq_with_cb_and_phase.h>

#include <functional>
#include <systemc>
#include <tlm>

#include "tlm/memory_manager.h"
#include "tlm/time_scale.h"

namespace vr {

/// Four phases: one request waits for its END_REQ, any number for their responses. To be made
/// within the constructor of the module that owns it, whose `alarm` rings after every answer.
class BurstSender final : private tlm::tlm_bw_transport_if<> {
  public:
    tlm::tlm_initiator_socket<> out{"out"};

    /// `answered` is told of each burst once, at the time of its response and after END_RESP; it
    /// releases the payload.
    BurstSender(Alarm& alarm, std::function<void(tlm::tlm_generic_payload&)> answered);
    /// A payload of `bytes` bytes from the sender's pool.
    tlm::tlm_generic_payload& acquire(unsigned int bytes) { return pool_.acquire(bytes); }
    /// No request waits for its END_REQ.
    [[nodiscard]] bool ready() const { return request_ == nullptr; }
    /// Sends a burst; the sender must be ready.
    void send(tlm::tlm_generic_payload& payload);
    /// Bursts sent so far with send(), and payloads that somebody still holds.
    [[nodiscard]] std::uint64_t bursts() const { return bursts_; }
    [[nodiscard]] std::size_t outstanding() const { return pool_.outstanding(); }

  private:
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override;
    void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}
    void take(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase);

    Alarm& alarm_;
    std::function<void(tlm::tlm_generic_payload&)> answered_;
    PayloadPool pool_;
    const tlm::tlm_generic_payload* request_ = nullptr;  // waits for END_REQ
    tlm_utils::peq_with_cb_and_phase<BurstSender> answers_;
    std::uint64_t bursts_ = 0;
};

}  // namespace vr
