// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/ecc/memory_faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <functional>

#include "models/base/error.h"
#include "models/hbm4/hbm4_config.h"

namespace vr::hbm4 {

namespace {

bool is_zero(const CodeBits& bits) {
    return std::all_of(bits.begin(), bits.end(), [](std::uint8_t byte) { return byte == 0; });
}

CodeBits difference(const CodeBits& a, const CodeBits& b) {
    CodeBits out;
    std::transform(a.begin(), a.end(), b.begin(), out.begin(), std::bit_xor<>());
    return out;
}

CodeBits without(const CodeBits& a, const CodeBits& b) {
    CodeBits out;
    std::transform(a.begin(), a.end(), b.begin(), out.begin(), [](std::uint8_t x, std::uint8_t y) {
        return static_cast<std::uint8_t>(x & ~y);
    });
    return out;
}

CodeBits either(const CodeBits& a, const CodeBits& b) {
    CodeBits out;
    std::transform(a.begin(), a.end(), b.begin(), out.begin(), std::bit_or<>());
    return out;
}

std::uint64_t word_of(std::uint64_t address) {
    return address / kWordBytes * kWordBytes;
}

}  // namespace

MemoryFaults::MemoryFaults(const Hbm4Config& config, const AddressMap& map, std::string path,
                           std::uint32_t gpu)
    : map_(map),
      pseudo_channels_(static_cast<std::uint64_t>(config.pseudo_channels())),
      columns_(static_cast<std::uint32_t>(config.row_bytes.value / config.access_bytes.value)),
      seed_(static_cast<std::uint64_t>(config.faults.seed)),
      code_(config),
      scrubber_(config, map, code_),
      upsets_(config.faults.upset_rate, seed_, path, map.capacity() / kWordBytes, code_.bits()) {
    FaultList list = read_faults(config, map, code_);
    listed_ = std::move(list.faults);
    file_digest_ = list.file_digest;
    if (config.faults.gpu != gpu) {
        listed_.clear();
    }
    for (const MemoryFault& fault : listed_) {
        add(fault);
    }
}

// Noise is a pattern of its own for each word.
void MemoryFaults::noise(std::uint64_t address, Strike& strike) const {
    const RandomStream pattern(seed_, "hbm4 noise", address);
    for (std::size_t i = 0; i < strike.cells.size(); ++i) {
        const auto value = static_cast<std::uint8_t>(pattern.at(i));
        // Both halves are stuck cells: those at 1, and the others, at 0.
        strike.cells[i] &= value;
    }
}

void MemoryFaults::add(std::uint64_t address, Strike strike) {
    std::vector<Strike>& strikes = words_[address].strikes;
    const auto later = std::upper_bound(strikes.begin(), strikes.end(), strike.at,
                                        [](Time at, const Strike& one) { return at < one.at; });
    strikes.insert(later, strike);
}

void MemoryFaults::add(const MemoryFault& fault) {
    const Strike strike{fault.at, fault.kind, fault.cells};
    Location at = map_.locate(fault.address);
    switch (fault.reach) {
        case FaultReach::kWord:
            add(fault.address, strike);
            break;
        case FaultReach::kRow: {
            // Each word of the row, found by its columns.
            std::vector<std::uint64_t> words;
            for (at.column = 0; at.column < columns_; ++at.column) {
                for (std::uint64_t byte = 0; byte < map_.access_bytes(); byte += kWordBytes) {
                    words.push_back(word_of(map_.address(at) + byte));
                }
            }
            std::sort(words.begin(), words.end());
            words.erase(std::unique(words.begin(), words.end()), words.end());
            for (const std::uint64_t word : words) {
                add(word, strike);
            }
            break;
        }
        case FaultReach::kBank:
            ranges_.push_back({fault.kind, fault.at, fault.cells, at});
            break;
    }
}

void MemoryFaults::strike_until(Time now) {
    while (upsets_.peek().at <= now) {
        const Upset& upset = upsets_.peek();
        if (upset.at == kNever) {
            return;
        }
        if (++counts_.upsets > kMostUpsets) {
            throw UsageError(fmt::format(
                "hbm4.faults.upset_rate: more than {} random upsets by {} fs; allowed: a lower "
                "rate or a shorter run",
                kMostUpsets, upset.at.value));
        }
        Strike strike{upset.at, FaultKind::kFlip, {}};
        strike.cells[upset.bit / 8] = static_cast<std::uint8_t>(1U << (upset.bit % 8));
        add(upset.address, strike);
        upsets_.pop();
    }
}

const MemoryFaults::Word* MemoryFaults::find(std::uint64_t address) const {
    const auto found = words_.find(address);
    return found == words_.end() ? nullptr : &found->second;
}

bool MemoryFaults::may_be_faulty(std::uint64_t address, std::uint64_t bytes) const {
    const auto found = words_.lower_bound(word_of(address));
    return !ranges_.empty() || (found != words_.end() && found->first < address + bytes);
}

bool MemoryFaults::may_be_faulty(std::uint64_t address, const Word* word) const {
    if (word != nullptr || ranges_.empty()) {
        return word != nullptr;
    }
    const Location at = map_.locate(address);
    return std::any_of(ranges_.begin(), ranges_.end(),
                       [&](const Range& range) { return reaches(range, at); });
}

bool MemoryFaults::reaches(const Range& range, const Location& at) const {
    return range.place.pseudo_channel == at.pseudo_channel && range.place.stack_id == at.stack_id &&
           range.place.bank_group == at.bank_group && range.place.bank == at.bank;
}

std::vector<MemoryFaults::Strike> MemoryFaults::strikes_of(std::uint64_t address,
                                                           const Word* word) const {
    std::vector<Strike> strikes;
    if (word != nullptr) {
        strikes = word->strikes;
    }
    if (!ranges_.empty()) {
        const Location at = map_.locate(address);
        for (const Range& range : ranges_) {
            if (reaches(range, at)) {
                strikes.push_back({range.at, range.kind, range.cells});
            }
        }
        std::stable_sort(strikes.begin(), strikes.end(),
                         [](const Strike& a, const Strike& b) { return a.at < b.at; });
    }
    return strikes;
}

MemoryFaults::Look MemoryFaults::look(const SparseMemory& contents, std::uint64_t address,
                                      const Word* word, Time now) const {
    Look look;
    std::array<std::uint8_t, kWordBytes> data;
    contents.peek(address, data);
    look.truth = code_.encode(data);
    CodeBits error{};  // of cells that can be written
    CodeBits stuck{};
    CodeBits value{};
    Time since{-1};
    if (word != nullptr) {
        error = word->error;
        since = word->since;
        look.marked = word->marked;
    }
    const auto cells = [&] { return either(without(difference(look.truth, error), stuck), value); };
    // What the scrubber writes back may be wrong, too.
    const auto scrub = [&] {
        CodeBits read = cells();
        const Decoded decoded = code_.decode_on_die(read);
        if (decoded.severity == ReadSeverity::kUncorrectable) {
            ++look.scrubbed_in_vain;
            return;
        }
        const CodeBits left = difference(read, look.truth);
        look.scrubbed += left == error ? 0 : 1;
        error = left;
    };
    Time changed = is_zero(error) ? kNever : since;  // and not scrubbed yet
    for (const Strike& strike : strikes_of(address, word)) {
        if (strike.at > now) {
            break;
        }
        if (changed != kNever && scrubber_.next(address, changed) < strike.at) {
            scrub();
            changed = kNever;
        }
        if (strike.kind == FaultKind::kFlip) {
            if (strike.at <= since) {
                continue;  // written over
            }
            error = difference(error, strike.cells);
        } else {
            Strike noisy = strike;
            if (strike.kind == FaultKind::kNoise) {
                noise(address, noisy);
            }
            stuck = either(stuck, strike.cells);
            value = without(value, strike.cells);
            if (strike.kind != FaultKind::kStuck0) {
                value = either(value, noisy.cells);
            }
        }
        changed = std::max(strike.at, since);
    }
    if (changed != kNever && scrubber_.next(address, changed) <= now) {
        scrub();
    }
    look.cells = cells();
    return look;
}

ReadSeverity MemoryFaults::read(const SparseMemory& contents, std::uint64_t address,
                                std::span<std::uint8_t> bytes, const MemoryUse& use) {
    strike_until(use.now);
    if (!may_be_faulty(address, bytes.size())) {
        return ReadSeverity::kNone;
    }
    ReadSeverity worst = ReadSeverity::kNone;
    const std::uint64_t end = address + bytes.size();
    for (std::uint64_t at = word_of(address); at < end; at += kWordBytes) {
        const Word* word = find(at);
        if (!may_be_faulty(at, word)) {
            continue;
        }
        Look look = this->look(contents, at, word, use.now);
        if (look.cells == look.truth && !look.marked) {
            continue;
        }
        ReadSeverity severity = code_.decode(look.cells).severity;
        if (look.marked) {
            severity = ReadSeverity::kUncorrectable;
        }
        const std::uint64_t first = std::max(at, address);
        const std::uint64_t last = std::min(at + kWordBytes, end);
        std::uint8_t* const out = bytes.data() + (first - address);
        const std::uint8_t* const got = look.cells.data() + (first - at);
        const bool wrong = std::memcmp(out, got, last - first) != 0;
        std::memcpy(out, got, last - first);
        worst = std::max(worst, severity);
        if (use.user == MemoryUse::kObserver) {
            continue;
        }
        told_.reset();
        if (severity == ReadSeverity::kUncorrectable) {
            ++counts_.uncorrectable;
            ++users_[use.user];
            counts_.first_uncorrectable.note(use.now, at);
        } else if (wrong) {
            ++counts_.silent;
            counts_.first_silent.note(use.now, at);
        } else if (severity != ReadSeverity::kNone) {
            ++(severity == ReadSeverity::kCorrectedBit ? counts_.corrected_bit
                                                       : counts_.corrected_bits);
            counts_.first_corrected.note(use.now, at);
        }
    }
    return worst;
}

void MemoryFaults::write(const SparseMemory& contents, std::uint64_t address,
                         std::span<const std::uint8_t> bytes, const MemoryUse& use) {
    strike_until(use.now);
    if (!may_be_faulty(address, bytes.size())) {
        return;
    }
    told_.reset();
    const bool loads = use.user == MemoryUse::kObserver && use.now == Time{};
    const Time now = loads ? Time{-1} : use.now;
    const std::uint64_t end = address + bytes.size();
    for (std::uint64_t at = word_of(address); at < end; at += kWordBytes) {
        if (may_be_faulty(at, find(at))) {
            const std::uint64_t first = std::max(at, address);
            const std::uint64_t last = std::min(at + kWordBytes, end);
            write_word(contents, at, first - at, bytes.subspan(first - address, last - first), now);
        }
    }
}

void MemoryFaults::write_word(const SparseMemory& contents, std::uint64_t word_address,
                              std::size_t first, std::span<const std::uint8_t> bytes, Time now) {
    Word& word = words_[word_address];
    Look look = this->look(contents, word_address, &word, now);
    counts_.scrub_corrected += look.scrubbed;
    counts_.scrub_uncorrectable += look.scrubbed_in_vain;
    word.error = {};
    if (bytes.size() < kWordBytes) {  // the rest of the word goes back as it was read
        const bool in_vain = code_.decode(look.cells).severity == ReadSeverity::kUncorrectable;
        word.marked = word.marked || in_vain;
        std::memcpy(look.cells.data() + first, bytes.data(), bytes.size());
        std::memcpy(look.truth.data() + first, bytes.data(), bytes.size());
        const auto data = [](const CodeBits& bits) {
            return std::span<const std::uint8_t, kWordBytes>(bits.data(), kWordBytes);
        };
        word.error = difference(code_.encode(data(look.cells)), code_.encode(data(look.truth)));
    } else {
        word.marked = false;
    }
    word.since = std::max(word.since, now);
}

ReadSeverity MemoryFaults::read_timing(std::uint64_t address, std::uint32_t bytes,
                                       const MemoryUse& use) {
    std::vector<std::uint8_t> data(bytes);
    return read(none_, address, data, use);
}

void MemoryFaults::write_timing(std::uint64_t address, std::uint32_t bytes, const MemoryUse& use) {
    write(none_, address, std::vector<std::uint8_t>(bytes), use);
}

FaultCounts MemoryFaults::counts(const SparseMemory& contents, Time now) {
    if (told_ && told_at_ == now && told_of_ == &contents) {
        return *told_;
    }
    strike_until(now);
    FaultCounts counts = counts_;
    for (const MemoryFault& fault : listed_) {
        counts.listed += fault.at <= now ? 1 : 0;
    }
    for (const auto& [address, word] : words_) {
        const Look look = this->look(contents, address, &word, now);
        counts.scrub_corrected += look.scrubbed;
        counts.scrub_uncorrectable += look.scrubbed_in_vain;
    }
    const std::uint64_t visits = scrubber_.visits(now);
    counts.scrub_visits = visits * pseudo_channels_;
    counts.scrub_passes = scrubber_.on() ? visits / scrubber_.words() : 0;
    told_ = counts;
    told_of_ = &contents;
    told_at_ = now;
    return counts;
}

std::uint64_t MemoryFaults::uncorrectable_of(std::uint32_t user) const {
    const auto found = users_.find(user);
    return found == users_.end() ? 0 : found->second;
}

void MemoryFaults::state(StateHasher& out) const {
    for (const auto& [address, word] : words_) {
        out(address, std::span<const std::uint8_t>(word.error), word.since, word.marked,
            static_cast<std::uint64_t>(word.strikes.size()));
        for (const Strike& strike : word.strikes) {
            out(strike.at, static_cast<std::uint64_t>(strike.kind),
                std::span<const std::uint8_t>(strike.cells));
        }
    }
    for (const auto& [user, words] : users_) {
        out(user, words);
    }
    out(counts_.upsets, counts_.corrected_bit, counts_.corrected_bits, counts_.uncorrectable,
        counts_.silent, counts_.scrub_corrected, counts_.scrub_uncorrectable);
    for (const FirstError* first :
         {&counts_.first_corrected, &counts_.first_uncorrectable, &counts_.first_silent}) {
        out(first->at, first->address);
    }
}

}  // namespace vr::hbm4
