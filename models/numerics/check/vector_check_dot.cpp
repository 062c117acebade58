// SPDX-License-Identifier: Apache-2.0
// Checking of dot, chain and hardware files.
// Not modelled: see vector_check_dot.h.
#include "models/numerics/check/vector_check_dot.h"

#include <array>
#include <utility>

#include "models/base/error.h"
#include "models/numerics/check/tally.h"
#include "models/numerics/dot_product.h"

namespace vr {
namespace {

constexpr std::array<std::pair<std::string_view, Architecture>, 8> kArchitectures{{
    {"Volta", Architecture::kVolta},
    {"Turing", Architecture::kTuring},
    {"Ampere", Architecture::kAmpere},
    {"Ada", Architecture::kAda},
    {"Hopper", Architecture::kHopper},
    {"Blackwell", Architecture::kBlackwell},
    {"BlackwellMmaSync", Architecture::kBlackwellMmaSync},
    {"Rubin", Architecture::kRubin},
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

}  // namespace

DotCase dot_case(const VectorFile& file, const VectorContract& header, const VectorLine& line,
                 std::size_t results) {
    const DotContract& contract = header.contract;
    const bool scaled = contract.scale.has_value();
    const std::size_t blocks =
        scaled ? header.k / static_cast<std::size_t>(contract.block) : std::size_t{0};
    const std::size_t first = header.has_class ? 2 : 1;  // column of a
    const std::size_t result = first + (scaled ? 5 : 3);
    const int digits = vector_digits(contract.accumulator_format());
    file.expect_fields(
        line, result + results,
        fmt::format("id{} a b c{} d", header.has_class ? " class" : "", scaled ? " sa sb" : ""));
    DotCase out;
    out.a = file.elements(line, first, contract.a, header.k);
    out.b = file.elements(line, first + 1, contract.b, header.k);
    out.c = static_cast<std::uint32_t>(file.number(line, first + 2, digits));
    out.inputs = fmt::format("id={} a={} b={} c={}", line.fields[0].text, line.fields[first].text,
                             line.fields[first + 1].text, line.fields[first + 2].text);
    if (scaled) {
        out.a_scales = file.elements(line, first + 3, *contract.scale, blocks);
        out.b_scales = file.elements(line, first + 4, *contract.scale, blocks);
        out.inputs +=
            fmt::format(" sa={} sb={}", line.fields[first + 3].text, line.fields[first + 4].text);
    }
    for (std::size_t i = 0; i < results; ++i) {
        out.results.push_back(static_cast<std::uint32_t>(file.number(line, result + i, digits)));
    }
    return out;
}

bool is_dot_file(const VectorFile& file) {
    return file.header_has("arch=") || file.header_has(kMeasured);
}

CheckSummary check_dot_file(const VectorFile& file, const VectorContract& header,
                            const CheckOptions& options) {
    const DotContract& contract = header.contract;
    CheckSummary summary;
    summary.path = file.path();
    summary.subject = fmt::format("{}, k = {}", contract.name, header.k);
    Tally tally(summary, options.failures_kept);
    for (const VectorLine& line : file.lines()) {
        const DotCase given = dot_case(file, header, line);
        const std::uint32_t got = dot(contract, {given.a, given.a_scales},
                                      {given.b, given.b_scales}, given.c, summary.corners);
        tally.compare(line, given.inputs, "d", given.results.front(), got,
                      vector_digits(contract.accumulator_format()));
        tally.end_of_case();
    }
    return summary;
}

CheckSummary check_dot_file(const VectorFile& file, const CheckOptions& options) {
    VectorContract header = vector_contract(file);
    header.contract = with_switches(std::move(header.contract), options.switches);
    return check_dot_file(file, header, options);
}

bool is_zero_group_file(const VectorFile& file) {
    return file.header_has("a 16-element group sums to exactly zero");
}

VectorContract zero_group_contract(const VectorFile& file, const VectorLine& line) {
    file.expect_fields(line, 9, "id qualifier a b c sa sb d1 d2");
    constexpr std::size_t kElements = 64;
    const std::string_view qualifier = line.fields[1].text;
    const auto has = [&](const char* text) {
        return qualifier.find(text) != std::string_view::npos;
    };
    using F = NumberFormat;
    auto contract =
        make_contract(Architecture::kBlackwell, F::kE2m1, F::kE2m1, F::kFp32,
                      has(".ue4m3") ? F::kUe4m3 : F::kUe8m0, has(".block16.") ? 16 : 32);
    if (!contract || !has("k64.") || has(".block16.") == has(".block32.") ||
        has(".ue4m3") == has(".ue8m0")) {
        file.refuse(line, 1, fmt::format("'{}' is no FP4 instruction that vrsim knows", qualifier),
                    "m128n8k64, block16 or block32, f32, e2m1, e2m1, ue4m3 or ue8m0, between dots");
    }
    return {std::move(*contract), kElements, true};
}

CheckSummary check_zero_group_file(const VectorFile& file, const CheckOptions& options) {
    CheckSummary summary;
    summary.path = file.path();
    summary.subject = "open question: a group that sums to zero";
    summary.judged = false;
    Tally tally(summary, options.failures_kept);
    std::uint64_t second = 0;
    for (const VectorLine& line : file.lines()) {
        VectorContract header = zero_group_contract(file, line);
        header.contract = with_switches(std::move(header.contract), options.switches);
        const DotCase given = dot_case(file, header, line, 2);
        const std::uint32_t got = dot(header.contract, {given.a, given.a_scales},
                                      {given.b, given.b_scales}, given.c, summary.corners);
        second += got == given.results[1] ? 1 : 0;
        tally.compare(line, given.inputs, "d1", given.results[0], got, 8);
        tally.end_of_case();
    }
    summary.note = fmt::format(
        "{} of {} cases as d1 (the group takes part in the alignment), {} as d2 (it does not), {} "
        "as neither",
        summary.passed, summary.cases, second, summary.failed - second);
    return summary;
}

VectorContract vector_contract(const VectorFile& file) {
    const std::optional<Architecture> architecture = architecture_of(file);
    if (!architecture) {
        unsupported_vector_file(file, "the header names no architecture or GPU that vrsim knows");
    }
    const auto format = [&](const char* key) {
        const std::string name = file.header_value(key);
        const auto found = parse_number_format(name);
        if (!found) {
            unsupported_vector_file(
                file,
                fmt::format("the header says {}={}, which is no known number format", key, name));
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
            unsupported_vector_file(file, "the header has scale= without block=");
        }
        block = *given;
    }
    const auto k = small_number(file.header_value("k"));
    if (!k || *k == 0 || (block != 0 && *k % block != 0)) {
        unsupported_vector_file(file, "the header has no k= that fits");
    }
    auto contract = make_contract(*architecture, a, b, c, scale, block);
    if (!contract) {
        unsupported_vector_file(file,
                                fmt::format("no accumulation rule for {}: {} x {} + {}",
                                            architecture_name(*architecture), properties(a).name,
                                            properties(b).name, properties(c).name));
    }
    return {std::move(*contract), static_cast<std::size_t>(*k), file.header_has(" class ")};
}

}  // namespace vr
