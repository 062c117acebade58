// SPDX-License-Identifier: Apache-2.0
// vrsim's memory in a SystemC platform of 1 ps: bursts in four phases over a TLM-2.0 socket.
#include <tlm_utils/simple_initiator_socket.h>

#include <map>

#include "accesses.h"
#include "models/hbm4/hbm4_module.h"

struct MySimulator : sc_core::sc_module {
    tlm_utils::simple_initiator_socket<MySimulator> out{"out"};
    const std::vector<Access> list = accesses();
    Log log{list.size()};
    vr::Clock clock;  // the memory's
    vr::TimeScale scale;
    vr::PayloadPool pool;
    sc_core::sc_event accepted;
    std::map<tlm::tlm_generic_payload*, std::size_t> index;
    MySimulator(const sc_core::sc_module_name& name, vr::Frequency frequency)
        : sc_module(name), clock(frequency) {
        out.register_nb_transport_bw(this, &MySimulator::nb_transport_bw);
        SC_HAS_PROCESS(MySimulator);
        SC_THREAD(program);
    }
    std::int64_t tick() const { return clock.first_edge(scale.now(clock)); }
    void program() {
        for (std::size_t i = 0; i < list.size(); ++i) {
            wait(scale.until(clock.edge(list[i].tick)));  // edges round up to the next ps
            tlm::tlm_generic_payload& burst = pool.acquire(list[i].bytes);
            burst.set_address(list[i].address);
            burst.set_command(list[i].write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
            index[&burst] = i;
            tlm::tlm_phase phase = tlm::BEGIN_REQ;
            sc_core::sc_time delay;
            out->nb_transport_fw(burst, phase, delay);
            wait(accepted);
            log.accepted(list[i], tick());
        }
    }
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& burst, tlm::tlm_phase& phase,
                                       sc_core::sc_time&) {
        if (phase == tlm::END_REQ) {
            accepted.notify(sc_core::SC_ZERO_TIME);
            return tlm::TLM_ACCEPTED;
        }
        log.complete(index.at(&burst), tick());
        burst.release();
        return tlm::TLM_COMPLETED;
    }
};

int sc_main(int, char**) {
    sc_core::sc_set_time_resolution(1, sc_core::SC_PS);
    const auto platform = vr::load_memory_system({PLATFORM, "", {}, {}});
    MySimulator simulator("simulator", platform.memory.clock);
    vr::Hbm4Module memory("memory", platform.memory, platform.door);
    simulator.out.bind(memory.in);
    sc_core::sc_start();
    return simulator.log.print();
}
