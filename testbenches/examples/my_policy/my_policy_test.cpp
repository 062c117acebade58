// SPDX-License-Identifier: Apache-2.0
// The policy alone, by its registered name: what it chooses where.
#include <catch2/catch.hpp>

#include "models/gpu/thread_block_scheduler/block_policy.h"

namespace {

vr::WaitingKernel kernel(std::uint32_t number, std::int64_t groups, std::uint32_t blocks) {
    vr::WaitingKernel out;
    out.kernel = vr::OperatorIndex{number};
    out.groups = groups;
    out.needs.blocks = blocks;
    return out;
}

}  // namespace

TEST_CASE("the kernel with the fewest groups left goes to the last SM with room") {
    const auto policy = vr::block_policies().make("my_policy");
    vr::SmRoom room(6, {});
    room.take(5, {});
    const auto choice = policy->choose({kernel(0, 9, 1), kernel(1, 3, 1)}, room);
    REQUIRE(choice);
    CHECK(choice->kernel == 1);
    CHECK(choice->sm == 4);
}

TEST_CASE("a group of two blocks goes to a free pair, or waits") {
    const auto policy = vr::block_policies().make("my_policy");
    vr::SmRoom room(4, {});
    room.take(3, {});
    CHECK(policy->choose({kernel(0, 1, 2)}, room)->sm == 0);
    room.take(1, {});
    CHECK_FALSE(policy->choose({kernel(0, 1, 2)}, room));
}
