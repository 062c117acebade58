// SPDX-License-Identifier: Apache-2.0
// Judges the commands of one pseudo-channel by the table of a standard: every rule of time, the two
// command buses, what state a bank must be in, and with refresh management how often it may be
// activated. It shares nothing with the controller. Not modelled: whether enough is refreshed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/hbm4/standards/standard.h"

namespace vr::hbm4 {

/// What a command did against the standard.
struct Breach {
    std::int64_t tick = 0;
    std::string rule;     ///< its name in the table; "row bus", "column bus", "order", "state",
                          ///< "command", "activations"
    std::string what;     ///< "RD of bank 3, 2 ticks after RD of bank 3"
    std::string allowed;  ///< "4 ticks or more"
};

class ProtocolChecker {
  public:
    /// config.standard names the table.
    explicit ProtocolChecker(const Hbm4Config& config);
    ProtocolChecker(const Hbm4Config& config, const Standard& standard);

    /// The next command, in order of time. Returns what it breaks.
    std::vector<Breach> command(const CommandRecord& command);

  private:
    struct Gate {
        const Rule* rule;
        std::int64_t ticks;
    };
    struct Bank {
        bool open = false;
        std::int32_t row = 0;          // the one activated last
        std::int64_t activations = 0;  // that nothing has relieved it of
        /// By command: ticks of the last ones, latest first.
        std::array<std::vector<std::int64_t>, kCommandCount> ticks;
    };
    void check_rules(const CommandRecord& command, Command as, std::int32_t bank,
                     std::vector<Breach>& breaches) const;
    void check_state(const CommandRecord& command, std::vector<Breach>& breaches) const;
    void check_management(const CommandRecord& command, std::vector<Breach>& breaches) const;
    void count(Bank& bank, Command command) const;
    void check_buses(const CommandRecord& command, std::vector<Breach>& breaches);
    [[nodiscard]] bool is_at(Place place, std::int32_t bank, std::int32_t other) const;
    void note(const CommandRecord& command);

    Hbm4Config config_;
    Standard standard_;
    std::vector<Gate> gates_;
    std::vector<Bank> banks_;
    std::size_t kept_ = 1;  // ticks of a command and bank
    std::int64_t now_ = 0;
    std::int64_t row_bus_ = 0;
    std::int64_t column_bus_ = 0;
    std::optional<Command> rest_;  // the command that began it
};

}  // namespace vr::hbm4
