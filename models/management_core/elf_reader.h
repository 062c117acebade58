// SPDX-License-Identifier: Apache-2.0
// Bounds-checked little-endian reads from a file in memory, shared by the parts of the ELF reader.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "models/base/error.h"

namespace vr::elf {

class Reader {
  public:
    Reader(std::span<const std::uint8_t> bytes, const std::string& file)
        : bytes_(bytes), file_(file) {}
    [[nodiscard]] std::uint64_t size() const { return bytes_.size(); }
    [[nodiscard]] std::uint32_t u8(std::uint64_t offset) const { return read(offset, 1); }
    [[nodiscard]] std::uint32_t u16(std::uint64_t offset) const { return read(offset, 2); }
    [[nodiscard]] std::uint32_t u32(std::uint64_t offset) const { return read(offset, 4); }
    [[nodiscard]] std::span<const std::uint8_t> range(std::uint64_t offset, std::uint64_t size,
                                                      const char* what) const {
        if (offset > bytes_.size() || size > bytes_.size() - offset) {
            fail(offset, fmt::format("{} of {} bytes", what, size),
                 fmt::format("inside the file of {} bytes", bytes_.size()),
                 "the file is truncated or its headers are wrong");
        }
        return bytes_.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
    }
    [[noreturn]] void fail(std::uint64_t offset, const std::string& what,
                           const std::string& allowed, const std::string& hint = "") const {
        throw InputError(Diagnostic{file_, 0, 0, fmt::format("at offset {:#x}: {}", offset, what),
                                    allowed, hint});
    }

  private:
    [[nodiscard]] std::uint32_t read(std::uint64_t offset, std::uint32_t size) const {
        std::uint32_t value = 0;
        unsigned shift = 0;
        for (const std::uint8_t byte : range(offset, size, "a header field")) {
            value |= static_cast<std::uint32_t>(byte) << shift;
            shift += 8;
        }
        return value;
    }
    std::span<const std::uint8_t> bytes_;
    const std::string& file_;
};

/// Refuses a file whose .riscv.attributes ask for extensions that the management core lacks.
void check_attributes(const Reader& in);

}  // namespace vr::elf
