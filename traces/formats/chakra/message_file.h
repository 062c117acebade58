// SPDX-License-Identifier: Apache-2.0
// The framing of a Chakra file: repeated (base-128 varint length, message). Not modelled: what is
// in a message.
#pragma once

#include <cstdint>
#include <string>

#include "traces/formats/bytes/byte_source.h"

namespace vr::chakra {

class MessageFile {
  public:
    /// Throws InputError when the file cannot be read.
    explicit MessageFile(const std::string& path) : source_(path, "a Chakra execution trace") {}

    /// Reads the next message into `bytes`; returns false at the end of the file. Throws
    /// InputError, with the byte where the message begins, when it is cut or its length is none.
    bool next(std::string& bytes);
    /// Byte where the message that next() gave begins, its length included.
    [[nodiscard]] std::uint64_t begin() const { return begin_; }

  private:
    [[noreturn]] void fail(std::string what, std::string allowed) const;
    ByteSource source_;
    std::uint64_t begin_ = 0;
    std::uint64_t count_ = 0;  // messages so far
};

/// Appends a message with its length.
void append_message(std::string& out, const std::string& bytes);

}  // namespace vr::chakra
