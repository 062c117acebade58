// SPDX-License-Identifier: Apache-2.0
// The units in which quantities are written, and the exact reading of a number with its unit. For
// the files of models/base that parse and print; users of quantities want configuration.h and
// quantity_text.h.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "models/base/quantity.h"

namespace vr::units {

/// One unit: its name and how many base units it holds.
struct Unit {
    std::string_view name;
    std::int64_t factor;
    bool binary;  ///< a power of 1024 (KiB and up)
};

/// The units of one kind of quantity.
struct Family {
    std::string_view description;     ///< "a time"
    std::string_view example_number;  ///< "19.5", used where no number was given
    std::string_view example_unit;    ///< "ns"
    bool whole;                       ///< a fraction makes no sense in an example
    bool prefer_binary;           ///< wins a tie between decimal and binary prefixes when printing
    std::span<const Unit> units;  ///< base unit first; ascending within decimal and within binary
};

[[nodiscard]] const Family& family(Time);
[[nodiscard]] const Family& family(Bytes);
[[nodiscard]] const Family& family(Frequency);
[[nodiscard]] const Family& family(Bandwidth);
[[nodiscard]] const Family& family(BitRate);
[[nodiscard]] const Family& family(Cycles);
[[nodiscard]] const Family& family(BytesPerCycle);
[[nodiscard]] const Family& family(Energy);

enum class Outcome {
    kOk,
    kMalformed,    ///< not a decimal number followed by a unit
    kBareNumber,   ///< a number without a unit
    kUnknownUnit,  ///< no kind of quantity has this unit
    kOtherKind,    ///< the unit of another kind of quantity
    kInexact,      ///< not a whole number of base units
    kTooLarge,     ///< does not fit 63 bits of base units
};

struct ParseResult {
    Outcome outcome = Outcome::kMalformed;
    std::int64_t value = 0;         ///< in base units, when kOk
    std::string number;             ///< the number as written, unless kMalformed
    std::string unit;               ///< the unit as written
    const Family* other = nullptr;  ///< the kind that has this unit, when kOtherKind
};

/// Reads "19.5 ns" exactly: decimal digits times the unit's factor in integers of any length.
[[nodiscard]] ParseResult parse(std::string_view text, const Family& family);

/// "B, kB, MB, GB, TB, KiB, MiB, GiB, TiB".
[[nodiscard]] std::string unit_list(const Family& family);
/// What to write: `a quantity with unit, e.g. "192 MiB" (B, kB, ...)`; `number` is used in the
/// example when it fits.
[[nodiscard]] std::string expectation(const Family& family, std::string_view number = {});

}  // namespace vr::units
