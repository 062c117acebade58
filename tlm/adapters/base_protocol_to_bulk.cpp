// SPDX-License-Identifier: Apache-2.0
#include "tlm/adapters/base_protocol_to_bulk.h"

#include "tlm/adapters/burst.h"

namespace vr {

namespace {
TLM_DECLARE_EXTENDED_PHASE(kComplete);  // within arrivals_ only: the last byte has completed
}  // namespace

BaseProtocolToBulk::BaseProtocolToBulk(const sc_core::sc_module_name& name,
                                       std::uint32_t credit_group, std::uint64_t credit_bytes)
    : sc_core::sc_module(name),
      credit_group_(credit_group),
      credit_bytes_(credit_bytes),
      arrivals_("arrivals", this, &BaseProtocolToBulk::arrived) {
    in.bind(static_cast<tlm::tlm_fw_transport_if<>&>(*this));
    out.bind(static_cast<BulkBackwardInterface&>(*this));
}

tlm::tlm_response_status BaseProtocolToBulk::refusal(const Payload& payload) {
    if (payload.get_byte_enable_ptr() != nullptr) {
        return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    }
    if (payload.get_streaming_width() < payload.get_data_length()) {
        return tlm::TLM_BURST_ERROR_RESPONSE;
    }
    // An IGNORE command asks for no data: it is done.
    return payload.get_command() == tlm::TLM_IGNORE_COMMAND ? tlm::TLM_OK_RESPONSE
                                                            : tlm::TLM_INCOMPLETE_RESPONSE;
}

BulkTransaction& BaseProtocolToBulk::describe(Payload& payload) {
    BulkTransaction& transaction = pool_.acquire();
    Descriptor& descriptor = transaction.descriptor;
    descriptor.id = next_id_++;
    descriptor.base = payload.get_address();
    descriptor.bytes = payload.get_data_length();
    descriptor.direction = payload.is_read() ? Direction::kRead : Direction::kWrite;
    descriptor.credit_group = credit_group_;
    descriptor.credit_bytes = credit_bytes_;
    transaction.data = payload.get_data_ptr();
    transaction.data_bytes = transaction.data == nullptr ? 0 : payload.get_data_length();
    return transaction;
}

tlm::tlm_sync_enum BaseProtocolToBulk::nb_transport_fw(Payload& payload, tlm::tlm_phase& phase,
                                                       sc_core::sc_time& delay) {
    if (phase == tlm::BEGIN_REQ) {
        payload.acquire();
    }
    arrivals_.notify(payload, phase, delay);
    return tlm::TLM_ACCEPTED;
}

void BaseProtocolToBulk::arrived(Payload& payload, const tlm::tlm_phase& phase) {
    if (phase == tlm::BEGIN_REQ) {
        begin(payload);
    } else if (phase == tlm::END_RESP) {
        end_response(payload);
    } else {
        ensure(phase == kComplete, "{}: unexpected phase {}", name(), phase.get_name());
        ready_.push_back(&payload);
        respond();
    }
}

void BaseProtocolToBulk::begin(Payload& payload) {
    const tlm::tlm_response_status refused = refusal(payload);
    if (refused != tlm::TLM_INCOMPLETE_RESPONSE) {
        payload.set_response_status(refused);
        under_way_[&payload] = nullptr;
        end_request(payload);
        ready_.push_back(&payload);
        respond();
        return;
    }
    BulkTransaction& transaction = describe(payload);
    under_way_[&payload] = &transaction;
    origin_[&transaction] = &payload;
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay;
    if (out->nb_transport_fw(transaction, phase, delay) == tlm::TLM_UPDATED) {
        end_request(payload);
    }
}

void BaseProtocolToBulk::end_request(Payload& payload) {
    tlm::tlm_phase phase = tlm::END_REQ;
    sc_core::sc_time delay;
    in->nb_transport_bw(payload, phase, delay);
}

tlm::tlm_sync_enum BaseProtocolToBulk::nb_transport_bw(BulkTransaction& transaction,
                                                       tlm::tlm_phase& phase, sc_core::sc_time&) {
    const auto found = origin_.find(&transaction);
    ensure(found != origin_.end(), "{}: {} of an unknown transaction", name(), phase.get_name());
    Payload& payload = *found->second;
    if (phase == tlm::END_REQ) {
        end_request(payload);
        return tlm::TLM_ACCEPTED;
    }
    // One item: the first segment is all of it, and it starts, so ends, now.
    payload.set_response_status(base_status(transaction.status));
    arrivals_.notify(payload, kComplete, sc_core::SC_ZERO_TIME);
    return tlm::TLM_ACCEPTED;
}

void BaseProtocolToBulk::respond() {
    while (!responding_ && !ready_.empty()) {
        Payload& payload = *ready_.front();
        ready_.pop_front();
        responding_ = true;
        tlm::tlm_phase phase = tlm::BEGIN_RESP;
        sc_core::sc_time delay;
        const auto result = in->nb_transport_bw(payload, phase, delay);
        if (result != tlm::TLM_ACCEPTED) {
            // The initiator has taken it; an END_RESP in the answer may lie ahead in time.
            arrivals_.notify(payload, tlm::tlm_phase(tlm::END_RESP), delay);
        }
    }
}

void BaseProtocolToBulk::end_response(Payload& payload) {
    const auto found = under_way_.find(&payload);
    ensure(found != under_way_.end(), "{}: END_RESP of an unknown burst", name());
    BulkTransaction* const transaction = found->second;
    under_way_.erase(found);
    if (transaction != nullptr) {
        origin_.erase(transaction);
        tlm::tlm_phase phase = tlm::END_RESP;
        sc_core::sc_time delay;
        out->nb_transport_fw(*transaction, phase, delay);
        transaction->release();
    }
    payload.release();
    responding_ = false;
    respond();
}

void BaseProtocolToBulk::b_transport(Payload& payload, sc_core::sc_time& delay) {
    const tlm::tlm_response_status refused = refusal(payload);
    if (refused != tlm::TLM_INCOMPLETE_RESPONSE) {
        payload.set_response_status(refused);
        return;
    }
    BulkTransaction& transaction = describe(payload);
    out->b_transport(transaction, delay);
    payload.set_response_status(base_status(transaction.status));
    transaction.release();
}

unsigned int BaseProtocolToBulk::transport_dbg(Payload& payload) {
    if (payload.get_command() == tlm::TLM_IGNORE_COMMAND || payload.get_data_length() == 0) {
        return 0;
    }
    BulkTransaction& transaction = describe(payload);
    const unsigned int count = out->transport_dbg(transaction);
    transaction.release();
    return count;
}

bool BaseProtocolToBulk::get_direct_mem_ptr(Payload& payload, tlm::tlm_dmi& region) {
    BulkTransaction& transaction = describe(payload);
    const bool granted = out->get_direct_mem_ptr(transaction, region);
    transaction.release();
    return granted;
}

void BaseProtocolToBulk::invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) {
    in->invalidate_direct_mem_ptr(first, last);
}

}  // namespace vr
