// SPDX-License-Identifier: Apache-2.0
// Messages between the units of a GPU. A bundle stands for a run of cache lines of one TMA transfer
// (DEVIATIONS.md).
#pragma once

#include <cstdint>

#include "models/base/attribution.h"
#include "models/base/index.h"
#include "models/base/quantity.h"
#include "models/transport/memory_units.h"
#include "models/transport/state_members.h"

namespace vr {

/// Stands in the place of an SM's number where the copy engine asks, through the hub port.
inline constexpr std::uint16_t kHubPort = 0xffff;

/// In a bundle's tag: its lines go to both SMs of the pair (TMA multicast).
inline constexpr std::uint32_t kMulticastTag = 0x40000000U;

inline constexpr OwnerId kNoPacer = 0xff;

/// In a bundle's tag: a word for one actor of an SM.
inline constexpr std::uint32_t kWordTag = 0x20000000U;

/// What is done to a word in L2, past every L1.
enum class WordAccess : std::uint8_t {
    kNone,  ///< no word: lines
    kLoad,
    kAdd,  ///< one is added; a write (`write`) is answered without the word
};

/// A strided run of lines, requested (or written) by one SM. Line i is at address + i * stride; the
/// same sectors of each.
struct LineBundle {
    std::uint64_t address = 0;  ///< of the first line, line aligned
    std::int64_t stride = kLineBytes;
    std::uint32_t count = 0;
    std::uint8_t sectors = 0xf;  ///< mask of 32 B sectors of each line
    bool write = false;
    bool evict_first = false;             ///< cache hint: these lines go before all others
    bool prefetch = false;                ///< brings the lines into L2 only: no data, no answer
    WordAccess word = WordAccess::kNone;  ///< then one line, one sector
    std::uint16_t sm = 0;                 ///< the SM that asks, or kHubPort
    std::uint32_t tag = 0;                ///< that SM's transfer
    TensorIndex tensor{};                 ///< whose bytes these are
    OperatorIndex operator_index{};       ///< who wants them
    Time line_spacing;                    ///< between two lines of the bundle on the way
    OwnerId pacer = kNoPacer;             ///< who spaced them; kNoPacer: nobody to charge
    CauseTrail cause;

    [[nodiscard]] std::uint32_t bytes() const {
        return count * kSectorBytes * static_cast<std::uint32_t>(__builtin_popcount(sectors));
    }
    static constexpr auto state_members() {
        using B = LineBundle;
        return vr::state_members(&B::address, &B::stride, &B::count, &B::sectors, &B::write,
                                 &B::evict_first, &B::prefetch, &B::word, &B::sm, &B::tag,
                                 &B::tensor, &B::operator_index, &B::line_spacing, &B::pacer,
                                 &B::cause);
    }
};

/// Answer to a bundle: all its lines are there (read) or taken over by L2 (write).
struct BundleDone {
    std::uint32_t tag = 0;
    std::uint32_t bytes = 0;
    std::uint16_t sm = 0;
    bool write = false;
    Time first_ready;  ///< when the first of the lines could leave L2
    CauseTrail cause;
    std::int64_t word = 0;  ///< of a word's access: what it was before
    static constexpr auto state_members() {
        using B = BundleDone;
        return vr::state_members(&B::tag, &B::bytes, &B::sm, &B::write, &B::first_ready, &B::cause,
                                 &B::word);
    }
};

/// Command front end to thread-block scheduler: start a kernel.
struct KernelLaunch {
    OperatorIndex kernel{};
    Cause cause;
    static constexpr auto state_members() {
        using K = KernelLaunch;
        return vr::state_members(&K::kernel, &K::cause);
    }
};

/// Thread-block scheduler to command front end: every thread block has ended, every store has been
/// taken over.
struct KernelDone {
    OperatorIndex kernel{};
    Cause cause;
    static constexpr auto state_members() {
        using K = KernelDone;
        return vr::state_members(&K::kernel, &K::cause);
    }
};

/// Thread-block scheduler to an SM pair: run one group of thread blocks (one block, or a pair of
/// two).
struct BlockLaunch {
    OperatorIndex kernel{};
    std::uint32_t group = 0;    ///< its tiles are group, group + groups, group + 2 groups, ...
    std::uint8_t first_sm = 0;  ///< within the pair: where the group's first block runs
    Cause cause;
    static constexpr auto state_members() {
        using B = BlockLaunch;
        return vr::state_members(&B::kernel, &B::group, &B::first_sm, &B::cause);
    }
};

/// An SM pair to the thread-block scheduler: a group has ended, its stores are taken over, or both.
struct BlockDone {
    OperatorIndex kernel{};
    std::uint16_t sm = 0;     ///< first SM of the group, within the GPU
    bool leaves = true;       ///< its threads have ended: its room is free
    bool stored = true;       ///< everything it wrote is in L2; comes with `leaves` or after it
    std::uint32_t tiles = 0;  ///< tiles that this group finished and that were not told before
    Cause cause;
    static constexpr auto state_members() {
        using B = BlockDone;
        return vr::state_members(&B::kernel, &B::sm, &B::leaves, &B::stored, &B::tiles, &B::cause);
    }
};

/// Between the command front ends of two GPUs: an operator that others wait for has ended.
struct OperatorSignal {
    OperatorIndex operator_index{};
    Cause cause;
    static constexpr auto state_members() {
        using S = OperatorSignal;
        return vr::state_members(&S::operator_index, &S::cause);
    }
};

}  // namespace vr
