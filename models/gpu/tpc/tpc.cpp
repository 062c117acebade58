// SPDX-License-Identifier: Apache-2.0
// The calendar of an SM pair: messages, barriers, thread blocks.
#include "models/gpu/tpc/tpc.h"

#include <algorithm>

#include "models/base/quantity_text.h"
#include "models/gpu/tpc/data_path.h"

namespace vr {

namespace {
constexpr auto kLater = [](const auto& a, const auto& b) {
    return a.at != b.at ? a.at > b.at : a.sequence > b.sequence;
};
}

Tpc::Tpc(std::string path, const SmConfig& config, std::uint32_t first_sm, std::uint32_t sms,
         const std::vector<TileProgram>& programs, Attribution& attribution, DataPath* data,
         EventRecord* events)
    : Unit(std::move(path)),
      config_(config),
      clock_(config.clock),
      vector_clock_(config.vector_pipes.clock),
      load_line_clock_(Frequency{config.clock.value / 100 * config.tma.line_rate}),
      access_line_clock_(Frequency{config.clock.value * config.load_store.lines_per_clock}),
      shared_write_clock_(Frequency{config.clock.value * config.shared_memory.write_width.value}),
      tensor_memory_clock_(Frequency{config.clock.value * config.tensor_memory.read_width.value}),
      vector_lane_clock_(Frequency{config.vector_pipes.clock.value * config.vector_pipes.lanes}),
      issue_clock_(Frequency{config.vector_pipes.clock.value * (config.vector_pipes.issue > 0
                                                                    ? config.vector_pipes.issue
                                                                    : config.vector_pipes.lanes)}),
      exponential_clock_(
          Frequency{config.vector_pipes.clock.value * config.vector_pipes.exponentials}),
      first_sm_(first_sm),
      programs_(programs),
      attribution_(attribution),
      data_(data),
      events_(events),
      owners_(attribution),
      translations_(config.translation) {
    for (std::uint32_t i = 0; i < sms; ++i) {
        Sm& sm = sms_.emplace_back(config);
        if (events_ != nullptr) {
            const std::string base = fmt::format("{}.sm{}", this->path(), i);
            sm.tensor_track = events_->track(base + ".tensor_core", "SM");
            sm.load_track = events_->track(base + ".tma.load", "SM");
            sm.store_track = events_->track(base + ".tma.store", "SM");
            sm.vector_track = events_->track(base + ".vector_pipes", "SM");
            sm.stall_track = events_->track(base + ".stall", "SM");
            if (events_->explains()) {
                sm.tile_track = events_->track(base + ".tiles", "SM");
            }
        }
    }
}

Time Tpc::next() const {
    const Time own = calendar_.empty() ? kNever : calendar_.front().at;
    return std::min({own, launches_in.next(), responses_in.next()});
}

Time Tpc::look_ahead() const {
    return std::min(launches_in.look_ahead(), responses_in.look_ahead());
}

void Tpc::push(Event event) {
    event.sequence = event_sequence_++;
    calendar_.push_back(std::move(event));
    std::push_heap(calendar_.begin(), calendar_.end(), kLater);
}

void Tpc::run(Time horizon) {
    while (true) {
        const Time own = calendar_.empty() ? kNever : calendar_.front().at;
        const Time launch = launches_in.next();
        const Time response = responses_in.next();
        const Time now = std::min({own, launch, response});
        if (now >= horizon) {
            return;
        }
        if (response == now) {
            take_response(responses_in.pop());
            continue;
        }
        if (launch == now) {
            take_launch(launches_in.pop());
            continue;
        }
        std::pop_heap(calendar_.begin(), calendar_.end(), kLater);
        Event event = std::move(calendar_.back());
        calendar_.pop_back();
        switch (event.kind) {
            case EventKind::kActor:
                step(event.group, event.index, now, std::move(event.cause));
                break;
            case EventKind::kEngine:
                run_engine(event.index, static_cast<EngineKind>(event.group), now);
                break;
            case EventKind::kArrive: {
                Group& group = groups_[event.group];
                if (event.transfer != 0xffffffffU) {
                    finish_transfer(event.transfer, now, event.cause);
                    break;
                }
                if (ring(group, event.pipeline, event.index).fill(event.slot, now, event.cause)) {
                    wake_waiters(event.group, event.pipeline, event.index);
                }
                --group.open_work;
                break;
            }
            case EventKind::kRelease: {
                Group& group = groups_[event.group];
                if (ring(group, event.pipeline, event.index)
                        .release(event.slot, now, event.cause)) {
                    wake_waiters(event.group, event.pipeline, event.index);
                }
                --group.open_work;
                note(group, now, event.cause);
                finish_group_if_done(event.group);
                break;
            }
        }
    }
}

bool Tpc::is_shared(const Group& group, std::uint8_t pipeline) const {
    return group.program->pipelines[pipeline].shared;
}

SlotRing& Tpc::ring(Group& group, std::uint8_t pipeline, std::uint8_t block) {
    return group.rings[pipeline * 2U + (is_shared(group, pipeline) ? 0U : block)];
}

void Tpc::take_launch(Stamped<BlockLaunch>&& stamped) {
    const BlockLaunch& launch = stamped.message;
    const TileProgram& program = programs_[launch.kernel.value];
    inputs_.push(static_cast<std::uint64_t>(stamped.arrival.value));
    inputs_.push(launch.kernel.value * 4U + launch.first_sm);
    const auto idle =
        std::find_if(groups_.begin(), groups_.end(), [](const Group& g) { return !g.active; });
    const auto number = static_cast<GroupNumber>(idle - groups_.begin());
    if (idle == groups_.end()) {
        groups_.emplace_back();
    }
    Group& group = groups_[number];
    group = Group{};
    group.program = &program;
    group.active = true;
    group.first_sm = launch.first_sm;
    group.number = launch.group;
    for (const TilePipeline& pipeline : program.pipelines) {
        for (int block = 0; block < 2; ++block) {
            group.rings.emplace_back(pipeline.stages, pipeline.fills, pipeline.arrivals);
        }
    }
    Cause cause =
        attribution_.extend(std::move(stamped.message.cause), owners_.block_start, stamped.arrival);
    // Another kernel's first block waits for its instructions.
    if (const std::uint64_t code = program.code(); code != code_) {
        code_ = code;
        code_there_ = clock_.after(stamped.arrival, config_.code_latency);
    }
    const Time begins =
        config_.code_latency.value == 0 ? stamped.arrival : std::max(stamped.arrival, code_there_);
    cause = attribution_.extend(std::move(cause), owners_.code, begins);
    group.latest = begins;
    group.latest_cause = cause;
    for (const TileActor& code : program.actors) {
        const std::int64_t blocks = code.leader_only ? 1 : program.blocks_per_group;
        for (std::int64_t block = 0; block < blocks; ++block) {
            Actor actor;
            actor.code = &code;
            actor.block = static_cast<std::uint8_t>(block);
            group.actors.push_back(std::move(actor));
        }
    }
    for (std::size_t i = 0; i < group.actors.size(); ++i) {
        push({begins, 0, EventKind::kActor, number, static_cast<std::uint8_t>(i), 0, 0, 0xffffffffU,
              cause});
    }
}

void Tpc::note(Group& group, Time at, const Cause& cause) {
    if (at >= group.latest) {
        group.latest = at;
        group.latest_cause = cause;
    }
}

void Tpc::wake_waiters(GroupNumber group_number, std::uint8_t pipeline, std::uint8_t block) {
    Group& group = groups_[group_number];
    const bool shared = is_shared(group, pipeline);
    for (std::size_t i = 0; i < group.actors.size(); ++i) {
        Actor& actor = group.actors[i];
        if (actor.waits_on != pipeline || (!shared && actor.block != block)) {
            continue;
        }
        SlotRing& slots = ring(group, pipeline, actor.block);
        const std::int64_t item = actor.items[pipeline];
        const SlotBarrier* barrier = nullptr;
        if (actor.status == ActorStatus::kWaitsForFull && slots.is_full_for(item)) {
            barrier = &slots.of(item).full;
        } else if (actor.status == ActorStatus::kWaitsForEmpty && slots.is_empty_for(item)) {
            barrier = &slots.of(item).empty;
        }
        if (barrier == nullptr) {
            continue;
        }
        const Time at = group.program->pipelines[pipeline].registers
                            ? barrier->completed
                            : clock_.after(barrier->completed, config_.barrier_latency);
        Cause cause = extend(barrier->cause, owners_.barrier, at, [&] {
            const bool full = actor.status == ActorStatus::kWaitsForFull;
            return fmt::format("the last arrival made a slot of '{}' {}",
                               group.program->pipelines[pipeline].name,
                               full ? "full" : "empty again: its credit came back");
        });
        stall_event(group, actor, at, cause);
        actor.status = ActorStatus::kScheduled;
        push({at, 0, EventKind::kActor, group_number, static_cast<std::uint8_t>(i), 0, 0,
              0xffffffffU, std::move(cause)});
    }
}

void Tpc::take_response(Stamped<BundleDone>&& stamped) {
    const Time now = stamped.arrival;
    BundleDone& done = stamped.message;
    inputs_.push(static_cast<std::uint64_t>(now.value));
    inputs_.push((std::uint64_t{done.bytes} << 8) + (done.sm - first_sm_) * 2U +
                 (done.write ? 1U : 0U));
    const CauseTrail came = explains() ? done.cause : CauseTrail();
    const CauseTrail cause = attribution_.extend(std::move(done.cause), owners_.delivery, now);
    const auto sm_number = static_cast<std::uint8_t>(done.sm - first_sm_);
    Sm& sm = sms_[sm_number];
    if ((done.tag & kWordTag) != 0) {
        take_word(done, cause, now);
        return;
    }
    if (!done.write && (done.tag & kAccessTag) != 0) {
        give_credit(sm_number, kThreadLoad, came, cause, done, now);
        take_access(done.tag & ~kAccessTag, sm_number, done.bytes, cause, now);
        return;
    }
    const std::uint32_t number = done.tag & ~kMulticastTag;
    Transfer& transfer = transfers_[number];
    give_credit(sm_number, engine_kind(transfer), came, cause, done, now);
    transfer.outstanding -= done.bytes;
    if (done.write) {
        if (transfer.issued && transfer.outstanding == 0) {
            finish_transfer(number, now, attribution_.keep(cause));
        }
        return;
    }
    for (Sm& target : sms_) {
        if (&target != &sm && !transfer.multicast) {
            continue;
        }
        const Time start = std::max(target.shared_write_free, now);
        target.shared_write_free = start + shared_write_clock_.edge(done.bytes);
        target.work.shared_written += done.bytes;
        target.work.bytes_loaded += done.bytes;
        if (target.shared_write_free >= transfer.landed) {
            transfer.landed = target.shared_write_free;
            transfer.landed_cause = cause;
        }
    }
    if (transfer.issued && transfer.outstanding == 0) {
        push({transfer.landed, 0, EventKind::kArrive, transfer.group, sm_number, transfer.pipeline,
              transfer.slot, number,
              attribution_.extend(attribution_.keep(transfer.landed_cause), owners_.shared_write,
                                  transfer.landed)});
    }
}

void Tpc::give_credit(std::uint8_t sm_number, EngineKind kind, const CauseTrail& came,
                      const CauseTrail& cause, const BundleDone& done, Time now) {
    Engine& engine = sms_[sm_number].engines[kind];
    engine.in_flight -= done.bytes;
    if (!engine.blocked) {
        return;
    }
    engine.blocked = false;
    engine.unblocked = explains() ? credit_cause(kind, came, done, now)
                                  : attribution_.keep_in_window(cause, window_owner(kind));
    if (!engine.scheduled) {
        schedule_engine(sm_number, kind, now);
    }
}

OwnerId Tpc::window_owner(EngineKind kind) const {
    return kind == kTmaLoad || kind == kTmaStore ? owners_.tma_window : owners_.load_store_window;
}

// The chain of a response that made room in a window that an engine waited for.
Cause Tpc::credit_cause(EngineKind kind, const CauseTrail& came, const BundleDone& done, Time now) {
    const OwnerId window = window_owner(kind);
    return extend(attribution_.keep_in_window(came, window), window, now, [&] {
        return fmt::format(
            "brought {} B of credit that {} waited for: its {} window of {} was full", done.bytes,
            kind == kTmaLoad || kind == kTmaStore ? "TMA" : "the load-store unit",
            done.write ? "store" : "load", to_text(window_of(kind)));
    });
}

void Tpc::finish_transfer(std::uint32_t number, Time at, const Cause& cause) {
    Transfer& transfer = transfers_[number];
    const GroupNumber group_number = transfer.group;
    Group& group = groups_[group_number];
    const auto block = static_cast<std::uint8_t>(transfer.sm - group.first_sm);
    const std::uint8_t pipeline = transfer.pipeline;
    const std::uint32_t slot = transfer.slot;
    Sm& sm = sms_[transfer.sm];
    if (events_ != nullptr) {
        const std::string& name = group.program->operands[transfer.operand].name;
        const std::uint32_t event =
            events_->slice(transfer.store ? sm.store_track : sm.load_track, events_->name(name),
                           transfer.begun, at, group.program->operator_index.value + 1);
        events_->set_cause(event, cause);
    }
    const bool store = transfer.store;
    // The bytes of a store moved when shared memory was read: its slot may be full again by now
    if (!store) {
        move_data(group, transfer, at);
    }
    free_transfers_.push_back(number);
    if (store) {
        --(transfer.path == MemoryPath::kTma ? group.open_work : group.open_stores);
        note(group, at, cause);
        wake_after_stores(group_number, at, cause);
        finish_group_if_done(group_number);
        return;
    }
    if (ring(group, pipeline, block).fill(slot, at, cause)) {
        wake_waiters(group_number, pipeline, block);
    }
}

void Tpc::finish_group_if_done(GroupNumber number) {
    Group& group = groups_[number];
    if (!group.active || group.open_work > 0) {
        return;
    }
    for (const Actor& actor : group.actors) {
        if (actor.status != ActorStatus::kEnded) {
            return;
        }
    }
    BlockDone done;
    done.kernel = group.program->operator_index;
    done.sm = static_cast<std::uint16_t>(first_sm_ + group.first_sm);
    done.leaves = !group.left;
    done.stored = group.open_stores == 0;
    done.tiles = group.left ? 0 : group.tiles;
    if (!done.leaves && !done.stored) {
        return;
    }
    group.left = true;
    done.cause = group.latest_cause;
    if (!done.stored) {
        blocks_out.send(group.latest, std::move(done));
        return;
    }
    group.active = false;
    explained_event(group, group.first_sm, "thread blocks end", group.latest, group.latest_cause,
                    group.tiles, "tiles");
    blocks_out.send(group.latest, std::move(done));
}

}  // namespace vr
