// SPDX-License-Identifier: Apache-2.0
// The sc_module of the host side: around its region, or (compose = "modules") one per unit with
// sockets in between. Not modelled: anything; it holds no rule of its own.
#pragma once

#include <memory>
#include <systemc>
#include <vector>

#include "models/transport/region.h"
#include "models/vera/vera.h"
#include "tlm/protocols/message/message_in.h"
#include "tlm/region_module.h"
#include "tlm/unit_module.h"

namespace vr {

/// The host side as a SystemC module: frames of each GPU's link enter through a socket.
class VeraModule : public sc_core::sc_module {
  public:
    VeraModule(const sc_core::sc_module_name& name, Vera& vera) : sc_module(name), vera_(vera) {}
    ~VeraModule() override = default;
    [[nodiscard]] Vera& vera() { return vera_; }
    /// Connects the socket that carries frames to the end of GPU `gpu`.
    virtual void connect_frames(std::size_t gpu, MessageIn<C2cFrame>& socket, Time latency) = 0;
    /// Nothing due at `end` or later is run.
    virtual void stop_at(Time end) = 0;

  protected:
    Vera& vera_;
};

/// The fast composition. `look_ahead` is the latency of the links.
class VeraRegionModule final : public VeraModule {
  public:
    VeraRegionModule(const sc_core::sc_module_name& name, Vera& vera, Time look_ahead);
    void connect_frames(std::size_t gpu, MessageIn<C2cFrame>& socket, Time latency) override;
    void stop_at(Time end) override { module_->stop_at(end); }

  private:
    Region region_;
    std::unique_ptr<RegionModule> module_;
};

/// The oracle: every unit is a module with sockets.
class VeraUnitModules final : public VeraModule {
  public:
    VeraUnitModules(const sc_core::sc_module_name& name, Vera& vera);
    ~VeraUnitModules() override;
    void connect_frames(std::size_t gpu, MessageIn<C2cFrame>& socket, Time latency) override;
    void stop_at(Time) override {}  // units never run ahead of SystemC's time

  private:
    struct Link {
        virtual ~Link() = default;
    };
    template <class Message>
    struct TypedLink;
    std::vector<std::unique_ptr<UnitModule>> modules_;
    std::vector<std::unique_ptr<Link>> links_;
};

}  // namespace vr
