// SPDX-License-Identifier: Apache-2.0
// Reads of the L2: hits, misses, merging with what is on its way, fills.
#include <algorithm>
#include <bit>

#include "models/base/host_cache.h"
#include "models/base/random.h"
#include "models/gpu/l2/l2.h"

namespace vr {

L2::MergeEntry& L2::merge_entry(const LineBundle& bundle) {
    const std::uint64_t key =
        mix64(bundle.address ^ (static_cast<std::uint64_t>(bundle.stride) << 40));
    return merges_[key & (merges_.size() - 1)];
}

bool L2::join(LineBundle& bundle, Time arrival) {
    const MergeEntry& entry = merge_entry(bundle);
    if (entry.transaction == kNoFill || entry.address != bundle.address ||
        entry.stride != bundle.stride || entry.count != bundle.count ||
        entry.sectors != bundle.sectors) {
        return false;
    }
    const std::int64_t line_bytes = std::int64_t{std::popcount(bundle.sectors)} * kSectorBytes;
    Follower follower;
    follower.pacer = bundle.pacer;
    follower.die = die_of_sm(bundle.sm);
    Time first = kNever;
    for (std::uint32_t i = 0; i < bundle.count; ++i) {
        const std::uint64_t address =
            bundle.address +
            static_cast<std::uint64_t>(static_cast<std::int64_t>(i) * bundle.stride);
        const std::uint32_t slice = slice_of(address);
        const Time paced = arrival + bundle.line_spacing * i;
        const Time start = book(slice, line_bytes, paced);
        const bool far = die_of_slice(slice) != follower.die;
        far_lines_ += far ? 1 : 0;
        const Time ready = start + hit_span_ + (far ? far_span_ : Time{});
        first = std::min(first, ready);
        if (ready > follower.floor) {
            follower.floor = ready;
            follower.floor_start = start;
            follower.floor_paced = paced;
        }
    }
    traffic_[bundle.tensor.value].hits += bundle.bytes();
    follower.answer = {bundle.tag, bundle.bytes(), bundle.sm,
                       false,      first,          std::move(bundle.cause)};
    transactions_[entry.transaction].followers.push_back(std::move(follower));
    return true;
}

std::uint32_t L2::open_transaction(const LineBundle& bundle) {
    std::uint32_t number;
    if (free_transactions_.empty()) {
        number = static_cast<std::uint32_t>(transactions_.size());
        transactions_.emplace_back();
    } else {
        number = free_transactions_.back();
        free_transactions_.pop_back();
    }
    Transaction& created = transactions_[number];
    created.tag = bundle.tag;
    created.bytes = bundle.bytes();
    created.sm = bundle.sm;
    created.outstanding = 0;
    created.die = die_of_sm(bundle.sm);
    created.first_ready = kNever;
    created.ready = {};
    created.followers.clear();
    MergeEntry& entry = merge_entry(bundle);
    created.merge_entry = kNoFill;
    if (entry.transaction == kNoFill) {
        entry = {bundle.address, bundle.stride, bundle.count, number, bundle.sectors};
        created.merge_entry = static_cast<std::uint32_t>(&entry - merges_.data());
    }
    return number;
}

void L2::take_request(Stamped<LineBundle>&& stamped) {
    LineBundle& bundle = stamped.message;
    attribution_.append(bundle.cause, link_owner_, stamped.arrival);
    if (bundle.word != WordAccess::kNone) {
        take_word(bundle, stamped.arrival);
        return;
    }
    if (bundle.write) {
        take_write(bundle, stamped.arrival);
        return;
    }
    if (bundle.prefetch) {
        take_prefetch(bundle, stamped.arrival);
        return;
    }
    traffic_[bundle.tensor.value].requested += bundle.bytes();
    operator_traffic_[bundle.operator_index.value].requested += bundle.bytes();
    if (join(bundle, stamped.arrival)) {
        return;
    }
    const std::int64_t line_bytes = std::int64_t{std::popcount(bundle.sectors)} * kSectorBytes;
    TensorTraffic& traffic = traffic_[bundle.tensor.value];
    locate(bundle);
    const std::uint32_t own_die = die_of_sm(bundle.sm);
    Time first_hit = kNever;             // among the lines that hit
    std::array<Time, kDies> last_hit{};  // seen from each die
    Time last_start;                     // of the line that is last for the SM that asks
    Time last_paced;                     // when that one came
    std::uint32_t transaction = kNoFill;
    std::uint32_t origin = kNoFill;
    for (std::uint32_t i = 0; i < bundle.count; ++i) {
        const std::uint64_t address =
            bundle.address +
            static_cast<std::uint64_t>(static_cast<std::int64_t>(i) * bundle.stride);
        const std::uint64_t number = address >> granule_bits_;
        const std::uint32_t shift =
            static_cast<std::uint32_t>((address & (granule_bytes_ - 1))) / kSectorBytes;
        const std::uint32_t wanted = static_cast<std::uint32_t>(bundle.sectors) << shift;
        std::uint32_t slice = slice_of(address);
        const bool abroad = copies_ && die_of_slice(slice) != own_die;
        const bool copied = abroad && has_copy(number, wanted, own_die);
        slice = copied ? twin_of(slice) : slice;
        const std::uint32_t slice_die = die_of_slice(slice);
        const Time paced = stamped.arrival + bundle.line_spacing * i;
        const Time start = book(slice, line_bytes, paced);
        far_lines_ += slice_die != own_die ? 1 : 0;
        // Where the SM's own die keeps what comes, its home may drop it first.
        const bool first_out = bundle.evict_first ||
                               (abroad && tags_.see_at(located_[i], home_key(number)) == nullptr);
        Granule* granule = copied ? tags_.find(key_of(number, own_die))
                                  : place(home_key(number), start, first_out, located_[i]);
        const std::uint32_t valid = granule == nullptr ? 0 : granule->valid;
        const std::uint32_t pending = granule == nullptr ? 0 : granule->pending;
        if ((wanted & ~valid) == 0) {
            traffic.hits += line_bytes;
            if (abroad && !copied) {
                keep_copy(number, wanted, own_die, start);
            }
            for (std::uint32_t die = 0; die < kDies; ++die) {
                const Time ready = start + hit_span_ + (die != slice_die ? far_span_ : Time{});
                if (ready > last_hit[die]) {
                    last_hit[die] = ready;
                    last_start = die == own_die ? start : last_start;
                    last_paced = die == own_die ? paced : last_paced;
                }
                first_hit = die == own_die ? std::min(first_hit, ready) : first_hit;
            }
            continue;
        }
        if (transaction == kNoFill) {
            transaction = open_transaction(bundle);
            origin = open_origin(std::move(bundle.cause));
            transactions_[transaction].last.origin = origin;
        }
        const std::uint32_t missing = wanted & ~valid & ~pending;
        const std::int64_t missed = std::int64_t{std::popcount(missing)} * kSectorBytes;
        traffic.misses += missed;
        traffic.hits += line_bytes - missed;
        if (missing != 0) {
            add_waiter(fetch(granule, number, missing, bundle, start, origin), transaction,
                       slice_die);
        }
        if (granule != nullptr && (wanted & pending & ~valid) != 0) {
            std::uint32_t latest = kNoFill;  // one fill may bring several blocks
            for (std::uint32_t left = wanted & pending & ~valid; left != 0;) {
                const auto block =
                    static_cast<std::uint32_t>(std::countr_zero(left)) / block_sectors_;
                if (granule->fills[block] != latest) {
                    latest = granule->fills[block];
                    add_waiter(latest, transaction, slice_die);
                }
                left &= ~block_mask(block);
            }
        }
    }
    if (last_hit[own_die] == Time{}) {
        return;
    }
    if (transaction == kNoFill) {
        CauseTrail cause = std::move(bundle.cause);
        append_wait(cause, bundle.pacer, last_paced, last_start);
        attribution_.append(cause, hit_owner_, last_hit[own_die]);
        BundleDone done{bundle.tag, bundle.bytes(), bundle.sm, false, first_hit, std::move(cause)};
        responses_out.send(last_hit[own_die], std::move(done));
        return;
    }
    Transaction& open = transactions_[transaction];
    open.first_ready = first_hit;
    open.ready = last_hit;
    open.last.filled = false;
    open.last.start = last_start;
}

std::uint32_t L2::fetch(Granule* granule, std::uint64_t number, std::uint32_t missing,
                        const LineBundle& bundle, Time start, std::uint32_t origin) {
    // The whole fetch blocks come, except what is there or on its way.
    const auto lowest = static_cast<std::uint32_t>(std::countr_zero(missing));
    const auto highest = static_cast<std::uint32_t>(31 - std::countl_zero(missing));
    const std::uint32_t begin = lowest / block_sectors_ * block_sectors_;
    const std::uint32_t end = (highest / block_sectors_ + 1) * block_sectors_;
    const auto blocks =
        static_cast<std::uint32_t>(((std::uint64_t{1} << (end - begin)) - 1) << begin);
    const std::uint32_t fetched =
        granule == nullptr ? missing : blocks & ~granule->valid & ~granule->pending;
    return start_fill(granule, number, fetched, bundle, start, origin);
}

std::uint32_t L2::open_origin(CauseTrail&& cause) {
    std::uint32_t origin;
    if (free_origins_.empty()) {
        origin = static_cast<std::uint32_t>(origins_.size());
        origins_.emplace_back();
        origin_users_.push_back(0);
    } else {
        origin = free_origins_.back();
        free_origins_.pop_back();
    }
    origins_[origin] = std::move(cause);
    origin_users_[origin] = 1;
    return origin;
}

void L2::release_origin(std::uint32_t origin) {
    if (--origin_users_[origin] == 0) {
        origins_[origin] = CauseTrail();
        free_origins_.push_back(origin);
    }
}

// A line's way to its access: it came after those before it in its bundle, then waited its turn.
void L2::append_wait(CauseTrail& trail, OwnerId pacer, Time paced, Time start) {
    if (pacer != kNoPacer) {
        attribution_.append(trail, pacer, paced);
    }
    attribution_.append(trail, queue_owner_, start);
}

CauseTrail L2::trail_of_line(const LineWait& line) {
    if (line.explained) {
        return CauseTrail(line.explained);
    }
    CauseTrail trail = attribution_.extend(origins_[line.origin], queue_owner_, line.start);
    if (line.filled) {
        attribution_.append(trail, hit_owner_, line.start + lookup_span_);
        attribution_.append(trail, line.served);
        attribution_.append(trail, fill_owner_, line.ready);
    }
    return trail;
}

void L2::take_prefetch(LineBundle& bundle, Time arrival) {
    locate(bundle);
    const std::uint32_t origin = open_origin(std::move(bundle.cause));
    for (std::uint32_t i = 0; i < bundle.count; ++i) {
        const std::uint64_t address =
            bundle.address +
            static_cast<std::uint64_t>(static_cast<std::int64_t>(i) * bundle.stride);
        // It waits for its turn in the slice, but takes none of the data port's time.
        const Time start =
            std::max(slice_free_[slice_of(address)], arrival + bundle.line_spacing * i);
        const std::uint64_t number = address >> granule_bits_;
        const std::uint32_t wanted = static_cast<std::uint32_t>(bundle.sectors)
                                     << ((address & (granule_bytes_ - 1)) / kSectorBytes);
        Granule* granule = place(home_key(number), start, bundle.evict_first, located_[i]);
        if (granule == nullptr) {  // every way waits for memory: a hint may be dropped
            continue;
        }
        const std::uint32_t missing = wanted & ~granule->valid & ~granule->pending;
        if (missing != 0) {
            TensorTraffic& traffic = traffic_[bundle.tensor.value];
            const std::int64_t before = traffic.memory_read;
            (void)fetch(granule, number, missing, bundle, start, origin);
            traffic.prefetched += traffic.memory_read - before;
        }
    }
    release_origin(origin);
}

// Brings what the next fills need into the host's cache, a step of the chain at a time.
void L2::prefetch_fills() const {
    constexpr std::size_t kFill = 10;
    constexpr std::size_t kRest = 5;
    const auto fill_at = [&](std::size_t places) -> const Fill* {
        const MemoryResponse* soon = memory_in.soon(places);
        return soon != nullptr && soon->tag < fills_.size() ? &fills_[soon->tag] : nullptr;
    };
    if (const Fill* fill = fill_at(kFill)) {
        __builtin_prefetch(fill, 1);
    }
    if (const Fill* fill = fill_at(kRest)) {
        tags_.prefetch_at(fill->place);
        if (fill->transaction != kNoFill) {
            prefetch_host(&transactions_[fill->transaction], sizeof(Transaction));
        }
    }
}

void L2::take_fill(Stamped<MemoryResponse>&& stamped) {
    --outstanding_;
    if (stamped.message.tag == kWriteBackTag) {
        take_write_back(stamped.arrival);
        return;
    }
    if ((stamped.message.tag & kHubWriteTag) != 0) {
        take_hub_write_back(std::move(stamped));
        return;
    }
    const std::uint32_t index = stamped.message.tag;
    const std::uint32_t sectors = fills_[index].sectors;
    const std::uint64_t number = fills_[index].granule;
    LineWait line{fills_[index].origin,   true, fills_[index].start, stamped.arrival + fill_span_,
                  stamped.message.served, {}};
    if (events_ != nullptr) {
        const std::uint32_t event = events_->slice(
            fill_track_, events_->name("fill"), line.start + lookup_span_, line.ready,
            fills_[index].operator_index.value + 1,
            std::int64_t{std::popcount(sectors)} * kSectorBytes, events_->name("bytes"));
        line.explained = attribution_.keep(attribution_.extend(
            trail_of(std::move(stamped.message), attribution_), fill_owner_, line.ready));
        events_->set_cause(event, line.explained);
    }
    if (fills_[index].cached) {
        // What comes is not used by that: it keeps its turn to go.
        Granule* granule = tags_.see_at(fills_[index].place, home_key(number));
        ensure(granule != nullptr, "{}: granule {} vanished while a fill was on its way", path(),
               number);
        granule->valid |= sectors;
        granule->pending &= ~sectors;
        --granule->open_fills;
    }
    for (std::uint32_t waiter = fills_[index].more_waiters; waiter != kNoFill;) {
        const Waiter taken = waiters_[waiter];
        free_waiters_.push_back(waiter);
        waiter = taken.next;
        keep_filled(number, sectors, taken.transaction, line.ready);
        answer_line(taken.transaction, taken.die, line);
    }
    if (fills_[index].transaction != kNoFill) {
        keep_filled(number, sectors, fills_[index].transaction, line.ready);
        answer_line(fills_[index].transaction, fills_[index].die, line);
    }
    release_origin(line.origin);
    free_fills_.push_back(index);
}

void L2::answer_line(std::uint32_t transaction, std::uint32_t slice_die, const LineWait& line) {
    Transaction& open = transactions_[transaction];
    for (std::uint32_t die = 0; die < kDies; ++die) {
        const Time seen = line.ready + (die != slice_die ? far_span_ : Time{});
        if (die != open.die) {
            open.ready[die] = std::max(open.ready[die], seen);
            continue;
        }
        open.first_ready = std::min(open.first_ready, seen);
        if (seen >= open.ready[die]) {
            open.ready[die] = seen;
            if (open.last.origin != line.origin) {
                ++origin_users_[line.origin];
                release_origin(open.last.origin);
            }
            open.last = line;
        }
    }
    if (--open.outstanding == 0) {
        close(open);
        free_transactions_.push_back(transaction);
    }
}

void L2::close(Transaction& open) {
    if (open.merge_entry != kNoFill) {
        merges_[open.merge_entry].transaction = kNoFill;
    }
    const Time at = open.ready[open.die];
    BundleDone answer{open.tag, open.bytes, open.sm, false, std::min(open.first_ready, at), {}};
    const CauseTrail cause = trail_of_line(open.last);
    release_origin(open.last.origin);
    open.last.explained = Cause();
    answer.cause = attribution_.extend(cause, hit_owner_, at);
    responses_out.send(at, std::move(answer));
    for (Follower& follower : open.followers) {
        const Time data = open.ready[follower.die];
        const Time ready = std::max(data, follower.floor);
        // The data or its own way through the slices, whichever came last.
        if (data >= follower.floor) {
            follower.answer.cause = cause;
        } else {
            append_wait(follower.answer.cause, follower.pacer, follower.floor_paced,
                        follower.floor_start);
        }
        attribution_.append(follower.answer.cause, hit_owner_, ready);
        follower.answer.first_ready = std::min(follower.answer.first_ready, ready);
        responses_out.send(ready, std::move(follower.answer));
    }
    open.followers.clear();
}

}  // namespace vr
