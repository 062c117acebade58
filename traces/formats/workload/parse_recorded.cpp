// SPDX-License-Identifier: Apache-2.0
// Lines of operators that are recorded and have no tensors: replay and communication.
#include <algorithm>

#include "models/base/configuration.h"
#include "traces/formats/workload/line_object.h"
#include "traces/formats/workload/statements.h"

namespace vr::workload_trace {

namespace {

constexpr std::int64_t kMostRanks = 1 << 20;
constexpr std::string_view kReplay = "replay";

// A key that may be left out but, where it stands, is a text.
std::string optional_text(const LineObject& line, std::string_view key) {
    return line.has(key) ? line.text(key, "a text that is not empty").value_or("") : "";
}

void read_replay(const LineObject& line, OperatorStatement& op) {
    op.spec.kind = OperatorKind::kReplay;
    line.allow_only(
        {"op", "id", "name", "duration", "flops", "bytes", "host", "depends", "stream", "gpu"});
    op.spec.replay.name = optional_text(line, "name");
    op.spec.replay.flops = line.integer("flops", 0, INT64_MAX, 0).value_or(0);
    op.spec.replay.bytes = line.integer("bytes", 0, INT64_MAX, 0).value_or(0);
    if (line.has("host")) {
        const auto& host = line.object().at("host");
        if (!host.is_boolean()) {
            line.problem("host", fmt::format("'host' is {}", host.dump().substr(0, 60)),
                         "true or false");
        } else {
            op.spec.replay.host = host.get<bool>();
        }
    }
    const std::string example = "a time with its unit, \"12.5 us\"";
    const auto duration = line.text("duration", example);
    if (!duration) {
        return;
    }
    std::string allowed;
    if (!parse_quantity(*duration, op.spec.replay.duration, allowed)) {
        line.problem("duration", fmt::format("'duration' is \"{}\"", *duration),
                     allowed.empty() ? example : allowed);
    } else if (op.spec.replay.duration.value < 0 ||
               (op.spec.replay.duration.value == 0 && !op.spec.replay.host)) {
        line.problem("duration", fmt::format("'duration' is \"{}\"", *duration),
                     "more than 0 (0 for host work, which may only order others)",
                     "an operator without a recorded time cannot be replayed");
    }
}

void read_collective(const LineObject& line, CollectiveKind kind, OperatorStatement& op) {
    op.spec.kind = OperatorKind::kCollective;
    op.spec.collective.kind = kind;
    const std::int64_t least = kind == CollectiveKind::kBarrier ? 0 : 1;
    if (has_peer(kind)) {
        line.allow_only({"op", "id", "bytes", "group", "peer", "tag", "depends", "stream", "gpu"});
        op.spec.collective.peer = line.integer("peer", 0, kMostRanks).value_or(0);
        op.spec.collective.tag = line.integer("tag", INT32_MIN, INT32_MAX, 0).value_or(0);
    } else {
        line.allow_only({"op", "id", "bytes", "group", "depends", "stream", "gpu"});
    }
    const std::optional<std::int64_t> standard =
        kind == CollectiveKind::kBarrier ? std::optional<std::int64_t>(0) : std::nullopt;
    op.spec.collective.bytes = line.integer("bytes", least, INT64_MAX, standard).value_or(0);
    op.spec.collective.group = optional_text(line, "group");
}

}  // namespace

const std::vector<std::string>& recorded_words() {
    static const std::vector<std::string> words = [] {
        std::vector<std::string> out{std::string(kReplay)};
        out.insert(out.end(), kCollectiveNames.begin(), kCollectiveNames.end());
        return out;
    }();
    return words;
}

std::optional<OperatorStatement> read_recorded(const LineObject& line) {
    const auto& word = line.object().at("op");
    const auto& words = recorded_words();
    const auto found = word.is_string()
                           ? std::find(words.begin(), words.end(), word.get<std::string>())
                           : words.end();
    if (found == words.end()) {
        return std::nullopt;
    }
    OperatorStatement op;
    op.spec.line = line.line();
    if (found == words.begin()) {
        read_replay(line, op);
    } else {
        read_collective(line, static_cast<CollectiveKind>(found - words.begin() - 1), op);
    }
    read_schedule(line, op);
    return op;
}

}  // namespace vr::workload_trace
