// SPDX-License-Identifier: Apache-2.0
// What both adapters share: plain bursts from pieces of descriptors, and status from one protocol
// to the other. Not modelled: byte enables and streaming; neither adapter makes any.
#pragma once

#include <cstdint>

#include "tlm/protocols/bulk/types.h"

namespace vr {

/// Fills a payload for one piece of a transaction; `offset` is where its bytes lie in the
/// transaction's data. Write data are copied in. A write without data becomes TLM_IGNORE_COMMAND.
void fill_burst(tlm::tlm_generic_payload& payload, const BulkTransaction& transaction,
                const Access& access, std::uint64_t offset);
/// Copies read data back, if the transaction carries data.
void take_burst(const tlm::tlm_generic_payload& payload, BulkTransaction& transaction,
                std::uint64_t offset);

[[nodiscard]] BulkStatus bulk_status(tlm::tlm_response_status status);
[[nodiscard]] tlm::tlm_response_status base_status(BulkStatus status);

}  // namespace vr
