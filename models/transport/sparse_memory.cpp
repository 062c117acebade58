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
    if (guard_ != nullptr) {
        guard_->write(*this, address, bytes, use_);
    }
    while (!bytes.empty()) {
        const std::uint64_t offset = address % kPageBytes;
        const std::size_t part = std::min<std::size_t>(bytes.size(), kPageBytes - offset);
        std::memcpy(page(address / kPageBytes) + offset, bytes.data(), part);
        address += part;
        bytes = bytes.subspan(part);
    }
}

void SparseMemory::peek(std::uint64_t address, std::span<std::uint8_t> bytes) const {
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

void SparseMemory::state(StateHasher& out) const {
    std::vector<std::uint64_t> numbers;
    numbers.reserve(pages_.size());
    for (const auto& [number, page] : pages_) {
        numbers.push_back(number);
    }
    std::sort(numbers.begin(), numbers.end());
    std::uint64_t count = 0;
    for (const std::uint64_t number : numbers) {
        const std::span<const std::uint8_t> bytes(pages_.at(number).get(), kPageBytes);
        if (std::any_of(bytes.begin(), bytes.end(), [](std::uint8_t byte) { return byte != 0; })) {
            out(number, bytes);
            ++count;
        }
    }
    out(count);
}

void SparseMemory::flip_bit(std::uint64_t address, unsigned bit) {
    std::uint8_t* bytes = page(address / kPageBytes);
    bytes[address % kPageBytes] =
        static_cast<std::uint8_t>(bytes[address % kPageBytes] ^ (1U << bit));
}

}  // namespace vr
