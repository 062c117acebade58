// SPDX-License-Identifier: Apache-2.0
// Contents of a large memory in sparse pages; what was never written reads as zero.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <unordered_map>

#include "models/transport/state_hasher.h"

namespace vr {

class SparseMemory {
  public:
    void write(std::uint64_t address, std::span<const std::uint8_t> bytes);
    void read(std::uint64_t address, std::span<std::uint8_t> bytes) const;
    void flip_bit(std::uint64_t address, unsigned bit);
    /// The whole page that `address` lies in, made if there was none. It stays where it is as long
    /// as this memory lives.
    [[nodiscard]] std::span<std::uint8_t> page_at(std::uint64_t address) {
        return {page(address / kPageBytes), kPageBytes};
    }
    [[nodiscard]] std::size_t pages() const { return pages_.size(); }
    static constexpr std::uint64_t kPageBytes = 65536;
    /// Contents alone: a page of zeros is as good as none.
    void state(StateHasher& out) const;

  private:
    using Page = std::unique_ptr<std::uint8_t[]>;
    std::uint8_t* page(std::uint64_t number);
    // Looked up, or gone through by number: its order never shows
    std::unordered_map<std::uint64_t, Page> pages_;
};

}  // namespace vr
