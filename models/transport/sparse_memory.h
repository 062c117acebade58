// SPDX-License-Identifier: Apache-2.0
// Contents of a large memory in sparse pages; what was never written reads as zero.
#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <unordered_map>

#include "models/transport/contents_guard.h"
#include "models/transport/state_hasher.h"

namespace vr {

class SparseMemory {
  public:
    void write(std::uint64_t address, std::span<const std::uint8_t> bytes);
    /// What a reader at the present gets: what was written, and what the guard makes of it.
    ReadSeverity read(std::uint64_t address, std::span<std::uint8_t> bytes) const {
        peek(address, bytes);
        return guard_ == nullptr ? ReadSeverity::kNone : guard_->read(*this, address, bytes, use_);
    }
    /// What was written.
    void peek(std::uint64_t address, std::span<std::uint8_t> bytes) const;
    /// Puts a guard before all reads and writes from now on, or null; it outlives its use.
    void set_guard(ContentsGuard* guard) { guard_ = guard; }
    /// Whether what is read may be other than what was written.
    [[nodiscard]] bool guarded() const { return guard_ != nullptr; }
    /// Says when and for whom the next reads and writes are.
    void use(const MemoryUse& use) { use_ = use; }
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
    ContentsGuard* guard_ = nullptr;
    MemoryUse use_;
};

}  // namespace vr
