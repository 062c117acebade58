// SPDX-License-Identifier: Apache-2.0
// Conversion files: the header names the columns, each column is one conversion.
// Not modelled: see vector_check_conversions.h.
#include "models/numerics/check/vector_check_conversions.h"

#include <array>

#include "models/base/error.h"
#include "models/numerics/check/tally.h"
#include "models/numerics/convert.h"

namespace vr {
namespace {

/// A column of results.
struct Column {
    std::string name;
    NumberFormat format{};
    Rounding rounding{};
    Overflow overflow{};
};

using F = NumberFormat;
using R = Rounding;
using O = Overflow;

// Suffixes: s saturates, n does not; z toward zero, p up; rn, rz, rd, ru as in PTX.
struct KnownColumn {
    std::string_view name;
    F format;
    R rounding;
    O overflow;
};
constexpr std::array<KnownColumn, 22> kColumns{{
    {"e4m3s", F::kE4m3, R::kNearestEven, O::kSaturate},
    {"e4m3n", F::kE4m3, R::kNearestEven, O::kSpecial},
    {"e5m2s", F::kE5m2, R::kNearestEven, O::kSaturate},
    {"e5m2n", F::kE5m2, R::kNearestEven, O::kSpecial},
    {"e2m3", F::kE2m3, R::kNearestEven, O::kSaturate},
    {"e3m2", F::kE3m2, R::kNearestEven, O::kSaturate},
    {"e2m1", F::kE2m1, R::kNearestEven, O::kSaturate},
    {"e8m0zs", F::kUe8m0, R::kTowardZero, O::kSaturate},
    {"e8m0zn", F::kUe8m0, R::kTowardZero, O::kSpecial},
    {"e8m0ps", F::kUe8m0, R::kUp, O::kSaturate},
    {"e8m0pn", F::kUe8m0, R::kUp, O::kSpecial},
    {"f16_rn", F::kFp16, R::kNearestEven, O::kSpecial},
    {"f16_rz", F::kFp16, R::kTowardZero, O::kSpecial},
    {"f16_rd", F::kFp16, R::kDown, O::kSpecial},
    {"f16_ru", F::kFp16, R::kUp, O::kSpecial},
    {"bf16_rn", F::kBf16, R::kNearestEven, O::kSpecial},
    {"bf16_rz", F::kBf16, R::kTowardZero, O::kSpecial},
    {"bf16_rd", F::kBf16, R::kDown, O::kSpecial},
    {"bf16_ru", F::kBf16, R::kUp, O::kSpecial},
    {"rn_even", F::kTf32, R::kNearestEven, O::kSpecial},
    {"rna", F::kTf32, R::kNearestAway, O::kSpecial},
    {"rz", F::kTf32, R::kTowardZero, O::kSpecial},
}};

constexpr std::string_view kDecodeHeader = "format code(hex) value_as_fp32_bits(hex)";
constexpr std::string_view kStochastic = "e2m1 with stochastic rounding";

/// The names of the columns: the words after "columns:", or of the header line that starts with
/// "in", without remarks in brackets.
std::vector<std::string> column_names(const VectorFile& file) {
    for (std::string header : file.header()) {
        const std::size_t at = header.find("columns: in");
        if (at != std::string::npos) {
            header = header.substr(at + 9);
        }
        if (!header.starts_with("in ") && !header.starts_with("in(")) {
            continue;
        }
        if (header.starts_with("in = ")) {
            continue;
        }
        std::vector<std::string> names(1);
        int depth = 0;
        for (const char c : header) {
            if (c == '(') {
                ++depth;
            } else if (c == ')') {
                --depth;
            } else if (depth == 0 && c == ' ') {
                names.emplace_back();
            } else if (depth == 0) {
                names.back() += c;
            }
        }
        std::erase(names, "");
        return names;
    }
    return {};
}

/// The format of the inputs. 16-bit files do not say it in the header, only in the name.
NumberFormat input_format(const VectorFile& file) {
    const std::size_t digits = file.lines().front().fields.front().text.size();
    if (digits == 8) {
        return F::kFp32;
    }
    if (digits == 16) {
        return F::kFp64;
    }
    const std::size_t slash = file.path().find_last_of('/');
    const std::string name = file.path().substr(slash == std::string::npos ? 0 : slash + 1);
    if (digits == 4 && name.find("_bf16_to_") != std::string::npos) {
        return F::kBf16;
    }
    if (digits == 4 && name.find("_f16_to_") != std::string::npos) {
        return F::kFp16;
    }
    unsupported_vector_file(file,
                            "16-bit inputs need a file name with _bf16_to_ or _f16_to_ in it");
}

void check_decode(const VectorFile& file, Tally& tally) {
    for (const VectorLine& line : file.lines()) {
        file.expect_fields(line, 4, "format code value decimal");
        const auto format = parse_number_format(line.fields[0].text);
        if (!format || properties(*format).bits > 8) {
            file.refuse(line, 0, fmt::format("unknown format '{}'", line.fields[0].text),
                        "e2m1, e2m3, e3m2, e4m3, e5m2, e8m0");
        }
        const std::uint64_t code = file.number(line, 1, 2);
        const std::uint64_t expected = file.number(line, 2, 8);
        std::uint64_t got = to_fp32(*format, code);
        const bool both_nan = (expected & 0x7fffffffU) > 0x7f800000U && got == 0x7fffffffU;
        tally.compare(line, fmt::format("{} {}", line.fields[0].text, line.fields[1].text), "value",
                      expected, both_nan ? expected : got, 8);
        tally.end_of_case();
    }
}

void check_stochastic(const VectorFile& file, Tally& tally) {
    for (const VectorLine& line : file.lines()) {
        file.expect_fields(line, 3, "in rbits out");
        const auto in = static_cast<std::uint32_t>(file.number(line, 0, 8));
        const auto random = static_cast<std::uint8_t>(file.number(line, 1, 2));
        tally.compare(line, fmt::format("in={:08x} rbits={:02x}", in, random), "out",
                      file.number(line, 2, 1),
                      convert_stochastic(F::kFp32, in, F::kE2m1, random, 8), 1);
        tally.end_of_case();
    }
}

}  // namespace

bool is_conversion_file(const VectorFile& file) {
    return file.header_has(kDecodeHeader) || !column_names(file).empty();
}

CheckSummary check_conversion_file(const VectorFile& file, const CheckOptions& options) {
    CheckSummary summary;
    summary.path = file.path();
    Tally tally(summary, options.failures_kept);
    if (file.header_has(kDecodeHeader)) {
        summary.subject = "decoding of narrow formats";
        check_decode(file, tally);
        return summary;
    }
    if (file.header_has(kStochastic)) {
        summary.subject = "fp32 to e2m1, stochastic rounding";
        check_stochastic(file, tally);
        return summary;
    }
    const std::vector<std::string> names = column_names(file);
    std::vector<const KnownColumn*> columns;
    for (std::size_t i = 1; i < names.size(); ++i) {
        for (const KnownColumn& known : kColumns) {
            if (known.name == names[i]) {
                columns.push_back(&known);
            }
        }
        if (columns.size() != i) {
            unsupported_vector_file(file, fmt::format("unknown column '{}'", names[i]));
        }
    }
    const NumberFormat from = input_format(file);
    summary.subject =
        fmt::format("conversion from {}, {} columns", properties(from).name, columns.size());
    for (const VectorLine& line : file.lines()) {
        file.expect_fields(line, columns.size() + 1, fmt::format("{}", fmt::join(names, " ")));
        const std::uint64_t in = file.number(line, 0, vector_digits(from));
        const std::string inputs = fmt::format("in={}", line.fields[0].text);
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const KnownColumn& column = *columns[i];
            const int digits = vector_digits(column.format);
            const std::uint64_t expected = file.number(line, i + 1, digits);
            std::uint64_t got =
                column.format == F::kUe8m0
                    ? convert_to_ue8m0(from, in, column.rounding, column.overflow)
                    : convert(from, in, column.format, column.rounding, column.overflow);
            // No instruction converts fp64 to narrow formats; the host functions that do give NaNs
            // of their own.
            if (from == F::kFp64 && decode(column.format, expected).kind == NumberClass::kNan &&
                decode(column.format, got).kind == NumberClass::kNan) {
                got = expected;
            }
            tally.compare(line, inputs, std::string(column.name), expected, got, digits);
        }
        tally.end_of_case();
    }
    return summary;
}

}  // namespace vr
