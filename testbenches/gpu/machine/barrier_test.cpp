// SPDX-License-Identifier: Apache-2.0
// Question: does no block pass a barrier of all blocks before the last has come, and does it take
// the trips to L2 that it is made of?
#include <fmt/format.h>

#include "app/platform/machine.h"
#include "models/gpu/kernels/custom_kernel.h"
#include "models/gpu/kernels/kernel_arguments.h"
#include "testbenches/gpu/machine/machine_rig.h"

using namespace vr;
using namespace vr::testing;
using Catch::Matchers::Contains;

namespace {

// Blocks that work for as many rounds as the pass says of each, and meet or not. Two blocks: the
// first works long in even passes, the second in odd ones.
struct Probe final : CustomKernel {
    TileProgram program(const Workload& workload, OperatorIndex index,
                        const std::vector<TensorPlace>& places,
                        const KernelTarget&) const override {
        const OperatorSpec& spec = workload.operators[index.value];
        KernelArguments arguments(spec);
        const std::int64_t blocks = arguments.get("blocks", 1, 1, 2);
        const std::int64_t passes = arguments.get("passes", 1, 1, 1000);
        const std::int64_t rounds = arguments.get("rounds", 1, 1, 100'000);
        const std::int64_t meet = arguments.get("meet", 1, 0, 1);
        const std::int64_t answered = arguments.get("answered", 1, 0, 1);
        arguments.finish();
        TileProgram program = timing_program(workload, index, 1);
        TileOperand word;
        word.name = "word";
        word.path = MemoryPath::kThreads;
        word.tensor = spec.inputs.front();
        word.base = places[word.tensor.value].base;
        program.operands = {word};
        program.tiles_m = program.raster_rows = blocks * passes;
        program.groups = blocks;
        program.threads_per_block = 32;
        program.registers_per_thread = 32;
        for (std::int64_t pass = 0; pass < passes; ++pass) {
            for (std::int64_t block = 0; block < blocks; ++block) {
                RowTile tile;
                tile.end = 1;
                tile.end_round = pass % blocks == block ? rounds : 1;
                program.row_tiles.push_back(tile);
            }
        }
        TileActor actor{"thread", false, true, {}};
        actor.code = {{TileOpcode::kForEachTile},
                      {TileOpcode::kLoop},
                      {TileOpcode::kVector, 0, 0, 128},
                      {TileOpcode::kEndLoop}};
        if (meet != 0) {
            actor.code.insert(actor.code.end(), {{TileOpcode::kFence},
                                                 {TileOpcode::kArrive, 0, 0, answered},
                                                 {TileOpcode::kAwait}});
        } else {  // its word is used, and waited for by nobody
            actor.code.push_back({TileOpcode::kArrive});
        }
        actor.code.insert(actor.code.end(),
                          {{TileOpcode::kEndTile}, {TileOpcode::kNextTile}, {TileOpcode::kEnd}});
        program.actors = {actor};
        return program;
    }
    std::int64_t flops(const Workload&, const OperatorSpec&) const override { return 0; }
};
const Registration<Probe, CustomKernel> kProbe(custom_kernels(), "barrier_probe");

std::string trace(const char* kernel, const std::string& arguments, const char* inputs,
                  std::int64_t bytes = 4096) {
    std::string text = "{\"vrsim_trace\": 1, \"name\": \"barrier\"}\n";
    for (const char* name : {"from", "to"}) {
        text += fmt::format(R"({{"tensor": "{}", "shape": [1, {}], "type": "fp8_e4m3"}})", name,
                            bytes) +
                "\n";
    }
    text += R"({"tensor": "word", "shape": [1, 8], "type": "fp8_e4m3"})";
    text += "\n";
    return text +
           fmt::format(R"({{"op": "custom", "kernel": "{}", "id": "all", "inputs": [{}], )"
                       R"("output": "to", "arguments": {{{}}}}})",
                       kernel, inputs, arguments) +
           "\n";
}

Time probe(const std::string& arguments) {
    return run_of(request_of(trace("barrier_probe", arguments, R"("word")"))).makespan;
}

std::string passes(const std::string& arguments, std::int64_t bytes = 4096) {
    return trace("thread_passes", arguments, R"("from", "word")", bytes);
}

}  // namespace

TEST_CASE("no block passes a barrier before the last has come") {
    // Each block works long in every second pass. Those who meet take the long time in each pass.
    const auto extra = [](const char* meet) {
        const auto of = [&](int rounds) {
            return probe(
                fmt::format(R"("blocks": 2, "passes": 8, "rounds": {}, "meet": {})", rounds, meet));
        };
        return of(40'001) - of(1);
    };
    const Clock vector(platform_of("tiny").gpu.sm.vector_pipes.clock);
    const Time all = vector.span({8 * 40'000});
    CHECK(extra("0") * 20 < all * 11);
    CHECK(extra("1") * 100 > all * 98);  // who waits learns it up to a trip to L2 later
    CHECK(extra("1") * 100 < all * 102);
}

TEST_CASE("a block that meets nobody takes a fence and two trips to L2, or a fence and one") {
    const GpuConfig gpu = platform_of("tiny").gpu;
    const auto each = [](const char* how) {
        const auto of = [&](int count) {
            return probe(fmt::format(R"("passes": {}, {})", count, how));
        };
        return (of(900) - of(100)).value / 800;
    };
    const Clock sm(gpu.sm.clock);
    const auto width = [](Frequency clock, BytesPerCycle per_clock) {
        return Clock(Frequency{clock.value * per_clock.value}).edge(kSectorBytes);
    };
    const Time trip =
        sm.span({1 + gpu.sm.load_store.miss_latency.value}) +
        Clock(gpu.crossbar.clock)
            .span({gpu.crossbar.request_latency.value + gpu.crossbar.slice_latency.value +
                   gpu.crossbar.return_latency.value + gpu.crossbar.delivery_latency.value}) +
        Clock(gpu.l2.clock).span(gpu.l2.hit_latency) +
        width(gpu.crossbar.clock, gpu.crossbar.return_width);
    const Time fence = sm.span(gpu.sm.load_store.fence_latency);
    const std::int64_t alone = each(R"("meet": 0)");
    const std::int64_t answered = each(R"("meet": 1)") - alone;
    const std::int64_t flag = each(R"("meet": 1, "answered": 0)") - alone;
    // Each step begins at a clock of the SM; launches fall on edges of the reference clock.
    const std::int64_t clock = sm.span({1}).value;
    CHECK(answered >= (fence + trip * 2).value - clock);
    CHECK(answered <= (fence + trip * 2).value + 3 * clock);
    // The load follows what is added without an answer; the slice serves both in turn.
    CHECK(flag >= (fence + trip).value - clock);
    CHECK(flag <= (fence + trip).value + (8 + gpu.l2.word_interval.value) * clock);
}

TEST_CASE("kernels that stay move every byte in every pass, and every word is answered") {
    for (const int flag : {0, 1}) {
        constexpr std::int64_t kBytes = 100'000;
        MachineRig rig(passes(
            fmt::format(R"("threads": 96, "blocks": 5, "passes": 3, "flag": {})", flag), kBytes));
        rig.run();
        std::int64_t loaded = 0;
        std::int64_t stored = 0;
        for (const auto& tpc : rig.gpu().tpcs()) {
            for (std::size_t sm = 0; sm < tpc->sms(); ++sm) {
                loaded += tpc->work(sm).bytes_loaded + tpc->work(sm).l1_hits;
                stored += tpc->work(sm).bytes_stored;
            }
            CHECK(tpc->bytes_in_flight() == 0);
        }
        const std::int64_t added = 5 * 3 * kSectorBytes;
        INFO("flag " << flag);
        CHECK(stored == 3 * kBytes + (flag == 1 ? added : 0));
        const std::int64_t words = loaded - 3 * kBytes;
        CHECK(words % kSectorBytes == 0);
        CHECK(words >= added * (flag == 1 ? 1 : 2));  // one load at least after what is added
        CHECK(rig.gpu().l2().unanswered() == 0);
    }
}

TEST_CASE("after a barrier L1 holds nothing that is older") {
    // One block, all of its data fit L1: without the barrier between them, passes would hit.
    MachineRig rig(passes(R"("threads": 32, "blocks": 1, "passes": 4)"));
    rig.run();
    CHECK(rig.gpu().tpcs().front()->work(0).l1_hits == 0);
}

TEST_CASE("blocks that wait for each other must all find room") {
    CHECK_THROWS_WITH(MachineRig(passes(R"("threads": 1024, "blocks": 5)")),
                      Contains("2 find room on each SM") && Contains("allowed: 1 to 4 blocks"));
}
