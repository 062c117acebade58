// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/thread_block_scheduler/thread_block_scheduler.h"

#include <algorithm>

namespace vr {

ThreadBlockScheduler::ThreadBlockScheduler(std::string path,
                                           const ThreadBlockSchedulerConfig& config,
                                           std::int64_t sms, const SmSpace& space,
                                           const std::vector<TileProgram>& programs,
                                           Attribution& attribution)
    : Unit(std::move(path)),
      blocks_out(static_cast<std::size_t>(divide_round_up(sms, 2))),
      clock_(config.clock),
      config_(config),
      programs_(programs),
      attribution_(attribution),
      policy_(block_policies().make(config.policy)),
      room_(static_cast<std::size_t>(sms), space),
      tiles_done_(programs.size()),
      launch_owner_(attribution.owner("kernel to scheduler", "launch")),
      schedule_owner_(attribution.owner("thread block scheduler", "launch")),
      completion_owner_(attribution.owner("thread block completion", "launch")) {}

Time ThreadBlockScheduler::next() const {
    return std::min(launches_in.next(), blocks_in.next());
}

Time ThreadBlockScheduler::look_ahead() const {
    return std::min(launches_in.look_ahead(), blocks_in.look_ahead());
}

void ThreadBlockScheduler::run(Time horizon) {
    while (true) {
        const Time launch = launches_in.next();
        const Time done = blocks_in.next();
        const Time now = std::min(launch, done);
        if (now >= horizon) {
            return;
        }
        if (done == now) {
            take_done(blocks_in.pop());
        } else {
            Stamped<KernelLaunch> stamped = launches_in.pop();
            const Cause cause = attribution_.extend(std::move(stamped.message.cause), launch_owner_,
                                                    stamped.arrival);
            running_.push_back({stamped.message.kernel, 0, 0, now, cause});
            place(now, cause);
        }
    }
}

void ThreadBlockScheduler::take_done(Stamped<BlockDone>&& stamped) {
    BlockDone& message = stamped.message;
    const TileProgram& program = programs_[message.kernel.value];
    if (message.leaves) {
        room_.give_back(message.sm, needs_of(program));
    }
    tiles_done_[message.kernel.value] += message.tiles;
    const Cause cause =
        attribution_.extend(std::move(message.cause), completion_owner_, stamped.arrival);
    const auto found = std::find_if(running_.begin(), running_.end(), [&](const Running& running) {
        return running.kernel == message.kernel;
    });
    ensure(found != running_.end(), "{}: a block of a kernel that does not run", path());
    if (message.stored && ++found->groups_done == program.groups) {
        kernels_out.send(stamped.arrival, KernelDone{message.kernel, cause});
        running_.erase(found);
    }
    place(stamped.arrival, cause);
}

BlockNeeds ThreadBlockScheduler::needs_of(const TileProgram& program) {
    return {static_cast<std::uint32_t>(program.blocks_per_group), program.threads_per_block == 0,
            program.threads_per_block, program.threads_per_block * program.registers_per_thread,
            program.shared_bytes};
}

void ThreadBlockScheduler::list_waiting() {
    waiting_.clear();
    waiting_at_.clear();
    for (std::size_t i = 0; i < running_.size(); ++i) {
        const Running& running = running_[i];
        const TileProgram& program = programs_[running.kernel.value];
        if (running.next_group < program.groups) {
            waiting_.push_back({running.kernel, program.groups, running.next_group,
                                running.groups_done, needs_of(program), running.since});
            waiting_at_.push_back(i);
        }
    }
}

// A policy may come from outside the tree: what it chooses is checked.
void ThreadBlockScheduler::check(const BlockChoice& choice) const {
    if (choice.kernel >= waiting_.size()) {
        throw UsageError(fmt::format("{}: policy '{}' chose waiting kernel {}; allowed: 0 to {}",
                                     path(), config_.policy, choice.kernel, waiting_.size() - 1));
    }
    const BlockNeeds& needs = waiting_[choice.kernel].needs;
    if (!room_.fits(choice.sm, needs)) {
        throw UsageError(fmt::format(
            "{}: policy '{}' chose SM {} for a group of {} blocks; allowed: an SM below {} with "
            "room{}",
            path(), config_.policy, choice.sm, needs.blocks, room_.sms(),
            needs.blocks == 1 ? "" : ", the first of a pair with room on both"));
    }
}

void ThreadBlockScheduler::place(Time now, const Cause& cause) {
    for (list_waiting(); !waiting_.empty(); list_waiting()) {
        const std::optional<BlockChoice> choice = policy_->choose(waiting_, room_);
        if (!choice) {
            return;
        }
        check(*choice);
        launch_group(running_[waiting_at_[choice->kernel]], choice->sm, now, cause);
    }
}

void ThreadBlockScheduler::launch_group(Running& running, std::uint32_t sm, Time now,
                                        const Cause& cause) {
    const TileProgram& program = programs_[running.kernel.value];
    room_.take(sm, needs_of(program));
    const Time at = clock_.align(std::max(now, free_at_));
    free_at_ = clock_.after(at, config_.block_interval);
    BlockLaunch launch;
    launch.kernel = running.kernel;
    launch.group = static_cast<std::uint32_t>(running.next_group);
    launch.first_sm = static_cast<std::uint8_t>(sm % 2);
    // The kernel's launch came last, or the room did: `cause` is whichever happened just now.
    launch.cause = attribution_.extend(running.cause.time() > cause.time() ? running.cause : cause,
                                       schedule_owner_, at);
    ++running.next_group;
    ++groups_launched_;
    blocks_out[sm / 2].send(at, std::move(launch));
}

void ThreadBlockScheduler::waits(std::vector<Wait>& out) const {
    for (const Running& running : running_) {
        const TileProgram& program = programs_[running.kernel.value];
        out.push_back({fmt::format("{} kernel '{}'", path(), program.name),
                       fmt::format("{} of {} groups of thread blocks",
                                   program.groups - running.groups_done, program.groups),
                       running.groups_done < running.next_group
                           ? "the SMs"
                           : fmt::format("room on the SMs, or the policy '{}'", config_.policy),
                       running.since});
    }
}

void ThreadBlockScheduler::statistics(StatisticsRegistry& out) const {
    out.add(path(), "groups_launched", groups_launched_, "groups", "groups of thread blocks");
}

void ThreadBlockScheduler::state(StateHasher& out) const {
    visit_members(*this, out);
}

}  // namespace vr
