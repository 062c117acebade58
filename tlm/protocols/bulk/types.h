// SPDX-License-Identifier: Apache-2.0
// The bulk protocol: one transaction is a whole descriptor, answered by completion templates.
// Rules: README.md. Not modelled: DMI.
#pragma once

#include <cstdint>
#include <string_view>
#include <systemc>
#include <tlm>

#include "models/transport/completion_template.h"
#include "models/transport/descriptor.h"
#include "tlm/memory_manager.h"
#include "tlm/recorders/socket_recording.h"

namespace vr {

/// How a bulk transaction ended.
enum class BulkStatus : std::uint8_t {
    kIncomplete,  ///< not answered yet
    kOk,
    kAddressError,  ///< some byte lies outside the target
    kCommandError,  ///< the target cannot do this direction
    kGenericError,
};

/// One descriptor on its way. The initiator fills descriptor and data, the target the rest.
struct BulkTransaction : Pooled<BulkTransaction> {
    Descriptor descriptor;
    /// The bytes that are read or written, packed in the order of the descriptor; null when timing
    /// is all that counts.
    unsigned char* data = nullptr;
    std::uint64_t data_bytes = 0;  ///< size of the buffer: 0, or all bytes of the descriptor
    BulkStatus status = BulkStatus::kIncomplete;
    /// What the call with BEGIN_RESP or kBulkSegment tells. Valid during that call only.
    CompletionTemplate segment;
    /// All segments so far, gathered. Complete at END_RESP and after b_transport.
    CompletionTemplate response;

    /// For the target: makes `part` the segment of the coming call and adds it to the response.
    void tell(CompletionTemplate part);
    /// For the target: the coming call tells of a failure and carries no segment.
    void fail(BulkStatus why);
    /// As new; the pool calls it.
    void clear();
};

/// Whether two descriptors ask for the same work under the same id. Causes are left out.
[[nodiscard]] bool same_work(const Descriptor& a, const Descriptor& b);

/// A further segment of a response, backward, after BEGIN_RESP. Private to this protocol.
TLM_DECLARE_EXTENDED_PHASE(kBulkSegment);

/// Protocol types: sockets of other protocols do not bind.
struct BulkTypes {
    using tlm_payload_type = BulkTransaction;
    using tlm_phase_type = tlm::tlm_phase;
};

using BulkForwardInterface = tlm::tlm_fw_transport_if<BulkTypes>;
using BulkBackwardInterface = tlm::tlm_bw_transport_if<BulkTypes>;
using BulkInitiatorSocket = tlm::tlm_initiator_socket<32, BulkTypes>;
using BulkTargetSocket = tlm::tlm_target_socket<32, BulkTypes>;
using BulkPool = TransactionPool<BulkTransaction>;

/// The word for a status in messages.
[[nodiscard]] std::string_view bulk_status_name(BulkStatus status);
/// For tlm/recorders.
[[nodiscard]] TransactionLabel transaction_label(const BulkTransaction& transaction);

}  // namespace vr
