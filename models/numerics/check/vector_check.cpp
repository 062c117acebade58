// SPDX-License-Identifier: Apache-2.0
// Checking of dot, chain and hardware files, and the choice of what a file is.
// Not modelled: see vector_check.h.
#include "models/numerics/check/vector_check.h"

#include <array>
#include <utility>

#include "models/base/error.h"
#include "models/numerics/dot_product.h"
#include "models/numerics/check/vector_check_conversions.h"

namespace vr {
namespace {

constexpr std::array<std::pair<std::string_view, Architecture>, 6> kArchitectures{{
    {"Volta", Architecture::kVolta},
    {"Turing", Architecture::kTuring},
    {"Ampere", Architecture::kAmpere},
    {"Ada", Architecture::kAda},
    {"Hopper", Architecture::kHopper},
    {"Blackwell", Architecture::kBlackwell},
}};

// GPUs that rows were measured on. B200 was measured through mma.sync, which is not tcgen05.
constexpr std::array<std::pair<std::string_view, Architecture>, 7> kGpus{{
    {"V100", Architecture::kVolta},
    {"A100", Architecture::kAmpere},
    {"Ada", Architecture::kAda},
    {"L40S", Architecture::kAda},
    {"H100", Architecture::kHopper},
    {"H200", Architecture::kHopper},
    {"B200", Architecture::kBlackwellMmaSync},
}};

constexpr std::string_view kMeasured = "measured on a real ";

[[noreturn]] void unsupported(const VectorFile& file, std::string what) {
    throw InputError(Diagnostic{file.path(), 1, 1, std::move(what), supported_vector_files(), {}});
}

std::optional<Architecture> architecture_of(const VectorFile& file) {
    const std::string name = file.header_value("arch");
    for (const auto& [text, architecture] : kArchitectures) {
        if (name == text) {
            return architecture;
        }
    }
    for (const std::string& header : file.header()) {
        const std::size_t at = header.find(kMeasured);
        if (at == std::string::npos) {
            continue;
        }
        const std::string gpu = header.substr(at + kMeasured.size());
        for (const auto& [text, architecture] : kGpus) {
            if (gpu.starts_with(std::string(text) + ";")) {
                return architecture;
            }
        }
    }
    return std::nullopt;
}

std::optional<int> small_number(const std::string& text) {
    if (text.empty() || text.size() > 6 ||
        text.find_first_not_of("0123456789") != std::string::npos) {
        return std::nullopt;
    }
    return std::stoi(text);
}

CheckSummary check_dot_file(const VectorFile& file, std::size_t failures_kept) {
    const VectorContract header = vector_contract(file);
    const DotContract& contract = header.contract;
    const NumberFormat accumulator = contract.accumulator_format();
    const bool scaled = contract.scale.has_value();
    const std::size_t blocks =
        scaled ? header.k / static_cast<std::size_t>(contract.block) : std::size_t{0};
    const std::string columns =
        fmt::format("id{} a b c{} d", header.has_class ? " class" : "", scaled ? " sa sb" : "");
    const std::size_t first = header.has_class ? 2 : 1;  // column of a
    const std::size_t result = first + (scaled ? 5 : 3);
    const int digits = vector_digits(accumulator);

    CheckSummary summary;
    summary.path = file.path();
    summary.subject = fmt::format("{}, k = {}", contract.name, header.k);
    for (const VectorLine& line : file.lines()) {
        file.expect_fields(line, result + 1, columns);
        const auto a = file.elements(line, first, contract.a, header.k);
        const auto b = file.elements(line, first + 1, contract.b, header.k);
        const auto c = static_cast<std::uint32_t>(file.number(line, first + 2, digits));
        std::vector<std::uint32_t> sa;
        std::vector<std::uint32_t> sb;
        if (scaled) {
            sa = file.elements(line, first + 3, *contract.scale, blocks);
            sb = file.elements(line, first + 4, *contract.scale, blocks);
        }
        const auto expected = static_cast<std::uint32_t>(file.number(line, result, digits));
        const std::uint32_t got = dot(contract, {a, sa}, {b, sb}, c, summary.corners);
        ++summary.cases;
        if (got == expected) {
            ++summary.passed;
            continue;
        }
        ++summary.failed;
        if (summary.failures.size() < failures_kept) {
            std::string inputs =
                fmt::format("id={} a={} b={} c={}", line.fields[0].text, line.fields[first].text,
                            line.fields[first + 1].text, line.fields[first + 2].text);
            if (scaled) {
                inputs += fmt::format(" sa={} sb={}", line.fields[first + 3].text,
                                      line.fields[first + 4].text);
            }
            summary.failures.push_back({line.line, std::move(inputs), "d",
                                        fmt::format("{:0{}x}", expected, digits),
                                        fmt::format("{:0{}x}", got, digits)});
        }
    }
    return summary;
}

}  // namespace

std::string CheckFailure::text() const {
    return fmt::format("line {}: {}: {} expected {}, got {}", line, inputs, column, expected, got);
}

std::string supported_vector_files() {
    return "dot, chain and hardware files of fp16, bf16, tf32, fp8 (Volta to Blackwell), mxfp8 and "
           "fp4 (Blackwell), with a header that has arch= or 'measured on a real GPU', the formats "
           "a= b= c=, and k=; conversion files (conv_*_to_*) and decode_narrow";
}

VectorContract vector_contract(const VectorFile& file) {
    const std::optional<Architecture> architecture = architecture_of(file);
    if (!architecture) {
        unsupported(file, "the header names no architecture or GPU that vrsim knows");
    }
    const auto format = [&](const char* key) {
        const std::string name = file.header_value(key);
        const auto found = parse_number_format(name);
        if (!found) {
            unsupported(file, fmt::format("the header says {}={}, which is no known number format",
                                          key, name));
        }
        return *found;
    };
    const NumberFormat a = format("a");
    const NumberFormat b = format("b");
    const NumberFormat c = format("c");
    std::optional<NumberFormat> scale;
    int block = 0;
    if (!file.header_value("scale").empty()) {
        scale = format("scale");
        const auto given = small_number(file.header_value("block"));
        if (!given || *given == 0) {
            unsupported(file, "the header has scale= without block=");
        }
        block = *given;
    }
    const auto k = small_number(file.header_value("k"));
    if (!k || *k == 0 || (block != 0 && *k % block != 0)) {
        unsupported(file, "the header has no k= that fits");
    }
    auto contract = make_contract(*architecture, a, b, c, scale, block);
    if (!contract) {
        unsupported(file, fmt::format("no accumulation rule for {}: {} x {} + {}",
                                      architecture_name(*architecture), properties(a).name,
                                      properties(b).name, properties(c).name));
    }
    return {std::move(*contract), static_cast<std::size_t>(*k), file.header_has(" class ")};
}

CheckSummary check_vector_file(const std::string& path, std::size_t failures_kept) {
    const VectorFile file(path);
    if (is_conversion_file(file)) {
        return check_conversion_file(file, failures_kept);
    }
    if (file.header_has("arch=") || file.header_has(kMeasured)) {
        return check_dot_file(file, failures_kept);
    }
    unsupported(file, "this kind of vector file is not supported");
}

}  // namespace vr
