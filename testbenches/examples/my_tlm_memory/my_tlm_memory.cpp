// SPDX-License-Identifier: Apache-2.0
// A foreign TLM-2.0 memory in HBM4's place: a whole GPU runs a trace on it, at 1 ps.
// Not modelled: what is read; a GPU keeps the contents of its tensors itself.
#include <tlm_utils/simple_target_socket.h>

#include <catch2/catch.hpp>

#include "models/base/configuration.h"
#include "models/gpu/gpu_module.h"
#include "tlm/fresh_simulation.h"
#include "traces/formats/workload/workload_reader.h"

namespace {

// It knows TLM-2.0 and nothing of vrsim: a fixed time per access, one at a time.
struct MyMemory : sc_core::sc_module {
    tlm_utils::simple_target_socket<MyMemory> in{"in"};
    sc_core::sc_time access_time;
    std::uint64_t bytes_read = 0;

    MyMemory(const sc_core::sc_module_name& name, sc_core::sc_time time)
        : sc_module(name), access_time(time) {
        in.register_b_transport(this, &MyMemory::b_transport);
    }
    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
        bytes_read += payload.is_read() ? payload.get_data_length() : 0;
        delay += access_time;
        payload.set_response_status(tlm::TLM_OK_RESPONSE);
    }
};

struct Run {
    vr::Time took;
    std::uint64_t bytes_read;
};

Run run_on_my_memory(int nanoseconds) {
    const vr::FreshSimulation context(sc_core::SC_PS);
    const auto trace = vr::read_workload(VRSIM_SAMPLES "/hello_gemm.jsonl");
    const auto config = vr::load_part<vr::GpuConfig>("tiny", "gpu", {VRSIM_PRESETS});
    vr::Attribution attribution;
    vr::Gpu gpu(config, trace.workload, {}, attribution);
    vr::GpuRegionModule chip("gpu", gpu, &attribution);
    MyMemory memory("memory", sc_core::sc_time(nanoseconds, sc_core::SC_NS));
    chip.memory_out().bind(memory.in);
    sc_core::sc_start();
    REQUIRE(gpu.front_end().finished());
    return {gpu.front_end().runs().back().ended, memory.bytes_read};
}

}  // namespace

TEST_CASE("a GPU runs hello_gemm on my memory, and feels how slow it is") {
    const Run fast = run_on_my_memory(50);
    CHECK(fast.bytes_read >= 2 * 128 * 512);  // both matrices
    CHECK(run_on_my_memory(550).took >= fast.took + vr::nanoseconds(500));
}
