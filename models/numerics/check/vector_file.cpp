// SPDX-License-Identifier: Apache-2.0
// Reading of vector files.
// Not modelled: see vector_file.h.
#include "models/numerics/check/vector_file.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "models/base/error.h"

namespace vr {
namespace {

/// The whole file, unpacked; zlib passes plain files through.
std::string read_text(const std::string& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        throw InputError(
            Diagnostic{path, 0, 0, "is a directory", "a vector file, plain or .gz", {}});
    }
    const gzFile file = gzopen(path.c_str(), "rb");
    if (file == nullptr) {
        throw InputError(
            Diagnostic{path, 0, 0, "cannot be opened", "a readable vector file, plain or .gz", {}});
    }
    std::string text;
    std::array<char, 1 << 16> buffer;
    int count = 0;
    while ((count = gzread(file, buffer.data(), static_cast<unsigned>(buffer.size()))) > 0) {
        text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    const int closed = gzclose(file);  // Z_BUF_ERROR: the last read ended inside a stream
    if (count < 0 || closed != Z_OK) {
        throw InputError(Diagnostic{path, 0, 0, "is damaged: it cannot be unpacked to its end",
                                    "a complete gzip file", "copy the file again"});
    }
    return text;
}

VectorLine split(std::string_view text, std::uint32_t number) {
    VectorLine line{number, {}};
    std::size_t begin = 0;
    while (begin < text.size()) {
        const std::size_t end = std::min(text.find(' ', begin), text.size());
        if (end > begin) {
            line.fields.push_back(
                {text.substr(begin, end - begin), static_cast<std::uint32_t>(begin + 1)});
        }
        begin = end + 1;
    }
    return line;
}

int hexadecimal(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

}  // namespace

VectorFile::VectorFile(std::string path)
    : path_(std::move(path)), text_(std::make_unique<std::string>(read_text(path_))) {
    const std::string_view all = *text_;
    std::uint32_t number = 0;
    for (std::size_t begin = 0; begin < all.size();) {
        const std::size_t end = std::min(all.find('\n', begin), all.size());
        std::string_view text = all.substr(begin, end - begin);
        if (!text.empty() && text.back() == '\r') {
            text.remove_suffix(1);
        }
        ++number;
        begin = end + 1;
        if (text.starts_with('#')) {
            text.remove_prefix(text.starts_with("# ") ? 2 : 1);
            header_.emplace_back(text);
        } else if (!text.empty()) {
            lines_.push_back(split(text, number));
        }
    }
    if (lines_.empty()) {
        fail(0, 0, "holds no case", "at least one line that does not start with '#'");
    }
}

void VectorFile::fail(std::uint32_t line, std::uint32_t column, std::string what,
                      std::string allowed) const {
    throw InputError(Diagnostic{path_, line, column, std::move(what), std::move(allowed),
                                "see testbenches/numerics/vectors/README.md for the layout"});
}

std::string VectorFile::header_value(std::string_view key) const {
    for (const std::string& header : header_) {
        for (const VectorField& word : split(header, 0).fields) {
            std::string_view rest = word.text;
            while (!rest.empty() && (rest.back() == ';' || rest.back() == ',')) {
                rest.remove_suffix(1);
            }
            const std::size_t last = rest.rfind('=');
            if (last == std::string_view::npos) {
                continue;
            }
            const std::string_view value = rest.substr(last + 1);
            std::string_view keys = rest.substr(0, last);
            while (!keys.empty()) {
                const std::size_t equals = keys.find('=');
                if (keys.substr(0, equals) == key) {
                    return std::string(value);
                }
                keys = equals == std::string_view::npos ? "" : keys.substr(equals + 1);
            }
        }
    }
    return {};
}

bool VectorFile::header_has(std::string_view text) const {
    return std::any_of(header_.begin(), header_.end(), [&](const std::string& header) {
        return header.find(text) != std::string::npos;
    });
}

void VectorFile::expect_fields(const VectorLine& line, std::size_t count,
                               std::string_view columns) const {
    if (line.fields.size() != count) {
        const std::size_t last = std::min(line.fields.size(), count + 1) - 1;
        fail(line.line, line.fields[last].column, fmt::format("{} columns", line.fields.size()),
             fmt::format("{} columns: {}", count, columns));
    }
}

void VectorFile::refuse(const VectorLine& line, std::size_t field, std::string what,
                        std::string allowed) const {
    fail(line.line, line.fields.at(field).column, std::move(what), std::move(allowed));
}

std::uint64_t VectorFile::hexadecimal_at(const VectorLine& line, const VectorField& field,
                                         std::size_t at, std::size_t digits) const {
    std::uint64_t value = 0;
    for (std::size_t i = at; i < at + digits; ++i) {
        const int digit = hexadecimal(field.text[i]);
        if (digit < 0) {
            fail(line.line, field.column + static_cast<std::uint32_t>(i),
                 fmt::format("'{}' is no hexadecimal digit", field.text[i]), "0-9, a-f");
        }
        value = value << 4 | static_cast<std::uint64_t>(digit);
    }
    return value;
}

std::uint64_t VectorFile::number(const VectorLine& line, std::size_t field, int digits) const {
    const VectorField& f = line.fields.at(field);
    if (f.text.size() != static_cast<std::size_t>(digits)) {
        fail(line.line, f.column, fmt::format("'{}' has {} digits", f.text, f.text.size()),
             fmt::format("{} hexadecimal digits", digits));
    }
    return hexadecimal_at(line, f, 0, f.text.size());
}

std::vector<std::uint32_t> VectorFile::elements(const VectorLine& line, std::size_t field,
                                                NumberFormat format, std::size_t count) const {
    const VectorField& f = line.fields.at(field);
    const auto digits = static_cast<std::size_t>(vector_digits(format));
    if (f.text.size() != digits * count) {
        fail(line.line, f.column, fmt::format("{} hexadecimal digits", f.text.size()),
             fmt::format("{} elements of {}, {} digits each: {} digits", count,
                         properties(format).name, digits, digits * count));
    }
    std::vector<std::uint32_t> out;
    out.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        out.push_back(static_cast<std::uint32_t>(hexadecimal_at(line, f, i * digits, digits)));
    }
    return out;
}

std::vector<std::uint64_t> VectorFile::numbers(const VectorLine& line, std::size_t field,
                                               int digits, std::size_t count,
                                               char separator) const {
    const VectorField& f = line.fields.at(field);
    const auto width = static_cast<std::size_t>(digits);
    const std::size_t step = width + (separator == 0 ? 0 : 1);
    const std::string between = separator == 0 ? "" : fmt::format(" with '{}' between", separator);
    if (f.text.size() != step * count - (step - width)) {
        fail(line.line, f.column, fmt::format("{} characters", f.text.size()),
             fmt::format("{} numbers of {} hexadecimal digits{}", count, digits, between));
    }
    std::vector<std::uint64_t> out;
    out.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        if (i > 0 && separator != 0 && f.text[i * step - 1] != separator) {
            fail(line.line, f.column + static_cast<std::uint32_t>(i * step - 1),
                 fmt::format("'{}' between two numbers", f.text[i * step - 1]),
                 fmt::format("'{}'", separator));
        }
        out.push_back(hexadecimal_at(line, f, i * step, width));
    }
    return out;
}

}  // namespace vr
