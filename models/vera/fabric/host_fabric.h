// SPDX-License-Identifier: Apache-2.0
// The host's fabric as far as a GPU sees it: takes what comes over C2C, cuts it into accesses of
// the memory, answers, and rings the GPUs' doorbells. Not modelled: the mesh, L3, coherence, cores
// (see ../DEVIATIONS.md).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "models/base/attribution.h"
#include "models/base/parameter.h"
#include "models/transport/memory_message.h"
#include "models/transport/port.h"
#include "models/transport/remote_message.h"
#include "models/transport/sparse_memory.h"
#include "models/transport/unit.h"

namespace vr {

struct HostFabricConfig {
    Time port_latency{};
    Time memory_latency{};
    template <class Visitor>
    void parameters(Visitor& p) {
        p("port_latency", port_latency, {"1 ns", "10 us"}, "C2C end to fabric, one way");
        p("memory_latency", memory_latency, {"1 ns", "10 us"}, "fabric to memory, one way");
    }
};

class HostFabric final : public Unit {
  public:
    /// `contents` outlives the fabric; messages that carry data read and write it. `access` is the
    /// block of the memory that no access crosses, a power of two.
    HostFabric(std::string path, std::size_t gpus, Bytes access, SparseMemory& contents,
               Attribution& attribution);

    /// Of one GPU's link.
    struct Port {
        InPort<RemoteMessage> messages_in;
        OutPort<RemoteMessage> messages_out;
        OutPort<RemoteFree> frees_out;
        static constexpr auto state_members() {
            return vr::state_members(&Port::messages_in, &Port::messages_out, &Port::frees_out);
        }
    };
    std::vector<std::unique_ptr<Port>> ports;
    OutPort<MemoryRequest> memory_out;
    InPort<MemoryResponse> memory_in;

    /// The host rings GPU `gpu` (its number among the ports) at the start of the run.
    void ring_at_start(std::size_t gpu) { state_.doorbells.push_back(gpu); }

    [[nodiscard]] Time next() const override;
    void run(Time horizon) override;
    [[nodiscard]] Time look_ahead() const override;
    void waits(std::vector<Wait>& out) const override;
    void statistics(StatisticsRegistry& out) const override;
    void state(StateHasher& out) const override;
    static constexpr auto state_members() {
        using F = HostFabric;
        return vr::state_members(&F::ports, &F::memory_out, &F::memory_in, &F::state_);
    }
    /// As built, without doorbells to ring; what is in ports stays.
    void reset() { state_ = State{}; }

  private:
    struct Transaction {  // a message some of whose accesses are not answered
        RemoteMessage message;
        std::size_t port = 0;
        std::uint32_t outstanding = 0;
        Time since;
        bool live = false;
        static constexpr auto state_members() {
            using T = Transaction;
            return vr::state_members(&T::message, &T::port, &T::outstanding, &T::since, &T::live);
        }
    };
    struct State {
        std::vector<Transaction> transactions;
        std::vector<std::uint32_t> free;
        std::vector<std::size_t> doorbells;
        std::int64_t reads = 0;
        std::int64_t writes = 0;
        std::int64_t doorbells_rung = 0;
        static constexpr auto state_members() {
            using S = State;
            return vr::state_members(&S::transactions, &S::free, &S::doorbells, &S::reads,
                                     &S::writes, &S::doorbells_rung);
        }
    };
    void take_message(std::size_t port, Stamped<RemoteMessage>&& stamped);
    void take_response(Stamped<MemoryResponse>&& stamped);
    void answer(Transaction& transaction, Time now, CauseTrail cause);

    std::uint64_t access_;
    SparseMemory& contents_;
    Attribution& attribution_;
    State state_;
    OwnerId fabric_owner_;
};

}  // namespace vr
