// SPDX-License-Identifier: Apache-2.0
// The management core's own devices (rtl/registers/management_core.toml): log port, test status,
// timer, software interrupt. They answer within the cycles of a load or store. Not modelled: a
// serial line; the log takes no time of its own.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "models/management_core/core_bus.h"
#include "models/management_core/management_core.h"
#include "models/transport/register_map.h"

namespace vr {

/// How a firmware ended.
enum class FirmwareEnd : std::uint8_t { kNone, kPassed, kFailed };

class CoreDevices {
  public:
    /// `core` is the core that they belong to; it must outlive them.
    CoreDevices(ManagementCore& core, std::int64_t timer_divider);
    /// Reset values in every register, interrupt lines low, an empty log.
    void reset();
    /// Whether an address is theirs.
    [[nodiscard]] static bool holds(std::uint32_t address);
    BusAnswer load(std::uint32_t address, std::uint32_t size);
    BusStatus store(std::uint32_t address, std::uint32_t size, std::uint32_t value);
    /// Why the last access was refused, in words; empty when none was.
    [[nodiscard]] const std::string& refusal() const { return refusal_; }

    [[nodiscard]] FirmwareEnd end() const { return end_; }
    [[nodiscard]] std::uint32_t end_code() const { return end_code_; }
    /// The last lines of the log, an unfinished one included, and how many there were in all.
    [[nodiscard]] const std::deque<std::string>& log() const { return log_; }
    [[nodiscard]] std::int64_t log_lines() const { return log_lines_; }
    static constexpr auto state_members() {
        using D = CoreDevices;
        return vr::state_members(&D::block_, &D::end_, &D::end_code_, &D::log_, &D::log_lines_,
                                 &D::line_open_, &D::refusal_);
    }

  private:
    static constexpr std::size_t kKeptLines = 256;
    static constexpr std::size_t kLongestLine = 1024;
    [[nodiscard]] std::uint64_t time() const;
    BusStatus refuse(std::uint32_t offset, RegisterFault fault);
    BusStatus write(std::uint32_t offset, std::uint32_t value);
    void set_timer();
    void log_character(char c);
    bool log_string(std::uint32_t address);
    ManagementCore& core_;
    std::int64_t divider_;
    RegisterBlock block_;
    FirmwareEnd end_ = FirmwareEnd::kNone;
    std::uint32_t end_code_ = 0;
    std::deque<std::string> log_;
    std::int64_t log_lines_ = 0;
    bool line_open_ = false;
    std::string refusal_;
};

}  // namespace vr
