// SPDX-License-Identifier: Apache-2.0
// Question: does the scrubber visit each word at its refresh, and put right what can be?
#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <set>

#include "testbenches/hbm4/ecc/ecc_rig.h"

using namespace vr;
using namespace vr::testing;

namespace {

constexpr Time kRefresh = nanoseconds(3840);  // of all banks

Hbm4Config scrubbed(const std::string& list) {
    Hbm4Config config = faulty_config(list);
    config.faults.scrub_interval = nanoseconds(1000);
    return config;
}

std::string hex(std::uint64_t address) {
    return fmt::format("{:#x}", address);
}

// The word that is the n-th of the first row of the first bank.
std::uint64_t nth_word(std::uint32_t column) {
    hbm4::Location at;
    at.column = column;
    return hbm4::AddressMap(faulty_config("")).address(at);
}

}  // namespace

TEST_CASE("a word is visited with the first refresh after its turn: not 1 fs before") {
    // Word 0 is due at 1 us, word 5 at 6 us.
    for (const auto& [column, visit] : {std::pair{0U, kRefresh}, std::pair{5U, 2 * kRefresh}}) {
        const std::uint64_t address = nth_word(column);
        FaultyMemory m(scrubbed("bit " + hex(address) + " 9 flip"));
        (void)m.word(address, visit - Time{1});
        CHECK(m.severity == ReadSeverity::kCorrectedBit);
        CHECK(m.counts(visit - Time{1}).scrub_corrected == 0);
        (void)m.word(address, visit);
        CHECK(m.severity == ReadSeverity::kNone);
        CHECK(m.counts(visit).scrub_corrected == 1);
        CHECK(m.counts(visit).corrected_bit == 1);
        CHECK(m.faults.scrubber().next(address, Time{}) == visit);
        CHECK(m.faults.scrubber().next(address, visit) == visit);
        // The next pass: due one pass of 1 us a word later.
        const auto words = static_cast<std::int64_t>(m.faults.scrubber().words());
        CHECK(words == 48 * 12'288 * 32);
        const std::int64_t due = words + column + 1;
        CHECK(m.faults.scrubber().next(address, visit + Time{1}) ==
              divide_round_up(due * 1000, 3840) * kRefresh);
    }
}

TEST_CASE("two errors of a word that a visit parts are both corrected, else they are not") {
    const std::string address = hex(nth_word(0));
    const auto severity = [&](const std::string& second, bool on) {
        Hbm4Config config =
            scrubbed("bit " + address + " 9 flip; bit " + address + " 99 flip at " + second);
        if (!on) {
            config.faults.scrub_interval = Time{};
            config.faults.scrub_pass_seconds = 0;
        }
        FaultyMemory m(config);
        (void)m.word(nth_word(0), nanoseconds(5000));
        CHECK(m.counts(nanoseconds(5000)).scrub_corrected +
                  m.counts(nanoseconds(5000)).scrub_uncorrectable ==
              (on ? 1 : 0));
        return m.severity;
    };
    CHECK(severity("3841 ns", true) == ReadSeverity::kCorrectedBit);
    CHECK(severity("3840 ns", true) == ReadSeverity::kUncorrectable);
    CHECK(severity("3841 ns", false) == ReadSeverity::kUncorrectable);
}

TEST_CASE("a stuck cell stays, whatever the scrubber writes") {
    const std::uint64_t address = nth_word(0);
    FaultyMemory m(scrubbed("bit " + hex(address) + " 7 stuck1"));
    REQUIRE((m.truth(address) & 0x80) == 0);
    (void)m.word(address, nanoseconds(5000));
    CHECK(m.severity == ReadSeverity::kCorrectedBit);
}

TEST_CASE("what the scrubber puts right before a write counts once") {
    const std::uint64_t address = nth_word(0);
    FaultyMemory m(scrubbed("bit " + hex(address) + " 9 flip"));
    m.write(address, std::vector<std::uint8_t>(32), nanoseconds(5000));
    CHECK(m.counts(nanoseconds(6000)).scrub_corrected == 1);
    m.write(address, std::vector<std::uint8_t>(32, 1), nanoseconds(7000));
    CHECK(m.counts(nanoseconds(8000)).scrub_corrected == 1);
}

TEST_CASE("visits come at the rate that is asked for, and a pass visits every word once") {
    FaultyMemory m(scrubbed(""));
    const hbm4::Scrubber& scrubber = m.faults.scrubber();
    CHECK(scrubber.visits(kRefresh - Time{1}) == 0);
    CHECK(scrubber.visits(kRefresh) == 3);
    CHECK(scrubber.visits(25 * kRefresh) == 96);
    CHECK(m.counts(kRefresh).scrub_visits == 6);  // two pseudo-channels
    // Interval as long as refresh, so that each visit has a time of its own.
    Hbm4Config config = faulty_config("");
    config.rows = 4;
    config.stack_ids = 1;
    config.faults.scrub_interval = kRefresh;
    FaultyMemory small(config);
    std::set<std::pair<std::uint32_t, std::int64_t>> times;
    for (std::uint64_t address = 0; address < small.map.capacity(); address += 32) {
        // Of 16 banks, tREFI is a round of 80 ns x 48 still.
        times.emplace(small.map.locate(address).pseudo_channel,
                      small.faults.scrubber().next(address, Time{}).value / kRefresh.value);
    }
    CHECK(times.size() == small.map.capacity() / 32);
    CHECK(times.begin()->second == 1);
    CHECK(times.rbegin()->second == static_cast<std::int64_t>(small.faults.scrubber().words()));
    const Time pass{kRefresh.value * static_cast<std::int64_t>(small.faults.scrubber().words())};
    CHECK(small.counts(pass - Time{1}).scrub_passes == 0);
    CHECK(small.counts(pass).scrub_passes == 1);
}

TEST_CASE("by default a pass takes a day") {
    FaultyMemory m(faulty_config(""));
    const hbm4::Scrubber& scrubber = m.faults.scrubber();
    // 86,400 s over 18,874,368 words: 4.577 ms from visit to visit.
    const Time hour{3600 * kFemtosecondsPerSecond};
    CHECK(scrubber.visits(hour) == scrubber.words() / 24);
}

TEST_CASE("without a code on the die, or without refresh, nothing is scrubbed") {
    Hbm4Config config = scrubbed("");
    config.refresh = "none";
    CHECK_FALSE(FaultyMemory(config).faults.scrubber().on());
    for (const char* ecc : {"none", "sideband"}) {
        config = scrubbed("");
        config.ecc = ecc;
        FaultyMemory m(config);
        CHECK_FALSE(m.faults.scrubber().on());
        CHECK(m.faults.scrubber().next(0, Time{}) == kNever);
        CHECK(m.counts(nanoseconds(100'000)).scrub_visits == 0);
    }
    config = scrubbed("");
    config.refresh = "all_bank";
    CHECK(FaultyMemory(config).faults.scrubber().on());
}
