// SPDX-License-Identifier: Apache-2.0
#include "app/step/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <ostream>
#include <vector>

#include "app/step/why.h"
#include "models/base/configuration.h"
#include "models/base/error.h"

namespace vr {

namespace {

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r");
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

std::size_t count_of(std::string_view command, std::string_view text) {
    std::size_t count = 1;
    if (text.empty()) {
        return count;
    }
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || end != text.data() + text.size() || count == 0) {
        throw UsageError(
            fmt::format("{} {}: not a number of events; allowed: 1 or more", command, text));
    }
    return count;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

const std::vector<std::string>& words() {
    static const std::vector<std::string> known = {"next", "back", "op",   "goto",
                                                   "find", "why",  "help", "quit"};
    return known;
}

// The command that a word means: itself, or the only one that begins with it.
std::string command_of(const std::string& word) {
    std::vector<std::string> begun;
    for (const std::string& known : words()) {
        if (known == word) {
            return known;
        }
        if (known.starts_with(word)) {
            begun.push_back(known);
        }
    }
    if (begun.size() == 1) {
        return begun.front();
    }
    const std::string nearest = nearest_name(word, words());
    throw UsageError(
        fmt::format("unknown command '{}'{}; help lists them", word,
                    nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
}

}  // namespace

std::string StepSession::help() {
    return "  next [N]   the next event, or the next N\n"
           "  back [N]   the same way back\n"
           "  op [NAME]  the first event of the next operator, or of operator NAME\n"
           "  goto TIME  the first event at TIME or later, e.g. goto 1.5 us\n"
           "  find TEXT  the next event whose line contains TEXT\n"
           "  why        why the event printed last ended when it did\n"
           "  help       this list\n"
           "  quit       end; so does the end of input\n"
           "A command may be shortened as long as it stays clear.\n";
}

void StepSession::command(std::string_view line) {
    const std::string_view text = trimmed(line);
    if (text.empty() || text.front() == '#') {
        return;
    }
    const std::size_t space = text.find_first_of(" \t");
    const std::string_view rest =
        space == std::string_view::npos ? std::string_view{} : trimmed(text.substr(space));
    const std::string word = command_of(std::string(text.substr(0, space)));
    if (!rest.empty() && (word == "why" || word == "help" || word == "quit")) {
        throw UsageError(fmt::format("{} takes nothing behind it, given '{}'", word, rest));
    }
    if (word == "next") {
        next(rest);
    } else if (word == "back") {
        back(rest);
    } else if (word == "op") {
        to_operator(rest);
    } else if (word == "goto") {
        go_to(rest);
    } else if (word == "find") {
        find(rest);
    } else if (word == "why") {
        why();
    } else if (word == "help") {
        print(help());
    } else {
        ended_ = true;
    }
}

void StepSession::print(std::string_view text) {
    out_ << text;
    out_.flush();
}

void StepSession::show(std::size_t place) {
    print(view_.line(place) + "\n");
    current_ = place;
    printed_ = true;
    place_ = place + 1;
}

void StepSession::next(std::string_view count) {
    for (std::size_t left = count_of("next", count); left > 0; --left) {
        if (place_ == view_.size()) {
            print("end of the run\n");
            return;
        }
        show(place_);
    }
}

void StepSession::back(std::string_view count) {
    for (std::size_t left = count_of("back", count); left > 0; --left) {
        if (place_ == 0) {
            print("begin of the run\n");
            return;
        }
        const std::size_t place = place_ - 1;
        show(place);
        place_ = place;
    }
}

void StepSession::to_operator(std::string_view name) {
    const std::vector<std::string>& operators = view_.names().operators;
    std::size_t found = view_.size();
    if (name.empty()) {
        for (std::size_t i = 0; i < operators.size(); ++i) {
            if (view_.first_of(i) >= place_) {
                found = std::min(found, view_.first_of(i));
            }
        }
        if (found == view_.size()) {
            print("no operator begins behind this place\n");
            return;
        }
    } else {
        const auto named = std::find(operators.begin(), operators.end(), name);
        if (named == operators.end()) {
            const std::string nearest = nearest_name(std::string(name), operators);
            throw UsageError(
                fmt::format("op {}: the trace has no such operator{}", name,
                            nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
        }
        found = view_.first_of(static_cast<std::size_t>(named - operators.begin()));
        if (found == view_.size()) {
            print(fmt::format("operator {} has no event: it did not begin\n", name));
            return;
        }
    }
    show(found);
}

void StepSession::go_to(std::string_view time) {
    Time at;
    std::string allowed;
    if (!parse_quantity(time, at, allowed) || at.value < 0) {
        throw UsageError(fmt::format("goto {}: not a time; allowed: {}", time,
                                     allowed.empty() ? "0 fs or later" : allowed));
    }
    const std::size_t found = view_.first_at(at);
    if (found == view_.size()) {
        print("no event begins then or later\n");
        return;
    }
    show(found);
}

void StepSession::find(std::string_view text) {
    if (text.empty()) {
        throw UsageError("find: give a text, e.g. find stall");
    }
    const std::string wanted = lower(text);
    for (std::size_t i = place_; i < view_.size(); ++i) {
        if (lower(view_.line(i)).find(wanted) != std::string::npos) {
            show(i);
            return;
        }
    }
    print(fmt::format("'{}' is not found behind this place\n", text));
}

void StepSession::why() {
    if (!printed_) {
        throw UsageError("why: no event was printed yet; next prints one");
    }
    print(why_text(view_, view_.event(current_)));
}

}  // namespace vr
