// SPDX-License-Identifier: Apache-2.0
#include "app/audit.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/report/json_report.h"
#include "app/report/text.h"
#include "models/base/error.h"

namespace vr {

std::string hash_lines(const std::vector<StateHash>& hashes) {
    std::size_t width = 0;
    for (const StateHash& hash : hashes) {
        width = std::max(width, hash.path.size());
    }
    std::string out;
    for (const StateHash& hash : hashes) {
        out += fmt::format("  {:<{}}  {}\n", hash.path, width, hex_text(hash.value));
    }
    return out;
}

Audit::Audit(RunRequest& request, Time at) : at_(at) {
    if (at_ == kNever) {
        return;
    }
    request.audit_at = at_;
    request.audit = [this](AuditMoment moment, const std::vector<StateHash>& hashes) {
        if (moment == AuditMoment::kEnd) {
            end_ = hashes;
            return;
        }
        then_ = hashes;
        copy_.fork();
    };
}

// All that two continuations of one run must have in common.
std::string Audit::account(const std::string& report) const {
    return hash_lines(end_) + report;
}

std::string Audit::conclude(const RunResult& result) {
    if (at_ == kNever) {
        return {};
    }
    if (!copy_.forked()) {
        throw UsageError(fmt::format("--audit-at {}: the run ended before; give an earlier time",
                                     time_text(at_)));
    }
    RunResult plain = result;
    plain.host = {};
    const std::string own = account(json_report(plain));
    if (copy_.is_copy()) {
        copy_.hand_over(own);
    }
    bool complete = false;
    const std::string other = copy_.receive(complete);
    if (!complete || other != own) {
        const auto differs =
            std::mismatch(own.begin(), own.end(), other.begin(), other.end()).first;
        const auto line = 1 + std::count(own.begin(), differs, '\n');
        throw LawBroken(fmt::format(
            "snapshot at {}: the continued copy {}", time_text(at_),
            complete ? fmt::format("differs from the run in line {} of hashes and report", line)
                     : "died"));
    }
    return fmt::format(
        "state at {} ({} fs), by unit\n{}snapshot: the copy taken then went on to "
        "the same report and the same {} state hashes\n",
        time_text(at_), at_.value, hash_lines(then_), end_.size());
}

void Audit::end_copy(const std::string& error) {
    if (copy_.is_copy()) {
        copy_.hand_over(account(error));
    }
}

}  // namespace vr
