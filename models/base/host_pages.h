// SPDX-License-Identifier: Apache-2.0
// Memory for large pools that are walked in no order: on huge pages of the host where it has them,
// so that its address translation keeps up. Changes no result.
#pragma once

#include <cstddef>
#include <vector>

namespace vr {

namespace detail {
/// A block of at least `bytes`, aligned to `alignment`; on huge pages if it fills one. Throws
/// std::bad_alloc.
[[nodiscard]] void* allocate_host_pages(std::size_t bytes, std::size_t alignment);
void free_host_pages(void* block) noexcept;
}  // namespace detail

/// Allocator of such memory.
template <class T>
struct HostPages {
    using value_type = T;
    HostPages() = default;
    template <class U>
    HostPages(const HostPages<U>&) noexcept {}
    [[nodiscard]] T* allocate(std::size_t count) {
        return static_cast<T*>(detail::allocate_host_pages(count * sizeof(T), alignof(T)));
    }
    void deallocate(T* block, std::size_t) noexcept { detail::free_host_pages(block); }
    bool operator==(const HostPages&) const = default;
};

/// A vector on them.
template <class T>
using PoolVector = std::vector<T, HostPages<T>>;

}  // namespace vr
