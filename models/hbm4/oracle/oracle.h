// SPDX-License-Identifier: Apache-2.0
// A second pseudo-channel, written from docs/hbm4-semantics.md and from nothing else: it looks at
// every tick, keeps requests in lists and asks of every command how long ago each other was. For
// tests and the bench; it includes nothing of the core.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <vector>

#include "models/hbm4/hbm4_config.h"

namespace vr::oracle {

using Tick = std::int64_t;

struct Request {
    Tick arrival = 0;
    std::int64_t bank = 0;
    std::int64_t row = 0;
    std::int64_t column = 0;
    std::int64_t columns = 1;
    bool write = false;
};

/// The end of a request and where its time went (docs/hbm4-semantics.md, section 8).
struct Completion {
    std::size_t request = 0;  ///< its number
    Tick end = 0;
    Tick queue = 0;
    Tick refresh = 0;
    Tick row = 0;
    Tick data = 0;
    bool operator==(const Completion&) const = default;
};

enum class Verb : std::uint8_t {
    kActivate,
    kPrecharge,
    kPrechargeAll,
    kRead,
    kWrite,
    kRefreshBank,
    kRefreshAll,
    kManageBank,
    kManageRow,
    kPowerDown,
    kPowerUp,
    kSelfRefresh,
    kSelfRefreshExit,
};
inline constexpr std::size_t kVerbs = 13;

struct SentCommand {
    Tick tick = 0;
    Verb verb = Verb::kActivate;
    std::int64_t bank = 0;  ///< 0 for all banks
    std::int64_t row = 0;
    std::int64_t column = 0;
    bool operator==(const SentCommand&) const = default;
};

struct Tally {
    std::int64_t reads = 0, writes = 0, columns_read = 0, columns_written = 0;
    std::int64_t row_hits = 0, row_misses = 0, row_conflicts = 0;
    std::int64_t activates = 0, precharges = 0, refreshes = 0, forced_refreshes = 0;
    std::int64_t data_ticks = 0, turns = 0;
    std::int64_t managements = 0, forced_managements = 0;
    std::int64_t rests = 0, rest_ticks = 0;
    bool operator==(const Tally&) const = default;
};

class PseudoChannelOracle {
  public:
    explicit PseudoChannelOracle(const Hbm4Config& config);

    /// Requests arrive in order; `number` comes back with the completion.
    void inject(std::size_t number, const Request& request) {
        lines_[request.write ? 1 : 0].push_back({number, request});
    }
    /// Everything that happens before `end`, tick by tick.
    void run_until(Tick end);
    [[nodiscard]] bool has_work() const {
        return !queues_[0].empty() || !queues_[1].empty() || !lines_[0].empty() ||
               !lines_[1].empty();
    }
    [[nodiscard]] Tick now() const { return now_; }

    std::vector<Completion> completions;  ///< in order of the last column
    std::vector<SentCommand> commands;    ///< kept if `keeps_commands`
    bool keeps_commands = false;
    Tally tally;

  private:
    struct Waiting {
        std::size_t number = 0;
        Request request;
    };
    struct Queued {
        std::size_t number = 0;
        Request request;
        std::uint64_t order = 0;  // of admission, within the direction
        Tick deadline = 0;
        std::int64_t served = 0;  // columns
        Tick queue = 0, refresh = 0, row = 0;
        bool asked_precharge = false, asked_activate = false;
    };
    enum class Refreshing : std::uint8_t { kNone, kBanks, kAll };
    using Queue = std::list<Queued>;
    // The times of the rules in whole ticks: every tick asks for them.
    struct Distances {
        Tick rcd_read = 0, rcd_write = 0, rp = 0, ras = 0, rc = 0, rrd_s = 0, rrd_l = 0, faw = 0;
        Tick rtp = 0, wr = 0, wtr_s = 0, wtr_l = 0, rtw = 0;
        Tick rfc_all_bank = 0, rfc_per_bank = 0, rrefd = 0, rfm = 0, drfm = 0;
        Tick pd = 0, xp = 0, sr = 0, xs = 0;
    };

    void tick();
    void note_due_refresh();
    void choose_refresh();
    /// Of the banks that this round has left, the one that the next random number names.
    [[nodiscard]] std::int64_t drawn_bank() const;
    void choose_management();
    void forgive(std::int64_t bank, std::int64_t activates);
    [[nodiscard]] bool is_worn_out(std::int64_t bank) const;
    /// Whether the first requests in the lines ask for a bank.
    [[nodiscard]] bool is_buffered(std::int64_t bank) const;
    void admit();
    [[nodiscard]] bool has_room(std::size_t direction) const;
    void enqueue(std::size_t direction);
    [[nodiscard]] bool has_arrived(std::size_t direction) const;
    [[nodiscard]] std::vector<Request> buffer(std::size_t direction) const;
    void decide_direction();
    void find_starving();
    void column_bus();
    bool row_bus_refresh();
    void refresh_chosen();
    void manage_chosen();
    void row_bus();
    /// Precharge or activate for the oldest request of a direction that may have one; false: none.
    bool row_for_request(std::size_t direction);
    [[nodiscard]] bool is_asked(std::size_t direction, std::int64_t bank) const;
    bool close_unused();
    void rest();
    [[nodiscard]] bool was_idle_for_long() const;
    void wake_up();
    [[nodiscard]] bool has_arrived_work() const;

    [[nodiscard]] bool allowed(Verb verb, std::int64_t bank) const;
    void send(Verb verb, std::int64_t bank, std::int64_t row, std::int64_t column);
    void close(std::int64_t bank);
    [[nodiscard]] bool is_hit(const Queued& q) const;
    [[nodiscard]] bool is_conflict(const Queued& q) const;
    [[nodiscard]] bool has_hits(std::size_t direction, std::int64_t bank) const;
    [[nodiscard]] bool is_queued(std::int64_t bank) const;
    [[nodiscard]] std::int64_t writes_waiting() const {
        return static_cast<std::int64_t>(queues_[1].size() + buffer(1).size());
    }
    [[nodiscard]] Queue& own() { return queues_[writing_ ? 1 : 0]; }
    [[nodiscard]] std::int64_t group_of(std::int64_t bank) const;
    [[nodiscard]] std::int64_t stack_of(std::int64_t bank) const;
    [[nodiscard]] Tick since(Verb verb, std::int64_t bank) const;
    [[nodiscard]] Tick rounded_up(Time time) const;
    [[nodiscard]] Distances distances() const;

    Hbm4Config config_;
    Distances distances_ = distances();
    std::int64_t banks_;
    Refreshing refreshing_ = Refreshing::kNone;
    Tick interval_ = 0;
    Tick now_ = 0;

    std::array<std::deque<Waiting>, 2> lines_;
    std::array<Queue, 2> queues_;
    std::array<std::uint64_t, 2> admitted_{};
    bool writing_ = false;
    std::int64_t turn_ = 0;
    std::int64_t starving_ = -1;  // bank whose hits give way

    std::vector<std::optional<std::int64_t>> open_;
    std::vector<std::array<Tick, kVerbs>> last_;  // of each command, by bank; kNever: not yet
    std::vector<std::int64_t> columns_since_activate_;
    std::deque<Tick> activates_;  // the last four
    Tick row_bus_free_ = 0;

    Tick next_due_ = 0;
    std::int64_t owed_ = 0;
    std::int64_t chosen_ = -1;
    bool draining_ = false;
    std::optional<Tick> resting_since_;
    Tick awake_from_ = 0;
    bool to_manage_ = false;  // what the chosen bank is chosen for
    // Rows activated in each bank, without those that were made up for: the earliest first.
    std::vector<std::deque<std::int64_t>> unforgiven_;
    std::vector<std::int64_t> latest_row_;  // activated
    std::int64_t turn_of_ = 0;              // round robin: bank of the next refresh
    std::vector<bool> refreshed_;           // in this round
    std::vector<std::int64_t> recent_;      // banks, most recently activated first
};

}  // namespace vr::oracle
