// SPDX-License-Identifier: Apache-2.0
// The whole mutable state of a pseudo-channel with its controller: plain structs, every member with
// its kind. Indices that the scheduler derives from it (bit masks) are no state; see queue_index.h.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "models/hbm4/controller/limits.h"
#include "models/hbm4/page/page_timers.h"
#include "models/hbm4/refresh/recency.h"
#include "models/hbm4/scheduler/row_columns.h"
#include "models/transport/state_lines.h"

namespace vr::hbm4 {

/// How a request met its bank.
enum class RowOutcome : std::uint8_t { kHit, kMiss, kConflict };

/// What a pseudo-channel is asked: `columns` contiguous columns of one row. Carries no identity.
struct Input {
    std::int32_t row = 0;
    std::uint8_t bank = 0;
    std::uint8_t column = 0;
    std::uint8_t columns = 1;
    bool write = false;
    constexpr bool operator==(const Input&) const = default;
    static constexpr auto state_lines() {
        return vr::state_lines(vr::position("row", &Input::row, kRowSpace),
                               vr::fixed("bank", &Input::bank), vr::fixed("column", &Input::column),
                               vr::fixed("columns", &Input::columns),
                               vr::fixed("write", &Input::write));
    }
};

/// A request in front of a queue.
struct WaitingRequest {
    std::int64_t arrival = kNeverTick;
    std::uint32_t token = kNoIdentity<std::uint32_t>;
    Input input;
    static constexpr auto state_lines() {
        return vr::state_lines(vr::past_time("arrival", &WaitingRequest::arrival),
                               vr::identity("token", &WaitingRequest::token),
                               vr::nested("input", &WaitingRequest::input));
    }
};

/// Requests of one direction in front of its queue, in order.
struct RequestLine {
    std::vector<WaitingRequest> requests;
    std::uint32_t head = 0;  ///< the first that is still here
    std::uint32_t end = 0;   ///< requests.size(), which costs a division
    static constexpr auto state_lines() {
        return vr::state_lines(vr::nested("requests", &RequestLine::requests),
                               vr::fixed("head", &RequestLine::head),
                               vr::fixed("end", &RequestLine::end));
    }

    [[nodiscard]] bool empty() const { return head == end; }
    [[nodiscard]] std::size_t size() const { return end - head; }
    [[nodiscard]] const WaitingRequest& operator[](std::size_t place) const {
        return requests[head + place];
    }
    [[nodiscard]] const WaitingRequest& front() const { return requests[head]; }
    /// At least `count` have arrived by tick `now`.
    [[nodiscard]] bool has_arrived(std::size_t count, std::int64_t now) const {
        return count <= size() && (count == 0 || (*this)[count - 1].arrival <= now);
    }
    void push(const WaitingRequest& request) {
        requests.push_back(request);
        ++end;
    }
    void pop() {
        constexpr std::uint32_t kWorthMoving = 64;
        if (++head == end) {
            requests.clear();
            head = 0;
            end = 0;
        } else if (head >= kWorthMoving && head * 2 >= end) {
            settle();
        }
    }
    /// Forgets the requests that have left.
    void settle() {
        requests.erase(requests.begin(), requests.begin() + head);
        end -= head;
        head = 0;
    }
};

/// One slot of a queue; a free slot has its initial values.
struct QueueEntry {
    std::int64_t arrival = kNeverTick;
    std::int64_t deadline = 0;  ///< admission plus the age limit
    std::uint32_t token = kNoIdentity<std::uint32_t>;
    std::int32_t row = kNoRow;
    std::int32_t queue_ticks = 0;    ///< set at the first column
    std::int32_t refresh_ticks = 0;  ///< so far
    std::int32_t row_ticks = 0;      ///< so far
    std::uint8_t bank = 0;
    std::uint8_t column = 0;   ///< next column
    std::uint8_t columns = 0;  ///< columns to go
    bool started = false;
    RowOutcome outcome = RowOutcome::kHit;
    static constexpr auto state_lines() {
        using E = QueueEntry;
        return vr::state_lines(
            vr::past_time("arrival", &E::arrival), vr::future_time("deadline", &E::deadline),
            vr::identity("token", &E::token), vr::position("row", &E::row, kRowSpace),
            vr::fixed("queue_ticks", &E::queue_ticks),
            vr::fixed("refresh_ticks", &E::refresh_ticks), vr::fixed("row_ticks", &E::row_ticks),
            vr::fixed("bank", &E::bank), vr::fixed("column", &E::column),
            vr::fixed("columns", &E::columns), vr::fixed("started", &E::started),
            vr::fixed("outcome", &E::outcome));
    }
};

/// The queue of one direction: a ring in order of admission, so age is distance from the head.
struct Queue {
    std::array<QueueEntry, kSlots> slots{};
    std::uint32_t head = 0;  ///< slot of the oldest request
    std::uint32_t span = 0;  ///< slots from the oldest to the youngest
    std::int32_t count = 0;  ///< requests in them
    static constexpr auto state_lines() {
        return vr::state_lines(vr::nested("slots", &Queue::slots), vr::fixed("head", &Queue::head),
                               vr::fixed("span", &Queue::span), vr::fixed("count", &Queue::count));
    }
};

/// Ticks from which a bank takes commands, and its open row.
struct BankTimers {
    std::array<std::int64_t, kMaxBanks> activate{};
    std::array<std::int64_t, kMaxBanks> precharge{};
    std::array<std::array<std::int64_t, kMaxBanks>, 2> column{};  ///< read, write
    std::array<std::int64_t, kMaxBanks> refreshed{};              ///< end of the last refresh
    std::array<std::int32_t, kMaxBanks> open_row{};
    static constexpr auto state_lines() {
        using B = BankTimers;
        return vr::state_lines(
            vr::future_time("activate", &B::activate), vr::future_time("precharge", &B::precharge),
            vr::future_time("column", &B::column), vr::future_time("refreshed", &B::refreshed),
            vr::position("open_row", &B::open_row, kRowSpace));
    }
};

/// Ticks from which column commands of one direction may go: each rule of time at its level.
struct ColumnGates {
    std::int64_t any = 0;                            ///< tRTW, tWTR_S
    std::array<std::int64_t, kMaxStackIds> stack{};  ///< tCCD_S, tCCD_R
    std::array<std::int64_t, kMaxGroups> group{};    ///< tCCD_L, tWTR_L
    static constexpr auto state_lines() {
        using G = ColumnGates;
        return vr::state_lines(vr::future_time("any", &G::any), vr::future_time("stack", &G::stack),
                               vr::future_time("group", &G::group));
    }
};

/// Ticks from which the shared parts take commands.
struct SharedTimers {
    std::array<ColumnGates, 2> column{};              ///< read, write
    std::array<std::int64_t, kMaxGroups> activate{};  ///< tRRD_L, per group
    std::int64_t any_activate = 0;                    ///< tRRD_S, tRREFD
    std::array<std::int64_t, 4> four_activates{};     ///< tFAW, oldest first
    std::int64_t row_bus = 0;
    std::int64_t precharge = 0;                               ///< tPPD
    std::int64_t refresh = 0;                                 ///< tRREFD, tRRD_S
    std::array<std::int64_t, kMaxGroups> refresh_of_group{};  ///< tRRD_L, per group
    static constexpr auto state_lines() {
        using T = SharedTimers;
        return vr::state_lines(
            vr::nested("column", &T::column), vr::future_time("activate", &T::activate),
            vr::future_time("any_activate", &T::any_activate),
            vr::future_time("four_activates", &T::four_activates),
            vr::future_time("row_bus", &T::row_bus), vr::future_time("precharge", &T::precharge),
            vr::future_time("refresh", &T::refresh),
            vr::future_time("refresh_of_group", &T::refresh_of_group));
    }
};

/// Lower bounds, per direction, of the tick at which the search for a column or a row command can
/// succeed; whatever could make it succeed earlier lowers them. They change no command, but they
/// decide at which ticks the machine looks, so they are state.
struct SearchBounds {
    std::array<std::int64_t, 2> column{};
    std::array<std::int64_t, 2> activate{};
    std::array<std::int64_t, 2> close{};
    static constexpr auto state_lines() {
        using B = SearchBounds;
        return vr::state_lines(vr::future_time("column", &B::column),
                               vr::future_time("activate", &B::activate),
                               vr::future_time("close", &B::close));
    }
};

/// Refresh bookkeeping.
struct RefreshState {
    std::int64_t next_due = 0;
    std::int64_t owed = 0;        ///< refresh commands due and not yet issued
    std::int32_t bank = kNoBank;  ///< per bank: chosen, waiting for its precharge and refresh
    bool draining = false;        ///< all bank: no new work until the refresh
    bool managing = false;        ///< what the chosen bank waits for is refresh management
    std::uint64_t done = 0;       ///< banks refreshed in this round
    Recency<kMaxBanks> recent;    ///< idle first: most recently activated first; else by number
    static constexpr auto state_lines() {
        using R = RefreshState;
        return vr::state_lines(vr::past_time("next_due", &R::next_due), vr::fixed("owed", &R::owed),
                               vr::fixed("bank", &R::bank), vr::fixed("draining", &R::draining),
                               vr::fixed("managing", &R::managing), vr::fixed("done", &R::done),
                               vr::nested("recent", &R::recent));
    }
};

/// Refresh management: activations per bank that nothing has relieved it of.
struct ManagementState {
    std::array<std::uint16_t, kMaxBanks> counts{};
    std::array<std::int32_t, kMaxBanks> rows{};  ///< directed: the one activated last
    static constexpr auto state_lines() {
        using M = ManagementState;
        return vr::state_lines(vr::fixed("counts", &M::counts),
                               vr::position("rows", &M::rows, kRowSpace));
    }
};

/// Power-down and self refresh.
struct RestState {
    bool resting = false;
    std::int64_t since = kNeverTick;  ///< it rests; kNeverTick: it does not
    std::int64_t exit = 0;            ///< may end
    std::int64_t idle_from = 0;       ///< idle for long enough, if no column comes
    std::int64_t data_end = 0;        ///< of what was read and written
    static constexpr auto state_lines() {
        using R = RestState;
        return vr::state_lines(vr::fixed("resting", &R::resting), vr::past_time("since", &R::since),
                               vr::future_time("exit", &R::exit),
                               vr::future_time("idle_from", &R::idle_from),
                               vr::future_time("data_end", &R::data_end));
    }
};

/// Statistics of one pseudo-channel.
struct Counters {
    std::int64_t reads = 0;  ///< requests answered
    std::int64_t writes = 0;
    std::int64_t columns_read = 0;
    std::int64_t columns_written = 0;
    std::int64_t row_hits = 0;       ///< requests that needed no row command of their own
    std::int64_t row_misses = 0;     ///< requests that activated a closed bank
    std::int64_t row_conflicts = 0;  ///< requests that closed another row first
    std::int64_t activates = 0;
    std::int64_t precharges = 0;  ///< rows closed
    std::int64_t refreshes = 0;
    std::int64_t forced_refreshes = 0;    ///< of these, on banks with queued work
    std::int64_t managements = 0;         ///< commands of refresh management
    std::int64_t forced_managements = 0;  ///< of these, on banks with queued work
    std::int64_t rests = 0;               ///< entries into power-down or self refresh
    std::int64_t rest_ticks = 0;          ///< of those that have ended
    std::int64_t data_ticks = 0;          ///< data bus busy
    std::int64_t turns = 0;               ///< changes of direction
    static constexpr auto state_lines() {
        using C = Counters;
        return vr::state_lines(
            vr::additive("reads", &C::reads), vr::additive("writes", &C::writes),
            vr::additive("columns_read", &C::columns_read),
            vr::additive("columns_written", &C::columns_written),
            vr::additive("row_hits", &C::row_hits), vr::additive("row_misses", &C::row_misses),
            vr::additive("row_conflicts", &C::row_conflicts),
            vr::additive("activates", &C::activates), vr::additive("precharges", &C::precharges),
            vr::additive("refreshes", &C::refreshes),
            vr::additive("forced_refreshes", &C::forced_refreshes),
            vr::additive("managements", &C::managements),
            vr::additive("forced_managements", &C::forced_managements),
            vr::additive("rests", &C::rests), vr::additive("rest_ticks", &C::rest_ticks),
            vr::additive("data_ticks", &C::data_ticks), vr::additive("turns", &C::turns));
    }
};

/// Adds what a machine without work has counted from `before` to `after`.
inline void add_idle_counts(Counters& to, const Counters& before, const Counters& after) {
    for (const auto counter : {&Counters::refreshes, &Counters::managements, &Counters::precharges,
                               &Counters::rests, &Counters::rest_ticks}) {
        to.*counter += after.*counter - before.*counter;
    }
}

/// Everything.
struct PseudoChannelState {
    BankTimers banks;
    SharedTimers shared;
    std::array<Queue, 2> queues{};       ///< reads, writes
    std::array<RequestLine, 2> lines{};  ///< reads, writes in front of the queues
    bool writing = false;                ///< direction of the column bus
    std::int32_t turn_left = 0;          ///< columns before a watermark may turn the bus
    std::int64_t wake = 0;               ///< next tick to look at; how far an idle machine lags
    SearchBounds quiet;
    RefreshState refresh;
    Counters counters;
    // Of policies that are off by default, behind what every tick looks at.
    PageTimers pages;
    RowColumns row_columns;
    ManagementState management;
    RestState rest;
    static constexpr auto state_lines() {
        using S = PseudoChannelState;
        return vr::state_lines(
            vr::nested("banks", &S::banks), vr::nested("shared", &S::shared),
            vr::nested("queues", &S::queues), vr::nested("lines", &S::lines),
            vr::fixed("writing", &S::writing), vr::fixed("turn_left", &S::turn_left),
            vr::past_time("wake", &S::wake), vr::nested("quiet", &S::quiet),
            vr::nested("refresh", &S::refresh), vr::nested("counters", &S::counters),
            vr::nested("pages", &S::pages), vr::nested("row_columns", &S::row_columns),
            vr::nested("management", &S::management), vr::nested("rest", &S::rest));
    }
};

}  // namespace vr::hbm4
