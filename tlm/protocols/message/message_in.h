// SPDX-License-Identifier: Apache-2.0
// Receiving socket of the message protocol: delivers into the InPort of a unit's core.
#pragma once

#include <utility>

#include "models/base/error.h"
#include "tlm/protocols/message/types.h"
#include "tlm/time_scale.h"

namespace vr {

/// Connect it to its port before the simulation starts; UnitModule and RegionModule have a function
/// for that.
template <class Message>
class MessageIn final : public tlm::tlm_target_socket<32, MessageTypes<Message>>,
                        private tlm::tlm_fw_transport_if<MessageTypes<Message>> {
    using Types = MessageTypes<Message>;

  public:
    explicit MessageIn(const char* name) : tlm::tlm_target_socket<32, Types>(name) {
        this->bind(static_cast<tlm::tlm_fw_transport_if<Types>&>(*this));
    }
    /// `latency` is that of the OutPort at the other end; `alarm` rings the module that owns the
    /// port.
    void connect(InPort<Message>& port, Time latency, Alarm& alarm) {
        port.bound(latency);
        port_ = &port;
        alarm_ = &alarm;
    }

  private:
    void take(MessagePayload<Message>& payload) {
        ensure(port_ != nullptr, "{}: a message came but no port is connected", this->name());
        const Time arrival = payload.stamped.arrival;
        port_->deliver(std::move(payload.stamped));
        alarm_->arm(arrival);
    }
    tlm::tlm_sync_enum nb_transport_fw(MessagePayload<Message>& payload, tlm::tlm_phase&,
                                       sc_core::sc_time&) override {
        take(payload);
        return tlm::TLM_COMPLETED;
    }
    void b_transport(MessagePayload<Message>& payload, sc_core::sc_time&) override {
        take(payload);
    }
    unsigned int transport_dbg(MessagePayload<Message>&) override { return 0; }
    bool get_direct_mem_ptr(MessagePayload<Message>&, tlm::tlm_dmi&) override { return false; }

    InPort<Message>* port_ = nullptr;
    Alarm* alarm_ = nullptr;
};

}  // namespace vr
