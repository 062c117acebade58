// SPDX-License-Identifier: Apache-2.0
// What a firmware came to, as text: the verdict in one line, for people and for CI, and what stands
// behind it.
#pragma once

#include <string>

#include "app/report/run_result.h"

namespace vr {

/// "firmware PASS: FILE at 1.2 us, 3 doorbells, 240 instructions", or FAIL with the reason.
[[nodiscard]] std::string firmware_verdict(const FirmwareResult& firmware);

/// Where it was, the last refused access, the last lines of its log; lines that begin with a line
/// feed.
[[nodiscard]] std::string firmware_tail(const FirmwareResult& firmware);

}  // namespace vr
