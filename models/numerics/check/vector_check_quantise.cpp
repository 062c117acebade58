// SPDX-License-Identifier: Apache-2.0
// NVFP4 and MX quantisation files.
// Not modelled: see vector_check_quantise.h.
#include "models/numerics/check/vector_check_quantise.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <span>
#include <utility>

#include "models/numerics/check/tally.h"
#include "models/numerics/quantise/hadamard.h"
#include "models/numerics/quantise/mx.h"
#include "models/numerics/quantise/nvfp4.h"

namespace vr {
namespace {

constexpr int kFp32Digits = 8;

std::vector<float> floats(const std::vector<std::uint64_t>& codes) {
    std::vector<float> out;
    for (const std::uint64_t code : codes) {
        out.push_back(std::bit_cast<float>(static_cast<std::uint32_t>(code)));
    }
    return out;
}

/// The lines of an NVFP4 file, one after the other.
class Reader {
  public:
    explicit Reader(const VectorFile& file) : file_(file) {}
    [[nodiscard]] bool done() const { return next_ == file_.lines().size(); }
    [[nodiscard]] bool starts(std::string_view word) const {
        return !done() && file_.lines()[next_].fields[0].text == word;
    }
    /// The next line, which must start with `word` and have `count` fields after it.
    const VectorLine& take(std::string_view word, std::size_t count) {
        const VectorLine& line = file_.lines()[done() ? next_ - 1 : next_];
        if (!starts(word)) {
            file_.refuse(line, 0,
                         done() ? "the file ends inside a case"
                                : fmt::format("a line '{}'", line.fields[0].text),
                         fmt::format("a line '{}'{}", word, done() ? " after it" : ""));
        }
        file_.expect_fields(line, count + 1, fmt::format("'{}' and {} more", word, count));
        ++next_;
        return line;
    }
    std::vector<float> values(std::string_view word, std::size_t count) {
        const VectorLine& line = take(word, count);
        std::vector<std::uint64_t> codes;
        for (std::size_t i = 1; i <= count; ++i) {
            codes.push_back(file_.number(line, i, kFp32Digits));
        }
        return floats(codes);
    }

  private:
    const VectorFile& file_;
    std::size_t next_ = 0;
};

/// One tensor of an NVFP4 file.
struct TensorCase {
    const VectorLine* line = nullptr;
    std::string name;
    Nvfp4Tile tile{};
    bool rotated = false;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::uint32_t amax = 0;
    std::vector<float> before;  ///< the rotation
    std::vector<float> values;
    std::vector<const VectorLine*> codes;  ///< line of each row
    std::vector<const VectorLine*> scales;
};

/// The word after KEY=, which must be one of two.
bool second_of(const VectorFile& file, const VectorLine& line, std::size_t field,
               const std::string& key, const std::array<const char*, 2>& words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (line.fields[field].text == key + words[i]) {
            return i == 1;
        }
    }
    file.refuse(line, field, fmt::format("'{}'", line.fields[field].text),
                fmt::format("{}{} or {}{}", key, words[0], key, words[1]));
}

std::size_t size_of(const VectorFile& file, const VectorLine& line, std::size_t field) {
    const std::string_view text = line.fields[field].text;
    std::size_t out = 0;
    if (text.size() <= 4 && text.find_first_not_of("0123456789") == std::string_view::npos) {
        out = static_cast<std::size_t>(std::stoi(std::string(text)));
    }
    if (out == 0 || out % kNvfp4Block != 0) {
        file.refuse(line, field, fmt::format("a size of '{}'", text),
                    "a multiple of 16, up to 9984");
    }
    return out;
}

TensorCase read_case(const VectorFile& file, Reader& reader) {
    TensorCase out;
    const VectorLine& line = reader.take("case", 7);
    out.line = &line;
    out.name = fmt::format("case {} {}", line.fields[1].text, line.fields[2].text);
    out.tile =
        second_of(file, line, 3, "tile=", {"1x16", "16x16"}) ? Nvfp4Tile::k16x16 : Nvfp4Tile::k1x16;
    out.rotated = second_of(file, line, 4, "rht=", {"0", "1"});
    (void)second_of(file, line, 5, "in=", {"bf16", "fp32"});
    out.rows = size_of(file, line, 6);
    out.columns = size_of(file, line, 7);
    out.amax = static_cast<std::uint32_t>(file.number(reader.take("amax", 1), 1, kFp32Digits));
    const auto add = [](std::vector<float>& to, const std::vector<float>& row) {
        to.insert(to.end(), row.begin(), row.end());
    };
    for (std::size_t row = 0; row < out.rows; ++row) {
        if (out.rotated) {
            add(out.before, reader.values("u", out.columns));
        }
        add(out.values, reader.values("x", out.columns));
        out.codes.push_back(&reader.take("q", 1));
        out.scales.push_back(&reader.take("s", 1));
    }
    return out;
}

void check_rotation(const TensorCase& tensor, std::size_t row, Tally& tally) {
    const std::size_t begin = row * tensor.columns;
    for (std::size_t i = begin; i < begin + tensor.columns; i += kHadamardPoints) {
        std::array<float, kHadamardPoints> got{};
        rotate_hadamard_bf16(std::span(tensor.before).subspan(i).first<kHadamardPoints>(), got);
        for (std::size_t j = 0; j < kHadamardPoints; ++j) {
            tally.compare(*tensor.codes[row],
                          fmt::format("{} row {} column {}", tensor.name, row, i + j - begin), "x",
                          std::bit_cast<std::uint32_t>(tensor.values[i + j]),
                          std::bit_cast<std::uint32_t>(got[j]), kFp32Digits);
        }
    }
}

void check_row(const VectorFile& file, const TensorCase& tensor, const Nvfp4Tensor& got,
               std::size_t row, Tally& tally) {
    const std::string inputs = fmt::format("{} row {}", tensor.name, row);
    const auto text = [](std::span<const std::uint8_t> codes, int digits) {
        std::string out;
        for (const std::uint8_t code : codes) {
            out += fmt::format("{:0{}x}", code, digits);
        }
        return out;
    };
    const auto compare = [&](const VectorLine& line, const char* column,
                             std::span<const std::uint8_t> codes, int digits) {
        const auto expected = file.numbers(line, 1, digits, codes.size());
        if (!std::equal(codes.begin(), codes.end(), expected.begin(), expected.end())) {
            tally.wrong(line, inputs, column, std::string(line.fields[1].text),
                        text(codes, digits));
        }
    };
    const std::size_t blocks = tensor.columns / kNvfp4Block;
    compare(*tensor.codes[row], "q",
            std::span(got.codes).subspan(row * tensor.columns, tensor.columns), 1);
    compare(*tensor.scales[row], "s", std::span(got.scales).subspan(row * blocks, blocks), 2);
}

struct MxName {
    std::string_view name;
    NumberFormat element;
};
constexpr std::array<MxName, 6> kMxNames{{
    {"fp8_e4m3", NumberFormat::kE4m3},
    {"fp8_e5m2", NumberFormat::kE5m2},
    {"fp6_e3m2", NumberFormat::kE3m2},
    {"fp6_e2m3", NumberFormat::kE2m3},
    {"fp4_e2m1", NumberFormat::kE2m1},
    {"int8", NumberFormat::kMxInt8},
}};

NumberFormat mx_element(const VectorFile& file, const VectorLine& line) {
    for (const MxName& known : kMxNames) {
        if (line.fields[1].text == known.name) {
            return known.element;
        }
    }
    file.refuse(line, 1, fmt::format("unknown format '{}'", line.fields[1].text),
                "fp8_e4m3, fp8_e5m2, fp6_e3m2, fp6_e2m3, fp4_e2m1, int8");
}

}  // namespace

bool is_nvfp4_file(const VectorFile& file) {
    return file.header_has("NVFP4 quantisation, round to nearest even");
}

CheckSummary check_nvfp4_file(const VectorFile& file, const CheckOptions& options) {
    CheckSummary summary;
    summary.path = file.path();
    summary.subject = "quantisation to NVFP4, row by row";
    Tally tally(summary, options.failures_kept);
    Reader reader(file);
    while (!reader.done()) {
        const TensorCase tensor = read_case(file, reader);
        Nvfp4Options how;
        how.tile = tensor.tile;
        const Nvfp4Tensor got =
            quantise_nvfp4(tensor.values, static_cast<std::int64_t>(tensor.rows),
                           static_cast<std::int64_t>(tensor.columns), how);
        tally.compare(*tensor.line, tensor.name, "amax", tensor.amax,
                      std::bit_cast<std::uint32_t>(got.amax), kFp32Digits);
        for (std::size_t row = 0; row < tensor.rows; ++row) {
            if (tensor.rotated) {
                check_rotation(tensor, row, tally);
            }
            check_row(file, tensor, got, row, tally);
            tally.end_of_case();
        }
    }
    return summary;
}

bool is_mx_file(const VectorFile& file) {
    return file.header_has("OCP MX quantisation");
}

CheckSummary check_mx_file(const VectorFile& file, const CheckOptions& options) {
    CheckSummary summary;
    summary.path = file.path();
    summary.subject = "quantisation to OCP MX, scale rounded down";
    Tally tally(summary, options.failures_kept);
    for (const VectorLine& line : file.lines()) {
        file.expect_fields(line, 6, "id format kind scale x y");
        const NumberFormat element = mx_element(file, line);
        const std::vector<float> x = floats(file.numbers(line, 4, kFp32Digits, kMxBlock, ','));
        const auto y = file.numbers(line, 5, kFp32Digits, kMxBlock, ',');
        std::vector<std::uint8_t> codes(x.size());
        const std::uint8_t scale = quantise_mx(x, element, MxScaleRule::kFloor, codes);
        const std::string inputs =
            fmt::format("id={} {}", line.fields[0].text, line.fields[1].text);
        tally.compare(line, inputs, "scale", file.number(line, 3, 2), scale, 2);
        for (std::size_t i = 0; i < x.size(); ++i) {
            float got = mx_value(element, codes[i], scale);
            if (got == 0 && element == NumberFormat::kMxInt8) {  // integers have one zero
                got = std::copysign(got, std::bit_cast<float>(static_cast<std::uint32_t>(y[i])));
            }
            tally.compare(
                line, fmt::format("{} x[{}]={:08x}", inputs, i, std::bit_cast<std::uint32_t>(x[i])),
                "y", y[i], std::bit_cast<std::uint32_t>(got), kFp32Digits);
        }
        tally.end_of_case();
    }
    return summary;
}

}  // namespace vr
