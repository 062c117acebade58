// SPDX-License-Identifier: Apache-2.0
// Makes small ELF files for tests: one segment, or fields changed at will.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <vector>

#include "testbenches/management_core/assembler.h"

namespace vr::testing {

using FileBytes = std::vector<std::uint8_t>;

inline void put16(FileBytes& file, std::size_t at, std::uint32_t value) {
    file.at(at) = static_cast<std::uint8_t>(value);
    file.at(at + 1) = static_cast<std::uint8_t>(value >> 8);
}
inline void put32(FileBytes& file, std::size_t at, std::uint32_t value) {
    put16(file, at, value);
    put16(file, at + 2, value >> 16);
}

inline constexpr std::size_t kElfHeader = 52;
inline constexpr std::size_t kElfProgram = 32;

/// Program header number `i` of the table behind the ELF header.
inline void put_segment(FileBytes& file, std::size_t i, std::uint32_t offset, std::uint32_t address,
                        std::uint32_t in_file, std::uint32_t in_memory, std::uint32_t flags = 7) {
    const std::size_t at = kElfHeader + i * kElfProgram;
    const std::uint32_t fields[] = {1, offset, address, address, in_file, in_memory, flags, 4};
    for (std::size_t k = 0; k < 8; ++k) {
        put32(file, at + 4 * k, fields[k]);
    }
}

/// An executable of `words` at `address`, entered at their first, with `zeros` bytes after them.
inline FileBytes elf_of(const std::vector<rv::Word>& words, std::uint32_t address = 0x80000000U,
                        std::uint32_t zeros = 0, std::uint32_t segments = 1) {
    const std::size_t begin = kElfHeader + segments * kElfProgram;
    FileBytes file(begin + 4 * words.size());
    const std::uint8_t ident[] = {0x7f, 'E', 'L', 'F', 1, 1, 1};
    std::copy(std::begin(ident), std::end(ident), file.begin());
    put16(file, 16, 2);
    put16(file, 18, 243);
    put32(file, 20, 1);
    put32(file, 24, address);
    put32(file, 28, kElfHeader);
    put16(file, 40, kElfHeader);
    put16(file, 42, kElfProgram);
    put16(file, 44, segments);
    const auto size = static_cast<std::uint32_t>(4 * words.size());
    put_segment(file, 0, static_cast<std::uint32_t>(begin), address, size, size + zeros);
    for (std::size_t i = 0; i < words.size(); ++i) {
        put32(file, begin + 4 * i, words[i]);
    }
    return file;
}

}  // namespace vr::testing
