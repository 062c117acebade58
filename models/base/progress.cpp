// SPDX-License-Identifier: Apache-2.0
#include "models/base/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

namespace vr {

namespace {

constexpr std::int64_t kBarWidth = 20;
constexpr std::string_view kEraseLine = "\r\x1b[K";

// Three significant digits in the largest unit that keeps the number at one or more. For the eye
// only.
std::string short_time(double femtoseconds) {
    constexpr std::string_view kUnits[] = {"fs", "ps", "ns", "us", "ms", "s"};
    std::size_t unit = 0;
    while (femtoseconds >= 999.5 && unit + 1 < std::size(kUnits)) {
        femtoseconds /= 1000;
        ++unit;
    }
    const int decimals = unit == 0 || femtoseconds >= 99.95 ? 0 : femtoseconds >= 9.995 ? 1 : 2;
    return fmt::format("{:.{}f} {}", femtoseconds, decimals, kUnits[unit]);
}

std::string short_wait(double seconds) {
    const auto whole = static_cast<std::int64_t>(seconds + 0.5);
    if (whole < 60) {
        return fmt::format("{} s", whole);
    }
    if (whole < 3600) {
        return fmt::format("{} min {} s", whole / 60, whole % 60);
    }
    return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace

Progress::Progress(std::string_view label, std::int64_t total, Options options)
    : label_(label), total_(total), options_(std::move(options)) {
    if (!options_.write) {
        options_.write = [](std::string_view text) {
            std::fwrite(text.data(), 1, text.size(), stderr);
            std::fflush(stderr);
        };
    }
    if (!options_.clock) {
        options_.clock = [] {
            return HostTime(std::chrono::steady_clock::now().time_since_epoch());
        };
    }
    if (options_.enabled) {
        begin_ = last_ = options_.clock();
    }
}

Progress::~Progress() {
    clear();
}

void Progress::refresh(Time now, std::int64_t done) {
    const HostTime host = options_.clock();
    if (host - last_ < options_.interval) {
        return;
    }
    last_ = host;
    shown_ = true;
    std::string text = line(label_, total_, done, now, host - begin_);
    text.resize(std::min(text.size(), options_.width));
    options_.write(fmt::format("{}{}", kEraseLine, text));
}

void Progress::clear() {
    if (shown_) {
        options_.write(kEraseLine);
        shown_ = false;
    }
}

bool Progress::stderr_is_terminal() {
    return ::isatty(STDERR_FILENO) == 1;
}

std::size_t Progress::stderr_width() {
    winsize size{};
    const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    return known ? size.ws_col - std::size_t{1} : 80;
}

std::string Progress::line(std::string_view label, std::int64_t total, std::int64_t done, Time now,
                           HostTime elapsed) {
    const double seconds = std::chrono::duration<double>(elapsed).count();
    std::string text(label);
    double share = 0;
    if (total > 0) {
        share = static_cast<double>(std::clamp<std::int64_t>(done, 0, total)) /
                static_cast<double>(total);
        const auto filled = static_cast<std::size_t>(share * static_cast<double>(kBarWidth));
        text += fmt::format(" [{}{}] {} %", std::string(filled, '#'),
                            std::string(static_cast<std::size_t>(kBarWidth) - filled, '.'),
                            static_cast<int>(share * 100));
    }
    const auto simulated = static_cast<double>(now.value);
    text += fmt::format("  simulated {}", short_time(simulated));
    if (seconds > 0) {
        text += fmt::format("  speed {}/s", short_time(simulated / seconds));
    }
    if (share > 0 && share < 1) {
        text += fmt::format("  about {} left", short_wait(seconds * (1 - share) / share));
    }
    return text;
}

}  // namespace vr
