// SPDX-License-Identifier: Apache-2.0
// How much a memory takes from the outside at once, whichever way one comes in (README.md).
// Not modelled here: the memory itself; that is Hbm4Config.
#pragma once

#include <array>
#include <cstdint>

#include "models/base/configuration.h"
#include "models/hbm4/hbm4_config.h"

namespace vr {

/// A credit is a request that a pseudo-channel holds, from its acceptance to its completion.
struct MemoryDoorConfig {
    std::int64_t read_credits = 0, write_credits = 0;
    Bytes request_bytes{64};

    template <class Visitor>
    void parameters(Visitor& p) {
        p.optional("read_credits", read_credits, "0", {"0", "65536"},
                   "reads that a pseudo-channel holds; 0: queue, buffer and those on their way");
        p.optional("write_credits", write_credits, "0", {"0", "65536"},
                   "writes that a pseudo-channel holds; 0: queue, buffer and those on their way");
        p.optional("request_bytes", request_bytes, "64 B", {"16 B", "4 KiB"},
                   "bytes of a request where the interface has no size (dramsim3.h)");
    }

    /// Credits of reads and of writes, with 0 worked out.
    [[nodiscard]] std::array<std::int64_t, 2> credits(const Hbm4Config& memory) const;
};

/// What a memory of its own is made of.
struct MemorySystemConfig {
    Hbm4Config memory;
    MemoryDoorConfig door;
};

/// Reads `gpu.hbm4`; inconsistent values become problems of the configuration.
[[nodiscard]] Hbm4Config bind_memory(Configuration& configuration);

/// Finishes the configuration of a memory that was bound alone: with [gpu.sm] it is a whole
/// platform, of which only a part was read; without, it is a memory's, and all of it must be known.
void finish_memory(Configuration& configuration);

/// Reads `gpu.hbm4` and, where it is given, `memory_system` of a platform. Throws InputError with
/// the place of each problem, the inconsistent values included.
[[nodiscard]] MemorySystemConfig load_memory_system(const ConfigurationRequest& request);

}  // namespace vr
