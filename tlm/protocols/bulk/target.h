// SPDX-License-Identifier: Apache-2.0
// What every target of the bulk protocol does in the same way: taking transactions against credits,
// their order, and the calls back. What a transaction does in between is the target's own business.
// Not modelled: serving two transactions in turns; the oldest open one goes first.
#pragma once

#include <algorithm>
#include <cstdint>
#include <list>
#include <map>
#include <systemc>
#include <utility>

#include "tlm/protocols/bulk/credits.h"
#include "tlm/protocols/bulk/types.h"
#include "tlm/time_scale.h"

namespace vr {

/// One accepted transaction. Targets derive their own from it.
struct BulkJob {
    BulkJob(BulkTransaction& its, std::uint64_t longest_access)
        : transaction(&its), cursor(its.descriptor, longest_access) {}
    /// All completions, or the failure, have been handed to the transaction.
    [[nodiscard]] bool all_told() const {
        return failure != BulkStatus::kIncomplete || completed == transaction->descriptor.items();
    }
    BulkTransaction* transaction;
    DescriptorCursor cursor;                       // over what was not yet sent on
    std::map<std::uint64_t, std::uint64_t> left;   // bytes of items that are under way
    std::uint64_t completed = 0;                   // items
    Time start = kNever;                           // when its first access could go
    BulkStatus failure = BulkStatus::kIncomplete;  // the first one
    bool responding = false;
    bool answered = false;  // all segments, or the failure, are told
};

/// The target side of a module. `Job` is a BulkJob with what the target needs besides, made of a
/// transaction and the longest access. The alarm rings whenever something may have changed; the
/// module's process then calls take_waiting() and sends accesses on.
template <class Job>
class BulkTarget : public BulkForwardInterface {
  public:
    BulkTargetSocket in{"in"};

  protected:
    explicit BulkTarget(std::uint64_t longest_access) : longest_access_(longest_access) {
        in.bind(static_cast<BulkForwardInterface&>(*this));
    }
    ~BulkTarget() override = default;

    /// Whether the target takes a transaction now, credits apart. While it does not, the initiator
    /// waits for END_REQ, and the target calls take_waiting() when that may have changed.
    virtual bool has_room(const BulkTransaction&) { return true; }
    /// Called for each accepted transaction; may set its failure.
    virtual void accepted(Job& job) = 0;

    [[nodiscard]] bool nothing_accepted() const {
        return jobs_.empty() && waiting_ == nullptr && credits_.in_use() == 0;
    }
    std::list<Job>& jobs() { return jobs_; }  ///< in order of acceptance
    Alarm& alarm() { return alarm_; }

    /// Adds a transaction that came in a blocking call, without credits.
    Job& add(BulkTransaction& transaction) {
        return jobs_.emplace_back(transaction, longest_access_);
    }
    /// Takes the request that waits, if it gets credits and room now; whether it did.
    bool take_waiting() {
        if (waiting_ == nullptr || !accept(*waiting_)) {
            return false;
        }
        BulkTransaction& transaction = *std::exchange(waiting_, nullptr);
        tlm::tlm_phase phase = tlm::END_REQ;
        sc_core::sc_time delay;
        in->nb_transport_bw(transaction, phase, delay);
        return true;
    }
    /// The transaction whose next access goes at `now`; null where none may. Where its time is yet
    /// to come, arms the alarm for it.
    Job* next_job(Time now) {
        const auto open = [](const Job& job) {
            return job.failure == BulkStatus::kIncomplete && !job.cursor.done();
        };
        const auto job = std::find_if(jobs_.begin(), jobs_.end(), open);
        if (job == jobs_.end() || !predecessors_done(*job)) {
            return nullptr;
        }
        job->start = std::min(job->start, now);
        const Descriptor& descriptor = job->transaction->descriptor;
        const Time due = job->start + descriptor.pacing.after_start(job->cursor.access().item);
        if (due > now) {
            alarm_.arm(due);
            return nullptr;
        }
        return &*job;
    }
    /// Calls the initiator with what the transaction was told. It may end the transaction within
    /// this call: the job is not to be touched after it.
    void call_back(Job& job) {
        BulkTransaction& transaction = *job.transaction;
        job.answered = job.all_told();
        tlm::tlm_phase phase = tlm::BEGIN_RESP;
        if (job.responding) {
            phase = kBulkSegment;
        }
        job.responding = true;
        sc_core::sc_time delay;
        if (in->nb_transport_bw(transaction, phase, delay) == tlm::TLM_UPDATED) {
            end_response(transaction);
        }
    }

  private:
    tlm::tlm_sync_enum nb_transport_fw(BulkTransaction& transaction, tlm::tlm_phase& phase,
                                       sc_core::sc_time&) final {
        if (phase == tlm::END_RESP) {
            end_response(transaction);
            return tlm::TLM_COMPLETED;
        }
        ensure(phase == tlm::BEGIN_REQ && waiting_ == nullptr, "{}: unexpected phase {}", in.name(),
               phase.get_name());
        transaction.acquire();
        if (accept(transaction)) {
            phase = tlm::END_REQ;
            return tlm::TLM_UPDATED;
        }
        waiting_ = &transaction;
        return tlm::TLM_ACCEPTED;
    }
    bool get_direct_mem_ptr(BulkTransaction&, tlm::tlm_dmi&) override { return false; }

    bool accept(BulkTransaction& transaction) {
        if (!has_room(transaction) || !credits_.reserve(transaction.descriptor)) {
            return false;
        }
        accepted(add(transaction));
        alarm_.arm(alarm_.scale().now());
        return true;
    }
    void end_response(BulkTransaction& transaction) {
        const auto found = std::find_if(jobs_.begin(), jobs_.end(), [&transaction](const Job& job) {
            return job.transaction == &transaction;
        });
        ensure(found != jobs_.end() && found->answered, "{}: END_RESP of an open transaction",
               in.name());
        jobs_.erase(found);
        credits_.give_back(transaction.descriptor);
        transaction.release();
        alarm_.arm(alarm_.scale().now());  // the waiting request, or a successor, may go
    }
    [[nodiscard]] bool predecessors_done(const Job& job) const {
        const auto& ids = job.transaction->descriptor.predecessors;
        return std::none_of(jobs_.begin(), jobs_.end(), [&ids](const Job& other) {
            return !other.answered &&
                   std::find(ids.begin(), ids.end(), other.transaction->descriptor.id) != ids.end();
        });
    }

    std::uint64_t longest_access_;
    BulkCredits credits_;
    std::list<Job> jobs_;
    BulkTransaction* waiting_ = nullptr;  // BEGIN_REQ without credits or room
    Alarm alarm_{"alarm"};
};

}  // namespace vr
