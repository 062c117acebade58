// SPDX-License-Identifier: Apache-2.0
// A pair of SMs (TPC): runs tile programs. One calendar of events for both, because a pair of
// thread blocks may share tensor-core instructions and barriers. Not modelled: warps and their
// scheduling within an actor, registers, instruction caches.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "models/base/attribution.h"
#include "models/base/event_record.h"
#include "models/gpu/messages.h"
#include "models/gpu/sm/mbarrier/slot_ring.h"
#include "models/gpu/sm/sm_config.h"
#include "models/gpu/sm/tensor_core/tensor_core.h"
#include "models/gpu/sm/tma/box_walk.h"
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
    std::int64_t bytes_loaded = 0;
    std::int64_t bytes_stored = 0;
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
    enum class EventKind : std::uint8_t { kActor, kLoadEngine, kStoreEngine, kArrive, kRelease };
    struct Event {
        Time at;
        std::uint64_t sequence = 0;
        EventKind kind = EventKind::kActor;
        std::uint8_t group = 0;
        std::uint8_t index = 0;     // actor, or SM
        std::uint8_t pipeline = 0;  // of a ring
        std::uint32_t slot = 0;
        std::uint32_t transfer = 0xffffffffU;  // that landed, with kArrive
        Cause cause;
    };
    enum class ActorStatus : std::uint8_t { kScheduled, kWaitsForFull, kWaitsForEmpty, kEnded };
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
        std::array<std::int64_t, 8> items{};  // acquired or waited for, by pipeline
        Time exponentials;                    // when those that it started are done
        Time since;                           // it waits, or its latest action
        Cause cause;
        Time multiplied;  // when its latest multiplication is done
        Cause multiplied_cause;
    };
    struct Group {
        const TileProgram* program = nullptr;
        bool active = false;
        std::uint8_t first_sm = 0;
        std::uint32_t number = 0;
        std::vector<Actor> actors;
        std::vector<SlotRing> rings;  // pipeline * 2 + block (block 0 alone where shared)
        std::int64_t open_work = 0;   // stores not taken over yet, barrier arrivals on their way
        std::uint32_t tiles = 0;
        Time latest;
        Cause latest_cause;
    };
    struct Transfer {
        BoxWalk walk;
        std::uint8_t group = 0;
        std::uint8_t sm = 0;
        std::uint8_t pipeline = 0;
        std::uint8_t operand = 0;
        std::uint32_t slot = 0;
        bool store = false;
        bool prefetch = false;
        bool issued = false;  // every bundle has been sent
        std::int64_t outstanding = 0;
        std::int64_t tile = 0;
        std::int64_t k = 0;
        TensorIndex tensor{};
        bool evict_first = false;
        Time begun;
        Time landed;
        Cause cause;              // of its instruction
        CauseTrail landed_cause;  // of the response that came last
    };
    struct Engine {  // TMA: one for loads, one for stores
        std::deque<std::uint32_t> queue;
        bool scheduled = false;
        bool blocked = false;
        std::int64_t in_flight = 0;
        Time free_at;
        Cause unblocked;  // the response that made room
    };
    struct Sm {
        explicit Sm(const SmConfig& config)
            : tensor_core(config.tensor_core, config.shared_memory.read_width) {}
        TensorCore tensor_core;
        Cause tensor_cause;
        Engine load;
        Engine store;
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
    [[nodiscard]] Cause credit_cause(const CauseTrail& came, const BundleDone& done, Time now);
    void finish_transfer(std::uint32_t transfer, Time at, const Cause& cause);
    void finish_group_if_done(std::uint8_t group);
    void wake_waiters(std::uint8_t group, std::uint8_t pipeline, std::uint8_t block);
    void note(Group& group, Time at, const Cause& cause);
    [[nodiscard]] SlotRing& ring(Group& group, std::uint8_t pipeline, std::uint8_t block);
    [[nodiscard]] bool is_shared(const Group& group, std::uint8_t pipeline) const;

    // tpc_actor.cpp: the instructions of tile programs
    void step(std::uint8_t group, std::uint8_t actor, Time now, Cause cause);
    /// Executes one instruction; false when the actor waits, sleeps or has ended.
    bool execute(Group& group, std::uint8_t group_number, Actor& actor, std::uint8_t actor_number);
    void multiply(Group& group, Actor& actor, const TileInstruction& instruction);
    /// Puts the actor to sleep while a resource that is free at `free` works for `span`.
    void occupy(Group& group, std::uint8_t group_number, Actor& actor, std::uint8_t actor_number,
                Time& free, Time span, OwnerId owner);
    void arrive_later(Group& group, std::uint8_t group_number, EventKind kind, const Actor& actor,
                      std::uint8_t pipeline, Time at, const Cause& cause);
    void convert(const Group& group, const Actor& actor, std::uint8_t pipeline);
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

    // tpc_tma.cpp: transfers
    void start_transfer(Group& group, std::uint8_t group_number, Actor& actor,
                        const TileInstruction& instruction, bool store);
    /// The same for a prefetch of what the instruction's operand will be some rounds from now.
    void start_prefetch(const Group& group, std::uint8_t group_number, const Actor& actor,
                        const TileInstruction& instruction);
    /// Queues a transfer at its engine: its instruction was issued by `actor` just now.
    void enqueue(std::uint32_t number, const Actor& actor);
    void end_prefetch(std::uint32_t number, Time at);
    void run_engine(std::uint8_t sm, bool store, Time now);
    /// The bytes of a transfer, between memory and shared memory.
    void move_data(const Group& group, const Transfer& transfer, Time now);
    [[nodiscard]] MemoryBox box_of(const Group& group, const TileOperand& operand,
                                   std::int64_t tile, std::int64_t k, std::int64_t block,
                                   const std::vector<std::int32_t>& row_list) const;
    std::uint32_t allocate_transfer();

    SmConfig config_;
    Clock clock_;
    Clock vector_clock_;
    Clock load_line_clock_;
    Clock shared_write_clock_;
    Clock tensor_memory_clock_;
    Clock vector_lane_clock_;
    Clock exponential_clock_;
    std::uint32_t first_sm_;
    const std::vector<TileProgram>& programs_;
    Attribution& attribution_;
    DataPath* data_;
    EventRecord* events_;
    TpcOwners owners_;
    std::vector<Sm> sms_;
    std::array<Group, 2> groups_;
    std::vector<Transfer> transfers_;
    std::vector<std::uint32_t> free_transfers_;
    std::vector<Event> calendar_;  // binary heap
    std::uint64_t event_sequence_ = 0;
    DigestSink inputs_;
};

}  // namespace vr
