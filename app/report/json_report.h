// SPDX-License-Identifier: Apache-2.0
// The JSON report; its schema is docs/report-schema.md.
#pragma once

#include <string>

#include "app/report/json_writer.h"
#include "app/report/run_result.h"

namespace vr {

/// Version of the schema: raised when a field changes its meaning or goes away, not when one is
/// added.
inline constexpr int kReportSchemaVersion = 1;

/// The document. Equal results give equal bytes, but for the object `host`.
[[nodiscard]] std::string json_report(const RunResult& result);

/// The key `configuration` with its object, for other documents that embed it.
void write_configuration(JsonWriter& json, const RunResult& result);

}  // namespace vr
