// SPDX-License-Identifier: Apache-2.0
#include "tlm/memory_manager.h"

namespace vr {

struct PayloadPool::Slot final : tlm::tlm_generic_payload {
    explicit Slot(tlm::tlm_mm_interface* manager) : tlm::tlm_generic_payload(manager) {}
    std::vector<unsigned char> data;
};

PayloadPool::PayloadPool() = default;
PayloadPool::~PayloadPool() = default;

tlm::tlm_generic_payload& PayloadPool::acquire(unsigned int bytes) {
    if (free_.empty()) {
        slots_.push_back(std::make_unique<Slot>(this));
        free_.push_back(slots_.back().get());
    }
    Slot& payload = *free_.back();
    free_.pop_back();
    payload.data.assign(bytes, 0);
    payload.set_data_ptr(payload.data.data());
    payload.set_data_length(bytes);
    payload.set_streaming_width(bytes);
    payload.set_command(tlm::TLM_IGNORE_COMMAND);
    payload.set_address(0);
    payload.set_byte_enable_ptr(nullptr);
    payload.set_byte_enable_length(0);
    payload.set_dmi_allowed(false);
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
    payload.acquire();
    return payload;
}

void PayloadPool::free(tlm::tlm_generic_payload* payload) {
    payload->reset();  // frees the extensions that were set as automatic
    free_.push_back(static_cast<Slot*>(payload));
}

}  // namespace vr
