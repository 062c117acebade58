// SPDX-License-Identifier: Apache-2.0
// The toy core that shows and tests the machinery of models/transport: a server with two banks,
// round-robin refresh and a credit window, fed by strided streams that it expands itself. Not
// modelled: any real device.
#pragma once

#include <cstdint>
#include <vector>

#include "models/transport/state.h"

namespace vr::toy {

struct ToyConfig {
    std::int64_t hit = 4;                 // ticks of an access to the open row
    std::int64_t miss = 20;               // ticks of any other access
    std::int64_t gap = 2;                 // ticks from start to start
    std::int64_t refresh_interval = 400;  // 0: no refresh
    std::int64_t refresh_length = 60;
    std::uint32_t window = 4;  // credits: accesses under way
    std::uint32_t queue = 8;   // accesses waiting
    std::uint32_t items_per_row = 16;
};

/// A stream of accesses: item i is at first + i * stride; row and bank follow from the position.
struct ToyInput {
    std::uint64_t first = 0;
    std::uint32_t stride = 1;
    std::uint32_t items = 1;
    bool operator==(const ToyInput&) const = default;
};

/// One access is done. `last`: all accesses of the stream are.
struct ToyOutput {
    std::int64_t tick = 0;
    std::uint32_t token = 0;
    std::uint32_t item = 0;
    bool hit = false;
    bool last = false;
    bool operator==(const ToyOutput&) const = default;
};

inline constexpr std::uint64_t kItemSpace = 1;  // items have names of their own, apart from tokens

struct ToyBank {
    std::int64_t ready = 0;
    std::uint64_t row = kNoIdentity<std::uint64_t>;
    std::uint64_t misses = 0;
    static constexpr auto state_lines() {
        return vr::state_lines(future_time("ready", &ToyBank::ready),
                               position("row", &ToyBank::row),
                               additive("misses", &ToyBank::misses));
    }
};

struct ToyStream {
    std::int64_t arrival = 0;
    std::uint32_t phase = 0;  // position within a row of both banks
    std::uint64_t row = 0;
    std::uint32_t stride = 1;
    std::uint32_t remaining = 0;
    std::uint32_t token = 0;
    std::uint32_t item = 0;
    static constexpr auto state_lines() {
        return vr::state_lines(
            future_time("arrival", &ToyStream::arrival), fixed("phase", &ToyStream::phase),
            position("row", &ToyStream::row), fixed("stride", &ToyStream::stride),
            budget("remaining", &ToyStream::remaining), identity("token", &ToyStream::token),
            identity("item", &ToyStream::item, kItemSpace));
    }
};

struct ToyEntry {
    std::uint8_t bank = 0;
    std::uint64_t row = 0;
    std::int64_t arrival = 0;
    std::uint32_t token = 0;
    std::uint32_t item = 0;
    static constexpr auto state_lines() {
        return vr::state_lines(fixed("bank", &ToyEntry::bank), position("row", &ToyEntry::row),
                               past_time("arrival", &ToyEntry::arrival),
                               identity("token", &ToyEntry::token),
                               identity("item", &ToyEntry::item, kItemSpace));
    }
};

struct ToyFlight {
    std::int64_t done = 0;
    std::uint32_t token = 0;
    std::uint32_t item = 0;
    bool hit = false;
    static constexpr auto state_lines() {
        return vr::state_lines(
            future_time("done", &ToyFlight::done), identity("token", &ToyFlight::token),
            identity("item", &ToyFlight::item, kItemSpace), fixed("hit", &ToyFlight::hit));
    }
};

struct ToyOpen {  // a stream with accesses that are not done
    std::uint32_t token = 0;
    std::uint32_t left = 0;
    static constexpr auto state_lines() {
        return vr::state_lines(identity("token", &ToyOpen::token), budget("left", &ToyOpen::left));
    }
};

struct ToyState {
    std::uint64_t cursor_row = 0;  // of the stream that feeds
    std::int64_t bus_ready = 0;
    std::int64_t refresh_due = kNeverTick;
    std::uint32_t refresh_pointer = 0;
    std::array<ToyBank, 2> banks{};
    std::vector<ToyStream> streams{};  // by arrival
    std::vector<ToyEntry> queue{};     // by age
    std::vector<ToyFlight> flight{};   // by start
    std::vector<ToyOpen> open{};
    std::uint64_t served = 0;
    std::uint64_t refreshes = 0;
    std::int64_t latency = 0;
    std::int64_t longest = 0;
    static constexpr auto state_lines() {
        return vr::state_lines(
            origin("cursor_row", &ToyState::cursor_row),
            future_time("bus_ready", &ToyState::bus_ready),
            future_time("refresh_due", &ToyState::refresh_due),
            counter("refresh_pointer", &ToyState::refresh_pointer, 2),
            nested("banks", &ToyState::banks), nested("streams", &ToyState::streams),
            nested("queue", &ToyState::queue), nested("flight", &ToyState::flight),
            nested("open", &ToyState::open), additive("served", &ToyState::served),
            additive("refreshes", &ToyState::refreshes), additive("latency", &ToyState::latency),
            highest("longest", &ToyState::longest));
    }
};

class ToyCore {
  public:
    using Input = ToyInput;
    using Output = ToyOutput;
    using State = ToyState;

    explicit ToyCore(const ToyConfig& config);
    [[nodiscard]] std::int64_t next() const;
    void inject(std::int64_t tick, const ToyInput& input, std::uint32_t token);
    void run(std::int64_t horizon, std::vector<ToyOutput>& outputs);
    [[nodiscard]] const ToyState& state() const { return state_; }
    void restore(const ToyState& state) { state_ = state; }
    [[nodiscard]] bool idle() const { return state_.open.empty(); }
    static void shift_output(ToyOutput& output, std::int64_t dt, std::int64_t k,
                             const StateDelta& delta) {
        output.tick += dt;
        output.token = static_cast<std::uint32_t>(output.token + k * delta.identity_step());
        output.item = static_cast<std::uint32_t>(output.item + k * delta.identity_step(kItemSpace));
    }

  private:
    void complete(std::int64_t now, std::vector<ToyOutput>& outputs);
    void refresh(std::int64_t now);
    void feed(std::int64_t now);
    bool start(std::int64_t now);
    ToyConfig config_;
    ToyState state_;
};

}  // namespace vr::toy
