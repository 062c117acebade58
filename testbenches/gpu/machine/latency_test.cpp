// SPDX-License-Identifier: Apache-2.0
// One line on an idle Rubin GPU: the way to L2 and back, and to HBM and back, clock by clock from
// the parameters.
#include <algorithm>

#include "app/platform/machine.h"
#include "testbenches/gpu/machine/machine_rig.h"

using namespace vr;
using namespace vr::testing;

namespace {

// Loads of SM 0, as recorded: from the TMA instruction until the bytes are in shared memory.
std::vector<Event> loads_of(const EventRecord& record) {
    std::vector<Event> loads;
    for (const Event& event : record.sorted()) {
        if (record.tracks()[event.track].path == "gpu.tpc0.sm0.tma.load") {
            loads.push_back(event);
        }
    }
    return loads;
}

Time bytes_at(Frequency clock, BytesPerCycle width, std::int64_t bytes) {
    return Clock(Frequency{clock.value * width.value}).edge(bytes);
}

}  // namespace

TEST_CASE("an unloaded load takes the L2 hit path, or the way to memory, exactly") {
    // Two copies of one line: the first comes from HBM, the second from L2.
    RunRequest request = request_of(
        "{\"vrsim_trace\": 1, \"name\": \"line\"}\n"
        "{\"tensor\": \"s\", \"shape\": [1, 64], \"type\": \"bf16\"}\n"
        "{\"tensor\": \"t\", \"shape\": [1, 64], \"type\": \"bf16\"}\n"
        "{\"tensor\": \"u\", \"shape\": [1, 64], \"type\": \"bf16\"}\n"
        "{\"op\": \"copy\", \"id\": \"one\", \"source\": \"s\", \"destination\": \"t\"}\n"
        "{\"op\": \"copy\", \"id\": \"two\", \"source\": \"s\", \"destination\": \"u\", "
        "\"depends\": [\"one\"]}\n");
    EventRecord record;
    request.events = &record;
    const PlatformConfig config = platform_of("rubin");
    Machine machine(config, request);
    machine.run();
    REQUIRE(machine.finished());
    const std::vector<Event> loads = loads_of(record);
    REQUIRE(loads.size() == 2);
    const GpuConfig& gpu = config.gpu;
    const Clock sm(gpu.sm.clock);
    const Clock crossbar(gpu.crossbar.clock);
    const Clock l2(gpu.l2.clock);
    const CrossbarConfig& x = gpu.crossbar;
    REQUIRE(machine.gpus()[0]->l2().slice_of(machine.gpus()[0]->places()[0].base) ==
            0);  // SM 0's die

    const auto sent = [&](const Event& load) {
        return sm.after(load.begin, gpu.sm.tma.issue_latency);
    };
    const Time out = crossbar.span(x.request_latency) + crossbar.span(x.slice_latency);
    const Time back = crossbar.span(x.return_latency) + bytes_at(x.clock, x.return_width, 128) +
                      crossbar.span(x.delivery_latency) +
                      bytes_at(gpu.sm.clock, gpu.sm.shared_memory.write_width, 128);

    // L2 hit: 30 + 20 + 200 + 30 + 20 clocks, besides the width of the ports.
    CHECK(loads[1].end == sent(loads[1]) + out + l2.span(gpu.l2.hit_latency) + back);
    const std::int64_t clocks = x.request_latency.value + x.slice_latency.value +
                                gpu.l2.hit_latency.value + x.return_latency.value +
                                x.delivery_latency.value;
    CHECK(clocks == 300);

    // HBM: to the controller; activate, read the block of 256 B by 32 B a burst, and the way back.
    const Clock ck(gpu.hbm4.clock);
    const Hbm4Config& h = gpu.hbm4;
    const Time asked =
        sent(loads[0]) + out + l2.span(gpu.l2.lookup_latency) + l2.span(gpu.l2.memory_link_latency);
    const std::int64_t activate = ck.first_edge(h.t_rcd_read);  // rounded up to clocks
    const std::int64_t bursts = gpu.l2.fetch_block.value / h.access_bytes.value;
    const std::int64_t served = h.front_latency.value + activate + h.read_latency.value +
                                (bursts - 1) * h.t_ccd_l.value + h.burst.value +
                                h.back_latency.value;
    const Time answered = ck.edge(ck.first_edge(asked) + served);
    CHECK(loads[0].end ==
          answered + l2.span(gpu.l2.memory_link_latency) + l2.span(gpu.l2.fill_latency) + back);
    const Time whole = loads[0].end - sent(loads[0]);
    INFO("HBM load: " << whole.value / 1000000 << " ns");
    CHECK(whole > nanoseconds(400));
    CHECK(whole < nanoseconds(440));
}
