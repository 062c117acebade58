// SPDX-License-Identifier: Apache-2.0
// The joining of classes of a FoldedGroup; included by fold.h.
#pragma once

#include "models/transport/fold.h"

namespace vr {

template <FoldableMachine Machine, class Payload>
void FoldedGroup<Machine, Payload>::consider_merge() {
    std::uint64_t& patience = busy_ == 0 ? idle_patience_ : patience_;
    if (credit_ < patience * statistics_.classes) {
        return;
    }
    const std::uint64_t saved = statistics_.requested_runs - statistics_.simulated_runs;
    const bool paid = saved - saved_ >= kRunsOfSplit * (statistics_.splits - splits_);
    credit_ = 0;
    saved_ = saved;
    splits_ = statistics_.splits;
    const std::uint32_t before = statistics_.classes;
    try_merge();
    const bool worth_it = paid && before - statistics_.classes > before / 8;
    patience = worth_it ? std::max(kPatience, patience / 2) : std::min(2 * patience, kMostPatience);
}

/// Joins all classes that have nothing in flight and equal normal forms at the horizon, or at the
/// moment to which idle machines may be brought.
template <FoldableMachine Machine, class Payload>
void FoldedGroup<Machine, Payload>::try_merge() {
    ++statistics_.merge_attempts;
    const std::int64_t base = std::min(horizon_, settle_limit_);
    std::vector<Candidate> candidates;
    for (std::uint32_t number = 0; number < classes_.size(); ++number) {
        if (classes_[number] != nullptr && !classes_[number]->busy) {
            if constexpr (requires(Machine & m) { m.settle(std::int64_t{}); }) {
                classes_[number]->machine.settle(base);  // what an idle machine does lazily
            }
            candidates.push_back({classes_[number]->machine.next(), 0, number, {}});
        }
    }
    // Equal normal forms have equal next ticks: only those need their normal forms made.
    const auto by_next = [](const Candidate& a, const Candidate& b) {
        return a.next != b.next ? a.next < b.next : a.number < b.number;
    };
    std::sort(candidates.begin(), candidates.end(), by_next);
    for (std::size_t begin = 0; begin < candidates.size();) {
        std::size_t end = begin + 1;
        while (end < candidates.size() && candidates[end].next == candidates[begin].next) {
            ++end;
        }
        std::size_t kept = begin;  // [begin, kept) hold the classes that stay
        for (std::size_t i = begin; end - begin > 1 && i < end; ++i) {
            Candidate& one = candidates[i];
            append_normal(classes_[one.number]->machine.state(), base, one.words);
            one.digest = digest_of(one.words);
            const auto equal = [&](const Candidate& other) {
                return other.digest == one.digest && other.words == one.words;
            };
            const auto first = candidates.begin() + static_cast<std::ptrdiff_t>(begin);
            const auto last = candidates.begin() + static_cast<std::ptrdiff_t>(kept);
            const auto found = std::find_if(first, last, equal);
            if (found != last && join(one.number, found->number)) {
                continue;
            }
            if (found != last && join(found->number, one.number)) {
                found->number = one.number;
            } else {
                std::swap(candidates[kept++], one);
            }
        }
        begin = end;
    }
    statistics_.minimum_classes = std::min(statistics_.minimum_classes, statistics_.classes);
}

/// Members of class `last` go on as members of class `next`. False when their statistics forbid it.
template <FoldableMachine Machine, class Payload>
bool FoldedGroup<Machine, Payload>::join(std::uint32_t last, std::uint32_t next) {
    Class& from = *classes_[last];
    Class& to = *classes_[next];
    const State& shape = to.machine.state();
    const auto values = transfer_statistics(from.machine.state(), shape);
    if (!values) {
        return false;
    }
    for (const std::uint32_t number : from.members) {
        Member& member = members_[number];
        if (member.offset.empty()) {
            member.offset = *values;
        } else {
            combine_statistics(shape, member.offset, *values);
        }
        member.of = next;
        member.payloads.assign(to.tokens.capacity(), Payload{});
    }
    std::vector<std::uint32_t> all;
    all.reserve(from.members.size() + to.members.size());
    std::merge(from.members.begin(), from.members.end(), to.members.begin(), to.members.end(),
               std::back_inserter(all));
    to.set_members(std::move(all));
    next_.remove(last);
    classes_[last].reset();
    free_.push_back(last);
    ++statistics_.merges;
    --statistics_.classes;
    return true;
}

}  // namespace vr
