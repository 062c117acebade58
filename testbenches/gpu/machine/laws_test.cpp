// SPDX-License-Identifier: Apache-2.0
// Laws of a whole GPU, counted by hand: time has owners, bytes are conserved from unit to unit,
// nothing beats its peak.
#include <set>

#include "app/platform/machine.h"
#include "testbenches/gpu/machine/machine_rig.h"

using namespace vr;
using namespace vr::testing;

namespace {

std::string sample(const std::string& name) {
    return VRSIM_SOURCE_DIR "/traces/samples/" + name + ".jsonl";
}

RunRequest request_of_sample(const std::string& name) {
    RunRequest request;
    request.workload = read_workload(sample(name)).workload;
    return request;
}

const std::vector<std::string>& samples() {
    static const std::vector<std::string> all = {"hello_gemm", "bf16_gemm", "nvfp4_gemm", "copy",
                                                 "elementwise"};
    return all;
}

}  // namespace

TEST_CASE("every femtosecond has an owner with a name") {
    for (const std::string& name : samples()) {
        INFO(name);
        const RunResult result = run_of(request_of_sample(name));
        Time sum;
        for (const ChargeResult& charge : result.attribution) {
            sum += charge.amount;
            CHECK(charge.amount.value > 0);
            for (const char* nobody : {"", "other", "unknown", "idle"}) {
                CHECK(charge.owner != nobody);
                CHECK(charge.resource != nobody);
            }
        }
        CHECK(result.makespan.value > 0);
        CHECK(sum == result.makespan);
        CHECK(result.attribution.size() > 8);
    }
}

TEST_CASE("bytes are conserved from memory to the SMs") {
    for (const std::string& name : samples()) {
        for (const std::string& capacity : {std::string("16 MiB"), std::string("64 KiB")}) {
            INFO(name << " " << capacity);
            const RunRequest request = request_of_sample(name);
            const PlatformConfig config = platform_of("tiny", {"gpu.l2.capacity=" + capacity});
            Machine machine(config, request);
            machine.run();
            REQUIRE(machine.finished());
            const Gpu& gpu = *machine.gpus()[0];
            std::int64_t loaded = 0;
            std::int64_t stored = 0;
            for (const auto& tpc : gpu.tpcs()) {
                for (std::size_t sm = 0; sm < tpc->sms(); ++sm) {
                    loaded += tpc->work(sm).bytes_loaded;
                    stored += tpc->work(sm).bytes_stored;
                }
            }
            TensorTraffic sum;
            const std::vector<TensorTraffic> traffic = gpu.l2().traffic();
            std::set<std::uint32_t> written;
            for (const OperatorSpec& op : request.workload.operators) {
                for (const TensorIndex input : op.inputs) {
                    const TensorSpec& spec = request.workload.tensors[input.value];
                    if (written.count(input.value) == 0) {
                        CHECK(traffic[input.value].memory_read >=
                              element_bytes(spec) + scale_bytes(spec));
                    }
                }
                written.insert(op.output.value);
            }
            for (std::size_t i = 0; i < traffic.size(); ++i) {
                const TensorTraffic& t = traffic[i];
                INFO(request.workload.tensors[i].name);
                CHECK(t.requested == t.hits + t.misses);
                CHECK(t.memory_read >= t.misses);
                CHECK(t.written_back + t.dirty_at_end <= t.written);
                sum.requested += t.requested;
                sum.written += t.written;
                sum.memory_read += t.memory_read;
                sum.written_back += t.written_back;
            }
            CHECK(loaded > 0);
            CHECK(stored > 0);
            CHECK(loaded == sum.requested);
            CHECK(loaded == gpu.crossbar().bytes_returned());
            CHECK(stored == sum.written);
            CHECK(gpu.l2().bytes_served() == loaded + stored);
            CHECK(gpu.memory().bytes_moved() >= sum.memory_read);
            CHECK(gpu.l2().bypasses() == 0);
            if (capacity == "16 MiB") {  // nothing is evicted: every byte comes once
                CHECK(sum.written_back == 0);
                CHECK(gpu.memory().bytes_moved() == sum.memory_read);
            }
        }
    }
}

TEST_CASE("a long product prefetches operands that several groups share, each once") {
    // 2 x 2 tiles of 256 x 256 in pairs of SMs: each box is wanted by two groups.
    const RunRequest request = request_of(gemm_trace(512, 512, 4096, "fp8_e4m3", "bf16", false));
    Machine machine(platform_of("tiny", {"gpu.l2.capacity=64 MiB", "gpu.sms=8"}), request);
    machine.run();
    REQUIRE(machine.finished());
    const std::vector<TensorTraffic> traffic = machine.gpus()[0]->l2().traffic();
    const TileProgram& program = machine.gpus()[0]->programs()[0];
    const std::int64_t stages = program.pipelines[0].stages;
    REQUIRE(program.tiles() == program.groups);
    REQUIRE(stages < program.rounds());
    for (std::size_t i = 0; i < 2; ++i) {
        CHECK(traffic[i].memory_read == 512 * 4096);
        CHECK(traffic[i].requested == 2 * 512 * 4096);
        // All but the rounds that the pipeline takes at once, in fetch blocks of two rounds.
        CHECK(traffic[i].prefetched ==
              512 * 4096 / program.rounds() * (program.rounds() - stages / 2 * 2));
    }
    CHECK(traffic[2].prefetched == 0);
}

TEST_CASE("a tile's first rounds are prefetched during the tile before") {
    // Rounds fewer than stages: only later tiles have anything to prefetch.
    const RunRequest request = request_of(gemm_trace(2048, 1024, 384, "fp8_e4m3", "bf16", false));
    Machine machine(platform_of("tiny", {"gpu.l2.capacity=64 MiB", "gpu.sms=8"}), request);
    machine.run();
    REQUIRE(machine.finished());
    const TileProgram& program = machine.gpus()[0]->programs()[0];
    REQUIRE(program.rounds() < program.pipelines[0].stages);
    REQUIRE(program.tiles() > 2 * program.groups);
    const std::vector<TensorTraffic> traffic = machine.gpus()[0]->l2().traffic();
    CHECK(traffic[0].memory_read == 2048 * 384);
    CHECK(traffic[1].memory_read == 1024 * 384);
    CHECK(traffic[0].prefetched + traffic[1].prefetched > 0);
}

TEST_CASE("achieved stays below peak where the machine is busy") {
    RunRequest request = request_of(gemm_trace(512, 512, 4096, "fp8_e4m3", "bf16", false));
    const RunResult result = run_of(request, "tiny", {"gpu.l2.capacity=64 MiB"});
    const double seconds = static_cast<double>(result.makespan.value) * 1e-15;
    std::set<std::string> names;
    for (const ResourceResult& resource : result.resources) {
        INFO(resource.name);
        names.insert(resource.name);
        CHECK(resource.amount > 0);
        CHECK(static_cast<double>(resource.amount) <=
              static_cast<double>(resource.peak_per_second) * seconds);
    }
    CHECK(names ==
          std::set<std::string>{"tensor core FP8", "shared memory read", "L2 to SM", "L2", "HBM"});
    CHECK(result.operators[0].flops == 2LL * 512 * 512 * 4096);
    CHECK(result.operators[0].completed == result.operators[0].total);
}

TEST_CASE("runs repeat, and seeds change the data but not the time of dense products") {
    for (const std::string& name : samples()) {
        INFO(name);
        RunRequest request = request_of_sample(name);
        const RunResult first = run_of(request);
        CHECK(report_of(first) == report_of(run_of(request)));
        request.seed = 2;
        RunResult other = run_of(request);
        CHECK(other.makespan == first.makespan);
        for (std::size_t i = 0; i < other.tensors.size(); ++i) {
            CHECK(other.tensors[i].digest != first.tensors[i].digest);
            other.tensors[i].digest = first.tensors[i].digest;
        }
        other.numeric_corners = first.numeric_corners;
        CHECK(report_of(other) == report_of(first));
    }
}
