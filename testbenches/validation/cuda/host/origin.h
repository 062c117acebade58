// SPDX-License-Identifier: Apache-2.0
// Where a measured value comes from: the text of column `source` and of a vector file's header.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

#include "testbenches/validation/cuda/host/statistics.h"

namespace vr::kit {

struct Origin {
    std::string device;  ///< what CUDA calls it
    int driver = 0;      ///< as CUDA numbers versions: 13000 is 13.0
    int runtime = 0;
    std::int64_t sm_megahertz = 0;  ///< measured while the SMs were busy
    std::string date;               ///< 2026-01-31
};

/// "13.0" of 13000.
inline std::string version_text(int version) {
    return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

/// Today, UTC.
inline std::string today() {
    const std::chrono::year_month_day day{
        std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())};
    char text[40];
    std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(day.year()),
                  static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
    return text;
}

/// One line without commas and without '=', so that it stands unquoted in a CSV file and is no key
/// in a vector file's header.
inline std::string origin_text(const Origin& origin) {
    return "vrsim calibration kit; " + origin.device + "; driver CUDA " +
           version_text(origin.driver) + "; runtime CUDA " + version_text(origin.runtime) +
           "; SM clock " + std::to_string(origin.sm_megahertz) + " MHz; " + origin.date;
}

/// The same with how much the repetitions differed.
inline std::string origin_text(const Origin& origin, const Sample& sample,
                               std::int64_t repetitions) {
    char spread[40];
    std::snprintf(spread, sizeof spread, "%.2f", sample.spread * 100);
    return origin_text(origin) + "; median of " + std::to_string(repetitions) + " (spread " +
           spread + " %)";
}

}  // namespace vr::kit
