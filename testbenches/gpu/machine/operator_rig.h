// SPDX-License-Identifier: Apache-2.0
// Traces of single operators, and their tensors as numbers.
#pragma once

#include <functional>
#include <string>

#include "testbenches/gpu/machine/machine_rig.h"
#include "testbenches/gpu/machine/plain_math.h"

namespace vr::testing {

inline std::string tensor(const std::string& name, std::int64_t rows, std::int64_t columns,
                          const std::string& type, bool data = true) {
    return fmt::format("{{\"tensor\": \"{}\", \"shape\": [{}, {}], \"type\": \"{}\"{}}}\n", name,
                       rows, columns, type, data ? ", \"data\": \"seeded\"" : "");
}

inline std::string trace(const std::string& lines) {
    return "{\"vrsim_trace\": 1, \"name\": \"operators\"}\n" + lines;
}

/// The tensor's elements as they lie in memory.
inline plain::Matrix contents(MachineRig& rig, std::size_t i) {
    const TensorSpec& spec = rig.tensor(i);
    const TensorBytes bytes = rig.bytes(i);
    return spec.type == TensorType::kNvfp4
               ? plain::nvfp4(bytes.elements, bytes.scales, spec.rows, spec.columns)
               : plain::matrix(bytes.elements, spec.rows, spec.columns);
}

/// Runs the trace; returns how far its last tensor is from `expected`, relative to the
/// larger of that and `floor`.
inline double distance_of(const std::string& text,
                          const std::function<plain::Matrix(MachineRig&)>& expected, double floor,
                          const Sets& sets = {}) {
    MachineRig rig(text, "tiny", sets);
    rig.run();
    const plain::Matrix wanted = expected(rig);
    return plain::distance(contents(rig, rig.request.workload.tensors.size() - 1), wanted, floor);
}

}  // namespace vr::testing
