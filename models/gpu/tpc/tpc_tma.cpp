// SPDX-License-Identifier: Apache-2.0
// Transfers of an SM pair: they wait at their engine, are cut into bundles of lines and sent while
// the engine's window has room. Here those of TMA; plain loads and stores: tpc_load_store.cpp.
#include <algorithm>

#include "models/gpu/tpc/data_path.h"
#include "models/gpu/tpc/tpc.h"

namespace vr {

std::uint32_t Tpc::allocate_transfer() {
    if (free_transfers_.empty()) {
        transfers_.emplace_back();
        return static_cast<std::uint32_t>(transfers_.size() - 1);
    }
    const std::uint32_t number = free_transfers_.back();
    free_transfers_.pop_back();
    return number;
}

MemoryBox Tpc::box_of(const Group& group, const TileOperand& operand, std::int64_t tile,
                      std::int64_t k, std::int64_t block,
                      const std::vector<std::int32_t>& row_list) const {
    const TileProgram& program = *group.program;
    const TileProgram::Place place = program.place(tile);
    const RowTile* listed =
        program.row_tiles.empty() ? nullptr : &program.row_tiles[static_cast<std::size_t>(place.m)];
    // What the listed coordinates add moves the end of what exists along with the origin.
    const auto shift = [&](const TileForm& form) {
        std::int64_t sum = 0;
        for (std::size_t i = 0; listed != nullptr && i < kListedCoordinates; ++i) {
            sum += form.listed[i] * listed->at[i];
        }
        return sum;
    };
    const auto at = [&](const TileForm& form) {
        return form.m * place.m + form.n * place.n + form.k * k + form.block * block +
               form.g * place.g + shift(form);
    };
    std::int64_t row = at(operand.row);
    const std::int64_t extent = operand.row_extents.empty()
                                    ? operand.row_extent
                                    : operand.row_extents[static_cast<std::size_t>(place.g)];
    std::int64_t row_end = extent > 0 ? operand.row.g * place.g + extent : operand.tensor_rows;
    if (operand.listed_row_unit > 0) {
        row += listed->first / operand.listed_row_unit;
        row_end = divide_round_up(listed->end, operand.listed_row_unit) + shift(operand.row);
    }
    if (operand.row_modulo > 0) {
        row %= operand.row_modulo;
    }
    row += operand.row_offset;
    const std::int64_t byte = at(operand.byte);
    const std::int64_t byte_end = operand.byte_extent > 0
                                      ? operand.byte.g * place.g + operand.byte_extent
                                      : operand.row_bytes;
    MemoryBox box;
    box.rows = std::clamp<std::int64_t>(row_end - row, 0, operand.box_rows);
    if (!row_list.empty()) {
        row = row_list[static_cast<std::size_t>(row)];
        box.rows = row < 0 ? 0 : 1;
        row = std::max<std::int64_t>(row, 0);
    }
    box.address = operand.base + static_cast<std::uint64_t>(row * operand.pitch + byte);
    box.pitch = operand.pitch;
    box.row_bytes = std::clamp<std::int64_t>(byte_end - byte, 0, operand.box_bytes);
    return box;
}

void Tpc::start_transfer(Group& group, GroupNumber group_number, Actor& actor,
                         const TileInstruction& instruction, bool store) {
    const TilePipeline& pipeline = group.program->pipelines[instruction.pipeline];
    const TileOperand& operand = group.program->operands[instruction.operand];
    const auto slot =
        static_cast<std::uint32_t>((actor.items[instruction.pipeline] - 1) % pipeline.stages);
    const std::uint32_t number = allocate_transfer();
    Transfer& transfer = transfers_[number];
    transfer = Transfer{};
    transfer.path = operand.path;
    transfer.store = store;
    transfer.walk = BoxWalk(
        box_of(group, operand, actor.tile, actor.loop_counter, actor.block, operand.row_list),
        static_cast<std::uint32_t>(bundle_lines_of(engine_kind(transfer))));
    transfer.group = group_number;
    transfer.sm = static_cast<std::uint8_t>(group.first_sm + actor.block);
    transfer.pipeline = instruction.pipeline;
    transfer.operand = instruction.operand;
    transfer.slot = slot;
    transfer.tile = actor.tile;
    transfer.k = actor.loop_counter;
    transfer.tensor = operand.tensor;
    transfer.evict_first = operand.evict_first;
    transfer.multicast = operand.multicast && !store;
    if (!store) {
        ring(group, instruction.pipeline, actor.block).expect(slot);
    } else if (operand.path == MemoryPath::kTma) {
        ++group.open_work;
    } else {
        ++group.open_stores;
    }
    enqueue(number, actor);
}

void Tpc::start_prefetch(const Group& group, GroupNumber group_number, const Actor& actor,
                         const TileInstruction& instruction) {
    const TileProgram& program = *group.program;
    const TileOperand& operand = program.operands[instruction.operand];
    const std::int64_t round = actor.loop_counter + instruction.count;
    const std::int64_t tile = actor.tile + round / program.rounds() * program.groups;
    if (tile >= program.tiles() || !program.prefetches(tile, round % program.rounds(), operand)) {
        return;
    }
    const std::uint32_t number = allocate_transfer();
    Transfer& transfer = transfers_[number];
    transfer = Transfer{};
    transfer.walk = BoxWalk(
        box_of(group, operand, tile, round % program.rounds(), actor.block, operand.row_list),
        static_cast<std::uint32_t>(config_.tma.bundle_lines));
    transfer.group = group_number;
    transfer.sm = static_cast<std::uint8_t>(group.first_sm + actor.block);
    transfer.operand = instruction.operand;
    transfer.prefetch = true;
    transfer.tensor = operand.tensor;
    enqueue(number, actor);
}

Tpc::Engine& Tpc::engine_of(const Transfer& transfer) {
    return sms_[transfer.sm].engines[engine_kind(transfer)];
}

Bytes Tpc::window_of(EngineKind kind) const {
    switch (kind) {
        case kTmaLoad:
            return config_.tma.load_window;
        case kTmaStore:
            return config_.tma.store_window;
        case kThreadLoad:
            return config_.load_store.load_window;
        default:
            return config_.load_store.store_window;
    }
}

std::int64_t Tpc::bundle_lines_of(EngineKind kind) const {
    return kind == kTmaLoad || kind == kTmaStore ? config_.tma.bundle_lines
                                                 : config_.load_store.bundle_lines;
}

void Tpc::schedule_engine(std::uint8_t sm, EngineKind kind, Time at) {
    sms_[sm].engines[kind].scheduled = true;
    push({at, 0, EventKind::kEngine, kind, sm, 0, 0, 0xffffffffU, {}});
}

void Tpc::enqueue(std::uint32_t number, const Actor& actor) {
    Transfer& transfer = transfers_[number];
    transfer.begun = actor.since;
    const bool tma = transfer.path == MemoryPath::kTma;
    const Time ready =
        tma ? clock_.after(actor.since, config_.tma.issue_latency) : clock_.align(actor.since);
    transfer.cause = extend(actor.cause, tma ? owners_.tma_issue : owners_.load_store, ready, [&] {
        return groups_[transfer.group].program->operands[transfer.operand].name;
    });
    Engine& engine = engine_of(transfer);
    engine.queue.push_back(number);
    if (!engine.scheduled && !engine.blocked) {
        schedule_engine(transfer.sm, engine_kind(transfer), std::max(ready, engine.free_at));
    }
}

void Tpc::end_prefetch(std::uint32_t number, Time at) {
    const Transfer& transfer = transfers_[number];
    if (events_ != nullptr) {
        const TileProgram& program = *groups_[transfer.group].program;
        const std::uint32_t event =
            events_->slice(sms_[transfer.sm].load_track,
                           events_->name("prefetch for " + program.operands[transfer.operand].name),
                           transfer.begun, at, program.operator_index.value + 1);
        if (explains()) {
            events_->set_cause(event, attribution_.extend(transfer.cause, owners_.tma_queue, at));
        }
    }
    free_transfers_.push_back(number);
}

void Tpc::move_data(const Group& group, const Transfer& transfer, Time now) {
    const TileProgram& program = *group.program;
    if (data_ == nullptr || !program.carries_data) {
        return;
    }
    data_->use({now, program.operator_index.value});
    const auto block = static_cast<std::uint8_t>(transfer.sm - group.first_sm);
    const TileOperand& operand = program.operands[transfer.operand];
    // Time follows the list that the program was built with, data the routing in memory.
    const MemoryBox box =
        box_of(group, operand, transfer.tile, transfer.k, block,
               operand.row_list.empty() ? operand.row_list : data_->routed_rows(program));
    const TilePipeline& buffers = program.pipelines[transfer.pipeline];
    const auto address = static_cast<std::uint64_t>(
        buffers.shared_base + transfer.slot * buffers.slot_bytes + operand.shared_offset);
    if (transfer.store) {
        data_->store(first_sm_ + transfer.sm, operand, box, address);
    } else {
        data_->land(first_sm_ + transfer.sm, program, operand, box, address);
    }
}

void Tpc::run_engine(std::uint8_t sm_number, EngineKind kind, Time now) {
    Sm& sm = sms_[sm_number];
    Engine& engine = sm.engines[kind];
    engine.scheduled = false;
    if (engine.queue.empty()) {
        return;
    }
    const std::uint32_t number = engine.queue.front();
    Transfer& transfer = transfers_[number];
    // The next transfer's instruction is still on its way into the engine
    if (transfer.cause.time() > now) {
        schedule_engine(sm_number, kind, transfer.cause.time());
        return;
    }
    const bool tma = transfer.path == MemoryPath::kTma;
    if (!tma && sm.load_store_free > now) {
        schedule_engine(sm_number, kind, sm.load_store_free);
        return;
    }
    if (!transfer.walk.done()) {
        // A bundle larger than the whole window goes alone.
        const std::int64_t most = bundle_lines_of(kind) * kLineBytes;
        if (!transfer.prefetch && engine.in_flight > 0 &&
            engine.in_flight + most > window_of(kind).value) {
            engine.blocked = true;
            return;
        }
        if (tma) {
            send_bundle(sm_number, kind, number, now);
        } else {
            access_bundle(sm_number, number, now);
        }
    }
    if (transfer.walk.done()) {
        engine.queue.pop_front();
        end_issue(sm_number, number, now, std::max(now, engine.free_at));
    }
    if (!engine.queue.empty() && !engine.scheduled && !engine.blocked) {
        schedule_engine(sm_number, kind, std::max(now, engine.free_at));
    }
}

void Tpc::send_bundle(std::uint8_t sm_number, EngineKind kind, std::uint32_t number, Time now) {
    Sm& sm = sms_[sm_number];
    Engine& engine = sm.engines[kind];
    Transfer& transfer = transfers_[number];
    LineBundle bundle;
    if (transfer.started == Time{}) {
        transfer.started = now;
    }
    transfer.walk.next(bundle);
    bundle.write = transfer.store;
    bundle.sm = static_cast<std::uint16_t>(first_sm_ + sm_number);
    bundle.tag = number | (transfer.multicast ? kMulticastTag : 0U);
    bundle.tensor = transfer.tensor;
    bundle.evict_first = transfer.evict_first;
    bundle.prefetch = transfer.prefetch;
    bundle.operator_index = groups_[transfer.group].program->operator_index;
    bundle.line_spacing = load_line_clock_.edge(1);
    bundle.pacer = owners_.tma_queue;
    // Waited for room in the window, or for the engine itself.
    const bool waited = engine.unblocked && engine.unblocked.time() > transfer.cause.time();
    bundle.cause = attribution_.extend(CauseTrail(waited ? engine.unblocked : transfer.cause),
                                       owners_.tma_queue, now);
    if (!transfer.prefetch) {
        engine.in_flight += bundle.bytes();
        transfer.outstanding += bundle.bytes();
    }
    engine.free_at = now + load_line_clock_.edge(bundle.count);
    if (transfer.walk.done()) {  // the next one's turn comes no earlier
        engine.free_at = std::max(engine.free_at,
                                  transfer.started + clock_.span(config_.tma.instruction_interval));
    }
    if (transfer.store) {
        sm.work.shared_read += bundle.bytes();
        sm.work.bytes_stored += bundle.bytes();
    }
    const Time leaves = translated(bundle, now);
    requests_out.send(leaves, std::move(bundle));
}

Time Tpc::translated(LineBundle& bundle, Time at) {
    const auto last =
        static_cast<std::uint64_t>(static_cast<std::int64_t>(bundle.count - 1) * bundle.stride);
    // Of a bundle over several pages the first and the last count.
    const Time fetched = clock_.after(at, config_.translation.miss_latency);
    const Time later = std::max(translations_.there(bundle.address, at, fetched),
                                translations_.there(bundle.address + last, at, fetched));
    if (later > at) {
        attribution_.append(bundle.cause, owners_.translation, later);
    }
    return later;
}

void Tpc::end_issue(std::uint8_t sm_number, std::uint32_t number, Time now, Time free) {
    Transfer& transfer = transfers_[number];
    transfer.issued = true;
    Group& group = groups_[transfer.group];
    const auto block = static_cast<std::uint8_t>(transfer.sm - group.first_sm);
    if (transfer.store) {  // shared memory (or registers) has been read: the slot is free again
        move_data(group, transfer, now);
        const OwnerId owner =
            transfer.path == MemoryPath::kTma ? owners_.tma_queue : owners_.load_store;
        const Cause cause = attribution_.extend(transfer.cause, owner, free);
        ++group.open_work;
        push({free, 0, EventKind::kRelease, transfer.group, block, transfer.pipeline, transfer.slot,
              0xffffffffU, cause});
    }
    if (transfer.prefetch) {  // nothing comes back
        end_prefetch(number, free);
    } else if (transfer.outstanding == 0) {  // outside the tensor, or all of it was in L1
        if (transfer.store) {
            finish_transfer(number, now, transfer.cause);
        } else {
            const bool landed = transfer.landed > now;
            push({landed ? transfer.landed : now, 0, EventKind::kArrive, transfer.group, sm_number,
                  transfer.pipeline, transfer.slot, number,
                  landed ? attribution_.keep(transfer.landed_cause) : transfer.cause});
        }
    }
}

}  // namespace vr
