// SPDX-License-Identifier: Apache-2.0
// A recorder for any four-phase protocol: bind it between two sockets. With no event record it only
// hands calls on. Not modelled: debug and DMI accesses, which take no time.
#pragma once

#include <optional>
#include <string_view>

#include "tlm/interposer.h"
#include "tlm/recorders/socket_recording.h"

namespace vr {

/// The label of a base-protocol transaction. Another protocol has its own overload, next to its
/// payload.
[[nodiscard]] inline TransactionLabel transaction_label(const tlm::tlm_generic_payload& payload) {
    const std::string_view name = payload.is_read()    ? "read"
                                  : payload.is_write() ? "write"
                                                       : "ignore";
    return {name, payload.get_data_length()};
}

/// Writes the transactions of one connection into `record`, which may be null.
template <class Types>
class TransactionRecorder final : public Interposer<Types> {
    using Base = Interposer<Types>;

  public:
    using typename Base::Payload;
    using typename Base::Phase;

    TransactionRecorder(const sc_core::sc_module_name& name, EventRecord* record) : Base(name) {
        if (record != nullptr) {
            recording_.emplace(*record, this->name());
        }
    }
    /// Transactions under way; 0 when recording is off.
    [[nodiscard]] std::size_t open() const { return recording_ ? recording_->open() : 0; }

  private:
    void note(Payload& payload, const Phase& phase, Time at) {
        if (phase == tlm::BEGIN_REQ) {
            recording_->begin(&payload, transaction_label(payload), at);
        }
        recording_->phase(&payload, phase.get_name(), at);
        if (phase == tlm::END_RESP) {
            recording_->end(&payload, at);
        }
    }
    void called(CallPath, Payload& payload, const Phase& phase, Time at) override {
        if (recording_) {
            note(payload, phase, at);
        }
    }
    void returned(CallPath, Payload& payload, const Phase&, const Phase& phase,
                  tlm::tlm_sync_enum result, Time at) override {
        if (!recording_) {
            return;
        }
        if (result == tlm::TLM_UPDATED) {
            note(payload, phase, at);
        } else if (result == tlm::TLM_COMPLETED) {
            recording_->end(&payload, at);
        }
    }
    void blocking_called(Payload& payload, Time at) override {
        if (recording_) {
            recording_->begin(&payload, transaction_label(payload), at);
        }
    }
    void blocking_returned(Payload& payload, Time at) override {
        if (recording_) {
            recording_->end(&payload, at);
        }
    }
    void debugged(Payload&, unsigned int) override {}

    std::optional<SocketRecording> recording_;
};

}  // namespace vr
