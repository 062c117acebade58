// SPDX-License-Identifier: Apache-2.0
#include "tlm/checkers/bulk_checker.h"

#include <algorithm>
#include <iterator>

namespace vr {

void BulkChecker::require(bool holds, std::string_view rule, std::string_view what) {
    if (!holds) {
        breaches_.report(rule, name(), scale().now(), what);
    }
}

BulkChecker::Open& BulkChecker::find(const Payload& payload, std::string_view phase) {
    const auto found = open_.find(&payload);
    require(
        found != open_.end(), "BULK-11",
        fmt::format("{} of descriptor {}, which is not under way", phase, payload.descriptor.id));
    return found->second;
}

void BulkChecker::check_request(const Payload& payload) {
    require(payload.status == BulkStatus::kIncomplete, "BULK-5",
            fmt::format("a request carries status {}; allowed: incomplete",
                        bulk_status_name(payload.status)));
    const std::vector<Diagnostic> wrong = problems(payload.descriptor);
    require(wrong.empty(), "BULK-6", wrong.empty() ? std::string() : wrong.front().text());
    const std::uint64_t expected = payload.data == nullptr ? 0 : payload.descriptor.total_bytes();
    require(payload.data_bytes == expected, "BULK-6",
            fmt::format("a buffer of {} bytes for descriptor {}; allowed: {}", payload.data_bytes,
                        payload.descriptor.id, expected));
}

void BulkChecker::check_unchanged(const Open& open, const Payload& payload) {
    require(payload.data == open.data && payload.data_bytes == open.data_bytes &&
                same_work(payload.descriptor, open.descriptor),
            "BULK-14",
            fmt::format("descriptor {} or its buffer was changed under way", open.descriptor.id));
}

void BulkChecker::begin_request(const Payload& payload) {
    require(payload.has_mm() && payload.get_ref_count() > 0, "BULK-4",
            "a non-blocking transaction without a pool or without a reference");
    require(!open_.contains(&payload), "BULK-11",
            fmt::format("BEGIN_REQ of descriptor {}, which is under way", payload.descriptor.id));
    require(request_ == nullptr, "BULK-1",
            "BEGIN_REQ while an earlier request waits for END_REQ on this socket");
    check_request(payload);
    for (const auto& [other, open] : open_) {
        require(open.descriptor.id != payload.descriptor.id, "BULK-6",
                fmt::format("descriptor id {} is under way already", payload.descriptor.id));
        require(open.descriptor.credit_group != payload.descriptor.credit_group ||
                    open.descriptor.credit_bytes == payload.descriptor.credit_bytes,
                "BULK-6",
                fmt::format("descriptor {} states {} bytes for credit group {}, descriptor {} {}",
                            payload.descriptor.id, payload.descriptor.credit_bytes,
                            payload.descriptor.credit_group, open.descriptor.id,
                            open.descriptor.credit_bytes));
    }
    Open open;
    open.number = transactions_++;
    open.descriptor = payload.descriptor;
    open.data = payload.data;
    open.data_bytes = payload.data_bytes;
    open_.emplace(&payload, std::move(open));
    request_ = &payload;
}

void BulkChecker::end_request(const Payload& payload) {
    Open& open = find(payload, "END_REQ");
    require(open.stage == Stage::kRequested, "BULK-2",
            fmt::format("a second END_REQ of descriptor {}", open.descriptor.id));
    check_unchanged(open, payload);
    require(
        credits_.reserve(open.descriptor), "BULK-12",
        fmt::format("END_REQ of descriptor {} ({} bytes), but credit group {} has {} of {} bytes "
                    "in use",
                    open.descriptor.id, open.descriptor.total_bytes(), open.descriptor.credit_group,
                    credits_.in_use(open.descriptor.credit_group), open.descriptor.credit_bytes));
    open.stage = Stage::kAccepted;
    request_ = nullptr;
}

void BulkChecker::check_item(Open& open, const Completion& completion) {
    const std::uint64_t item = completion.item;
    require(item < open.descriptor.items(), "BULK-9",
            fmt::format("item {} of descriptor {} completes; it has {}", item, open.descriptor.id,
                        open.descriptor.items()));
    auto after = open.intervals.upper_bound(item);
    const auto before = after == open.intervals.begin() ? open.intervals.end() : std::prev(after);
    const bool touches = before != open.intervals.end() && before->second >= item;
    require(!touches || before->second == item, "BULK-9",
            fmt::format("item {} of descriptor {} completes twice", item, open.descriptor.id));
    std::uint64_t end = item + 1;
    if (after != open.intervals.end() && after->first == end) {
        end = after->second;
        open.intervals.erase(after);
    }
    if (touches) {
        before->second = end;
    } else {
        open.intervals.emplace(item, end);
    }
    ++open.completed;
}

void BulkChecker::check_predecessors(const Open& open, Time first) {
    for (const auto& [key, other] : open_) {
        const auto& waits = open.descriptor.predecessors;
        const bool precedes =
            std::find(waits.begin(), waits.end(), other.descriptor.id) != waits.end();
        require(!precedes || (other.completed == other.descriptor.items() && other.last <= first),
                "BULK-17",
                fmt::format("descriptor {} completes an item before its predecessor {} has ended",
                            open.descriptor.id, other.descriptor.id));
    }
}

void BulkChecker::check_segment(Open& open, const CompletionTemplate& segment) {
    const Time now = scale().now();
    const Time first = segment.first();
    require(first <= now && first + scale().tick() > now, "BULK-7",
            fmt::format("a segment of descriptor {} that starts at {} fs; allowed: now",
                        open.descriptor.id, first.value));
    require(first >= open.last, "BULK-8",
            fmt::format("a segment of descriptor {} from {} fs on, after a completion at {} fs",
                        open.descriptor.id, first.value, open.last.value));
    if (open.completed == 0) {
        check_predecessors(open, first);
    }
    segment.for_each([&](const Completion& one) { check_item(open, one); });
    open.last = segment.last();
    ++segments_;
}

void BulkChecker::response(const Payload& payload, bool first) {
    Open& open = find(payload, first ? "BEGIN_RESP" : "kBulkSegment");
    require(open.stage == (first ? Stage::kAccepted : Stage::kResponding), "BULK-2",
            fmt::format("{} of descriptor {}",
                        first ? "BEGIN_RESP before END_REQ or a second one"
                              : "kBulkSegment before BEGIN_RESP",
                        open.descriptor.id));
    open.stage = Stage::kResponding;
    check_unchanged(open, payload);
    require(
        payload.status != BulkStatus::kIncomplete, "BULK-5",
        fmt::format("a response of descriptor {} carries status incomplete", open.descriptor.id));
    require(!open.failed, "BULK-9",
            fmt::format("a segment of descriptor {} after its error", open.descriptor.id));
    open.failed = payload.status != BulkStatus::kOk;
    require(
        payload.segment.empty() == open.failed, "BULK-9",
        fmt::format("a segment of {} items with status {} of descriptor {}",
                    payload.segment.count(), bulk_status_name(payload.status), open.descriptor.id));
    if (!open.failed) {
        check_segment(open, payload.segment);
    }
}

void BulkChecker::end_response(const Payload& payload) {
    Open& open = find(payload, "END_RESP");
    require(open.stage == Stage::kResponding, "BULK-2",
            fmt::format("END_RESP of descriptor {} before BEGIN_RESP", open.descriptor.id));
    check_unchanged(open, payload);
    require(open.failed || open.completed == open.descriptor.items(), "BULK-9",
            fmt::format("END_RESP of descriptor {} after {} of {} items", open.descriptor.id,
                        open.completed, open.descriptor.items()));
    require(open.last <= scale().now(), "BULK-10",
            fmt::format("END_RESP of descriptor {} before its last completion at {} fs",
                        open.descriptor.id, open.last.value));
    credits_.give_back(open.descriptor);
    open_.erase(&payload);
}

void BulkChecker::called(CallPath path, Payload& payload, const Phase& phase, Time at) {
    require(at == scale().now(), "BULK-13",
            fmt::format("{} of descriptor {} with a delay; allowed: none", phase.get_name(),
                        payload.descriptor.id));
    const bool forward = path == CallPath::kForward;
    if (forward && phase == tlm::BEGIN_REQ) {
        begin_request(payload);
    } else if (forward && phase == tlm::END_RESP) {
        end_response(payload);
    } else if (!forward && phase == tlm::END_REQ) {
        end_request(payload);
    } else if (!forward && (phase == tlm::BEGIN_RESP || phase == kBulkSegment)) {
        response(payload, phase == tlm::BEGIN_RESP);
    } else {
        require(false, "BULK-2",
                fmt::format("phase {} on the {} path", phase.get_name(),
                            forward ? "forward" : "backward"));
    }
}

void BulkChecker::returned(CallPath path, Payload& payload, const Phase& sent, const Phase& phase,
                           tlm::tlm_sync_enum result, Time at) {
    require(at == scale().now(), "BULK-13",
            fmt::format("{} was answered with a delay; allowed: none", sent.get_name()));
    const bool forward = path == CallPath::kForward;
    if (result == tlm::TLM_ACCEPTED && phase == sent) {
        return;
    }
    if (result == tlm::TLM_COMPLETED && forward && sent == tlm::END_RESP) {
        return;
    }
    if (result == tlm::TLM_UPDATED && forward && sent == tlm::BEGIN_REQ && phase == tlm::END_REQ) {
        end_request(payload);
    } else if (result == tlm::TLM_UPDATED && !forward && sent != tlm::END_REQ &&
               phase == tlm::END_RESP) {
        end_response(payload);
    } else {
        require(false, "BULK-3",
                fmt::format("{} of descriptor {} was answered {} with phase {}", sent.get_name(),
                            payload.descriptor.id,
                            result == tlm::TLM_ACCEPTED  ? "TLM_ACCEPTED"
                            : result == tlm::TLM_UPDATED ? "TLM_UPDATED"
                                                         : "TLM_COMPLETED",
                            phase.get_name()));
    }
}

void BulkChecker::blocking_called(Payload& payload, Time) {
    check_request(payload);
    ++transactions_;
}

void BulkChecker::blocking_returned(Payload& payload, Time at) {
    require(payload.status != BulkStatus::kIncomplete, "BULK-5",
            "b_transport returned status incomplete");
    if (payload.status != BulkStatus::kOk) {
        return;
    }
    Open whole;  // every item once
    whole.descriptor = payload.descriptor;
    payload.response.for_each([&](const Completion& one) { check_item(whole, one); });
    require(whole.completed == payload.descriptor.items(), "BULK-9",
            fmt::format("b_transport of descriptor {} completed {} of {} items",
                        payload.descriptor.id, whole.completed, payload.descriptor.items()));
    require(payload.response.last() <= at, "BULK-10",
            fmt::format("b_transport of descriptor {} returned before its last completion at {} fs",
                        payload.descriptor.id, payload.response.last().value));
}

void BulkChecker::debugged(Payload& payload, unsigned int count) {
    require(count <= payload.descriptor.total_bytes(), "BULK-16",
            fmt::format("transport_dbg returned {} of {} bytes", count,
                        payload.descriptor.total_bytes()));
}

void BulkChecker::finish() {
    const auto first = std::min_element(
        open_.begin(), open_.end(),
        [](const auto& a, const auto& b) { return a.second.number < b.second.number; });
    if (first != open_.end()) {
        require(false, "BULK-15",
                fmt::format("{} transactions have not ended; the oldest is descriptor {}, {} of {} "
                            "items completed",
                            open_.size(), first->second.descriptor.id, first->second.completed,
                            first->second.descriptor.items()));
    }
    require(credits_.in_use() == 0, "BULK-12",
            fmt::format("{} bytes of credits did not come back", credits_.in_use()));
}

}  // namespace vr
