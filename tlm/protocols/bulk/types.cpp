// SPDX-License-Identifier: Apache-2.0
#include "tlm/protocols/bulk/types.h"

#include <utility>

namespace vr {

void BulkTransaction::tell(CompletionTemplate part) {
    // Completions one by one are gathered into runs of even spacing; templates are kept as they
    // are.
    if (part.count() == 1) {
        part.for_each([this](const Completion& one) { response.append(one.at, one.item); });
    } else {
        response.append(part);
    }
    segment = std::move(part);
    status = BulkStatus::kOk;
}

void BulkTransaction::fail(BulkStatus why) {
    segment = {};
    status = why;
}

void BulkTransaction::clear() {
    descriptor = {};
    data = nullptr;
    data_bytes = 0;
    status = BulkStatus::kIncomplete;
    segment = {};
    response = {};
}

bool same_work(const Descriptor& a, const Descriptor& b) {
    return a.id == b.id && a.base == b.base && a.bytes == b.bytes && a.dimensions == b.dimensions &&
           a.indexed == b.indexed && a.index == b.index && a.direction == b.direction &&
           a.pacing == b.pacing && a.credit_group == b.credit_group &&
           a.credit_bytes == b.credit_bytes && a.predecessors == b.predecessors && a.data == b.data;
}

std::string_view bulk_status_name(BulkStatus status) {
    switch (status) {
        case BulkStatus::kIncomplete:
            return "incomplete";
        case BulkStatus::kOk:
            return "ok";
        case BulkStatus::kAddressError:
            return "address error";
        case BulkStatus::kCommandError:
            return "command error";
        case BulkStatus::kGenericError:
            return "generic error";
    }
    return "?";
}

TransactionLabel transaction_label(const BulkTransaction& transaction) {
    const Descriptor& descriptor = transaction.descriptor;
    const std::string_view name = descriptor.direction == Direction::kRead    ? "read"
                                  : descriptor.direction == Direction::kWrite ? "write"
                                                                              : "reduce";
    return {name, static_cast<std::int64_t>(descriptor.total_bytes())};
}

}  // namespace vr
