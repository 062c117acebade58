// SPDX-License-Identifier: Apache-2.0
// A leaf in a forked process continues as the one in its parent: a snapshot keeps the RTL's state.
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <iterator>

#include "testbenches/rtl/gpu/sm/tensor_core/stimuli.h"

using namespace vr;
using namespace vr::testing;

TEST_CASE("no thread stands behind a leaf: a forked copy would lack it") {
    RtlContext context;
    const auto alone = leaf("fp_dot_step", context, LeafUse::kAlone);
    (void)RandomTile(*named_contract("rubin.nvfp4"), 0).through(*alone);
    const std::filesystem::directory_iterator tasks("/proc/self/task");
    CHECK(std::distance(begin(tasks), end(tasks)) == 1);
}

TEST_CASE("after a fork both copies of a leaf reach the same state") {
    RtlContext context;
    const auto alone = leaf("fp_dot_step", context, LeafUse::kAlone);
    const DotContract contract = *named_contract("rubin.nvfp4");
    const auto run = [&](std::uint64_t first, std::uint64_t last) {
        for (std::uint64_t index = first; index < last; ++index) {
            (void)RandomTile(contract, index).through(*alone);
        }
        return alone->leaf().digest();
    };
    const std::uint64_t before = run(0, 4);
    int pipe_ends[2] = {};
    REQUIRE(pipe(pipe_ends) == 0);
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const std::uint64_t digest = run(4, 8);
        _exit(write(pipe_ends[1], &digest, sizeof digest) == sizeof digest ? 0 : 1);
    }
    std::uint64_t there = 0;
    CHECK(read(pipe_ends[0], &there, sizeof there) == sizeof there);
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    CHECK(alone->leaf().digest() == before);  // what the child did is not seen here
    const std::uint64_t here = run(4, 8);
    CHECK(here == there);
    CHECK(here != before);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}
