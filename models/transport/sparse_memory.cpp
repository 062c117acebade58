// SPDX-License-Identifier: Apache-2.0
#include "models/transport/sparse_memory.h"

#include <algorithm>

namespace vr {

std::uint8_t* SparseMemory::page(std::uint64_t number) {
    Page& page = pages_[number];
    if (!page) {
        page = std::make_unique<std::uint8_t[]>(kPageBytes);
    }
    return page.get();
}

void SparseMemory::write(std::uint64_t address, std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
        const std::uint64_t offset = address % kPageBytes;
        const std::size_t part = std::min<std::size_t>(bytes.size(), kPageBytes - offset);
        std::memcpy(page(address / kPageBytes) + offset, bytes.data(), part);
        address += part;
        bytes = bytes.subspan(part);
    }
}

void SparseMemory::read(std::uint64_t address, std::span<std::uint8_t> bytes) const {
    while (!bytes.empty()) {
        const std::uint64_t offset = address % kPageBytes;
        const std::size_t part = std::min<std::size_t>(bytes.size(), kPageBytes - offset);
        const auto found = pages_.find(address / kPageBytes);
        if (found == pages_.end()) {
            std::memset(bytes.data(), 0, part);
        } else {
            std::memcpy(bytes.data(), found->second.get() + offset, part);
        }
        address += part;
        bytes = bytes.subspan(part);
    }
}

void SparseMemory::flip_bit(std::uint64_t address, unsigned bit) {
    std::uint8_t* bytes = page(address / kPageBytes);
    bytes[address % kPageBytes] =
        static_cast<std::uint8_t>(bytes[address % kPageBytes] ^ (1U << bit));
}

}  // namespace vr
