// SPDX-License-Identifier: Apache-2.0
// What a protocol checker throws. Inside a SystemC process the kernel turns it into an sc_report
// with the same text, therefore every checker also keeps its breaches.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/base/error.h"
#include "models/base/quantity.h"

namespace vr {

/// A written rule of a protocol does not hold on a socket.
class ProtocolBroken : public LawBroken {
  public:
    ProtocolBroken(std::string rule, const std::string& path, Time at, std::string_view what);
    /// Rule id as in the protocol's README, e.g. "BULK-3".
    [[nodiscard]] const std::string& rule() const { return rule_; }

  private:
    std::string rule_;
};

/// The breaches that one checker has found, and how it reports them.
class BreachLog {
  public:
    /// Notes the breach, then throws it. `path` is the checker's, `what` says what was seen and
    /// what is allowed.
    [[noreturn]] void report(std::string_view rule, const std::string& path, Time at,
                             std::string_view what);
    [[nodiscard]] const std::vector<ProtocolBroken>& all() const { return breaches_; }
    /// Whether a breach of this rule was found.
    [[nodiscard]] bool has(std::string_view rule) const;

  private:
    std::vector<ProtocolBroken> breaches_;
};

}  // namespace vr
