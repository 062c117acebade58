// SPDX-License-Identifier: Apache-2.0
// What the L2 tells at the end: waits of a stalled run, statistics, traffic per tensor.
#include <bit>

#include "models/gpu/l2/l2.h"
#include "models/transport/state_hasher.h"

namespace vr {

void L2::waits(std::vector<Wait>& out) const {
    std::vector<bool> free(fills_.size());
    for (const std::uint32_t index : free_fills_) {
        free[index] = true;
    }
    constexpr std::size_t kListed = 8;
    std::size_t listed = 0;
    for (std::size_t i = 0; i < fills_.size() && listed < kListed; ++i) {
        if (!free[i]) {
            out.push_back({fmt::format("{} fill of address {:#x}", path(),
                                       fills_[i].granule * granule_bytes_),
                           "data", "memory", fills_[i].start + lookup_span_});
            ++listed;
        }
    }
    const std::size_t all = fills_.size() - free_fills_.size();
    if (all > listed) {
        out.push_back({path(), fmt::format("{} fills more", all - listed), "memory", Time{}});
    }
}

void L2::state(StateHasher& out) const {
    visit_members(*this, out);
}

void L2::statistics(StatisticsRegistry& out) const {
    TensorTraffic sum;
    for (const TensorTraffic& traffic : traffic_) {
        sum.requested += traffic.requested;
        sum.hits += traffic.hits;
        sum.misses += traffic.misses;
        sum.memory_read += traffic.memory_read;
        sum.prefetched += traffic.prefetched;
        sum.written += traffic.written;
        sum.written_back += traffic.written_back;
    }
    out.add(path(), "bytes_requested", sum.requested, "B", "read by the SMs");
    out.add(path(), "bytes_hit", sum.hits, "B", "there, or already on their way");
    out.add(path(), "bytes_missed", sum.misses, "B", "had to be asked from memory");
    out.add(path(), "bytes_fetched", sum.memory_read, "B",
            "asked from memory, fetch blocks included");
    out.add(path(), "bytes_prefetched", sum.prefetched, "B", "of those, asked for by prefetches");
    out.add(path(), "bytes_written", sum.written, "B", "written by the SMs");
    out.add(path(), "bytes_written_back", sum.written_back, "B", "dirty bytes sent to memory");
    out.add(path(), "lines_served", lines_, "lines", "line accesses of all slices");
    out.add(path(), "lines_far", far_lines_, "lines", "of those, from the other die");
    out.add(path(), "fills", fills_started_, "requests", "reads sent to memory");
    out.add(path(), "write_backs", write_backs_, "requests", "evictions of dirty data");
    out.add(path(), "bypasses", bypasses_, "lines", "writes round the cache, every way pending");
    out.add(path(), "slice_busy", busy_.value, "fs", "sum over slices of the time at work");
}

std::vector<TensorTraffic> L2::traffic() const {
    std::vector<TensorTraffic> result = traffic_;
    tags_.for_each([&](const Granule& granule) {
        TensorTraffic& traffic = result[granule.tensor.value];
        traffic.dirty_at_end += std::int64_t{std::popcount(granule.dirty)} * kSectorBytes;
        for (std::uint32_t mask = granule.dirty; mask != 0; mask >>= kSectorsPerLine) {
            traffic.dirty_lines_at_end += (mask & 0xfU) != 0 ? 1 : 0;
        }
    });
    return result;
}

}  // namespace vr
