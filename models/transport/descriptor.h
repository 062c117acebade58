// SPDX-License-Identifier: Apache-2.0
// Descriptors: work in bulk. One descriptor stands for up to 2^62 bytes in equal contiguous pieces
// (items), which whoever executes it expands lazily, without allocation. Not modelled: what a
// reduction computes; that goes with the data.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "models/base/attribution.h"
#include "models/base/error.h"
#include "models/base/quantity.h"
#include "models/transport/digest.h"

namespace vr {

/// What is done with the bytes.
enum class Direction : std::uint8_t { kRead, kWrite, kReduce };

/// One dimension: `count` steps of `stride` bytes; in the indexed dimension, of index[i] * `stride`
/// bytes.
struct DescriptorDimension {
    std::uint32_t count = 1;
    std::int64_t stride = 0;
    bool operator==(const DescriptorDimension&) const = default;
};

/// Item k is not issued before the start plus floor(k * numerator / denominator) femtoseconds.
struct Pacing {
    std::int64_t numerator = 0;  ///< fs; 0: as fast as possible
    std::int64_t denominator = 1;
    bool operator==(const Pacing&) const = default;
    [[nodiscard]] Time after_start(std::uint64_t item) const {
        return {static_cast<std::int64_t>(static_cast<Wide>(item) * numerator / denominator)};
    }

  private:
    __extension__ using Wide = __int128;
};

/// Offsets for the indexed dimension (pages of a KV cache, gathered tokens), in units of its
/// stride.
using IndexList = std::vector<std::int64_t>;

/// A bulk of accesses. Items are numbered with dimension 0 running fastest.
struct Descriptor {
    static constexpr std::size_t kDimensions = 4;
    static constexpr std::uint32_t kNoIndex = 0xffffffffU;

    std::uint64_t id = 0;
    std::uint64_t base = 0;   ///< address of item 0, if no index moves it
    std::uint64_t bytes = 0;  ///< contiguous bytes of one item
    std::array<DescriptorDimension, kDimensions> dimensions{};
    std::uint32_t indexed = kNoIndex;  ///< the one dimension that takes its steps from `index`
    std::shared_ptr<const IndexList> index{};  ///< as many entries as that dimension counts
    Direction direction = Direction::kRead;
    Pacing pacing{};
    std::uint32_t credit_group = 0;  ///< descriptors of one group share its credits
    std::uint64_t credit_bytes = 0;  ///< bytes the group may have in flight; 0: no limit
    std::vector<std::uint64_t>
        predecessors{};  ///< ids of descriptors that complete before this starts
    Cause cause{};
    std::uint64_t data = 0;  ///< handle of the data that moves; 0: timing only

    [[nodiscard]] std::uint64_t items() const;
    [[nodiscard]] std::uint64_t total_bytes() const { return items() * bytes; }
    /// Address of one item, by its number.
    [[nodiscard]] std::uint64_t address(std::uint64_t item) const;
};

/// Everything that is wrong with a descriptor, each with what is allowed; empty when it can be
/// executed.
[[nodiscard]] std::vector<Diagnostic> problems(const Descriptor& descriptor);
/// Throws InputError with all problems, if there are any.
void validate(const Descriptor& descriptor);

/// Appends what the timing of a list of descriptors depends on: everything but ids, causes and data
/// handles; predecessors become positions in the list. A predecessor outside the list is an
/// internal error: the list is no closed input.
void append_timing_words(const std::vector<Descriptor>& list, Words& words);

/// A piece of a descriptor: contiguous bytes of one item.
struct Access {
    std::uint64_t address = 0;
    std::uint64_t bytes = 0;
    std::uint64_t item = 0;
    bool operator==(const Access&) const = default;
};

/// Walks a (valid) descriptor in item order. With a granule (a power of two), items are cut at its
/// multiples, so that no access crosses one; the descriptor must outlive the cursor.
class DescriptorCursor {
  public:
    explicit DescriptorCursor(const Descriptor& descriptor, std::uint64_t granule = 0);
    [[nodiscard]] bool done() const { return item_ == items_; }
    /// The access at which the cursor stands.
    [[nodiscard]] Access access() const {
        const std::uint64_t at = address_ + used_;
        const std::uint64_t left = descriptor_->bytes - used_;
        const std::uint64_t room = granule_ == 0 ? left : granule_ - (at & (granule_ - 1));
        return {at, left < room ? left : room, item_};
    }
    void advance() {
        used_ += access().bytes;
        if (used_ == descriptor_->bytes) {
            next_item();
        }
    }
    /// Goes to the first access of an item.
    void seek(std::uint64_t item);

  private:
    void next_item();
    [[nodiscard]] std::uint64_t offset(std::size_t dimension) const;
    const Descriptor* descriptor_;
    std::uint64_t granule_;
    std::uint64_t items_;
    std::uint64_t item_ = 0;
    std::uint64_t used_ = 0;     // bytes of the item
    std::uint64_t address_ = 0;  // of the item
    std::array<std::uint32_t, Descriptor::kDimensions> at_{};
};

}  // namespace vr
