// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/controller/command_log.h"

#include <fmt/format.h>

#include <algorithm>

namespace vr::hbm4 {

namespace {
enum Name : std::size_t { kAct, kPre, kRef, kRfm };

Name kind_of(Command command) {
    switch (command) {
        case Command::kActivate:
            return kAct;
        case Command::kRefreshBank:
        case Command::kRefreshAll:
            return kRef;
        case Command::kManageBank:
        case Command::kManageRow:
            return kRfm;
        default:
            return kPre;
    }
}
// It keeps the bank's requests waiting.
bool holds_up(Command command) {
    return kind_of(command) == kRef || kind_of(command) == kRfm;
}
}  // namespace

CommandLog::CommandLog(const std::string& path, const Hbm4Config& config, Attribution& attribution,
                       OwnerId queue, EventRecord& record)
    : clock_(config.clock),
      attribution_(attribution),
      queue_(queue),
      record_(record),
      row_name_(record.name("row")) {
    const Timing timing(config);
    const auto banks = static_cast<std::size_t>(timing.banks);
    const char* const management = timing.management == Management::kDirected ? "DRFM" : "RFM";
    for (std::size_t bank = 0; bank < banks; ++bank) {
        names_.push_back({record.name(fmt::format("ACT bank {}", bank)),
                          record.name(fmt::format("PRE bank {}", bank)),
                          record.name(fmt::format("REF bank {}", bank)),
                          record.name(fmt::format("{} bank {}", management, bank))});
    }
    for (std::int64_t i = 0; i < config.pseudo_channels(); ++i) {
        Channel& created = channels_.emplace_back();
        created.banks.resize(banks);
        created.track = record.track(
            fmt::format("{}.{}.commands", path, config.name_of_pseudo_channel(i)), "HBM commands");
    }
}

void CommandLog::request(std::uint32_t token, const Input& input) {
    inputs_.resize(std::max<std::size_t>(inputs_.size(), token + 1U));
    inputs_[token] = input;
}

void CommandLog::take(PlainGroup<CommandRecorder>& group) {
    for (std::size_t i = 0; i < channels_.size(); ++i) {
        for (const CommandRecord& c :
             group.machine(static_cast<std::uint32_t>(i)).observer().commands) {
            take(channels_[i], c);
        }
    }
}

void CommandLog::take(Channel& channel, const CommandRecord& c) {
    if (c.command == Command::kRead || c.command == Command::kWrite) {
        channel.columns.push_back(c.tick);
        if (channel.columns.size() > kKeptColumns) {
            channel.columns.pop_front();
        }
        return;
    }
    if (is_rest(c.command)) {  // asks nothing of a bank
        return;
    }
    const bool all = is_of_all_banks(c.command);
    for (std::size_t b = all ? 0 : static_cast<std::size_t>(c.bank);
         b < (all ? channel.banks.size() : static_cast<std::size_t>(c.bank) + 1); ++b) {
        Bank& bank = channel.banks[b];
        bank.commands.push_back(c);
        bank.events.push_back(holds_up(c.command) ? kNoEvent : event_of(channel, b, c));
    }
}

std::uint32_t CommandLog::event_of(const Channel& channel, std::size_t bank,
                                   const CommandRecord& c) {
    const bool row = c.command == Command::kActivate || c.command == Command::kManageRow;
    return record_.instant(channel.track, names_[bank][kind_of(c.command)], clock_.edge(c.tick), 0,
                           row ? c.row : 0, row ? row_name_ : 0);
}

void CommandLog::set_cause(std::uint32_t event, std::int64_t tick, const Cause& cause) {
    const Time at = clock_.edge(tick);
    if (at >= cause.time() && !record_.has_cause(event)) {
        record_.set_cause(event, attribution_.extend(cause, queue_, at));
    }
}

RequestNotes CommandLog::explain(const GroupOutput& end, const Cause& cause) {
    const Output& o = end.output;
    const Input& input = inputs_[o.token];
    Channel& channel = channels_[end.pseudo_channel];
    Bank& bank = channel.banks[input.bank];
    const std::int64_t first_column = o.tick - o.data_ticks;
    const std::int64_t arrival = first_column - o.queue_ticks - o.refresh_ticks - o.row_ticks;
    RequestNotes notes;
    // Back from the first column: the ACT that opened the row, and a REF that held it up.
    std::size_t i = bank.commands.size();
    while (i > 0 && bank.commands[i - 1].tick > first_column) {
        --i;
    }
    for (; i > 0 && (notes.row == 0 || notes.refresh == 0); --i) {
        const CommandRecord& c = bank.commands[i - 1];
        if (notes.row == 0 && c.command == Command::kActivate && c.row == input.row) {
            notes.row = EventRecord::note_of_event(bank.events[i - 1]);
            set_cause(bank.events[i - 1], c.tick, cause);
            if (i > 1 && bank.commands[i - 2].command == Command::kPrecharge) {
                set_cause(bank.events[i - 2], bank.commands[i - 2].tick, cause);
            }
        } else if (notes.refresh == 0 && o.refresh_ticks > 0 && holds_up(c.command)) {
            std::uint32_t& event = bank.events[i - 1];
            event = event == kNoEvent ? event_of(channel, input.bank, c) : event;
            notes.refresh = EventRecord::note_of_event(event);
        }
        if (o.refresh_ticks == 0 && notes.row != 0) {
            break;
        }
    }
    if (o.queue_ticks > 0) {
        const auto& columns = channel.columns;
        const auto from = std::lower_bound(columns.begin(), columns.end(), arrival);
        const auto until = std::lower_bound(from, columns.end(), first_column);
        notes.queue = record_.note_of_words(
            fmt::format("{} columns of other requests went first", until - from));
    }
    return notes;
}

}  // namespace vr::hbm4
