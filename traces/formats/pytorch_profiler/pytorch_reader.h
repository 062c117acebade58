// SPDX-License-Identifier: Apache-2.0
// From a profile of torch.profiler (record_shapes=True) to a workload: what the device did, in the
// order of its streams. A kernel belongs to the framework's operator that launched it; where the
// mapping knows that operator and its shapes, it becomes ours, else its recorded time is replayed.
// Not modelled: host work and the gaps that it leaves on the device; tensors that operators share.
#pragma once

#include <string>

#include "models/transport/workload.h"
#include "traces/formats/import/trace_totals.h"
#include "traces/formats/mapping/operator_mapping.h"

namespace vr {

/// A profile as read. FLOPs and bytes in `notes.source` follow from the recorded shapes and types.
struct PytorchTrace {
    Workload workload;
    ImportNotes notes;
};

/// Reads a profile, plain or gzip, an event at a time. Devices and streams are numbered anew from
/// 0. Throws InputError with line, column and byte; a profile without device work is an error.
[[nodiscard]] PytorchTrace read_pytorch_profile(const std::string& path, OperatorMapping& mapping);

}  // namespace vr
