// SPDX-License-Identifier: Apache-2.0
// A DRAM standard as data: its commands, and its rules of time by symbol. The tables lie beside
// this file (hbm4.toml, ...) and are part of the library. Not modelled: commands of
// mode registers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/hbm4/controller/observer.h"
#include "models/hbm4/ecc/ecc_mode.h"
#include "models/hbm4/hbm4_config.h"

namespace vr::hbm4 {

/// Between which banks a rule holds; "any bank" includes the same one.
enum class Place : std::uint8_t { kSameBank, kSameGroup, kSameStackId, kOtherStackId, kAnyBank };

/// The words of a standard's table: "ACT", "same bank group".
[[nodiscard]] std::string_view name_of(Command command);
[[nodiscard]] std::string_view name_of(Place place);

/// The parameters of a memory that are times or cycles, in ticks of its clock: times rounded up.
class ParameterTicks {
  public:
    explicit ParameterTicks(const Hbm4Config& config);
    /// Nothing when no such parameter is a time.
    [[nodiscard]] std::optional<std::int64_t> find(std::string_view name) const;
    [[nodiscard]] std::vector<std::string> names() const;

  private:
    std::vector<std::pair<std::string_view, std::int64_t>> ticks_;
};

/// A command that is `window` commands `after` back, at `place`, keeps `before` away for a sum of
/// parameters.
struct Rule {
    std::string name;
    Command after = Command::kActivate;
    Command before = Command::kActivate;
    Place place = Place::kAnyBank;
    std::int64_t window = 1;
    std::vector<std::string> terms;  ///< parameters of Hbm4Config
    std::string status;              ///< published, derived, estimated
    std::string source;
    std::string at;  ///< file and line

    /// The sum of its terms.
    [[nodiscard]] std::int64_t ticks(const ParameterTicks& parameters) const;
};

struct Standard {
    std::string name;      ///< "HBM4"
    std::string document;  ///< what it is by
    std::vector<Command> commands;
    std::vector<Rule> rules;
    StandardEcc ecc;  ///< none where the table has no [ecc]

    [[nodiscard]] bool has(Command command) const;

    /// The rule between two commands at a place, or none.
    [[nodiscard]] const Rule* rule(Command after, Command before, Place place,
                                   std::int64_t window = 1) const;
};

/// The words for `gpu.hbm4.standard`: "hbm2", "hbm3", "hbm4".
[[nodiscard]] const std::vector<std::string>& standard_names();
/// One of these; made once. An unknown name is a fault of the caller.
[[nodiscard]] const Standard& standard_named(std::string_view name);
/// Reads a table. `file` names it in errors. Throws InputError for every key, word, symbol or
/// number that is wrong, and when a rule is given twice.
[[nodiscard]] Standard read_standard(const std::string& text, const std::string& file);

}  // namespace vr::hbm4
