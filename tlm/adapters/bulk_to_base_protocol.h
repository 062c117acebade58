// SPDX-License-Identifier: Apache-2.0
// Bulk descriptors into plain bursts of the TLM-2.0 base protocol, so that any TLM-2.0 memory can
// serve them: four phases with a bounded number of bursts under way, completions gathered item by
// item. Not modelled: reductions (answered by kCommandError) and DMI; the adapter itself takes no
// time.
#pragma once

#include <tlm_utils/peq_with_cb_and_phase.h>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <systemc>

#include "tlm/protocols/bulk/credits.h"
#include "tlm/protocols/bulk/types.h"
#include "tlm/time_scale.h"

namespace vr {

struct BulkToBaseProtocolConfig {
    std::uint32_t burst_bytes =
        64;  ///< longest burst, a power of two; no burst crosses a multiple of it
    std::uint32_t outstanding = 8;  ///< bursts under way, from BEGIN_REQ to the response
};

/// Descriptors are served in the order in which they were accepted; their bursts are issued in item
/// order. A write without data is sent as TLM_IGNORE_COMMAND, so that a timing-only run leaves
/// memory contents alone.
class BulkToBaseProtocol final : public sc_core::sc_module,
                                 private BulkForwardInterface,
                                 private tlm::tlm_bw_transport_if<> {
  public:
    BulkTargetSocket in{"in"};
    tlm::tlm_initiator_socket<> out{"out"};

    BulkToBaseProtocol(const sc_core::sc_module_name& name, BulkToBaseProtocolConfig config);
    /// Nothing is under way and every payload and credit is back.
    [[nodiscard]] bool idle() const;
    /// Bursts sent so far, and the most that were under way at once.
    [[nodiscard]] std::uint64_t bursts() const { return bursts_; }
    [[nodiscard]] std::size_t most_under_way() const { return most_under_way_; }

  private:
    /// One accepted transaction.
    struct Job {
        Job(BulkTransaction& its, std::uint64_t burst_bytes)
            : transaction(&its), cursor(its.descriptor, burst_bytes) {}
        BulkTransaction* transaction;
        DescriptorCursor cursor;
        std::uint64_t sent_bytes = 0;
        std::uint64_t under_way = 0;                   // bursts
        std::uint64_t completed = 0;                   // items
        std::map<std::uint64_t, std::uint64_t> left;   // bytes of items that are under way
        Time start = kNever;                           // when its first burst could go
        BulkStatus failure = BulkStatus::kIncomplete;  // of the first burst that failed
        bool responding = false;
        bool answered = false;  // all segments, or the failure, are told
    };
    struct Burst {
        Job* job;
        std::uint64_t item;
        std::uint64_t offset;  // within the transaction's data
    };
    tlm::tlm_sync_enum nb_transport_fw(BulkTransaction& transaction, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override;
    void b_transport(BulkTransaction& transaction, sc_core::sc_time& delay) override;
    unsigned int transport_dbg(BulkTransaction& transaction) override;
    bool get_direct_mem_ptr(BulkTransaction&, tlm::tlm_dmi&) override { return false; }
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override;
    void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}

    bool accept(BulkTransaction& transaction);
    void end_response(BulkTransaction& transaction);
    void issue();
    Job* next_job();
    bool predecessors_done(const Job& job) const;
    void send(Job& job);
    void answered(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase);
    void complete(tlm::tlm_generic_payload& payload, bool end_phase);
    void settle(Job& job);
    void call_back(Job& job);
    tlm::tlm_generic_payload& burst(const BulkTransaction& transaction, const Access& access,
                                    std::uint64_t offset);

    BulkToBaseProtocolConfig config_;
    BulkCredits credits_;
    PayloadPool pool_;
    std::deque<std::unique_ptr<Job>> jobs_;                       // in order of acceptance
    BulkTransaction* waiting_ = nullptr;                          // BEGIN_REQ without credits
    std::map<const tlm::tlm_generic_payload*, Burst> under_way_;  // looked up, never iterated
    const tlm::tlm_generic_payload* request_ = nullptr;           // waits for END_REQ
    tlm_utils::peq_with_cb_and_phase<BulkToBaseProtocol> answers_;
    Alarm alarm_{"alarm"};
    std::uint64_t bursts_ = 0;
    std::size_t most_under_way_ = 0;
};

}  // namespace vr
