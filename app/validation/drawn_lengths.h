// SPDX-License-Identifier: Apache-2.0
// Lengths of sequences as a benchmark draws them: the rows of flashinfer's benchmark note their
// mean only, but its generators and their seed are published.
#pragma once

#include <cstdint>
#include <vector>

namespace vr {

/// `count` lengths from 1 to `most` as torch.randint(1, most + 1) draws them on the host after
/// torch.manual_seed(seed): words of std::mt19937.
[[nodiscard]] std::vector<std::int64_t> host_lengths(std::int64_t count, std::int64_t most,
                                                     std::uint32_t seed);

/// The same on a GPU: of thread i the first word of Philox4x32-10 with the seed as key and i as
/// subsequence.
[[nodiscard]] std::vector<std::int64_t> gpu_lengths(std::int64_t count, std::int64_t most,
                                                    std::uint32_t seed);

/// The lengths of one of these generators whose mean, rounded down, is `mean`; else `count` times
/// the mean.
[[nodiscard]] std::vector<std::int64_t> lengths_of_mean(std::int64_t count, std::int64_t most,
                                                        std::uint32_t seed, std::int64_t mean);

}  // namespace vr
