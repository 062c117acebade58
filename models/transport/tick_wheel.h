// SPDX-License-Identifier: Apache-2.0
// The calendar of a region: for every unit the one time at which it acts next; gives them out in
// order (time, unit). Not modelled: several entries per unit; a unit that has more to do says so
// when it has run.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "models/base/quantity.h"

namespace vr {

/// A wheel of 4096 buckets with an occupancy bit map, one turn (an epoch) ahead. What lies beyond
/// the epoch waits in a list that is looked through once an epoch. The bucket that is being emptied
/// is kept sorted.
class TickWheel {
  public:
    /// Buckets are 2^`bucket_bits` fs wide; the width changes the speed only. 2^19 fs is about one
    /// cycle at 2 GHz.
    explicit TickWheel(unsigned bucket_bits = 19) : bucket_bits_(bucket_bits) {
        heads_.fill(kNone);
    }
    /// Adds one more unit; units are numbered from 0 in order of this call.
    void add_unit();
    /// Makes `at` the next time of `unit` if it is earlier than the one it has.
    void schedule(std::uint32_t unit, Time at);
    /// Takes away the next time of `unit`, if it has one.
    void cancel(std::uint32_t unit);
    /// The earliest next time, or kNever.
    [[nodiscard]] Time next() const {
        if (current_.empty()) {
            load();
        }
        return current_.empty() ? kNever : current_.back().at;
    }
    /// Takes out the first unit; it has no next time until it is scheduled again. Not when next()
    /// is kNever.
    std::pair<Time, std::uint32_t> pop();

  private:
    struct Entry {
        Time at;
        std::uint32_t unit;
    };
    static bool later(const Entry& a, const Entry& b) {
        return a.at != b.at ? a.at > b.at : a.unit > b.unit;
    }
    static constexpr unsigned kEpochBits = 12;
    static constexpr std::uint32_t kBuckets = 1U << kEpochBits;
    static constexpr std::uint32_t kFar = kBuckets;  // the list of what lies beyond the epoch
    static constexpr std::uint32_t kCurrent = kBuckets + 1;
    static constexpr std::uint32_t kNone = 0xffffffffU;

    struct Unit {
        Time at = kNever;
        std::uint32_t list = kNone;  // bucket, kFar, kCurrent, or kNone: not scheduled
        std::uint32_t before = kNone;
        std::uint32_t after = kNone;
    };
    void insert(std::uint32_t unit);
    void link(std::uint32_t unit, std::uint32_t list) const;
    void unlink(std::uint32_t unit) const;
    void load() const;
    [[nodiscard]] bool load_bucket() const;
    [[nodiscard]] bool turn() const;

    unsigned bucket_bits_;
    // Loading changes where entries lie, never an answer: hence mutable.
    mutable std::vector<Unit> units_;
    mutable std::vector<Entry> current_;  // everything up to bucket cursor_, latest first
    mutable std::int64_t cursor_ = -1;    // bucket number from time 0
    mutable std::int64_t epoch_ = 0;
    mutable std::array<std::uint32_t, kBuckets + 1> heads_{};
    mutable std::array<std::uint64_t, kBuckets / 64> occupied_{};
    mutable std::uint64_t occupied_words_ = 0;
};

}  // namespace vr
