// SPDX-License-Identifier: Apache-2.0
// Reader of firmware: ELF32, RISC-V, little endian, statically linked. Not modelled: relocation,
// shared objects, symbols, thread-local storage.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace vr {

/// A piece of memory as the file wants it: `bytes`, then zeros up to `memory_size`.
struct ElfSegment {
    std::uint32_t address = 0;  ///< physical
    std::uint32_t memory_size = 0;
    std::vector<std::uint8_t> bytes;
    bool executable = false;
};

/// What a loader needs of a file.
struct ElfImage {
    std::string file;  ///< as the user gave it
    std::uint32_t entry = 0;
    std::vector<ElfSegment> segments;  ///< by address, none of them empty or overlapping
    std::uint64_t digest = 0;          ///< FNV-1a of the file
};

/// Reads a file. Throws InputError with offset, value given and what is allowed for whatever is
/// wrong: truncated, another machine or class, overlapping or oversized segments, an entry outside
/// of the code, extensions that the management core does not have.
[[nodiscard]] ElfImage read_elf(const std::string& path);

/// The same from bytes; `file` is named in errors.
[[nodiscard]] ElfImage parse_elf(std::span<const std::uint8_t> bytes, const std::string& file);

/// Throws InputError when a segment does not lie in `size` bytes of memory at `base`.
void check_fits(const ElfImage& image, std::uint32_t base, std::uint64_t size);

}  // namespace vr
