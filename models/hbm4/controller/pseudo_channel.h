// SPDX-License-Identifier: Apache-2.0
// A pseudo-channel of HBM4 with its controller: exact to the tick (one CK), jumps over ticks in
// which nothing can happen. Plain C++; no virtual call and no allocation in the loop. Not modelled:
// data and their correction; see DEVIATIONS.md.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "models/hbm4/controller/observer.h"
#include "models/hbm4/controller/queue_index.h"
#include "models/hbm4/controller/state.h"
#include "models/hbm4/page/page_policies.h"
#include "models/hbm4/refresh/recent_half.h"
#include "models/hbm4/refresh/refresh_orders.h"
#include "models/hbm4/scheduler/schedulers.h"
#include "models/hbm4/timing/timing.h"
#include "models/transport/state_members.h"
#include "models/transport/state_shift.h"

namespace vr::hbm4 {

template <class Machine>
class RefreshView;

/// The end of one request. The four shares sum to tick minus the arrival.
struct Output {
    std::uint32_t token = 0;
    std::int64_t tick = 0;         ///< last data has left or reached the pins
    std::int32_t queue_ticks = 0;  ///< before the first column, without the two below
    std::int32_t refresh_ticks = 0;
    std::int32_t row_ticks = 0;   ///< precharge and activate
    std::int32_t data_ticks = 0;  ///< from the first column on
    bool write = false;
    constexpr bool operator==(const Output&) const = default;
    static constexpr auto state_members() {
        using O = Output;
        return vr::state_members(&O::token, &O::tick, &O::queue_ticks, &O::refresh_ticks,
                                 &O::row_ticks, &O::data_ticks, &O::write);
    }
};

/// What a refresh that is owed begins with: a bank, or all new work held back; or neither yet.
struct RefreshChoice {
    std::int32_t bank = kNoBank;
    bool drain = false;
    [[nodiscard]] bool any() const { return bank != kNoBank || drain; }
};

/// The machine. What one tick does, in this order (normative: docs/hbm4-semantics.md):
///   1. a refresh falls due; a bank is chosen for it   (refresh/refresh_scheduler.h), or for
///   refresh management   (refresh/refresh_management.h)
///   2. of each direction one request moves from the line into the queue
///   3. the column bus turns between reads and writes
///   4. the column bus takes the oldest request of its direction whose row is open and every timer
///   due
///   5. the row bus takes a refresh or its precharge, else the oldest request's precharge or
///   activate
/// Every condition is "timer <= now" and changes only with a command or an admission, so the jump
/// to the next time is exact.
template <class Observer = NoObserver>
class PseudoChannel {
  public:
    using Input = hbm4::Input;
    using Output = hbm4::Output;
    using State = PseudoChannelState;

    /// `timing` must outlive the machine.
    explicit PseudoChannel(const Timing& timing);

    /// Next tick at which it acts on work; kNeverTick when it has none (its refreshes are caught up
    /// lazily).
    [[nodiscard]] std::int64_t next() const { return has_work() ? state_.wake : kNeverTick; }
    /// A request arrives at `tick`: not before the last horizon, nor before an earlier request.
    void inject(std::int64_t tick, const Input& input, std::uint32_t token);
    /// Does everything with tick < horizon and appends the ends of requests, in order of their last
    /// column.
    void run(std::int64_t horizon, std::vector<Output>& outputs);
    /// The same, visiting every tick: an oracle for tests.
    void run_every_tick(std::int64_t horizon, std::vector<Output>& outputs);
    /// Brings the refreshes of an idle machine up to `tick` and the state into its normal
    /// arrangement, so that equal situations have equal states. Changes no later command.
    void settle(std::int64_t tick);

    [[nodiscard]] const State& state() const { return state_; }
    /// Takes over the whole state of another machine of the same timing.
    void restore(const State& state) {
        state_ = state;
        rebuild();
    }
    /// Moves an output as shift() moves a state (transport/machine.h).
    static void shift_output(Output& output, std::int64_t dt, std::int64_t k,
                             const StateDelta& delta) {
        output.tick += dt;
        output.token = static_cast<std::uint32_t>(output.token + k * delta.identity_step());
    }
    [[nodiscard]] bool idle() const { return !has_work(); }
    /// Brings what run() is going to look at into the host's cache.
    void prefetch() const;
    [[nodiscard]] bool has_work() const {
        return state_.queues[0].count + state_.queues[1].count > 0 || !state_.lines[0].empty() ||
               !state_.lines[1].empty();
    }
    /// The same, of requests that have arrived by `now`. What comes later may be injected already
    /// or not; no decision may depend on that.
    [[nodiscard]] bool has_work_at(std::int64_t now) const {
        return state_.queues[0].count + state_.queues[1].count > 0 ||
               state_.lines[0].has_arrived(1, now) || state_.lines[1].has_arrived(1, now);
    }
    [[nodiscard]] std::int32_t open_banks() const;
    Observer& observer() { return observer_; }

  private:
    // always_inline: called from one place, for every request.
    std::int64_t step(std::int64_t now, std::vector<Output>& outputs);
    void catch_up(std::int64_t tick);
    void skip_idle_rounds(std::int64_t tick);
    bool admit(std::int64_t now);
    [[nodiscard]] bool has_room(std::size_t direction) const;
    void admit_ahead(std::int64_t tick);
    void wait_for_turn(std::int64_t now);
    /// A request that has just come into its queue.
    struct Admitted {
        std::int64_t gate;  ///< it gets no command of its own before
        std::uint8_t bank;
        bool hit;  ///< its row is open
    };
    [[gnu::always_inline]] inline void wait_for_admitted(std::int64_t now, std::size_t direction,
                                                         const Admitted& request);
    void count_buffered(std::int64_t now);
    /// At least `count` writes are queued or buffered.
    [[nodiscard]] bool writes_at_least(std::int64_t count, std::int64_t now) const;
    /// How many of the line's writes it takes for the high mark; beyond the buffer: never.
    [[nodiscard]] std::size_t writes_to_high_mark() const {
        const std::int32_t missing = timing_->write_high - state_.queues[1].count;
        return missing > 0 ? static_cast<std::size_t>(missing) : 0;
    }
    Admitted admit_first(std::size_t direction, std::int64_t now);
    [[nodiscard]] bool turns(std::int64_t now) const;
    void turn(std::int64_t now);
    void refresh_due(std::int64_t now);
    [[nodiscard]] RefreshChoice refresh_choice(std::int64_t now);
    friend class RefreshView<PseudoChannel>;
    void wait_for_consequences(std::int64_t now);
    bool column_command(std::int64_t now, std::vector<Output>& outputs);
    void issue_column(std::int64_t now, std::uint32_t slot, std::vector<Output>& outputs);
    [[gnu::always_inline]] inline void pass_column_gates(std::int64_t now, std::size_t direction,
                                                         std::uint8_t group);
    /// From when on a bank group takes a column command, as far as its banks are ready.
    [[nodiscard]] std::int64_t column_gate(std::size_t direction, std::uint8_t group) const {
        const ColumnGates& gates = state_.shared.column[direction];
        return std::max(
            {gates.any, gates.stack[timing_->stack_of_group[group]], gates.group[group]});
    }
    /// From when on a request of a bank could have its column, its activate (the bank is closed) or
    /// its precharge (another row is open), whatever holds the bank or the row bus.
    [[nodiscard]] std::int64_t hit_gate(std::size_t direction, std::size_t bank) const {
        return std::max(state_.banks.column[direction][bank],
                        column_gate(direction, timing_->group_of_bank[bank]));
    }
    [[nodiscard]] std::int64_t closed_gate(std::size_t bank) const {
        const SharedTimers& shared = state_.shared;
        return std::max({shared.any_activate, shared.activate[timing_->group_of_bank[bank]],
                         shared.four_activates[0], state_.banks.activate[bank]});
    }
    [[nodiscard]] std::int64_t conflict_gate(std::size_t bank) const {
        return std::max(state_.shared.precharge, state_.banks.precharge[bank]);
    }
    std::int64_t first_column(std::size_t direction, std::uint8_t group);
    [[gnu::always_inline]] inline void finish(std::int64_t now, std::uint32_t slot,
                                              std::vector<Output>& outputs);
    bool row_command(std::int64_t now);
    bool refresh_command(std::int64_t now);
    void wait_for_row(std::size_t direction);
    bool command_for_request(std::int64_t now, std::size_t direction);
    /// Banks that get row commands for requests of a direction: of the one that waits for the
    /// column bus those without requests of the one that has it.
    [[nodiscard]] std::uint64_t served_banks(std::size_t direction) const {
        const std::uint64_t banks = index_[direction].banks;
        if (direction == (state_.writing ? 1U : 0U)) {
            return banks;
        }
        return timing_->prepare_rows ? banks & ~index_[1 - direction].banks : 0;
    }
    /// Some are closed, or open without hits (whose last hit's column is an event).
    [[nodiscard]] bool wants_rows(std::size_t direction) const {
        return (served_banks(direction) & ~index_[direction].hit_banks) != 0;
    }
    bool close_unused(std::int64_t now);
    void note_use(std::int64_t now, std::size_t bank) {
        PagePolicies::visit(timing_->page_policy, [&](auto page) {
            page.use(state_.pages, bank, now + timing_->page_timeout);
        });
    }
    void wait_for_unused();
    /// Open banks that the page policy may close: none has a hit.
    [[nodiscard]] std::uint64_t unused_banks() const {
        return PagePolicies::visit(timing_->page_policy, [&](auto page) {
            return page.closable(open_ & ~index_[0].hit_banks & ~index_[1].hit_banks &
                                 ~bank_of_refresh());
        });
    }
    /// The bank that is about to be refreshed, as a mask.
    [[nodiscard]] std::uint64_t bank_of_refresh() const {
        return state_.refresh.bank == kNoBank ? 0 : bit(state_.refresh.bank);
    }
    [[nodiscard]] std::size_t bank_count() const {
        return static_cast<std::size_t>(timing_->banks);
    }
    std::uint64_t slots_to_activate(std::int64_t now, std::size_t direction);
    std::uint64_t slots_to_close(std::int64_t now, std::size_t direction);
    void activate(std::int64_t now, std::size_t direction, std::uint32_t slot);
    void close_for(std::int64_t now, std::size_t direction, std::uint32_t slot);
    void close_bank(std::int64_t now, std::int32_t bank);
    void refresh_bank(std::int64_t now, std::int32_t bank);
    bool occupy_bank(std::int64_t now, std::int32_t bank, std::int64_t ticks);
    // Refresh management: kept out of the loop of machines that have it off.
    [[gnu::noinline]] void choose_management(std::int64_t now);
    [[nodiscard, gnu::noinline]] std::int32_t management_choice(std::int64_t now);
    [[gnu::noinline]] void manage_bank(std::int64_t now, std::int32_t bank);
    [[gnu::noinline]] void count_activate(std::uint8_t bank, std::int32_t row);
    [[gnu::noinline]] void relieve(std::size_t bank, std::int64_t activations);
    void note_count(std::size_t bank);
    bool refresh_all(std::int64_t now);
    void precharge_all(std::int64_t now);
    [[nodiscard]] std::int64_t precharge_all_from() const;
    [[nodiscard]] std::int64_t refresh_all_from() const;
    [[nodiscard]] std::int64_t rest_from(std::int64_t now) const;
    /// Idle for long enough: the DRAM is about to refresh by itself.
    [[nodiscard]] bool goes_to_self_refresh(std::int64_t now) const {
        return timing_->rest == RestMode::kSelfRefresh && state_.rest.idle_from <= now &&
               !has_work_at(now);
    }
    bool enter_rest(std::int64_t now);
    bool leave_rest(std::int64_t now);
    [[nodiscard]] bool counts_columns() const {
        return Schedulers::visit(timing_->scheduler,
                                 [](auto scheduler) { return scheduler.kCountsColumns; });
    }
    /// Whole rounds of refresh of an idle machine are alike.
    [[nodiscard]] bool idle_rounds_repeat() const {
        return timing_->rest == RestMode::kNone &&
               (timing_->refresh != RefreshMode::kPerBank ||
                RefreshOrders::has_normal_form(timing_->refresh_order));
    }
    void find_starved(std::int64_t now);
    [[nodiscard]] std::int64_t starvation() const;
    void rebuild();
    void note_activated(std::uint8_t bank);
    void forget_quiet() { state_.quiet = {}; }
    void forget_quiet_rows(std::size_t direction) {
        state_.quiet.activate[direction] = 0;
        state_.quiet.close[direction] = 0;
    }
    static void lower(std::array<std::int64_t, 2>& quiet, std::int64_t tick) {
        quiet = {tick < quiet[0] ? tick : quiet[0], tick < quiet[1] ? tick : quiet[1]};
    }
    void wait_until(std::int64_t tick) { next_ = tick < next_ ? tick : next_; }

    const Timing* timing_;
    State state_;
    std::array<QueueIndex, 2> index_{};  // of state_.queues
    std::uint64_t open_ = 0;             // bank mask of state_.banks.open_row
    std::uint64_t at_initial_ = 0;       // bank masks of state_.management.counts
    std::uint64_t at_maximum_ = 0;
    // Bank masks that hold every bank whose timer may not be due, so that searches look at no
    // other.
    std::array<std::uint64_t, 2> early_column_{};
    // Of the buffers, so far as they have been looked at: requests of a direction, of a bank.
    std::array<std::uint32_t, 2> buffered_{};
    std::array<std::uint16_t, kMaxBanks> buffered_of_bank_{};
    std::uint64_t buffered_banks_ = 0;
    RecentHalf recent_half_;
    // Scratch of one step.
    struct Done {
        bool admitted, column, finished, row, activated, refreshed;
    };
    Done done_{};
    std::int64_t next_ = 0;
    std::int32_t starved_ = kNoBank;  // hits of this bank give way
    std::int64_t horizon_ = 0;        // of the run in hand
    std::int64_t ahead_ = -1;         // tick whose admission the step before it has made
    [[no_unique_address]] Observer observer_;
};

extern template class PseudoChannel<NoObserver>;
extern template class PseudoChannel<CommandRecorder>;
extern template class PseudoChannel<BusyRecorder>;

}  // namespace vr::hbm4
