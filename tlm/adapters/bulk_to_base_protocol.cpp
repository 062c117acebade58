// SPDX-License-Identifier: Apache-2.0
#include "tlm/adapters/bulk_to_base_protocol.h"

#include <algorithm>
#include <bit>
#include <limits>

#include "tlm/adapters/burst.h"

namespace vr {

BulkToBaseProtocol::BulkToBaseProtocol(const sc_core::sc_module_name& name,
                                       BulkToBaseProtocolConfig config)
    : sc_core::sc_module(name),
      BulkTarget(config.burst_bytes),
      sender_(alarm(), [this](tlm::tlm_generic_payload& payload) { complete(payload); }),
      config_(config) {
    ensure(std::has_single_bit(config.burst_bytes),
           "{}: bursts of {} bytes; allowed: a power of two", this->name(), config.burst_bytes);
    ensure(config.outstanding > 0, "{}: 0 bursts under way; allowed: at least 1", this->name());
    SC_HAS_PROCESS(BulkToBaseProtocol);
    SC_METHOD(issue);
    sensitive << alarm().event();
    dont_initialize();
}

void BulkToBaseProtocol::accepted(BurstJob& job) {
    if (job.transaction->descriptor.direction == Direction::kReduce) {
        job.failure = BulkStatus::kCommandError;
    }
}

void BulkToBaseProtocol::issue() {
    take_waiting();
    const auto refused = [](const BurstJob& job) {
        return job.failure != BulkStatus::kIncomplete && job.under_way == 0 && !job.answered;
    };
    for (auto job = std::find_if(jobs().begin(), jobs().end(), refused); job != jobs().end();
         job = std::find_if(jobs().begin(), jobs().end(), refused)) {
        settle(*job);  // it may be gone after that
    }
    while (sender_.ready() && under_way_.size() < config_.outstanding) {
        BurstJob* const job = next_job(alarm().scale().now());
        if (job == nullptr) {
            return;
        }
        send(*job);
    }
}

tlm::tlm_generic_payload& BulkToBaseProtocol::burst(const BulkTransaction& transaction,
                                                    const Access& access, std::uint64_t offset) {
    tlm::tlm_generic_payload& payload = sender_.acquire(static_cast<unsigned int>(access.bytes));
    fill_burst(payload, transaction, access, offset);
    return payload;
}

void BulkToBaseProtocol::send(BurstJob& job) {
    const Access access = job.cursor.access();
    tlm::tlm_generic_payload& payload = burst(*job.transaction, access, job.sent_bytes);
    under_way_[&payload] = {&job, access.item, job.sent_bytes};
    most_under_way_ = std::max(most_under_way_, under_way_.size());
    job.left.try_emplace(access.item, job.transaction->descriptor.bytes);
    job.sent_bytes += access.bytes;
    ++job.under_way;
    job.cursor.advance();
    sender_.send(payload);
}

void BulkToBaseProtocol::complete(tlm::tlm_generic_payload& payload) {
    const auto found = under_way_.find(&payload);
    ensure(found != under_way_.end(), "{}: the answer to an unknown burst", name());
    const Burst one = found->second;
    under_way_.erase(found);
    BurstJob& job = *one.job;
    --job.under_way;
    bool item_complete = false;
    if (payload.is_response_ok()) {
        take_burst(payload, *job.transaction, one.offset);
        std::uint64_t& left = job.left[one.item];
        left -= payload.get_data_length();
        item_complete = left == 0;
    } else if (job.failure == BulkStatus::kIncomplete) {
        job.failure = bulk_status(payload.get_response_status());
    }
    payload.release();
    if (job.failure != BulkStatus::kIncomplete) {
        settle(job);
    } else if (item_complete) {
        job.left.erase(one.item);
        ++job.completed;
        CompletionTemplate part;
        part.append(alarm().scale().now(), one.item);
        job.transaction->tell(std::move(part));
        call_back(job);
    }
}

// Tells of a failure once no burst of the transaction is under way any more.
void BulkToBaseProtocol::settle(BurstJob& job) {
    if (job.failure != BulkStatus::kIncomplete && job.under_way == 0 && !job.answered) {
        job.transaction->fail(job.failure);
        call_back(job);
    }
}

void BulkToBaseProtocol::b_transport(BulkTransaction& transaction, sc_core::sc_time& delay) {
    if (transaction.descriptor.direction == Direction::kReduce) {
        transaction.fail(BulkStatus::kCommandError);
        return;
    }
    std::uint64_t offset = 0;
    DescriptorCursor cursor(transaction.descriptor, config_.burst_bytes);
    while (!cursor.done()) {
        const Access access = cursor.access();
        tlm::tlm_generic_payload& payload = burst(transaction, access, offset);
        out->b_transport(payload, delay);
        take_burst(payload, transaction, offset);
        const BulkStatus status = bulk_status(payload.get_response_status());
        payload.release();
        ++blocking_bursts_;
        if (status != BulkStatus::kOk) {
            transaction.fail(status);
            return;
        }
        offset += access.bytes;
        cursor.advance();
        if (cursor.done() || cursor.access().item != access.item) {
            CompletionTemplate part;
            part.append(alarm().scale().exact(sc_core::sc_time_stamp() + delay), access.item);
            transaction.tell(std::move(part));
        }
    }
}

unsigned int BulkToBaseProtocol::transport_dbg(BulkTransaction& transaction) {
    if (transaction.data == nullptr || transaction.descriptor.direction == Direction::kReduce) {
        return 0;
    }
    std::uint64_t moved = 0;
    for (DescriptorCursor cursor(transaction.descriptor, config_.burst_bytes); !cursor.done();
         cursor.advance()) {
        const Access access = cursor.access();
        tlm::tlm_generic_payload& payload = burst(transaction, access, moved);
        const unsigned int count = out->transport_dbg(payload);
        take_burst(payload, transaction, moved);
        payload.release();
        moved += count;
        if (count != access.bytes || moved > std::numeric_limits<unsigned int>::max()) {
            break;
        }
    }
    return static_cast<unsigned int>(
        std::min<std::uint64_t>(moved, std::numeric_limits<unsigned int>::max()));
}

}  // namespace vr
