// SPDX-License-Identifier: Apache-2.0
#include "tlm/adapters/burst.h"

#include <cstring>

namespace vr {

void fill_burst(tlm::tlm_generic_payload& payload, const BulkTransaction& transaction,
                const Access& access, std::uint64_t offset) {
    payload.set_address(access.address);
    if (transaction.descriptor.direction == Direction::kRead) {
        payload.set_command(tlm::TLM_READ_COMMAND);
    } else if (transaction.data == nullptr) {
        payload.set_command(tlm::TLM_IGNORE_COMMAND);
    } else {
        payload.set_command(tlm::TLM_WRITE_COMMAND);
        std::memcpy(payload.get_data_ptr(), transaction.data + offset, payload.get_data_length());
    }
}

void take_burst(const tlm::tlm_generic_payload& payload, BulkTransaction& transaction,
                std::uint64_t offset) {
    if (transaction.data != nullptr && payload.is_read()) {
        std::memcpy(transaction.data + offset, payload.get_data_ptr(), payload.get_data_length());
    }
}

BulkStatus bulk_status(tlm::tlm_response_status status) {
    switch (status) {
        case tlm::TLM_OK_RESPONSE:
            return BulkStatus::kOk;
        case tlm::TLM_INCOMPLETE_RESPONSE:
            return BulkStatus::kIncomplete;
        case tlm::TLM_ADDRESS_ERROR_RESPONSE:
            return BulkStatus::kAddressError;
        case tlm::TLM_COMMAND_ERROR_RESPONSE:
            return BulkStatus::kCommandError;
        default:
            return BulkStatus::kGenericError;
    }
}

tlm::tlm_response_status base_status(BulkStatus status) {
    switch (status) {
        case BulkStatus::kOk:
            return tlm::TLM_OK_RESPONSE;
        case BulkStatus::kIncomplete:
            return tlm::TLM_INCOMPLETE_RESPONSE;
        case BulkStatus::kAddressError:
            return tlm::TLM_ADDRESS_ERROR_RESPONSE;
        case BulkStatus::kCommandError:
            return tlm::TLM_COMMAND_ERROR_RESPONSE;
        case BulkStatus::kGenericError:
            return tlm::TLM_GENERIC_ERROR_RESPONSE;
    }
    return tlm::TLM_GENERIC_ERROR_RESPONSE;
}

}  // namespace vr
