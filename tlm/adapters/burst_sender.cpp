// SPDX-License-Identifier: Apache-2.0
#include "tlm/adapters/burst_sender.h"

#include <utility>

namespace vr {

BurstSender::BurstSender(Alarm& alarm, std::function<void(tlm::tlm_generic_payload&)> answered)
    : alarm_(alarm), answered_(std::move(answered)), answers_("answers", this, &BurstSender::take) {
    out.bind(static_cast<tlm::tlm_bw_transport_if<>&>(*this));
}

void BurstSender::send(tlm::tlm_generic_payload& payload) {
    request_ = &payload;
    ++bursts_;
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay;
    const auto result = out->nb_transport_fw(payload, phase, delay);
    if (result == tlm::TLM_COMPLETED) {
        phase = tlm::END_RESP;  // no further phase: the answer comes after the annotated delay
    }
    if (result != tlm::TLM_ACCEPTED) {
        answers_.notify(payload, phase, delay);
    }
}

tlm::tlm_sync_enum BurstSender::nb_transport_bw(tlm::tlm_generic_payload& payload,
                                                tlm::tlm_phase& phase, sc_core::sc_time& delay) {
    answers_.notify(payload, phase, delay);
    return tlm::TLM_ACCEPTED;
}

void BurstSender::take(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase) {
    if (request_ == &payload) {
        request_ = nullptr;  // a response says END_REQ too
    }
    if (phase == tlm::BEGIN_RESP) {
        tlm::tlm_phase end = tlm::END_RESP;
        sc_core::sc_time delay;
        out->nb_transport_fw(payload, end, delay);
    }
    if (phase == tlm::BEGIN_RESP || phase == tlm::END_RESP) {
        answered_(payload);
    }
    alarm_.arm(alarm_.scale().now());
}

}  // namespace vr
