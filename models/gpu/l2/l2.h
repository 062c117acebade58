// SPDX-License-Identifier: Apache-2.0
// The L2 cache: slices as calendars booked in order of arrival, tags by granule, write-back, misses
// to memory. Not modelled: coherence between dies, compression, a bound on outstanding misses (see
// DEVIATIONS.md).
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "models/base/attribution.h"
#include "models/base/event_record.h"
#include "models/base/host_pages.h"
#include "models/gpu/cache_tags/granule_tags.h"
#include "models/gpu/l2/l2_config.h"
#include "models/gpu/messages.h"
#include "models/transport/clock.h"
#include "models/transport/memory_message.h"
#include "models/transport/port.h"
#include "models/transport/unit.h"

namespace vr {

/// Bytes of one tensor as L2 saw them. Law: requested = hits + misses.
struct TensorTraffic {
    std::int64_t requested = 0;    ///< read by SMs
    std::int64_t hits = 0;         ///< there, or already on their way
    std::int64_t misses = 0;       ///< had to be asked from memory
    std::int64_t memory_read = 0;  ///< asked from memory, fetch blocks and prefetches included
    std::int64_t prefetched = 0;   ///< of those, asked for by prefetches
    std::int64_t written = 0;      ///< written by SMs
    std::int64_t written_back = 0;
    std::int64_t dirty_at_end = 0;
    std::int64_t dirty_lines_at_end = 0;
    static constexpr auto state_members() {
        using T = TensorTraffic;
        return vr::state_members(&T::requested, &T::hits, &T::misses, &T::memory_read,
                                 &T::prefetched, &T::written, &T::written_back, &T::dirty_at_end,
                                 &T::dirty_lines_at_end);
    }
};

/// Bytes that one operator moved.
struct OperatorTraffic {
    std::int64_t requested = 0;    ///< read and written by its SMs
    std::int64_t memory_read = 0;  ///< asked from memory on its behalf
    static constexpr auto state_members() {
        using T = OperatorTraffic;
        return vr::state_members(&T::requested, &T::memory_read);
    }
};

class L2 final : public Unit {
  public:
    /// `sms` SMs spread evenly over the dies; `tensors` and `operators` in the trace. A record that
    /// explains gets every fill.
    L2(std::string path, const L2Config& config, std::int64_t sms, std::size_t tensors,
       std::size_t operators, Attribution& attribution, EventRecord* events = nullptr);

    InPort<LineBundle> requests_in;
    InPort<MemoryResponse> memory_in;
    OutPort<BundleDone> responses_out;
    OutPort<MemoryRequest> memory_out;

    [[nodiscard]] Time next() const override;
    void run(Time horizon) override;
    [[nodiscard]] Time look_ahead() const override;
    void waits(std::vector<Wait>& out) const override;
    void statistics(StatisticsRegistry& out) const override;
    void state(StateHasher& out) const override;
    // Between two messages no write of the hub is in hand, and no bundle is located.
    static constexpr auto state_members() {
        using L = L2;
        return vr::state_members(
            &L::requests_in, &L::memory_in, &L::responses_out, &L::memory_out, &L::tags_,
            &L::slice_free_, &L::merges_, &L::transactions_, &L::free_transactions_, &L::fills_,
            &L::free_fills_, &L::waiters_, &L::free_waiters_, &L::origins_, &L::origin_users_,
            &L::free_origins_, &L::held_writes_, &L::held_excess_, &L::open_write_backs_,
            &L::words_, &L::hub_writes_, &L::free_hub_writes_, &L::traffic_, &L::operator_traffic_,
            &L::busy_, &L::bytes_served_, &L::fills_started_, &L::write_backs_, &L::bypasses_,
            &L::far_lines_, &L::lines_, &L::outstanding_);
    }

    /// Traffic per tensor; dirty bytes are counted at the time of the call.
    [[nodiscard]] std::vector<TensorTraffic> traffic() const;
    [[nodiscard]] std::int64_t bypasses() const { return bypasses_; }
    /// Chains of bundles that are kept for lines on their way: none when none is.
    [[nodiscard]] std::size_t kept_chains() const { return origins_.size() - free_origins_.size(); }
    /// Requests to memory without an answer.
    [[nodiscard]] std::int64_t unanswered() const { return outstanding_; }
    [[nodiscard]] const std::vector<OperatorTraffic>& operator_traffic() const {
        return operator_traffic_;
    }
    /// Sum over slices of the time in which they served a request.
    [[nodiscard]] Time slice_busy() const { return busy_; }
    [[nodiscard]] std::int64_t bytes_served() const { return bytes_served_; }
    /// Slice that serves an address.
    [[nodiscard]] std::uint32_t slice_of(std::uint64_t address) const;

  private:
    static constexpr std::size_t kDies = 2;
    struct Follower {  // a later bundle for the same lines: it waits for the first one's fills
        BundleDone answer;
        Time floor;        // its own accesses to the slices
        Time floor_start;  // when the last of them began
        Time floor_paced;  // and when it came
        OwnerId pacer = kNoPacer;
        std::uint32_t die = 0;
        static constexpr auto state_members() {
            using F = Follower;
            return vr::state_members(&F::answer, &F::floor, &F::floor_start, &F::floor_paced,
                                     &F::pacer, &F::die);
        }
    };
    // What a line waited for: a read's chain is made of it when its last line is there, not of
    // every line.
    struct LineWait {
        std::uint32_t origin = kNoFill;  // the chain of the bundle that asked for the line first
        bool filled = false;             // from memory; else it was there
        Time start;                      // taken by its slice
        Time ready;                      // at the slice's way out, of a line from memory
        CauseTail served;                // what the memory did
        Cause explained;                 // the chain until `ready`, when the record explains
        static constexpr auto state_members() {
            using W = LineWait;
            return vr::state_members(&W::origin, &W::filled, &W::start, &W::ready,
                                     vr::left_out(&W::served), vr::left_out(&W::explained));
        }
    };
    struct Transaction {  // a read bundle some of whose lines are on their way
        std::uint32_t tag = 0;
        std::uint32_t bytes = 0;
        std::uint16_t sm = 0;
        std::uint32_t outstanding = 0;
        std::uint32_t die = 0;  // of the SM that asks
        std::uint32_t merge_entry = 0;
        Time first_ready;
        std::array<Time, kDies> ready;  // of the last line, seen from each die
        LineWait last;                  // of the line that came last for the SM that asks
        std::vector<Follower> followers;
        static constexpr auto state_members() {
            using T = Transaction;
            return vr::state_members(&T::tag, &T::bytes, &T::sm, &T::outstanding, &T::die,
                                     &T::merge_entry, &T::first_ready, &T::ready, &T::last,
                                     &T::followers);
        }
    };
    struct MergeEntry {  // bundle whose transaction is open
        std::uint64_t address = 0;
        std::int64_t stride = 0;
        std::uint32_t count = 0;
        std::uint32_t transaction = kNoFill;
        std::uint8_t sectors = 0;
        static constexpr auto state_members() {
            using M = MergeEntry;
            return vr::state_members(&M::address, &M::stride, &M::count, &M::transaction,
                                     &M::sectors);
        }
    };
    struct Fill {  // one request to memory
        std::uint64_t granule = 0;
        std::uint32_t sectors = 0;            // as bits of the granule
        std::uint32_t place = 0;              // of the granule in the tags: it stays while it fills
        std::uint32_t transaction = kNoFill;  // the first that waits for it
        std::uint32_t die = 0;                // of the slice, for that one
        std::uint32_t more_waiters = kNoFill;  // that came later
        std::uint32_t origin = kNoFill;        // the chain of the bundle that asked
        bool cached = true;
        OperatorIndex operator_index{};
        Time start;  // its line taken by the slice
        static constexpr auto state_members() {
            using F = Fill;
            return vr::state_members(&F::granule, &F::sectors, &F::place, &F::transaction, &F::die,
                                     &F::more_waiters, &F::origin, &F::cached, &F::operator_index,
                                     &F::start);
        }
    };
    static constexpr std::uint32_t kWriteBackTag = 0xffffffffU;
    /// Tags of write-backs that a hub's write waits for, its number added
    static constexpr std::uint32_t kHubWriteTag = 0x80000000U;
    struct HubWrite {  // a write of the copy engine: answered when what it drove out is in memory
        BundleDone answer;
        std::uint32_t outstanding = 0;
        Time taken;  // by the slices
        static constexpr auto state_members() {
            using H = HubWrite;
            return vr::state_members(&H::answer, &H::outstanding, &H::taken);
        }
    };
    struct HeldWrite {  // taken, and not answered as too many write-backs are in the way
        BundleDone answer;
        std::int64_t write_backs = 0;  // to end after the one held before it may go
        static constexpr auto state_members() {
            using H = HeldWrite;
            return vr::state_members(&H::answer, &H::write_backs);
        }
    };
    struct Word {  // one that an operator has added to; all others are 0
        OperatorIndex operator_index{};
        std::uint64_t address = 0;
        std::int64_t value = 0;
        static constexpr auto state_members() {
            using W = Word;
            return vr::state_members(&W::operator_index, &W::address, &W::value);
        }
    };
    struct Waiter {
        std::uint32_t transaction = 0;
        std::uint32_t next = kNoFill;
        std::uint32_t die = 0;  // of the slice
        static constexpr auto state_members() {
            using W = Waiter;
            return vr::state_members(&W::transaction, &W::next, &W::die);
        }
    };

    void take_request(Stamped<LineBundle>&& stamped);
    void take_write(LineBundle& bundle, Time arrival);
    void take_hub_write_back(Stamped<MemoryResponse>&& stamped);
    /// Sends dirty or bypassing bytes to memory on behalf of the write in hand.
    void send_write(MemoryRequest&& write, Time now);
    /// Starts the fills of lines that are not there: no data moves, nobody is answered, and the
    /// slices stay free.
    void take_prefetch(LineBundle& bundle, Time arrival);
    /// A word's access (l2_word.cpp): the slice takes them in the order of their arrival.
    void take_word(LineBundle& bundle, Time arrival);
    void take_fill(Stamped<MemoryResponse>&& stamped);
    void prefetch_fills() const;
    /// A bundle like one whose lines are on their way: joins its transaction. False when there is
    /// none.
    bool join(LineBundle& bundle, Time arrival);
    /// Answers a write, once the buffers of write-backs have room.
    void answer_write(BundleDone&& done, Time at);
    void take_write_back(Time now);
    [[nodiscard]] MergeEntry& merge_entry(const LineBundle& bundle);
    std::uint32_t open_transaction(const LineBundle& bundle);
    void answer_line(std::uint32_t transaction, std::uint32_t slice_die, const LineWait& line);
    void close(Transaction& open);
    /// Keeps the chain of a bundle for its lines, with one user; each user gives it up once.
    std::uint32_t open_origin(CauseTrail&& cause);
    void release_origin(std::uint32_t origin);
    /// The chain of a line that came last, without its way out of the slice.
    void append_wait(CauseTrail& trail, OwnerId pacer, Time paced, Time start);
    [[nodiscard]] CauseTrail trail_of_line(const LineWait& line);
    /// Books the slice of an address for one line; returns when it starts.
    Time book(std::uint32_t slice, std::int64_t bytes, Time at);
    Granule* place(std::uint64_t key, Time now, bool evict_first, std::uint32_t located);
    /// Keeps what has come from memory on the die of who asked for it, too.
    void keep_filled(std::uint64_t number, std::uint32_t sectors, std::uint32_t transaction,
                     Time now);
    /// Keeps sectors that have come from the other die.
    void keep_copy(std::uint64_t number, std::uint32_t sectors, std::uint32_t die, Time now);
    /// Looks up the granules of a bundle ahead of their use, into located_.
    void locate(const LineBundle& bundle);
    /// Asks memory for the fetch blocks of the `missing` sectors of a line that arrived at its
    /// slice at `start`.
    std::uint32_t fetch(Granule* granule, std::uint64_t number, std::uint32_t missing,
                        const LineBundle& bundle, Time start, std::uint32_t origin);
    std::uint32_t start_fill(Granule* granule, std::uint64_t number, std::uint32_t missing,
                             const LineBundle& bundle, Time start, std::uint32_t origin);
    void add_waiter(std::uint32_t fill, std::uint32_t transaction, std::uint32_t die);
    [[nodiscard]] std::uint32_t block_mask(std::uint32_t block) const {
        return static_cast<std::uint32_t>(((std::uint64_t{1} << block_sectors_) - 1)
                                          << (block * block_sectors_));
    }
    /// The die on which a granule lives where dies keep copies of each other's.
    [[nodiscard]] static std::uint32_t home_of(std::uint64_t number) {
        const std::uint64_t folded = number ^ (number >> 3) ^ (number >> 7) ^ (number >> 13);
        return static_cast<std::uint32_t>((folded ^ (folded >> 1)) & 1U);
    }
    /// What the tags know a granule by: where dies keep copies, each of the two on its own die.
    [[nodiscard]] std::uint64_t key_of(std::uint64_t number, std::uint32_t die) const {
        return copies_ ? number * 2 + die : number;
    }
    [[nodiscard]] std::uint64_t home_key(std::uint64_t number) const {
        return key_of(number, home_of(number));
    }
    /// True when the die has the wanted sectors of a granule that lives on the other.
    [[nodiscard]] bool has_copy(std::uint64_t number, std::uint32_t wanted, std::uint32_t die) {
        const Granule* copy = tags_.find(key_of(number, die));
        return copy != nullptr && (wanted & ~copy->valid) == 0;
    }
    /// The same slice of the other die.
    [[nodiscard]] std::uint32_t twin_of(std::uint32_t slice) const {
        return (slice + slices_per_die_) % static_cast<std::uint32_t>(slice_free_.size());
    }
    [[nodiscard]] std::uint32_t die_of_slice(std::uint32_t slice) const {
        return slice / slices_per_die_;
    }
    /// The hub port sits on die 0.
    [[nodiscard]] std::uint32_t die_of_sm(std::uint32_t sm) const {
        return sm == kHubPort ? 0 : sm / sms_per_die_;
    }
    [[nodiscard]] bool is_far(std::uint32_t slice, std::uint32_t sm) const {
        return die_of_slice(slice) != die_of_sm(sm);
    }

    L2Config config_;
    Clock clock_;
    Attribution& attribution_;
    bool copies_;
    GranuleTags tags_;
    std::uint32_t granule_bytes_;
    unsigned granule_bits_;
    std::uint32_t block_sectors_;
    std::uint32_t slices_per_die_;
    std::uint32_t sms_per_die_;
    Time hit_span_;
    Time far_span_;
    Time lookup_span_;
    Time fill_span_;
    Time word_span_;
    std::vector<Time> slice_free_;
    std::vector<std::uint32_t> located_;  // entries of the tags, by line of the bundle at hand
    std::vector<MergeEntry> merges_;
    PoolVector<Transaction> transactions_;
    std::vector<std::uint32_t> free_transactions_;
    PoolVector<Fill> fills_;
    std::vector<std::uint32_t> free_fills_;
    PoolVector<Waiter> waiters_;
    std::vector<std::uint32_t> free_waiters_;
    std::vector<CauseTrail> origins_;          // chains of read bundles as they reached L2
    std::vector<std::uint32_t> origin_users_;  // lines on their way, transactions
    std::vector<std::uint32_t> free_origins_;
    std::vector<HubWrite> hub_writes_;
    std::vector<std::uint32_t> free_hub_writes_;
    std::deque<HeldWrite> held_writes_;
    std::vector<Word> words_;
    std::int64_t held_excess_ = 0;  // sum of what they wait for
    std::int64_t open_write_backs_ = 0;
    const LineBundle* hub_bundle_ = nullptr;  // the hub's write in hand, while its lines are placed
    std::uint32_t hub_write_ = 0;             // its number
    std::vector<TensorTraffic> traffic_;
    std::vector<OperatorTraffic> operator_traffic_;
    std::vector<Time> occupancy_;  // of a slice by number of sectors
    Time busy_;
    std::int64_t bytes_served_ = 0;
    std::int64_t fills_started_ = 0;
    std::int64_t write_backs_ = 0;
    std::int64_t bypasses_ = 0;
    std::int64_t far_lines_ = 0;
    std::int64_t lines_ = 0;
    std::int64_t outstanding_ = 0;
    OwnerId link_owner_;
    OwnerId queue_owner_;
    OwnerId hit_owner_;
    OwnerId fill_owner_;
    OwnerId write_back_owner_;
    EventRecord* events_;  // null unless it explains
    std::uint32_t fill_track_ = 0;
};

}  // namespace vr
