// SPDX-License-Identifier: Apache-2.0
#include "testbenches/transport/toy_core.h"

#include <algorithm>

namespace vr::toy {

ToyCore::ToyCore(const ToyConfig& config) : config_(config) {
    if (config.refresh_interval > 0) {
        state_.refresh_due = config.refresh_interval;
    }
}

void ToyCore::inject(std::int64_t tick, const ToyInput& input, std::uint32_t token) {
    const std::uint64_t span = 2 * config_.items_per_row;
    ToyStream stream;
    stream.arrival = tick;
    stream.phase = static_cast<std::uint32_t>(input.first % span);
    stream.row = input.first / span;
    stream.stride = input.stride;
    stream.remaining = input.items;
    stream.token = token;
    const auto later = [](std::int64_t at, const ToyStream& one) { return at < one.arrival; };
    state_.streams.insert(
        std::upper_bound(state_.streams.begin(), state_.streams.end(), tick, later), stream);
    state_.open.push_back({token, input.items});
}

std::int64_t ToyCore::next() const {
    std::int64_t at = state_.refresh_due;
    for (const ToyFlight& one : state_.flight) {
        at = std::min(at, one.done);
    }
    if (!state_.streams.empty() && state_.queue.size() < config_.queue) {
        at = std::min(at, state_.streams.front().arrival);
    }
    if (state_.flight.size() < config_.window) {
        for (const ToyEntry& one : state_.queue) {
            at = std::min(at, std::max(state_.bus_ready, state_.banks[one.bank].ready));
        }
    }
    return at;
}

void ToyCore::run(std::int64_t horizon, std::vector<ToyOutput>& outputs) {
    for (std::int64_t now = next(); now < horizon; now = next()) {
        complete(now, outputs);
        if (state_.refresh_due == now) {
            refresh(now);
        }
        feed(now);
        while (start(now)) {
            feed(now);
        }
    }
}

void ToyCore::complete(std::int64_t now, std::vector<ToyOutput>& outputs) {
    for (const ToyFlight& one : state_.flight) {
        if (one.done != now) {
            continue;
        }
        const auto open = std::find_if(state_.open.begin(), state_.open.end(),
                                       [&](const ToyOpen& o) { return o.token == one.token; });
        const bool last = --open->left == 0;
        outputs.push_back({now, one.token, one.item, one.hit, last});
        if (last) {
            state_.open.erase(open);
        }
    }
    std::erase_if(state_.flight, [now](const ToyFlight& one) { return one.done == now; });
}

void ToyCore::refresh(std::int64_t now) {
    ToyBank& bank = state_.banks[state_.refresh_pointer++ % 2];
    bank.ready = std::max(bank.ready, now) + config_.refresh_length;
    bank.row = kNoIdentity<std::uint64_t>;
    state_.refresh_due += config_.refresh_interval;
    ++state_.refreshes;
}

// The stream that came last goes first, so that a short one disturbs a long one.
void ToyCore::feed(std::int64_t now) {
    const std::uint32_t span = 2 * config_.items_per_row;
    while (state_.queue.size() < config_.queue) {
        const auto stream =
            std::find_if(state_.streams.rbegin(), state_.streams.rend(),
                         [now](const ToyStream& one) { return one.arrival <= now; });
        if (stream == state_.streams.rend()) {
            return;
        }
        const auto bank = static_cast<std::uint8_t>(stream->phase / config_.items_per_row);
        state_.queue.push_back({bank, stream->row, now, stream->token, stream->item});
        ++stream->item;
        stream->phase += stream->stride;
        stream->row += stream->phase / span;
        stream->phase %= span;
        state_.cursor_row = stream->row;
        if (--stream->remaining == 0) {
            state_.streams.erase(std::next(stream).base());
        }
    }
}

bool ToyCore::start(std::int64_t now) {
    if (state_.bus_ready > now || state_.flight.size() >= config_.window) {
        return false;
    }
    const auto entry =
        std::find_if(state_.queue.begin(), state_.queue.end(),
                     [&](const ToyEntry& one) { return state_.banks[one.bank].ready <= now; });
    if (entry == state_.queue.end()) {
        return false;
    }
    ToyBank& bank = state_.banks[entry->bank];
    const bool hit = bank.row == entry->row;
    const std::int64_t done = now + (hit ? config_.hit : config_.miss);
    bank.ready = done;
    bank.row = entry->row;
    bank.misses += hit ? 0 : 1;
    state_.bus_ready = now + config_.gap;
    state_.flight.push_back({done, entry->token, entry->item, hit});
    const std::int64_t latency = done - entry->arrival;
    state_.latency += latency;
    state_.longest = std::max(state_.longest, latency);
    ++state_.served;
    state_.queue.erase(entry);
    return true;
}

}  // namespace vr::toy
