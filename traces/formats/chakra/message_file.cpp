// SPDX-License-Identifier: Apache-2.0
#include "traces/formats/chakra/message_file.h"

#include <algorithm>

namespace vr::chakra {

namespace {
constexpr int kLongestVarint = 10;                     // bytes of a 64-bit number
constexpr std::uint64_t kLongestMessage = 0x7fffffff;  // protobuf's own limit
constexpr std::uint64_t kStep = 1 << 20;  // a wrong length must not allocate what it says
}  // namespace

void MessageFile::fail(std::string what, std::string allowed) const {
    throw InputError(Diagnostic{
        source_.path(), 0, 0, fmt::format("message {} at byte {}: {}", count_, begin_, what),
        std::move(allowed), "the file is cut, damaged, or no Chakra execution trace"});
}

bool MessageFile::next(std::string& bytes) {
    begin_ = source_.place().byte;
    if (source_.at_end()) {
        return false;
    }
    std::uint64_t length = 0;
    for (int i = 0;; ++i) {
        const int byte = source_.sbumpc();
        if (byte == ByteSource::traits_type::eof()) {
            fail(fmt::format("its length is cut after {} B", i), "a base-128 varint");
        }
        if (i == kLongestVarint) {
            fail("its length is a varint of more than 10 bytes", "a base-128 varint");
        }
        length |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
        if ((byte & 0x80) == 0) {
            break;
        }
    }
    if (length > kLongestMessage) {
        fail(fmt::format("its length is {} B", length), fmt::format("0 to {}", kLongestMessage));
    }
    bytes.clear();
    while (bytes.size() < length) {
        const std::uint64_t at = bytes.size();
        const std::uint64_t wanted = std::min(kStep, length - at);
        bytes.resize(at + wanted);
        const auto got = static_cast<std::uint64_t>(
            source_.sgetn(bytes.data() + at, static_cast<std::streamsize>(wanted)));
        if (got < wanted) {
            fail(fmt::format("it is {} B long, but the file ends after {} B of it", length,
                             at + got),
                 "a whole message");
        }
    }
    ++count_;
    return true;
}

void append_message(std::string& out, const std::string& bytes) {
    std::uint64_t length = bytes.size();
    while (length >= 0x80) {
        out.push_back(static_cast<char>((length & 0x7f) | 0x80));
        length >>= 7;
    }
    out.push_back(static_cast<char>(length));
    out += bytes;
}

}  // namespace vr::chakra
