// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/standards/standard.h"

#include <algorithm>
#include <array>
#include <map>
#include <type_traits>
#include <utility>

#include "models/base/error.h"
#include "models/hbm4/standards/tables.h"
#include "models/transport/clock.h"

namespace vr::hbm4 {

namespace {

constexpr std::array<std::string_view, kCommandCount> kCommands = {
    "ACT",   "PRE",    "RD",  "WR",  "REFpb", "PREab", "REFab",
    "RFMpb", "DRFMpb", "PDE", "PDX", "SRE",   "SRX"};
constexpr std::array<std::string_view, 5> kPlaces = {"same bank", "same bank group",
                                                     "same stack id", "other stack id", "any bank"};

using Ticks = std::vector<std::pair<std::string_view, std::int64_t>>;

// A visitor of parameters that takes times and cycles.
class TakeTicks {
  public:
    TakeTicks(Frequency clock, Ticks& ticks) : clock_(clock), ticks_(ticks) {}
    template <class T>
    void operator()(std::string_view name, const T& value, const Allowed&, std::string_view) {
        if constexpr (std::is_same_v<T, Time>) {
            ticks_.emplace_back(name, clock_.first_edge(value));
        } else if constexpr (std::is_same_v<T, Cycles>) {
            ticks_.emplace_back(name, value.value);
        }
    }
    template <class T>
    void optional(std::string_view name, const T& value, std::string_view, const Allowed& allowed,
                  std::string_view help) {
        (*this)(name, value, allowed, help);
    }
    template <class T>
    void group(std::string_view, const T&) {}  // energy: no times

  private:
    Clock clock_;
    Ticks& ticks_;
};

}  // namespace

std::string_view name_of(Command command) {
    return kCommands[static_cast<std::size_t>(command)];
}

std::string_view name_of(Place place) {
    return kPlaces[static_cast<std::size_t>(place)];
}

ParameterTicks::ParameterTicks(const Hbm4Config& config) {
    TakeTicks visitor(config.clock, ticks_);
    Hbm4Config(config).parameters(visitor);
}

std::optional<std::int64_t> ParameterTicks::find(std::string_view name) const {
    const auto found = std::find_if(ticks_.begin(), ticks_.end(),
                                    [&](const auto& one) { return one.first == name; });
    return found == ticks_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> ParameterTicks::names() const {
    std::vector<std::string> names;
    for (const auto& [name, ticks] : ticks_) {
        names.emplace_back(name);
    }
    return names;
}

std::int64_t Rule::ticks(const ParameterTicks& parameters) const {
    std::int64_t sum = 0;
    for (const std::string& term : terms) {
        const std::optional<std::int64_t> ticks = parameters.find(term);
        ensure(ticks.has_value(), "rule {}: {} is no time among the parameters", name, term);
        sum += *ticks;
    }
    return sum;
}

bool Standard::has(Command command) const {
    return std::find(commands.begin(), commands.end(), command) != commands.end();
}

const Rule* Standard::rule(Command after, Command before, Place place, std::int64_t window) const {
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const Rule& r) {
        return r.after == after && r.before == before && r.place == place && r.window == window;
    });
    return found == rules.end() ? nullptr : &*found;
}

const std::vector<std::string>& standard_names() {
    static const std::vector<std::string> kNames = [] {
        std::vector<std::string> names;
        for (const StandardTable& table : standard_tables()) {
            names.emplace_back(table.name);
        }
        return names;
    }();
    return kNames;
}

const Standard& standard_named(std::string_view name) {
    static const std::map<std::string, Standard, std::less<>> kStandards = [] {
        std::map<std::string, Standard, std::less<>> standards;
        for (const StandardTable& table : standard_tables()) {
            standards.emplace(table.name, read_standard(std::string(table.text),
                                                        std::string(table.name) + ".toml"));
        }
        return standards;
    }();
    const auto found = kStandards.find(name);
    ensure(found != kStandards.end(), "no standard is called {}", name);
    return found->second;
}

}  // namespace vr::hbm4
