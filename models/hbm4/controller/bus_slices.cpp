// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/controller/bus_slices.h"

namespace vr::hbm4 {

BusSlices::BusSlices(const std::string& path, const Hbm4Config& config, const Timing& timing,
                     EventRecord& record)
    : timing_(timing),
      clock_(config.clock),
      access_bytes_(config.access_bytes.value),
      record_(record),
      open_(static_cast<std::size_t>(config.pseudo_channels())),
      read_name_(record.name("read")),
      write_name_(record.name("write")),
      bytes_name_(record.name("bytes")) {
    for (std::int64_t i = 0; i < config.pseudo_channels(); ++i) {
        tracks_.push_back(record.track(path + "." + config.name_of_pseudo_channel(i), "HBM"));
    }
}

void BusSlices::close(std::size_t i) {
    Open& open = open_[i];
    if (open.end > open.begin) {
        const std::uint32_t event =
            record_.slice(tracks_[i], open.write ? write_name_ : read_name_,
                          clock_.edge(open.begin), clock_.edge(open.end), 0,
                          (open.end - open.begin) / timing_.burst * access_bytes_, bytes_name_);
        if (!causes_.empty()) {
            auto& causes = causes_[i];
            std::size_t kept = 0;
            for (auto& [tick, cause] : causes) {
                if (tick == open.end) {
                    record_.set_cause(event, cause);
                } else if (tick > open.end) {
                    causes[kept++] = {tick, std::move(cause)};
                }
            }
            causes.resize(kept);
        }
    }
    open = Open{};
}

void BusSlices::collect(PlainGroup<CommandRecorder>& group, std::int64_t horizon) {
    for (std::size_t i = 0; i < open_.size(); ++i) {
        auto& commands = group.machine(static_cast<std::uint32_t>(i)).observer().commands;
        for (const CommandRecord& c : commands) {
            if (c.command != Command::kRead && c.command != Command::kWrite) {
                continue;
            }
            const bool write = c.command == Command::kWrite;
            const std::int64_t begin = c.tick + (write ? timing_.write_data : timing_.read_data);
            if (begin != open_[i].end || write != open_[i].write) {
                close(i);
                open_[i] = {begin, begin, write};
            }
            open_[i].end = begin + timing_.burst;
        }
        commands.clear();
        if (open_[i].end < horizon) {
            close(i);
        }
    }
}

}  // namespace vr::hbm4
