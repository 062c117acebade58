// SPDX-License-Identifier: Apache-2.0
// A bulk target for tests that knows its completions ahead, as a region does: item k of a
// descriptor completes latency + k * period after acceptance, told in segments cut at a horizon.
// Not modelled: conflicts between descriptors.
#pragma once

#include <cstring>
#include <list>
#include <systemc>
#include <vector>

#include "tlm/protocols/bulk/credits.h"
#include "tlm/protocols/bulk/types.h"
#include "tlm/time_scale.h"

namespace vr {

class BulkMemory : public sc_core::sc_module, private BulkForwardInterface {
  public:
    BulkTargetSocket in{"in"};
    std::vector<unsigned char> bytes;

    BulkMemory(const sc_core::sc_module_name& name, std::size_t size, Time latency, Time period,
               Time horizon)
        : sc_core::sc_module(name),
          bytes(size),
          latency_(latency),
          period_(period),
          horizon_(horizon) {
        in.bind(static_cast<BulkForwardInterface&>(*this));
        SC_HAS_PROCESS(BulkMemory);
        SC_METHOD(step);
        sensitive << alarm_.event();
        dont_initialize();
    }

  private:
    struct Job {
        BulkTransaction* transaction;
        CompletionTemplate rest;
        bool responding;
    };
    BulkStatus access(BulkTransaction& transaction) {
        unsigned char* place = transaction.data;
        for (DescriptorCursor cursor(transaction.descriptor); !cursor.done(); cursor.advance()) {
            const Access one = cursor.access();
            if (one.address > bytes.size() || one.bytes > bytes.size() - one.address) {
                return BulkStatus::kAddressError;
            }
            unsigned char* const here = bytes.data() + one.address;
            if (place == nullptr) {
                continue;
            }
            switch (transaction.descriptor.direction) {
                case Direction::kRead:
                    std::memcpy(place, here, one.bytes);
                    break;
                case Direction::kWrite:
                    std::memcpy(here, place, one.bytes);
                    break;
                case Direction::kReduce:
                    for (std::uint64_t i = 0; i < one.bytes; ++i) {
                        here[i] = static_cast<unsigned char>(here[i] + place[i]);
                    }
                    break;
            }
            place += one.bytes;
        }
        return BulkStatus::kOk;
    }
    CompletionTemplate completions(const Descriptor& descriptor, Time from) const {
        CompletionTemplate all;
        all.append_periods(from + latency_, period_, descriptor.items(), 1, {{Time{}, 0}});
        return all;
    }
    tlm::tlm_sync_enum nb_transport_fw(BulkTransaction& transaction, tlm::tlm_phase& phase,
                                       sc_core::sc_time&) override {
        if (phase == tlm::END_RESP) {
            credits_.give_back(transaction.descriptor);
            transaction.release();
            alarm_.arm(alarm_.scale().now());
            return tlm::TLM_COMPLETED;
        }
        transaction.acquire();
        if (!accept(transaction)) {
            waiting_ = &transaction;
            return tlm::TLM_ACCEPTED;
        }
        phase = tlm::END_REQ;
        return tlm::TLM_UPDATED;
    }
    bool accept(BulkTransaction& transaction) {
        if (!credits_.reserve(transaction.descriptor)) {
            return false;
        }
        const Time now = alarm_.scale().now();
        jobs_.push_back({&transaction, completions(transaction.descriptor, now), false});
        alarm_.arm(now + latency_);
        return true;
    }
    void step() {
        const Time now = alarm_.scale().now();
        if (waiting_ != nullptr && accept(*waiting_)) {
            BulkTransaction& transaction = *waiting_;
            waiting_ = nullptr;
            call(transaction, tlm::END_REQ);
        }
        for (auto job = jobs_.begin(); job != jobs_.end();) {
            if (job->rest.first() > now) {
                alarm_.arm(job->rest.first());
                ++job;
                continue;
            }
            BulkTransaction& transaction = *job->transaction;
            BulkStatus status = BulkStatus::kOk;
            if (!job->responding) {
                status = access(transaction);
            }
            CompletionTemplate part = job->rest.take_before(job->rest.first() + horizon_);
            const bool last = job->rest.empty() || status != BulkStatus::kOk;
            const tlm::tlm_phase phase =
                job->responding ? tlm::tlm_phase(kBulkSegment) : tlm::tlm_phase(tlm::BEGIN_RESP);
            job->responding = true;
            if (status == BulkStatus::kOk) {
                transaction.tell(std::move(part));
            } else {
                transaction.fail(status);
            }
            job = last ? jobs_.erase(job) : job;
            call(transaction, phase);
        }
    }
    void call(BulkTransaction& transaction, tlm::tlm_phase phase) {
        sc_core::sc_time delay;
        in->nb_transport_bw(transaction, phase, delay);
    }
    void b_transport(BulkTransaction& transaction, sc_core::sc_time& delay) override {
        const BulkStatus status = access(transaction);
        if (status != BulkStatus::kOk) {
            transaction.fail(status);
            return;
        }
        const Time now = alarm_.scale().exact(sc_core::sc_time_stamp() + delay);
        transaction.tell(completions(transaction.descriptor, now));
        delay += alarm_.scale().up(transaction.response.last() - now);
    }
    unsigned int transport_dbg(BulkTransaction& transaction) override {
        return access(transaction) == BulkStatus::kOk
                   ? static_cast<unsigned int>(transaction.descriptor.total_bytes())
                   : 0;
    }
    bool get_direct_mem_ptr(BulkTransaction&, tlm::tlm_dmi&) override { return false; }

    Time latency_;
    Time period_;
    Time horizon_;
    BulkCredits credits_;
    std::list<Job> jobs_;
    BulkTransaction* waiting_ = nullptr;
    Alarm alarm_{"alarm"};
};

}  // namespace vr
