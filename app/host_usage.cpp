// SPDX-License-Identifier: Apache-2.0
#include "app/host_usage.h"

#include <sys/resource.h>

namespace vr {

namespace {

struct rusage usage() {
    struct rusage used {};
    ::getrusage(RUSAGE_SELF, &used);
    return used;
}

}  // namespace

std::int64_t cpu_microseconds() {
    const struct rusage used = usage();
    return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * std::int64_t{1'000'000} +
           used.ru_utime.tv_usec + used.ru_stime.tv_usec;
}

std::int64_t peak_memory_bytes() {
    return usage().ru_maxrss * std::int64_t{1024};
}

}  // namespace vr
