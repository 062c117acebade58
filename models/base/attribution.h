// SPDX-License-Identifier: Apache-2.0
// Attribution: who owns each femtosecond of a run. Every message carries its Cause (or its sender
// keeps it until the answer), a chain of links back to the start of the run; each link says "from
// the previous link's time until this time, OWNER had it". Where several things must come together,
// the waiter keeps the cause that arrived last. Walking back from the end therefore gives every
// femtosecond exactly one owner. A charge is not a promise of speed-up; what-if figures come from
// re-runs.
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/quantity.h"

namespace vr {

/// An owner of time, e.g. "HBM data bus"; registered once with the resource that it belongs to.
using OwnerId = std::uint8_t;

class Attribution;

namespace detail {
struct CauseLink {
    CauseLink* parent;
    std::int64_t until;  // femtoseconds
    std::uint32_t references;
    std::uint32_t tag;  // the owner in the low 8 bits, above them the note (0: none)
    [[nodiscard]] OwnerId owner() const { return static_cast<OwnerId>(tag); }
    [[nodiscard]] std::uint32_t note() const { return tag >> 8; }
};
}  // namespace detail

/// Reference to one link. Links that nothing refers to any more are reused, so memory follows the
/// live front of the run, not its length. Not thread safe (a region is one thread).
class Cause {
  public:
    Cause() = default;
    Cause(const Cause& other) : link_(other.link_) { retain(); }
    Cause(Cause&& other) noexcept : link_(other.link_) { other.link_ = nullptr; }
    Cause& operator=(const Cause& other) {
        Cause copy(other);
        std::swap(link_, copy.link_);
        return *this;
    }
    Cause& operator=(Cause&& other) noexcept {
        std::swap(link_, other.link_);
        return *this;
    }
    ~Cause() { release(); }
    /// When the chain so far ends; 0 for the empty cause, which stands for the start of the run.
    [[nodiscard]] Time time() const { return {link_ == nullptr ? 0 : link_->until}; }
    [[nodiscard]] explicit operator bool() const { return link_ != nullptr; }

  private:
    friend class Attribution;
    friend class CauseBook;
    explicit Cause(detail::CauseLink* link) : link_(link) {}
    void retain() {
        if (link_ != nullptr) {
            ++link_->references;
        }
    }
    void release() {
        if (link_ != nullptr) {
            drop();
        }
    }
    void drop();
    detail::CauseLink* link_ = nullptr;
};

/// A cause on its way in a message: the last few links are kept inline and become links of the
/// arena only when somebody keeps the chain (most messages are not the last to arrive, and their
/// chains are dropped).
class CauseTrail {
  public:
    CauseTrail() = default;
    CauseTrail(Cause cause) : base_(std::move(cause)), from_(base_.time()) {}
    [[nodiscard]] Time time() const {
        return links_.count == 0 ? from_
                                 : from_ + Time{std::int64_t{links_.offsets[links_.count - 1U]}};
    }

  private:
    friend class Attribution;
    static constexpr std::size_t kLinks = 14;  // as many as a tile's read has on its way
    struct Links {
        std::uint32_t offsets[kLinks];  // femtoseconds from from_ to the end of each link
        std::uint8_t owners[kLinks];
        std::uint8_t count;
    };
    Cause base_;
    Time from_;  // end of base_
    // Copied whole, whatever is in use: that is quicker than to ask.
    Links links_{};
};

/// What one unit did about a message: a few links to be put behind whatever chain the asker has, so
/// that the chain itself need not travel. Its first link begins where that chain ends.
class CauseTail {
  public:
    /// `owner` had it until `until`, which lies not before the link added before. Six links at
    /// most.
    void add(OwnerId owner, Time until) {
        if (count_ > 0 && until >= until_[count_ - 1U] &&
            (until == until_[count_ - 1U] || owner == owners_[count_ - 1U])) {
            until_[count_ - 1U] = until;  // no length, or the same owner goes on
            return;
        }
        if (count_ == kLinks || until < time()) {
            refuse(until);
        }
        until_[count_] = until;
        owners_[count_] = owner;
        ++count_;
    }
    /// End of the last link; 0 when there is none.
    [[nodiscard]] Time time() const { return count_ == 0 ? Time{} : until_[count_ - 1U]; }

  private:
    friend class Attribution;
    static constexpr std::size_t kLinks = 6;
    [[noreturn]] void refuse(Time until) const;
    std::array<Time, kLinks> until_{};
    std::array<OwnerId, kLinks> owners_{};
    std::uint8_t count_ = 0;
};

/// One owner's share of a walk.
struct Charge {
    OwnerId owner = 0;
    Time amount;
};

/// Arena of cause links and the table of owners. It must outlive every Cause.
class Attribution {
  public:
    Attribution();
    ~Attribution();
    Attribution(const Attribution&) = delete;
    Attribution& operator=(const Attribution&) = delete;

    /// Registers an owner, or returns the id of the one registered under this name.
    /// `resource` is what a user would buy more of: "HBM", "tensor core", "launch".
    OwnerId owner(std::string_view name, std::string_view resource);
    [[nodiscard]] const std::string& owner_name(OwnerId id) const { return owners_[id].name; }
    [[nodiscard]] const std::string& owner_resource(OwnerId id) const {
        return owners_[id].resource;
    }
    [[nodiscard]] std::size_t owner_count() const { return owners_.size(); }

    /// The chain `cause` followed by: `owner` had it until `until`. A link of no length is not
    /// made. An `until` before the cause's end is an internal error: time would be owned twice.
    [[nodiscard]] Cause extend(Cause cause, OwnerId owner, Time until);

    /// The same with a note on what exactly was waited for: a number that the event record gives
    /// meaning to (below kNotes; 0 is "none"). A noted link is never lengthened.
    [[nodiscard]] Cause extend_noted(Cause cause, OwnerId owner, Time until, std::uint32_t note);
    static constexpr std::uint32_t kNotes = std::uint32_t{1} << 24;

    /// The same for a trail, in place.
    void append(CauseTrail& trail, OwnerId owner, Time until) {
        const Time before = trail.time();
        if (until == before) {
            return;
        }
        const std::int64_t offset = (until - trail.from_).value;
        CauseTrail::Links& links = trail.links_;
        if (until < before || links.count == CauseTrail::kLinks ||
            offset > std::int64_t{std::numeric_limits<std::uint32_t>::max()}) {
            append_kept(trail, owner, until);
            return;
        }
        if (links.count > 0 && links.owners[links.count - 1U] == owner) {
            --links.count;  // the same owner goes on: lengthen its link
        }
        links.offsets[links.count] = static_cast<std::uint32_t>(offset);
        links.owners[links.count] = owner;
        ++links.count;
    }
    /// A unit's links behind a trail.
    void append(CauseTrail& trail, const CauseTail& tail) {
        for (std::size_t i = 0; i < tail.count_; ++i) {
            append(trail, tail.owners_[i], tail.until_[i]);
        }
    }
    /// The same for a trail, as a value.
    [[nodiscard]] CauseTrail extend(CauseTrail trail, OwnerId owner, Time until) {
        append(trail, owner, until);
        return trail;
    }
    /// Makes the trail a chain of the arena.
    [[nodiscard]] Cause keep(CauseTrail trail);
    /// The same for an answer that gave back room in a window: what the trail charges to latencies
    /// (resources whose name ends in "latency") is the window's. With more room the next request
    /// would have gone meanwhile; queues on the way stay what they are.
    [[nodiscard]] Cause keep_in_window(CauseTrail trail, OwnerId window);

    /// Charges on the way from `end` back to time `begin`, one entry per owner that has any, in
    /// order of owner id. They sum to end.time() - begin exactly (a link that spans `begin` is cut
    /// there).
    [[nodiscard]] std::vector<Charge> charges(const Cause& end, Time begin = Time{}) const;

    /// The links from `end` back to `begin`, latest first: (owner, from, until).
    struct Step {
        OwnerId owner;
        Time from;
        Time until;
    };
    [[nodiscard]] std::vector<Step> steps(const Cause& end, Time begin = Time{}) const;

  private:
    friend class Cause;
    struct OwnerEntry {
        std::string name;
        std::string resource;
        bool latency = false;
    };
    struct Chunk;
    void append_kept(CauseTrail& trail, OwnerId owner, Time until);
    detail::CauseLink* allocate();
    [[nodiscard]] Cause add_link(Cause cause, std::uint32_t tag, Time until);
    static void recycle(detail::CauseLink* link);
    std::vector<OwnerEntry> owners_;
    std::vector<Chunk*> chunks_;
    detail::CauseLink* free_ = nullptr;   // chained through `parent`
    detail::CauseLink* fresh_ = nullptr;  // first of the latest chunk that was never used
    detail::CauseLink* end_ = nullptr;    // of that chunk
};

}  // namespace vr
