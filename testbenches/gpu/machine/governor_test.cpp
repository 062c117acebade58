// SPDX-License-Identifier: Apache-2.0
// A whole GPU under a power limit: the clock is a step that fits, the next one up does not.
#include "app/platform/governed_run.h"
#include "app/platform/machine.h"
#include "testbenches/gpu/machine/machine_rig.h"

using namespace vr;
using namespace vr::testing;

namespace {

// Tensor cores are what bounds this product and what draws power.
RunResult run_with(Sets sets) {
    sets.insert(sets.end(), {"gpu.sm.tensor_core.columns_per_clock=1", "gpu.power.leakage=0",
                             "gpu.power.clock_tree=0"});
    return run_of(request_of(gemm_trace(512, 512, 2048, "bf16", "bf16", false)), "tiny",
                  std::move(sets));
}

// What a run says of power beyond what was checked.
std::vector<std::string> power_warnings(const RunResult& result) {
    std::vector<std::string> found;
    for (const std::string& text : result.outside_envelope) {
        if (text.rfind("power: ", 0) == 0) {
            found.push_back(text);
        }
    }
    return found;
}

std::int64_t milliwatts(const RunResult& result) {
    REQUIRE(result.power.has_value());
    std::int64_t sum = 0;
    for (const PowerResult::Part& part : result.power->parts) {
        CHECK(part.milliwatts >= 0);
        sum += part.milliwatts;
    }
    CHECK(sum == result.power->milliwatts);
    return sum;
}

TEST_CASE("a limit below what the full clock draws lowers the clock and lengthens the run") {
    const RunResult free = run_with({});
    const std::int64_t full = milliwatts(free);
    CHECK(free.power->clock == free.power->full_clock);
    const std::int64_t limit = full / 1000 * 8 / 10;
    const auto limited_to = [](std::int64_t watts) {
        return run_with({"gpu.power.governor=steady", fmt::format("gpu.power.limit={}", watts)});
    };
    const RunResult held = limited_to(limit);
    CHECK(held.power->clock < held.power->full_clock);
    CHECK(milliwatts(held) <= limit * 1000);
    CHECK(held.makespan > free.makespan);
    CHECK(power_warnings(held).empty());
    // Not one step more: the run at the next clock draws more than the limit.
    const PlatformConfig config = platform_of("tiny");
    const Frequency next{held.power->clock.value + config.gpu.power.clock_step.value};
    const Sets at_next = [&] {
        const GpuConfig gpu = at_sm_clock(config, next).gpu;
        const auto hertz = [](Frequency f) { return fmt::format("{} Hz", f.value); };
        return Sets{"gpu.sm.clock=" + hertz(gpu.sm.clock),
                    "gpu.sm.vector_pipes.clock=" + hertz(gpu.sm.vector_pipes.clock),
                    "gpu.sm.tensor_core.clock_bf16=" + hertz(gpu.sm.tensor_core.clock_bf16),
                    "gpu.crossbar.clock=" + hertz(gpu.crossbar.clock),
                    "gpu.l2.clock=" + hertz(gpu.l2.clock),
                    "gpu.thread_block_scheduler.clock=" + hertz(gpu.thread_block_scheduler.clock)};
    }();
    const RunResult above = run_with(at_next);
    const PowerResult there = power_of(config, above, next);
    CHECK(there.milliwatts > limit * 1000);
    // A limit that nothing reaches changes nothing.
    CHECK(limited_to(full / 1000 + 1).makespan == free.makespan);
}

TEST_CASE("a limit that the lowest clock exceeds is said") {
    const RunResult held = run_with({"gpu.power.governor=steady", "gpu.power.limit=1"});
    REQUIRE(power_warnings(held).size() == 1);
    CHECK(power_warnings(held)[0].find("the limit is 1 W") != std::string::npos);
}

TEST_CASE("zeros draw less, and a limit leaves them a higher clock") {
    const RunResult free = run_with({});
    const std::string limit = fmt::format("gpu.power.limit={}", milliwatts(free) / 1000 * 8 / 10);
    const RunResult random = run_with({"gpu.power.governor=steady", limit});
    const RunResult zeros = run_with({"gpu.power.governor=steady", limit, "gpu.power.data=zeros"});
    CHECK(zeros.power->clock > random.power->clock);
    CHECK(zeros.makespan < random.makespan);
}

TEST_CASE("events of a governed run are those of its last run alone") {
    RunRequest request = request_of(gemm_trace(512, 512, 512, "bf16", "bf16", false));
    EventRecord record;
    request.events = &record;
    const RunResult seen =
        run_of(request, "tiny", {"gpu.power.governor=steady", "gpu.power.limit=20"});
    request.events = nullptr;
    const RunResult unseen =
        run_of(request, "tiny", {"gpu.power.governor=steady", "gpu.power.limit=20"});
    CHECK(seen.makespan == unseen.makespan);
    const Sets limits = {"gpu.power.governor=steady", "gpu.power.limit=20"};
    EventRecord once;
    request.events = &once;
    Machine machine(at_sm_clock(platform_of("tiny", limits), seen.power->clock), request);
    machine.run();
    CHECK(record.sorted().size() == once.sorted().size());
    CHECK(once.sorted().size() > 1000);
}

}  // namespace
