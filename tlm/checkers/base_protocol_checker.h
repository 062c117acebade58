// SPDX-License-Identifier: Apache-2.0
// Checker of the TLM-2.0 base protocol (IEEE 1666-2011, clauses 14 to 16) and of our narrower rules
// on it; they are listed, numbered BP-1 ..., in tlm/checkers/README.md. Bind it between any two
// base-protocol sockets. Not checked: contents of extensions, DMI, local time against a quantum.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "tlm/checkers/breach.h"
#include "tlm/interposer.h"

namespace vr {

/// Throws ProtocolBroken at the first breach. Adds no time.
class BaseProtocolChecker final : public Interposer<tlm::tlm_base_protocol_types> {
  public:
    explicit BaseProtocolChecker(const sc_core::sc_module_name& name) : Interposer(name) {}
    /// To be called at the end of a run: every transaction must have ended (BP-14).
    void finish();
    [[nodiscard]] const BreachLog& breaches() const { return breaches_; }
    /// Transactions that went through, non-blocking and blocking together.
    [[nodiscard]] std::uint64_t transactions() const { return transactions_; }

  private:
    /// The attributes that nobody may change while a transaction is under way.
    struct Attributes {
        tlm::tlm_command command;
        unsigned char* data;
        unsigned int length;
        unsigned int streaming_width;
        unsigned char* enables;
        unsigned int enable_length;
        std::vector<tlm::tlm_extension_base*> extensions;  // as the initiator set them
    };
    struct Open {
        std::uint64_t number;  // order of BEGIN_REQ
        Attributes attributes;
        Time last;                  // effective time of its latest phase
        tlm::tlm_phase_enum phase;  // its latest phase
    };
    void called(CallPath path, Payload& payload, const Phase& phase, Time at) override;
    void returned(CallPath path, Payload& payload, const Phase& sent, const Phase& phase,
                  tlm::tlm_sync_enum result, Time at) override;
    void blocking_called(Payload& payload, Time at) override;
    void blocking_returned(Payload& payload, Time at) override;
    void debugged(Payload& payload, unsigned int count) override;

    void begin_request(Payload& payload, Time at);
    void end_request(Payload& payload, Time at);
    void begin_response(Payload& payload, Time at);
    void end_response(Payload& payload, Time at);
    /// Marks the transaction as ended by a return value.
    void complete(Payload& payload, Time at, bool with_response);
    Open& advance(Payload& payload, Time at, std::string_view phase);
    void check_request(const Payload& payload);
    void check_response(const Payload& payload, const Attributes& sent);
    static Attributes attributes_of(const Payload& payload);
    void require(bool holds, std::string_view rule, std::string_view what);

    std::map<const Payload*, Open> open_;
    std::map<const Payload*, Attributes> blocking_;  // b_transport calls under way
    const Payload* request_ = nullptr;               // whose BEGIN_REQ waits for END_REQ
    const Payload* response_ = nullptr;              // whose BEGIN_RESP waits for END_RESP
    std::uint64_t transactions_ = 0;
    BreachLog breaches_;
};

}  // namespace vr
