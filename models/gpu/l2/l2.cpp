// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/l2/l2.h"

#include <algorithm>
#include <bit>

namespace vr {

namespace {
// Of a host-side table; a collision only costs the merge
constexpr std::size_t kMergeEntries = 8192;
}  // namespace

L2::L2(std::string path, const L2Config& config, std::int64_t sms, std::size_t tensors,
       std::size_t operators, Attribution& attribution, EventRecord* events)
    : Unit(std::move(path)),
      config_(config),
      clock_(config.clock),
      attribution_(attribution),
      copies_(config.copies && config.dies == 2),
      tags_(static_cast<std::uint64_t>(config.capacity.value / config.granule.value),
            static_cast<std::uint32_t>(config.ways), copies_),
      granule_bytes_(static_cast<std::uint32_t>(config.granule.value)),
      granule_bits_(static_cast<unsigned>(std::countr_zero(granule_bytes_))),
      block_sectors_(static_cast<std::uint32_t>(
          std::min(config.fetch_block.value, config.granule.value) / kSectorBytes)),
      slices_per_die_(static_cast<std::uint32_t>(config.slices / config.dies)),
      sms_per_die_(static_cast<std::uint32_t>(divide_round_up(sms, config.dies))),
      hit_span_(clock_.span(config.hit_latency)),
      far_span_(clock_.span(config.far_latency)),
      lookup_span_(clock_.span(config.lookup_latency)),
      fill_span_(clock_.span(config.fill_latency)),
      word_span_(clock_.span(config.word_interval)),
      slice_free_(static_cast<std::size_t>(config.slices)),
      merges_(kMergeEntries),
      traffic_(tensors),
      operator_traffic_(operators),
      link_owner_(attribution.owner("crossbar to L2", "L2 latency")),
      queue_owner_(attribution.owner("L2 slice queue", "L2")),
      hit_owner_(attribution.owner("L2 access", "L2 latency")),
      fill_owner_(attribution.owner("L2 fill", "HBM latency")),
      write_back_owner_(attribution.owner("L2 write-back", "HBM")),
      events_(events != nullptr && events->explains() ? events : nullptr) {
    if (events_ != nullptr) {
        fill_track_ = events_->track(this->path() + ".fills", "L2");
    }
    ensure(config.granule.value <=
               config.fetch_block.value * static_cast<std::int64_t>(kGranuleBlocks),
           "{}: more than {} fetch blocks per granule", this->path(), kGranuleBlocks);
    for (std::uint32_t sectors = 0; sectors <= kSectorsPerLine; ++sectors) {
        // Exact in femtoseconds: bytes / (width x frequency).
        const Clock byte_clock(Frequency{config.clock.value * config.slice_width.value});
        occupancy_.push_back(byte_clock.edge(std::int64_t{sectors} * kSectorBytes));
    }
}

Time L2::next() const {
    return std::min(requests_in.next(), memory_in.next());
}

Time L2::look_ahead() const {
    return std::min(requests_in.look_ahead(), memory_in.look_ahead());
}

void L2::run(Time horizon) {
    while (true) {
        const Time request = requests_in.next();
        const Time fill = memory_in.next();
        if (std::min(request, fill) >= horizon) {
            return;
        }
        if (fill <= request) {
            prefetch_fills();
            take_fill(memory_in.pop());
        } else {
            take_request(requests_in.pop());
        }
    }
}

std::uint32_t L2::slice_of(std::uint64_t address) const {
    // Unitriangular in the bits, so any aligned run of `slices` lines touches every slice once, and
    // the shifts bring row strides of matrices into the low bits.
    const std::uint64_t line = address / kLineBytes;
    const std::uint64_t folded = line ^ (line >> 5) ^ (line >> 9) ^ (line >> 14) ^ (line >> 20);
    const auto slice = static_cast<std::uint32_t>(folded & (slice_free_.size() - 1));
    return copies_ ? slice % slices_per_die_ + home_of(address >> granule_bits_) * slices_per_die_
                   : slice;
}

Time L2::book(std::uint32_t slice, std::int64_t bytes, Time at) {
    Time& free = slice_free_[slice];
    const Time start = std::max(free, at);
    const Time span = occupancy_[static_cast<std::size_t>(bytes / kSectorBytes)];
    free = start + span;
    busy_ += span;
    bytes_served_ += bytes;
    ++lines_;
    return start;
}

void L2::locate(const LineBundle& bundle) {
    const auto granule_of = [&](std::uint32_t line) {
        return home_key((bundle.address + static_cast<std::uint64_t>(line * bundle.stride)) >>
                        granule_bits_);
    };
    for (std::uint32_t i = 0; i < bundle.count; ++i) {
        tags_.prefetch(granule_of(i));
    }
    located_.resize(std::max<std::size_t>(located_.size(), bundle.count));
    for (std::uint32_t i = 0; i < bundle.count; ++i) {
        located_[i] = tags_.locate(granule_of(i));
    }
}

Granule* L2::place(std::uint64_t key, Time now, bool evict_first, std::uint32_t located) {
    if (Granule* granule = evict_first ? nullptr : tags_.find_at(located, key)) {
        return granule;
    }
    Victim victim;
    Granule* granule =
        evict_first ? tags_.find_or_place_first_out(key, victim) : tags_.find_or_place(key, victim);
    if (victim.evicted && victim.granule.dirty != 0) {
        const std::uint64_t number = copies_ ? victim.number / 2 : victim.number;
        // Each run of dirty sectors within a fetch block is one write.
        const std::uint32_t blocks = granule_bytes_ / kSectorBytes / block_sectors_;
        for (std::uint32_t block = 0; block < blocks; ++block) {
            std::uint32_t dirty = victim.granule.dirty & block_mask(block);
            while (dirty != 0) {
                const auto first = static_cast<std::uint32_t>(std::countr_zero(dirty));
                const auto sectors = static_cast<std::uint32_t>(std::countr_one(dirty >> first));
                const auto run =
                    static_cast<std::uint32_t>(((std::uint64_t{1} << sectors) - 1) << first);
                dirty &= ~run;
                MemoryRequest write;
                write.address = number * granule_bytes_ + first * kSectorBytes;
                write.bytes = sectors * kSectorBytes;
                send_write(std::move(write), now);
                traffic_[victim.granule.tensor.value].written_back +=
                    std::int64_t{sectors} * kSectorBytes;
                ++write_backs_;
            }
        }
    }
    return granule;
}

std::uint32_t L2::start_fill(Granule* granule, std::uint64_t number, std::uint32_t missing,
                             const LineBundle& bundle, Time start, std::uint32_t origin) {
    std::uint32_t index;
    if (free_fills_.empty()) {
        index = static_cast<std::uint32_t>(fills_.size());
        fills_.emplace_back();
    } else {
        index = free_fills_.back();
        free_fills_.pop_back();
    }
    const auto first = static_cast<std::uint32_t>(std::countr_zero(missing));
    const auto last = static_cast<std::uint32_t>(31 - std::countl_zero(missing));
    Fill& fill = fills_[index];
    fill.granule = number;
    fill.sectors = missing;
    fill.place = granule != nullptr ? tags_.place_of(granule) : 0;
    fill.transaction = kNoFill;
    fill.more_waiters = kNoFill;
    fill.cached = granule != nullptr;
    fill.operator_index = bundle.operator_index;
    fill.start = start;
    fill.origin = origin;
    ++origin_users_[origin];
    if (granule != nullptr) {
        ++granule->open_fills;
        granule->pending |= missing;
        for (std::uint32_t block = first / block_sectors_; block <= last / block_sectors_;
             ++block) {
            // A block has one open fill at most: it fetches all that is missing
            if ((missing & block_mask(block)) != 0) {
                granule->fills[block] = index;
            }
        }
    }
    MemoryRequest request;
    request.address = number * granule_bytes_ + first * kSectorBytes;
    request.bytes = (last - first + 1) * kSectorBytes;
    request.tag = index;
    const Time now = start + lookup_span_;
    if (events_ != nullptr) {  // the memory's own events want the chain
        CauseTrail cause = attribution_.extend(origins_[origin], queue_owner_, start);
        attribution_.append(cause, hit_owner_, now);
        request.cause = attribution_.keep(std::move(cause));
    }
    traffic_[bundle.tensor.value].memory_read += request.bytes;
    operator_traffic_[bundle.operator_index.value].memory_read += request.bytes;
    memory_out.send(now, std::move(request));
    ++fills_started_;
    ++outstanding_;
    return index;
}

void L2::add_waiter(std::uint32_t fill, std::uint32_t transaction, std::uint32_t die) {
    ++transactions_[transaction].outstanding;
    Fill& of = fills_[fill];
    if (of.transaction == kNoFill) {
        of.transaction = transaction;
        of.die = die;
        return;
    }
    std::uint32_t index;
    if (free_waiters_.empty()) {
        index = static_cast<std::uint32_t>(waiters_.size());
        waiters_.emplace_back();
    } else {
        index = free_waiters_.back();
        free_waiters_.pop_back();
    }
    waiters_[index] = {transaction, of.more_waiters, die};
    of.more_waiters = index;
}

void L2::take_write(LineBundle& bundle, Time arrival) {
    const std::int64_t line_bytes = std::int64_t{std::popcount(bundle.sectors)} * kSectorBytes;
    Time last;
    Time last_start;
    Time last_paced;
    locate(bundle);
    if (bundle.sm == kHubPort) {
        hub_bundle_ = &bundle;
        if (free_hub_writes_.empty()) {
            hub_write_ = static_cast<std::uint32_t>(hub_writes_.size());
            hub_writes_.emplace_back();
        } else {
            hub_write_ = free_hub_writes_.back();
            free_hub_writes_.pop_back();
        }
    }
    for (std::uint32_t i = 0; i < bundle.count; ++i) {
        const std::uint64_t address =
            bundle.address +
            static_cast<std::uint64_t>(static_cast<std::int64_t>(i) * bundle.stride);
        const std::uint32_t slice = slice_of(address);
        const Time paced = arrival + bundle.line_spacing * i;
        const Time start = book(slice, line_bytes, paced);
        const bool far = is_far(slice, bundle.sm);
        far_lines_ += far ? 1 : 0;
        const Time taken = start + lookup_span_ + (far ? far_span_ : Time{});
        if (taken > last) {
            last = taken;
            last_start = start;
            last_paced = paced;
        }
        const std::uint64_t number = address >> granule_bits_;
        const std::uint32_t bits = static_cast<std::uint32_t>(bundle.sectors)
                                   << ((address & (granule_bytes_ - 1)) / kSectorBytes);
        if (copies_) {  // the other die's is no longer what is written
            if (Granule* copy = tags_.find(key_of(number, 1 - home_of(number)))) {
                copy->valid &= ~bits;
            }
        }
        Granule* granule = place(home_key(number), start, bundle.evict_first, located_[i]);
        if (granule == nullptr) {  // every way waits for memory: write around the cache
            MemoryRequest write;
            write.address = address + static_cast<std::uint32_t>(std::countr_zero(bundle.sectors)) *
                                          kSectorBytes;
            write.bytes = static_cast<std::uint32_t>(line_bytes);
            send_write(std::move(write), start);
            traffic_[bundle.tensor.value].written_back += line_bytes;
            ++bypasses_;
            continue;
        }
        granule->valid |= bits;
        granule->dirty |= bits;
        granule->tensor = bundle.tensor;
    }
    traffic_[bundle.tensor.value].written += bundle.bytes();
    operator_traffic_[bundle.operator_index.value].requested += bundle.bytes();
    BundleDone done{bundle.tag, bundle.bytes(), bundle.sm, true, last, {}};
    done.cause = std::move(bundle.cause);
    append_wait(done.cause, bundle.pacer, last_paced, last_start);
    attribution_.append(done.cause, hit_owner_, last);
    if (hub_bundle_ != nullptr) {
        hub_bundle_ = nullptr;
        HubWrite& hub = hub_writes_[hub_write_];
        if (hub.outstanding > 0) {
            hub.answer = std::move(done);
            hub.taken = last;
            return;
        }
        free_hub_writes_.push_back(hub_write_);
    }
    answer_write(std::move(done), last);
}

// Dirty lines leave as fast as memory takes them; when too many are on their way, the stores that
// drive them out wait, each until as many have ended as it was too many, and with them the SMs.
void L2::answer_write(BundleDone&& done, Time at) {
    if (open_write_backs_ <= config_.write_back_buffers) {
        responses_out.send(at, std::move(done));
        return;
    }
    const std::int64_t excess = open_write_backs_ - config_.write_back_buffers;
    held_writes_.push_back({std::move(done), excess - held_excess_});
    held_excess_ = excess;
}

void L2::take_write_back(Time now) {
    --open_write_backs_;
    if (held_writes_.empty()) {
        return;
    }
    --held_excess_;
    --held_writes_.front().write_backs;
    for (; !held_writes_.empty() && held_writes_.front().write_backs <= 0;
         held_writes_.pop_front()) {
        BundleDone& done = held_writes_.front().answer;
        const Time at = std::max(now, done.first_ready);
        attribution_.append(done.cause, write_back_owner_, at);
        responses_out.send(at, std::move(done));
    }
}

// A write of the hub waits for the write-backs that it causes itself: memory may be slower than the
// link, whose writes would otherwise run ahead of it without bound.
void L2::send_write(MemoryRequest&& write, Time now) {
    write.tag = kWriteBackTag;
    write.write = true;
    open_write_backs_ += hub_bundle_ == nullptr ? 1 : 0;
    if (hub_bundle_ != nullptr) {
        write.tag = kHubWriteTag | hub_write_;
        write.cause = attribution_.keep(
            attribution_.extend(CauseTrail(hub_bundle_->cause), queue_owner_, now));
        ++hub_writes_[hub_write_].outstanding;
    }
    memory_out.send(now, std::move(write));
    ++outstanding_;
}

void L2::take_hub_write_back(Stamped<MemoryResponse>&& stamped) {
    const std::uint32_t number = stamped.message.tag & ~kHubWriteTag;
    HubWrite& hub = hub_writes_[number];
    if (stamped.arrival >= hub.taken) {
        hub.taken = stamped.arrival;
        hub.answer.cause = trail_of(std::move(stamped.message), attribution_);
        attribution_.append(hub.answer.cause, fill_owner_, stamped.arrival);
    }
    if (--hub.outstanding == 0) {
        hub.answer.first_ready = hub.taken;
        responses_out.send(hub.taken, std::move(hub.answer));
        hub = HubWrite{};
        free_hub_writes_.push_back(number);
    }
}

}  // namespace vr
