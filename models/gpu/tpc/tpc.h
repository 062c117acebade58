// SPDX-License-Identifier: Apache-2.0
// A pair of SMs (TPC): runs tile programs. One calendar of events for both, because a pair of
// thread blocks may share tensor-core instructions and barriers. Not modelled: warps and their
// scheduling within an actor, registers, instruction caches.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "models/base/attribution.h"
#include "models/base/event_record.h"
#include "models/gpu/messages.h"
#include "models/gpu/sm/l1/l1.h"
#include "models/gpu/sm/mbarrier/slot_ring.h"
#include "models/gpu/sm/sm_config.h"
#include "models/gpu/sm/tensor_core/tensor_core.h"
#include "models/gpu/sm/tma/box_walk.h"
#include "models/gpu/sm/translation/translations.h"
#include "models/gpu/tile_program/tile_program.h"
#include "models/gpu/tpc/tpc_owners.h"
#include "models/transport/clock.h"
#include "models/transport/digest.h"
#include "models/transport/port.h"
#include "models/transport/unit.h"

namespace vr {

class DataPath;

/// Work done by one SM, for reports: achieved against peak.
struct SmWork {
    Time tensor_busy;
    std::int64_t multiply_adds = 0;
    std::int64_t shared_read = 0;     ///< bytes read by the tensor core and by stores
    std::int64_t shared_written = 0;  ///< bytes written by TMA and epilogues
    std::int64_t bytes_loaded = 0;    ///< from L2
    std::int64_t bytes_stored = 0;    ///< to L2
    std::int64_t l1_hits = 0;         ///< bytes of plain loads that L1 had
    std::int64_t vector_operations = 0;
    std::int64_t tiles = 0;
};

class Tpc final : public Unit {
  public:
    /// `first_sm` is the number of SM 0 of the pair within the GPU; `programs` outlives the unit
    /// and is indexed by operator; `data` may be null (timing only), `events` too.
    Tpc(std::string path, const SmConfig& config, std::uint32_t first_sm, std::uint32_t sms,
        const std::vector<TileProgram>& programs, Attribution& attribution, DataPath* data,
        EventRecord* events);

    InPort<BlockLaunch> launches_in;
    InPort<BundleDone> responses_in;
    OutPort<LineBundle> requests_out;
    OutPort<BlockDone> blocks_out;

    [[nodiscard]] Time next() const override;
    void run(Time horizon) override;
    [[nodiscard]] Time look_ahead() const override;
    void waits(std::vector<Wait>& out) const override;
    void statistics(StatisticsRegistry& out) const override;
    void state(StateHasher& out) const override;  // tpc_state.cpp
    [[nodiscard]] std::size_t sms() const { return sms_.size(); }
    [[nodiscard]] const SmWork& work(std::size_t sm) const { return sms_[sm].work; }
    /// Bytes of loads and stores that were asked for and not answered.
    [[nodiscard]] std::int64_t bytes_in_flight() const;
    /// Digest of everything that reached this pair, without its identity: kernels, times, sizes,
    /// directions. Pairs with unequal digests cannot be one class.
    [[nodiscard]] std::uint64_t input_digest() const { return inputs_.value(); }

  private:
    static constexpr std::uint32_t kAccessTag = 0x80000000U;  // of plain loads: their Access
    /// A group of thread blocks, by its place in groups_.
    using GroupNumber = std::uint16_t;
    enum class EventKind : std::uint8_t { kActor, kEngine, kArrive, kRelease };
    /// What moves bytes between an SM and L2, each with a queue of transfers: TMA for loads and for
    /// stores, the load-store unit of the threads for loads and for stores.
    enum EngineKind : std::uint8_t { kTmaLoad, kTmaStore, kThreadLoad, kThreadStore, kEngines };
    struct Event {
        Time at;
        std::uint64_t sequence = 0;
        EventKind kind = EventKind::kActor;
        GroupNumber group = 0;      // or an engine's kind
        std::uint8_t index = 0;     // actor, or SM
        std::uint8_t pipeline = 0;  // of a ring
        std::uint32_t slot = 0;
        std::uint32_t transfer = 0xffffffffU;  // that landed, with kArrive
        Cause cause;
    };
    enum class ActorStatus : std::uint8_t {
        kScheduled,
        kWaitsForFull,
        kWaitsForEmpty,
        kWaitsForStores,
        kWaitsForWord,
        kEnded
    };
    struct Actor {
        const TileActor* code = nullptr;
        std::uint32_t program_counter = 0;
        std::uint8_t block = 0;
        ActorStatus status = ActorStatus::kScheduled;
        std::uint8_t waits_on = 0;  // pipeline
        std::int64_t tile = -1;     // of this group, or past the end
        std::int64_t loop_counter = 0;
        std::int64_t loop_end = 0;
        std::int64_t first_round = 0;
        std::uint32_t loop_start = 0;
        std::array<std::int64_t, kMostPipelines> items{};  // acquired or waited for, by pipeline
        Time exponentials;                                 // when those that it started are done
        Time since;                                        // it waits, or its latest action
        Cause cause;
        Time multiplied;  // when its latest multiplication is done
        Cause multiplied_cause;
    };
    struct Group {
        const TileProgram* program = nullptr;
        bool active = false;
        bool left = false;  // its threads have ended, its stores have not
        std::uint8_t first_sm = 0;
        std::uint32_t number = 0;
        std::vector<Actor> actors;
        std::vector<SlotRing> rings;   // pipeline * 2 + block (block 0 alone where shared)
        std::int64_t open_work = 0;    // TMA stores not taken over, barrier arrivals on their way
        std::int64_t open_stores = 0;  // of threads, which end without waiting for them
        std::uint32_t tiles = 0;
        Time latest;
        Cause latest_cause;
    };
    struct Transfer {
        BoxWalk walk;
        GroupNumber group = 0;
        std::uint8_t sm = 0;
        MemoryPath path = MemoryPath::kTma;
        std::uint8_t pipeline = 0;
        std::uint8_t operand = 0;
        std::uint32_t slot = 0;
        bool store = false;
        bool prefetch = false;
        bool multicast = false;
        bool issued = false;  // every bundle has been sent
        std::int64_t outstanding = 0;
        std::int64_t tile = 0;
        std::int64_t k = 0;
        TensorIndex tensor{};
        bool evict_first = false;
        Time begun;
        Time started;  // its first bundle sent
        Time landed;
        Cause cause;              // of its instruction
        CauseTrail landed_cause;  // of the response that came last
    };
    struct Engine {
        std::deque<std::uint32_t> queue;
        bool scheduled = false;
        bool blocked = false;
        std::int64_t in_flight = 0;
        Time free_at;
        Cause unblocked;  // the response that made room
    };
    // A bundle of a plain load on its way: what L1 waits for.
    struct Access {
        std::uint32_t transfer = 0;
        std::uint32_t count = 0;
        std::uint64_t address = 0;
        std::int64_t stride = 0;
        std::uint8_t sectors = 0;
    };
    // A transfer that waits for a line which another has asked for.
    struct LineWaiter {
        std::uint64_t address = 0;
        std::uint32_t transfer = 0;
        std::uint8_t sectors = 0;
    };
    struct Sm {
        explicit Sm(const SmConfig& config)
            : tensor_core(config.tensor_core, config.shared_memory.read_width) {}
        TensorCore tensor_core;
        Cause tensor_cause;
        std::array<Engine, kEngines> engines;
        std::optional<L1> l1;  // from the first plain load on
        std::vector<LineWaiter> line_waiters;
        Time load_store_free;  // loads and stores of threads take turns in it
        Time shared_write_free;
        Time tensor_memory_free;
        Time vector_free;
        Time exponentials_free;
        SmWork work;
        std::uint32_t tensor_track = 0;
        std::uint32_t load_track = 0;
        std::uint32_t store_track = 0;
        std::uint32_t vector_track = 0;
        std::uint32_t stall_track = 0;
        std::uint32_t tile_track = 0;  // with a record that explains
    };

    // tpc.cpp: the calendar, messages, groups
    void push(Event event);
    void take_launch(Stamped<BlockLaunch>&& stamped);
    void take_response(Stamped<BundleDone>&& stamped);
    [[nodiscard]] OwnerId window_owner(EngineKind kind) const;
    [[nodiscard]] Cause credit_cause(EngineKind kind, const CauseTrail& came,
                                     const BundleDone& done, Time now);
    void finish_transfer(std::uint32_t transfer, Time at, const Cause& cause);
    void finish_group_if_done(GroupNumber group);
    void wake_waiters(GroupNumber group, std::uint8_t pipeline, std::uint8_t block);
    void note(Group& group, Time at, const Cause& cause);
    [[nodiscard]] SlotRing& ring(Group& group, std::uint8_t pipeline, std::uint8_t block);
    [[nodiscard]] bool is_shared(const Group& group, std::uint8_t pipeline) const;

    // tpc_actor.cpp: the instructions of tile programs
    void step(GroupNumber group, std::uint8_t actor, Time now, Cause cause);
    /// Executes one instruction; false when the actor waits, sleeps or has ended.
    bool execute(Group& group, GroupNumber group_number, Actor& actor, std::uint8_t actor_number);
    void multiply(Group& group, Actor& actor, const TileInstruction& instruction);
    /// Puts the actor to sleep while a resource that is free at `free` works for `span`.
    void occupy(Group& group, GroupNumber group_number, Actor& actor, std::uint8_t actor_number,
                Time& free, Time span, OwnerId owner);
    void arrive_later(Group& group, GroupNumber group_number, EventKind kind, const Actor& actor,
                      std::uint8_t pipeline, Time at, const Cause& cause);
    void convert(const Group& group, const Actor& actor, const TileInstruction& instruction);
    /// The slot of a pipeline that the actor holds, and where it begins in shared memory.
    [[nodiscard]] static std::int64_t slot_of(const Group& group, const Actor& actor,
                                              std::uint8_t pipeline);
    [[nodiscard]] static std::uint64_t slot_address(const Group& group, const Actor& actor,
                                                    std::uint8_t pipeline);
    void apply(const Group& group, const Actor& actor);
    void stall_event(const Group& group, const Actor& actor, Time until, const Cause& cause);
    /// An event that no timeline shows: the end of a tile, of a group of thread blocks.
    void explained_event(const Group& group, std::size_t sm, const char* name, Time at,
                         const Cause& cause, std::int64_t amount, const char* amount_name);
    [[nodiscard]] bool explains() const { return events_ != nullptr && events_->explains(); }
    /// Attribution::extend(), with words for who asks why.
    template <class Words>
    [[nodiscard]] Cause extend(Cause cause, OwnerId owner, Time until, Words&& words) {
        return explains() ? attribution_.extend_noted(std::move(cause), owner, until,
                                                      events_->note_of_words(words()))
                          : attribution_.extend(std::move(cause), owner, until);
    }

    // tpc_word.cpp: words in L2, by which blocks meet
    void send_word(Group& group, GroupNumber group_number, Actor& actor, std::uint8_t actor_number,
                   const TileInstruction& instruction);
    void take_word(const BundleDone& done, const CauseTrail& cause, Time now);
    /// Actors that wait for the stores of a group, when the last of them is in L2.
    void wake_after_stores(GroupNumber group_number, Time at, const Cause& cause);

    // tpc_tma.cpp: transfers
    void start_transfer(Group& group, GroupNumber group_number, Actor& actor,
                        const TileInstruction& instruction, bool store);
    /// The same for a prefetch of what the instruction's operand will be some rounds from now.
    void start_prefetch(const Group& group, GroupNumber group_number, const Actor& actor,
                        const TileInstruction& instruction);
    /// Queues a transfer at its engine: its instruction was issued by `actor` just now.
    void enqueue(std::uint32_t number, const Actor& actor);
    void end_prefetch(std::uint32_t number, Time at);
    void schedule_engine(std::uint8_t sm, EngineKind kind, Time at);
    void run_engine(std::uint8_t sm, EngineKind kind, Time now);
    /// Cuts the next bundle of a TMA transfer and sends it.
    void send_bundle(std::uint8_t sm, EngineKind kind, std::uint32_t number, Time now);
    /// Everything of a transfer has been sent.
    void end_issue(std::uint8_t sm, std::uint32_t number, Time now, Time free);
    [[nodiscard]] Engine& engine_of(const Transfer& transfer);
    [[nodiscard]] static EngineKind engine_kind(const Transfer& transfer) {
        const bool tma = transfer.path == MemoryPath::kTma;
        return tma ? (transfer.store ? kTmaStore : kTmaLoad)
                   : (transfer.store ? kThreadStore : kThreadLoad);
    }
    [[nodiscard]] Bytes window_of(EngineKind kind) const;
    [[nodiscard]] std::int64_t bundle_lines_of(EngineKind kind) const;
    /// Room in an engine's window.
    void give_credit(std::uint8_t sm, EngineKind kind, const CauseTrail& came,
                     const CauseTrail& cause, const BundleDone& done, Time now);
    /// The bytes of a transfer, between memory and shared memory.
    void move_data(const Group& group, const Transfer& transfer, Time now);
    [[nodiscard]] MemoryBox box_of(const Group& group, const TileOperand& operand,
                                   std::int64_t tile, std::int64_t k, std::int64_t block,
                                   const std::vector<std::int32_t>& row_list) const;
    /// When a bundle may leave that is ready at `at`: later if its translation is not held.
    [[nodiscard]] Time translated(LineBundle& bundle, Time at);
    std::uint32_t allocate_transfer();

    // tpc_load_store.cpp: plain loads and stores
    /// Cuts the next bundle of a plain load or store: lines that L1 has, lines to ask for.
    void access_bundle(std::uint8_t sm, std::uint32_t number, Time now);
    void send_access(std::uint8_t sm, std::uint32_t number, const LineBundle& lines, Time now);
    void take_access(std::uint32_t access, std::uint8_t sm, std::uint32_t bytes,
                     const CauseTrail& cause, Time now);
    /// `bytes` of a transfer have landed at `at`.
    void land(std::uint32_t number, std::uint32_t bytes, Time at, const CauseTrail& cause);
    std::uint32_t allocate_access();

    SmConfig config_;
    Clock clock_;
    Clock vector_clock_;
    Clock load_line_clock_;
    Clock access_line_clock_;
    Clock shared_write_clock_;
    Clock tensor_memory_clock_;
    Clock vector_lane_clock_;
    Clock issue_clock_;
    Clock exponential_clock_;
    std::uint32_t first_sm_;
    const std::vector<TileProgram>& programs_;
    Attribution& attribution_;
    DataPath* data_;
    EventRecord* events_;
    TpcOwners owners_;
    Translations translations_;
    std::vector<Sm> sms_;
    std::deque<Group> groups_;  // places stay: an actor's work may start another's
    std::vector<Transfer> transfers_;
    std::vector<std::uint32_t> free_transfers_;
    std::vector<Access> accesses_;
    std::vector<std::uint32_t> free_accesses_;
    std::vector<Event> calendar_;  // binary heap
    std::uint64_t event_sequence_ = 0;
    std::uint64_t code_ = 0;  // what the instruction caches hold
    Time code_there_;
    DigestSink inputs_;
};

}  // namespace vr
