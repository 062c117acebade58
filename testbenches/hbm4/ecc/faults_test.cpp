// SPDX-License-Identifier: Apache-2.0
// Question: does every kind of fault reach the data as its code lets it through, until it is
// written over, and is each read counted as what it was?
#include <catch2/catch.hpp>
#include <cmath>

#include "models/base/error.h"
#include "testbenches/hbm4/ecc/ecc_rig.h"

using namespace vr;
using namespace vr::testing;

TEST_CASE("without ECC every fault shows, and is counted as silent") {
    FaultyMemory m(faulty_config("bit 0x40 3 flip; bit 0x60 7 stuck1", "none"));
    CHECK(m.word(0x40) == flipped(m.right(0x40), 3));
    CHECK(m.severity == ReadSeverity::kNone);
    CHECK((m.truth(0x60) & 0x80) == 0);
    CHECK(m.word(0x60) == flipped(m.right(0x60), 7));
    CHECK(m.word(0x80) == m.right(0x80));
    CHECK(m.counts().silent == 2);
    CHECK(m.counts().first_silent.address == 0x40);
    // Bytes beside the fault are right: nothing wrong was read.
    std::vector<std::uint8_t> four(4);
    (void)m.read(0x44, four);
    CHECK(four ==
          std::vector<std::uint8_t>{m.truth(0x44), m.truth(0x45), m.truth(0x46), m.truth(0x47)});
    CHECK(m.counts().silent == 2);
}

TEST_CASE("ECC on the die gives right data for one symbol, and says what it did") {
    FaultyMemory m(faulty_config(
        "bit 0x40 3 flip; symbol 0x60 15 flip; bit 0x80 303 stuck1; bit 0x80 302 stuck0; "
        "bit 0xa0 260 flip"));
    CHECK(m.word(0x40) == m.right(0x40));
    CHECK(m.severity == ReadSeverity::kCorrectedBit);
    CHECK(m.word(0x60) == m.right(0x60));
    CHECK(m.severity == ReadSeverity::kCorrectedBits);
    CHECK(m.word(0x80) == m.right(0x80));  // parity
    CHECK(m.word(0xa0) == m.right(0xa0));  // metadata
    CHECK(m.severity == ReadSeverity::kCorrectedBit);
    CHECK(m.counts().corrected_bit + m.counts().corrected_bits >= 3);
    CHECK(m.counts().corrected_bits >= 1);
    CHECK(m.counts().silent + m.counts().uncorrectable == 0);
    CHECK(m.counts().listed == 5);
}

TEST_CASE("two symbols are uncorrectable: the data are wrong and said to be") {
    FaultyMemory m(faulty_config("bit 0x40 3,30 flip"));
    CHECK(m.word(0x40) == flipped(flipped(m.right(0x40), 3), 30));
    CHECK(m.severity == ReadSeverity::kUncorrectable);
    CHECK(m.counts().uncorrectable == 1);
    CHECK(m.counts().first_uncorrectable.address == 0x40);
    CHECK(m.faults.uncorrectable_of(0) == 1);
    // A read over several words has the severity of the worst.
    std::vector<std::uint8_t> much(256);
    CHECK(m.read(0x10, much) == ReadSeverity::kUncorrectable);
    CHECK(m.counts().uncorrectable == 2);
}

TEST_CASE("an error that is a word of the code, or next to one, is silent and counted") {
    // Of the symbol code: three symbols that make a word, found by encoding one symbol alone.
    std::vector<hbm4::Symbol> word(19);
    word[0] = 1;
    hbm4::encode_symbols(word);
    std::string bits;
    for (std::size_t i = 0; i < word.size(); ++i) {
        for (std::size_t b = 0; b < 16; ++b) {
            if ((word[i] >> b & 1) != 0) {
                bits += (bits.empty() ? "" : ",") + std::to_string(16 * i + b);
            }
        }
    }
    FaultyMemory unseen(faulty_config("bit 0x40 " + bits + " flip"));
    CHECK(unseen.word(0x40) == flipped(unseen.right(0x40), 0));
    CHECK(unseen.severity == ReadSeverity::kNone);
    CHECK(unseen.counts().silent == 1);
    // Two of its three symbols look like an error of the third: a wrong correction.
    FaultyMemory wrong(faulty_config("bit 0x40 " + bits.substr(2) + " flip"));
    CHECK(wrong.word(0x40) == flipped(wrong.right(0x40), 0));
    CHECK(wrong.severity != ReadSeverity::kUncorrectable);
    CHECK(wrong.severity != ReadSeverity::kNone);
    CHECK(wrong.counts().silent == 1);
    CHECK(wrong.counts().corrected_bit + wrong.counts().corrected_bits == 0);
    // With the controller's code behind it, both single errors of a data bit that are left behind
    // are put right.
    FaultyMemory both(faulty_config("bit 0x40 " + bits + " flip", "both"));
    CHECK(both.word(0x40) == both.right(0x40));
    CHECK(both.severity == ReadSeverity::kCorrectedBit);
    CHECK(both.counts().silent == 0);
    // One bit more, which the die corrects: with the controller's, several.
    FaultyMemory each(faulty_config("bit 0x40 " + bits + ",100 flip", "both"));
    CHECK(each.word(0x40) == each.right(0x40));
    CHECK(each.severity == ReadSeverity::kCorrectedBits);
    CHECK(each.counts().corrected_bits == 1);
}

TEST_CASE("SEC-DED of the controller takes three errors for one, silently") {
    Hbm4Config config = faulty_config("", "sideband");
    // The first columns are 7, 11 and 13: together 1, which is the column of a check bit; two of
    // them together are even, so no column.
    config.faults.list = "bit 0x40 0,1,2 flip; bit 0x60 0,1 flip; bit 0x80 9 flip";
    FaultyMemory m(config);
    CHECK(m.word(0x40) == flipped(flipped(flipped(m.right(0x40), 0), 1), 2));
    CHECK(m.severity == ReadSeverity::kCorrectedBit);
    CHECK(m.counts().silent == 1);
    CHECK(m.word(0x60) != m.right(0x60));
    CHECK(m.severity == ReadSeverity::kUncorrectable);
    CHECK(m.word(0x80) == m.right(0x80));
    CHECK(m.severity == ReadSeverity::kCorrectedBit);
}

TEST_CASE("a fault is there from its time on") {
    FaultyMemory m(faulty_config("bit 0x40 3 flip at 10 ns; bit 0x60 7 stuck1 at 1 us", "none"));
    CHECK(m.word(0x40, nanoseconds(10) - Time{1}) == m.right(0x40));
    CHECK(m.word(0x40, nanoseconds(10)) == flipped(m.right(0x40), 3));
    CHECK(m.word(0x40, nanoseconds(9)) == m.right(0x40));  // looking changes nothing
    CHECK(m.counts(nanoseconds(999)).listed == 1);
    CHECK(m.word(0x60, nanoseconds(999)) == m.right(0x60));
    CHECK(m.word(0x60, nanoseconds(1000)) == flipped(m.right(0x60), 7));
}

TEST_CASE("a write ends a flip and leaves a stuck cell") {
    FaultyMemory m(
        faulty_config("bit 0x40 3,30 flip at 5 ns; bit 0x60 3,30 stuck1; bit 0x80 0 flip"));
    const std::vector<std::uint8_t> zeros(32);
    m.write(0x40, zeros, nanoseconds(4));  // before it strikes
    (void)m.word(0x40, nanoseconds(6));
    CHECK(m.severity == ReadSeverity::kUncorrectable);
    m.write(0x40, zeros, nanoseconds(7));
    CHECK(m.word(0x40, nanoseconds(8)) == zeros);
    CHECK(m.severity == ReadSeverity::kNone);
    m.write(0x60, zeros, nanoseconds(7));
    CHECK(m.word(0x60, nanoseconds(8)) == flipped(flipped(zeros, 3), 30));
    CHECK(m.severity == ReadSeverity::kUncorrectable);
    m.write(0x60, std::vector<std::uint8_t>(32, 0xff), nanoseconds(9));  // what they hold anyway
    CHECK(m.word(0x60, nanoseconds(10)) == std::vector<std::uint8_t>(32, 0xff));
    CHECK(m.severity == ReadSeverity::kNone);
}

TEST_CASE("a write of part of a word puts the rest back as it was read") {
    FaultyMemory m(faulty_config("bit 0x40 3 flip; bit 0x60 3,130 flip"));
    m.write(0x50, {1, 2, 3, 4});
    std::vector<std::uint8_t> expected = m.right(0x40);
    std::copy_n(std::vector<std::uint8_t>{1, 2, 3, 4}.begin(), 4, expected.begin() + 16);
    CHECK(m.word(0x40) == expected);
    CHECK(m.severity == ReadSeverity::kNone);
    // Uncorrectable: one of its errors is written over, the other stays, and the word stays marked.
    m.write(0x70, {9});
    expected = m.right(0x60);
    expected[16] = 9;
    CHECK(m.word(0x60) == flipped(expected, 3));
    CHECK(m.severity == ReadSeverity::kUncorrectable);
    m.write(0x60, expected);
    CHECK(m.word(0x60) == expected);
    CHECK(m.severity == ReadSeverity::kNone);
}

TEST_CASE("a faulty row is all words of a row, a faulty bank all rows of a bank") {
    FaultyMemory m(faulty_config("row 0x4000 stuck1; bank 0x20000 noise"));
    const hbm4::Location row = m.map.locate(0x4000);
    const hbm4::Location bank = m.map.locate(0x20000);
    REQUIRE((row.bank != bank.bank || row.bank_group != bank.bank_group ||
             row.pseudo_channel != bank.pseudo_channel));
    std::size_t in_row = 0;
    std::size_t in_bank = 0;
    for (std::uint64_t address = 0; address < 1 << 20; address += 32) {
        const hbm4::Location at = m.map.locate(address);
        hbm4::Location same_row = at;
        same_row.column = row.column;
        const bool of_row = same_row == row;
        const bool of_bank = at.pseudo_channel == bank.pseudo_channel &&
                             at.stack_id == bank.stack_id && at.bank == bank.bank &&
                             at.bank_group == bank.bank_group;
        in_row += of_row ? 1 : 0;
        in_bank += of_bank ? 1 : 0;
        std::vector<std::uint8_t> got(32);
        std::vector<std::uint8_t> written(32);
        const ReadSeverity severity = m.read(address, got);
        m.contents.peek(address, written);
        REQUIRE((severity == ReadSeverity::kUncorrectable) == (of_row || of_bank));
        REQUIRE((got == written) == !(of_row || of_bank));
        if (of_row) {
            REQUIRE(got == std::vector<std::uint8_t>(32, 0xff));
        }
    }
    CHECK(in_row == 32);
    CHECK(in_bank > 32);
    CHECK(m.counts().uncorrectable == in_row + in_bank);
    // Noise differs from word to word, is the same each time, and outlives writes.
    const std::vector<std::uint8_t> once = m.word(0x20000);
    CHECK(once == m.word(0x20000));
    m.write(0x20000, std::vector<std::uint8_t>(32));
    CHECK(m.word(0x20000) != std::vector<std::uint8_t>(32));
}

TEST_CASE("cells that are all stuck at 0 are a word of a linear code: nobody sees it") {
    FaultyMemory m(faulty_config("word 0x40 stuck0"));
    CHECK(m.word(0x40) == std::vector<std::uint8_t>(32));
    CHECK(m.severity == ReadSeverity::kNone);
    CHECK(m.counts().silent == 1);
}

TEST_CASE("random upsets come at their rate, by seed, however time goes on") {
    Hbm4Config config = faulty_config("", "none");
    config.rows = 32;
    config.faults.upset_rate = 1'000'000'000'000'000'000;
    constexpr std::int64_t kEnd = 50'000;
    const auto run = [&](std::int64_t step, std::int64_t seed) {
        config.faults.seed = seed;
        FaultyMemory m(config);
        std::vector<std::uint8_t> all(1 << 20);
        for (std::int64_t t = 0; t <= kEnd; t += step) {
            (void)m.read(0, all, nanoseconds(t));
        }
        return std::pair(m.counts(nanoseconds(kEnd)).upsets, all);
    };
    const auto one = run(kEnd, 1);
    CHECK((run(kEnd / 10, 1) == one));
    CHECK((run(kEnd, 2).second != one.second));
    // Cells x rate x time: 10^18 failures in 10^9 hours and 2^20 cells.
    const double cells = static_cast<double>(config.capacity().value) * 8;
    const double mean = cells / (1 << 20) * 1e18 * 50e-6 / (1e9 * 3600);
    CHECK(mean > 300);
    CHECK(std::abs(static_cast<double>(one.first) - mean) < 4 * std::sqrt(mean));
    // A third of the memory was read; each upset there is one bit of a word.
    std::int64_t wrong = 0;
    for (std::size_t i = 0; i < one.second.size(); ++i) {
        wrong += one.second[i] != (i < SparseMemory::kPageBytes ? FaultyMemory::truth(i) : 0);
    }
    CHECK(std::abs(static_cast<double>(wrong) - mean / 3) < 4 * std::sqrt(mean / 3));
    config.rows = 12'288;
    FaultyMemory many(config);
    CHECK_THROWS_AS(many.word(0, nanoseconds(1'000'000)), UsageError);
}

TEST_CASE("a read by an observer counts nothing and gets the same") {
    FaultyMemory m(faulty_config("bit 0x40 3,30 flip"));
    m.contents.use({});
    std::vector<std::uint8_t> seen(32);
    CHECK(m.contents.read(0x40, seen) == ReadSeverity::kUncorrectable);
    CHECK(seen == flipped(flipped(m.right(0x40), 3), 30));
    CHECK(m.counts().uncorrectable == 0);
}

TEST_CASE("every wrong line of a fault list is told, with its place and what is allowed") {
    const auto told = [](const std::string& list, const std::string& ecc = "on_die") {
        try {
            FaultyMemory m(faulty_config(list, ecc));
        } catch (const InputError& error) {
            std::string text;
            for (const Diagnostic& one : error.diagnostics()) {
                text += one.text() + "\n";
            }
            return text;
        }
        return std::string("nothing wrong");
    };
    const auto has = [&](const std::string& list, const std::string& part) {
        INFO(told(list));
        CHECK(told(list).find(part) != std::string::npos);
    };
    CHECK(told("bit 0x40 1 flip; # a comment; ;bit 64 1 flip at 1.5 us") == "nothing wrong");
    has("bit 0x40 1 flip; bat 0x40 1 flip", "hbm4.faults.list:2: 'bat'");
    has("bat 0x40 1 flip", "did you mean bit?");
    has("bit 0x41 1 flip", "multiples of 32; say 0x40");
    has("bit 0x40 304 flip", "bit '304'; allowed: 0 to 303");
    has("bit 0x40 -1 flip", "bit '-1'");
    has("bit 0x40 1,,2 flip", "bit ''");
    has("bit 0x40 7, flip", "bit ''");
    has("symbol 0x40 , flip", "symbol ''");
    has("symbol 0x40 19 flip", "symbol '19'; allowed: 0 to 18");
    has("bit 0x48000000 1 flip", "allowed: an address below 0x48000000");
    has("bit 0x40 1 flop", "did you mean flip?");
    has("bit 0x40 1 flip on monday", "'on' at the end of the line");
    has("bit 0x40 1 flip at 3", "time '3'");
    has("bit 0x40 1 flip at -3 ns", "time '-3 ns'");
    has("bit 0x40", "the line ends before it says which bits");
    has("row", "the line ends before it says where");
    has("bit 0x40 1", "the line ends before it says how");
    has("bit 0x40 1 flip; row x flip; bank 0x20", "hbm4.faults.list:3: the line ends");
    CHECK(told("bit 0x40 256 flip", "none").find("0 to 255") != std::string::npos);
    Hbm4Config config = faulty_config("");
    config.faults.file = "/nowhere/faults.txt";
    CHECK_THROWS_WITH(FaultyMemory(config), Catch::Contains("/nowhere/faults.txt"));
    config.faults.file = "/";  // opens, and gives nothing
    CHECK_THROWS_WITH(FaultyMemory(config), Catch::Contains("the file of faults cannot be read"));
    config.faults.file = "/dev/null";  // no faults are no error
    CHECK(FaultyMemory(config).counts().listed == 0);
}

TEST_CASE("check bits that the pins do not carry are a problem of the configuration") {
    Hbm4Config config = faulty_config("", "sideband");
    CHECK(config.problems().empty());
    config.ecc_sideband_bits = 64;
    REQUIRE(config.problems().size() == 1);
    CHECK(config.problems()[0].first == "ecc_sideband_bits");
    config.ecc = "on_die";  // not used then
    CHECK(config.problems().empty());
    config.ecc_sideband_bits = 65;
    CHECK(config.problems().size() == 1);
    config.standard = "hbm2";
    config.ecc = "both";
    config.ecc_sideband_bits = 64;
    for (const auto& [key, what] : config.problems()) {
        CHECK(key != "ecc_sideband_bits");
    }
}
