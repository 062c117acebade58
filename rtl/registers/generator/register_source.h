// SPDX-License-Identifier: Apache-2.0
// A register map as its TOML file describes it, read and checked.
// Not covered: arrays of registers, registers wider than 32 bits, fields with an access of their
// own.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace vr::registers {

struct FieldSource {
    std::string name;
    std::uint32_t low = 0;   ///< lowest bit
    std::uint32_t high = 0;  ///< highest bit
    std::string help;
    [[nodiscard]] std::uint32_t mask() const {
        return (high - low == 31 ? ~0U : (1U << (high - low + 1)) - 1) << low;
    }
};

struct ValueSource {
    std::string name;
    std::uint32_t value = 0;
};

struct RegisterSource {
    std::string name;
    std::uint32_t offset = 0;
    std::string access;  ///< "ro", "rw", "wo" or "w1c"
    std::uint32_t reset = 0;
    std::string help;
    std::vector<FieldSource> fields;  ///< none: one field of 32 bits
    std::vector<ValueSource> values;  ///< named values
    [[nodiscard]] std::uint32_t mask() const;
};

struct MapSource {
    std::string file;  ///< as named in generated files
    std::string name;
    std::string title;
    std::uint32_t base = 0;
    std::uint32_t size = 0;
    std::vector<RegisterSource> registers;  ///< by offset
};

/// Reads and checks a map. Throws InputError with every problem: unknown or missing keys, names
/// twice, offsets that overlap or do not fit, fields that overlap, a reset value or an access that
/// contradicts the rest. `file` is named in errors and in generated files.
[[nodiscard]] MapSource parse_map(const std::string& text, const std::string& file);

/// The C header for firmware: addresses, masks, shifts, named values.
[[nodiscard]] std::string c_header(const MapSource& map);
/// The C++ table for the register model (models/transport/register_map.h).
[[nodiscard]] std::string cpp_table(const MapSource& map);

}  // namespace vr::registers
