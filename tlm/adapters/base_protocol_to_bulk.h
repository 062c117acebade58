// SPDX-License-Identifier: Apache-2.0
// Plain bursts of the TLM-2.0 base protocol into bulk descriptors of one item each, so that any
// TLM-2.0 initiator can reach a bulk target. Not modelled: byte enables
// (TLM_BYTE_ENABLE_ERROR_RESPONSE), streaming (TLM_BURST_ERROR_RESPONSE); the adapter itself takes
// no time.
#pragma once

#include <tlm_utils/peq_with_cb_and_phase.h>

#include <cstdint>
#include <deque>
#include <map>
#include <systemc>

#include "tlm/protocols/bulk/types.h"

namespace vr {

/// END_REQ follows the bulk target's END_REQ (its back-pressure reaches the initiator), BEGIN_RESP
/// comes when the last byte has completed, and the bulk END_RESP goes out with the initiator's.
/// TLM_IGNORE_COMMAND is answered at once.
class BaseProtocolToBulk final : public sc_core::sc_module,
                                 private tlm::tlm_fw_transport_if<>,
                                 private BulkBackwardInterface {
  public:
    tlm::tlm_target_socket<> in{"in"};
    BulkInitiatorSocket out{"out"};

    /// `credit_group` and `credit_bytes` go into every descriptor (see Descriptor).
    explicit BaseProtocolToBulk(const sc_core::sc_module_name& name, std::uint32_t credit_group = 0,
                                std::uint64_t credit_bytes = 0);
    /// Nothing is under way and every transaction is back.
    [[nodiscard]] bool idle() const { return under_way_.empty() && pool_.outstanding() == 0; }

  private:
    using Payload = tlm::tlm_generic_payload;
    tlm::tlm_sync_enum nb_transport_fw(Payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override;
    void b_transport(Payload& payload, sc_core::sc_time& delay) override;
    unsigned int transport_dbg(Payload& payload) override;
    bool get_direct_mem_ptr(Payload& payload, tlm::tlm_dmi& region) override;
    tlm::tlm_sync_enum nb_transport_bw(BulkTransaction& transaction, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override;
    void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) override;

    static tlm::tlm_response_status refusal(const Payload& payload);
    BulkTransaction& describe(Payload& payload);
    void arrived(Payload& payload, const tlm::tlm_phase& phase);
    void begin(Payload& payload);
    void end_request(Payload& payload);
    void respond();
    void end_response(Payload& payload);

    std::uint32_t credit_group_;
    std::uint64_t credit_bytes_;
    std::uint64_t next_id_ = 1;
    BulkPool pool_;
    std::map<Payload*, BulkTransaction*> under_way_;  // looked up by key only
    std::map<const BulkTransaction*, Payload*> origin_;
    std::deque<Payload*> ready_;  // complete, waiting for the response channel
    bool responding_ = false;
    tlm_utils::peq_with_cb_and_phase<BaseProtocolToBulk> arrivals_;
};

}  // namespace vr
