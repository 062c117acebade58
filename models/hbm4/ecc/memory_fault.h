// SPDX-License-Identifier: Apache-2.0
// A fault of a memory's cells, and the reader of lists of them (docs/memory-faults.md has the
// grammar). Not modelled: faults of the pins and of the address path.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/hbm4/address_map/address_map.h"
#include "models/hbm4/ecc/word_code.h"

namespace vr::hbm4 {

enum class FaultReach : std::uint8_t { kWord, kRow, kBank };
enum class FaultKind : std::uint8_t {
    kFlip,    ///< turned over once; what is written next is right again
    kStuck0,  ///< cells that hold 0 whatever is written
    kStuck1,
    kNoise,  ///< cells that hold values by chance, drawn once, whatever is written
};

struct MemoryFault {
    FaultReach reach = FaultReach::kWord;
    FaultKind kind = FaultKind::kFlip;
    std::uint64_t address = 0;  ///< of the word, or of any word of the row or bank
    CodeBits cells{};           ///< of each word that it reaches: one bit per cell
    Time at;                    ///< from this time on
};

struct FaultList {
    std::vector<MemoryFault> faults;
    std::uint64_t file_digest = 0;  ///< FNV-1a of the file's bytes; 0 where no file is named
};

/// The faults that `config.faults` lists and has in its file. Throws InputError with the place of
/// every line that is wrong: unknown words, cells that a word has not, addresses beyond the memory;
/// and where the file cannot be read.
[[nodiscard]] FaultList read_faults(const Hbm4Config& config, const AddressMap& map,
                                    const WordCode& code);

}  // namespace vr::hbm4
