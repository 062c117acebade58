// SPDX-License-Identifier: Apache-2.0
#include "tlm/adapters/memory_to_base_protocol.h"

#include "models/base/error.h"

namespace vr {

MemoryToBaseProtocol::MemoryToBaseProtocol(const sc_core::sc_module_name& name,
                                           Attribution& attribution, const SparseMemory& contents)
    : sc_core::sc_module(name),
      sender_(alarm_, [this](tlm::tlm_generic_payload& payload) { complete(payload); }),
      owner_(attribution.owner("memory behind a socket", "outside memory")),
      contents_(contents) {
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
    while (sender_.ready() && requests_.next() <= now) {
        send(std::move(requests_.pop().message));
    }
    if (sender_.ready()) {
        alarm_.arm(requests_.next());
    }
}

void MemoryToBaseProtocol::send(MemoryRequest&& request) {
    tlm::tlm_generic_payload& payload = sender_.acquire(request.bytes);
    payload.set_address(request.address);
    payload.set_command(request.write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    if (request.write) {
        contents_.peek(request.address, {payload.get_data_ptr(), request.bytes});
    }
    under_way_.emplace(&payload, std::move(request));
    sender_.send(payload);
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
    MemoryResponse response{request.tag, request.write, std::move(request.cause), {}};
    response.served.add(owner_, now);
    responses_out.send(now, std::move(response));
}

}  // namespace vr
