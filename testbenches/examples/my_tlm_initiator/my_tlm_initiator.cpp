// SPDX-License-Identifier: Apache-2.0
// A foreign sc_module in front of vrsim's HBM4: it knows TLM-2.0 and nothing of vrsim.
// Not modelled: anything between the two; sockets are bound directly.
#include <tlm_utils/simple_initiator_socket.h>

#include <catch2/catch.hpp>

#include "models/base/configuration.h"
#include "models/hbm4/hbm4_module.h"
#include "tlm/fresh_simulation.h"

namespace {

struct MyProcessor : sc_core::sc_module {
    tlm_utils::simple_initiator_socket<MyProcessor> out{"out"};
    std::vector<sc_core::sc_time> took;
    unsigned mistakes = 0;

    explicit MyProcessor(const sc_core::sc_module_name& name) : sc_module(name) {
        SC_HAS_PROCESS(MyProcessor);
        SC_THREAD(program);
    }
    void access(tlm::tlm_command command, std::uint64_t address, unsigned char (&line)[64]) {
        tlm::tlm_generic_payload payload;
        payload.set_command(command);
        payload.set_address(address);
        payload.set_data_ptr(line);
        payload.set_data_length(64);
        payload.set_streaming_width(64);
        sc_core::sc_time delay;
        const sc_core::sc_time start = sc_core::sc_time_stamp();
        out->b_transport(payload, delay);
        wait(delay);
        took.push_back(sc_core::sc_time_stamp() - start);
        mistakes += payload.is_response_ok() ? 0 : 1;
    }
    void program() {
        for (unsigned char i = 0; i < 8; ++i) {
            unsigned char written[64] = {i, static_cast<unsigned char>(i + 1)};
            unsigned char seen[64] = {};
            access(tlm::TLM_WRITE_COMMAND, 4096U * i, written);
            access(tlm::TLM_READ_COMMAND, 4096U * i, seen);
            mistakes += std::equal(written, written + 64, seen) ? 0 : 1;
        }
    }
};

}  // namespace

TEST_CASE("my processor reads back what it wrote, on a platform of 1 ps") {
    const vr::FreshSimulation context(sc_core::SC_PS);
    MyProcessor processor("processor");
    vr::Hbm4Module memory("hbm4",
                          vr::load_part<vr::Hbm4Config>("rubin", "gpu.hbm4", {VRSIM_PRESETS}));
    processor.out.bind(memory.in);
    sc_core::sc_start();
    CHECK(processor.mistakes == 0);
    REQUIRE(processor.took.size() == 16);
    CHECK(processor.took[1] > sc_core::sc_time(10, sc_core::SC_NS));
}
