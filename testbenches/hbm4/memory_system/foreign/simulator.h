// SPDX-License-Identifier: Apache-2.0
// A simulator that knows the interface of DRAMsim3 and nothing of vrsim, in C++11.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace foreign {

struct Access {
    std::int64_t tick;
    std::uint64_t address;
    std::uint32_t bytes;  // 0: as many as a request has
    bool write;
};

/// Ticks at which the accesses complete, and how many of them had to wait. Accesses of one address
/// and direction are taken to complete in their order.
struct Run {
    std::vector<std::int64_t> completed;
    std::int64_t waits;
};
Run run(const std::string& config_file, const std::vector<Access>& accesses);

}  // namespace foreign
