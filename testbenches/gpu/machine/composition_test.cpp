// SPDX-License-Identifier: Apache-2.0
// Ways to run one machine that must not show in the report: sockets between units, folding,
// recording of events.
#include <algorithm>

#include "app/platform/machine.h"
#include "testbenches/gpu/machine/machine_rig.h"

using namespace vr;
using namespace vr::testing;

namespace {

RunRequest sample(const std::string& name) {
    RunRequest request;
    request.workload =
        read_workload(VRSIM_SOURCE_DIR "/traces/samples/" + name + ".jsonl").workload;
    return request;
}

std::int64_t counter(const RunResult& result, const std::string& name) {
    for (const auto& [key, value] : result.host.counters) {
        if (key == name) {
            return value;
        }
    }
    FAIL("no counter " << name);
    return 0;
}

// Operators on two GPUs: the second takes what happens after the first on the other GPU.
std::string two_gpus() {
    std::string text = "{\"vrsim_trace\": 1, \"name\": \"two\"}\n";
    for (int gpu = 0; gpu < 2; ++gpu) {
        for (const char* name : {"s", "t"}) {
            text += fmt::format(
                "{{\"tensor\": \"{}{}\", \"shape\": [64, 256], \"type\": \"bf16\", \"gpu\": "
                "{}{}}}\n",
                name, gpu, gpu, name[0] == 's' ? ", \"data\": \"seeded\"" : "");
        }
    }
    text +=
        "{\"op\": \"copy\", \"id\": \"first\", \"source\": \"s0\", \"destination\": \"t0\", "
        "\"gpu\": 0}\n"
        "{\"op\": \"copy\", \"id\": \"second\", \"source\": \"s1\", \"destination\": \"t1\", "
        "\"gpu\": 1, "
        "\"depends\": [\"first\"]}\n";
    return text;
}

}  // namespace

TEST_CASE("sockets between the units change nothing") {
    for (const char* name : {"hello_gemm", "copy", "nvfp4_gemm", "elementwise", "bf16_gemm"}) {
        INFO(name);
        RunRequest request = sample(name);
        const RunResult region = run_of(request);
        request.compose = Compose::kModules;
        const RunResult modules = run_of(request);
        CHECK(modules.host.compose == "modules");
        CHECK(region.host.compose == "region");
        CHECK(report_of(modules) == report_of(region));
    }
}

TEST_CASE("sockets, folding and looking on change nothing where prefetches and write-backs are") {
    // Small windows and few channels: requests wait, refreshes meet them, writes outlast the run.
    const Sets sets = {"gpu.sms=8", "gpu.sm.tma.load_window=2KiB", "gpu.l2.capacity=1 MiB",
                       "gpu.hbm4.channels_per_stack=2"};
    RunRequest request = request_of(gemm_trace(512, 512, 4096, "fp8_e4m3", "bf16", false));
    const RunResult plain = run_of(request, "tiny", sets);
    std::int64_t prefetched = 0;
    for (const TensorResult& tensor : plain.tensors) {
        prefetched += tensor.l2_prefetched_bytes;
    }
    CHECK(prefetched > 0);
    request.progress = [](Time, std::int64_t) {};
    CHECK(report_of(run_of(request, "tiny", sets)) == report_of(plain));
    request.fold = false;
    CHECK(report_of(run_of(request, "tiny", sets)) == report_of(plain));
    request.compose = Compose::kModules;
    CHECK(report_of(run_of(request, "tiny", sets)) == report_of(plain));
}

TEST_CASE("bytes written after the end of a run do not count as moved in it") {
    // The second product follows a copy at once: much is dirty and evicted late.
    std::string trace = "{\"vrsim_trace\": 1, \"name\": \"late\"}\n";
    for (const char* name : {"a", "b"}) {
        trace += fmt::format("{{\"tensor\": \"{}\", \"shape\": [512, 160], \"type\": \"bf16\"}}\n",
                             name);
    }
    for (const char* name : {"d", "e"}) {
        trace += fmt::format("{{\"tensor\": \"{}\", \"shape\": [512, 512], \"type\": \"bf16\"}}\n",
                             name);
    }
    for (const char* op : {R"("op": "gemm", "id": "first", "a": "a", "b": "b", "d": "d")",
                           R"("op": "copy", "id": "second", "source": "d", "destination": "e")",
                           R"("op": "gemm", "id": "third", "a": "a", "b": "b", "d": "d")"}) {
        trace += fmt::format("{{{}}}\n", op);
    }
    RunRequest request = request_of(trace);
    for (const bool progress : {false, true}) {
        request.progress =
            progress ? [](Time, std::int64_t) {} : std::function<void(Time, std::int64_t)>{};
        const RunResult result = run_of(request);  // its laws: achieved is at most peak
        const auto hbm = std::find_if(result.resources.begin(), result.resources.end(),
                                      [](const auto& r) { return r.name == "HBM"; });
        REQUIRE(hbm != result.resources.end());
        std::int64_t moved = 0;
        for (const Statistic& statistic : result.statistics) {
            if (statistic.path == "gpu.hbm4.bytes_read" ||
                statistic.path == "gpu.hbm4.bytes_written") {
                moved += statistic.value;
            }
        }
        CHECK(hbm->amount < moved);
        CHECK(hbm->amount > 0);
    }
}

TEST_CASE("sockets change nothing on a machine of two dies under pressure") {
    const Sets sets = {"gpu.sms=6", "gpu.l2.slices=4", "gpu.l2.dies=2", "gpu.l2.capacity=64 KiB",
                       "gpu.hbm4.channels_per_stack=2"};
    RunRequest request = sample("bf16_gemm");
    const std::string region = report_of(run_of(request, "tiny", sets));
    request.compose = Compose::kModules;
    CHECK(report_of(run_of(request, "tiny", sets)) == region);
}

TEST_CASE(
    "a run that is cut is cut at the same moment in every composition, and its charges still sum") {
    RunRequest request = sample("elementwise");
    request.progress = [](Time, std::int64_t) {};  // the run then proceeds in steps
    const RunResult whole = run_of(request);
    REQUIRE(whole.operators.size() > 1);
    // Within the first operator, between two of them, and within the last.
    for (const Time end : {Time{whole.makespan.value / 20}, whole.operators[0].end + nanoseconds(1),
                           whole.makespan - nanoseconds(100)}) {
        INFO("cut at " << end.value << " fs");
        request.max_sim_time = end;
        request.compose = Compose::kRegion;
        const RunResult region = run_of(request);
        request.compose = Compose::kModules;
        CHECK(report_of(run_of(request)) == report_of(region));
        CHECK_FALSE(region.complete);
        CHECK(region.makespan == end);
        Time sum;
        for (const ChargeResult& charge : region.attribution) {
            sum += charge.amount;
        }
        CHECK(sum == end);
    }
}

TEST_CASE("folding changes nothing and fires") {
    for (const char* name : {"hello_gemm", "nvfp4_gemm", "elementwise"}) {
        INFO(name);
        for (const bool more : {false, true}) {  // two pseudo-channels, or sixteen
            const Sets sets = more ? Sets{"gpu.hbm4.channels_per_stack=8"} : Sets{};
            RunRequest request = sample(name);
            const RunResult folded = run_of(request, "tiny", sets);
            request.fold = false;
            const RunResult plain = run_of(request, "tiny", sets);
            CHECK(report_of(plain) == report_of(folded));
            CHECK_FALSE(plain.host.fold);
            CHECK(folded.host.fold);
            CHECK(counter(folded, "pseudo_channel_classes_minimum") <
                  counter(folded, "pseudo_channels"));
            CHECK(counter(folded, "pseudo_channel_splits") > 0);
            // The others ask each channel at another time; two channels meet by chance.
            if (std::string(name) == "elementwise" && more) {
                CHECK(counter(folded, "pseudo_channel_runs_simulated") <
                      counter(folded, "pseudo_channel_runs_requested"));
            }
        }
    }
}

TEST_CASE("recording events changes nothing") {
    for (const char* name : {"hello_gemm", "copy"}) {
        RunRequest request = sample(name);
        const RunResult plain = run_of(request);
        EventRecord events;
        request.events = &events;
        const RunResult recorded = run_of(request);
        CHECK(report_of(recorded) == report_of(plain));
        CHECK(events.size() > 20);
        for (const Event& event : events.sorted()) {
            REQUIRE(event.begin <= event.end);
            REQUIRE(event.end <= plain.makespan + nanoseconds(10000));
        }
    }
}

TEST_CASE("an operator that follows one on another GPU starts a signal later") {
    std::string reports[2];
    for (const Compose compose : {Compose::kRegion, Compose::kModules}) {
        RunRequest request = request_of(two_gpus());
        request.compose = compose;
        const PlatformConfig config = platform_of("tiny", {"system.gpus=2"});
        Machine machine(config, request);
        machine.run();
        REQUIRE(machine.finished());
        const OperatorRun& first = machine.gpus()[0]->front_end().runs()[0];
        const OperatorRun& second = machine.gpus()[1]->front_end().runs()[1];
        const CommandFrontEndConfig& front = config.gpu.command_front_end;
        CHECK(first.ready == Time{});
        CHECK(second.ready == first.ended + front.peer_latency);
        CHECK(second.launched == Clock(front.clock).align(second.ready + front.launch_latency));
        // The other GPU's time is part of the chain.
        Time sum;
        Time fabric;
        for (const Charge& charge : machine.attribution().charges(second.cause)) {
            sum += charge.amount;
            fabric += machine.attribution().owner_resource(charge.owner) == "fabric" ? charge.amount
                                                                                     : Time{};
        }
        CHECK(sum == second.ended);
        CHECK(fabric == front.peer_latency);
    }
    // The machines above are gone: only one lives at a time.
    for (const Compose compose : {Compose::kRegion, Compose::kModules}) {
        RunRequest request = request_of(two_gpus());
        request.compose = compose;
        reports[compose == Compose::kModules ? 1 : 0] =
            report_of(run_of(request, "tiny", {"system.gpus=2"}));
    }
    CHECK(reports[0] == reports[1]);
}

TEST_CASE("operators on two GPUs without a dependency run side by side") {
    std::string trace = two_gpus();
    const std::string depends = ", \"depends\": [\"first\"]";
    trace.erase(trace.find(depends), depends.size());
    const RunResult result = run_of(request_of(trace), "tiny", {"system.gpus=2"});
    CHECK(result.operators[0].begin == result.operators[1].begin);
    CHECK(result.operators[0].end == result.operators[1].end);
}

TEST_CASE("a lost response ends in a stall that says who waits for whom") {
    for (const char* lost : {"1", "7"}) {
        const RunRequest request = sample("hello_gemm");
        try {
            (void)run_of(request, "tiny", {fmt::format("gpu.crossbar.drop_response={}", lost)});
            FAIL("the run did not stall");
        } catch (const Stalled& stalled) {
            CHECK(static_cast<int>(stalled.exit_code()) == 5);
            const std::string text = stalled.what();
            INFO(text);
            CHECK_THAT(text, Catch::Matchers::Contains("stalled"));
            CHECK_THAT(text, Catch::Matchers::Contains("gpu.tpc0.sm"));
            CHECK_THAT(text, Catch::Matchers::Contains("slot"));
            CHECK_THAT(text, Catch::Matchers::Contains("crossbar"));
            CHECK_THAT(text, Catch::Matchers::Contains("operator 'hello'"));
        }
    }
}
