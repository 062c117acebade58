// SPDX-License-Identifier: Apache-2.0
// HBM4 as TLM-2.0 modules with contents: one that takes bulk descriptors, one that takes plain
// bursts of the base protocol from any initiator. They hold no timing rule of their own.
// Not modelled: DMI (a module that answered it would skip its own timing); byte enables.
#pragma once

#include <cstdint>
#include <deque>
#include <systemc>
#include <vector>

#include "models/hbm4/hbm4.h"
#include "models/transport/sparse_memory.h"
#include "tlm/adapters/base_protocol_to_bulk.h"
#include "tlm/protocols/bulk/target.h"

namespace vr {

/// One accepted transaction of Hbm4BulkModule.
struct Hbm4BulkJob : BulkJob {
    using BulkJob::BulkJob;
    CompletionTemplate ready;               // complete, not yet told
    sc_core::sc_event* finished = nullptr;  // of a blocking call
};

/// One GPU's HBM4 behind a bulk socket. Data move in the order in which descriptors are accepted;
/// the core decides when each item completes. An access that is no whole number of `access_bytes`
/// takes the time of the accesses that it touches. Works at any SystemC resolution: completions are
/// told at the first tick at or after the core's own time.
class Hbm4BulkModule final : public sc_core::sc_module,
                             public BulkTarget<Hbm4BulkJob>,
                             private PortSink<MemoryResponse> {
  public:
    /// Throws InputError when `config` has problems(). `window`: accesses of at most one
    /// interleaving block that may be in the memory at once; 0: what keeps all queues full.
    Hbm4BulkModule(const sc_core::sc_module_name& name, const Hbm4Config& config,
                   std::int64_t window = 0);
    [[nodiscard]] SparseMemory& contents() { return contents_; }
    [[nodiscard]] const Hbm4& core() const { return core_; }
    /// Nothing is under way.
    [[nodiscard]] bool idle() const { return nothing_accepted() && in_core_ == 0; }

  private:
    using Job = Hbm4BulkJob;
    /// One access in the core; its tag is its place in pieces_.
    struct Piece {
        Job* job = nullptr;
        std::uint64_t item = 0;
        std::uint64_t bytes = 0;
    };
    struct Due {
        Time at;
        std::uint32_t tag;
    };
    void accepted(Job& job) override;
    void b_transport(BulkTransaction& transaction, sc_core::sc_time& delay) override;
    unsigned int transport_dbg(BulkTransaction& transaction) override;
    void deliver(Stamped<MemoryResponse>&& stamped) override;

    [[nodiscard]] BulkStatus refusal(const Descriptor& descriptor) const;
    void move_data(BulkTransaction& transaction);
    void step();
    void take_responses(Time now);
    void tell(Time now);
    void issue(Time now);
    void send(Job& job, Time now);
    void arm_next(Time now);

    Attribution attribution_;
    OwnerId initiator_;
    Hbm4 core_;
    Clock clock_;
    std::int64_t known_ahead_;  // CK for which all responses are known
    std::int64_t window_;
    SparseMemory contents_;
    std::vector<Piece> pieces_;
    std::vector<std::uint32_t> free_;
    std::deque<Due> due_;  // responses that the core told, in order
    std::int64_t in_core_ = 0;
    std::uint64_t sequence_ = 0;
};

/// The same behind a socket of the TLM-2.0 base protocol: four phases, LT and debug.
class Hbm4Module final : public sc_core::sc_module {
  private:
    BaseProtocolToBulk adapter_{"adapter"};
    Hbm4BulkModule memory_;

  public:
    tlm::tlm_target_socket<>& in = adapter_.in;

    Hbm4Module(const sc_core::sc_module_name& name, const Hbm4Config& config,
               std::int64_t window = 0);
    [[nodiscard]] SparseMemory& contents() { return memory_.contents(); }
    [[nodiscard]] const Hbm4& core() const { return memory_.core(); }
    [[nodiscard]] bool idle() const { return adapter_.idle() && memory_.idle(); }
};

}  // namespace vr
