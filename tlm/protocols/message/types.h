// SPDX-License-Identifier: Apache-2.0
// The message protocol: a port's messages across a socket. One call carries one message with its
// arrival time, its port and its sequence number, so nothing depends on when or in which delta
// cycle the call happens. Rules: README.md.
#pragma once

#include <systemc>
#include <tlm>

#include "models/transport/port.h"

namespace vr {

/// What a call carries. It lives for the call only, so it has no memory manager.
template <class Message>
struct MessagePayload {
    Stamped<Message> stamped;
    void acquire() {}
    void release() {}
    [[nodiscard]] bool has_mm() const { return false; }
};

/// Protocol types: one protocol per type of message, so that sockets of other messages do not bind.
template <class Message>
struct MessageTypes {
    using tlm_payload_type = MessagePayload<Message>;
    using tlm_phase_type = tlm::tlm_phase;
};

}  // namespace vr
