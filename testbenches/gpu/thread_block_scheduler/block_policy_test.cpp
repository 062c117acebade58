// SPDX-License-Identifier: Apache-2.0
// Question: does the scheduler do what its policy says, refuse what cannot be, and by default what
// it always did?
#include "models/gpu/thread_block_scheduler/block_policy.h"

#include <catch2/catch.hpp>

#include "models/base/configuration.h"
#include "models/gpu/thread_block_scheduler/thread_block_scheduler.h"

using namespace vr;

namespace {

// Chooses what the test says, then nothing.
struct Scripted final : BlockPolicy {
    static std::vector<BlockChoice>& script() {
        static std::vector<BlockChoice> choices;
        return choices;
    }
    static std::vector<std::size_t>& asked() {
        static std::vector<std::size_t> waiting;
        return waiting;
    }
    std::optional<BlockChoice> choose(const std::vector<WaitingKernel>& waiting,
                                      const SmRoom&) override {
        asked().push_back(waiting.size());
        if (script().empty()) {
            return std::nullopt;
        }
        const BlockChoice next = script().front();
        script().erase(script().begin());
        return next;
    }
};
const Registration<Scripted, BlockPolicy> kRegistered(block_policies(), "scripted for a test");

struct Launches final : PortSink<BlockLaunch> {
    std::vector<std::pair<std::uint32_t, std::uint32_t>> seen;  // kernel, group
    void deliver(Stamped<BlockLaunch>&& stamped) override {
        seen.emplace_back(stamped.message.kernel.value, stamped.message.group);
    }
};

/// A scheduler of four SMs and two kernels: 3 groups of one block, 2 groups of two.
struct Bench {
    std::vector<TileProgram> programs{2};
    Attribution attribution;
    Launches pair[2];
    std::unique_ptr<ThreadBlockScheduler> scheduler;

    explicit Bench(const std::string& policy) {
        programs[0].groups = 3;
        programs[1].groups = 2;
        programs[1].blocks_per_group = 2;
        ThreadBlockSchedulerConfig config;
        config.clock = {1'000'000'000};
        config.block_interval = {1};
        config.policy = policy;
        scheduler = std::make_unique<ThreadBlockScheduler>("scheduler", config, 4, SmSpace{},
                                                           programs, attribution);
        for (std::uint32_t i = 0; i < 2; ++i) {
            scheduler->blocks_out[i].bind_sink(pair[i], i, nanoseconds(1));
        }
        Scripted::asked().clear();
    }
    void start() {
        for (std::uint32_t i = 0; i < 2; ++i) {
            scheduler->launches_in.deliver({nanoseconds(5), 9, i, {OperatorIndex{i}, {}}});
        }
        scheduler->run(nanoseconds(100));
    }
};

using Seen = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

}  // namespace

TEST_CASE("in_order fills the first SMs with the oldest kernel and lets no other pass") {
    Bench bench("in_order");
    bench.start();
    CHECK(bench.pair[0].seen == Seen{{0, 0}, {0, 1}});
    CHECK(bench.pair[1].seen == Seen{{0, 2}});  // SM 3 is free; kernel 1 needs a pair
}

TEST_CASE("the policy's choices are launched, in its order, on its SMs") {
    Bench bench("scripted for a test");
    // One kernel waits, then two; of the first kernel one group goes to SM 3.
    Scripted::script() = {{0, 3}};
    bench.start();
    CHECK(bench.pair[1].seen == Seen{{0, 0}});
    CHECK(Scripted::asked() == std::vector<std::size_t>{1, 1, 2});
    Scripted::script() = {{1, 0}};
    BlockDone done;
    done.kernel = OperatorIndex{0};
    done.sm = 3;
    bench.scheduler->blocks_in.deliver({nanoseconds(200), 9, 9, std::move(done)});
    bench.scheduler->run(nanoseconds(300));
    CHECK(bench.pair[0].seen == Seen{{1, 0}});
    std::vector<Wait> waits;
    bench.scheduler->waits(waits);
    REQUIRE(waits.size() == 2);
    CHECK(waits[0].whom == "room on the SMs, or the policy 'scripted for a test'");
    CHECK(waits[1].whom == "the SMs");
}

TEST_CASE("what a policy cannot choose is refused with what is allowed") {
    const std::pair<BlockChoice, const char*> cases[] = {
        {{1, 0}, "chose waiting kernel 1; allowed: 0 to 0"},
        {{0, 4}, "chose SM 4 for a group of 1 blocks; allowed: an SM below 4 with room"},
    };
    for (const auto& [choice, text] : cases) {
        Bench bench("scripted for a test");
        Scripted::script() = {choice};
        CHECK_THROWS_WITH(bench.start(), Catch::Matchers::Contains(text));
    }
    Bench bench("scripted for a test");
    Scripted::script() = {{0, 1}, {0, 1}};
    CHECK_THROWS_WITH(bench.start(), Catch::Matchers::Contains("chose SM 1"));
    Scripted::script().clear();
}

TEST_CASE("blocks share an SM until one of its four resources is used up") {
    const SmSpace space{8, 2048, 65536, 100'000};
    BlockNeeds small;
    small.alone = false;
    small.threads = 32;
    struct Case {
        const char* what;
        BlockNeeds needs;
        std::int64_t fit;
    };
    const auto with = [&](auto&& change) {
        BlockNeeds needs = small;
        change(needs);
        return needs;
    };
    const Case cases[] = {
        {"blocks", small, 8},
        {"threads", with([](BlockNeeds& n) { n.threads = 1024; }), 2},
        {"registers", with([](BlockNeeds& n) { n.registers = 32 * 512; }), 4},
        {"shared memory", with([](BlockNeeds& n) { n.shared_bytes = 33'334; }), 2},
        {"shared memory to the byte", with([](BlockNeeds& n) { n.shared_bytes = 50'000; }), 2},
        {"alone", BlockNeeds{}, 1},
    };
    for (const Case& c : cases) {
        INFO(c.what);
        SmRoom room(1, space);
        std::int64_t taken = 0;
        for (; room.fits(0, c.needs); ++taken) {
            room.take(0, c.needs);
            REQUIRE(taken < 100);
        }
        CHECK(taken == c.fit);
        room.give_back(0, c.needs);
        CHECK(room.fits(0, c.needs));
    }
}

TEST_CASE("a block that wants its SM for itself waits for an empty one and keeps others away") {
    const SmSpace space{8, 2048, 65536, 100'000};
    BlockNeeds shares;
    shares.alone = false;
    shares.threads = 32;
    SmRoom room(2, space);
    room.take(0, shares);
    CHECK_FALSE(room.fits(0, BlockNeeds{}));
    CHECK(room.first_fit(BlockNeeds{}) == 1U);
    room.take(1, BlockNeeds{});
    CHECK_FALSE(room.fits(1, shares));
    CHECK(room.first_fit(shares) == 0U);
    room.give_back(0, shares);
    CHECK(room.fits(0, BlockNeeds{}));
}

TEST_CASE("blocks spread over the SMs before they share one") {
    const SmSpace space{8, 2048, 65536, 100'000};
    BlockNeeds shares;
    shares.alone = false;
    shares.threads = 32;
    SmRoom room(3, space);
    std::vector<std::uint32_t> order;
    for (int i = 0; i < 7; ++i) {
        const auto sm = room.first_fit(shares);
        REQUIRE(sm);
        order.push_back(*sm);
        room.take(*sm, shares);
    }
    CHECK(order == std::vector<std::uint32_t>{0, 1, 2, 0, 1, 2, 0});
}

TEST_CASE("room is free when threads have ended, a kernel is done when its stores are taken") {
    Bench bench("in_order");
    bench.start();
    REQUIRE(bench.pair[0].seen.size() + bench.pair[1].seen.size() == 3);
    struct Done final : PortSink<KernelDone> {
        int seen = 0;
        void deliver(Stamped<KernelDone>&&) override { ++seen; }
    } kernels;
    bench.scheduler->kernels_out.bind_sink(kernels, 0, nanoseconds(1));
    std::int64_t at = 200;
    const auto tell = [&](int sm, bool leaves, bool stored) {
        BlockDone done;
        done.kernel = OperatorIndex{0};
        done.sm = static_cast<std::uint16_t>(sm);
        done.leaves = leaves;
        done.stored = stored;
        bench.scheduler->blocks_in.deliver({nanoseconds(at), 9, 9, std::move(done)});
        bench.scheduler->run(nanoseconds(at += 100));
    };
    for (const int sm : {0, 1, 2}) {
        tell(sm, true, false);
    }
    CHECK(bench.pair[0].seen.size() == 3);  // a pair of kernel 1 took the room
    CHECK(kernels.seen == 0);
    for (const int sm : {0, 1}) {
        tell(sm, false, true);
    }
    CHECK(kernels.seen == 0);
    tell(2, false, true);
    CHECK(kernels.seen == 1);
}

TEST_CASE("an unknown policy is refused with the list of names and the nearest one") {
    CHECK_THROWS_WITH(block_policies().make("in_oder"),
                      "unknown thread-block policy 'in_oder'; allowed: in_order, scripted for a "
                      "test; did you mean 'in_order'?");
    ConfigurationRequest request;
    request.platform = "tiny";
    request.preset_folders = {std::string(VRSIM_SOURCE_DIR) + "/models/platforms"};
    request.sets = {"gpu.thread_block_scheduler.policy=in_oder"};
    Configuration configuration = Configuration::load(request);
    const auto config =
        configuration.bind<ThreadBlockSchedulerConfig>("gpu.thread_block_scheduler");
    CHECK_THROWS_WITH(configuration.finish_part(),
                      Catch::Matchers::Contains("in_oder") &&
                          Catch::Matchers::Contains("in_order, scripted for a test"));
}
