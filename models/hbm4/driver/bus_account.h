// SPDX-License-Identifier: Apache-2.0
// Where the time of one pseudo-channel's data bus went: data, or one cause for each tick without.
// Derived from requests and commands alone; nobody in the controller knows of it. Not modelled: the
// controller's reasons; what no rule of time explains is the controller's.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "models/hbm4/controller/observer.h"
#include "models/hbm4/controller/state.h"
#include "models/hbm4/timing/timing.h"

namespace vr::hbm4 {

/// What a tick of a data bus was.
enum class BusUse : std::uint8_t {
    kData,
    kNoRequest,     ///< no request has arrived that is not served
    kPowerDown,     ///< the memory rests, or wakes up
    kRefresh,       ///< the bank is refreshed, or is about to be before its row is opened
    kManagement,    ///< the same of refresh management
    kRow,           ///< closing the bank's row, opening the right one (tRP, tRC, tRCD)
    kActivateRate,  ///< the next activate: tRRD, tFAW, tRREFD, the row bus
    kTurnaround,    ///< from reads to writes or back (tRTW, tWTR)
    kColumnGap,     ///< from column to column (tCCD beyond the burst)
    kController,    ///< order of service: nothing above holds the command back
};
inline constexpr std::size_t kBusUses = 10;
/// "data", "no_request", ... in the order of BusUse.
[[nodiscard]] const std::array<const char*, kBusUses>& bus_use_names();

/// Ticks by use.
using BusTime = std::array<std::int64_t, kBusUses>;

/// The rule. Each tick without data is asked of the request that the next data belong to; while
/// that has not arrived, of the oldest that has; if none has, no request was there. The request is
/// asked at the tick at which its column command would have had to go for its data to move then,
/// which is earlier by the latency of the command; and if its column went as soon as its row was
/// open, at the tick at which its activate would have had to go, which is earlier by tRCD as well
/// (so that a row that is opened in good time costs nothing), unless it arrived later than that:
/// then opening the row is the use. The answer is the first that holds. Its bank is in refresh, or
/// is refreshed before its row is opened: refresh, or refresh management. The row is open: of tRCD
/// and the gaps on the column bus the one that ends last and has not ended. Another row is open, or
/// the bank was closed or activated too recently: row. Another activate or refresh was too recent:
/// activate rate. Else: controller. Behind the last data the oldest request is asked, with the
/// latency of the last command.
class BusAccount {
  public:
    /// `timing` must outlive it; nothing from tick `limit` on is counted.
    BusAccount(const Timing& timing, std::int64_t limit);

    /// A request is injected, in the order of arrivals, before any command at or after `tick`.
    void arrived(std::int64_t tick, const Input& input);
    /// The next command.
    void command(const CommandRecord& command);
    /// Whether no request that has arrived by `tick` is unserved by the commands so far.
    [[nodiscard]] bool idle(std::int64_t tick) const {
        return head_ == requests_.size() || requests_[head_].arrival > tick;
    }
    /// Ticks from 0 to `tick`, at or after which no data end; they sum to min(tick, limit).
    [[nodiscard]] BusTime until(std::int64_t tick) const;

  private:
    struct Waiting {
        std::int64_t arrival = 0;
        std::int32_t row = 0;
        std::uint8_t bank = 0;
        std::uint8_t columns = 0;  // left; 0: served
        bool write = false;
    };
    // What is known of a bank at a tick.
    struct View {
        std::int32_t open_row = kNoRow;
        std::int64_t activate, precharge;  // the last ones
        std::int64_t refresh;              // end of a refresh, or tick of one before the activate
        BusUse refresh_use;                // a refresh, or refresh management
    };
    struct Rest {
        std::int64_t from, awake;  // its entry, and when commands may go again
    };
    struct Answer {
        BusUse use;
        std::int64_t until;
    };
    void column(const CommandRecord& command);
    void row(const CommandRecord& command);
    void walk(std::int64_t until, std::int64_t latency, const Waiting* served);
    [[nodiscard]] Answer ask(const Waiting& request, std::int64_t tick, std::int64_t opened) const;
    [[nodiscard]] Answer ask_at(const Waiting& request, std::int64_t tick) const;
    /// The first command of `list` behind `tick`.
    [[nodiscard]] static std::vector<CommandRecord>::const_iterator behind(
        const std::vector<CommandRecord>& list, std::int64_t tick);
    [[nodiscard]] std::int64_t refresh_ticks(Command command) const;
    [[nodiscard]] View view(std::uint8_t bank, std::int64_t tick) const;
    [[nodiscard]] Answer column_gate(const Waiting& request, std::int64_t activate) const;
    [[nodiscard]] std::int64_t activate_gate(const Waiting& request, std::int64_t tick) const;
    [[nodiscard]] std::int64_t opened(const Waiting& request, std::int64_t column) const;
    [[nodiscard]] std::int64_t to_column(const Waiting& request) const {
        return request.write ? timing_->rcd_write : timing_->rcd_read;
    }
    void add(BusUse use, std::int64_t from, std::int64_t until);
    void drop_served();

    const Timing* timing_;
    std::int64_t limit_;
    BusTime time_{};
    std::int64_t gate_reach_;          // rules between banks look back no farther
    std::int64_t reach_;               // rules of rows do not
    std::vector<CommandRecord> rows_;  // recent row commands
    std::vector<Rest> rests_;
    std::array<std::vector<CommandRecord>, kMaxBanks> of_bank_;
    std::array<std::array<std::int64_t, kMaxGroups>, 2> last_column_;  // by direction and group
    std::int64_t last_latency_ = 0;                                    // of the last column's data
    std::int64_t data_end_ = 0;
    std::vector<Waiting> requests_;
    std::size_t head_ = 0;    // first that is not served
    std::size_t served_ = 0;  // behind the head
};

}  // namespace vr::hbm4
