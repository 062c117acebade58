// SPDX-License-Identifier: Apache-2.0
#include "app/step/why.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "app/report/text.h"

namespace vr {

namespace {

constexpr std::size_t kEarlierLinks = 12;  // printed of those before the event began
constexpr std::string_view kCommands = ".commands";

// "bank 3" of "ACT bank 3", and where: "row 17, bank 3, pseudo-channel gpu.hbm4...".
std::string dram_place(const RunView& view, const Event& command) {
    const std::string& name = view.name(command);
    std::string path = view.path(command);
    if (path.ends_with(kCommands)) {
        path.resize(path.size() - kCommands.size());
    }
    const std::string bank = name.substr(name.find(' ') + 1);
    return name.starts_with("ACT")
               ? fmt::format("row {}, {}, pseudo-channel {}", command.value, bank, path)
               : fmt::format("{}, pseudo-channel {}", bank, path);
}

// What a link waited for, in words; "" when the owner's name says it all.
std::string link_words(const RunView& view, const BookedStep& step) {
    const EventNote note = EventRecord::read_note(step.note);
    if (note.kind == EventNote::kWords) {
        return view.record().names()[note.index];
    }
    if (note.kind == EventNote::kNone) {
        return "";
    }
    const Event& command = view.numbered(note.index);
    if (view.record().causes().owner_name(step.owner) == "HBM data bus") {
        return fmt::format("column commands on {}, opened by the ACT sent at {}",
                           dram_place(view, command), moment_text(command.begin));
    }
    const std::string& name = view.name(command);
    return fmt::format("waited {} for {} of {}, sent at {}", time_text(step.until - step.from),
                       name.substr(0, name.find(' ')), dram_place(view, command),
                       moment_text(command.begin));
}

std::string link_line(const RunView& view, const BookedStep& step) {
    const std::string words = link_words(view, step);
    return fmt::format("  {:>11}  until {:>13}  {}{}{}\n", time_text(step.until - step.from),
                       moment_text(step.until), view.record().causes().owner_name(step.owner),
                       words.empty() ? "" : ": ", words);
}

bool is_hbm(const RunView& view, const BookedStep& step) {
    return view.record().causes().owner_name(step.owner).starts_with("HBM");
}

// The memory request that arrived last within the wait: its links follow each other.
std::string memory_sentence(const RunView& view, const std::vector<BookedStep>& steps) {
    const auto is_data = [&](const BookedStep& step) {
        return view.record().causes().owner_name(step.owner) == "HBM data bus" && step.note != 0;
    };
    const auto data = std::find_if(steps.begin(), steps.end(), is_data);
    if (data == steps.end()) {
        return "";
    }
    std::vector<std::string> parts;  // latest first
    for (auto link = data; link != steps.end() && is_hbm(view, *link); ++link) {
        const std::string& owner = view.record().causes().owner_name(link->owner);
        if (link != data && is_data(*link)) {
            break;
        }
        const std::string length = time_text(link->until - link->from);
        if (owner == "HBM row" || owner == "HBM refresh") {
            parts.push_back(link_words(view, *link));
        } else if (owner == "HBM queue") {
            parts.push_back(fmt::format("queued {}: {}", length, link_words(view, *link)));
        } else if (owner == "HBM data bus") {
            parts.push_back(fmt::format("{} for {}", length, link_words(view, *link)));
        }
    }
    std::string sentence;
    for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
        sentence += (sentence.empty() ? "" : "; ") + *part;
    }
    return fmt::format("  It waited for memory: {}.\n", sentence);
}

std::string credit_sentence(const RunView& view, const std::vector<BookedStep>& steps) {
    for (const BookedStep& step : steps) {
        const std::string words = link_words(view, step);
        if (words.find("credit") != std::string::npos) {
            return fmt::format("  It waited for a credit: {} ({}).\n", words,
                               moment_text(step.until));
        }
    }
    return "";
}

// Charges of the links that are not printed, largest first.
std::string summary(const RunView& view, const std::vector<BookedStep>& steps, std::size_t from) {
    std::vector<std::pair<std::string, Time>> sums;
    Time total;
    for (std::size_t i = from; i < steps.size(); ++i) {
        const std::string& owner = view.record().causes().owner_name(steps[i].owner);
        const Time length = steps[i].until - steps[i].from;
        const auto found = std::find_if(sums.begin(), sums.end(),
                                        [&](const auto& sum) { return sum.first == owner; });
        if (found == sums.end()) {
            sums.emplace_back(owner, length);
        } else {
            found->second += length;
        }
        total += length;
    }
    std::stable_sort(sums.begin(), sums.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    std::string out = fmt::format("  {:>11}  in {} earlier links back to 0:", time_text(total),
                                  steps.size() - from);
    constexpr std::size_t kShown = 4;
    for (std::size_t i = 0; i < sums.size() && i < kShown; ++i) {
        out += fmt::format("{} {} {}", i == 0 ? "" : ",", sums[i].first, time_text(sums[i].second));
    }
    return out + (sums.size() > kShown ? ", ...\n" : "\n");
}

}  // namespace

std::string why_text(const RunView& view, const Event& event) {
    std::string out = fmt::format("{} on {} ended at {} ({} fs)", view.name(event),
                                  view.path(event), moment_text(event.end), event.end.value);
    out += event.end > event.begin
               ? fmt::format(", {} after it began.\n", time_text(event.end - event.begin))
               : ".\n";
    if (event.chain == 0) {
        const bool refresh = view.name(event).starts_with("REF");
        return out + (refresh ? "  A refresh falls due with its interval; no request led to it.\n"
                              : "  No chain of causes leads to it: nobody waited for it.\n");
    }
    const CauseBook& book = view.record().causes();
    const std::vector<BookedStep> steps = book.steps(event.chain);
    const std::vector<BookedStep> within = book.steps(event.chain, event.begin);
    if (!within.empty()) {
        const BookedStep& longest = *std::max_element(
            within.begin(), within.end(),
            [](const auto& a, const auto& b) { return a.until - a.from < b.until - b.from; });
        const std::string words = link_words(view, longest);
        out +=
            fmt::format("  Longest in it: {}, {}{}{}.\n", time_text(longest.until - longest.from),
                        book.owner_name(longest.owner), words.empty() ? "" : ": ", words);
        out += memory_sentence(view, within) + credit_sentence(view, within);
    }
    out += "  Last arrivals, latest first:\n";
    std::size_t printed = 0;
    for (; printed < within.size(); ++printed) {
        out += link_line(view, within[printed]);
    }
    // A link that the beginning cuts goes on behind it.
    std::vector<BookedStep> before = steps;
    before.erase(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(within.size()));
    if (!within.empty() && within.back().from > steps[within.size() - 1].from) {
        BookedStep rest = steps[within.size() - 1];
        rest.until = within.back().from;
        before.insert(before.begin(), rest);
    }
    if (!within.empty() && !before.empty()) {
        out += fmt::format("  before it began at {}:\n", moment_text(event.begin));
    }
    for (std::size_t i = 0; i < before.size() && i < kEarlierLinks; ++i) {
        out += link_line(view, before[i]);
    }
    if (before.size() > kEarlierLinks) {
        out += summary(view, before, kEarlierLinks);
    }
    return out;
}

}  // namespace vr
