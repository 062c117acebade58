// SPDX-License-Identifier: Apache-2.0
// What a MemorySystem says about itself: the status window and the report.
#include <fmt/format.h>

#include <cstring>

#include "models/hbm4/memory_system/memory_system.h"

namespace vr {

Hbm4Status MemorySystem::status() const {
    const Hbm4Config& config = core_.config();
    const auto narrow = [](std::int64_t value) { return static_cast<std::uint32_t>(value); };
    Hbm4Status s;
    s.head_bytes = sizeof(Hbm4Status);
    s.channel_bytes = sizeof(Hbm4ChannelStatus);
    s.pseudo_channels = narrow(config.pseudo_channels());
    switch (hbm4::Timing(config).refresh) {
        case hbm4::RefreshMode::kNone:
            s.refresh_mode = 0;
            break;
        case hbm4::RefreshMode::kPerBank:
            s.refresh_mode = 1;
            break;
        case hbm4::RefreshMode::kAllBank:
            s.refresh_mode = 2;
            break;
    }
    s.burst = narrow(config.burst.value);
    s.read_latency = narrow(config.read_latency.value);
    s.write_latency = narrow(config.write_latency.value);
    s.access_bytes = narrow(config.access_bytes.value);
    s.interleave_bytes = narrow(config.interleave.value);
    s.read_credits = narrow(credits_[0]);
    s.write_credits = narrow(credits_[1]);
    s.capacity = core_.address_map().capacity();
    s.clock = static_cast<std::uint64_t>(config.clock.value);
    s.tick = static_cast<std::uint64_t>(tick());
    s.outstanding = outstanding_;
    s.reads = completed_[0];
    s.writes = completed_[1];
    s.bytes_read = bytes_[0];
    s.bytes_written = bytes_[1];
    s.refused = refused_;
    s.ecc_mode = static_cast<std::uint32_t>(ecc_mode_);
    s.scrubbing = scrubs_ ? 1 : 0;
    if (faults_ != nullptr) {
        const hbm4::FaultCounts c = fault_counts();
        s.listed_faults = c.listed;
        s.random_upsets = c.upsets;
        s.corrected_bit = c.corrected_bit;
        s.corrected_bits = c.corrected_bits;
        s.uncorrectable = c.uncorrectable;
        s.silent = c.silent;
        s.scrub_corrected = c.scrub_corrected;
        s.scrub_uncorrectable = c.scrub_uncorrectable;
        s.scrub_visits = c.scrub_visits;
        s.scrub_passes = c.scrub_passes;
        s.first_corrected = c.first_corrected.address;
        s.first_uncorrectable = c.first_uncorrectable.address;
        s.first_silent = c.first_silent.address;
    }
    return s;
}

hbm4::FaultCounts MemorySystem::fault_counts() const {
    return faults_ == nullptr     ? hbm4::FaultCounts{}
           : contents_ != nullptr ? faults_->counts(*contents_, now_)
                                  : faults_->counts(now_);
}

Hbm4ChannelStatus MemorySystem::channel_status(std::uint32_t pseudo_channel) {
    if (pseudo_channel >= held_.size()) {
        throw UsageError(fmt::format("{}: status of pseudo-channel {}; allowed: 0 to {}",
                                     core_.path(), pseudo_channel, held_.size() - 1));
    }
    catch_up();
    const hbm4::Counters c = core_.counters(pseudo_channel, now_);
    const auto wide = [](std::int64_t value) { return static_cast<std::uint64_t>(value); };
    Hbm4ChannelStatus s;
    s.held_reads = held_[pseudo_channel][0];
    s.held_writes = held_[pseudo_channel][1];
    s.reads = wide(c.reads);
    s.writes = wide(c.writes);
    s.columns_read = wide(c.columns_read);
    s.columns_written = wide(c.columns_written);
    s.row_hits = wide(c.row_hits);
    s.row_misses = wide(c.row_misses);
    s.row_conflicts = wide(c.row_conflicts);
    s.activates = wide(c.activates);
    s.precharges = wide(c.precharges);
    s.refreshes = wide(c.refreshes);
    s.forced_refreshes = wide(c.forced_refreshes);
    s.data_bus_busy = wide(c.data_ticks);
    s.turns = wide(c.turns);
    return s;
}

std::uint32_t MemorySystem::status_word(std::uint64_t offset) {
    constexpr std::uint64_t kHead = sizeof(Hbm4Status);
    constexpr std::uint64_t kChannel = sizeof(Hbm4ChannelStatus);
    const std::uint64_t size = kHead + held_.size() * kChannel;
    std::uint32_t word = 0;
    if (offset % sizeof word != 0 || offset >= size) {
        throw UsageError(
            fmt::format("{}: status word at {:#x}; allowed: multiples of {} below "
                        "{:#x}",
                        core_.path(), offset, sizeof word, size));
    }
    if (offset < kHead) {
        const Hbm4Status head = status();
        std::memcpy(&word, reinterpret_cast<const unsigned char*>(&head) + offset, sizeof word);
    } else {
        const auto one = channel_status(static_cast<std::uint32_t>((offset - kHead) / kChannel));
        std::memcpy(&word,
                    reinterpret_cast<const unsigned char*>(&one) + (offset - kHead) % kChannel,
                    sizeof word);
    }
    return word;
}

StatisticsRegistry MemorySystem::statistics() {
    catch_up();
    StatisticsRegistry registry;
    core_.statistics(registry);
    return registry;
}

std::string MemorySystem::report() {
    const StatisticsRegistry registry = statistics();
    std::string text = fmt::format("# {}: {} at CK {} ({} Hz)\n", core_.path(),
                                   core_.address_map().name(), tick(), clock_.frequency().value);
    std::size_t place = 0;
    for (const Statistic& one : registry.all()) {
        const bool sum = one.kind == StatisticKind::kSum;
        const std::int64_t base = sum && place < base_.size() ? base_[place] : 0;
        text +=
            fmt::format("{} {} {} # {}\n", one.path, one.value - base, one.unit, one.description);
        ++place;
    }
    return text;
}

void MemorySystem::reset_report() {
    const StatisticsRegistry registry = statistics();
    base_.clear();
    for (const Statistic& one : registry.all()) {
        base_.push_back(one.value);
    }
}

}  // namespace vr
