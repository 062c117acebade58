// SPDX-License-Identifier: Apache-2.0
#include "tlm/adapters/memory_to_base_protocol.h"

#include "models/base/error.h"

namespace vr {

MemoryToBaseProtocol::MemoryToBaseProtocol(const sc_core::sc_module_name& name,
                                           Attribution& attribution, const SparseMemory& contents)
    : sc_core::sc_module(name),
      attribution_(attribution),
      owner_(attribution.owner("memory behind a socket", "outside memory")),
      contents_(contents),
      answers_("answers", this, &MemoryToBaseProtocol::answered) {
    out.bind(static_cast<tlm::tlm_bw_transport_if<>&>(*this));
    SC_HAS_PROCESS(MemoryToBaseProtocol);
    SC_METHOD(issue);
    sensitive << alarm_.event();
    dont_initialize();
}

void MemoryToBaseProtocol::deliver(Stamped<MemoryRequest>&& stamped) {
    const Time arrival = stamped.arrival;
    requests_.deliver(std::move(stamped));
    alarm_.arm(arrival);
}

void MemoryToBaseProtocol::issue() {
    const Time now = alarm_.scale().now();
    while (request_ == nullptr && requests_.next() <= now) {
        send(std::move(requests_.pop().message));
    }
    if (request_ == nullptr) {
        alarm_.arm(requests_.next());
    }
}

void MemoryToBaseProtocol::send(MemoryRequest&& request) {
    tlm::tlm_generic_payload& payload = pool_.acquire(request.bytes);
    payload.set_address(request.address);
    payload.set_command(request.write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    if (request.write) {
        contents_.read(request.address, {payload.get_data_ptr(), request.bytes});
    }
    under_way_.emplace(&payload, std::move(request));
    request_ = &payload;
    ++bursts_;
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay;
    const auto result = out->nb_transport_fw(payload, phase, delay);
    if (result == tlm::TLM_COMPLETED) {
        phase = tlm::END_RESP;  // no further phase: the answer comes after the annotated delay
    }
    if (result != tlm::TLM_ACCEPTED) {
        answers_.notify(payload, phase, delay);
    }
}

tlm::tlm_sync_enum MemoryToBaseProtocol::nb_transport_bw(tlm::tlm_generic_payload& payload,
                                                         tlm::tlm_phase& phase,
                                                         sc_core::sc_time& delay) {
    answers_.notify(payload, phase, delay);
    return tlm::TLM_ACCEPTED;
}

void MemoryToBaseProtocol::answered(tlm::tlm_generic_payload& payload,
                                    const tlm::tlm_phase& phase) {
    if (request_ == &payload) {
        request_ = nullptr;  // a response says END_REQ too
    }
    if (phase == tlm::BEGIN_RESP) {
        tlm::tlm_phase end = tlm::END_RESP;
        sc_core::sc_time delay;
        out->nb_transport_fw(payload, end, delay);
    }
    if (phase == tlm::BEGIN_RESP || phase == tlm::END_RESP) {
        complete(payload);
    }
    alarm_.arm(alarm_.scale().now());
}

void MemoryToBaseProtocol::complete(tlm::tlm_generic_payload& payload) {
    const auto found = under_way_.find(&payload);
    ensure(found != under_way_.end(), "{}: the answer to an unknown burst", name());
    MemoryRequest request = std::move(found->second);
    under_way_.erase(found);
    if (!payload.is_response_ok()) {
        throw Error(ExitCode::kCheckFailed,
                    fmt::format("{}: the memory answered {} to a {} of {} B at {:#x}", name(),
                                payload.get_response_string(), request.write ? "write" : "read",
                                request.bytes, request.address));
    }
    payload.release();
    bytes_ += request.bytes;
    const Time now = alarm_.scale().now();
    attribution_.append(request.cause, owner_, now);
    responses_out.send(now, {request.tag, request.write, std::move(request.cause)});
}

}  // namespace vr
