// SPDX-License-Identifier: Apache-2.0
// Bulk descriptors into plain bursts of the TLM-2.0 base protocol, so that any TLM-2.0 memory can
// serve them: four phases with a bounded number of bursts under way, completions gathered item by
// item. Not modelled: reductions (answered by kCommandError) and DMI; the adapter itself takes no
// time.
#pragma once

#include <cstdint>
#include <map>
#include <systemc>

#include "tlm/adapters/burst_sender.h"
#include "tlm/protocols/bulk/target.h"

namespace vr {

struct BulkToBaseProtocolConfig {
    std::uint32_t burst_bytes =
        64;  ///< longest burst, a power of two; no burst crosses a multiple of it
    std::uint32_t outstanding = 8;  ///< bursts under way, from BEGIN_REQ to the response
};

/// One accepted transaction of BulkToBaseProtocol.
struct BurstJob : BulkJob {
    using BulkJob::BulkJob;
    std::uint64_t sent_bytes = 0;
    std::uint64_t under_way = 0;  // bursts
};

/// Descriptors are served in the order in which they were accepted; their bursts are issued in item
/// order. A write without data is sent as TLM_IGNORE_COMMAND, so that a timing-only run leaves
/// memory contents alone.
class BulkToBaseProtocol final : public sc_core::sc_module, public BulkTarget<BurstJob> {
    BurstSender sender_;

  public:
    tlm::tlm_initiator_socket<>& out = sender_.out;

    BulkToBaseProtocol(const sc_core::sc_module_name& name, BulkToBaseProtocolConfig config);
    /// Nothing is under way and every payload and credit is back.
    [[nodiscard]] bool idle() const { return nothing_accepted() && sender_.outstanding() == 0; }
    /// Bursts sent so far, and the most that were under way at once.
    [[nodiscard]] std::uint64_t bursts() const { return sender_.bursts() + blocking_bursts_; }
    [[nodiscard]] std::size_t most_under_way() const { return most_under_way_; }

  private:
    struct Burst {
        BurstJob* job;
        std::uint64_t item;
        std::uint64_t offset;  // within the transaction's data
    };
    void accepted(BurstJob& job) override;
    void b_transport(BulkTransaction& transaction, sc_core::sc_time& delay) override;
    unsigned int transport_dbg(BulkTransaction& transaction) override;

    void issue();
    void send(BurstJob& job);
    void complete(tlm::tlm_generic_payload& payload);
    void settle(BurstJob& job);
    tlm::tlm_generic_payload& burst(const BulkTransaction& transaction, const Access& access,
                                    std::uint64_t offset);

    BulkToBaseProtocolConfig config_;
    std::map<const tlm::tlm_generic_payload*, Burst> under_way_;  // looked up, never iterated
    std::uint64_t blocking_bursts_ = 0;
    std::size_t most_under_way_ = 0;
};

}  // namespace vr
