// SPDX-License-Identifier: Apache-2.0
// Reads a file, plain or gzip, through a buffer of fixed size, and knows the place it has reached.
// Not modelled: going back; other compressions.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <streambuf>
#include <string>

#include "models/base/error.h"

namespace vr {

/// A place in the unpacked bytes of a file.
struct BytePlace {
    std::uint64_t byte = 0;    ///< from 0
    std::uint32_t line = 1;    ///< from 1
    std::uint32_t column = 1;  ///< from 1
};

class ByteSource final : public std::streambuf {
  public:
    /// Opens the file. `what` names what it should be, for messages ("a Chakra execution trace").
    /// Throws InputError when it cannot be read.
    ByteSource(std::string path, std::string what);
    ~ByteSource() override;
    ByteSource(const ByteSource&) = delete;
    ByteSource& operator=(const ByteSource&) = delete;

    /// The place of the next byte.
    [[nodiscard]] BytePlace place() const;
    [[nodiscard]] const std::string& path() const { return path_; }
    /// True when no byte is left.
    [[nodiscard]] bool at_end() { return sgetc() == traits_type::eof(); }

  protected:
    /// Throws InputError when the compressed data is damaged or cut.
    int_type underflow() override;

  private:
    struct File;
    void count_to(const char* end) const;
    std::string path_;
    std::string what_;
    std::unique_ptr<File> file_;
    std::array<char, 1 << 16> buffer_;
    // The place of `counted_`: bytes before it are counted once, however often place() is asked.
    mutable BytePlace base_;
    mutable const char* counted_ = nullptr;
};

/// The first bytes of a file, unpacked: enough to tell formats apart. Throws InputError when it
/// cannot be read.
[[nodiscard]] std::string first_bytes(const std::string& path, std::size_t most);

}  // namespace vr
