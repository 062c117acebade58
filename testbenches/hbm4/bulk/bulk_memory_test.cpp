// SPDX-License-Identifier: Apache-2.0
// A memory that executes descriptors: folded and unfolded, skipping or not, the report has the same
// bytes; and it is that of the accesses put in one by one.
#include "models/hbm4/bulk/bulk_memory.h"

#include <catch2/catch.hpp>

#include "models/base/error.h"
#include "models/hbm4/bulk/access_runs.h"
#include "testbenches/hbm4/test_config.h"

using namespace vr;
using namespace vr::testing;

namespace {

constexpr std::uint64_t kMegabyte = 1 << 20;

Descriptor tensor(std::uint64_t base, std::uint64_t bytes, Direction direction) {
    Descriptor one;
    one.base = base;
    one.bytes = bytes;
    one.direction = direction;
    return one;
}

std::int64_t columns_of(const hbm4::BulkResult& result) {
    std::int64_t columns = 0;
    for (const hbm4::Counters& one : result.counters) {
        columns += one.columns_read + one.columns_written;
    }
    return columns;
}

}  // namespace

TEST_CASE("256 MB of descriptors leave the same report folded and unfolded") {
    const std::vector<Descriptor> list = {
        tensor(0, 128 * kMegabyte, Direction::kRead),
        tensor(160 * kMegabyte, 64 * kMegabyte, Direction::kWrite),
        tensor(1024 * kMegabyte, 64 * kMegabyte, Direction::kRead)};
    const Hbm4Config config = rubin_hbm4();
    const hbm4::BulkResult folded = hbm4::run_bulk(config, list);
    const hbm4::BulkResult unfolded =
        hbm4::run_bulk(config, list, {.fold = false, .fast_forward = false});
    CHECK(columns_of(folded) == static_cast<std::int64_t>(256 * kMegabyte / 32));
    CHECK((folded.report() == unfolded.report()));
    CHECK(folded.folded.classes == 1);
    CHECK(folded.folded.simulated_runs * 512 == folded.folded.requested_runs);
    CHECK(unfolded.folded.maximum_classes == 512);
}

TEST_CASE("tensors that begin and end anywhere part the pseudo-channels into a few classes") {
    for (const bool hash : {true, false}) {
        Hbm4Config config = rubin_hbm4();
        config.hash = hash;
        const std::uint64_t odd = 3 * 131'072 + 7 * 256 + 96;
        std::vector<Descriptor> list = {
            tensor(odd, 16 * kMegabyte + 32, Direction::kRead),
            tensor(100 * kMegabyte + odd, 8 * kMegabyte - 64, Direction::kWrite),
            tensor(300 * kMegabyte, 640, Direction::kRead)};
        Descriptor strided = tensor(200 * kMegabyte, 64, Direction::kRead);
        strided.dimensions[0] = {4, 64};       // 256 B without a gap
        strided.dimensions[1] = {300, 1'024};  // with gaps
        list.push_back(strided);
        const hbm4::BulkResult folded = hbm4::run_bulk(config, list);
        CHECK(folded.folded.maximum_classes > 1);
        CHECK(folded.folded.simulated_runs < folded.folded.requested_runs);
        std::uint64_t bytes = 0;
        for (const Descriptor& one : list) {
            bytes += one.total_bytes();
        }
        CHECK(columns_of(folded) == static_cast<std::int64_t>(bytes / 32));
        const hbm4::BulkResult unfolded =
            hbm4::run_bulk(config, list, {.fold = false, .fast_forward = false});
        CHECK((folded.report() == unfolded.report()));
    }
}

TEST_CASE("skipping inside the machines of descriptors changes no report") {
    Hbm4Config config = rubin_hbm4();
    config.channels_per_stack = 1;
    config.stacks = 1;  // two pseudo-channels
    config.hash = false;
    const std::vector<Descriptor> list = {
        tensor(0, 48 * kMegabyte, Direction::kRead),
        tensor(128 * kMegabyte, 48 * kMegabyte + 256, Direction::kWrite)};
    const hbm4::BulkResult plain =
        hbm4::run_bulk(config, list, {.fold = false, .fast_forward = false});
    CHECK(plain.skipped.skipped_outputs == 0);
    for (const bool fold : {false, true}) {
        const hbm4::BulkResult skipping =
            hbm4::run_bulk(config, list, {.fold = fold, .fast_forward = true});
        CHECK((skipping.report() == plain.report()));
        CHECK(skipping.skipped.skipped_outputs > 10'000);
        CHECK(skipping.skipped.skips >= 2);
    }
}

TEST_CASE("each access of a range is in the run of its pseudo-channel, in its place") {
    for (const bool hash : {true, false}) {
        Hbm4Config config = rubin_hbm4();
        config.stacks = 1;
        config.channels_per_stack = 4;  // 8 pseudo-channels
        config.hash = hash;
        const hbm4::AddressMap map(config);
        const hbm4::AccessStreamSetup setup(config, 8);
        const hbm4::AccessRuns divider(map, 8);
        for (const auto& [begin, end] : {std::pair<std::uint64_t, std::uint64_t>{0, 4096},
                                         {32, 64},
                                         {992, 1056},
                                         {7'808, 100'000},
                                         {65'536, 65'536 + 2'048},
                                         {1'000'000, 1'300'000}}) {
            std::vector<std::vector<hbm4::AccessRun>> runs(8);
            divider.append(begin / 32 * 32, end / 32 * 32, false, runs);
            std::vector<std::vector<std::int64_t>> want(8);
            for (std::uint64_t at = begin / 32 * 32; at < end / 32 * 32; at += 32) {
                const hbm4::Location place = map.locate(at);
                hbm4::Location alone = place;
                alone.pseudo_channel = 0;
                want[place.pseudo_channel].push_back(
                    static_cast<std::int64_t>(setup.map.address(alone) / 32));
            }
            for (std::size_t pc = 0; pc < 8; ++pc) {
                std::vector<std::int64_t> got;
                for (const hbm4::AccessRun& run : runs[pc]) {
                    for (std::int64_t i = 0; i < run.count; ++i) {
                        got.push_back(run.first + i);
                    }
                }
                CHECK(got == want[pc]);
            }
        }
    }
}

TEST_CASE("descriptors that a memory cannot execute are refused with a reason") {
    const Hbm4Config config = rubin_hbm4();
    const auto refused = [&](Descriptor one, const std::string& why) {
        try {
            (void)hbm4::run_bulk(config, {tensor(0, 32, Direction::kRead), std::move(one)});
            FAIL("it was executed");
        } catch (const InputError& error) {
            CHECK_THAT(error.what(), Catch::Contains(why));
        }
    };
    refused(tensor(16, 32, Direction::kRead),
            "descriptor 1: bytes 0x10 to 0x30; allowed: multiples of 32 B");
    refused(tensor(0, 48, Direction::kRead), "descriptor 1: bytes 0x0 to 0x30");
    refused(tensor(static_cast<std::uint64_t>(config.capacity().value) - 32, 64, Direction::kRead),
            "up to 0x4800000000");
    refused(tensor(0, 32, Direction::kReduce), "it reduces");
    Descriptor paced = tensor(0, 32, Direction::kRead);
    paced.pacing.numerator = 5;
    refused(paced, "is paced");
    refused(tensor(0, 0, Direction::kRead), "byte");
}
