// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "app/json_output.h"
#include "app/platform/platform.h"
#include "app/report/json_writer.h"
#include "app/simulate.h"
#include "app/verbs.h"

namespace vr {

namespace {

bool is_under(const std::string& path, const std::string& group) {
    return path.size() > group.size() && path.starts_with(group) && path[group.size()] == '.';
}

bool is_tail(const std::string& path, const std::string& tail) {
    return path.size() > tail.size() && path.ends_with(tail) &&
           path[path.size() - tail.size() - 1] == '.';
}

// Entries that a key means: the one of this path, those below it, or those that end in it.
std::vector<LedgerEntry> select(const std::vector<LedgerEntry>& ledger, const std::string& key) {
    std::vector<LedgerEntry> exact;
    std::vector<LedgerEntry> tails;
    for (const LedgerEntry& entry : ledger) {
        if (key.empty() || entry.path == key || is_under(entry.path, key)) {
            exact.push_back(entry);
        } else if (is_tail(entry.path, key)) {
            tails.push_back(entry);
        }
    }
    if (!exact.empty() || !tails.empty()) {
        return exact.empty() ? tails : exact;
    }
    std::vector<std::string> known;
    for (const LedgerEntry& entry : ledger) {
        known.push_back(entry.path);
        known.push_back(entry.path.substr(entry.path.rfind('.') + 1));
    }
    const std::string nearest = nearest_name(key, known);
    throw UsageError(
        fmt::format("params: no parameter '{}'{}; vrsim params alone lists them", key,
                    nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
}

std::string table(const std::vector<LedgerEntry>& entries) {
    std::size_t path = 4;
    std::size_t value = 5;
    std::size_t allowed = 5;
    for (const LedgerEntry& entry : entries) {
        path = std::max(path, entry.path.size());
        value = std::max(value, entry.value.size());
        allowed = std::max(allowed, entry.allowed.size());
    }
    const auto row = [&](std::string_view p, std::string_view v, std::string_view a,
                         std::string_view status, std::string_view source) {
        std::string text = fmt::format("{:<{}}  {:>{}}  {:<{}}  {:<10} {}", p, path, v, value, a,
                                       allowed, status, source);
        text.erase(text.find_last_not_of(' ') + 1);
        return text + "\n";
    };
    std::string out = row("path", "value", "range", "status", "source");
    for (const LedgerEntry& e : entries) {
        out += row(e.path, e.value, e.allowed, status_name(e.status),
                   e.without_effect.empty()
                       ? e.source
                       : fmt::format("(no effect: {}) {}", e.without_effect, e.source));
    }
    return out;
}

std::string details(const LedgerEntry& e) {
    std::string out =
        fmt::format("{} = {}\n  {}\n  range   {}\n  status  {}\n", e.path, e.value, e.help,
                    e.allowed.empty() ? "any" : e.allowed, status_name(e.status));
    if (!e.source.empty()) {
        out += fmt::format("  source  {}\n", e.source);
    }
    if (!e.without_effect.empty()) {
        out += fmt::format("  effect  none, as {}\n", e.without_effect);
    }
    if (!e.file.empty()) {
        out += fmt::format("  given   {}{}\n", e.file,
                           e.line > 0 ? fmt::format(":{}", e.line) : std::string{});
    }
    return out;
}

std::string document(const std::vector<LedgerEntry>& entries) {
    JsonWriter json;
    json.begin_array();
    for (const LedgerEntry& e : entries) {
        json.begin_object()
            .field("path", e.path)
            .field("value", e.value)
            .field("unit", e.unit)
            .field("range", e.allowed)
            .field("status", status_name(e.status))
            .field("source", e.source)
            .field("without_effect", e.without_effect)
            .field("help", e.help)
            .field("file", e.file)
            .field("line", std::int64_t{e.line})
            .end_object();
    }
    json.end_array();
    return json.take();
}

}  // namespace

ExitCode verb_params(const CommandLine& line) {
    Configuration configuration = load_platform(line.common);
    (void)bind_platform(configuration);
    const std::vector<LedgerEntry> entries = select(configuration.ledger(), line.key);
    JsonOutput json(line.common.json);
    if (json.wanted()) {
        json.write(document(entries));
    } else {
        Console::document(entries.size() == 1 ? details(entries.front()) : table(entries));
    }
    return ExitCode::kComplete;
}

}  // namespace vr
