// SPDX-License-Identifier: Apache-2.0
// Question: does a simulator that is written for DRAMsim3's interface see the same memory, tick by
// tick, as one that uses the plain C++ door?
#include "models/hbm4/memory_system/dramsim3.h"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "testbenches/hbm4/memory_replay.h"
#include "testbenches/hbm4/memory_system/foreign/simulator.h"
#include "testbenches/support/scratch_folder.h"

using namespace vr;
using namespace vr::testing;
using Catch::Matchers::Contains;

namespace {

const std::string kTiny = VRSIM_SOURCE_DIR "/models/platforms/tiny.toml";

std::string scratch(const std::string& name, const std::string& text) {
    const auto file = scratch_folder() / name;
    std::ofstream(file, std::ios::binary) << text;
    return file.string();
}

std::vector<foreign::Access> as_foreign(const std::vector<ReplayedAccess>& list) {
    std::vector<foreign::Access> all;
    for (const ReplayedAccess& one : list) {
        all.push_back({one.tick, one.address, one.bytes, one.write});
    }
    return all;
}

}  // namespace

TEST_CASE("a C++11 simulator sees the ticks of the plain C++ door, back-pressure included") {
    ConfigurationRequest request;
    request.platform = scratch("narrow.toml", "extends = \"" + kTiny +
                                                  "\"\n[memory_system]\nread_credits = 6\n"
                                                  "write_credits = 3\n");
    request.preset_folders = {VRSIM_SOURCE_DIR "/models/platforms"};
    const MemorySystemConfig config = load_memory_system(request);
    CHECK(config.door.read_credits == 6);
    const auto list = mixed_accesses(2000, 5);
    const Replay expected = replay(config.memory, config.door, list);
    CHECK(expected.waits > 200);
    const foreign::Run seen = foreign::run(request.platform, as_foreign(list));
    CHECK(seen.completed == expected.completed);
    CHECK(seen.waits == expected.waits);
    CHECK(foreign::run(kTiny, as_foreign(list)).waits < seen.waits);
}

TEST_CASE("a request without a size is the 64 B that its address lies in") {
    const foreign::Run whole = foreign::run(kTiny, {{0, 4096 + 40, 0, false}, {0, 64, 0, true}});
    const foreign::Run sized = foreign::run(kTiny, {{0, 4096, 64, false}, {0, 64, 64, true}});
    const foreign::Run half = foreign::run(kTiny, {{0, 4096, 32, false}, {0, 64, 64, true}});
    CHECK(whole.completed == sized.completed);
    CHECK(whole.completed[0] > half.completed[0]);
}

TEST_CASE("clock, widths and queue size are those of the platform") {
    std::vector<std::uint64_t> reads;
    std::vector<std::uint64_t> writes;
    dramsim3::MemorySystem memory(
        kTiny, scratch_folder().string(), [&](std::uint64_t address) { reads.push_back(address); },
        nullptr);
    CHECK(memory.GetTCK() == Approx(1.0 / 2.6875));
    CHECK(memory.GetBusBits() == 32);
    CHECK(memory.GetBusBits() * memory.GetBurstLength() == 64 * 8);
    CHECK(memory.GetQueueSize() >= 2 * 128);
    CHECK(memory.AddTransaction(4097, false));
    CHECK(memory.AddTransaction(128, true));
    memory.RegisterCallbacks([&](std::uint64_t address) { reads.push_back(address + 1); },
                             [&](std::uint64_t address) { writes.push_back(address); });
    for (int i = 0; i < 500; ++i) {
        memory.ClockTick();
    }
    CHECK(reads == std::vector<std::uint64_t>{4098});
    CHECK(writes == std::vector<std::uint64_t>{128});
    memory.PrintStats();
    std::stringstream text;
    text << std::ifstream(scratch_folder() / "vrsim_memory.txt").rdbuf();
    CHECK_THAT(text.str(), Contains("memory.bytes_read 64 B") && Contains("at CK 500 "));
    memory.ResetStats();
    memory.PrintStats();
    text.str("");
    text << std::ifstream(scratch_folder() / "vrsim_memory.txt").rdbuf();
    CHECK_THAT(text.str(), Contains("memory.bytes_read 0 B"));
}

TEST_CASE("what a pseudo-channel has no credit for is not accepted, and added not at all") {
    dramsim3::MemorySystem memory(kTiny, "", nullptr, nullptr);
    int added = 0;
    while (memory.WillAcceptTransaction(0, false)) {
        REQUIRE(memory.AddTransaction(0, false));
        REQUIRE(++added < 1000);
    }
    CHECK(added >= 64);
    CHECK_FALSE(memory.AddTransaction(0, false));
    CHECK(memory.WillAcceptTransaction(0, true));
}

TEST_CASE("a wrong platform, address or folder is refused with its reason") {
    using dramsim3::MemorySystem;
    CHECK_THROWS_WITH(MemorySystem("nowhere", "", nullptr, nullptr),
                      Contains("unknown platform \"nowhere\""));
    CHECK_THROWS_WITH(MemorySystem("nowhere.toml", "", nullptr, nullptr), Contains("nowhere.toml"));
    const std::string wrong = scratch(
        "wrong.toml", "extends = \"" + kTiny + "\"\n[memory_system]\nrequest_bytes = \"96 B\"\n");
    CHECK_THROWS_WITH(MemorySystem(wrong, "", nullptr, nullptr),
                      Contains("memory_system.request_bytes: 96 B; allowed: a multiple of 32 B"));
    const std::string bare =
        scratch("bare.toml", "extends = \"" + kTiny + "\"\n[memory_system]\nread_credits = -4\n");
    CHECK_THROWS_WITH(MemorySystem(bare, "", nullptr, nullptr),
                      Contains("bare.toml:3") && Contains("0 to 65536"));
    MemorySystem memory(kTiny, (scratch_folder() / "absent").string(), nullptr, nullptr);
    CHECK_THROWS_WITH(memory.PrintStats(), Contains("cannot write"));
    CHECK_THROWS_WITH(memory.WillAcceptTransaction(std::uint64_t{1} << 50, false),
                      Contains("lies beyond the memory"));
}
