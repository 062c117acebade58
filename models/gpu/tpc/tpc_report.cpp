// SPDX-License-Identifier: Apache-2.0
// What an SM pair tells: waits of a stalled run, statistics.
#include "models/gpu/tpc/tpc.h"

namespace vr {

void Tpc::waits(std::vector<Wait>& out) const {
    for (const Group& group : groups_) {
        if (!group.active) {
            continue;
        }
        for (const Actor& actor : group.actors) {
            if (actor.status == ActorStatus::kWaitsForStores ||
                actor.status == ActorStatus::kWaitsForWord) {
                const bool stores = actor.status == ActorStatus::kWaitsForStores;
                out.push_back(
                    {fmt::format("{}.sm{} {} of '{}'", path(), group.first_sm + actor.block,
                                 actor.code->name, group.program->name),
                     stores ? "its block's stores" : "a word that all blocks add to",
                     stores ? "L2" : "the other blocks", actor.since});
                continue;
            }
            if (actor.status != ActorStatus::kWaitsForFull &&
                actor.status != ActorStatus::kWaitsForEmpty) {
                continue;
            }
            const bool full = actor.status == ActorStatus::kWaitsForFull;
            out.push_back({fmt::format("{}.sm{} {} of '{}'", path(), group.first_sm + actor.block,
                                       actor.code->name, group.program->name),
                           fmt::format("a {} slot of '{}'", full ? "full" : "empty",
                                       group.program->pipelines[actor.waits_on].name),
                           full ? "its producer" : "its consumer", actor.since});
        }
    }
    for (std::size_t i = 0; i < sms_.size(); ++i) {
        const Sm& sm = sms_[i];
        static constexpr std::array<const char*, kEngines> kNames = {
            "tma.load", "tma.store", "load_store.load", "load_store.store"};
        for (std::size_t kind = 0; kind < kEngines; ++kind) {
            const Engine& engine = sm.engines[kind];
            if (engine.in_flight > 0) {
                out.push_back(
                    {fmt::format("{}.sm{}.{}", path(), i, kNames[kind]),
                     fmt::format("{} B in flight (credit of its window)", engine.in_flight),
                     "crossbar", engine.free_at});
            }
        }
    }
}

std::int64_t Tpc::bytes_in_flight() const {
    std::int64_t bytes = 0;
    for (const Sm& sm : sms_) {
        for (const Engine& engine : sm.engines) {
            bytes += engine.in_flight;
        }
    }
    return bytes;
}

void Tpc::statistics(StatisticsRegistry& out) const {
    for (std::size_t i = 0; i < sms_.size(); ++i) {
        const SmWork& work = sms_[i].work;
        const std::string base = fmt::format("{}.sm{}", path(), i);
        out.add(base, "tensor_busy", work.tensor_busy.value, "fs", "tensor core taken");
        out.add(base, "multiply_adds", work.multiply_adds, "operations",
                "multiply-adds of the tensor core");
        out.add(base, "bytes_loaded", work.bytes_loaded, "B", "from L2");
        out.add(base, "bytes_stored", work.bytes_stored, "B", "to L2");
        out.add(base, "l1_hits", work.l1_hits, "B", "plain loads that L1 had");
        out.add(base, "shared_read", work.shared_read, "B", "read from shared memory");
        out.add(base, "shared_written", work.shared_written, "B", "written to shared memory");
        out.add(base, "vector_operations", work.vector_operations, "operations",
                "on the vector pipes");
        out.add(base, "tiles", work.tiles, "tiles", "finished");
    }
}

}  // namespace vr
