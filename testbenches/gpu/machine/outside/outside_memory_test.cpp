// SPDX-License-Identifier: Apache-2.0
// Question: is a GPU whose memory stands behind a TLM-2.0 socket the same GPU? Our own HBM4 behind
// the socket must give the times that it gives inside.
#include <algorithm>
#include <catch2/catch.hpp>

#include "models/gpu/gpu_module.h"
#include "models/hbm4/hbm4_module.h"
#include "testbenches/gpu/support/load_gpu.h"
#include "testbenches/support/fresh_simulation.h"
#include "testbenches/tlm/support/plain_memory.h"
#include "tlm/checkers/base_protocol_checker.h"
#include "traces/formats/workload/workload_reader.h"

using namespace vr;
using namespace vr::testing;

namespace {

Workload sample(const std::string& name) {
    return read_workload(VRSIM_SOURCE_DIR "/traces/samples/" + name + ".jsonl").workload;
}

Time end_of(Gpu& gpu) {
    REQUIRE(gpu.front_end().finished());
    Time end;
    for (const OperatorRun& run : gpu.front_end().runs()) {
        end = std::max(end, run.ended);
    }
    return end;
}

Time run_inside(const GpuConfig& config, const Workload& workload) {
    const FreshSimulation fresh;
    Attribution attribution;
    Gpu gpu(config, workload, {}, attribution);
    GpuRegionModule chip("gpu", gpu);
    sc_core::sc_start();
    return end_of(gpu);
}

Time run_on_own_memory(const GpuConfig& config, const Workload& workload,
                       sc_core::sc_time_unit resolution) {
    const FreshSimulation fresh(resolution);
    Attribution attribution;
    Gpu gpu(config, workload, {}, attribution);
    GpuRegionModule chip("gpu", gpu, &attribution);
    BaseProtocolChecker checker("checker");
    // As much room as inside, where nothing is held back.
    const MemoryDoorConfig door{.read_credits = 65'536, .write_credits = 65'536};
    Hbm4Module memory("memory", config.hbm4, door);
    chip.memory_out().bind(checker.in);
    checker.out.bind(memory.in);
    sc_core::sc_start();
    checker.finish();
    CHECK(memory.idle());
    CHECK(gpu.memory().bytes_moved() == 0);
    CHECK(memory.core().bytes_moved() > 0);
    // The charges still sum to the time.
    Time sum;
    const OperatorRun& last = gpu.front_end().runs().back();
    for (const Charge& charge : attribution.charges(last.cause)) {
        sum += charge.amount;
    }
    CHECK(sum == last.cause.time());
    return end_of(gpu);
}

}  // namespace

TEST_CASE("our HBM4 behind a socket gives the times that it gives inside") {
    const GpuConfig config = load_gpu("tiny");
    for (const char* name : {"hello_gemm", "copy", "elementwise"}) {
        INFO(name);
        const Workload workload = sample(name);
        CHECK(run_on_own_memory(config, workload, sc_core::SC_FS) == run_inside(config, workload));
    }
}

TEST_CASE("at 1 ps the times differ by rounding only") {
    const GpuConfig config = load_gpu("tiny");
    const Workload workload = sample("hello_gemm");
    const Time inside = run_inside(config, workload);
    const Time outside = run_on_own_memory(config, workload, sc_core::SC_PS);
    CHECK(std::max(outside, inside) - std::min(outside, inside) < nanoseconds(5));
}

TEST_CASE_METHOD(FreshSimulation, "write-backs carry the bytes of the tensors to the memory") {
    // An L2 so small that the output of the copy does not fit.
    const GpuConfig config = load_gpu("tiny", {"gpu.l2.capacity=64 KiB"});
    const Workload workload = sample("copy");
    Attribution attribution;
    Gpu gpu(config, workload, {}, attribution);
    GpuRegionModule chip("gpu", gpu, &attribution);
    foreign::PlainMemory memory("memory", 64 << 20);
    chip.memory_out().bind(memory.socket);
    sc_core::sc_start();
    (void)end_of(gpu);
    std::size_t equal = 0;
    std::size_t written = 0;
    for (std::size_t i = 0; i < memory.bytes.size(); ++i) {
        if (memory.bytes[i] != 0) {
            std::uint8_t own = 0;
            gpu.contents().read(i, {&own, 1});
            equal += own == memory.bytes[i] ? 1 : 0;
            ++written;
        }
    }
    CHECK(written > 10'000);
    CHECK(equal == written);
}

TEST_CASE_METHOD(FreshSimulation,
                 "a memory that answers with an error ends the run with its place") {
    const GpuConfig config = load_gpu("tiny");
    const Workload workload = sample("hello_gemm");
    Attribution attribution;
    Gpu gpu(config, workload, {}, attribution);
    GpuRegionModule chip("gpu", gpu, &attribution);
    foreign::PlainMemory memory("memory", 64);
    chip.memory_out().bind(memory.socket);
    CHECK_THROWS_WITH(sc_core::sc_start(),
                      Catch::Matchers::Contains("TLM_ADDRESS_ERROR_RESPONSE to a read of"));
}
