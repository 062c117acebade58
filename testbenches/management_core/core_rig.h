// SPDX-License-Identifier: Apache-2.0
// A management core under test: 64 KiB of memory and a bus with one device that the test scripts.
#pragma once

#include <catch2/catch.hpp>
#include <initializer_list>
#include <map>
#include <vector>

#include "models/management_core/management_core.h"
#include "testbenches/management_core/assembler.h"

namespace vr::testing {

inline constexpr std::uint32_t kMemoryBase = 0x80000000U;
inline constexpr std::uint32_t kDevice = 0x40000000U;

/// Different costs for every class, so that a confusion shows.
inline ManagementCoreConfig core_config() {
    ManagementCoreConfig config;
    config.clock = Frequency{1'000'000'000};
    config.memory = Bytes{65536};
    config.timer_divider = 1;
    config.register_latency = Cycles{10};
    config.patience = nanoseconds(1'000'000);
    config.cycles = {{1}, {3}, {17}, {2}, {5}, {7}, {11}, {13}, {19}, {23}, {29}};
    return config;
}

/// Words at addresses; `later` answers every access at the second time of asking; addresses that
/// hold nothing fault.
class ScriptedBus final : public CoreBus {
  public:
    BusAnswer load(std::uint32_t address, std::uint32_t) override {
        ++asked;
        if (later && !ready) {
            return {BusStatus::kLater, 0};
        }
        ready = false;
        const auto found = words.find(address);
        return found == words.end() ? BusAnswer{BusStatus::kFault, 0}
                                    : BusAnswer{BusStatus::kDone, found->second};
    }
    BusStatus store(std::uint32_t address, std::uint32_t size, std::uint32_t value) override {
        ++asked;
        if (later && !ready) {
            return BusStatus::kLater;
        }
        ready = false;
        if (!words.contains(address)) {
            return BusStatus::kFault;
        }
        words[address] = value;
        last_size = size;
        return BusStatus::kDone;
    }
    std::map<std::uint32_t, std::uint32_t> words;
    bool later = false;
    bool ready = false;
    int asked = 0;
    std::uint32_t last_size = 0;
};

class CoreRig {
  public:
    explicit CoreRig(const ManagementCoreConfig& config = core_config())
        : core(config, kMemoryBase, bus) {}
    CoreRig(std::initializer_list<rv::Word> program) : CoreRig() { put(0, program); }
    /// Puts words into memory and starts there.
    void put(std::uint32_t offset, const std::vector<rv::Word>& words) {
        std::vector<std::uint8_t> bytes;
        for (const rv::Word word : words) {
            for (unsigned i = 0; i < 4; ++i) {
                bytes.push_back(static_cast<std::uint8_t>(word >> (8 * i)));
            }
        }
        core.write_memory(kMemoryBase + offset, bytes);
        core.reset(kMemoryBase);
    }
    /// Runs until so many instructions have retired.
    void retire(std::int64_t count) {
        const std::int64_t goal = core.state().retired + count;
        while (core.state().retired < goal) {
            const std::int64_t before = core.cycle();
            core.run(before + 1);
            REQUIRE(core.cycle() > before);
            REQUIRE(core.cycle() < 10'000'000);
        }
    }
    [[nodiscard]] std::uint32_t x(std::uint32_t number) const { return core.state().x[number]; }
    [[nodiscard]] std::uint32_t word(std::uint32_t offset) const {
        std::uint32_t value = 0;
        for (unsigned i = 0; i < 4; ++i) {
            value |= std::uint32_t{core.memory().bytes[offset + i]} << (8 * i);
        }
        return value;
    }
    [[nodiscard]] std::uint32_t at(std::uint32_t offset = 0) const {
        return core.pc() - kMemoryBase - offset;
    }
    ScriptedBus bus;
    ManagementCore core;
};

}  // namespace vr::testing
