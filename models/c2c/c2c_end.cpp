// SPDX-License-Identifier: Apache-2.0
#include "models/c2c/c2c_end.h"

#include <algorithm>

namespace vr {

C2cEnd::C2cEnd(std::string path, const C2cConfig& config, C2cSide side, Attribution& attribution,
               EventRecord* events)
    : Unit(std::move(path)),
      sends_(config, side == C2cSide::kHost),
      receives_(config, side == C2cSide::kGpu),
      buffers_(config.receive_buffers),
      drop_credit_(side == C2cSide::kGpu ? config.drop_credit : 0),
      attribution_(attribution),
      events_(events),
      link_owner_(attribution.owner("C2C link", "C2C")),
      credit_owner_(attribution.owner("C2C credits", "C2C")),
      flight_owner_(attribution.owner("C2C flight", "C2C latency")) {
    initial_.credits.fill(buffers_);
    state_ = initial_;
    if (events_ != nullptr) {
        track_ = events_->track(this->path() + ".out", "C2C");
        bytes_name_ = events_->name("bytes");
    }
}

std::int64_t C2cEnd::packets_of(const C2cDirection& way, RemoteKind kind,
                                std::int64_t bytes) const {
    const std::int64_t packets =
        kind == RemoteKind::kWriteDone || kind == RemoteKind::kDoorbell ? 1 : way.packets(bytes);
    ensure(packets <= buffers_, "{}: a message of {} packets for {} receive buffers", path(),
           packets, buffers_);
    return packets;
}

bool C2cEnd::sendable(std::size_t c) const {
    if (state_.queues[c].empty()) {
        return false;
    }
    const RemoteMessage& first = state_.queues[c].front().message;
    return packets_of(sends_, first.kind, first.bytes) <= state_.credits[c];
}

Time C2cEnd::next() const {
    const Time arrivals = std::min({messages_in.next(), frees_in.next(), frames_in.next()});
    const bool any = sendable(0) || sendable(1);
    return any ? std::min(arrivals, state_.line_free) : arrivals;
}

Time C2cEnd::look_ahead() const {
    return std::min({messages_in.look_ahead(), frees_in.look_ahead(), frames_in.look_ahead()});
}

void C2cEnd::run(Time horizon) {
    while (true) {
        const Time now = next();
        if (now >= horizon) {
            return;
        }
        if (frames_in.next() == now) {
            take_frame(frames_in.pop());
        } else if (frees_in.next() == now) {
            RemoteFree free = frees_in.pop().message;
            give_back(class_of(free.kind), packets_of(receives_, free.kind, free.bytes), now,
                      std::move(free.cause));
        } else if (messages_in.next() == now) {
            Stamped<RemoteMessage> stamped = messages_in.pop();
            attribution_.append(stamped.message.cause, flight_owner_, now);
            const auto c = static_cast<std::size_t>(class_of(stamped.message.kind));
            state_.queues[c].push_back({std::move(stamped.message), now});
        }
        pump(now);
    }
}

void C2cEnd::take_frame(Stamped<C2cFrame>&& stamped) {
    C2cFrame& frame = stamped.message;
    const Time now = stamped.arrival;
    if (frame.credits > 0) {
        const auto c = static_cast<std::size_t>(frame.credit_class);
        state_.credits[c] += frame.credits;
        ensure(state_.credits[c] <= buffers_, "{}: more credits came back than were sent", path());
        if (state_.blocked[c] && sendable(c)) {
            state_.blocked[c] = false;
            state_.unblocked[c] = std::move(frame.message.cause);
            attribution_.append(state_.unblocked[c], credit_owner_, now);
        }
        return;
    }
    RemoteMessage& message = frame.message;
    const auto c = static_cast<std::size_t>(class_of(message.kind));
    state_.occupied[c] += packets_of(receives_, message.kind, message.bytes);
    ensure(state_.occupied[c] <= buffers_, "{}: a message without a buffer", path());
    state_.most_occupied = std::max(state_.most_occupied, state_.occupied[c]);
    attribution_.append(message.cause, flight_owner_, now);
    if (message.kind == RemoteKind::kDoorbell) {
        give_back(RemoteClass::kRequest, 1, now, message.cause);
        doorbells_out.send(now, std::move(message));
    } else {
        messages_out.send(now, std::move(message));
    }
}

void C2cEnd::give_back(RemoteClass c, std::int64_t packets, Time now, CauseTrail cause) {
    std::int64_t& occupied = state_.occupied[static_cast<std::size_t>(c)];
    occupied -= packets;
    ensure(occupied >= 0, "{}: a receive buffer was freed twice", path());
    if (++state_.credit_returns == drop_credit_) {
        return;
    }
    C2cFrame frame;
    frame.credit_class = c;
    frame.credits = packets;
    frame.message.cause = std::move(cause);
    frames_out.send(now, std::move(frame));
}

// Responses first: a requester has room for every answer that it asked for, so they always drain.
void C2cEnd::pump(Time now) {
    constexpr std::size_t kOrder[] = {static_cast<std::size_t>(RemoteClass::kResponse),
                                      static_cast<std::size_t>(RemoteClass::kRequest)};
    for (const std::size_t c : kOrder) {
        while (state_.line_free <= now && sendable(c)) {
            send(c, now);
        }
        if (!state_.queues[c].empty() && !sendable(c)) {
            state_.blocked[c] = true;
        }
    }
}

void C2cEnd::send(std::size_t c, Time now) {
    RemoteMessage message = std::move(state_.queues[c].front().message);
    state_.queues[c].pop_front();
    const std::int64_t packets = packets_of(sends_, message.kind, message.bytes);
    const std::int64_t payload =
        carries_payload(message.kind) ? std::int64_t{message.bytes} : std::int64_t{0};
    const std::int64_t wire = sends_.wire_bytes(
        message.kind, message.kind == RemoteKind::kWriteDone ? 0 : std::int64_t{message.bytes});
    const Time end = now + sends_.wire_time(wire);
    // Whoever stood in the queue while its first lacked credits waited for these, too: what freed
    // them came last and is the cause.
    if (state_.unblocked[c].time() > message.cause.time()) {
        state_.credit_wait += state_.unblocked[c].time() - message.cause.time();
        message.cause = state_.unblocked[c];
    }
    attribution_.append(message.cause, link_owner_, end);
    state_.credits[c] -= packets;
    state_.line_free = end;
    state_.busy += end - now;
    state_.payload_sent += payload;
    state_.wire_sent += wire;
    state_.packets_sent += packets;
    ++state_.messages_sent;
    if (events_ != nullptr) {
        const std::uint32_t number =
            message.kind == RemoteKind::kDoorbell ? 0 : message.operator_index.value + 1;
        events_->slice(track_, events_->name(remote_name(message.kind)), now, end, number, wire,
                       bytes_name_);
    }
    C2cFrame frame;
    frame.message = std::move(message);
    frames_out.send(end, std::move(frame));
}

bool C2cEnd::settled() const {
    for (std::size_t c = 0; c < kRemoteClasses; ++c) {
        if (!state_.queues[c].empty() || state_.credits[c] != buffers_ || state_.occupied[c] != 0) {
            return false;
        }
    }
    return true;
}

void C2cEnd::waits(std::vector<Wait>& out) const {
    for (std::size_t c = 0; c < kRemoteClasses; ++c) {
        if (state_.queues[c].empty()) {
            continue;
        }
        const Waiting& first = state_.queues[c].front();
        const std::int64_t wanted = packets_of(sends_, first.message.kind, first.message.bytes);
        out.push_back({fmt::format("{} {} of {} B at {:#x} (and {} behind it)", path(),
                                   remote_name(first.message.kind), first.message.bytes,
                                   first.message.address, state_.queues[c].size() - 1),
                       fmt::format("{} C2C credits, has {}", wanted, state_.credits[c]),
                       "the receive buffers of the other end", first.since});
    }
}

void C2cEnd::statistics(StatisticsRegistry& out) const {
    out.add(path(), "payload_sent", state_.payload_sent, "B", "payload sent by this end");
    out.add(path(), "wire_sent", state_.wire_sent, "B", "of it and of headers, on the wire");
    out.add(path(), "packets_sent", state_.packets_sent, "packets", "packets sent");
    out.add(path(), "messages_sent", state_.messages_sent, "messages", "messages sent");
    out.add(path(), "busy", state_.busy.value, "fs", "time in which the direction was sending");
    out.add(path(), "credit_wait", state_.credit_wait.value, "fs",
            "sum over messages of the time they lacked credits");
    out.add(path(), "credit_returns", state_.credit_returns, "returns", "returns of credits");
    out.add(path(), "most_occupied", state_.most_occupied, "packets",
            "most receive buffers of a class in use");
}

void C2cEnd::state(StateHasher& out) const {
    visit_members(*this, out);
}

}  // namespace vr
