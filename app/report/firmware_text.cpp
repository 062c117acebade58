// SPDX-License-Identifier: Apache-2.0
#include "app/report/firmware_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/report/text.h"

namespace vr {

namespace {
constexpr std::size_t kTailLines = 8;
}

std::string firmware_verdict(const FirmwareResult& firmware) {
    const std::string did =
        fmt::format("at {}, {} doorbell{}, {} instructions", time_text(firmware.ended),
                    firmware.doorbells, firmware.doorbells == 1 ? "" : "s", firmware.instructions);
    if (firmware.verdict == "pass") {
        return fmt::format("firmware PASS: {} {}", firmware.file, did);
    }
    if (firmware.verdict == "fail") {
        return fmt::format("firmware FAIL: {} ended with code {} {}", firmware.file, firmware.code,
                           did);
    }
    if (firmware.verdict == "locked") {
        return fmt::format("firmware FAIL: {} locked up in a trap without a handler {}",
                           firmware.file, did);
    }
    return fmt::format("firmware FAIL: {} has no verdict after {} instructions", firmware.file,
                       firmware.instructions);
}

std::string firmware_tail(const FirmwareResult& firmware) {
    std::string out = "\n  the firmware is at " + firmware.where;
    if (!firmware.refusal.empty()) {
        out += "\n  " + firmware.refusal;
    }
    const std::size_t shown = std::min(firmware.log.size(), kTailLines);
    out += firmware.log.empty() ? "\n  its log is empty" : "\n  last lines of its log:";
    for (std::size_t i = firmware.log.size() - shown; i < firmware.log.size(); ++i) {
        out += "\n    " + firmware.log[i];
    }
    return out;
}

}  // namespace vr
