// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/bulk/bulk_memory.h"

#include <fmt/format.h>

#include <algorithm>

#include "models/base/error.h"
#include "models/hbm4/bulk/access_runs.h"
#include "models/hbm4/bulk/bulk_channel.h"
#include "models/hbm4/policies/policies.h"
#include "models/transport/fold.h"
#include "models/transport/state.h"

namespace vr::hbm4 {

namespace {

void refuse(std::size_t place, const std::string& what, std::string allowed) {
    throw InputError(Diagnostic{
        {}, 0, 0, fmt::format("descriptor {}: {}", place, what), std::move(allowed), {}});
}

void check(const Descriptor& descriptor, std::size_t place) {
    validate(descriptor);
    if (descriptor.direction == Direction::kReduce || descriptor.indexed != Descriptor::kNoIndex ||
        descriptor.pacing.numerator != 0 || descriptor.credit_bytes != 0 ||
        !descriptor.predecessors.empty()) {
        refuse(place, "it reduces, is paced, or has an index, credits or predecessors",
               "reads and writes as fast as possible");
    }
}

// The contiguous pieces of a descriptor: its lowest dimensions, as far as they leave no gap, and
// what further ones add to that.
template <class Piece>
void for_each_piece(const Descriptor& descriptor, Piece&& piece) {
    std::uint64_t bytes = descriptor.bytes;
    std::uint64_t items = 1;  // of one piece
    for (const DescriptorDimension& dimension : descriptor.dimensions) {
        if (dimension.count > 1 && static_cast<std::uint64_t>(dimension.stride) != bytes) {
            break;
        }
        bytes *= dimension.count;
        items *= dimension.count;
    }
    const std::uint64_t all = descriptor.items();
    for (std::uint64_t item = 0; item < all; item += items) {
        const std::uint64_t begin = descriptor.address(item);
        piece(begin, begin + bytes);
    }
}

using Group = FoldedGroup<BulkChannel, std::uint32_t>;

// The member's own statistics, plus what a copy of its machine adds while it catches up.
Counters counters_at(const Group& group, std::uint32_t member, std::int64_t tick) {
    Counters counters = group.state_of(member).stream.channel.counters;
    BulkChannel copy = group.machine_of(member);
    const Counters before = copy.counters();
    copy.settle(tick);
    add_idle_counts(counters, before, copy.counters());
    return counters;
}

}  // namespace

std::string BulkResult::report() const {
    std::string text = fmt::format("end {}\n", end);
    for (std::size_t i = 0; i < ends.size(); ++i) {
        text += fmt::format("descriptor {} {}\n", i, ends[i]);
    }
    for (std::size_t i = 0; i < counters.size(); ++i) {
        text += fmt::format("pseudo-channel {}\n{}", i, dump(counters[i]));
    }
    return text;
}

BulkResult run_bulk(const Hbm4Config& config, const std::vector<Descriptor>& descriptors,
                    const BulkOptions& options) {
    const AddressMap map(config);
    const auto count = static_cast<std::size_t>(config.pseudo_channels());
    const AccessStreamSetup setup(config, config.interleave.value / config.access_bytes.value);
    const AccessRuns divider(map, config.pseudo_channels());
    Group group(BulkChannel(setup, options.fast_forward), static_cast<std::uint32_t>(count),
                options.fold && without_normal_form(config).empty());
    BulkResult result;
    result.ends.resize(descriptors.size());
    for (std::size_t i = 0; i < descriptors.size(); ++i) {
        const Descriptor& descriptor = descriptors[i];
        check(descriptor, i);
        std::vector<std::vector<AccessRun>> runs(count);
        for_each_piece(descriptor, [&](std::uint64_t begin, std::uint64_t end) {
            if ((begin | end) % map.access_bytes() != 0 || end > map.capacity()) {
                refuse(i, fmt::format("bytes {:#x} to {:#x}", begin, end),
                       fmt::format("multiples of {} B up to {:#x}", map.access_bytes(),
                                   map.capacity()));
            }
            divider.append(begin, end, descriptor.direction == Direction::kWrite, runs);
        });
        for (std::size_t pc = 0; pc < count; ++pc) {
            for (const AccessRun& run : runs[pc]) {
                group.push(static_cast<std::uint32_t>(pc), 0, run, static_cast<std::uint32_t>(i));
            }
        }
    }
    group.run(kNeverTick, [&](std::uint32_t, std::uint32_t descriptor, const RunEnd& end) {
        std::int64_t& last = result.ends[descriptor];
        last = std::max(last, end.tick);
        result.end = std::max(result.end, end.tick);
        group.settle_no_further_than(result.end);
    });
    ensure(group.idle(), "bulk memory: descriptors are not finished");
    for (std::uint32_t pc = 0; pc < count; ++pc) {
        result.counters.push_back(counters_at(group, pc, result.end));
    }
    result.folded = group.statistics();
    result.skipped = group.machine_of(0).skipped();
    return result;
}

}  // namespace vr::hbm4
