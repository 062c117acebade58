// SPDX-License-Identifier: Apache-2.0
// Encoder of protocol-buffer messages: varints, texts and messages inside messages; all that a
// trace needs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace vr {

/// One message under construction. Fields appear in the order of calls.
class ProtobufMessage {
  public:
    /// Wire type 0. A negative value takes ten bytes, as int64 fields do.
    ProtobufMessage& varint(std::uint32_t field, std::uint64_t value) {
        append((std::uint64_t{field} << 3) | 0U);
        append(value);
        return *this;
    }
    /// Wire type 2: text or bytes.
    ProtobufMessage& text(std::uint32_t field, std::string_view value) {
        append((std::uint64_t{field} << 3) | 2U);
        append(value.size());
        bytes_ += value;
        return *this;
    }
    ProtobufMessage& message(std::uint32_t field, const ProtobufMessage& inner) {
        return text(field, inner.bytes_);
    }
    [[nodiscard]] const std::string& bytes() const { return bytes_; }
    void clear() { bytes_.clear(); }

  private:
    void append(std::uint64_t value) {
        while (value >= 0x80) {
            bytes_ += static_cast<char>(static_cast<unsigned char>(value | 0x80));
            value >>= 7;
        }
        bytes_ += static_cast<char>(static_cast<unsigned char>(value));
    }
    std::string bytes_;
};

}  // namespace vr
