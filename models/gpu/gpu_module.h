// SPDX-License-Identifier: Apache-2.0
// The sc_modules of a GPU: one around its region, or (compose = "modules") one per unit with
// sockets in between. Not modelled: anything; they hold no rule of their own.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

#include "models/gpu/gpu.h"
#include "models/transport/region.h"
#include "tlm/adapters/memory_to_base_protocol.h"
#include "tlm/protocols/message/message_in.h"
#include "tlm/protocols/message/message_out.h"
#include "tlm/region_module.h"
#include "tlm/unit_module.h"

namespace vr {

/// A GPU as a SystemC module: signals of operators leave and enter through sockets.
class GpuModule : public sc_core::sc_module {
  public:
    GpuModule(const sc_core::sc_module_name& name, Gpu& gpu) : sc_module(name), gpu_(gpu) {}
    ~GpuModule() override = default;
    /// Joins two GPUs: completion signals in both directions, after each sender's declared latency.
    static void join(GpuModule& a, GpuIndex a_index, GpuModule& b, GpuIndex b_index);
    [[nodiscard]] Gpu& gpu() { return gpu_; }
    /// Connects the socket that carries frames of the C2C link to this GPU's end.
    virtual void connect_frames(MessageIn<C2cFrame>& socket, Time latency) = 0;
    /// Nothing due at `end` or later is run.
    virtual void stop_at(Time end) = 0;

  protected:
    virtual void connect_signals(MessageIn<OperatorSignal>& socket, Time latency) = 0;
    Gpu& gpu_;

  private:
    static void join_one_way(GpuModule& from, GpuModule& to, GpuIndex to_index,
                             std::uint32_t port_number);
    struct SignalLink;
    std::vector<std::unique_ptr<sc_core::sc_module>> signals_;  // that leave this GPU
};

/// The fast composition: the GPU's cores on one tick wheel.
class GpuRegionModule final : public GpuModule {
  public:
    GpuRegionModule(const sc_core::sc_module_name& name, Gpu& gpu)
        : GpuRegionModule(name, gpu, nullptr) {}
    /// With `outside` (the GPU's attribution) the memory is any TLM-2.0 target behind memory_out():
    /// what L2 asks leaves by it and the answer takes the same links; the GPU's own HBM4 is never
    /// asked.
    GpuRegionModule(const sc_core::sc_module_name& name, Gpu& gpu, Attribution* outside);
    ~GpuRegionModule() override;
    /// Bind it to the memory. Throws InternalError for a GPU with its own.
    [[nodiscard]] tlm::tlm_initiator_socket<>& memory_out();
    void stop_at(Time end) override { module_->stop_at(end); }

    void connect_frames(MessageIn<C2cFrame>& socket, Time latency) override;

  private:
    void connect_signals(MessageIn<OperatorSignal>& socket, Time latency) override;
    struct OutsideMemory;
    Region region_;
    std::unique_ptr<RegionModule> module_;
    std::unique_ptr<OutsideMemory> outside_;  // null: the memory is the GPU's own
};

/// The oracle: every unit is a module with sockets.
class GpuUnitModules final : public GpuModule {
  public:
    GpuUnitModules(const sc_core::sc_module_name& name, Gpu& gpu);
    ~GpuUnitModules() override;
    void stop_at(Time) override {}  // units never run ahead of SystemC's time
    void connect_frames(MessageIn<C2cFrame>& socket, Time latency) override;

  private:
    struct Link {
        virtual ~Link() = default;
    };
    template <class Message>
    struct TypedLink;
    void connect_signals(MessageIn<OperatorSignal>& socket, Time latency) override;
    std::vector<std::unique_ptr<UnitModule>> modules_;
    std::vector<std::unique_ptr<Link>> links_;
};

}  // namespace vr
