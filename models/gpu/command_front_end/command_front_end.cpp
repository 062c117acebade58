// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/command_front_end/command_front_end.h"

#include <algorithm>
#include <set>

namespace vr {

namespace {
std::uint32_t own_operators(const Workload& workload, GpuIndex gpu) {
    return static_cast<std::uint32_t>(
        std::count_if(workload.operators.begin(), workload.operators.end(),
                      [&](const OperatorSpec& spec) { return spec.gpu == gpu; }));
}
}  // namespace

CommandFrontEnd::CommandFrontEnd(std::string path, const CommandFrontEndConfig& config,
                                 GpuIndex gpu, const Workload& workload, Attribution& attribution,
                                 EventRecord* events)
    : Unit(std::move(path)),
      clock_(config.clock),
      config_(config),
      gpu_(gpu),
      workload_(workload),
      attribution_(attribution),
      events_(events),
      pending_(workload.operators.size()),
      followers_(workload.operators.size()),
      runs_(workload.operators.size()),
      registers_(own_operators(workload, gpu)),
      handed_over_(config.host != "c2c"),
      launch_owner_(attribution.owner("kernel launch", "launch")),
      done_owner_(attribution.owner("kernel completion", "launch")),
      signal_owner_(attribution.owner("signal from another GPU", "fabric")),
      replay_owner_(attribution.owner("replayed operator", "replayed")) {
    if (!handed_over_) {
        doorbell_owner_ = attribution.owner("doorbell to front end", "launch");
    }
    if (streams()) {
        submission_owner_ = attribution.owner("host submission", "launch");
    }
    if (events_ != nullptr) {
        track_ = events_->track(this->path() + ".operators", "operators");
    }
    if (waits_for_firmware()) {
        firmware_owner_ = attribution_.owner("firmware dispatch", "firmware");
    }
    for (std::size_t i = 0; i < workload.operators.size(); ++i) {
        const OperatorIndex index{static_cast<std::uint32_t>(i)};
        const OperatorSpec& spec = workload.operators[i];
        pending_[i].dependencies = static_cast<std::int64_t>(spec.depends.size());
        for (const OperatorIndex before : spec.depends) {
            followers_[before.value].push_back(index);
        }
        if (is_own(index)) {
            if (streams()) {
                pending_[i].submitted = config.submission_interval * own_left_;
            }
            ++own_left_;
            own_.push_back(index);
            if (waits_for_firmware()) {
                ++pending_[i].dependencies;  // its doorbell
            }
            if (!handed_over_) {
                ++pending_[i].dependencies;  // the host's
            }
            if (pending_[i].dependencies == 0) {
                ready(index, Time{}, Cause{});
            }
        }
    }
}

Time CommandFrontEnd::next() const {
    Time earliest =
        std::min({kernels_in.next(), signals_in.next(), registers_in.next(), doorbells_in.next()});
    for (const Rung& rung : rung_) {
        earliest = std::min(earliest, rung.at);
    }
    for (const OperatorIndex index : due_) {
        earliest = std::min(earliest, pending_[index.value].launch_at);
    }
    for (const Replaying& replaying : replaying_) {
        earliest = std::min(earliest, replaying.end);
    }
    return earliest;
}

Time CommandFrontEnd::look_ahead() const {
    return std::min({kernels_in.look_ahead(), signals_in.look_ahead(), registers_in.look_ahead(),
                     doorbells_in.look_ahead()});
}

void CommandFrontEnd::run(Time horizon) {
    while (true) {
        const Time now = next();
        if (now >= horizon) {
            return;
        }
        if (kernels_in.next() == now) {
            Stamped<KernelDone> stamped = kernels_in.pop();
            end(stamped.message.kernel, now,
                attribution_.extend(std::move(stamped.message.cause), done_owner_, now));
        } else if (signals_in.next() == now) {
            Stamped<OperatorSignal> stamped = signals_in.pop();
            const Cause cause =
                attribution_.extend(std::move(stamped.message.cause), signal_owner_, now);
            complete(stamped.message.operator_index, now, cause);
        } else if (doorbells_in.next() == now) {
            take_doorbell(doorbells_in.pop());
        } else if (registers_in.next() == now) {
            take_access(registers_in.pop().message, now);
        } else if (!rung_.empty() && rung_.front().at == now) {
            const RungLaunch launch = rung_.front().launch;
            rung_.erase(rung_.begin());
            release(launch, now);
        } else if (!end_replayed(now)) {
            launch(now);
        }
    }
}

// One doorbell hands over the whole graph of operators; what waits for nothing else begins with it.
void CommandFrontEnd::take_doorbell(Stamped<RemoteMessage>&& stamped) {
    const Cause cause = attribution_.keep(
        attribution_.extend(std::move(stamped.message.cause), doorbell_owner_, stamped.arrival));
    if (handed_over_) {
        return;
    }
    handed_over_ = true;
    for (const OperatorIndex index : own_) {
        if (--pending_[index.value].dependencies == 0) {
            ready(index, stamped.arrival, cause);
        }
    }
}

bool CommandFrontEnd::end_replayed(Time now) {
    const auto ended = std::find_if(replaying_.begin(), replaying_.end(),
                                    [&](const Replaying& r) { return r.end == now; });
    if (ended == replaying_.end()) {
        return false;
    }
    const Replaying replaying = *ended;
    replaying_.erase(ended);
    end(replaying.index, now, replaying.cause);
    return true;
}

void CommandFrontEnd::end(OperatorIndex index, Time now, const Cause& cause) {
    OperatorRun& run = runs_[index.value];
    run.completed = true;
    run.ended = now;
    run.cause = cause;
    --own_left_;
    ++completed_;
    if (events_ != nullptr) {
        events_->set_cause(
            events_->slice(track_, events_->name(workload_.operators[index.value].id), run.launched,
                           now, index.value + 1),
            cause);
    }
    std::set<GpuIndex> told;
    for (const OperatorIndex follower : followers_[index.value]) {
        const GpuIndex peer = workload_.operators[follower.value].gpu;
        if (peer != gpu_ && told.insert(peer).second) {
            signals_out.at(peer).send(now, OperatorSignal{index, cause});
        }
    }
    complete(index, now, cause);
    if (waits_for_firmware()) {
        last_done_ = cause;
        registers_.operator_done(has_failed_ && has_failed_(index));
        drive_interrupt(now);
    }
}

void CommandFrontEnd::take_access(const RegisterRequest& request, Time now) {
    std::optional<RungLaunch> rung;
    registers_out.send(now, registers_.access(request, rung));
    if (rung) {
        rung_.push_back({clock_.align(now), *rung});
    }
    drive_interrupt(now);
}

void CommandFrontEnd::drive_interrupt(Time now) {
    if (registers_.interrupt() != interrupt_high_) {
        interrupt_high_ = !interrupt_high_;
        interrupt_out.send(now, InterruptLevel{interrupt_high_});
    }
}

// The time since the last operator ended (or since the start) is what firmware took to dispatch.
void CommandFrontEnd::release(const RungLaunch& launch, Time now) {
    const Cause cause = attribution_.extend(last_done_, firmware_owner_, now);
    if (events_ != nullptr) {
        events_->instant(track_, events_->name("doorbell"), now);
    }
    released_ += launch.count;
    for (std::uint32_t i = launch.first; i < launch.first + launch.count; ++i) {
        Pending& pending = pending_[own_[i].value];
        pending.released = true;
        if (--pending.dependencies == 0) {
            ready(own_[i], now, cause);
        }
    }
}

void CommandFrontEnd::launch(Time now) {
    const auto found = std::find_if(due_.begin(), due_.end(), [&](OperatorIndex index) {
        return pending_[index.value].launch_at == now;
    });
    const OperatorIndex index = *found;
    due_.erase(found);
    const OperatorSpec& spec = workload_.operators[index.value];
    Pending& pending = pending_[index.value];
    const auto held = held_.find(spec.stream);
    if (held != held_.end() && held->second.end > now) {
        // The stream's replayed operator ends last: it is what this one waited for.
        pending.launch_at = clock_.align(held->second.end);
        pending.cause = attribution_.extend(held->second.cause, launch_owner_, pending.launch_at);
        due_.push_back(index);
        return;
    }
    runs_[index.value].launched = now;
    if (events_ != nullptr && events_->explains()) {
        events_->set_cause(
            events_->instant(track_, events_->name("kernel launch"), now, index.value + 1),
            pending.cause);
    }
    if (spec.kind != OperatorKind::kReplay) {
        OutPort<KernelLaunch>& out = crosses_to_host(workload_, spec) ? copies_out : launches_out;
        out.send(now, KernelLaunch{index, pending.cause});
        return;
    }
    const Time end = now + spec.replay.duration;
    const Replaying replaying{index, end, attribution_.extend(pending.cause, replay_owner_, end)};
    replaying_.push_back(replaying);
    held_[spec.stream] = replaying;
}

void CommandFrontEnd::complete(OperatorIndex index, Time now, const Cause& cause) {
    for (const OperatorIndex follower : followers_[index.value]) {
        if (is_own(follower) && --pending_[follower.value].dependencies == 0) {
            ready(follower, now, cause);  // the dependency that ended last is the cause
        }
    }
}

void CommandFrontEnd::ready(OperatorIndex index, Time now, const Cause& cause) {
    Pending& pending = pending_[index.value];
    runs_[index.value].ready = now;
    const Time begins = std::max(now, pending.submitted);
    pending.cause =
        begins > now ? attribution_.extend(cause, submission_owner_, begins) : Cause(cause);
    pending.launch_at =
        clock_.align(begins + (streams() ? config_.stream_latency : config_.launch_latency));
    pending.cause = attribution_.extend(pending.cause, launch_owner_, pending.launch_at);
    due_.push_back(index);
}

void CommandFrontEnd::waits(std::vector<Wait>& out) const {
    if (waits_for_firmware() && released_ < static_cast<std::int64_t>(own_.size())) {
        out.push_back(
            {path(), "the doorbell", "the firmware on the management core", last_done_.time()});
    }
    for (std::size_t i = 0; i < runs_.size(); ++i) {
        const OperatorIndex index{static_cast<std::uint32_t>(i)};
        if (!is_own(index) || runs_[i].completed ||
            (waits_for_firmware() && !pending_[i].released)) {
            continue;
        }
        const OperatorSpec& spec = workload_.operators[i];
        const bool copies = crosses_to_host(workload_, spec);
        const std::int64_t dependencies = pending_[i].dependencies - (handed_over_ ? 0 : 1);
        if (dependencies > 0) {
            out.push_back({fmt::format("{} operator '{}'", path(), spec.id),
                           fmt::format("{} dependencies", dependencies), "earlier operators",
                           runs_[i].ready});
        } else if (!handed_over_) {
            out.push_back({fmt::format("{} operator '{}'", path(), spec.id), "the doorbell",
                           "the host across C2C", runs_[i].ready});
        } else if (spec.kind == OperatorKind::kReplay) {
            out.push_back({fmt::format("{} operator '{}'", path(), spec.id), "its recorded time",
                           "the command front end", runs_[i].launched});
        } else {
            out.push_back({fmt::format("{} operator '{}'", path(), spec.id),
                           copies ? "its copy's end" : "its kernel's end",
                           copies ? "the copy engine" : "the thread-block scheduler",
                           runs_[i].launched});
        }
    }
}

void CommandFrontEnd::state(StateHasher& out) const {
    visit_members(*this, out);
}

}  // namespace vr
