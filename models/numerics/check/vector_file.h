// SPDX-License-Identifier: Apache-2.0
// Reader of reference vector files: text, plain or gzip, one case per line, columns separated by
// one space, header lines starting with '#'. Not modelled: what the columns mean (vector_check.h).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/numerics/number_format.h"

namespace vr {

/// One column of one line.
struct VectorField {
    std::string_view text;
    std::uint32_t column = 0;  ///< 1-based
};

/// One case.
struct VectorLine {
    std::uint32_t line = 0;  ///< 1-based
    std::vector<VectorField> fields;
};

/// A vector file in memory. Move only: lines point into the text.
class VectorFile {
  public:
    /// Reads a file. Throws InputError when it is missing, damaged, or has no case.
    explicit VectorFile(std::string path);

    [[nodiscard]] const std::string& path() const { return path_; }
    /// Header lines without the '#' and the space after it.
    [[nodiscard]] const std::vector<std::string>& header() const { return header_; }
    [[nodiscard]] const std::vector<VectorLine>& lines() const { return lines_; }

    /// The value of KEY=VALUE in the header ("a=b=bf16" gives both keys the value), or "".
    [[nodiscard]] std::string header_value(std::string_view key) const;
    /// Whether the header contains this text.
    [[nodiscard]] bool header_has(std::string_view text) const;

    /// A field as one hexadecimal number of exactly `digits` digits. Throws InputError with line
    /// and column.
    [[nodiscard]] std::uint64_t number(const VectorLine& line, std::size_t field, int digits) const;
    /// A field as `count` elements of a format, element 0 first. Throws InputError.
    [[nodiscard]] std::vector<std::uint32_t> elements(const VectorLine& line, std::size_t field,
                                                      NumberFormat format, std::size_t count) const;
    /// A field as `count` numbers of `digits` digits, with `separator` between them unless it is 0.
    /// Throws InputError.
    [[nodiscard]] std::vector<std::uint64_t> numbers(const VectorLine& line, std::size_t field,
                                                     int digits, std::size_t count,
                                                     char separator = 0) const;
    /// Throws InputError unless the line has this many fields.
    void expect_fields(const VectorLine& line, std::size_t count, std::string_view columns) const;
    /// Throws InputError about a field: WHAT, and what is allowed.
    [[noreturn]] void refuse(const VectorLine& line, std::size_t field, std::string what,
                             std::string allowed) const;

  private:
    [[noreturn]] void fail(std::uint32_t line, std::uint32_t column, std::string what,
                           std::string allowed) const;
    [[nodiscard]] std::uint64_t hexadecimal_at(const VectorLine& line, const VectorField& field,
                                               std::size_t at, std::size_t digits) const;
    std::string path_;
    std::unique_ptr<std::string> text_;
    std::vector<std::string> header_;
    std::vector<VectorLine> lines_;
};

/// Hexadecimal digits of one element in a vector file.
[[nodiscard]] constexpr int vector_digits(NumberFormat format) {
    return (properties(format).bits + 3) / 4;
}

}  // namespace vr
