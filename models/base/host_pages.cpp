// SPDX-License-Identifier: Apache-2.0
#include "models/base/host_pages.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <new>

namespace vr::detail {

namespace {
constexpr std::size_t kHugePage = std::size_t{1} << 21;  // of x86-64 and of arm64 with 4 KiB pages
}  // namespace

void* allocate_host_pages(std::size_t bytes, std::size_t alignment) {
    const std::size_t unit =
        std::max(bytes >= kHugePage ? kHugePage : alignof(std::max_align_t), alignment);
    if (bytes > std::numeric_limits<std::size_t>::max() - unit) {
        throw std::bad_alloc();
    }
    const std::size_t rounded = (bytes + unit - 1) / unit * unit;
    void* block = std::aligned_alloc(unit, rounded);
    if (block == nullptr) {
        throw std::bad_alloc();
    }
    if (unit >= kHugePage) {
        (void)::madvise(block, rounded, MADV_HUGEPAGE);  // advice: a host may have none
    }
    return block;
}

void free_host_pages(void* block) noexcept {
    std::free(block);
}

}  // namespace vr::detail
