// SPDX-License-Identifier: Apache-2.0
// Work that a trace records without the shapes that a kernel is built from: an operator with its
// measured time, and communication between ranks. Not modelled: what such an operator computes, and
// which memory it touches.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "models/base/quantity.h"

namespace vr {

/// An operator of an imported trace whose shape is not known: its recorded time is all there is.
struct ReplaySpec {
    std::string name;        ///< as recorded, e.g. a kernel's name; "" when it is the operator's id
    Time duration;           ///< recorded; 0 for host work only
    std::int64_t flops = 0;  ///< recorded, 0: not recorded; counted, never executed
    std::int64_t bytes = 0;  ///< recorded, 0: not recorded; counted, never moved
    bool host = false;       ///< it ran on the host
};

/// Communication, named as Chakra names it; the order is that of its CollectiveCommType.
enum class CollectiveKind : std::uint8_t {
    kAllReduce,
    kReduce,
    kAllGather,
    kGather,
    kScatter,
    kBroadcast,
    kAllToAll,
    kReduceScatter,
    kReduceScatterBlock,
    kBarrier,
    kSend,     ///< to one peer
    kReceive,  ///< from one peer
};

/// Words of the kinds in trace files, in the order of the enumeration.
inline constexpr std::array<std::string_view, 12> kCollectiveNames = {
    "all_reduce", "reduce",         "all_gather",           "gather",  "scatter", "broadcast",
    "all_to_all", "reduce_scatter", "reduce_scatter_block", "barrier", "send",    "receive"};

[[nodiscard]] constexpr std::string_view collective_name(CollectiveKind kind) {
    return kCollectiveNames[static_cast<std::size_t>(kind)];
}
[[nodiscard]] constexpr bool has_peer(CollectiveKind kind) {
    return kind == CollectiveKind::kSend || kind == CollectiveKind::kReceive;
}

/// One communication operator as this rank sees it.
struct CollectiveSpec {
    CollectiveKind kind = CollectiveKind::kAllReduce;
    std::int64_t bytes = 0;  ///< payload of this rank; 0 for a barrier only
    std::string group;       ///< ranks that take part; "": all
    std::int64_t peer = 0;   ///< kSend, kReceive: the other rank
    std::int64_t tag = 0;    ///< kSend, kReceive
};

}  // namespace vr
