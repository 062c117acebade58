// SPDX-License-Identifier: Apache-2.0
// Quantities as text, exactly: "192 MiB", "2387.5 MHz", "22.016 TB/s". What these functions write,
// parse_quantity() of configuration.h reads back to the same value. Not modelled: rounding for
// display; nothing is ever dropped.
#pragma once

#include <string>

#include "models/base/quantity.h"

namespace vr {

/// The value in the largest unit that shows it exactly with at most three decimals. For data, the
/// shorter of decimal and binary prefixes. Zero is written in the base unit ("0 fs").
[[nodiscard]] std::string to_text(Time value);
[[nodiscard]] std::string to_text(Bytes value);
[[nodiscard]] std::string to_text(Frequency value);
[[nodiscard]] std::string to_text(Bandwidth value);
[[nodiscard]] std::string to_text(BitRate value);
[[nodiscard]] std::string to_text(Cycles value);
[[nodiscard]] std::string to_text(BytesPerCycle value);
[[nodiscard]] std::string to_text(Energy value);

}  // namespace vr
