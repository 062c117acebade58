// SPDX-License-Identifier: Apache-2.0
// Question: do plain loads and stores of threads take the clocks that the parameters say, move
// every byte, and run side by side as far as an SM has room?
#include <fmt/format.h>

#include <algorithm>

#include "app/platform/machine.h"
#include "testbenches/gpu/machine/machine_rig.h"

using namespace vr;
using namespace vr::testing;

namespace {

std::string line(const char* text) {
    return std::string(text) + "\n";
}

// Two chases over one buffer, the second longer: their difference is in whole steps.
std::string chases(std::int64_t bytes, std::int64_t first, std::int64_t more, const char* extra) {
    std::string text = line(R"({"vrsim_trace": 1, "name": "chase"})");
    text += fmt::format(R"({{"tensor": "buffer", "shape": [1, {}], "type": "fp8_e4m3"}})", bytes);
    text += "\n" + line(R"({"tensor": "none", "shape": [1, 128], "type": "fp8_e4m3"})");
    std::int64_t from = 0;
    std::string before;
    for (const std::int64_t steps : {first, first, first + more}) {
        const std::string id = fmt::format("chase{}", from);
        text += fmt::format(
            R"({{"op": "custom", "kernel": "pointer_chase", "id": "{}", "inputs": ["buffer"], )"
            R"("output": "none", "arguments": {{"steps": {}, "first": {}{}}}, "depends": [{}]}})",
            id, steps, from, extra, before.empty() ? "" : "\"" + before + "\"");
        text += "\n";
        before = id;
        from += steps;
    }
    return text;
}

// Time of `more` steps.
Time steps_of(const RunResult& result) {
    const auto span = [&](std::size_t i) {
        return result.operators[i].end - result.operators[i - 1].end;
    };
    return span(2) - span(1);
}

std::string stream(const char* arguments, std::int64_t bytes = 1 << 18, int inputs = 1) {
    std::string text = line(R"({"vrsim_trace": 1, "name": "stream"})");
    std::string names;
    for (int i = 0; i <= inputs; ++i) {
        text +=
            fmt::format(R"({{"tensor": "t{}", "shape": [1, {}], "type": "fp8_e4m3"}})", i, bytes);
        text += "\n";
        names += i == 0 ? "" : fmt::format("{}\"t{}\"", names.empty() ? "" : ", ", i);
    }
    text += fmt::format(
        R"({{"op": "custom", "kernel": "thread_stream", "id": "stream", "inputs": [{}], )"
        R"("output": "t0", "arguments": {{{}}}}})",
        names, arguments);
    return text + "\n";
}

}  // namespace

TEST_CASE("a chase through L1 takes the hit latency for each step, to the clock") {
    const PlatformConfig config = platform_of("tiny");
    const RunResult result = run_of(request_of(chases(4096, 32, 10'000, "")));
    const Clock sm(config.gpu.sm.clock);
    const Time want = sm.span({10'000 * config.gpu.sm.load_store.hit_latency.value});
    // The launches fall on edges of the reference clock.
    const Time edge = Clock(config.gpu.reference_clock).edge(1);
    CHECK(std::abs(steps_of(result).value - want.value) <= edge.value);
}

TEST_CASE("a chase through L2 takes the sum of the way for each step") {
    // 64 KiB: more than an L1 of 1 KiB, less than the L2 of 256 KiB.
    const Sets sets = {"gpu.sm.load_store.cache=1 KiB", "gpu.sm.load_store.ways=8"};
    const PlatformConfig config = platform_of("tiny", sets);
    const GpuConfig& gpu = config.gpu;
    const RunResult result = run_of(request_of(chases(65'536, 512, 5'000, "")), "tiny", sets);
    const Clock sm(gpu.sm.clock);
    const auto bytes = [](Frequency clock, BytesPerCycle width, std::int64_t count) {
        return Clock(Frequency{clock.value * width.value}).edge(count);
    };
    const Time step =
        sm.span({1 + gpu.sm.load_store.miss_latency.value}) +
        Clock(gpu.crossbar.clock)
            .span({gpu.crossbar.request_latency.value + gpu.crossbar.slice_latency.value +
                   gpu.crossbar.return_latency.value + gpu.crossbar.delivery_latency.value}) +
        Clock(gpu.l2.clock).span(gpu.l2.hit_latency) +
        bytes(gpu.crossbar.clock, gpu.crossbar.return_width, kSectorBytes) +
        bytes(gpu.sm.clock, gpu.sm.shared_memory.write_width, kSectorBytes);
    const std::int64_t clocks = steps_of(result).value / 5'000;
    // Each step begins at a clock of the SM: up to one more.
    CHECK(clocks >= step.value);
    CHECK(clocks <= step.value + sm.span({1}).value);
}

TEST_CASE("a chase by TMA takes its issue and the barrier more and never hits L1") {
    const PlatformConfig config = platform_of("tiny");
    const Time plain = steps_of(run_of(request_of(chases(65'536, 512, 100, ""))));
    const Time tma = steps_of(run_of(request_of(chases(4096, 32, 100, R"(, "tma": 1)"))));
    CHECK(tma > plain);
    const Time small = steps_of(run_of(request_of(chases(2048, 16, 100, R"(, "tma": 1)"))));
    CHECK(std::abs(tma.value - small.value) < tma.value / 50);
}

TEST_CASE("a chase over pages that are not held takes a translation more for each") {
    const std::string trace = chases(65'536, 512, 5'000, "");
    const auto of = [&](const char* entries) {
        return steps_of(
            run_of(request_of(trace), "tiny",
                   {std::string("gpu.sm.translation.entries=") + entries,
                    "gpu.sm.translation.page=4 KiB", "gpu.sm.translation.miss_latency=100 clk",
                    "gpu.sm.load_store.cache=1 KiB", "gpu.sm.load_store.ways=8"}));
    };
    const Time none = of("0");
    const Clock sm(platform_of("tiny").gpu.sm.clock);
    const Time all = sm.span({5'000 * 100});
    // 16 pages are held; the launches fall on edges of the reference clock.
    const Time edge = Clock(platform_of("tiny").gpu.reference_clock).edge(1);
    CHECK(std::abs((of("16") - none).value) <= edge.value);
    const Time one = of("1") - none;  // one of 16 is
    CHECK(one.value > all.value * 88 / 100);
    CHECK(one < all);
}

TEST_CASE("a stream of threads loads and stores every byte once") {
    for (const int inputs : {0, 1, 3}) {
        MachineRig rig(stream(R"("threads": 96, "element_bytes": 8)", 100'000, inputs));
        rig.run();
        REQUIRE(rig.machine->finished());
        std::int64_t loaded = 0;
        std::int64_t stored = 0;
        for (const auto& tpc : rig.gpu().tpcs()) {
            for (std::size_t sm = 0; sm < tpc->sms(); ++sm) {
                loaded += tpc->work(sm).bytes_loaded + tpc->work(sm).l1_hits;
                stored += tpc->work(sm).bytes_stored;
            }
            CHECK(tpc->bytes_in_flight() == 0);
        }
        INFO(inputs << " inputs");
        CHECK(stored == 100'000);
        CHECK(loaded == inputs * 100'000);
    }
}

TEST_CASE("threads on tiles of rows move every byte once, and parameters for each tile") {
    // Heads of 64 B in rows of 640 B, by tiles of 16 rows and 128 B: some threads idle, and so do
    // those behind the last of 200 rows. Parameters of 4 B a thread for rows modulo 40.
    const char* trace = R"({"vrsim_trace": 1, "name": "tiles"}
{"tensor": "x", "shape": [200, 640], "type": "fp8_e4m3"}
{"tensor": "angles", "shape": [80, 32], "type": "fp8_e4m3"}
{"tensor": "numbers", "shape": [1, 800], "type": "fp8_e4m3"}
{"tensor": "y", "shape": [200, 320], "type": "fp8_e4m3"}
{"op": "custom", "kernel": "thread_tiles", "id": "tiles", "inputs": ["x", "angles", "numbers"], "output": "y", "arguments": {"threads": 128, "row_threads": 8, "element_bytes": 16, "out_element_bytes": 8, "column_bytes": 64, "parameter_bytes": 4}}
)";
    MachineRig rig(trace);
    rig.run();
    REQUIRE(rig.machine->finished());
    std::int64_t loaded = 0;
    std::int64_t stored = 0;
    for (const auto& tpc : rig.gpu().tpcs()) {
        for (std::size_t sm = 0; sm < tpc->sms(); ++sm) {
            loaded += tpc->work(sm).bytes_loaded + tpc->work(sm).l1_hits;
            stored += tpc->work(sm).bytes_stored;
        }
    }
    CHECK(stored == 200 * 320);
    // Parameters' rows come round: all of the 13 blocks of each of the 10 columns have 16 of them.
    // What a block finds on its way to L1 for another one is loaded once.
    const std::int64_t own = 200 * 640;
    CHECK(loaded <= own + 10 * (13 * 16 * 32 + 200 * 4));
    CHECK(loaded >= own + 10 * 80 * 32);
}

TEST_CASE("tiles of rows want threads in whole rows") {
    const auto trace = [](const char* arguments) {
        return fmt::format(R"({{"vrsim_trace": 1, "name": "tiles"}}
{{"tensor": "x", "shape": [64, 64], "type": "fp8_e4m3"}}
{{"tensor": "y", "shape": [64, 64], "type": "fp8_e4m3"}}
{{"op": "custom", "kernel": "thread_tiles", "id": "tiles", "inputs": ["x"], "output": "y", "arguments": {{{}}}}}
)",
                           arguments);
    };
    CHECK_THROWS_WITH(MachineRig(trace(R"("row_threads": 12)")),
                      Catch::Matchers::Contains("128 threads with row_threads 12"));
    CHECK_THROWS_WITH(
        MachineRig(trace(R"("row_threads": 2, "element_bytes": 4, "column_bytes": 16)")),
        Catch::Matchers::Contains("column_bytes 16") &&
            Catch::Matchers::Contains("up to row_threads x element_bytes, 8"));
}

TEST_CASE("a stencil finds its neighbours in L1") {
    MachineRig rig(stream(R"("stencil": 1)"));
    rig.run();
    std::int64_t loaded = 0;
    for (const auto& tpc : rig.gpu().tpcs()) {
        for (std::size_t sm = 0; sm < tpc->sms(); ++sm) {
            loaded += tpc->work(sm).bytes_loaded;
        }
    }
    // One line more at either side of each of the 128 blocks, not three times everything.
    CHECK(loaded >= 1 << 18);
    CHECK(loaded <= (1 << 18) + 128 * 2 * kLineBytes);
}

TEST_CASE("two blocks on an SM are faster than one and need not be twice as fast") {
    const auto time = [](const char* arguments) {
        return run_of(request_of(stream(arguments))).makespan.value;
    };
    const auto one = time(R"("threads": 64, "shared_bytes": 335872)");
    const auto two = time(R"("threads": 64, "shared_bytes": 167936)");
    const auto four = time(R"("threads": 64, "shared_bytes": 83968)");
    CHECK(two < one * 3 / 4);
    CHECK(two * 2 > one * 9 / 10);
    CHECK(four < two);
}

TEST_CASE("stores that drive written lines out of L2 go as fast as memory takes them") {
    // 4 MiB through an L2 of 256 KiB.
    const auto ended = [](const char* buffers) {
        MachineRig rig(stream(R"("threads": 1024, "element_bytes": 16)", 1 << 22, 0), "tiny",
                       {std::string("gpu.l2.write_back_buffers=") + buffers});
        rig.run();
        return rig.gpu().front_end().runs().front().ended;
    };
    const Time held = ended("64");
    const double rate =
        static_cast<double>((1 << 22) - (1 << 18)) / (static_cast<double>(held.value) * 1e-15);
    const auto peak = static_cast<double>(platform_of("tiny").gpu.hbm4.peak_bandwidth().value);
    CHECK(rate < peak);
    CHECK(rate > peak / 2);
    CHECK(ended("1000000") < held);  // more buffers than lines: nothing holds the stores
}

TEST_CASE("arguments of a kernel of threads are checked with what is allowed") {
    const std::pair<const char*, const char*> cases[] = {
        {R"("threads": 2000)", "argument 'threads' of kernel 'thread_stream' is 2000"},
        {R"("threads": 0)", "allowed: 1 to 1024"},
        {R"("treads": 32)", "kernel 'thread_stream' has no argument 'treads'"},
        {R"("treads": 32)", "allowed: threads, element_bytes"},
        {R"("shared_bytes": 1000000)", "allowed: 0 to 335872"},
    };
    for (const auto& [arguments, message] : cases) {
        CHECK_THROWS_WITH(MachineRig(stream(arguments)), Catch::Matchers::Contains(message));
    }
}
