// SPDX-License-Identifier: Apache-2.0
// What a unit asks of its memory (MemoryRequest) as plain bursts of the TLM-2.0 base protocol, so
// that any TLM-2.0 memory can stand behind a cache of ours. Not modelled: contents of reads (the
// unit's own functional memory keeps them); DMI. The adapter itself takes no time.
#pragma once

#include <cstdint>
#include <map>
#include <systemc>

#include "models/base/attribution.h"
#include "models/transport/memory_message.h"
#include "models/transport/port.h"
#include "models/transport/sparse_memory.h"
#include "tlm/adapters/burst_sender.h"
#include "tlm/protocols/message/message_out.h"
#include "tlm/time_scale.h"

namespace vr {

/// The sink of a unit's port for memory requests. Each becomes one burst, in the order of arrival;
/// the memory holds them back by END_REQ and may answer them in any order. Writes carry the bytes
/// that `contents` has at their time. An answer that is not TLM_OK_RESPONSE throws Error.
class MemoryToBaseProtocol final : public sc_core::sc_module, public PortSink<MemoryRequest> {
    Alarm alarm_{"alarm"};
    BurstSender sender_;

  public:
    tlm::tlm_initiator_socket<>& out = sender_.out;
    OutPort<MemoryResponse> responses_out;  ///< back to the unit

    /// `attribution` and `contents` must outlive the module.
    MemoryToBaseProtocol(const sc_core::sc_module_name& name, Attribution& attribution,
                         const SparseMemory& contents);
    void deliver(Stamped<MemoryRequest>&& stamped) override;
    /// Bursts sent so far, and bytes answered.
    [[nodiscard]] std::uint64_t bursts() const { return sender_.bursts(); }
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

  private:
    void issue();
    void send(MemoryRequest&& request);
    void complete(tlm::tlm_generic_payload& payload);

    OwnerId owner_;
    const SparseMemory& contents_;
    InPort<MemoryRequest> requests_;  // may lie ahead of the present
    std::map<const tlm::tlm_generic_payload*, MemoryRequest> under_way_;  // looked up by key only
    std::uint64_t bytes_ = 0;
};

}  // namespace vr
