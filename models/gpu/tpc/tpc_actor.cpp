// SPDX-License-Identifier: Apache-2.0
// The actors of an SM pair: how each instruction of a tile program takes time.
#include <algorithm>

#include "models/gpu/tpc/data_path.h"
#include "models/gpu/tpc/tpc.h"

namespace vr {

namespace {
// Programs whose results come from tensor cores: their data moves with products and conversions.
bool has_products(const TileProgram& program) {
    return !program.products.empty();
}
}  // namespace

void Tpc::step(GroupNumber group_number, std::uint8_t actor_number, Time now, Cause cause) {
    Group& group = groups_[group_number];
    Actor& actor = group.actors[actor_number];
    actor.since = now;
    actor.cause = std::move(cause);
    while (execute(group, group_number, actor, actor_number)) {
    }
}

void Tpc::explained_event(const Group& group, std::size_t sm, const char* name, Time at,
                          const Cause& cause, std::int64_t amount, const char* amount_name) {
    if (!explains()) {
        return;
    }
    const std::uint32_t event = events_->instant(sms_[sm].tile_track, events_->name(name), at,
                                                 group.program->operator_index.value + 1, amount,
                                                 events_->name(amount_name));
    events_->set_cause(event, cause);
}

void Tpc::stall_event(const Group& group, const Actor& actor, Time until, const Cause& cause) {
    if (events_ == nullptr || !actor.code->shows_stalls || until <= actor.since) {
        return;
    }
    const TilePipeline& pipeline = group.program->pipelines[actor.waits_on];
    const bool full = actor.status == ActorStatus::kWaitsForFull;
    const std::uint32_t event = events_->slice(
        sms_[group.first_sm + actor.block].stall_track,
        events_->name(fmt::format("waits for {} {}", full ? "full" : "empty", pipeline.name)),
        actor.since, until, group.program->operator_index.value + 1);
    events_->set_cause(event, cause);
}

void Tpc::occupy(Group&, GroupNumber group_number, Actor& actor, std::uint8_t actor_number,
                 Time& free, Time span, OwnerId owner) {
    free = std::max(free, actor.since) + span;
    push({free, 0, EventKind::kActor, group_number, actor_number, 0, 0, 0xffffffffU,
          attribution_.extend(actor.cause, owner, free)});
}

void Tpc::arrive_later(Group& group, GroupNumber group_number, EventKind kind, const Actor& actor,
                       std::uint8_t pipeline, Time at, const Cause& cause) {
    const std::int64_t stages = group.program->pipelines[pipeline].stages;
    const auto slot = static_cast<std::uint32_t>((actor.items[pipeline] - 1) % stages);
    ++group.open_work;
    push({at, 0, kind, group_number, actor.block, pipeline, slot, 0xffffffffU, cause});
}

bool Tpc::execute(Group& group, GroupNumber group_number, Actor& actor, std::uint8_t actor_number) {
    const TileProgram& program = *group.program;
    const TileInstruction& instruction = actor.code->code[actor.program_counter];
    const std::uint8_t pipeline = instruction.pipeline;
    Sm& sm = sms_[group.first_sm + actor.block];
    switch (instruction.opcode) {
        case TileOpcode::kForEachTile:
            if (actor.tile < 0) {
                actor.tile = group.number;
            }
            if (actor.tile >= program.tiles()) {
                while (actor.code->code[actor.program_counter].opcode != TileOpcode::kNextTile) {
                    ++actor.program_counter;
                }
            }
            break;
        case TileOpcode::kNextTile:
            actor.tile += program.groups;
            actor.program_counter = 0;  // the tile loop is the outermost: it begins the code
            return true;
        case TileOpcode::kLoop: {
            const bool listed = instruction.count == 0;
            const RowTile* tile = listed ? &program.row_tile(actor.tile) : nullptr;
            actor.loop_counter = listed ? tile->first_round : 0;
            actor.loop_end = listed ? tile->end_round : instruction.count;
            actor.first_round = actor.loop_counter;
            actor.loop_start = actor.program_counter + 1;
            break;
        }
        case TileOpcode::kEndLoop:
            if (++actor.loop_counter < actor.loop_end) {
                actor.program_counter = actor.loop_start;
                return true;
            }
            break;
        case TileOpcode::kAcquire:
        case TileOpcode::kWaitFull: {
            SlotRing& slots = ring(group, pipeline, actor.block);
            const std::int64_t item = actor.items[pipeline];
            const bool acquire = instruction.opcode == TileOpcode::kAcquire;
            if (!(acquire ? slots.is_empty_for(item) : slots.is_full_for(item))) {
                actor.status = acquire ? ActorStatus::kWaitsForEmpty : ActorStatus::kWaitsForFull;
                actor.waits_on = pipeline;
                return false;
            }
            ++actor.items[pipeline];
            break;
        }
        case TileOpcode::kLoad:
            start_transfer(group, group_number, actor, instruction, false);
            break;
        case TileOpcode::kPrefetch:
            start_prefetch(group, group_number, actor, instruction);
            break;
        case TileOpcode::kStore:
            start_transfer(group, group_number, actor, instruction, true);
            break;
        case TileOpcode::kMultiply:
            multiply(group, actor, instruction);
            break;
        case TileOpcode::kReleaseAfterMultiply:
            arrive_later(group, group_number, EventKind::kRelease, actor, pipeline,
                         actor.multiplied, actor.multiplied_cause);
            break;
        case TileOpcode::kFillAfterMultiply: {
            const Clock& clock =
                sm.tensor_core.clock(program.products[instruction.operand].instruction.kind);
            const Time at = clock.after(actor.multiplied, config_.tensor_core.commit);
            arrive_later(group, group_number, EventKind::kArrive, actor, pipeline, at,
                         attribution_.extend(actor.multiplied_cause, owners_.tensor_latency, at));
            break;
        }
        case TileOpcode::kRelease:
        case TileOpcode::kFill: {
            SlotRing& slots = ring(group, pipeline, actor.block);
            const std::int64_t slot = (actor.items[pipeline] - 1) % slots.stages();
            const bool completed = instruction.opcode == TileOpcode::kFill
                                       ? slots.fill(slot, actor.since, actor.cause)
                                       : slots.release(slot, actor.since, actor.cause);
            if (completed) {
                wake_waiters(group_number, pipeline, actor.block);
            }
            break;
        }
        case TileOpcode::kReadScores:
            if (data_ != nullptr && program.carries_data) {
                const MatrixProduct& scores = program.products[instruction.operand];
                data_->weigh_scores(first_sm_ + group.first_sm + actor.block, program,
                                    instruction.operand, actor.tile, actor.loop_counter,
                                    slot_of(group, actor, scores.accumulator_pipeline),
                                    slot_of(group, actor, pipeline));
            }
            [[fallthrough]];
        case TileOpcode::kReadAccumulator:
            ++actor.program_counter;
            occupy(group, group_number, actor, actor_number, sm.tensor_memory_free,
                   tensor_memory_clock_.edge(instruction.count), owners_.tensor_memory);
            return false;
        case TileOpcode::kExponential:
            sm.exponentials_free = std::max(sm.exponentials_free, actor.since) +
                                   exponential_clock_.edge(instruction.count);
            actor.exponentials = sm.exponentials_free;
            break;
        case TileOpcode::kReduce: {
            ++actor.program_counter;
            Time end = clock_.after(actor.since, config_.vector_pipes.reduction_latency);
            occupy(group, group_number, actor, actor_number, end, Time{}, owners_.vector);
            return false;
        }
        case TileOpcode::kVector: {
            ++actor.program_counter;
            if (data_ != nullptr && program.carries_data && !has_products(program)) {
                apply(group, actor);
            }
            sm.work.vector_operations += instruction.count;
            const Time lanes = vector_lane_clock_.edge(instruction.count);
            sm.vector_free = std::max(sm.vector_free, actor.since) + lanes;
            // Exponentials run beside the other operations, also beside those of other actors;
            // whoever ends last is waited for.
            Time end = std::max(sm.vector_free, actor.exponentials);
            const OwnerId owner = end > sm.vector_free ? owners_.exponential : owners_.vector;
            actor.exponentials = Time{};
            // A warp goes on when the last of a chain of its instructions has its result.
            end =
                std::max(end, actor.since + vector_clock_.edge(instruction.operand *
                                                               config_.vector_pipes.latency.value));
            if (events_ != nullptr) {
                const std::uint32_t event =
                    events_->slice(sm.vector_track, events_->name("vector"), sm.vector_free - lanes,
                                   sm.vector_free, program.operator_index.value + 1);
                if (explains()) {
                    events_->set_cause(event, attribution_.extend(actor.cause, owner, end));
                }
            }
            occupy(group, group_number, actor, actor_number, end, Time{}, owner);
            return false;
        }
        case TileOpcode::kIssue:
            ++actor.program_counter;
            sm.work.vector_operations += instruction.count;
            occupy(group, group_number, actor, actor_number, sm.vector_free,
                   issue_clock_.edge(instruction.count), owners_.vector);
            return false;
        case TileOpcode::kWriteShared:
            ++actor.program_counter;
            if (data_ != nullptr && program.carries_data && has_products(program) &&
                pipeline != program.products[instruction.operand].a.pipeline) {
                convert(group, actor, instruction);
            }
            sm.work.shared_written += instruction.count;
            occupy(group, group_number, actor, actor_number, sm.shared_write_free,
                   shared_write_clock_.edge(instruction.count), owners_.shared_write);
            return false;
        case TileOpcode::kFence: {
            if (group.open_stores > 0) {
                actor.status = ActorStatus::kWaitsForStores;
                return false;
            }
            ++actor.program_counter;
            const Time at = clock_.after(actor.since, config_.load_store.fence_latency);
            push({at, 0, EventKind::kActor, group_number, actor_number, 0, 0, 0xffffffffU,
                  attribution_.extend(actor.cause, owners_.fence, at)});
            return false;
        }
        case TileOpcode::kArrive:
        case TileOpcode::kAwait:
            send_word(group, group_number, actor, actor_number, instruction);
            if (instruction.opcode == TileOpcode::kArrive && instruction.count == 0) {
                break;
            }
            actor.status = ActorStatus::kWaitsForWord;
            return false;
        case TileOpcode::kEndTile:
            if (actor.block == 0) {  // a tile of a pair counts once
                ++group.tiles;
                sm.work.tiles += 1;
                explained_event(group, group.first_sm, "tile ends", actor.since, actor.cause,
                                actor.tile, "tile");
            }
            break;
        case TileOpcode::kEnd:
            actor.status = ActorStatus::kEnded;
            note(group, actor.since, actor.cause);
            finish_group_if_done(group_number);
            return false;
    }
    ++actor.program_counter;
    return true;
}

std::int64_t Tpc::slot_of(const Group& group, const Actor& actor, std::uint8_t pipeline) {
    return (actor.items[pipeline] - 1) % group.program->pipelines[pipeline].stages;
}

std::uint64_t Tpc::slot_address(const Group& group, const Actor& actor, std::uint8_t pipeline) {
    const TilePipeline& buffers = group.program->pipelines[pipeline];
    return static_cast<std::uint64_t>(buffers.shared_base +
                                      slot_of(group, actor, pipeline) * buffers.slot_bytes);
}

void Tpc::multiply(Group& group, Actor& actor, const TileInstruction& instruction) {
    const TileProgram& program = *group.program;
    const MatrixProduct& product = program.products[instruction.operand];
    const MatrixInstruction& form = product.instruction;
    const std::int64_t left = product.sums_over_loop
                                  ? product.k_bytes - actor.loop_counter * product.slot_k_bytes
                                  : product.slot_k_bytes;
    const std::int64_t count =
        divide_round_up(std::min(left, product.slot_k_bytes), product.instruction_k_bytes) *
        product.pieces;
    actor.multiplied = Time{};
    for (std::int64_t i = 0; i < program.blocks_per_group; ++i) {
        Sm& sm = sms_[static_cast<std::size_t>(group.first_sm + i)];
        const Time before = sm.tensor_core.free_at();
        if (product.scale_bytes_per_slot > 0) {
            sm.tensor_core.copy_scales(form.kind, product.scale_bytes_per_slot, actor.since);
        }
        const TensorCore::Issue issue = sm.tensor_core.issue(form, count, actor.since);
        // The instruction waited for the array or for the actor, whichever came last.
        Cause cause = before > actor.since ? std::move(sm.tensor_cause) : actor.cause;
        const OwnerId owner =
            issue.limit == MatrixLimit::kSharedMemory ? owners_.shared_read : owners_.tensor_core;
        sm.tensor_cause = attribution_.extend(std::move(cause), owner, issue.free);
        sm.work.tensor_busy += issue.free - issue.start;
        sm.work.multiply_adds += form.m * form.n / program.blocks_per_group *
                                 (product.instruction_k_bytes * 8 / element_bits(form.kind)) *
                                 count;
        sm.work.shared_read +=
            sm.tensor_core.shared_memory_bytes(form) * count + product.scale_bytes_per_slot;
        if (issue.done > actor.multiplied) {
            actor.multiplied = issue.done;
            actor.multiplied_cause =
                attribution_.extend(sm.tensor_cause, owners_.tensor_latency, issue.done);
        }
        if (events_ != nullptr) {
            events_->set_cause(
                events_->slice(sm.tensor_track, events_->name("multiply"), issue.start, issue.free,
                               program.operator_index.value + 1, count,
                               events_->name("instructions")),
                sm.tensor_cause);
        }
    }
    if (data_ != nullptr && program.carries_data) {
        ProductSlots slots;
        slots.a = slot_address(group, actor, product.a.pipeline);
        slots.b = slot_address(group, actor, product.b.pipeline);
        slots.accumulator =
            product.accumulator_base + slot_of(group, actor, product.accumulator_pipeline);
        slots.a_slot = slot_of(group, actor, product.a.pipeline);
        slots.first = product.starts_anew || actor.loop_counter == actor.first_round;
        slots.k_bytes_left = left;
        data_->multiply(first_sm_ + group.first_sm, program, product, slots);
    }
}

void Tpc::convert(const Group& group, const Actor& actor, const TileInstruction& instruction) {
    const TileProgram& program = *group.program;
    const MatrixProduct& product = program.products[instruction.operand];
    data_->convert(first_sm_ + group.first_sm + actor.block, program, product, actor.tile,
                   product.accumulator_base + slot_of(group, actor, product.accumulator_pipeline),
                   actor.loop_counter * program.chunk_columns,
                   slot_address(group, actor, instruction.pipeline));
}

void Tpc::apply(const Group& group, const Actor& actor) {
    // Element functions work in place: the inputs lie one after the other in the slot, the result
    // replaces the first.
    const TileProgram& program = *group.program;
    const std::uint64_t slot = slot_address(group, actor, 0);
    const std::uint32_t sm = first_sm_ + group.first_sm + actor.block;
    if (program.function == TileFunction::kRows) {
        data_->apply_rows(sm, program, slot);
        return;
    }
    if (program.function == TileFunction::kCombine) {
        data_->apply_combine(sm, program, slot);
        return;
    }
    const auto bytes =
        static_cast<std::uint64_t>(program.operands[0].box_rows * program.operands[0].box_bytes);
    data_->apply(sm, program, slot, slot + bytes, slot, static_cast<std::int64_t>(bytes));
}

}  // namespace vr
