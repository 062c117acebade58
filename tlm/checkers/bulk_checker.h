// SPDX-License-Identifier: Apache-2.0
// Checker of the bulk protocol, rules BULK-1 to BULK-17 of tlm/protocols/bulk/README.md.
// Not checked: the data themselves.
#pragma once

#include <cstdint>
#include <map>
#include <string_view>

#include "tlm/checkers/breach.h"
#include "tlm/interposer.h"
#include "tlm/protocols/bulk/credits.h"
#include "tlm/protocols/bulk/types.h"

namespace vr {

/// Throws ProtocolBroken at the first breach. Adds no time.
class BulkChecker final : public Interposer<BulkTypes> {
  public:
    explicit BulkChecker(const sc_core::sc_module_name& name) : Interposer(name) {}
    /// To be called at the end of a run (BULK-12, BULK-15).
    void finish();
    [[nodiscard]] const BreachLog& breaches() const { return breaches_; }
    /// Transactions and segments that went through.
    [[nodiscard]] std::uint64_t transactions() const { return transactions_; }
    [[nodiscard]] std::uint64_t segments() const { return segments_; }

  private:
    enum class Stage : std::uint8_t { kRequested, kAccepted, kResponding };
    struct Open {
        std::uint64_t number = 0;  // order of BEGIN_REQ
        Descriptor descriptor;
        const unsigned char* data = nullptr;
        std::uint64_t data_bytes = 0;
        std::uint64_t completed = 0;                       // items
        std::map<std::uint64_t, std::uint64_t> intervals;  // completed items: begin to end
        Time last;                                         // latest completion
        Stage stage = Stage::kRequested;
        bool failed = false;
    };
    void called(CallPath path, Payload& payload, const Phase& phase, Time at) override;
    void returned(CallPath path, Payload& payload, const Phase& sent, const Phase& phase,
                  tlm::tlm_sync_enum result, Time at) override;
    void blocking_called(Payload& payload, Time at) override;
    void blocking_returned(Payload& payload, Time at) override;
    void debugged(Payload& payload, unsigned int count) override;

    void begin_request(const Payload& payload);
    void end_request(const Payload& payload);
    void response(const Payload& payload, bool first);
    void end_response(const Payload& payload);
    void check_request(const Payload& payload);
    void check_segment(Open& open, const CompletionTemplate& segment);
    void check_item(Open& open, const Completion& completion);
    void check_predecessors(const Open& open, Time first);
    void check_unchanged(const Open& open, const Payload& payload);
    Open& find(const Payload& payload, std::string_view phase);
    void require(bool holds, std::string_view rule, std::string_view what);

    BulkCredits credits_;
    std::map<const Payload*, Open> open_;
    const Payload* request_ = nullptr;  // whose BEGIN_REQ waits for END_REQ
    std::uint64_t transactions_ = 0;
    std::uint64_t segments_ = 0;
    BreachLog breaches_;
};

}  // namespace vr
