// SPDX-License-Identifier: Apache-2.0
#include "models/base/attribution.h"

#include <cstdlib>
#include <limits>
#include <new>

#include "models/base/error.h"
#include "models/base/host_pages.h"

namespace vr {

namespace {
constexpr std::size_t kChunkBytes = std::size_t{1} << 21;
}

// A chunk is aligned to its size, so that a link finds its arena by masking its own address.
struct Attribution::Chunk {
    Attribution* arena;
    static constexpr std::size_t kLinks =
        (kChunkBytes - sizeof(Attribution*)) / sizeof(detail::CauseLink) - 1;
    detail::CauseLink links[kLinks];
};

Attribution::Attribution() = default;

Attribution::~Attribution() {
    for (Chunk* chunk : chunks_) {
        detail::free_host_pages(chunk);
    }
}

OwnerId Attribution::owner(std::string_view name, std::string_view resource) {
    for (std::size_t i = 0; i < owners_.size(); ++i) {
        if (owners_[i].name == name) {
            return static_cast<OwnerId>(i);
        }
    }
    ensure(owners_.size() <= std::numeric_limits<OwnerId>::max(), "more than 256 owners of time");
    owners_.push_back({std::string(name), std::string(resource), resource.ends_with("latency")});
    return static_cast<OwnerId>(owners_.size() - 1);
}

detail::CauseLink* Attribution::allocate() {
    if (free_ != nullptr) {
        detail::CauseLink* link = free_;
        free_ = link->parent;
        return link;
    }
    if (fresh_ == end_) {
        void* memory = detail::allocate_host_pages(kChunkBytes, kChunkBytes);
        Chunk* chunk = new (memory) Chunk;
        chunk->arena = this;
        chunks_.push_back(chunk);
        fresh_ = chunk->links;
        end_ = chunk->links + Chunk::kLinks;
    }
    return fresh_++;
}

void Attribution::recycle(detail::CauseLink* link) {
    const auto address = reinterpret_cast<std::uintptr_t>(link);
    auto* chunk = reinterpret_cast<Chunk*>(address & ~static_cast<std::uintptr_t>(kChunkBytes - 1));
    link->parent = chunk->arena->free_;
    chunk->arena->free_ = link;
}

void Cause::drop() {
    detail::CauseLink* link = link_;
    link_ = nullptr;
    while (link != nullptr && --link->references == 0) {
        detail::CauseLink* parent = link->parent;
        Attribution::recycle(link);
        link = parent;
    }
}

void CauseTail::refuse(Time until) const {
    ensure(until >= time(), "attribution runs backwards: until {} fs after {} fs", until.value,
           time().value);
    ensure(false, "attribution: a unit adds more than {} links", kLinks);
    std::abort();
}

Cause Attribution::extend(Cause cause, OwnerId owner, Time until) {
    ensure(until >= cause.time(), "attribution runs backwards: '{}' until {} fs after {} fs",
           owners_[owner].name, until.value, cause.time().value);
    if (until == cause.time()) {
        return cause;
    }
    detail::CauseLink* last = cause.link_;
    if (last != nullptr && last->tag == owner && last->references == 1) {
        last->until = until.value;  // nobody else sees this link: lengthen it in place
        return cause;
    }
    return add_link(std::move(cause), owner, until);
}

Cause Attribution::add_link(Cause cause, std::uint32_t tag, Time until) {
    detail::CauseLink* link = allocate();
    link->parent = cause.link_;
    cause.link_ = nullptr;  // the reference moves into the new link
    link->until = until.value;
    link->references = 1;
    link->tag = tag;
    return Cause(link);
}

Cause Attribution::extend_noted(Cause cause, OwnerId owner, Time until, std::uint32_t note) {
    ensure(until >= cause.time(), "attribution runs backwards: '{}' until {} fs after {} fs",
           owners_[owner].name, until.value, cause.time().value);
    ensure(note < kNotes, "note {} of a cause", note);
    if (until == cause.time()) {
        return cause;
    }
    return add_link(std::move(cause), owner | (note << 8), until);
}

// The chain so far goes into the arena: it has too many links, or is too long, for a trail.
void Attribution::append_kept(CauseTrail& trail, OwnerId owner, Time until) {
    trail = CauseTrail(extend(keep(std::move(trail)), owner, until));
}

Cause Attribution::keep(CauseTrail trail) {
    Cause cause = std::move(trail.base_);
    for (std::size_t i = 0; i < trail.links_.count; ++i) {
        cause = extend(std::move(cause), trail.links_.owners[i],
                       trail.from_ + Time{std::int64_t{trail.links_.offsets[i]}});
    }
    return cause;
}

Cause Attribution::keep_in_window(CauseTrail trail, OwnerId window) {
    for (std::size_t i = 0; i < trail.links_.count; ++i) {
        if (owners_[trail.links_.owners[i]].latency) {
            trail.links_.owners[i] = window;
        }
    }
    return keep(std::move(trail));
}

std::vector<Charge> Attribution::charges(const Cause& end, Time begin) const {
    std::vector<Time> sums(owners_.size());
    for (const detail::CauseLink* link = end.link_; link != nullptr && link->until > begin.value;
         link = link->parent) {
        const std::int64_t from = link->parent == nullptr ? 0 : link->parent->until;
        sums[link->owner()].value += link->until - (from < begin.value ? begin.value : from);
    }
    std::vector<Charge> result;
    for (std::size_t owner = 0; owner < sums.size(); ++owner) {
        if (sums[owner].value > 0) {
            result.push_back({static_cast<OwnerId>(owner), sums[owner]});
        }
    }
    return result;
}

std::vector<Attribution::Step> Attribution::steps(const Cause& end, Time begin) const {
    std::vector<Step> result;
    for (const detail::CauseLink* link = end.link_; link != nullptr && link->until > begin.value;
         link = link->parent) {
        const std::int64_t from = link->parent == nullptr ? 0 : link->parent->until;
        result.push_back(
            {link->owner(), Time{from < begin.value ? begin.value : from}, Time{link->until}});
    }
    return result;
}

}  // namespace vr
