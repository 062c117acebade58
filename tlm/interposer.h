// SPDX-License-Identifier: Apache-2.0
// A module that stands between an initiator and a target socket of one protocol, hands every call
// on unchanged and lets a derived class look on: checkers and recorders are made of it. It adds no
// time and no event. Not modelled: multi-bound sockets; one interposer watches one connection.
#pragma once

#include <cstdint>
#include <systemc>
#include <tlm>

#include "tlm/time_scale.h"

namespace vr {

/// Which way a non-blocking call goes: from the initiator (forward) or from the target (backward).
enum class CallPath : std::uint8_t { kForward, kBackward };

/// The pass-through. `Types` is the protocol's types class.
template <class Types>
class Interposer : public sc_core::sc_module,
                   protected tlm::tlm_fw_transport_if<Types>,
                   protected tlm::tlm_bw_transport_if<Types> {
  public:
    using ProtocolTypes = Types;
    using Payload = typename Types::tlm_payload_type;
    using Phase = typename Types::tlm_phase_type;

    tlm::tlm_target_socket<32, Types> in{"in"};       ///< bind the initiator here
    tlm::tlm_initiator_socket<32, Types> out{"out"};  ///< bind this to the target

  protected:
    explicit Interposer(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        in.bind(static_cast<tlm::tlm_fw_transport_if<Types>&>(*this));
        out.bind(static_cast<tlm::tlm_bw_transport_if<Types>&>(*this));
    }
    [[nodiscard]] const TimeScale& scale() const { return scale_; }

    /// Before a non-blocking call is handed on. `at` is the present plus the annotated delay.
    virtual void called(CallPath path, Payload& payload, const Phase& phase, Time at) = 0;
    /// After it came back: `sent` is the phase of the call, `phase` what the callee left. The
    /// payload is still valid when it has a memory manager.
    virtual void returned(CallPath path, Payload& payload, const Phase& sent, const Phase& phase,
                          tlm::tlm_sync_enum result, Time at) = 0;
    virtual void blocking_called(Payload& payload, Time at) = 0;
    virtual void blocking_returned(Payload& payload, Time at) = 0;
    /// After transport_dbg: `count` is what the target returned.
    virtual void debugged(Payload& payload, unsigned int count) = 0;

  private:
    /// Keeps a managed payload alive while a call that may end it is on the stack.
    class Hold {
      public:
        explicit Hold(Payload& payload) : payload_(payload.has_mm() ? &payload : nullptr) {
            if (payload_ != nullptr) {
                payload_->acquire();
            }
        }
        ~Hold() {
            if (payload_ != nullptr) {
                payload_->release();
            }
        }
        Hold(const Hold&) = delete;
        Hold& operator=(const Hold&) = delete;

      private:
        Payload* payload_;
    };
    [[nodiscard]] Time at(const sc_core::sc_time& delay) const {
        return scale_.exact(sc_core::sc_time_stamp() + delay);
    }
    tlm::tlm_sync_enum nb_transport_fw(Payload& payload, Phase& phase,
                                       sc_core::sc_time& delay) override {
        const Hold hold(payload);
        const Phase sent = phase;
        called(CallPath::kForward, payload, sent, at(delay));
        const tlm::tlm_sync_enum result = out->nb_transport_fw(payload, phase, delay);
        returned(CallPath::kForward, payload, sent, phase, result, at(delay));
        return result;
    }
    tlm::tlm_sync_enum nb_transport_bw(Payload& payload, Phase& phase,
                                       sc_core::sc_time& delay) override {
        const Hold hold(payload);
        const Phase sent = phase;
        called(CallPath::kBackward, payload, sent, at(delay));
        const tlm::tlm_sync_enum result = in->nb_transport_bw(payload, phase, delay);
        returned(CallPath::kBackward, payload, sent, phase, result, at(delay));
        return result;
    }
    void b_transport(Payload& payload, sc_core::sc_time& delay) override {
        blocking_called(payload, at(delay));
        out->b_transport(payload, delay);
        blocking_returned(payload, at(delay));
    }
    unsigned int transport_dbg(Payload& payload) override {
        const unsigned int count = out->transport_dbg(payload);
        debugged(payload, count);
        return count;
    }
    bool get_direct_mem_ptr(Payload& payload, tlm::tlm_dmi& region) override {
        return out->get_direct_mem_ptr(payload, region);
    }
    void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) override {
        in->invalidate_direct_mem_ptr(first, last);
    }
    TimeScale scale_;
};

}  // namespace vr
