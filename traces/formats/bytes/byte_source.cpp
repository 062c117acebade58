// SPDX-License-Identifier: Apache-2.0
#include "traces/formats/bytes/byte_source.h"

#include <zlib.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace vr {

struct ByteSource::File {
    gzFile handle = nullptr;
};

ByteSource::ByteSource(std::string path, std::string what)
    : path_(std::move(path)), what_(std::move(what)), file_(std::make_unique<File>()) {
    errno = 0;
    std::error_code ignored;
    const bool folder = std::filesystem::is_directory(path_, ignored);
    file_->handle = folder ? nullptr : gzopen(path_.c_str(), "rb");  // plain files pass through
    if (file_->handle == nullptr) {
        const int why = folder ? EISDIR : errno == 0 ? ENOENT : errno;
        throw InputError(Diagnostic{path_, 0, 0,
                                    fmt::format("cannot be read: {}", std::strerror(why)),
                                    fmt::format("{}, plain or gzip", what_), ""});
    }
    setg(buffer_.data(), buffer_.data(), buffer_.data());
    counted_ = gptr();
}

ByteSource::~ByteSource() {
    if (file_->handle != nullptr) {
        gzclose(file_->handle);
    }
}

void ByteSource::count_to(const char* end) const {
    for (; counted_ != end; ++counted_) {
        ++base_.byte;
        if (*counted_ == '\n') {
            ++base_.line;
            base_.column = 1;
        } else {
            ++base_.column;
        }
    }
}

BytePlace ByteSource::place() const {
    count_to(gptr());
    return base_;
}

ByteSource::int_type ByteSource::underflow() {
    if (gptr() < egptr()) {
        return traits_type::to_int_type(*gptr());
    }
    count_to(egptr());
    const int count = gzread(file_->handle, buffer_.data(), static_cast<unsigned>(buffer_.size()));
    int error = Z_OK;
    (void)gzerror(file_->handle, &error);
    if (count < 0 || (count == 0 && error == Z_BUF_ERROR)) {
        throw InputError(
            Diagnostic{path_, base_.line, base_.column,
                       fmt::format("the compressed data is damaged or cut after {} unpacked bytes",
                                   base_.byte),
                       fmt::format("{} in a complete gzip file", what_), "copy the file again"});
    }
    setg(buffer_.data(), buffer_.data(), buffer_.data() + count);
    counted_ = gptr();
    return count == 0 ? traits_type::eof() : traits_type::to_int_type(*gptr());
}

std::string first_bytes(const std::string& path, std::size_t most) {
    ByteSource source(path, "a trace");
    std::string out(most, '\0');
    const auto count = source.sgetn(out.data(), static_cast<std::streamsize>(most));
    out.resize(static_cast<std::size_t>(count));
    return out;
}

}  // namespace vr
