// SPDX-License-Identifier: Apache-2.0
// Words in L2 by which the blocks of a kernel meet: one thread of each adds to it and then loads it
// until all have. Every access goes through crossbar and L2 like a plain load that misses L1.
#include <algorithm>

#include "models/gpu/tpc/tpc.h"

namespace vr {

namespace {
constexpr std::uint32_t kActorBits = 8;
constexpr std::uint32_t kActorMask = (1U << kActorBits) - 1;
}  // namespace

void Tpc::send_word(Group& group, GroupNumber group_number, Actor& actor, std::uint8_t actor_number,
                    const TileInstruction& instruction) {
    const TileProgram& program = *group.program;
    const TileOperand& operand = program.operands[instruction.operand];
    Sm& sm = sms_[group.first_sm + actor.block];
    const bool arrives = instruction.opcode == TileOpcode::kArrive;
    LineBundle bundle;
    bundle.address = operand.base / kLineBytes * kLineBytes;
    bundle.count = 1;
    bundle.sectors = 1;
    bundle.word = arrives ? WordAccess::kAdd : WordAccess::kLoad;
    bundle.write = arrives && instruction.count == 0;
    bundle.sm = static_cast<std::uint16_t>(first_sm_ + group.first_sm + actor.block);
    bundle.tag = kWordTag | std::uint32_t{group_number} << kActorBits | actor_number;
    bundle.tensor = operand.tensor;
    bundle.operator_index = program.operator_index;
    bundle.line_spacing = access_line_clock_.edge(1);
    const Time start = std::max(clock_.align(actor.since), sm.load_store_free);
    sm.load_store_free = start + access_line_clock_.edge(1);
    bundle.cause =
        attribution_.extend(CauseTrail(actor.cause), owners_.load_store, sm.load_store_free);
    Time leaves = sm.load_store_free;
    if (bundle.write) {
        ++group.open_work;  // the group does not end before L2 has it
        sm.work.bytes_stored += bundle.bytes();
    } else {
        leaves = clock_.after(leaves, config_.load_store.miss_latency);
        attribution_.append(bundle.cause, owners_.l1, leaves);
    }
    requests_out.send(leaves, std::move(bundle));
}

void Tpc::take_word(const BundleDone& done, const CauseTrail& cause, Time now) {
    const auto group_number = static_cast<GroupNumber>((done.tag & ~kWordTag) >> kActorBits);
    const auto actor_number = static_cast<std::uint8_t>(done.tag & kActorMask);
    Group& group = groups_[group_number];
    if (done.write) {
        --group.open_work;
        note(group, now, attribution_.keep(cause));
        finish_group_if_done(group_number);
        return;
    }
    Actor& actor = group.actors[actor_number];
    Sm& sm = sms_[group.first_sm + actor.block];
    sm.work.bytes_loaded += done.bytes;
    if (actor.code->code[actor.program_counter].opcode == TileOpcode::kArrive) {
        ++actor.program_counter;
    } else if (const std::int64_t groups = group.program->groups;
               done.word >= (actor.tile / groups + 1) * groups) {
        // What others stored before they arrived must be seen.
        if (sm.l1) {
            sm.l1->invalidate();
        }
        ++actor.program_counter;
    }
    actor.status = ActorStatus::kScheduled;
    step(group_number, actor_number, now, attribution_.keep(cause));
}

void Tpc::wake_after_stores(GroupNumber group_number, Time at, const Cause& cause) {
    Group& group = groups_[group_number];
    if (group.open_stores > 0) {
        return;
    }
    for (std::size_t i = 0; i < group.actors.size(); ++i) {
        if (group.actors[i].status == ActorStatus::kWaitsForStores) {
            group.actors[i].status = ActorStatus::kScheduled;
            push({at, 0, EventKind::kActor, group_number, static_cast<std::uint8_t>(i), 0, 0,
                  0xffffffffU, cause});
        }
    }
}

}  // namespace vr
