// SPDX-License-Identifier: Apache-2.0
// What faults of the memory's cells did in a run, for people and as JSON (docs/report-schema.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/report/json_writer.h"
#include "models/hbm4/ecc/fault_counts.h"

namespace vr {

/// A tensor with contents, so that addresses have names.
struct FaultyTensor {
    std::string name;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;  ///< behind its last byte, padding included
};

/// An operator that read words which were said to be wrong.
struct FailedOperator {
    std::string id;
    std::uint64_t words = 0;
};

/// One memory for which hbm4.faults asks for faults.
struct MemoryFaultResult {
    std::string memory;  ///< its path, e.g. "gpu.hbm4"
    std::string code;    ///< what corrects, in words
    bool scrubs = false;
    bool carries_data = true;  ///< false: only whether words are faulty was looked at
    std::string file;          ///< of faults, as given; "" without one
    std::string file_digest;   ///< of its bytes
    hbm4::FaultCounts counts;
    std::vector<FaultyTensor> tensors;
    std::vector<FailedOperator> failed;
};

/// Lines for the report; "" without faults.
[[nodiscard]] std::string fault_text(const std::vector<MemoryFaultResult>& memories);
/// The key "memory_faults" with an array; nothing without faults.
void write_faults(JsonWriter& json, const std::vector<MemoryFaultResult>& memories);

}  // namespace vr
