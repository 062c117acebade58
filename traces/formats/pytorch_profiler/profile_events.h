// SPDX-License-Identifier: Apache-2.0
// The events of a PyTorch profile that matter to us, read one after the other without building the
// document. Not modelled: Python frames, annotations, memory events; they are passed over.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/base/quantity.h"
#include "traces/formats/import/trace_text.h"
#include "traces/formats/mapping/operator_mapping.h"

namespace vr::pytorch {

enum class EventKind : std::uint8_t {
    kHostOperator,  ///< an operator of the framework, as the host called it
    kRuntime,       ///< a call of the CUDA runtime or driver
    kKernel,
    kCopy,
    kSet,
    kStreamWait,  ///< a stream waits for an event of another one
};

/// One event. Fields that its kind does not have keep their defaults.
struct Event {
    EventKind kind = EventKind::kKernel;
    std::string name;
    std::int64_t begin_ns = 0;
    Time duration;
    std::string thread;  ///< "PID/TID"
    std::int64_t external = -1;
    std::int64_t correlation = -1;
    std::int64_t stream = 0;
    std::int64_t device = 0;
    std::int64_t waits_for_stream = -1;
    std::int64_t bytes = 0;  ///< of a copy or set
    std::vector<SourceTensor> inputs;
    std::string collective;  ///< recorded name of the communication
    std::string group;
    std::string element_type;
    std::int64_t elements_in = 0;
    std::int64_t elements_out = 0;
    ForeignPlace place;

    [[nodiscard]] bool on_device() const {
        return kind == EventKind::kKernel || kind == EventKind::kCopy || kind == EventKind::kSet;
    }
};

/// A profile as far as we keep it.
struct Profile {
    std::vector<Event> events;  ///< in the order of the file
    std::int64_t passed_over = 0;
    bool has_shapes = false;  ///< some host operator has the shapes of its inputs
};

/// Reads a file, plain or gzip. Throws InputError with line, column and byte.
[[nodiscard]] Profile read_profile(const std::string& path);

/// Exact integer of femtoseconds (or nanoseconds) from microseconds as written: "12.345".
/// False when the text is no number of at most `digits` decimals that fits (more decimals are cut).
[[nodiscard]] bool parse_microseconds(const std::string& text, int digits, std::int64_t& out);

}  // namespace vr::pytorch
