// SPDX-License-Identifier: Apache-2.0
// What a snapshot of an SM pair and of the SMs' data would keep, for hashes. all_of() takes every
// member of a plain struct or does not compile. Left out: pointers into programs (named by the
// operator and by the actor's name), tracks of the event record.
#include <algorithm>

#include "models/gpu/tpc/data_path.h"
#include "models/gpu/tpc/tpc.h"

namespace vr {

void Tpc::state(StateHasher& out) const {
    const auto give_actor = [&](const Actor& a) {
        out.all_of<Actor>(a.code == nullptr ? std::string() : a.code->name, a.program_counter,
                          a.block, a.status, a.waits_on, a.tile, a.loop_counter, a.loop_end,
                          a.first_round, a.loop_start, a.items, a.exponentials, a.since, a.cause,
                          a.multiplied, a.multiplied_cause);
    };
    const auto give_engine = [&](const Engine& e) {
        out.all_of<Engine>(e.queue, e.scheduled, e.blocked, e.in_flight, e.free_at, e.unblocked);
    };

    out(launches_in, responses_in, requests_out, blocks_out, translations_);
    for (const Sm& sm : sms_) {
        out(sm.tensor_core, sm.tensor_cause, sm.shared_write_free, sm.tensor_memory_free,
            sm.vector_free, sm.exponentials_free);
        std::for_each(sm.engines.begin(), sm.engines.end(), give_engine);
        out(sm.load_store_free, sm.l1.has_value(), sm.line_waiters.size());
        if (sm.l1) {
            out(*sm.l1);
        }
        for (const LineWaiter& w : sm.line_waiters) {
            out.all_of<LineWaiter>(w.address, w.transfer, w.sectors);
        }
        const SmWork& w = sm.work;
        out.all_of<SmWork>(w.tensor_busy, w.multiply_adds, w.shared_read, w.shared_written,
                           w.bytes_loaded, w.bytes_stored, w.l1_hits, w.vector_operations, w.tiles);
    }
    for (const Group& g : groups_) {
        out.all_of<Group>(g.program == nullptr ? -1 : std::int64_t{g.program->operator_index.value},
                          g.active, g.left, g.first_sm, g.number, g.actors.size(), g.rings,
                          g.open_work, g.open_stores, g.tiles, g.latest, g.latest_cause);
        std::for_each(g.actors.begin(), g.actors.end(), give_actor);
    }
    out(transfers_.size());
    for (const Transfer& t : transfers_) {
        out.all_of<Transfer>(t.walk, t.group, t.sm, t.path, t.pipeline, t.operand, t.slot, t.store,
                             t.prefetch, t.multicast, t.issued, t.outstanding, t.tile, t.k,
                             t.tensor, t.evict_first, t.begun, t.started, t.landed, t.cause,
                             t.landed_cause);
    }
    out(accesses_.size());
    for (const Access& a : accesses_) {
        out.all_of<Access>(a.transfer, a.count, a.address, a.stride, a.sectors);
    }
    out(free_transfers_, free_accesses_, event_sequence_, inputs_, code_, code_there_);
    // How the heap lies is nobody's business: events leave it by time and number.
    std::vector<const Event*> events;
    for (const Event& event : calendar_) {
        events.push_back(&event);
    }
    std::sort(events.begin(), events.end(), [](const Event* a, const Event* b) {
        return a->at != b->at ? a->at < b->at : a->sequence < b->sequence;
    });
    out(events.size());
    for (const Event* e : events) {
        out.all_of<Event>(e->at, e->sequence, e->kind, e->group, e->index, e->pipeline, e->slot,
                          e->transfer, e->cause);
    }
}

void DataPath::state(StateHasher& out) const {
    out(corners_.bits(), routed_, faults_.size());
    for (const DataFault& f : faults_) {
        out.all_of<DataFault>(f.site, f.sm, f.occurrence, f.byte, f.bit);
    }
}

void DataPath::state_of_sm(std::size_t sm, StateHasher& out) const {
    const SmImage& image = sms_[sm];
    out.all_of<SmImage>(image.shared, image.scales, image.accumulators, image.softmax,
                        image.rescale, image.landings, image.scale_copies, image.reads);
}

}  // namespace vr
