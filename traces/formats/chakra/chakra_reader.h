// SPDX-License-Identifier: Apache-2.0
// Reads Chakra execution traces (.et): repeated (varint length, protobuf message), plain or gzip;
// the first message describes the file, the others are nodes. Not modelled: the JSON forms of the
// format, remote memory nodes without a recorded time, attributes that ours has no place for.
#pragma once

#include <string>

#include "models/transport/workload.h"
#include "traces/formats/import/trace_totals.h"
#include "traces/formats/mapping/operator_mapping.h"

namespace vr {

/// A Chakra trace as read. FLOPs, bytes and times in `notes.source` are what the file's nodes say.
struct ChakraTrace {
    Workload workload;
    ImportNotes notes;
};

/// Reads one rank's file. Integer attributes are taken from any integer slot, with a warning where
/// it is not the one that other readers look at. Throws InputError with byte offset and node for
/// everything that is wrong: a cut file, an attribute without a value or of another type, an amount
/// of zero, unknown node types, dependencies on nodes that are not there.
[[nodiscard]] ChakraTrace read_chakra(const std::string& path, OperatorMapping& mapping);

}  // namespace vr
