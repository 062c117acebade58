// SPDX-License-Identifier: Apache-2.0
// FP64 and integer dot files.
// Not modelled: see vector_check_exact.h.
#include "models/numerics/check/vector_check_exact.h"

#include "models/numerics/check/tally.h"
#include "models/numerics/exact_dot.h"

namespace vr {
namespace {

constexpr int kFp64Digits = 16;

bool is_nan(std::uint64_t code) {
    return decode(NumberFormat::kFp64, code).kind == NumberClass::kNan;
}

/// N of a qualifier that ends in kN, as in "m8n8k4".
std::size_t instruction_k(const VectorFile& file, const VectorLine& line) {
    const std::string_view text = line.fields[1].text;
    for (const std::size_t k : {4U, 8U, 16U}) {
        if (text.ends_with(fmt::format("k{}", k))) {
            return k;
        }
    }
    file.refuse(line, 1, fmt::format("'{}' names no K", text), "mMnNkK with K of 4, 8 or 16");
}

NumberFormat integer_format(const VectorFile& file, const VectorLine& line, std::size_t field) {
    const auto format = parse_number_format(line.fields[field].text);
    if (format != NumberFormat::kInt8 && format != NumberFormat::kUint8) {
        file.refuse(line, field, fmt::format("unknown type '{}'", line.fields[field].text),
                    "s8, u8");
    }
    return *format;
}

}  // namespace

bool is_fp64_file(const VectorFile& file) {
    return file.header_has("fp64 matrix multiply-add");
}

Fp64Case fp64_case(const VectorFile& file, const VectorLine& line) {
    file.expect_fields(line, 6, "id qualifier a b c d");
    const std::size_t k = instruction_k(file, line);
    return {file.numbers(line, 2, kFp64Digits, k), file.numbers(line, 3, kFp64Digits, k),
            file.number(line, 4, kFp64Digits), file.number(line, 5, kFp64Digits)};
}

CheckSummary check_fp64_file(const VectorFile& file, const CheckOptions& options) {
    CheckSummary summary;
    summary.path = file.path();
    summary.subject = "fp64: a chain of fused multiply-adds";
    Tally tally(summary, options.failures_kept);
    for (const VectorLine& line : file.lines()) {
        const Fp64Case given = fp64_case(file, line);
        const std::uint64_t expected = given.d;
        const std::uint64_t got = dot_fp64(given.a, given.b, given.c);
        tally.compare(line,
                      fmt::format("id={} a={} b={} c={}", line.fields[0].text, line.fields[2].text,
                                  line.fields[3].text, line.fields[4].text),
                      "d", expected, is_nan(expected) && is_nan(got) ? expected : got, kFp64Digits);
        tally.end_of_case();
    }
    return summary;
}

bool is_integer_file(const VectorFile& file) {
    return file.header_has("int8 dot product into s32, k=32");
}

IntegerCase integer_case(const VectorFile& file, const VectorLine& line) {
    constexpr std::size_t kElements = 32;
    file.expect_fields(line, 8, "id atype btype a b c d_wrap d_satfinite");
    IntegerCase out;
    out.a_format = integer_format(file, line, 1);
    out.b_format = integer_format(file, line, 2);
    out.a = file.elements(line, 3, out.a_format, kElements);
    out.b = file.elements(line, 4, out.b_format, kElements);
    out.c = static_cast<std::uint32_t>(file.number(line, 5, 8));
    out.wrapped = static_cast<std::uint32_t>(file.number(line, 6, 8));
    out.clamped = static_cast<std::uint32_t>(file.number(line, 7, 8));
    return out;
}

CheckSummary check_integer_file(const VectorFile& file, const CheckOptions& options) {
    CheckSummary summary;
    summary.path = file.path();
    summary.subject = "int8 and uint8 into 32 bits, wrapping and clamping, k = 32";
    Tally tally(summary, options.failures_kept);
    for (const VectorLine& line : file.lines()) {
        const IntegerCase given = integer_case(file, line);
        const std::string inputs = fmt::format(
            "id={} {} a={} {} b={} c={}", line.fields[0].text, line.fields[1].text,
            line.fields[3].text, line.fields[2].text, line.fields[4].text, line.fields[5].text);
        const auto sum = [&](IntegerOverflow overflow) {
            return dot_integer(given.a_format, given.a, given.b_format, given.b, given.c, overflow);
        };
        tally.compare(line, inputs, "d_wrap", given.wrapped, sum(IntegerOverflow::kWrap), 8);
        tally.compare(line, inputs, "d_satfinite", given.clamped, sum(IntegerOverflow::kClamp), 8);
        tally.end_of_case();
    }
    return summary;
}

}  // namespace vr
