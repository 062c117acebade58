// SPDX-License-Identifier: Apache-2.0
// TMA boxes: every byte of a box in exactly one bundle, nothing beside it, bundles within their
// limit.
#include "models/gpu/sm/tma/box_walk.h"

#include <catch2/catch.hpp>
#include <map>

#include "models/base/random.h"

using namespace vr;

namespace {

using ByteCounts = std::map<std::uint64_t, int>;

ByteCounts walked(const MemoryBox& box, std::uint32_t limit, std::int64_t& bundles) {
    ByteCounts counts;
    std::int64_t bytes = 0;
    bundles = 0;
    for (BoxWalk walk(box, limit); !walk.done();) {
        LineBundle bundle;
        walk.next(bundle);
        ++bundles;
        REQUIRE(bundles < 100000);
        REQUIRE(bundle.count >= 1);
        REQUIRE(bundle.count <= limit);
        REQUIRE(bundle.sectors != 0);
        REQUIRE(bundle.address % kLineBytes == 0);
        bytes += bundle.bytes();
        for (std::uint32_t i = 0; i < bundle.count; ++i) {
            const std::uint64_t line =
                bundle.address + static_cast<std::uint64_t>(std::int64_t{i} * bundle.stride);
            for (std::uint32_t sector = 0; sector < kSectorsPerLine; ++sector) {
                for (std::uint32_t byte = 0;
                     (bundle.sectors >> sector & 1U) != 0 && byte < kSectorBytes; ++byte) {
                    ++counts[line + sector * kSectorBytes + byte];
                }
            }
        }
    }
    CHECK(bytes == (box.row_bytes == 0 ? 0 : box.bytes()));
    return counts;
}

ByteCounts naive(const MemoryBox& box) {
    ByteCounts counts;
    for (std::int64_t row = 0; row < box.rows; ++row) {
        for (std::int64_t byte = 0; byte < box.row_bytes; ++byte) {
            ++counts[box.address + static_cast<std::uint64_t>(row * box.pitch + byte)];
        }
    }
    return counts;
}

}  // namespace

TEST_CASE("random boxes are covered exactly once") {
    SplitMix64 random(7);
    const auto below = [&](std::uint64_t n) {
        return static_cast<std::int64_t>(random.next() % n);
    };
    for (int i = 0; i < 600; ++i) {
        MemoryBox box;
        box.address = static_cast<std::uint64_t>(4096 + below(64) * kSectorBytes);
        box.rows = below(12);
        box.row_bytes = below(20) * kSectorBytes;
        box.pitch = box.row_bytes + below(9) * kSectorBytes;
        if (below(2) == 0) {  // the case of aligned rows: walked by columns of lines
            box.pitch = (box.pitch + kLineBytes - 1) / kLineBytes * kLineBytes;
        }
        const auto limit = static_cast<std::uint32_t>(1 + below(17));
        INFO("address " << box.address << " rows " << box.rows << " bytes " << box.row_bytes
                        << " pitch " << box.pitch << " limit " << limit);
        std::int64_t bundles = 0;
        REQUIRE(walked(box, limit, bundles) == naive(box));
    }
}

TEST_CASE("empty boxes end at once") {
    CHECK(BoxWalk({4096, 128, 0, 128}, 16).done());
    CHECK(BoxWalk({4096, 128, 8, 0}, 16).done());
    CHECK(BoxWalk().done());
}

TEST_CASE("bundles are as long as the box and the limit allow") {
    std::int64_t bundles = 0;
    (void)walked({0, 512, 128, 128}, 128, bundles);  // one column of 128 lines
    CHECK(bundles == 1);
    (void)walked({0, 512, 128, 128}, 16, bundles);
    CHECK(bundles == 8);
    (void)walked({0, 16384, 1, 16384}, 128, bundles);  // one row
    CHECK(bundles == 1);
    (void)walked({64, 4096, 1, 256}, 128, bundles);  // half a line, a line, half a line
    CHECK(bundles == 3);
    (void)walked({64, 512, 8, 128}, 128, bundles);  // rows that straddle a line: two columns
    CHECK(bundles == 2);
    (void)walked({0, 160, 4, 160}, 128, bundles);  // rows that begin at another sector each
    CHECK(bundles == 8);
}
