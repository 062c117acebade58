// SPDX-License-Identifier: Apache-2.0
// A memory with faults: what its cells hold besides what was written, what the codes make of it
// when somebody reads, and what the scrubber puts right. Contents stay in their SparseMemory, which
// has what was written: the truth; faults are kept beside it.
// Not modelled: that L2 holds words that it read before; errors that a read leaves in place without
// writing them back are seen again by the next read, as in the memory itself.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "models/hbm4/ecc/fault_counts.h"
#include "models/hbm4/ecc/memory_fault.h"
#include "models/hbm4/ecc/scrubber.h"
#include "models/hbm4/ecc/upsets.h"
#include "models/transport/contents_guard.h"
#include "models/transport/sparse_memory.h"
#include "models/transport/state_hasher.h"

namespace vr::hbm4 {

/// Random upsets that a run may have; more throw UsageError.
inline constexpr std::uint64_t kMostUpsets = 1'000'000;

/// What a read gives depends on the contents, the faults and the time alone: reads change nothing
/// but counters, so reads of different times may come in any order. A write ends the transient
/// faults of the words that it covers; of a word that it covers in part, the rest is read,
/// corrected and written back, and stays marked as uncorrectable where it was. What an observer
/// writes at time 0 is loaded: it comes before the faults "from the start".
class MemoryFaults final : public ContentsGuard {
  public:
    /// `config` must have no problems() and outlive this, as `map`. Faults of the list strike where
    /// `gpu` is config.faults.gpu. `path` keys the random upsets. Throws InputError as
    /// read_faults() does.
    MemoryFaults(const Hbm4Config& config, const AddressMap& map, std::string path,
                 std::uint32_t gpu);

    ReadSeverity read(const SparseMemory& contents, std::uint64_t address,
                      std::span<std::uint8_t> bytes, const MemoryUse& use) override;
    void write(const SparseMemory& contents, std::uint64_t address,
               std::span<const std::uint8_t> bytes, const MemoryUse& use) override;
    /// A read and a write of a memory that carries no data: all of it was written as zeros.
    ReadSeverity read_timing(std::uint64_t address, std::uint32_t bytes, const MemoryUse& use);
    void write_timing(std::uint64_t address, std::uint32_t bytes, const MemoryUse& use);

    /// Counters at `now`, which no use has passed. `contents` as in the calls above.
    [[nodiscard]] FaultCounts counts(const SparseMemory& contents, Time now);
    [[nodiscard]] FaultCounts counts(Time now) { return counts(none_, now); }
    /// Words that a user read and that were uncorrectable.
    [[nodiscard]] std::uint64_t uncorrectable_of(std::uint32_t user) const;
    /// Digest of the file of faults; 0 where none is named.
    [[nodiscard]] std::uint64_t file_digest() const { return file_digest_; }
    [[nodiscard]] const WordCode& code() const { return code_; }
    [[nodiscard]] const Scrubber& scrubber() const { return scrubber_; }
    void state(StateHasher& out) const;

  private:
    struct Strike {
        Time at;
        FaultKind kind;
        CodeBits cells;
    };
    /// What is known of one word.
    struct Word {
        std::vector<Strike> strikes;  // in order of time
        Time since{-1};               // of the last write
        CodeBits error{};             // that the last write left
        bool marked = false;          // uncorrectable, as the last write found it
    };
    struct Look {
        CodeBits cells{};  // what they hold
        CodeBits truth{};  // what they should hold
        bool marked = false;
        std::uint64_t scrubbed = 0, scrubbed_in_vain = 0;  // since the last write
    };
    struct Range {
        FaultKind kind;
        Time at;
        CodeBits cells;
        Location place;
    };
    void add(std::uint64_t address, Strike strike);
    void add(const MemoryFault& fault);
    void strike_until(Time now);
    [[nodiscard]] const Word* find(std::uint64_t address) const;
    [[nodiscard]] bool may_be_faulty(std::uint64_t address, std::uint64_t bytes) const;
    /// Whether the word may be faulty: it is listed, or some range reaches it.
    [[nodiscard]] bool may_be_faulty(std::uint64_t address, const Word* word) const;
    [[nodiscard]] bool reaches(const Range& range, const Location& at) const;
    [[nodiscard]] std::vector<Strike> strikes_of(std::uint64_t address, const Word* word) const;
    /// The cells of a word at `now`.
    [[nodiscard]] Look look(const SparseMemory& contents, std::uint64_t address, const Word* word,
                            Time now) const;
    void noise(std::uint64_t address, Strike& strike) const;
    void write_word(const SparseMemory& contents, std::uint64_t word_address, std::size_t first,
                    std::span<const std::uint8_t> bytes, Time now);

    const AddressMap& map_;
    std::uint64_t pseudo_channels_;
    std::uint32_t columns_;  // of a row
    std::uint64_t seed_;
    WordCode code_;
    Scrubber scrubber_;
    UpsetSource upsets_;
    std::vector<MemoryFault> listed_;
    std::vector<Range> ranges_;  // banks: too many words to list
    std::map<std::uint64_t, Word> words_;
    std::map<std::uint32_t, std::uint64_t> users_;
    FaultCounts counts_;
    std::uint64_t file_digest_ = 0;
    SparseMemory none_;
    // The answer of counts(), which looks at every word, until time or a use changes it
    std::optional<FaultCounts> told_;
    const SparseMemory* told_of_ = nullptr;
    Time told_at_;
};

}  // namespace vr::hbm4
