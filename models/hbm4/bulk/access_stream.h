// SPDX-License-Identifier: Apache-2.0
// A pseudo-channel fed by runs of accesses that lie behind one another, with a bounded number of
// requests in it: a closed machine, all of whose input is in its state, so that whole periods of it
// can be skipped (transport/fast_forward.h). Not modelled: who asks, and the way to him.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "models/hbm4/address_map/address_map.h"
#include "models/hbm4/controller/pseudo_channel.h"

namespace vr::hbm4 {

/// Accesses first, first + 1, ... of one pseudo-channel, counted in the order in which the address
/// map puts them there; those beyond its last one begin again at its first.
struct AccessRun {
    std::int64_t first = 0;
    std::int64_t count = 0;
    bool write = false;
    constexpr bool operator==(const AccessRun&) const = default;
    static constexpr auto state_lines() {
        return vr::state_lines(vr::fixed("first", &AccessRun::first),
                               vr::fixed("count", &AccessRun::count),
                               vr::fixed("write", &AccessRun::write));
    }
};

/// What does not change of an access stream; made once, shared by all machines of it.
struct AccessStreamSetup {
    /// `columns`: most accesses of one request, a power of two that fits the interleaving block.
    /// `batch`: requests that come at once, whenever there is room for them. `config` must have no
    /// problems().
    AccessStreamSetup(const Hbm4Config& config, std::int64_t columns, std::int64_t batch = 64);

    Timing timing;
    AddressMap map;         ///< of this pseudo-channel alone
    std::int64_t of_block;  ///< accesses of an interleaving block
    std::int64_t columns;
    std::int64_t batch;
    std::int64_t window;  ///< requests; queue and buffer of either direction are always full
    std::int64_t rows;
    std::int64_t accesses;  ///< of the pseudo-channel
    /// The banks and columns of accesses n and n + repeat are the same, and so are rows, relative
    /// to each other: one walk over the banks, or everything where banks are hashed by the row.
    std::int64_t repeat;
    /// Equal situations go on equally: no policy without a normal form.
    bool recurs;
    std::int64_t rhythm;      ///< ticks of a round of refresh, or of a walk at full rate
    std::int64_t column_gap;  ///< no two columns are closer than this many ticks
};

struct AccessStreamState {
    std::int32_t origin_row = 0;     ///< where the rows in the channel are told from
    std::int64_t repeat = 1;         ///< of the setup
    std::int64_t next = 0;           ///< access
    std::int64_t remaining = 0;      ///< of the run in hand
    bool write = false;              ///< it is one of writes
    bool beyond = false;             ///< it is counted beyond the last access
    std::vector<AccessRun> waiting;  ///< runs behind the one in hand
    std::int32_t outstanding = 0;    ///< requests in the channel
    PseudoChannelState channel;
    std::uint32_t token = 0;  ///< of the next request
    static constexpr auto state_lines() {
        using S = AccessStreamState;
        return vr::state_lines(
            vr::origin("origin_row", &S::origin_row, kRowSpace), vr::fixed("repeat", &S::repeat),
            vr::counter("next", &S::next, &S::repeat), vr::budget("remaining", &S::remaining),
            vr::fixed("write", &S::write), vr::fixed("beyond", &S::beyond),
            vr::nested("waiting", &S::waiting), vr::fixed("outstanding", &S::outstanding),
            vr::nested("channel", &S::channel), vr::identity("token", &S::token));
    }
};

/// The machine. When so many requests have had their last column that a batch has room in the
/// window, as many as fit arrive in the next tick. Requests have consecutive tokens.
///
/// Rows are counted on where the accesses begin again: a pseudo-channel only asks whether two rows
/// are the same, and of the rows that are open or in flight at one moment no two are a whole pass
/// apart (open rows are at most two walks over the banks behind, and a pass has four at least).
class AccessStream {
  public:
    using State = AccessStreamState;
    using Output = hbm4::Output;

    /// `setup` must outlive the machine.
    explicit AccessStream(const AccessStreamSetup& setup);
    /// The run comes at `tick`, not before the last horizon, behind the ones before it. One that
    /// goes beyond the last access must be the only one ever. No period reaches across this moment
    /// (FastForward::external_input).
    void add(std::int64_t tick, const AccessRun& run);
    /// A request from elsewhere, beside the runs: it takes a place in the window. `token` must
    /// differ from those of the runs. No period reaches across it (FastForward::external_input).
    void add_foreign(std::int64_t tick, const Input& input, std::uint32_t token);
    [[nodiscard]] std::int64_t next() const { return channel_.next(); }
    void run(std::int64_t horizon, std::vector<Output>& outputs);
    void settle(std::int64_t tick) { channel_.settle(tick); }
    [[nodiscard]] bool idle() const { return channel_.idle(); }
    /// Accesses that are still to be asked for.
    [[nodiscard]] std::int64_t remaining() const;
    /// A period holds `repeat` accesses at least: with fewer to come none is to be looked for.
    [[nodiscard]] bool may_recur() const { return setup_->recurs && remaining() > setup_->repeat; }
    [[nodiscard]] const State& state() const {
        own_.channel = channel_.state();
        return own_;
    }
    void restore(const State& state) {
        own_ = state;
        channel_.restore(state.channel);
        forget_block();
    }
    static void shift_output(Output& output, std::int64_t dt, std::int64_t k,
                             const StateDelta& delta) {
        PseudoChannel<>::shift_output(output, dt, k, delta);
    }
    /// Token of the next request.
    [[nodiscard]] std::uint32_t next_token() const { return own_.token; }
    [[nodiscard]] const Counters& counters() const { return channel_.state().counters; }

  private:
    void fill(std::int64_t tick);
    void fill_from_block(std::int64_t tick);
    void locate();
    [[nodiscard]] bool more_to_ask() const { return own_.remaining > 0 || !own_.waiting.empty(); }
    void forget_block() { in_block_ = setup_->of_block; }

    const AccessStreamSetup* setup_;
    PseudoChannel<> channel_;
    mutable State own_;  // its `channel` is filled in when asked for
    // Derived from `next`: the block in which it lies, and where; looked up again when unknown.
    Input block_;
    std::int64_t in_block_;
};

/// How many requests a run makes.
[[nodiscard]] std::int64_t requests_of(const AccessRun& run, std::int64_t columns);

}  // namespace vr::hbm4
