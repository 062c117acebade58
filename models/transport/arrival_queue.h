// SPDX-License-Identifier: Apache-2.0
// Messages in the order (arrival, port, sequence): a ring of short time buckets with a bit map, a
// heap for what lies beyond the ring. Pushing and popping cost the same however many messages wait.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include "models/base/host_cache.h"
#include "models/base/host_pages.h"
#include "models/base/quantity.h"
#include "models/transport/state_members.h"

namespace vr {

/// A message with the key that orders it.
template <class Message>
struct Stamped {
    Time arrival;
    std::uint32_t port = 0;  ///< number of the sending port
    std::uint64_t sequence = 0;
    Message message;
    static constexpr auto state_members() {
        using S = Stamped;
        return vr::state_members(&S::arrival, &S::port, &S::sequence, &S::message);
    }
};

template <class Message>
class ArrivalQueue {
  public:
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] std::size_t size() const { return size_; }
    /// Arrival of the first message, or kNever.
    [[nodiscard]] Time next() const { return size_ == 0 ? kNever : Time{current_.back().arrival}; }

    void push(Stamped<Message>&& stamped) {
        const Key key{stamped.arrival.value, stamped.sequence, stamped.port,
                      place(std::move(stamped))};
        const std::int64_t bucket = key.arrival >> kWidthBits;
        if (size_++ == 0) {
            base_ = bucket;
            latest_ = bucket;
            current_.push_back(key);
            return;
        }
        if (bucket < base_) {
            // Earlier than the bucket in hand: that one goes back into the ring, if the ring spans
            // both.
            const std::int64_t first = std::min(bucket, current_.back().arrival >> kWidthBits);
            if (latest_ < first + kBuckets) {
                for (const Key& held : current_) {
                    link(held);
                }
                link(key);
                current_.clear();
                base_ = first;
                take_bucket();
                return;
            }
        }
        if (bucket <= base_) {
            current_.insert(std::upper_bound(current_.begin(), current_.end(), key, later), key);
        } else if (bucket < base_ + kBuckets) {
            link(key);
            latest_ = std::max(latest_, bucket);
        } else {
            far_.push_back(key);
            std::push_heap(far_.begin(), far_.end(), later);
        }
    }

    /// Removes and returns the first message; the queue must not be empty.
    Stamped<Message> pop() {
        const std::uint32_t slot = current_.back().slot;
        current_.pop_back();
        if (current_.size() > kAhead) {
            fetch(&slots_[current_[current_.size() - kAhead].slot]);
        }
        free_.push_back(slot);
        if (--size_ > 0 && current_.empty()) {
            advance();
        }
        return std::move(slots_[slot]);
    }

    /// The message that comes `places` behind the first one, if that is known without looking far
    /// (host's caches are filled by it); null otherwise.
    [[nodiscard]] const Message* soon(std::size_t places) const {
        return current_.size() > places
                   ? &slots_[current_[current_.size() - 1 - places].slot].message
                   : nullptr;
    }

    /// The messages in their order, wherever they lie: Visitor takes a number, then each.
    template <class Visitor>
    void state(Visitor& visitor) const {
        std::vector<std::uint8_t> is_free(slots_.size());
        for (const std::uint32_t slot : free_) {
            is_free[slot] = 1;
        }
        std::vector<Key> keys;
        for (std::uint32_t slot = 0; slot < slots_.size(); ++slot) {
            if (is_free[slot] == 0) {
                const Stamped<Message>& held = slots_[slot];
                keys.push_back({held.arrival.value, held.sequence, held.port, slot});
            }
        }
        std::sort(keys.begin(), keys.end(), [](const Key& a, const Key& b) { return later(b, a); });
        visitor(keys.size());
        for (const Key& key : keys) {
            visitor(slots_[key.slot]);
        }
    }

  private:
    struct Key {
        std::int64_t arrival;
        std::uint64_t sequence;
        std::uint32_t port;
        std::uint32_t slot;
    };
    static bool later(const Key& a, const Key& b) {
        if (a.arrival != b.arrival) {
            return a.arrival > b.arrival;
        }
        if (a.port != b.port) {
            return a.port > b.port;
        }
        return a.sequence > b.sequence;
    }
    static constexpr int kWidthBits = 20;  // 1 ns: a few cycles of the clocks that send
    static constexpr std::int64_t kBuckets = 1024;
    static constexpr std::uint32_t kNone = 0xffffffffU;
    static constexpr std::size_t kAhead = 14;  // messages whose memory is asked for early

    static void fetch(const Stamped<Message>* held) { prefetch_host(held, sizeof *held); }

    std::uint32_t place(Stamped<Message>&& stamped) {
        if (free_.empty()) {
            slots_.push_back(std::move(stamped));
            following_.push_back(kNone);
            return static_cast<std::uint32_t>(slots_.size() - 1);
        }
        const std::uint32_t slot = free_.back();
        free_.pop_back();
        if (free_.size() > kAhead) {
            fetch(&slots_[free_[free_.size() - kAhead]]);
        }
        slots_[slot] = std::move(stamped);
        return slot;
    }

    void link(const Key& key) {
        if (heads_.empty()) {
            heads_.resize(kBuckets, kNone);
        }
        const auto index = static_cast<std::size_t>((key.arrival >> kWidthBits) & (kBuckets - 1));
        following_[key.slot] = heads_[index];
        heads_[index] = key.slot;
        occupied_[index / 64] |= std::uint64_t{1} << (index % 64);
    }

    // The first bucket after base_ that holds anything, within the ring; base_ + kBuckets when none
    // does.
    [[nodiscard]] std::int64_t next_in_ring() const {
        for (std::int64_t step = 1; step < kBuckets;) {
            const auto index = static_cast<std::size_t>((base_ + step) & (kBuckets - 1));
            const std::uint64_t word = occupied_[index / 64] >> (index % 64);
            if (word != 0) {
                return base_ + step + std::countr_zero(word);
            }
            step += 64 - static_cast<std::int64_t>(index % 64);
        }
        return base_ + kBuckets;
    }

    void advance() {
        std::int64_t bucket = next_in_ring();
        const bool ring = bucket < base_ + kBuckets;
        if (!far_.empty()) {
            const std::int64_t beyond = far_.front().arrival >> kWidthBits;
            bucket = ring ? std::min(bucket, beyond) : beyond;
        }
        base_ = bucket;
        latest_ = std::max(latest_, bucket);
        while (!far_.empty() && (far_.front().arrival >> kWidthBits) < base_ + kBuckets) {
            std::pop_heap(far_.begin(), far_.end(), later);
            latest_ = std::max(latest_, far_.back().arrival >> kWidthBits);
            link(far_.back());
            far_.pop_back();
        }
        take_bucket();
    }

    // The messages of bucket base_ become the ones in hand.
    void take_bucket() {
        const auto index = static_cast<std::size_t>(base_ & (kBuckets - 1));
        for (std::uint32_t slot = heads_[index]; slot != kNone; slot = following_[slot]) {
            const Stamped<Message>& held = slots_[slot];
            current_.push_back({held.arrival.value, held.sequence, held.port, slot});
        }
        heads_[index] = kNone;
        occupied_[index / 64] &= ~(std::uint64_t{1} << (index % 64));
        std::sort(current_.begin(), current_.end(), later);
        for (std::size_t i = current_.size() - std::min(current_.size(), kAhead);
             i < current_.size(); ++i) {
            fetch(&slots_[current_[i].slot]);
        }
    }

    PoolVector<Stamped<Message>> slots_;
    std::vector<std::uint32_t> following_;  // in the bucket's list, by slot
    std::vector<std::uint32_t> free_;
    std::vector<Key> current_;  // of the first bucket, first message last
    std::vector<std::uint32_t> heads_;
    std::array<std::uint64_t, kBuckets / 64> occupied_{};
    std::vector<Key> far_;     // heap
    std::int64_t base_ = 0;    // bucket in hand
    std::int64_t latest_ = 0;  // last bucket that the ring may hold
    std::size_t size_ = 0;
};

}  // namespace vr
