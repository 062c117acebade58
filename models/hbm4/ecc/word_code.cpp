// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/ecc/word_code.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "models/base/error.h"
#include "models/hbm4/hbm4_config.h"
#include "models/hbm4/standards/standard.h"

namespace vr::hbm4 {

namespace {

constexpr std::uint32_t kWordBits = kWordBytes * 8;

std::array<Symbol, kMostCodeBytes / sizeof(Symbol)> symbols_of(const CodeBits& word) {
    std::array<Symbol, kMostCodeBytes / sizeof(Symbol)> out{};
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = static_cast<Symbol>(word[2 * i] | word[2 * i + 1] << 8);
    }
    return out;
}

void put_symbols(CodeBits& word, std::span<const Symbol> symbols) {
    for (std::size_t i = 0; i < symbols.size(); ++i) {
        word[2 * i] = static_cast<std::uint8_t>(symbols[i]);
        word[2 * i + 1] = static_cast<std::uint8_t>(symbols[i] >> 8);
    }
}

// Check bits of the sideband words stand one after another in the metadata.
std::uint32_t metadata_of(const CodeBits& word) {
    std::uint32_t out = 0;
    for (std::size_t i = 0; i < kMostMetadataBytes; ++i) {
        out |= std::uint32_t{word[kWordBytes + i]} << (8 * i);
    }
    return out;
}

void put_metadata(CodeBits& word, std::uint32_t value, std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) {
        word[kWordBytes + i] = static_cast<std::uint8_t>(value >> (8 * i));
    }
}

constexpr std::array<std::string_view, kEccModes> kModes = {"none", "on_die", "sideband", "both"};

const StandardEcc& ecc_of(const Hbm4Config& config) {
    return standard_named(config.standard).ecc;
}

}  // namespace

std::string_view name_of(EccMode mode) {
    return kModes[static_cast<std::size_t>(mode)];
}

EccMode ecc_mode(const Hbm4Config& config) {
    const auto* const found = std::find(kModes.begin(), kModes.end(), config.ecc);
    return found == kModes.end() ? ecc_of(config).mode
                                 : static_cast<EccMode>(found - kModes.begin());
}

std::size_t metadata_bytes(const Hbm4Config& config) {
    return static_cast<std::size_t>(ecc_of(config).metadata_bytes);
}

std::uint32_t sideband_word_bits(const Hbm4Config& config) {
    if (config.ecc_sideband_bits != 0) {
        return static_cast<std::uint32_t>(config.ecc_sideband_bits);
    }
    return static_cast<std::uint32_t>(ecc_of(config).sideband_word_bits);
}

void check_ecc(const Hbm4Config& config,
               const std::function<void(const char* key, std::string text)>& problem) {
    const EccMode mode = ecc_mode(config);
    const std::uint32_t bits = sideband_word_bits(config);
    if (bits != 64 && bits != 128 && bits != kWordBits) {
        problem("ecc_sideband_bits", fmt::format("{}; allowed: 0, 64, 128, {}", bits, kWordBits));
    } else if (mode == EccMode::kSideband || mode == EccMode::kBoth) {
        const std::uint32_t needed = kWordBits / bits * HsiaoCode::check_bits_of(bits);
        const std::size_t carried = metadata_bytes(config) * 8;
        if (needed > carried) {
            problem("ecc_sideband_bits",
                    fmt::format("{} check bits for {} B of words of {} bits; allowed: {}, what the "
                                "pins of {} carry beside them: take longer words",
                                needed, kWordBytes, bits, carried, config.standard));
        }
    }
}

WordCode::WordCode(const Hbm4Config& config) : mode_(ecc_mode(config)) {
    const bool on_die = mode_ == EccMode::kOnDie || mode_ == EccMode::kBoth;
    const bool sideband = mode_ == EccMode::kSideband || mode_ == EccMode::kBoth;
    if (on_die || sideband) {
        metadata_bytes_ = metadata_bytes(config);
        code_bytes_ += metadata_bytes_;
    }
    if (on_die) {
        parity_at_ = code_bytes_;
        code_bytes_ += kParityBytes;
    }
    if (sideband) {
        sideband_.emplace(sideband_word_bits(config));
    }
}

std::string WordCode::name() const {
    std::string out;
    if (on_die()) {
        out = fmt::format("ECC on the die, RS({},{}) of {}-bit symbols", symbols(),
                          symbols() - kParitySymbols, kSymbolBits);
    }
    if (sideband_) {
        out +=
            fmt::format("{}ECC of the controller, SEC-DED ({},{})", out.empty() ? "" : "; ",
                        sideband_->data_bits() + sideband_->check_bits(), sideband_->data_bits());
    }
    return out.empty() ? "no ECC" : out;
}

CodeBits WordCode::encode(std::span<const std::uint8_t, kWordBytes> data) const {
    CodeBits word{};
    std::memcpy(word.data(), data.data(), kWordBytes);
    if (sideband_) {
        std::uint32_t metadata = 0;
        const std::uint32_t bytes = sideband_->data_bits() / 8;
        for (std::uint32_t i = 0; i * bytes < kWordBytes; ++i) {
            metadata |= sideband_->check(data.subspan(std::size_t{i} * bytes, bytes))
                        << (i * sideband_->check_bits());
        }
        put_metadata(word, metadata, metadata_bytes_);
    }
    if (on_die()) {
        auto symbols = symbols_of(word);
        encode_symbols(std::span(symbols).first(this->symbols()));
        put_symbols(word, std::span(symbols).first(this->symbols()));
    }
    return word;
}

Decoded WordCode::decode_on_die(CodeBits& word) const {
    if (!on_die()) {
        return {};
    }
    auto symbols = symbols_of(word);
    const auto all = std::span(symbols).first(this->symbols());
    const Decoded decoded = decode_symbols(all);
    put_symbols(word, all);
    return decoded;
}

Decoded WordCode::decode_sideband(CodeBits& word) const {
    Decoded all;
    if (!sideband_) {
        return all;
    }
    std::uint32_t metadata = metadata_of(word);
    const std::uint32_t bytes = sideband_->data_bits() / 8;
    const std::uint32_t width = sideband_->check_bits();
    const std::uint32_t ones = (1U << width) - 1;
    for (std::uint32_t i = 0; i * bytes < kWordBytes; ++i) {
        std::uint32_t check = metadata >> (i * width) & ones;
        const Decoded one =
            sideband_->decode(std::span(word).subspan(std::size_t{i} * bytes, bytes), check);
        metadata = (metadata & ~(ones << (i * width))) | check << (i * width);
        all = together(all, one);
    }
    put_metadata(word, metadata, metadata_bytes_);
    return all;
}

Decoded WordCode::decode(CodeBits& word) const {
    const Decoded die = decode_on_die(word);
    const Decoded controller = decode_sideband(word);
    return together(die, controller);
}

}  // namespace vr::hbm4
