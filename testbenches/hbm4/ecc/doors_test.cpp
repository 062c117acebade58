// SPDX-License-Identifier: Apache-2.0
// Question: do faults reach whoever uses the plain door, with contents and without, and does the
// state have all that decides what a read gives?
#include <catch2/catch.hpp>
#include <cstddef>
#include <ctime>

#include "models/hbm4/memory_system/memory_system.h"
#include "testbenches/hbm4/ecc/ecc_rig.h"

using namespace vr;
using namespace vr::testing;

TEST_CASE("the plain door says how bad a read is, at its time, and counts in its status") {
    const auto run = [](const std::string& list) {
        std::vector<std::pair<std::int64_t, ReadSeverity>> told;
        MemorySystem memory("memory", faulty_config(list), [&](const MemoryCompletion& one) {
            told.emplace_back(one.tick, one.severity);
        });
        memory.add({0x00, 32, false, 0});
        memory.advance_to(nanoseconds(200));
        memory.add({0x40, 64, false, 1});
        memory.advance_to(nanoseconds(400));
        memory.add({0x40, 32, true, 2});
        memory.advance_to(nanoseconds(600));
        memory.add({0x40, 32, false, 3});
        memory.advance_to(nanoseconds(800));
        return std::pair(told, memory.status());
    };
    const auto [plain, none] = run("");
    const auto [faulty, status] = run("bit 0x40 3,30 flip; bit 0x00 0 stuck1; bit 0x60 5,7 flip");
    REQUIRE(plain.size() == 4);
    REQUIRE(faulty.size() == 4);
    const std::array<ReadSeverity, 4> expected = {ReadSeverity::kCorrectedBit,
                                                  ReadSeverity::kUncorrectable, ReadSeverity::kNone,
                                                  ReadSeverity::kNone};
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(plain[i].first == faulty[i].first);
        CHECK(plain[i].second == ReadSeverity::kNone);
        CHECK(faulty[i].second == expected[i]);
    }
    CHECK(status.corrected_bit == 1);
    CHECK(status.corrected_bits == 1);
    CHECK(status.uncorrectable == 1);
    CHECK(status.first_uncorrectable == 0x40);
    CHECK(status.first_corrected == 0);
    CHECK(status.first_silent == ~std::uint64_t{0});
    CHECK(status.listed_faults == 3);
    CHECK(none.listed_faults + none.corrected_bit + none.scrub_visits == 0);
}

TEST_CASE("contents that a plain door holds meet its faults when they move, and only then") {
    SparseMemory contents;
    SparseMemory others;
    std::vector<std::uint8_t> data(64, 5);
    {
        MemorySystem memory("memory", faulty_config("bit 0x40 3,30 flip at 100 ns"), {});
        memory.hold(contents);
        contents.use({memory.now(), 0});
        contents.write(0x40, data);
        memory.add({0x40, 64, true, 0});
        memory.advance_to(nanoseconds(100));
        contents.use({memory.now(), 0});
        CHECK(contents.read(0x40, data) == ReadSeverity::kUncorrectable);
        CHECK(data[0] == (5 ^ 8));
        memory.add({0x40, 64, false, 1});
        memory.advance_to(nanoseconds(2000));
        CHECK(memory.outstanding() == 0);
        CHECK(memory.status().uncorrectable == 1);
        memory.hold(others);
        CHECK_FALSE(contents.guarded());
        CHECK(contents.read(0x40, data) == ReadSeverity::kNone);
        CHECK(data[0] == 5);
        CHECK(others.guarded());
    }
    CHECK_FALSE(others.guarded());  // the memory is gone, the contents are not
    CHECK(others.read(0x40, data) == ReadSeverity::kNone);
    CHECK(data[0] == 0);
}

TEST_CASE("what is loaded at time 0 is loaded right, faults from the start come after it") {
    SparseMemory contents;
    MemorySystem memory("memory", faulty_config("bit 0x40 3,30 flip; bit 0x60 3,30 flip"), {});
    memory.hold(contents);
    std::vector<std::uint8_t> data(32, 5);
    contents.write(0x40, data);
    contents.write(0x50, data);  // half of the next word, too
    CHECK(contents.read(0x40, data) == ReadSeverity::kUncorrectable);
    CHECK(data == flipped(flipped(std::vector<std::uint8_t>(32, 5), 3), 30));
    CHECK(contents.read(0x60, data) == ReadSeverity::kUncorrectable);
    // The machine's own write at time 0 comes after both, and so does an observer's later one.
    contents.use({memory.now(), 0});
    contents.write(0x40, std::vector<std::uint8_t>(32, 6));
    CHECK(contents.read(0x40, data) == ReadSeverity::kNone);
    contents.use({nanoseconds(1), MemoryUse::kObserver});
    contents.write(0x60, std::vector<std::uint8_t>(32, 6));
    CHECK(contents.read(0x60, data) == ReadSeverity::kNone);
}

TEST_CASE("the list of a door's only memory strikes it whatever GPU it names") {
    Hbm4Config config = faulty_config("bit 0x40 3,30 flip");
    config.faults.gpu = 3;
    MemorySystem memory("memory", config, {});
    memory.add({0x40, 32, false, 0});
    memory.advance_to(nanoseconds(200));
    CHECK(memory.status().listed_faults == 1);
    CHECK(memory.status().uncorrectable == 1);
}

TEST_CASE("the words of a status are counted once, and again after time or a use") {
    Hbm4Config config = faulty_config("bit 0x40 3,30 flip", "none");
    config.faults.upset_rate = 1'000'000'000'000'000'000;
    MemorySystem memory("memory", config, {});
    SparseMemory contents;
    memory.hold(contents);
    memory.advance_to(nanoseconds(10'000));
    const auto word_of = [&](std::size_t field) { return memory.status_word(field); };
    const std::clock_t begin = std::clock();
    const std::uint32_t upsets = word_of(offsetof(Hbm4Status, random_upsets));
    const std::clock_t first = std::clock() - begin;
    CHECK(upsets > 20'000);
    for (std::uint64_t offset = 0; offset < sizeof(Hbm4Status); offset += 4) {
        (void)memory.status_word(offset);
    }
    // 64 words more; each took as long as the first when each looked at all upsets.
    CHECK(std::clock() - begin - first < 8 * first);
    CHECK(word_of(offsetof(Hbm4Status, silent)) == 0);
    std::vector<std::uint8_t> data(32);
    contents.use({memory.now(), 0});
    (void)contents.read(0x40, data);
    CHECK(word_of(offsetof(Hbm4Status, silent)) == 1);
    memory.advance_to(nanoseconds(10'100));
    CHECK(word_of(offsetof(Hbm4Status, random_upsets)) > upsets);
}

TEST_CASE("a write beside a faulty bank leaves nothing behind") {
    const auto hash = [](const FaultyMemory& m) {
        StateHasher out;
        out(m.faults);
        return out.value();
    };
    FaultyMemory m(faulty_config("bank 0x20000 stuck1"));
    const hbm4::Location bank = m.map.locate(0x20000);
    const std::uint64_t before = hash(m);
    std::size_t beside = 0;
    for (std::uint64_t address = 0; address < 1 << 16; address += 32) {
        const hbm4::Location at = m.map.locate(address);
        if (at.pseudo_channel != bank.pseudo_channel || at.stack_id != bank.stack_id ||
            at.bank != bank.bank || at.bank_group != bank.bank_group) {
            m.write(address, std::vector<std::uint8_t>(32), nanoseconds(1));
            ++beside;
        }
    }
    CHECK(beside > 1000);
    CHECK(hash(m) == before);
    m.write(0x20000, std::vector<std::uint8_t>(32), nanoseconds(1));
    CHECK(hash(m) != before);
}

TEST_CASE("the state has what faults were, who met them, and what was scrubbed") {
    const auto hash = [](const std::string& list, std::uint32_t user, bool scrubs) {
        Hbm4Config config = faulty_config(list);
        config.faults.scrub_pass_seconds = 0;
        config.faults.scrub_interval = scrubs ? nanoseconds(1) : Time{};
        config.rows = 4;
        FaultyMemory m(config);
        std::vector<std::uint8_t> data(32);
        m.contents.use({Time{}, user});
        (void)m.contents.read(0x40, data);
        m.contents.use({nanoseconds(1'000'000), 0});
        m.contents.write(0x80, data);
        StateHasher out;
        out(m.faults);
        return out.value();
    };
    const std::string list = "bit 0x40 3,30 flip; bit 0x80 1 flip";
    const std::uint64_t one = hash(list, 1, false);
    CHECK(hash(list, 1, false) == one);
    CHECK(hash(list, 2, false) != one);
    CHECK(hash(list, 1, true) != one);
    CHECK(hash("bit 0x40 3,31 flip; bit 0x80 1 flip", 1, false) != one);
    CHECK(hash("bit 0x40 3,30 flip; bit 0x80 1 stuck1", 1, false) != one);
    CHECK(hash("bit 0x40 3,30 flip; bit 0x80 1 flip at 1 ns", 1, false) != one);
}
