// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/hbm4.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/base/error.h"
#include "models/hbm4/controller/bus_slices.h"
#include "models/hbm4/controller/channel_group.h"
#include "models/hbm4/controller/command_log.h"
#include "models/hbm4/policies/policies.h"

namespace vr {

namespace {
constexpr std::size_t kAhead = 6;  // requests whose memory is asked for early
}  // namespace

Hbm4::Hbm4(std::string path, const Hbm4Config& config, Attribution& attribution,
           EventRecord* record, bool fold)
    : Unit(std::move(path)),
      config_(config),
      timing_(config_),
      map_(config_),
      clock_(config_.clock),
      attribution_(attribution),
      controller_(attribution.owner("HBM controller", "HBM latency")),
      queue_(attribution.owner("HBM queue", "HBM")),
      refresh_(attribution.owner("HBM refresh", "HBM")),
      row_(attribution.owner("HBM row", "HBM")),
      data_(attribution.owner("HBM data bus", "HBM")) {
    const auto count = static_cast<std::size_t>(config_.pseudo_channels());
    if (record != nullptr) {
        slices_ = std::make_unique<hbm4::BusSlices>(this->path(), config_, timing_, *record);
        if (record->explains()) {
            log_ = std::make_unique<hbm4::CommandLog>(this->path(), config_, attribution, queue_,
                                                      *record);
        }
        group_ = std::make_unique<hbm4::PlainGroup<hbm4::CommandRecorder>>(timing_, count);
    } else if (fold && hbm4::without_normal_form(config_).empty()) {
        auto folded = std::make_unique<hbm4::FoldedChannels>(timing_, count);
        folded_ = &folded->statistics();
        group_ = std::move(folded);
    } else {
        group_ = std::make_unique<hbm4::PlainGroup<>>(timing_, count);
    }
}

Hbm4::~Hbm4() = default;

Time Hbm4::next() const {
    Time first = requests_in.next();
    const std::int64_t tick = group_->next();
    if (tick != kNeverTick) {
        first = std::min(first, clock_.edge(tick));
    }
    for (const hbm4::GroupOutput& end : ended_) {
        first = std::min(first, clock_.edge(end.output.tick + config_.back_latency.value));
    }
    return first;
}

void Hbm4::take(Stamped<MemoryRequest>&& stamped) {
    MemoryRequest& request = stamped.message;
    const std::uint64_t block = map_.interleave();
    ensure(
        request.bytes > 0 && request.address + request.bytes <= map_.capacity() &&
            (request.address | request.bytes) % map_.access_bytes() == 0 &&
            request.address / block == (request.address + request.bytes - 1) / block,
        "{}: request of {} B at {:#x}; allowed: multiples of {} B within one block of {} B below "
        "{:#x}",
        path(), request.bytes, request.address, map_.access_bytes(), block, map_.capacity());
    std::uint32_t token;
    if (free_.empty()) {
        token = static_cast<std::uint32_t>(in_flight_.size());
        in_flight_.emplace_back();
    } else {
        token = free_.back();
        free_.pop_back();
        if (free_.size() > kAhead) {
            __builtin_prefetch(&in_flight_[free_[free_.size() - kAhead]], 1);
        }
    }
    const hbm4::Location at = map_.locate(request.address);
    const hbm4::Input input = map_.input(at, request.bytes, request.write);
    group_->inject(at.pseudo_channel,
                   clock_.first_edge(stamped.arrival) + config_.front_latency.value, input, token);
    in_flight_[token] = {
        std::move(request.cause), stamped.arrival, request.tag, request.bytes, true, false};
    if (log_ != nullptr) {
        log_->request(token, input);
    }
    ++requests_;
}

// A response that is due before `horizon` plus the shortest access is complete knowledge: no later
// command can end earlier. Those, and only those, are sent, in their order; the others wait for the
// next run.
void Hbm4::run(Time horizon) {
    while (requests_in.next() < horizon) {
        take(requests_in.pop());
    }
    const std::int64_t ticks = horizon == kNever ? kNeverTick : clock_.first_edge(horizon);
    const std::size_t known = ended_.size();
    group_->run(ticks, ended_);
    if (slices_ != nullptr) {
        auto& group = static_cast<hbm4::PlainGroup<hbm4::CommandRecorder>&>(*group_);
        if (log_ != nullptr) {
            log_->take(group);
            std::for_each(ended_.begin() + static_cast<std::ptrdiff_t>(known), ended_.end(),
                          [this](const hbm4::GroupOutput& end) { explain(end); });
        }
        slices_->collect(group, ticks);
    }
    std::stable_sort(
        ended_.begin(), ended_.end(), [](const hbm4::GroupOutput& a, const hbm4::GroupOutput& b) {
            return a.output.tick != b.output.tick ? a.output.tick < b.output.tick
                                                  : a.pseudo_channel < b.pseudo_channel;
        });
    std::size_t sent = 0;
    while (sent < ended_.size() &&
           (horizon == kNever || ended_[sent].output.tick < ticks + timing_.shortest_access())) {
        if (sent + kAhead < ended_.size()) {
            __builtin_prefetch(&in_flight_[ended_[sent + kAhead].output.token], 1);
        }
        answer(ended_[sent++]);
    }
    ended_.erase(ended_.begin(), ended_.begin() + static_cast<std::ptrdiff_t>(sent));
}

// The same links as in answer(), with notes: the chain grows now, so that the commands' events can
// have it.
void Hbm4::explain(const hbm4::GroupOutput& end) {
    const hbm4::Output& o = end.output;
    InFlight& flight = in_flight_[o.token];
    std::int64_t tick = o.tick - o.queue_ticks - o.refresh_ticks - o.row_ticks - o.data_ticks;
    Cause cause = attribution_.extend(std::move(flight.cause), controller_, clock_.edge(tick));
    const hbm4::RequestNotes notes = log_->explain(end, cause);
    const auto add = [&](OwnerId owner, std::int64_t ticks, std::uint32_t note) {
        tick += ticks;
        cause = attribution_.extend_noted(std::move(cause), owner, clock_.edge(tick), note);
    };
    add(queue_, o.queue_ticks, notes.queue);
    add(refresh_, o.refresh_ticks, notes.refresh);
    add(row_, o.row_ticks, notes.row);
    add(data_, o.data_ticks, notes.row);
    slices_->ends(end.pseudo_channel, o.tick, cause);
    flight.cause = std::move(cause);
    flight.explained = true;
}

void Hbm4::answer(const hbm4::GroupOutput& end) {
    const hbm4::Output& o = end.output;
    InFlight& flight = in_flight_[o.token];
    MemoryResponse answer{flight.tag, o.write, std::move(flight.cause), {}};
    if (!flight.explained) {
        std::int64_t tick = o.tick - o.queue_ticks - o.refresh_ticks - o.row_ticks - o.data_ticks;
        // The way here is charged to the controller unless the sender charged it already.
        answer.served.add(controller_, clock_.edge(tick));
        tick += o.queue_ticks;
        answer.served.add(queue_, clock_.edge(tick));
        tick += o.refresh_ticks;
        answer.served.add(refresh_, clock_.edge(tick));
        tick += o.row_ticks;
        answer.served.add(row_, clock_.edge(tick));
        answer.served.add(data_, clock_.edge(o.tick));
    }
    const std::int64_t response_tick = o.tick + config_.back_latency.value;
    const Time response = clock_.edge(response_tick);
    answer.served.add(controller_, response);

    const Time latency = response - flight.arrival;
    latency_sum_ += latency;
    latency_max_ = std::max(latency_max_, latency);
    latencies_.record(response_tick - clock_.first_edge(flight.arrival));
    (o.write ? bytes_written_ : bytes_read_) += flight.bytes;
    late_.push_back({response, flight.bytes});
    if (!o.write) {  // somebody waits for it: the run lasts until then, or is cut in what is known
                     // ahead
        const Time known =
            clock_.edge(response_tick - timing_.shortest_access() - config_.back_latency.value);
        while (late_.front().response < known) {
            late_.pop_front();
        }
    }
    last_tick_ = std::max(last_tick_, response_tick);
    ++answers_;
    flight.live = false;
    free_.push_back(o.token);
    responses_out.send(response, std::move(answer));
}

std::int64_t Hbm4::bytes_moved_by(Time time) const {
    std::int64_t bytes = bytes_moved();
    for (const LateAnswer& answer : late_) {
        bytes -= answer.response > time ? answer.bytes : 0;
    }
    return bytes;
}

void Hbm4::waits(std::vector<Wait>& out) const {
    Time since = kNever;
    for (const InFlight& flight : in_flight_) {
        if (flight.live) {
            since = std::min(since, flight.arrival);
        }
    }
    if (since != kNever) {
        out.push_back({path(), fmt::format("{} requests in service", requests_ - answers_),
                       "its own banks", since});
    }
}

}  // namespace vr
