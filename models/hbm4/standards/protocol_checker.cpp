// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/standards/protocol_checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

namespace vr::hbm4 {

namespace {

bool is_column(Command command) {
    return command == Command::kRead || command == Command::kWrite;
}

// What ends the rest that a command begins.
Command exit_of(Command entry) {
    return entry == Command::kSelfRefresh ? Command::kSelfRefreshExit : Command::kPowerUp;
}

std::string text_of(Command command, std::int32_t bank) {
    return is_of_all_banks(command) ? std::string(name_of(command))
                                    : fmt::format("{} of bank {}", name_of(command), bank);
}

}  // namespace

ProtocolChecker::ProtocolChecker(const Hbm4Config& config)
    : ProtocolChecker(config, standard_named(config.standard)) {}

ProtocolChecker::ProtocolChecker(const Hbm4Config& config, const Standard& standard)
    : config_(config), standard_(standard), banks_(static_cast<std::size_t>(config.banks())) {
    const ParameterTicks parameters(config_);
    for (const Rule& rule : standard_.rules) {
        gates_.push_back({&rule, rule.ticks(parameters)});
        kept_ = std::max(kept_, static_cast<std::size_t>(rule.window));
    }
}

bool ProtocolChecker::is_at(Place place, std::int32_t bank, std::int32_t other) const {
    const auto groups = static_cast<std::int32_t>(config_.bank_groups);
    const auto of_stack = groups * static_cast<std::int32_t>(config_.banks_per_group);
    const bool same_stack = bank / of_stack == other / of_stack;
    switch (place) {
        case Place::kSameBank:
            return bank == other;
        case Place::kSameGroup:
            return same_stack && bank % groups == other % groups;
        case Place::kSameStackId:
            return same_stack;
        case Place::kOtherStackId:
            return !same_stack;
        default:
            return true;
    }
}

// `bank` sees the command as `as`: a precharge of all banks is one of each that is open.
void ProtocolChecker::check_rules(const CommandRecord& command, Command as, std::int32_t bank,
                                  std::vector<Breach>& breaches) const {
    for (const Gate& gate : gates_) {
        const Rule& rule = *gate.rule;
        if (rule.before != as) {
            continue;
        }
        std::vector<std::pair<std::int64_t, std::int32_t>> last;  // ticks and banks, latest first
        for (std::size_t other = 0; other < banks_.size(); ++other) {
            const auto number = static_cast<std::int32_t>(other);
            if (is_at(rule.place, bank, number)) {
                for (const std::int64_t tick :
                     banks_[other].ticks[static_cast<std::size_t>(rule.after)]) {
                    last.emplace_back(tick, number);
                }
            }
            if (is_of_all_banks(rule.after)) {
                break;  // all banks have the same
            }
        }
        const auto window = static_cast<std::size_t>(rule.window);
        if (last.size() < window) {
            continue;
        }
        const auto nth = last.begin() + static_cast<std::ptrdiff_t>(window - 1);
        std::nth_element(last.begin(), nth, last.end(), std::greater<>());
        const std::int64_t distance = command.tick - nth->first;
        if (distance < gate.ticks) {
            const std::string before = window == 1 ? text_of(rule.after, nth->second)
                                                   : fmt::format("the {} before the last {}",
                                                                 name_of(rule.after), window - 1);
            breaches.push_back(
                {command.tick, rule.name,
                 fmt::format("{}{}, {} ticks after {}", text_of(command.command, command.bank),
                             as == command.command ? "" : fmt::format(" (bank {})", bank), distance,
                             before),
                 fmt::format("{} ticks or more", gate.ticks)});
        }
    }
}

void ProtocolChecker::check_state(const CommandRecord& c, std::vector<Breach>& breaches) const {
    const auto wrong = [&](std::string what, const char* allowed) {
        breaches.push_back({c.tick, "state", std::move(what), allowed});
    };
    const std::string text = text_of(c.command, c.bank);
    const bool leaves = c.command == Command::kPowerUp || c.command == Command::kSelfRefreshExit;
    if (rest_.has_value() ? c.command != exit_of(*rest_) : leaves) {
        wrong(text + (rest_.has_value() ? " while the memory rests" : ", which does not rest"),
              rest_.has_value() ? "the exit from the rest" : "an entry before");
        return;
    }
    if (c.command == Command::kRefreshAll || c.command == Command::kSelfRefresh) {
        const auto open =
            std::find_if(banks_.begin(), banks_.end(), [](const Bank& bank) { return bank.open; });
        if (open != banks_.end()) {
            wrong(fmt::format("{} while bank {} is open", text, open - banks_.begin()),
                  "all banks closed");
        }
        return;
    }
    if (is_of_all_banks(c.command)) {
        return;
    }
    const Bank& bank = banks_[static_cast<std::size_t>(c.bank)];
    if (is_column(c.command)) {
        if (!bank.open) {
            wrong(text + ", which is closed", "an open row");
        } else if (bank.row != c.row) {
            wrong(fmt::format("{} in row {}, but row {} is open", text, c.row, bank.row),
                  "the open row");
        }
    } else if (c.command == Command::kPrecharge ? !bank.open : bank.open) {
        wrong(text + (bank.open ? ", which is open" : ", which is closed"),
              bank.open ? "a closed bank" : "an open bank");
    }
}

// Commands that the standard does not have; activates past the limit; a directed command at another
// row than the one activated last.
void ProtocolChecker::check_management(const CommandRecord& c,
                                       std::vector<Breach>& breaches) const {
    const std::string text = text_of(c.command, c.bank);
    if (!standard_.has(c.command)) {
        breaches.push_back({c.tick, "command", text, "the commands of " + standard_.name});
    }
    if (is_of_all_banks(c.command)) {
        return;
    }
    const Bank& bank = banks_[static_cast<std::size_t>(c.bank)];
    if (c.command == Command::kActivate && config_.refresh_management != "none" &&
        bank.activations >= config_.raa_maximum) {
        breaches.push_back(
            {c.tick, "activations",
             fmt::format("{} after {} without refresh management", text, bank.activations),
             fmt::format("raa_maximum ({})", config_.raa_maximum)});
    }
    if (c.command == Command::kManageRow && c.row != bank.row) {
        breaches.push_back(
            {c.tick, "state",
             fmt::format("{} at row {}, but row {} was activated last", text, c.row, bank.row),
             "the row activated last"});
    }
}

void ProtocolChecker::count(Bank& bank, Command command) const {
    std::int64_t relief = 0;
    if (command == Command::kRefreshBank || command == Command::kRefreshAll) {
        relief = config_.raa_per_refresh;
    } else if (is_management(command)) {
        relief = config_.raa_initial;
    }
    bank.activations = std::max<std::int64_t>(0, bank.activations - relief) +
                       (command == Command::kActivate ? 1 : 0);
}

void ProtocolChecker::check_buses(const CommandRecord& c, std::vector<Breach>& breaches) {
    const bool column = is_column(c.command);
    std::int64_t& free = column ? column_bus_ : row_bus_;
    if (c.tick < free) {
        breaches.push_back({c.tick, column ? "column bus" : "row bus",
                            text_of(c.command, c.bank) + " while the bus is taken",
                            fmt::format("tick {} or later", free)});
    }
    free = c.tick + (c.command == Command::kActivate ? config_.activate_slots.value : 1);
}

void ProtocolChecker::note(const CommandRecord& c) {
    if (c.command == Command::kPowerDown || c.command == Command::kSelfRefresh) {
        rest_ = c.command;
    } else if (rest_.has_value() && c.command == exit_of(*rest_)) {
        rest_.reset();
    }
    for (std::size_t b = 0; b < banks_.size(); ++b) {
        if (!is_of_all_banks(c.command) && static_cast<std::int32_t>(b) != c.bank) {
            continue;
        }
        Bank& bank = banks_[b];
        const Command as = c.command == Command::kPrechargeAll ? Command::kPrecharge : c.command;
        std::vector<std::int64_t>& ticks = bank.ticks[static_cast<std::size_t>(as)];
        ticks.insert(ticks.begin(), c.tick);
        ticks.resize(std::min(ticks.size(), kept_));
        count(bank, as);
        if (as == Command::kActivate) {
            bank.open = true;
            bank.row = c.row;
        } else if (as == Command::kPrecharge) {
            bank.open = false;
        }
    }
}

std::vector<Breach> ProtocolChecker::command(const CommandRecord& c) {
    std::vector<Breach> breaches;
    if (c.tick < now_) {
        breaches.push_back({c.tick, "order", fmt::format("a command after one of tick {}", now_),
                            "commands in order of time"});
    }
    if (!is_of_all_banks(c.command) && (c.bank < 0 || c.bank >= config_.banks())) {
        breaches.push_back({c.tick, "state", fmt::format("bank {}", c.bank),
                            fmt::format("0 to {}", config_.banks() - 1)});
        return breaches;
    }
    now_ = std::max(now_, c.tick);
    check_state(c, breaches);
    check_management(c, breaches);
    check_buses(c, breaches);
    if (c.command == Command::kPrechargeAll) {
        for (std::size_t bank = 0; bank < banks_.size(); ++bank) {
            if (banks_[bank].open) {
                check_rules(c, Command::kPrecharge, static_cast<std::int32_t>(bank), breaches);
            }
        }
    } else {
        check_rules(c, c.command, is_of_all_banks(c.command) ? 0 : c.bank, breaches);
    }
    note(c);
    return breaches;
}

}  // namespace vr::hbm4
