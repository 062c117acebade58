// SPDX-License-Identifier: Apache-2.0
#include "app/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

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

namespace {

constexpr std::size_t kLikeUnits = 16;  // more share a line

std::vector<std::string> segments_of(const std::string& path) {
    std::vector<std::string> out(1);
    for (const char c : path) {
        if (c == '.') {
            out.emplace_back();
        } else {
            out.back() += c;
        }
    }
    return out;
}

// A segment without the number at its end.
std::string stem_of(const std::string& segment) {
    const std::size_t last = segment.find_last_not_of("0123456789");
    return segment.substr(0, last == std::string::npos ? 0 : last + 1);
}

std::string kind_of(const std::string& path) {
    std::string out;
    for (const std::string& segment : segments_of(path)) {
        out += stem_of(segment) + '.';
    }
    return out;
}

// Units of one kind as one: "gpu.tpc* (112)", their hashes hashed in order.
StateHash joined(const std::vector<const StateHash*>& units) {
    std::vector<std::string> common = segments_of(units.front()->path);
    DigestSink sink;
    for (const StateHash* unit : units) {
        sink.push(unit->value);
        const std::vector<std::string> own = segments_of(unit->path);
        for (std::size_t i = 0; i < own.size(); ++i) {
            common[i] = common[i] == own[i] ? own[i] : stem_of(own[i]) + '*';
        }
    }
    return {fmt::format("{} ({})", fmt::join(common, "."), units.size()), sink.value()};
}

}  // namespace

std::vector<StateHash> grouped(const std::vector<StateHash>& hashes) {
    std::map<std::string, std::vector<const StateHash*>> kinds;
    for (const StateHash& hash : hashes) {
        kinds[kind_of(hash.path)].push_back(&hash);
    }
    std::vector<StateHash> out;
    for (const StateHash& hash : hashes) {
        const auto& like = kinds[kind_of(hash.path)];
        if (like.size() <= kLikeUnits) {
            out.push_back(hash);
        } else if (like.front() == &hash) {
            out.push_back(joined(like));
        }
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
        const auto begin = 1 + std::string_view(own.begin(), differs).rfind('\n');
        throw LawBroken(fmt::format(
            "snapshot at {}: the continued copy {}", time_text(at_),
            complete ? fmt::format("differs from the run in line {} of hashes and report: {}", line,
                                   own.substr(begin, own.find('\n', begin) - begin))
                     : "died"));
    }
    return fmt::format(
        "state at {} ({} fs), by unit\n{}snapshot: the copy taken then went on to "
        "the same report and the same {} state hashes\n",
        time_text(at_), at_.value, hash_lines(grouped(then_)), end_.size());
}

void Audit::end_copy(const std::string& error) {
    if (copy_.is_copy()) {
        copy_.hand_over(account(error));
    }
}

}  // namespace vr
