// SPDX-License-Identifier: Apache-2.0
// What may stand between the contents of a memory and whoever reads and writes them: faults of its
// cells and their correction. Not modelled here: any of these; a memory without a guard gives what
// was written.
#pragma once

#include <cstdint>
#include <span>

#include "models/base/quantity.h"

namespace vr {

class SparseMemory;

/// What a memory says of the data of a read, from best to worst (HBM3's SEV pins have these four).
enum class ReadSeverity : std::uint8_t {
    kNone,           ///< no error was seen
    kCorrectedBit,   ///< a single bit was corrected
    kCorrectedBits,  ///< several bits were corrected
    kUncorrectable,  ///< the data are wrong and said to be
};

/// When and for whom contents are touched.
struct MemoryUse {
    static constexpr std::uint32_t kObserver = ~0U;  ///< a report, a loader: no use of the machine
    Time now;
    std::uint32_t user = kObserver;  ///< the operator, or 0 where there is none
};

class ContentsGuard {
  public:
    virtual ~ContentsGuard() = default;
    /// `bytes` hold what was written at `address`; makes of them what the reader gets.
    virtual ReadSeverity read(const SparseMemory& contents, std::uint64_t address,
                              std::span<std::uint8_t> bytes, const MemoryUse& use) = 0;
    /// Called before `bytes` are written.
    virtual void write(const SparseMemory& contents, std::uint64_t address,
                       std::span<const std::uint8_t> bytes, const MemoryUse& use) = 0;
};

}  // namespace vr
