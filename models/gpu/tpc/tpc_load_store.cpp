// SPDX-License-Identifier: Apache-2.0
// The load-store units of an SM pair: plain loads and stores of threads, through L1.
#include <algorithm>
#include <bit>

#include "models/gpu/tpc/tpc.h"

namespace vr {

std::uint32_t Tpc::allocate_access() {
    if (free_accesses_.empty()) {
        accesses_.emplace_back();
        return static_cast<std::uint32_t>(accesses_.size() - 1);
    }
    const std::uint32_t number = free_accesses_.back();
    free_accesses_.pop_back();
    return number;
}

void Tpc::access_bundle(std::uint8_t sm_number, std::uint32_t number, Time now) {
    Sm& sm = sms_[sm_number];
    Transfer& transfer = transfers_[number];
    LineBundle bundle;
    transfer.walk.next(bundle);
    sm.load_store_free = now + access_line_clock_.edge(bundle.count);
    engine_of(transfer).free_at = sm.load_store_free;
    if (transfer.store) {
        send_access(sm_number, number, bundle, now);
        return;
    }
    if (!sm.l1) {
        sm.l1.emplace(config_.load_store.cache.value, config_.load_store.ways);
    }
    const std::uint32_t line_bytes =
        kSectorBytes * static_cast<std::uint32_t>(std::popcount(bundle.sectors));
    LineBundle missing = bundle;
    missing.count = 0;
    for (std::uint32_t i = 0; i < bundle.count; ++i) {
        const std::uint64_t address =
            bundle.address +
            static_cast<std::uint64_t>(static_cast<std::int64_t>(i) * bundle.stride);
        const L1::Look look = sm.l1->read(address, bundle.sectors);
        if (look == L1::Look::kMiss) {
            missing.address = missing.count == 0 ? address : missing.address;
            ++missing.count;
            continue;
        }
        if (missing.count > 0) {  // misses before it go together
            send_access(sm_number, number, missing, now + access_line_clock_.edge(i));
            missing.count = 0;
        }
        if (look == L1::Look::kPending) {
            transfer.outstanding += line_bytes;
            sm.line_waiters.push_back({address, number, bundle.sectors});
            continue;
        }
        sm.work.l1_hits += line_bytes;
        const Time at =
            clock_.after(now + access_line_clock_.edge(i), config_.load_store.hit_latency);
        if (at >= transfer.landed) {
            transfer.landed = at;
            transfer.landed_cause =
                attribution_.extend(CauseTrail(transfer.cause), owners_.load_store, now);
            attribution_.append(transfer.landed_cause, owners_.l1, at);
        }
    }
    if (missing.count > 0) {
        send_access(sm_number, number, missing, sm.load_store_free);
    }
}

// `at`: when the last of the lines is known to miss.
void Tpc::send_access(std::uint8_t sm_number, std::uint32_t number, const LineBundle& lines,
                      Time at) {
    Sm& sm = sms_[sm_number];
    Transfer& transfer = transfers_[number];
    Engine& engine = engine_of(transfer);
    LineBundle bundle = lines;
    bundle.write = transfer.store;
    bundle.sm = static_cast<std::uint16_t>(first_sm_ + sm_number);
    bundle.tensor = transfer.tensor;
    bundle.evict_first = transfer.evict_first;
    bundle.operator_index = groups_[transfer.group].program->operator_index;
    bundle.line_spacing = access_line_clock_.edge(1);
    bundle.pacer = owners_.load_store;
    const bool waited = engine.unblocked && engine.unblocked.time() > transfer.cause.time();
    bundle.cause = attribution_.extend(CauseTrail(waited ? engine.unblocked : transfer.cause),
                                       owners_.load_store, at);
    Time leaves = at;
    if (transfer.store) {
        bundle.tag = number;
        sm.work.bytes_stored += bundle.bytes();
    } else {
        const std::uint32_t access = allocate_access();
        accesses_[access] = {number, lines.count, lines.address, lines.stride, lines.sectors};
        bundle.tag = kAccessTag | access;
        leaves = clock_.after(at, config_.load_store.miss_latency);
        attribution_.append(bundle.cause, owners_.l1, leaves);
    }
    engine.in_flight += bundle.bytes();
    transfer.outstanding += bundle.bytes();
    leaves = translated(bundle, leaves);
    requests_out.send(leaves, std::move(bundle));
}

void Tpc::take_access(std::uint32_t access, std::uint8_t sm_number, std::uint32_t bytes,
                      const CauseTrail& cause, Time now) {
    Sm& sm = sms_[sm_number];
    const Access taken = accesses_[access];
    free_accesses_.push_back(access);
    // Shared memory and L1 are one array: its write port takes the fills of both.
    const Time start = std::max(sm.shared_write_free, now);
    sm.shared_write_free = start + shared_write_clock_.edge(bytes);
    sm.work.bytes_loaded += bytes;
    for (std::uint32_t i = 0; i < taken.count; ++i) {
        sm.l1->fill(
            taken.address + static_cast<std::uint64_t>(static_cast<std::int64_t>(i) * taken.stride),
            taken.sectors);
    }
    land(taken.transfer, bytes, sm.shared_write_free, cause);
    if (sm.line_waiters.empty()) {
        return;
    }
    std::vector<LineWaiter> still;
    std::vector<LineWaiter> ready;
    for (const LineWaiter& waiter : sm.line_waiters) {
        (sm.l1->holds(waiter.address, waiter.sectors) ? ready : still).push_back(waiter);
    }
    sm.line_waiters = std::move(still);
    for (const LineWaiter& waiter : ready) {
        land(waiter.transfer,
             kSectorBytes * static_cast<std::uint32_t>(std::popcount(waiter.sectors)),
             sm.shared_write_free, cause);
    }
}

void Tpc::land(std::uint32_t number, std::uint32_t bytes, Time at, const CauseTrail& cause) {
    Transfer& transfer = transfers_[number];
    transfer.outstanding -= bytes;
    if (at >= transfer.landed) {
        transfer.landed = at;
        transfer.landed_cause = cause;
    }
    if (transfer.issued && transfer.outstanding == 0) {
        push({transfer.landed, 0, EventKind::kArrive, transfer.group, transfer.sm,
              transfer.pipeline, transfer.slot, number,
              attribution_.extend(attribution_.keep(transfer.landed_cause), owners_.shared_write,
                                  transfer.landed)});
    }
}

}  // namespace vr
