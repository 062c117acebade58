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
        scheduler =
            std::make_unique<ThreadBlockScheduler>("scheduler", config, 4, programs, attribution);
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
    done.sms = 1;
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
