// SPDX-License-Identifier: Apache-2.0
// Both ends of a connection under the hand of a test: an initiator and a target that do exactly
// what the test says, rules or not. For tests that provoke a checker.
#pragma once

#include <functional>
#include <systemc>
#include <tlm>

namespace vr {

template <class Types>
class ScriptedInitiator : public sc_core::sc_module, private tlm::tlm_bw_transport_if<Types> {
  public:
    using Payload = typename Types::tlm_payload_type;
    using Phase = typename Types::tlm_phase_type;
    using Answer = std::function<tlm::tlm_sync_enum(Payload&, Phase&, sc_core::sc_time&)>;

    tlm::tlm_initiator_socket<32, Types> socket{"socket"};
    Answer answer = [](Payload&, Phase&, sc_core::sc_time&) { return tlm::TLM_ACCEPTED; };

    explicit ScriptedInitiator(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        socket.bind(static_cast<tlm::tlm_bw_transport_if<Types>&>(*this));
        SC_HAS_PROCESS(ScriptedInitiator);
        SC_METHOD(idle);  // sc_start() warns when a simulation has no process at all
    }
    tlm::tlm_sync_enum send(Payload& payload, Phase phase, sc_core::sc_time delay = {}) {
        return socket->nb_transport_fw(payload, phase, delay);
    }

  private:
    void idle() {}
    tlm::tlm_sync_enum nb_transport_bw(Payload& payload, Phase& phase,
                                       sc_core::sc_time& delay) override {
        return answer(payload, phase, delay);
    }
    void invalidate_direct_mem_ptr(sc_dt::uint64, sc_dt::uint64) override {}
};

template <class Types>
class ScriptedTarget : public sc_core::sc_module, private tlm::tlm_fw_transport_if<Types> {
  public:
    using Payload = typename Types::tlm_payload_type;
    using Phase = typename Types::tlm_phase_type;
    using Answer = std::function<tlm::tlm_sync_enum(Payload&, Phase&, sc_core::sc_time&)>;

    tlm::tlm_target_socket<32, Types> socket{"socket"};
    Answer answer = [](Payload&, Phase&, sc_core::sc_time&) { return tlm::TLM_ACCEPTED; };
    std::function<void(Payload&, sc_core::sc_time&)> block = [](Payload&, sc_core::sc_time&) {};
    std::function<unsigned int(Payload&)> debug = [](Payload&) { return 0U; };

    explicit ScriptedTarget(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        socket.bind(static_cast<tlm::tlm_fw_transport_if<Types>&>(*this));
    }
    tlm::tlm_sync_enum send(Payload& payload, Phase phase, sc_core::sc_time delay = {}) {
        return socket->nb_transport_bw(payload, phase, delay);
    }

  private:
    tlm::tlm_sync_enum nb_transport_fw(Payload& payload, Phase& phase,
                                       sc_core::sc_time& delay) override {
        return answer(payload, phase, delay);
    }
    void b_transport(Payload& payload, sc_core::sc_time& delay) override { block(payload, delay); }
    unsigned int transport_dbg(Payload& payload) override { return debug(payload); }
    bool get_direct_mem_ptr(Payload&, tlm::tlm_dmi&) override { return false; }
};

/// Initiator, checker and target in a row, elaborated: time 0.
template <class Checker>
struct ScriptedBench {
    using Types = typename Checker::ProtocolTypes;
    ScriptedInitiator<Types> initiator{"initiator"};
    Checker checker;
    ScriptedTarget<Types> target{"target"};

    template <class... Args>
    explicit ScriptedBench(Args&&... args) : checker("checker", static_cast<Args&&>(args)...) {
        initiator.socket.bind(checker.in);
        checker.out.bind(target.socket);
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
    }
};

}  // namespace vr
