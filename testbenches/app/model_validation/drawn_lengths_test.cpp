// SPDX-License-Identifier: Apache-2.0
// Lengths that a benchmark has drawn: those that torch draws with seed 42, by their noted means.
#include "app/validation/drawn_lengths.h"

#include <catch2/catch.hpp>

using namespace vr;

TEST_CASE("lengths are drawn as on the host and on a GPU, and found by their mean") {
    using Lengths = std::vector<std::int64_t>;
    const Lengths host = {103, 436, 861, 271, 107, 72,  701, 21,
                          615, 122, 467, 215, 331, 459, 88,  373};
    const Lengths gpu = {84,  874, 167, 691, 274, 736, 63,  813,
                         781, 450, 794, 226, 510, 499, 524, 541};
    CHECK(host_lengths(16, 1024, 42) == host);
    CHECK(gpu_lengths(16, 1024, 42) == gpu);
    CHECK(host_lengths(16, 1024, 43) != host);
    CHECK(gpu_lengths(16, 1024, 43) != gpu);
    CHECK(lengths_of_mean(16, 1024, 42, 327) == host);
    CHECK(lengths_of_mean(16, 1024, 42, 501) == gpu);
    CHECK(lengths_of_mean(3, 1024, 42, 500) == Lengths{500, 500, 500});
}
