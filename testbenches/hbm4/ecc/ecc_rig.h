// SPDX-License-Identifier: Apache-2.0
// A small memory with the faults of a test.
#pragma once

#include <string>
#include <vector>

#include "models/hbm4/ecc/memory_faults.h"
#include "testbenches/hbm4/test_config.h"

namespace vr::testing {

inline Hbm4Config faulty_config(const std::string& list, const std::string& ecc = "on_die") {
    Hbm4Config config = rubin_hbm4();
    config.stacks = 1;
    config.channels_per_stack = 1;
    config.ecc = ecc;
    config.faults.list = list;
    return config;
}

/// Contents with faults before them.
struct FaultyMemory {
    Hbm4Config config;
    hbm4::AddressMap map;
    SparseMemory contents;
    hbm4::MemoryFaults faults;

    explicit FaultyMemory(const Hbm4Config& its)
        : config(its), map(config), faults(config, map, "m", 0) {
        // What lies there before the faults: byte i of the first 64 KiB is i + i / 256.
        std::vector<std::uint8_t> bytes(SparseMemory::kPageBytes);
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            bytes[i] = truth(i);
        }
        contents.write(0, bytes);
        contents.set_guard(&faults);
    }
    static std::uint8_t truth(std::uint64_t address) {
        return static_cast<std::uint8_t>(address + address / 256);
    }
    ReadSeverity read(std::uint64_t address, std::vector<std::uint8_t>& out, Time at = {}) {
        contents.use({at, 0});
        return contents.read(address, out);
    }
    std::vector<std::uint8_t> word(std::uint64_t address, Time at = {}) {
        std::vector<std::uint8_t> out(hbm4::kWordBytes);
        severity = read(address, out, at);
        return out;
    }
    void write(std::uint64_t address, const std::vector<std::uint8_t>& bytes, Time at = {}) {
        contents.use({at, 0});
        contents.write(address, bytes);
    }
    static std::vector<std::uint8_t> right(std::uint64_t address) {
        std::vector<std::uint8_t> out(hbm4::kWordBytes);
        for (std::size_t i = 0; i < out.size(); ++i) {
            out[i] = truth(address + i);
        }
        return out;
    }
    [[nodiscard]] hbm4::FaultCounts counts(Time at = {}) { return faults.counts(contents, at); }
    ReadSeverity severity = ReadSeverity::kNone;
};

/// `bytes` with one bit turned over.
inline std::vector<std::uint8_t> flipped(std::vector<std::uint8_t> bytes, std::size_t bit) {
    bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    return bytes;
}

}  // namespace vr::testing
