// SPDX-License-Identifier: Apache-2.0
// Question: does each code correct and detect exactly what its distance promises, and are words its
// words by the definition?
#include <array>
#include <bit>
#include <catch2/catch.hpp>
#include <set>

#include "models/base/random.h"
#include "models/hbm4/ecc/word_code.h"
#include "testbenches/hbm4/test_config.h"

using namespace vr;
using namespace vr::hbm4;

namespace {

// The field once more, by shifting and adding, without tables.
Symbol product(Symbol a, Symbol b) {
    std::uint32_t sum = 0;
    std::uint32_t shifted = a;
    for (std::uint32_t i = 0; i < kSymbolBits; ++i) {
        sum ^= (b >> i & 1U) != 0 ? shifted : 0;
        shifted = shifted << 1 ^ ((shifted & 0x8000U) != 0 ? 0x1100BU : 0);
    }
    return static_cast<Symbol>(sum);
}

std::vector<Symbol> random_word(std::size_t symbols, std::uint64_t seed) {
    const RandomStream random(seed, "symbols", 0);
    std::vector<Symbol> word(symbols);
    for (std::size_t i = 0; i < symbols; ++i) {
        word[i] = static_cast<Symbol>(random.at(i));
    }
    encode_symbols(word);
    return word;
}

std::array<std::uint8_t, kWordBytes> word_data(std::uint64_t seed) {
    std::array<std::uint8_t, kWordBytes> data;
    for (std::size_t i = 0; i < data.size(); ++i) {
        data[i] = static_cast<std::uint8_t>(RandomStream(seed, "data", 0).at(i));
    }
    return data;
}

CodeBits with_flip(CodeBits word, std::size_t bit) {
    word[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    return word;
}

Hbm4Config config_of(const std::string& standard, const std::string& ecc) {
    Hbm4Config config = testing::rubin_hbm4();
    config.standard = standard;
    config.ecc = ecc;
    return config;
}

}  // namespace

TEST_CASE("the field's products are those of shifting and adding, and every element has a power") {
    for (std::uint32_t i = 0; i < 2000; ++i) {
        const auto a = static_cast<Symbol>(mix64(i));
        const auto b = static_cast<Symbol>(mix64(i) >> 16);
        REQUIRE(multiply(a, b) == product(a, b));
        if (b != 0) {
            REQUIRE(product(divide(a, b), b) == a);
        }
    }
    std::set<Symbol> seen;
    Symbol value = 1;
    for (std::uint32_t i = 0; i < kFieldOrder; ++i) {
        REQUIRE(logarithm(value) == i);
        seen.insert(value);
        value = product(value, 2);
    }
    CHECK(seen.size() == kFieldOrder);
    CHECK(value == 1);
}

TEST_CASE("a word of the symbol code has both syndromes zero") {
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const std::vector<Symbol> word = random_word(19, seed);
        Symbol sum = 0;
        Symbol weighted = 0;
        Symbol weight = 1;
        for (const Symbol symbol : word) {
            sum ^= symbol;
            weighted ^= product(symbol, weight);
            weight = product(weight, 2);
        }
        REQUIRE(sum == 0);
        REQUIRE(weighted == 0);
    }
}

TEST_CASE("the symbol code corrects every error of one symbol, wherever it is") {
    const std::vector<Symbol> word = random_word(19, 7);
    for (std::size_t place = 0; place < word.size(); ++place) {
        for (std::uint32_t error = 1; error <= kFieldOrder; ++error) {
            std::vector<Symbol> struck = word;
            struck[place] ^= static_cast<Symbol>(error);
            const Decoded decoded = decode_symbols(struck);
            const int bits = std::popcount(error);
            REQUIRE(struck == word);
            REQUIRE(decoded.corrected_bits == static_cast<std::size_t>(bits));
            REQUIRE(decoded.severity ==
                    (bits == 1 ? ReadSeverity::kCorrectedBit : ReadSeverity::kCorrectedBits));
        }
    }
}

TEST_CASE("errors of two symbols are detected but for those that look like one of a third") {
    const std::vector<Symbol> word = random_word(19, 3);
    std::size_t detected = 0;
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < 19; ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            for (std::uint64_t n = 0; n < 200; ++n) {
                const std::uint64_t random = mix64((i * 19 + j) * 200 + n);
                std::vector<Symbol> struck = word;
                struck[i] ^= static_cast<Symbol>(random | 1);
                struck[j] ^= static_cast<Symbol>(random >> 16 | 1);
                const std::vector<Symbol> before = struck;
                const Decoded decoded = decode_symbols(struck);
                REQUIRE(struck != word);
                REQUIRE(decoded.severity != ReadSeverity::kNone);
                if (decoded.severity == ReadSeverity::kUncorrectable) {
                    REQUIRE(struck == before);
                    ++detected;
                } else {
                    ++wrong;
                }
            }
        }
    }
    // About 17 of 65,535 point at another symbol: 9 of these 34,200.
    CHECK(detected + wrong == 34'200);
    CHECK(wrong < 30);
    // One that does: three symbols of another word without the third.
    std::vector<Symbol> other(19);
    other[4] = 0x1234;
    encode_symbols(other);
    std::vector<Symbol> struck = word;
    for (std::size_t i = 0; i < 19; ++i) {
        struck[i] ^= i == 4 ? Symbol{0} : other[i];
    }
    CHECK(decode_symbols(struck).severity == ReadSeverity::kCorrectedBits);
    CHECK(struck[4] == (word[4] ^ 0x1234));
}

TEST_CASE("an error that points behind the last symbol is detected, at the last it is corrected") {
    const std::vector<Symbol> word = random_word(19, 4);
    for (const std::uint32_t place : {18U, 19U}) {
        // Errors of symbols 0 and 1 with the syndromes of an error 1 at `place`.
        std::vector<Symbol> struck = word;
        const Symbol second = divide(static_cast<Symbol>(power(place) ^ 1), power(1) ^ 1);
        struck[0] ^= static_cast<Symbol>(second ^ 1);
        struck[1] ^= second;
        struck.push_back(0xabcd);  // no symbol of the word
        const Decoded decoded = decode_symbols(std::span(struck).first(19));
        CHECK((decoded.severity == ReadSeverity::kUncorrectable) == (place == 19));
        CHECK(struck[19] == 0xabcd);
    }
}

TEST_CASE("SEC-DED corrects every single and detects every double error of each length of word") {
    const std::array<std::uint32_t, 3> checks = {8, 9, 10};
    for (std::uint32_t n = 0; n < 3; ++n) {
        const std::uint32_t bits = 64U << n;
        const HsiaoCode code(bits);
        CHECK(code.check_bits() == checks[n]);
        const std::uint32_t all = bits + checks[n];
        const auto random = word_data(n);
        const std::vector<std::uint8_t> data(random.begin(), random.begin() + bits / 8);
        const std::uint32_t check = code.check(data);
        const auto strike = [&](std::vector<std::uint8_t>& d, std::uint32_t& c, std::uint32_t bit) {
            if (bit < bits) {
                d[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
            } else {
                c ^= 1U << (bit - bits);
            }
        };
        for (std::uint32_t i = 0; i < all; ++i) {
            std::vector<std::uint8_t> d = data;
            std::uint32_t c = check;
            strike(d, c, i);
            REQUIRE(code.decode(d, c).severity == ReadSeverity::kCorrectedBit);
            REQUIRE(d == data);
            REQUIRE(c == check);
            for (std::uint32_t j = 0; j < i; ++j) {
                strike(d, c, i);
                strike(d, c, j);
                const std::vector<std::uint8_t> before = d;
                REQUIRE(code.decode(d, c).severity == ReadSeverity::kUncorrectable);
                REQUIRE(d == before);
                d = data;
                c = check;
            }
        }
    }
}

TEST_CASE("SEC-DED takes three errors for one at a wrong place, or detects them") {
    const HsiaoCode code(64);
    std::size_t corrected = 0;
    std::size_t detected = 0;
    for (std::uint32_t i = 0; i < 64; ++i) {
        for (std::uint32_t j = 0; j < i; ++j) {
            for (std::uint32_t k = 0; k < j; ++k) {
                std::vector<std::uint8_t> d(8);
                for (const std::uint32_t bit : {i, j, k}) {
                    d[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
                }
                std::uint32_t c = 0;
                const ReadSeverity severity = code.decode(d, c).severity;
                REQUIRE(severity != ReadSeverity::kNone);
                REQUIRE((d != std::vector<std::uint8_t>(8) || c != 0));
                ++(severity == ReadSeverity::kUncorrectable ? detected : corrected);
            }
        }
    }
    CHECK(corrected + detected == 41'664);
    // Three odd columns sum to an odd one: 72 of the 128 are columns.
    CHECK(corrected * 100 > 41'664 * 45);
    CHECK(detected > 0);
}

TEST_CASE("a word of the memory has its codes' cells, and each single one of them is corrected") {
    struct Case {
        const char* standard;
        const char* ecc;
        std::size_t bits;
    };
    for (const Case& one : {Case{"hbm4", "none", 256}, Case{"hbm4", "by_standard", 304},
                            Case{"hbm3", "both", 304}, Case{"hbm4", "sideband", 272},
                            Case{"hbm2", "by_standard", 288}, Case{"hbm2", "both", 320}}) {
        INFO(one.standard << " " << one.ecc);
        const WordCode code(config_of(one.standard, one.ecc));
        CHECK(code.bits() == one.bits);
        const auto data = word_data(5);
        const CodeBits word = code.encode(data);
        for (std::size_t i = 0; i < kMostCodeBytes * 8; ++i) {
            if (i >= one.bits) {
                CHECK((word[i / 8] >> (i % 8) & 1) == 0);
            }
        }
        for (std::size_t bit = 0; bit < one.bits; ++bit) {
            CodeBits struck = with_flip(word, bit);
            const Decoded decoded = code.decode(struck);
            if (code.mode() == EccMode::kNone) {
                REQUIRE(decoded.severity == ReadSeverity::kNone);
                REQUIRE(struck == with_flip(word, bit));
                continue;
            }
            // Of the HBM3 metadata, six bits carry no check bit of the controller's alone.
            const bool unused = code.mode() == EccMode::kSideband && one.bits == 272 && bit >= 266;
            REQUIRE(decoded.severity ==
                    (unused ? ReadSeverity::kNone : ReadSeverity::kCorrectedBit));
            REQUIRE(std::equal(data.begin(), data.end(), struck.begin()));
        }
    }
}

TEST_CASE("the name of a code says its lengths") {
    CHECK(WordCode(config_of("hbm4", "both")).name() ==
          "ECC on the die, RS(19,17) of 16-bit symbols; ECC of the controller, SEC-DED (266,256)");
    CHECK(WordCode(config_of("hbm2", "by_standard")).name() ==
          "ECC of the controller, SEC-DED (72,64)");
    CHECK(WordCode(config_of("hbm3", "none")).name() == "no ECC");
}
