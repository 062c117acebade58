// SPDX-License-Identifier: Apache-2.0
// HBM4 as TLM-2.0 modules with contents: one that takes bulk descriptors, one that takes plain
// bursts of the base protocol from any initiator. They hold no timing rule of their own.
// Not modelled: byte enables; the DMI hint (see get_direct_mem_ptr()).
#pragma once

#include <cstdint>
#include <systemc>
#include <vector>

#include "models/hbm4/memory_system/memory_system.h"
#include "models/transport/sparse_memory.h"
#include "tlm/adapters/base_protocol_to_bulk.h"
#include "tlm/protocols/bulk/target.h"

namespace vr {

/// One accepted transaction of Hbm4BulkModule.
struct Hbm4BulkJob : BulkJob {
    using BulkJob::BulkJob;
    CompletionTemplate ready;               // complete, not yet told
    sc_core::sc_event* finished = nullptr;  // of a blocking call
    bool poisoned = false;                  // some of its data are uncorrectable
};

/// One GPU's HBM4 behind a bulk socket. Data move in the order in which descriptors are accepted;
/// the core decides when each item completes. An access that is no whole number of `access_bytes`
/// takes the time of the accesses that it touches. Works at any SystemC resolution: completions are
/// told at the first tick at or after the core's own time, and a request that comes in the tick in
/// which an edge of the core's clock is told comes at that edge.
/// With faults (hbm4.faults), a read that meets an uncorrectable error fills the data with what the
/// cells hold, and ends at its time with a generic error.
/// Back-pressure: accesses wait for the credits of their pseudo-channel, in the order in which they
/// came. A descriptor of one item gets END_REQ when its first access is in the memory.
class Hbm4BulkModule final : public sc_core::sc_module, public BulkTarget<Hbm4BulkJob> {
  public:
    /// Throws InputError when `config` has problems().
    Hbm4BulkModule(const sc_core::sc_module_name& name, const Hbm4Config& config,
                   const MemoryDoorConfig& door = {});
    [[nodiscard]] SparseMemory& contents() { return contents_; }
    [[nodiscard]] MemorySystem& memory() { return memory_; }
    [[nodiscard]] const Hbm4& core() const { return memory_.core(); }
    /// Nothing is under way.
    [[nodiscard]] bool idle() const { return nothing_accepted() && memory_.outstanding() == 0; }

  private:
    using Job = Hbm4BulkJob;
    /// One access in the memory; its token is its place in pieces_.
    struct Piece {
        Job* job = nullptr;
        std::uint64_t item = 0;
        std::uint64_t bytes = 0;
    };
    bool has_room(const BulkTransaction& transaction) override;
    void accepted(Job& job) override;
    void b_transport(BulkTransaction& transaction, sc_core::sc_time& delay) override;
    unsigned int transport_dbg(BulkTransaction& transaction) override;
    /// Grants reading and writing of the sparse page (64 KiB) that the address lies in, and makes
    /// it; pages never move, so no pointer is ever withdrawn. What goes through the pointer takes
    /// no time here: the latencies are those of a pseudo-channel at its peak rate, per byte. It is
    /// for loaders, debuggers and fast-forwarding; no response hints at it, so that nobody skips
    /// the memory's timing without asking for it.
    /// A memory with faults grants none: they would be passed by.
    bool get_direct_mem_ptr(BulkTransaction& transaction, tlm::tlm_dmi& region) override;

    [[nodiscard]] BulkStatus refusal(const Descriptor& descriptor) const;
    [[nodiscard]] MemoryOrder order_of(const Access& access, Direction direction) const;
    void move_data(Job& job);
    ReadSeverity move_data(BulkTransaction& transaction, const MemoryUse& use);
    void advance();
    void completed(const MemoryCompletion& completion);
    void step();
    void tell(Time now);
    void issue();
    void send(Job& job, MemoryOrder order);

    SparseMemory contents_;  // outlives the memory that holds it
    MemorySystem memory_;
    std::size_t most_jobs_;  // with an answer that the initiator does not take
    std::vector<Piece> pieces_;
    std::vector<std::uint32_t> free_;
};

/// The same behind a socket of the TLM-2.0 base protocol: four phases, LT, debug and DMI. END_REQ
/// of a burst comes when it is in the memory.
class Hbm4Module final : public sc_core::sc_module {
  private:
    BaseProtocolToBulk adapter_{"adapter"};
    Hbm4BulkModule memory_;

  public:
    tlm::tlm_target_socket<>& in = adapter_.in;

    Hbm4Module(const sc_core::sc_module_name& name, const Hbm4Config& config,
               const MemoryDoorConfig& door = {});
    [[nodiscard]] SparseMemory& contents() { return memory_.contents(); }
    [[nodiscard]] MemorySystem& memory() { return memory_.memory(); }
    [[nodiscard]] const Hbm4& core() const { return memory_.core(); }
    [[nodiscard]] bool idle() const { return adapter_.idle() && memory_.idle(); }
};

}  // namespace vr
