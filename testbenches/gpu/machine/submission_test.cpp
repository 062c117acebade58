// SPDX-License-Identifier: Apache-2.0
// Question: do launches that the host submits one by one begin when it has submitted them, to the
// clock, and launches of a graph when nothing holds them?
#include <fmt/format.h>

#include "app/platform/machine.h"
#include "testbenches/gpu/machine/machine_rig.h"
#include "traces/formats/workload/workload_writer.h"

using namespace vr;
using namespace vr::testing;
using Catch::Matchers::Contains;

namespace {

std::string copies(const char* header, bool chained) {
    std::string text = fmt::format("{{\"vrsim_trace\": 1, \"name\": \"copies\"{}}}\n", header);
    for (int i = 0; i < 4; ++i) {
        for (const char* side : {"from", "to"}) {
            text += fmt::format(
                "{{\"tensor\": \"{}{}\", \"shape\": [32, 64], \"type\": \"bf16\"}}\n", side, i);
        }
    }
    for (int i = 0; i < 4; ++i) {
        text += fmt::format(
            "{{\"op\": \"copy\", \"id\": \"c{0}\", \"source\": \"from{0}\", "
            "\"destination\": \"to{0}\"{1}}}\n",
            i, chained && i > 0 ? fmt::format(", \"depends\": [\"c{}\"]", i - 1) : "");
    }
    return text;
}

constexpr const char* kStream = ", \"submission\": \"stream\"";

}  // namespace

TEST_CASE("launches in a stream begin as the host submits them") {
    const Sets sets = {"gpu.command_front_end.submission_interval=3 us",
                       "gpu.command_front_end.stream_latency=1900 ns"};
    MachineRig rig(copies(kStream, false), "tiny", sets);
    rig.run();
    const CommandFrontEndConfig& front = rig.config.gpu.command_front_end;
    const auto& runs = rig.gpu().front_end().runs();
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const Time submitted = front.submission_interval * static_cast<std::int64_t>(i);
        CHECK(runs[i].launched == Clock(front.clock).align(submitted + front.stream_latency));
        Time sum;
        for (const Charge& charge : rig.machine->attribution().charges(runs[i].cause)) {
            sum += charge.amount;
        }
        CHECK(sum == runs[i].ended);
    }
}

TEST_CASE("a launch in a stream that waits for another begins when that has ended") {
    // The host is far ahead.
    const Sets sets = {"gpu.command_front_end.submission_interval=0 ns",
                       "gpu.command_front_end.stream_latency=1900 ns"};
    MachineRig rig(copies(kStream, true), "tiny", sets);
    rig.run();
    const CommandFrontEndConfig& front = rig.config.gpu.command_front_end;
    const auto& runs = rig.gpu().front_end().runs();
    for (std::size_t i = 1; i < runs.size(); ++i) {
        CHECK(runs[i].ready == runs[i - 1].ended);
        CHECK(runs[i].launched ==
              Clock(front.clock).align(runs[i - 1].ended + front.stream_latency));
    }
}

TEST_CASE("a graph is there at once") {
    const Sets sets = {"gpu.command_front_end.submission_interval=3 us",
                       "gpu.command_front_end.stream_latency=1900 ns"};
    for (const char* header : {"", ", \"submission\": \"graph\""}) {
        MachineRig rig(copies(header, false), "tiny", sets);
        rig.run();
        const CommandFrontEndConfig& front = rig.config.gpu.command_front_end;
        for (const OperatorRun& run : rig.gpu().front_end().runs()) {
            CHECK(run.launched == Clock(front.clock).align(front.launch_latency));
        }
    }
}

TEST_CASE("how a workload is submitted survives writing and reading, and other words are refused") {
    const Workload read = request_of(copies(kStream, false)).workload;
    CHECK(read.submission == Submission::kStream);
    CHECK(request_of(write_workload(read, {})).workload.submission == Submission::kStream);
    CHECK_THROWS_WITH(request_of(copies(", \"submission\": \"queue\"", false)),
                      Contains("graph") && Contains("stream"));
}
