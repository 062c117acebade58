// SPDX-License-Identifier: Apache-2.0
// The host side of the GPUs on one superchip, as far as the GPUs see it: C2C ends, fabric, memory
// with contents. Not modelled: cores, caches, operating system, NIC (see DEVIATIONS.md).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "models/base/attribution.h"
#include "models/base/event_record.h"
#include "models/c2c/c2c_end.h"
#include "models/transport/sparse_memory.h"
#include "models/vera/fabric/host_fabric.h"
#include "models/vera/lpddr5x/lpddr5x.h"

namespace vr {

struct VeraConfig {
    std::int64_t gpus{};
    HostFabricConfig fabric{};
    Lpddr5xConfig lpddr5x{};
    template <class Visitor>
    void parameters(Visitor& p) {
        p("gpus", gpus, {"1", "8"}, "neighbouring GPUs that share one host and its memory");
        p.group("fabric", fabric);
        p.group("lpddr5x", lpddr5x);
    }
    /// Inconsistent values: (path below the host's, what is wrong and what is allowed).
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> problems() const;
};

class Vera {
  public:
    /// For `gpus` GPUs (at most config.gpus), each with a link of its own.
    Vera(std::string path, const VeraConfig& config, const C2cConfig& c2c, std::size_t gpus,
         Attribution& attribution, EventRecord* events);
    ~Vera();

    /// Number of the unit in units() that a member is.
    enum UnitOrder : std::uint32_t { kFabric, kMemory, kFirstEnd };
    [[nodiscard]] const std::vector<Unit*>& units() const { return units_; }
    /// The hashes of all units and of the contents of the memory.
    void state_hashes(Time now, std::vector<StateHash>& out) const;
    /// Tells `binder` every link inside, as Gpu::wire() does.
    template <class Binder>
    void wire(Binder&& binder);

    [[nodiscard]] C2cEnd& end(std::size_t gpu) { return *ends_[gpu]; }
    [[nodiscard]] const C2cEnd& end(std::size_t gpu) const { return *ends_[gpu]; }
    [[nodiscard]] std::size_t ends() const { return ends_.size(); }
    [[nodiscard]] HostFabric& fabric() { return fabric_; }
    [[nodiscard]] const Lpddr5x& memory() const { return memory_; }
    [[nodiscard]] SparseMemory& contents() { return contents_; }
    [[nodiscard]] const SparseMemory& contents() const { return contents_; }

  private:
    std::string path_;
    VeraConfig config_;
    SparseMemory contents_;
    HostFabric fabric_;
    Lpddr5x memory_;
    std::vector<std::unique_ptr<C2cEnd>> ends_;
    std::vector<Unit*> units_;
};

template <class Binder>
void Vera::wire(Binder&& binder) {
    const Time memory = config_.fabric.memory_latency;
    const Time port = config_.fabric.port_latency;
    binder("host_memory_request", fabric_.memory_out, kFabric, memory_.requests_in, kMemory,
           memory);
    binder("host_memory_response", memory_.responses_out, kMemory, fabric_.memory_in, kFabric,
           memory);
    for (std::uint32_t i = 0; i < ends_.size(); ++i) {
        C2cEnd& end = *ends_[i];
        HostFabric::Port& side = *fabric_.ports[i];
        const std::string number = std::to_string(i);
        binder("host_request" + number, end.messages_out, kFirstEnd + i, side.messages_in, kFabric,
               port);
        binder("host_response" + number, side.messages_out, kFabric, end.messages_in, kFirstEnd + i,
               port);
        binder("host_free" + number, side.frees_out, kFabric, end.frees_in, kFirstEnd + i, port);
    }
}

}  // namespace vr
