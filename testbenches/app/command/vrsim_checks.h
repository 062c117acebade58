// SPDX-License-Identifier: Apache-2.0
// What tests of the built program ask again and again: its report, and that it refuses something.
#pragma once

#include <catch2/catch.hpp>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "testbenches/app/command/vrsim_command.h"

namespace vr::testing {

inline bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// A time of a report.
inline std::int64_t fs(const nlohmann::json& value) {
    return std::stoll(value.get<std::string>());
}

/// The JSON report of a run that completes; the arguments say `--json -`.
inline nlohmann::json report(const std::string& arguments) {
    const auto result = vrsim(arguments);
    INFO(arguments << "\n" << result.err);
    REQUIRE(result.exit_code == 0);
    return nlohmann::json::parse(result.out);
}

struct Refused {
    std::string arguments;
    int exit_code = 0;
    std::string part;  ///< of what it says
};

inline void check_refused(const std::vector<Refused>& table) {
    for (const Refused& refused : table) {
        const auto result = vrsim(refused.arguments);
        INFO(refused.arguments << "\n" << result.err);
        CHECK(result.exit_code == refused.exit_code);
        CHECK(result.out.empty());
        CHECK(has(result.err, refused.part));
    }
}

}  // namespace vr::testing
