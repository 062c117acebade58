// SPDX-License-Identifier: Apache-2.0
#include "models/management_core/core_devices.h"

#include <registers/management_core_map.h>

namespace vr {

namespace map = registers::management_core;

CoreDevices::CoreDevices(ManagementCore& core, std::int64_t timer_divider)
    : core_(core), divider_(timer_divider), block_(map::kMap) {
    reset();
}

void CoreDevices::reset() {
    block_.reset();
    end_ = FirmwareEnd::kNone;
    end_code_ = 0;
    log_.clear();
    log_lines_ = 0;
    line_open_ = false;
    refusal_.clear();
    core_.set_software(false);
    set_timer();
}

bool CoreDevices::holds(std::uint32_t address) {
    return map::kMap.holds(address);
}

std::uint64_t CoreDevices::time() const {
    return static_cast<std::uint64_t>(core_.cycle() / divider_);
}

BusStatus CoreDevices::refuse(std::uint32_t offset, RegisterFault fault) {
    refusal_ = fault_text(map::kMap, offset, fault);
    return BusStatus::kFault;
}

BusAnswer CoreDevices::load(std::uint32_t address, std::uint32_t size) {
    const std::uint32_t offset = address - map::kMap.base;
    const RegisterFault fault = register_fault(map::kMap, offset, size, false);
    if (fault != RegisterFault::kNone) {
        return {refuse(offset, fault), 0};
    }
    switch (offset) {
        case map::kMtime:
            return {BusStatus::kDone, static_cast<std::uint32_t>(time())};
        case map::kMtimeh:
            return {BusStatus::kDone, static_cast<std::uint32_t>(time() >> 32)};
        default:
            return {BusStatus::kDone, block_.read(offset)};
    }
}

BusStatus CoreDevices::store(std::uint32_t address, std::uint32_t size, std::uint32_t value) {
    const std::uint32_t offset = address - map::kMap.base;
    const RegisterFault fault = register_fault(map::kMap, offset, size, true);
    return fault != RegisterFault::kNone ? refuse(offset, fault) : write(offset, value);
}

BusStatus CoreDevices::write(std::uint32_t offset, std::uint32_t value) {
    switch (offset) {
        case map::kLogCharacter:
            log_character(static_cast<char>(value));
            return BusStatus::kDone;
        case map::kLogString:
            return log_string(value) ? BusStatus::kDone : refuse(offset, RegisterFault::kValue);
        case map::kTestStatus:
            if (value % 2 == 0) {
                return refuse(offset, RegisterFault::kValue);
            }
            end_code_ = value >> 1;
            end_ = value == map::kTestStatusPass ? FirmwareEnd::kPassed : FirmwareEnd::kFailed;
            return BusStatus::kDone;
        default:
            block_.write(offset, value);
            core_.set_software(block_.get(map::kSoftwareInterrupt) != 0);
            set_timer();
            return BusStatus::kDone;
    }
}

// The line is high while mtime >= mtimecmp: from the cycle in which mtime gets there.
void CoreDevices::set_timer() {
    const std::uint64_t compare =
        static_cast<std::uint64_t>(block_.get(map::kMtimecmph)) << 32 | block_.get(map::kMtimecmp);
    const auto reachable = static_cast<std::uint64_t>(kNeverTick / divider_);
    core_.set_timer(compare >= reachable ? kNeverTick
                                         : static_cast<std::int64_t>(compare) * divider_);
}

void CoreDevices::log_character(char c) {
    if (c == '\n') {
        if (!line_open_) {
            log_.emplace_back();
            ++log_lines_;
        }
        line_open_ = false;
    } else {
        if (!line_open_) {
            log_.emplace_back();
            ++log_lines_;
            line_open_ = true;
        }
        if (log_.back().size() < kLongestLine) {
            const bool printable = c >= ' ' && c <= '~';
            log_.back() += printable || c == '\t' ? c : '?';
        }
    }
    if (log_.size() > kKeptLines) {
        log_.pop_front();
    }
}

bool CoreDevices::log_string(std::uint32_t address) {
    std::string text;
    while (text.size() < kLongestLine) {
        if (!core_.in_memory(address, 1)) {
            return false;
        }
        const char c = static_cast<char>(core_.memory().bytes[address - core_.memory_base()]);
        if (c == '\0') {
            break;
        }
        text += c;
        ++address;
    }
    for (const char c : text) {
        log_character(c);
    }
    return true;
}

}  // namespace vr
