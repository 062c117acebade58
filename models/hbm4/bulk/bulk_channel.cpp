// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/bulk/bulk_channel.h"

#include "models/base/error.h"

namespace vr::hbm4 {

void BulkChannel::inject(std::int64_t tick, const AccessRun& run, std::uint32_t token) {
    ensure(tick >= now_ && (own_.ahead.empty() || own_.ahead.back().tick <= tick),
           "bulk channel: a run of accesses at tick {}, late or out of order", tick);
    own_.ahead.push_back({tick, token, run});
}

void BulkChannel::run(std::int64_t horizon, std::vector<RunEnd>& ends) {
    while (!own_.ahead.empty() && own_.ahead.front().tick < horizon) {
        const BulkChannelState::Ahead input = own_.ahead.front();
        own_.ahead.erase(own_.ahead.begin());
        advance(input.tick, ends);
        begin(input);
    }
    advance(horizon, ends);
}

void BulkChannel::begin(const BulkChannelState::Ahead& input) {
    const std::int64_t requests = requests_of(input.run, setup_->columns);
    std::uint32_t first = stream_.next_token();
    if (!own_.open.empty()) {  // some of its requests may not be there yet
        first = own_.open.back().first + static_cast<std::uint32_t>(own_.open.back().requests);
    }
    own_.open.push_back({input.token, first, requests, requests});
    fast_.external_input();
    stream_.add(input.tick, input.run);
    now_ = input.tick;
}

void BulkChannel::advance(std::int64_t horizon, std::vector<RunEnd>& ends) {
    now_ = run_skipping(
        stream_, fast_, now_, horizon, setup_->rhythm,
        [&](const std::vector<hbm4::Output>& outputs) {
            for (const hbm4::Output& output : outputs) {
                finish(output, ends);
            }
        },
        [&](const FastForward<AccessStream>::Skip& skip) { count(skip); },
        [&] { return one_run_in_flight(); });
}

// Whether all requests in the channel are of the run in hand. An older run ends with one of its
// requests, and a skip gives single requests no tick.
bool BulkChannel::one_run_in_flight() const {
    return !own_.open.empty() &&
           stream_.next_token() - 1 - own_.open.front().first < own_.open.front().requests;
}

// Place in `open` of the run that a request belongs to.
std::size_t BulkChannel::run_of(std::uint32_t request) const {
    for (std::size_t i = 0; i < own_.open.size(); ++i) {
        if (request - own_.open[i].first < own_.open[i].requests) {
            return i;
        }
    }
    ensure(false, "bulk channel: request {} is of no run", request);
    return 0;
}

void BulkChannel::finish(const hbm4::Output& output, std::vector<RunEnd>& ends) {
    const std::size_t of = run_of(output.token);
    if (--own_.open[of].left == 0) {
        ends.push_back({own_.open[of].token, output.tick});
        own_.open.erase(own_.open.begin() + static_cast<std::ptrdiff_t>(of));
    }
}

// Requests of skipped periods: all of the run in hand, which still asks for more.
void BulkChannel::count(const FastForward<AccessStream>::Skip& skip) {
    BulkChannelState::Open& in_hand = own_.open.front();
    in_hand.left -= skip.periods * static_cast<std::int64_t>(skip.outputs);
    ensure(in_hand.left > 0, "bulk channel: a run of accesses ended in a skip");
}

}  // namespace vr::hbm4
