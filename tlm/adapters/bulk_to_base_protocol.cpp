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
      config_(config),
      answers_("answers", this, &BulkToBaseProtocol::answered) {
    ensure(std::has_single_bit(config.burst_bytes),
           "{}: bursts of {} bytes; allowed: a power of two", this->name(), config.burst_bytes);
    ensure(config.outstanding > 0, "{}: 0 bursts under way; allowed: at least 1", this->name());
    in.bind(static_cast<BulkForwardInterface&>(*this));
    out.bind(static_cast<tlm::tlm_bw_transport_if<>&>(*this));
    SC_HAS_PROCESS(BulkToBaseProtocol);
    SC_METHOD(issue);
    sensitive << alarm_.event();
    dont_initialize();
}

bool BulkToBaseProtocol::idle() const {
    return jobs_.empty() && waiting_ == nullptr && pool_.outstanding() == 0 &&
           credits_.in_use() == 0;
}

tlm::tlm_sync_enum BulkToBaseProtocol::nb_transport_fw(BulkTransaction& transaction,
                                                       tlm::tlm_phase& phase, sc_core::sc_time&) {
    if (phase == tlm::END_RESP) {
        end_response(transaction);
        return tlm::TLM_COMPLETED;
    }
    ensure(phase == tlm::BEGIN_REQ && waiting_ == nullptr, "{}: unexpected phase {}", name(),
           phase.get_name());
    transaction.acquire();
    if (accept(transaction)) {
        phase = tlm::END_REQ;
        return tlm::TLM_UPDATED;
    }
    waiting_ = &transaction;
    return tlm::TLM_ACCEPTED;
}

bool BulkToBaseProtocol::accept(BulkTransaction& transaction) {
    if (!credits_.reserve(transaction.descriptor)) {
        return false;
    }
    jobs_.push_back(std::make_unique<Job>(transaction, config_.burst_bytes));
    if (transaction.descriptor.direction == Direction::kReduce) {
        jobs_.back()->failure = BulkStatus::kCommandError;
    }
    alarm_.arm(alarm_.scale().now());
    return true;
}

void BulkToBaseProtocol::end_response(BulkTransaction& transaction) {
    const auto found = std::find_if(jobs_.begin(), jobs_.end(), [&transaction](const auto& job) {
        return job->transaction == &transaction;
    });
    ensure(found != jobs_.end(), "{}: END_RESP of an unknown transaction", name());
    jobs_.erase(found);
    credits_.give_back(transaction.descriptor);
    transaction.release();
    alarm_.arm(alarm_.scale().now());  // the waiting request, or a successor, may go
}

bool BulkToBaseProtocol::predecessors_done(const Job& job) const {
    const auto& ids = job.transaction->descriptor.predecessors;
    return std::none_of(jobs_.begin(), jobs_.end(), [&ids](const auto& other) {
        return !other->answered &&
               std::find(ids.begin(), ids.end(), other->transaction->descriptor.id) != ids.end();
    });
}

BulkToBaseProtocol::Job* BulkToBaseProtocol::next_job() {
    for (const auto& job : jobs_) {
        if (job->failure == BulkStatus::kIncomplete && !job->cursor.done()) {
            return predecessors_done(*job) ? job.get() : nullptr;  // in order of acceptance
        }
    }
    return nullptr;
}

void BulkToBaseProtocol::issue() {
    if (waiting_ != nullptr && accept(*waiting_)) {
        BulkTransaction& transaction = *waiting_;
        waiting_ = nullptr;
        tlm::tlm_phase phase = tlm::END_REQ;
        sc_core::sc_time delay;
        in->nb_transport_bw(transaction, phase, delay);
    }
    const auto refused = [](const auto& job) {
        return job->failure != BulkStatus::kIncomplete && job->under_way == 0 && !job->answered;
    };
    for (auto job = std::find_if(jobs_.begin(), jobs_.end(), refused); job != jobs_.end();
         job = std::find_if(jobs_.begin(), jobs_.end(), refused)) {
        settle(**job);  // it may be gone after that
    }
    while (request_ == nullptr && under_way_.size() < config_.outstanding) {
        Job* const job = next_job();
        if (job == nullptr) {
            return;
        }
        const Time now = alarm_.scale().now();
        job->start = std::min(job->start, now);
        const Time due =
            job->start + job->transaction->descriptor.pacing.after_start(job->cursor.access().item);
        if (due > now) {
            alarm_.arm(due);
            return;
        }
        send(*job);
    }
}

tlm::tlm_generic_payload& BulkToBaseProtocol::burst(const BulkTransaction& transaction,
                                                    const Access& access, std::uint64_t offset) {
    tlm::tlm_generic_payload& payload = pool_.acquire(static_cast<unsigned int>(access.bytes));
    fill_burst(payload, transaction, access, offset);
    return payload;
}

void BulkToBaseProtocol::send(Job& job) {
    const Access access = job.cursor.access();
    tlm::tlm_generic_payload& payload = burst(*job.transaction, access, job.sent_bytes);
    under_way_[&payload] = {&job, access.item, job.sent_bytes};
    most_under_way_ = std::max(most_under_way_, under_way_.size());
    job.left.try_emplace(access.item, job.transaction->descriptor.bytes);
    job.sent_bytes += access.bytes;
    ++job.under_way;
    ++bursts_;
    job.cursor.advance();
    request_ = &payload;
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

tlm::tlm_sync_enum BulkToBaseProtocol::nb_transport_bw(tlm::tlm_generic_payload& payload,
                                                       tlm::tlm_phase& phase,
                                                       sc_core::sc_time& delay) {
    answers_.notify(payload, phase, delay);
    return tlm::TLM_ACCEPTED;
}

void BulkToBaseProtocol::answered(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& phase) {
    if (request_ == &payload) {
        request_ = nullptr;  // a response says END_REQ too
    }
    if (phase == tlm::BEGIN_RESP || phase == tlm::END_RESP) {
        complete(payload, phase == tlm::BEGIN_RESP);
    }
    alarm_.arm(alarm_.scale().now());
}

void BulkToBaseProtocol::complete(tlm::tlm_generic_payload& payload, bool end_phase) {
    const auto found = under_way_.find(&payload);
    ensure(found != under_way_.end(), "{}: the answer to an unknown burst", name());
    const Burst one = found->second;
    under_way_.erase(found);
    Job& job = *one.job;
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
    if (end_phase) {
        tlm::tlm_phase phase = tlm::END_RESP;
        sc_core::sc_time delay;
        out->nb_transport_fw(payload, phase, delay);
    }
    payload.release();
    if (job.failure != BulkStatus::kIncomplete) {
        settle(job);
    } else if (item_complete) {
        job.left.erase(one.item);
        ++job.completed;
        CompletionTemplate part;
        part.append(alarm_.scale().now(), one.item);
        job.transaction->tell(std::move(part));
        call_back(job);
    }
}

void BulkToBaseProtocol::settle(Job& job) {
    // Tells of a failure once no burst of the transaction is under way any more.
    if (job.failure != BulkStatus::kIncomplete && job.under_way == 0 && !job.answered) {
        job.transaction->fail(job.failure);
        call_back(job);
    }
}

void BulkToBaseProtocol::call_back(Job& job) {
    // The initiator may end the transaction within this call: the job is not touched after it.
    BulkTransaction& transaction = *job.transaction;
    job.answered = transaction.segment.empty() || job.completed == transaction.descriptor.items();
    tlm::tlm_phase phase = tlm::BEGIN_RESP;
    if (job.responding) {
        phase = kBulkSegment;
    }
    job.responding = true;
    sc_core::sc_time delay;
    const auto result = in->nb_transport_bw(transaction, phase, delay);
    if (result == tlm::TLM_UPDATED) {
        end_response(transaction);
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
        ++bursts_;
        if (status != BulkStatus::kOk) {
            transaction.fail(status);
            return;
        }
        offset += access.bytes;
        cursor.advance();
        if (cursor.done() || cursor.access().item != access.item) {
            CompletionTemplate part;
            part.append(alarm_.scale().exact(sc_core::sc_time_stamp() + delay), access.item);
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
