// SPDX-License-Identifier: Apache-2.0
// Copies between host and GPU across C2C: data bit for bit, latency to the femtosecond, payload
// rate, who is blamed, and the same bytes in every composition.
#include <set>

#include "app/platform/machine.h"
#include "testbenches/gpu/machine/machine_rig.h"

using namespace vr;
using namespace vr::testing;

namespace {

struct Tensor {
    const char* name;
    std::string more;  // after the type
};

std::string copy_trace(std::int64_t rows, std::int64_t columns, const std::string& type,
                       const std::vector<Tensor>& tensors,
                       const std::vector<std::pair<const char*, const char*>>& copies) {
    std::string text = "{\"vrsim_trace\": 1, \"name\": \"host\"}\n";
    for (const Tensor& t : tensors) {
        text += fmt::format("{{\"tensor\": \"{}\", \"shape\": [{}, {}], \"type\": \"{}\"{}}}\n",
                            t.name, rows, columns, type, t.more);
    }
    for (const auto& [from, to] : copies) {
        text += fmt::format(
            "{{\"op\": \"copy\", \"id\": \"{} to {}\", \"source\": \"{}\", \"destination\": "
            "\"{}\"}}\n",
            from, to, from, to);
    }
    return text;
}

const std::string kHost = ", \"place\": \"host\"";
const std::string kSeeded = ", \"data\": \"seeded\"";

// host -> GPU -> host
std::string round_trip(std::int64_t rows, std::int64_t columns, const std::string& type,
                       bool data = true) {
    return copy_trace(rows, columns, type,
                      {{"source", kHost + (data ? kSeeded : "")}, {"middle", ""}, {"back", kHost}},
                      {{"source", "middle"}, {"middle", "back"}});
}

std::string one_way(std::int64_t bytes, bool to_gpu) {
    const std::int64_t columns = std::min<std::int64_t>(bytes / 2, 16384);
    return copy_trace(bytes / 2 / columns, columns, "bf16",
                      {{"source", to_gpu ? kHost : ""}, {"copy", to_gpu ? "" : kHost}},
                      {{"source", "copy"}});
}

const ResourceResult& resource(const RunResult& result, const std::string& name) {
    for (const ResourceResult& r : result.resources) {
        if (r.name == name) {
            return r;
        }
    }
    FAIL("no resource " << name);
    return result.resources.front();
}

Time owned(const RunResult& result, const std::string& owner) {
    for (const ChargeResult& charge : result.attribution) {
        if (charge.owner == owner) {
            return charge.amount;
        }
    }
    return {};
}

RunRequest sample() {
    RunRequest request;
    request.workload = read_workload(VRSIM_SOURCE_DIR "/traces/samples/host_copy.jsonl").workload;
    return request;
}

}  // namespace

TEST_CASE("contents cross C2C bit for bit, whatever the type and shape") {
    struct Case {
        std::int64_t rows, columns;
        const char* type;
    };
    for (const Case& c : {Case{33, 50, "bf16"}, Case{1, 16, "fp8_e4m3"}, Case{7, 4001, "fp32"},
                          Case{300, 320, "nvfp4"}, Case{64, 8192, "fp8_e4m3"}}) {
        INFO(c.rows << " x " << c.columns << " " << c.type);
        MachineRig rig(round_trip(c.rows, c.columns, c.type));
        const auto at_host = [&](std::uint32_t i) {
            return read_contents(rig.machine->host_of(GpuIndex{}).contents(), rig.tensor(i),
                                 rig.machine->host_place(TensorIndex{i}, GpuIndex{}));
        };
        const TensorBytes source = at_host(0);
        CHECK(std::set<std::uint8_t>(source.elements.begin(), source.elements.end()).size() > 8);
        CHECK(rig.bytes(1).elements != source.elements);
        rig.run();
        for (const TensorBytes& copy : {rig.bytes(1), at_host(2)}) {
            CHECK(copy.elements == source.elements);
            CHECK(copy.scales == source.scales);
        }
        CHECK(at_host(0).elements == source.elements);
        CHECK(rig.machine->credits_are_back());
        const std::int64_t bytes = rig.gpu().copy_engine()->descriptor(OperatorIndex{0}).bytes;
        CHECK(rig.gpu().copy_engine()->bytes_copied(true) == bytes);
        CHECK(rig.gpu().copy_engine()->bytes_copied(false) == bytes);
        CHECK(rig.gpu().c2c()->payload_sent() == bytes);
        CHECK(rig.machine->hosts()[0]->end(0).payload_sent() == bytes);
        CHECK(rig.machine->hosts()[0]->memory().bytes_moved() == 2 * bytes);
    }
}

TEST_CASE("a product of operands from the host is the product, and comes back to the host") {
    TensorBytes activations;
    TensorBytes weights;
    TensorBytes back;
    {
        const RunRequest request = sample();
        const PlatformConfig config = platform_of("tiny");
        Machine machine(config, request);
        machine.run();
        REQUIRE(machine.finished());
        const auto bytes_of = [&](std::uint32_t i) {
            return read_contents(machine.gpus()[0]->contents(), request.workload.tensors[i],
                                 machine.gpus()[0]->places()[i]);
        };
        weights = bytes_of(1);
        activations = bytes_of(2);
        back = read_contents(machine.host_of(GpuIndex{}).contents(), request.workload.tensors[4],
                             machine.host_place(TensorIndex{4}, GpuIndex{}));
    }
    // One machine lives at a time: this one only knows the shapes for the reference.
    MachineRig plain(gemm_trace(128, 256, 512, "fp8_e4m3", "bf16"));
    const std::vector<std::uint32_t> expected = plain.reference_of(activations, weights);
    REQUIRE(back.elements.size() == 2 * expected.size());
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const std::uint32_t got =
            back.elements[2 * i] | (std::uint32_t{back.elements[2 * i + 1]} << 8);
        wrong += got != expected[i] ? 1 : 0;
    }
    CHECK(wrong == 0);
}

TEST_CASE("a copy of one line takes the sum of its parts, exactly") {
    MachineRig rig(one_way(128, true));
    rig.run();
    const GpuConfig& gpu = rig.config.gpu;
    const C2cConfig& c2c = rig.config.host->c2c;
    const VeraConfig& vera = rig.config.host->vera;
    const Clock front(gpu.command_front_end.clock);
    const Clock switching(gpu.crossbar.clock);
    const Clock cache(gpu.l2.clock);
    const Time to_end = Clock(gpu.copy_engine.clock).span(gpu.copy_engine.link_latency);
    const Time hop = vera.fabric.port_latency + vera.fabric.memory_latency;
    const C2cDirection up(c2c, false);
    const C2cDirection down(c2c, true);
    const Time service{128 * 1'000'000'000LL / 1'228'800 + 1};  // fs at 1,228,800 MB/s
    const Time expected =
        front.align(gpu.command_front_end.launch_latency) + front.span(Cycles{1}) + to_end +
        up.wire_time(48) + c2c.latency + hop + service + vera.lpddr5x.latency + hop +
        down.wire_time(128 + 48) + c2c.latency + to_end +
        switching.span(gpu.crossbar.request_latency) + switching.span(gpu.crossbar.slice_latency) +
        cache.span(gpu.l2.lookup_latency) + switching.span(gpu.crossbar.return_latency) +
        switching.span(gpu.crossbar.delivery_latency) + front.span(Cycles{1});
    CHECK(rig.gpu().front_end().runs()[0].ended == expected);
}

TEST_CASE("1 GiB crosses C2C at its payload rate, and C2C is named") {
    for (const bool to_gpu : {true, false}) {
        INFO((to_gpu ? "to the GPU" : "to the host"));
        const RunResult result =
            run_of(request_of(one_way(std::int64_t{1} << 30, to_gpu)), "rubin");
        const ResourceResult& link = resource(result, to_gpu ? "C2C to GPU" : "C2C to host");
        CHECK(link.amount == std::int64_t{1} << 30);
        CHECK(link.peak_per_second == 378'947'368'422);  // 450 GB/s x 256 / 304, rounded up
        const double ideal =
            static_cast<double>(link.amount) / static_cast<double>(link.peak_per_second) * 1e15;
        CHECK(ideal / static_cast<double>(result.makespan.value) >= 0.98);
        CHECK(ideal / static_cast<double>(result.makespan.value) <= 1.0);
        CHECK(result.bound_by.resource == "C2C");
        CHECK(result.operators[0].bound_by == "C2C");
        CHECK(owned(result, "C2C link").value > 0);
        CHECK(resource(result, "host memory").amount == std::int64_t{1} << 30);
    }
}

TEST_CASE("twice the link is nearly twice the copy where C2C is blamed") {
    for (const bool to_gpu : {true, false}) {
        const RunRequest request = request_of(one_way(64 << 20, to_gpu));
        const RunResult once = run_of(request, "rubin");
        const RunResult twice = run_of(
            request, "rubin", {"c2c.rate_per_direction=900 GB/s", "c2c.receive_buffers=2048"});
        CHECK(once.bound_by.resource == "C2C");
        CHECK(twice.makespan.value * 10 < once.makespan.value * 6);
    }
}

TEST_CASE("few credits bound the rate by buffers over the round trip, and are named") {
    const RunRequest request = request_of(one_way(4 << 20, true));
    const RunResult result = run_of(request, "rubin", {"c2c.receive_buffers=32"});
    CHECK(owned(result, "C2C credits") > owned(result, "C2C link"));
    const RunResult more = run_of(request, "rubin", {"c2c.receive_buffers=64"});
    CHECK(more.makespan.value * 10 < result.makespan.value * 6);
}

TEST_CASE("a slow host memory is named, and a slow HBM holds the link back") {
    const RunResult host =
        run_of(request_of(one_way(4 << 20, true)), "rubin", {"vera.lpddr5x.bandwidth=20 GB/s"});
    CHECK(host.bound_by.resource == "host memory");
    // tiny: 256 KiB of L2 before 86 GB/s of HBM; run_of() checks that nothing beats its peak
    const RunResult hbm = run_of(request_of(one_way(4 << 20, true)), "tiny");
    CHECK(hbm.bound_by.resource == "HBM");
}

TEST_CASE("sockets, folding and recording change nothing for a run with a host") {
    for (const Sets& sets :
         {Sets{}, Sets{"gpu.command_front_end.host=c2c"}, Sets{"c2c.receive_buffers=16"},
          Sets{"gpu.copy_engine.window=4 KiB"}, Sets{"gpu.copy_engine.chunk=128 B"}}) {
        INFO((sets.empty() ? "as the preset" : sets.front()));
        RunRequest request = sample();
        const std::string region = report_of(run_of(request, "tiny", sets));
        request.compose = Compose::kModules;
        CHECK(report_of(run_of(request, "tiny", sets)) == region);
        request.compose = Compose::kRegion;
        request.fold = false;
        CHECK(report_of(run_of(request, "tiny", sets)) == region);
        request.fold = true;
        EventRecord events;
        request.events = &events;
        CHECK(report_of(run_of(request, "tiny", sets)) == region);
        std::set<std::string> tracks;
        for (const Event& event : events.sorted()) {
            tracks.insert(events.tracks()[event.track].path);
        }
        for (const char* track : {"gpu.copy_engine.to_gpu", "gpu.copy_engine.to_host",
                                  "gpu.c2c.out", "host.c2c.out", "host.lpddr5x"}) {
            INFO(track);
            CHECK(tracks.count(track) == 1);
        }
    }
}

TEST_CASE("a run with a host that is cut is cut at the same moment in every composition") {
    RunRequest request = sample();
    request.progress = [](Time, std::int64_t) {};
    const RunResult whole = run_of(request);
    for (const std::int64_t part : {20, 8, 2}) {
        request.max_sim_time = Time{whole.makespan.value / part};
        request.compose = Compose::kRegion;
        const RunResult region = run_of(request);
        request.compose = Compose::kModules;
        CHECK(report_of(run_of(request)) == report_of(region));
        CHECK_FALSE(region.complete);
    }
}

TEST_CASE("two GPUs of one superchip share its host, and both copy at once") {
    std::string text = "{\"vrsim_trace\": 1, \"name\": \"two\"}\n";
    text +=
        "{\"tensor\": \"h\", \"shape\": [64, 2048], \"type\": \"bf16\", \"place\": \"host\", "
        "\"data\": \"seeded\"}\n";
    for (const int gpu : {0, 1}) {
        text += fmt::format(
            "{{\"tensor\": \"g{0}\", \"shape\": [64, 2048], \"type\": \"bf16\", \"gpu\": {0}}}\n"
            "{{\"op\": \"copy\", \"id\": \"c{0}\", \"source\": \"h\", \"destination\": \"g{0}\", "
            "\"gpu\": {0}}}\n",
            gpu);
    }
    RunRequest request = request_of(text);
    const RunResult region = run_of(request, "tiny", {"system.gpus=2"});
    request.compose = Compose::kModules;
    CHECK(report_of(run_of(request, "tiny", {"system.gpus=2"})) == report_of(region));
    CHECK(region.tensors[0].digest == region.tensors[1].digest);
    CHECK(region.tensors[0].digest == region.tensors[2].digest);
    CHECK(region.operators[0].begin == region.operators[1].begin);
    CHECK(region.tensors[0].c2c_read_bytes == 2 * 64 * 2048 * 2);
    // With a host each, the other GPU's host is out of reach.
    CHECK_THROWS_WITH(run_of(request, "tiny", {"system.gpus=2", "vera.gpus=1"}),
                      Catch::Matchers::Contains("operator 'c1' runs on GPU 1, but tensor 'h' lies "
                                                "in the memory of the host of GPU 0"));
}

TEST_CASE("a doorbell across C2C delays what the host launches by its way, exactly") {
    RunRequest request;
    request.workload = read_workload(VRSIM_SOURCE_DIR "/traces/samples/hello_gemm.jsonl").workload;
    const RunResult plain = run_of(request);
    CHECK(owned(plain, "C2C flight") == Time{});
    const RunResult rung = run_of(request, "tiny", {"gpu.command_front_end.host=c2c"});
    const PlatformConfig config = platform_of("tiny");
    const C2cDirection down(config.host->c2c, true);
    const Clock front(config.gpu.command_front_end.clock);
    const Time way = config.host->vera.fabric.port_latency + down.wire_time(48) +
                     config.host->c2c.latency + front.span(Cycles{1});
    CHECK(rung.operators[0].begin == way);
    const Time launch = config.gpu.command_front_end.launch_latency;
    MachineRig rig(gemm_trace(128, 128, 512, "fp8_e4m3", "bf16"), "tiny",
                   {"gpu.command_front_end.host=c2c"});
    rig.run();
    CHECK(rig.gpu().front_end().runs()[0].ready == way);
    CHECK(rig.gpu().front_end().runs()[0].launched == front.align(way + launch));
    CHECK(owned(rung, "C2C link") == down.wire_time(48));
    CHECK(owned(rung, "doorbell to front end") == front.span(Cycles{1}));
    CHECK(owned(rung, "C2C flight") ==
          config.host->vera.fabric.port_latency + config.host->c2c.latency);
}

TEST_CASE("recorded operators stand beside copies from the host") {
    const std::string text =
        one_way(4096, true) +
        "{\"op\": \"replay\", \"id\": \"recorded\", \"duration\": \"3 us\", \"depends\": "
        "[\"source to copy\"]}\n";
    RunRequest request = request_of(text);
    const RunResult plain = run_of(request_of(one_way(4096, true)));
    for (const char* host : {"none", "c2c"}) {
        INFO(host);
        const Sets sets = {std::string("gpu.command_front_end.host=") + host};
        request.compose = Compose::kRegion;
        const RunResult result = run_of(request, "tiny", sets);
        CHECK(owned(result, "replayed operator") == nanoseconds(3000));
        CHECK(result.operators[1].end - result.operators[1].begin == nanoseconds(3000));
        CHECK(result.operators[0].end >= plain.operators[0].end);
        CHECK(result.tensors[0].c2c_read_bytes == 4096);
        request.compose = Compose::kModules;
        CHECK(report_of(run_of(request, "tiny", sets)) == report_of(result));
    }
}

TEST_CASE("a lost credit stalls the run with who waits for whom, or breaks the law") {
    const RunRequest request = request_of(one_way(64 << 10, true));
    try {
        (void)run_of(request, "tiny", {"c2c.drop_credit=2", "c2c.receive_buffers=16"});
        FAIL("the run did not stall");
    } catch (const Stalled& stalled) {
        const std::string text = stalled.what();
        INFO(text);
        for (const char* part :
             {"stalled", "host.c2c read data of 4096 B", "waits for 16 C2C credits, has 0",
              "the receive buffers of the other end", "gpu.copy_engine copy 'source to copy'",
              "the host across C2C", "operator 'source to copy'", "the copy engine"}) {
            CHECK_THAT(text, Catch::Matchers::Contains(part));
        }
    }
    try {
        (void)run_of(request, "tiny", {"c2c.drop_credit=2"});
        FAIL("the law held");
    } catch (const LawBroken& broken) {
        CHECK_THAT(broken.what(), Catch::Matchers::Contains("credits of C2C return"));
    }
}

TEST_CASE("a platform without a host side refuses tensors at the host") {
    const RunRequest request = request_of(round_trip(16, 16, "bf16"));
    CHECK_THROWS_WITH(run_of(request, "b200"),
                      Catch::Matchers::Contains("tensor 'source' lies in host memory, and this "
                                                "platform has no host side"));
    CHECK_THROWS_WITH(platform_of("b200", {"gpu.command_front_end.host=c2c"}),
                      Catch::Matchers::Contains("no host rings on this platform"));
    CHECK_THROWS_WITH(platform_of("tiny", {"c2c.receive_buffers=8"}),
                      Catch::Matchers::Contains("do not hold one chunk of the copy engine"));
    CHECK_THROWS_WITH(
        run_of(request_of(round_trip(1024, 1024, "bf16")), "tiny", {"vera.lpddr5x.capacity=1 MiB"}),
        Catch::Matchers::Contains("tensor 'source' ends at byte 2097152 of the host of GPU 0"));
}
