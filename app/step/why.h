// SPDX-License-Identifier: Apache-2.0
// Why an event ended when it did: the chain of last arrivals that led to it, in words.
#pragma once

#include <string>

#include "app/step/run_view.h"

namespace vr {

/// Several lines, each ended by a newline: what it waited for (DRAM command or credit) where it
/// waited, then the links of its chain, latest first, and a sum of what lies further back.
[[nodiscard]] std::string why_text(const RunView& view, const Event& event);

}  // namespace vr
