// SPDX-License-Identifier: Apache-2.0
// Where a memory driver's accesses come from: a list, one of four patterns, or several at once.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "models/base/random.h"
#include "models/transport/memory_access.h"

namespace vr {

class AccessSource {
  public:
    virtual ~AccessSource() = default;
    /// Puts the next access into `access`, or returns false at the end.
    virtual bool next(MemoryAccess& access) = 0;
};

/// A list, in its order; arrival cycles that are not relative must not fall.
class AccessList final : public AccessSource {
  public:
    explicit AccessList(std::vector<MemoryAccess> accesses) : accesses_(std::move(accesses)) {}
    bool next(MemoryAccess& access) override {
        if (place_ == accesses_.size()) {
            return false;
        }
        access = accesses_[place_++];
        return true;
    }

  private:
    std::vector<MemoryAccess> accesses_;
    std::size_t place_ = 0;
};

/// Request i of n goes to slot i (sequential) or to a random slot of a region; slots are `stride`
/// apart. The mixed patterns have the same addresses and a write at every third request.
enum class AccessPattern : std::uint8_t { kSequential, kRandom, kMixedSequential, kMixedRandom };

/// "seq", "rand", "mixseq", "mixrand"; false when the word is none of them.
[[nodiscard]] bool parse_access_pattern(std::string_view word, AccessPattern& pattern);

/// A fraction of whole numbers.
struct Ratio {
    std::int64_t over = 0;
    std::int64_t under = 1;
};

class PatternSource final : public AccessSource {
  public:
    struct Shape {
        AccessPattern pattern = AccessPattern::kSequential;
        std::uint64_t requests = 0;
        std::uint32_t bytes = 0;  ///< of one access
        std::uint64_t region_bytes = 0;
        std::uint64_t seed = 1;
        std::uint64_t base = 0;    ///< of the region
        std::uint64_t stride = 0;  ///< from slot to slot; 0: `bytes`
        /// Writes among the requests, spread evenly: request i is one when floor((i + 1) writes)
        /// is above floor(i writes). Under 0: as the pattern says, none or 1/3.
        Ratio writes{0, 0};
        Ratio interval{0, 1};  ///< ticks from arrival to arrival, rounded up for each; 0: no pacing
    };
    explicit PatternSource(const Shape& shape);
    bool next(MemoryAccess& access) override;

  private:
    Shape shape_;
    SplitMix64 random_;
    std::uint64_t index_ = 0;
};

/// Patterns side by side: of their next accesses the one that arrives first, then the one of the
/// lowest index in its pattern, then that of the first pattern. Unpaced ones so take turns.
class PatternStreams final : public AccessSource {
  public:
    explicit PatternStreams(const std::vector<PatternSource::Shape>& shapes);
    bool next(MemoryAccess& access) override;

  private:
    struct Stream {
        PatternSource source;
        MemoryAccess access;
        std::uint64_t index = 0;
        bool has_access = false;
    };
    std::vector<Stream> streams_;
};

/// Streams side by side, a block of each in turn; each goes through its own addresses in order. A
/// block is asked for in accesses of `bytes`.
class StreamSource final : public AccessSource {
  public:
    struct Stream {
        std::uint64_t base = 0;
        bool write = false;
    };
    /// `requests` in all, of `bytes` each; `block` is a multiple of it.
    StreamSource(std::vector<Stream> streams, std::uint64_t requests, std::uint32_t bytes,
                 std::uint32_t block)
        : streams_(std::move(streams)), requests_(requests), bytes_(bytes), block_(block) {}
    /// Blocks of one access.
    StreamSource(std::vector<Stream> streams, std::uint64_t requests, std::uint32_t bytes)
        : StreamSource(std::move(streams), requests, bytes, bytes) {}
    bool next(MemoryAccess& access) override;

  private:
    std::vector<Stream> streams_;
    std::uint64_t requests_;
    std::uint32_t bytes_, block_;
    std::uint64_t index_ = 0;
};

}  // namespace vr
