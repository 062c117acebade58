// SPDX-License-Identifier: Apache-2.0
// Question: does the memory behind the plain C++ door answer at the unit's own times, whatever the
// caller's steps, hold back what it has no credit for, and refuse what it cannot serve?
#include "models/hbm4/memory_system/memory_system.h"

#include <catch2/catch.hpp>

#include "testbenches/hbm4/memory_replay.h"
#include "testbenches/hbm4/test_config.h"

using namespace vr;
using namespace vr::testing;
using Catch::Matchers::Contains;

namespace {

constexpr MemoryDoorConfig kNarrow{6, 3, {64}};

/// The unit alone, given every request with its arrival before it runs.
class UnitAlone final : public PortSink<MemoryResponse> {
  public:
    std::vector<std::int64_t> completed;
    UnitAlone(const Hbm4Config& config, const std::vector<ReplayedAccess>& list,
              const std::vector<std::int64_t>& arrivals)
        : completed(list.size()), clock_(config.clock) {
        Attribution attribution;
        Hbm4 unit("unit", config, attribution, nullptr);
        unit.responses_out.bind_sink(*this, 0, Time{1});
        for (std::uint32_t i = 0; i < list.size(); ++i) {
            unit.requests_in.deliver({clock_.edge(arrivals[i]),
                                      0,
                                      i,
                                      {list[i].address, list[i].bytes, i, list[i].write, {}}});
        }
        unit.run(kNever);
    }
    void deliver(Stamped<MemoryResponse>&& stamped) override {
        completed[stamped.message.tag] = clock_.first_edge(stamped.arrival - Time{1});
    }

  private:
    Clock clock_;
};

}  // namespace

TEST_CASE("requests complete when the unit alone says, for the same arrivals") {
    for (const char* refresh : {"per_bank", "all_bank", "none"}) {
        Hbm4Config config = small_hbm4();
        config.refresh = refresh;
        const auto list = mixed_accesses(2000, 7);
        for (const MemoryDoorConfig& door : {kNarrow, MemoryDoorConfig{}}) {
            const Replay result = replay(config, door, list);
            CHECK(UnitAlone(config, list, result.accepted).completed == result.completed);
            CHECK(result.order.size() == list.size());
        }
    }
}

TEST_CASE("completions depend on the requests and their ticks, not on the caller's steps") {
    const auto list = mixed_accesses(2000, 11);
    const Replay events = replay(small_hbm4(), kNarrow, list, Steps::kEvents);
    CHECK(events.waits > 200);  // credits matter in this list
    CHECK(events == replay(small_hbm4(), kNarrow, list, Steps::kEvents));
    CHECK(events == replay(small_hbm4(), kNarrow, list, Steps::kTicks));
    CHECK(events == replay(small_hbm4(), kNarrow, list, Steps::kOdd));
    CHECK(events.completed != replay(small_hbm4(), {}, list).completed);
}

TEST_CASE("a pseudo-channel holds as many requests as it has credits, and no more") {
    std::vector<std::uint64_t> done;
    MemorySystem memory(
        "memory", small_hbm4(), [&](const MemoryCompletion& one) { done.push_back(one.token); },
        kNarrow);
    const hbm4::AddressMap& map = memory.core().address_map();
    std::uint64_t other = 0;  // of the other pseudo-channel
    while (map.locate(other).pseudo_channel == map.locate(0).pseudo_channel) {
        other += map.interleave();
    }
    std::uint64_t added = 0;
    for (; memory.accepts(0, 64, false); ++added) {
        REQUIRE(added < 100);
        memory.add({0, 64, false, added});
    }
    CHECK(added == 6);
    CHECK(memory.accepts(0, 64, true));
    CHECK(memory.accepts(other, 64, false));
    CHECK_THROWS_WITH(memory.add({0, 64, false, 9}),
                      Contains("memory: read of 64 B at 0x0 at 0 fs: pseudo-channel") &&
                          Contains("holds 6 of them already"));
    CHECK(memory.outstanding() == 6);
    while (done.empty()) {
        CHECK_FALSE(memory.accepts(0, 64, false));
        const Time event = memory.next_event_time();
        CHECK(event > memory.now());
        memory.advance_to(event - Time{1});
        CHECK(done.empty());
        memory.advance_to(event);
    }
    CHECK(memory.accepts(0, 64, false));
    CHECK(done.front() == 0);
    while (memory.outstanding() > 0) {
        memory.advance_to(memory.next_event_time());
    }
    CHECK(done.size() == 6);
    CHECK(memory.next_event_time() == kNever);
}

TEST_CASE("default credits keep a pseudo-channel as busy as any number of them") {
    std::vector<ReplayedAccess> list;
    for (std::uint64_t i = 0; i < 4000; ++i) {
        list.push_back({0, i * 64, 64, false});
    }
    const auto end = [&](const MemoryDoorConfig& door) {
        const Replay result = replay(small_hbm4(), door, list);
        return *std::max_element(result.completed.begin(), result.completed.end());
    };
    const std::int64_t unbounded = end({4000, 4000, {64}});
    CHECK(end({}) <= unbounded + unbounded / 100);
    CHECK(end(kNarrow) > unbounded * 3 / 2);
}

TEST_CASE("an unloaded read takes tRCD, CL, the burst and the controller, callbacks may add") {
    Hbm4Config config = small_hbm4();
    config.refresh = "none";
    std::vector<std::int64_t> ends;
    std::uint64_t row = 0;
    MemorySystem* inside = nullptr;
    MemorySystem memory("memory", config, [&](const MemoryCompletion& one) {
        ends.push_back(one.tick);
        CHECK(inside->now() == one.time);
        CHECK(inside->outstanding() == 0);
        if (ends.size() < 5) {  // far apart: another bank
            hbm4::Location at = inside->core().address_map().locate(0);
            at.bank = static_cast<std::uint32_t>(ends.size());
            row = inside->core().address_map().address(at);
            inside->add({row, 32, false, 0});
        }
    });
    inside = &memory;
    memory.add({0, 32, false, 0});
    memory.advance_to(nanoseconds(1000));
    const hbm4::Timing timing(config);
    const std::int64_t unloaded = timing.rcd_read + timing.read_data + timing.burst +
                                  config.front_latency.value + config.back_latency.value;
    CHECK(ends == std::vector<std::int64_t>{unloaded, 2 * unloaded, 3 * unloaded, 4 * unloaded,
                                            5 * unloaded});
    CHECK(memory.now() == nanoseconds(1000));
}

TEST_CASE("what the memory cannot serve is refused and changes nothing") {
    MemorySystem memory("memory", small_hbm4(), {}, kNarrow);
    const std::uint64_t end = memory.core().address_map().capacity();
    struct Wrong {
        std::uint64_t address;
        std::uint32_t bytes;
        const char* says;
    };
    const std::vector<Wrong> all = {{end, 32, "lies beyond the memory"},
                                    {end - 32, 64, "lies beyond the memory"},
                                    {~std::uint64_t{0} - 31, 32, "lies beyond the memory"},
                                    {16, 32, "multiples of 32 B within one block of 256 B"},
                                    {0, 48, "has 48 bytes; allowed: multiples of 32 B"},
                                    {0, 0, "has 0 bytes"},
                                    {192, 128, "within one block of 256 B"}};
    for (const Wrong& wrong : all) {
        INFO(wrong.address << " " << wrong.bytes);
        CHECK_THROWS_WITH(memory.accepts(wrong.address, wrong.bytes, false), Contains(wrong.says));
        CHECK_THROWS_WITH(memory.add({wrong.address, wrong.bytes, true, 0}), Contains(wrong.says));
    }
    CHECK(memory.outstanding() == 0);
    memory.advance_to(nanoseconds(100));
    CHECK_THROWS_WITH(memory.advance_to(nanoseconds(99)),
                      Contains("memory: advance_to(99000000 fs) goes back in time; allowed: a time "
                               "from now(), 100000000 fs, on"));
    CHECK_THROWS_WITH(memory.advance_to(kNever), Contains("has no end"));
    CHECK(memory.now() == nanoseconds(100));
    CHECK_THROWS_AS(memory.channel_status(2), UsageError);
    CHECK_THROWS_AS(memory.status_word(2), UsageError);
    CHECK_THROWS_AS(memory.status_word(256 + 2 * 128), UsageError);
    CHECK_THROWS_AS(MemorySystem("memory", small_hbm4(), {}, {-1, 3, {64}}), InputError);
    Hbm4Config inconsistent = small_hbm4();
    inconsistent.write_low = inconsistent.write_high;
    CHECK_THROWS_WITH(MemorySystem("memory", inconsistent, {}), Contains("hbm4.write_high"));
}

TEST_CASE("a callback may not move the time") {
    MemorySystem* inside = nullptr;
    MemorySystem memory("memory", small_hbm4(),
                        [&](const MemoryCompletion&) { inside->advance_to(nanoseconds(5000)); });
    inside = &memory;
    memory.add({0, 32, false, 0});
    CHECK_THROWS_WITH(memory.advance_to(nanoseconds(1000)), Contains("within a callback"));
    memory.advance_to(nanoseconds(2000));  // and goes on
    CHECK(memory.outstanding() == 0);
}

TEST_CASE("a platform, a profile of settings and credits make a memory") {
    ConfigurationRequest request;
    request.platform = "tiny";
    request.preset_folders = {VRSIM_SOURCE_DIR "/models/platforms"};
    MemorySystem preset("memory", request, {});
    CHECK(preset.core().config().pseudo_channels() == 2);
    CHECK(preset.core().config().refresh == "per_bank");
    request.sets = {"gpu.hbm4.refresh=none", "memory_system.read_credits=5"};
    MemorySystem set("memory", request, {});
    CHECK(set.core().config().refresh == "none");
    CHECK(set.credits()[0] == 5);
    CHECK(set.credits()[1] == preset.credits()[1]);
    request.sets = {"gpu.hbm4.refresh=sometimes"};
    CHECK_THROWS_WITH(MemorySystem("memory", request, {}), Contains("per_bank, all_bank, none"));
    request.sets = {"gpu.hbm4.write_high=3", "gpu.hbm4.write_low=3"};
    CHECK_THROWS_WITH(MemorySystem("memory", request, {}), Contains("gpu.hbm4.write_high"));
    request.sets = {};
    request.platform = "tyni";
    CHECK_THROWS_WITH(MemorySystem("memory", request, {}), Contains("tiny"));
}
