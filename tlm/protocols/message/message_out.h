// SPDX-License-Identifier: Apache-2.0
// Sending socket of the message protocol: the sink of an OutPort whose receiver stands in another
// module.
#pragma once

#include <utility>

#include "models/base/error.h"
#include "tlm/protocols/message/types.h"

namespace vr {

/// Bind it to a MessageIn (or to a checker's or recorder's `in`), and the port to it:
/// `port.bind_sink(socket, number, latency)`.
template <class Message>
class MessageOut final : public tlm::tlm_initiator_socket<32, MessageTypes<Message>>,
                         public PortSink<Message>,
                         private tlm::tlm_bw_transport_if<MessageTypes<Message>> {
    using Types = MessageTypes<Message>;

  public:
    explicit MessageOut(const char* name) : tlm::tlm_initiator_socket<32, Types>(name) {
        this->bind(static_cast<tlm::tlm_bw_transport_if<Types>&>(*this));
    }
    /// Sends the message on at once; its arrival time travels with it.
    void deliver(Stamped<Message>&& stamped) override {
        MessagePayload<Message> payload{std::move(stamped)};
        tlm::tlm_phase phase = tlm::BEGIN_REQ;
        sc_core::sc_time delay;
        const auto result = (*this)->nb_transport_fw(payload, phase, delay);
        ensure(result == tlm::TLM_COMPLETED, "{}: a message was not taken at once", this->name());
    }

  private:
    tlm::tlm_sync_enum nb_transport_bw(MessagePayload<Message>&, tlm::tlm_phase&,
                                       sc_core::sc_time&) override {
        throw InternalError(std::string(this->name()) + ": the message protocol has no way back");
    }
    void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}
};

}  // namespace vr
