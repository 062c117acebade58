// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/gpu/sm/tensor_core/golden.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "models/numerics/check/vector_check_dot.h"
#include "models/numerics/check/vector_check_exact.h"
#include "models/numerics/check/vector_set.h"
#include "testbenches/rtl/gpu/sm/tensor_core/stimuli.h"

namespace vr::testing {

namespace {

void compare(GoldenCount& count, const VectorFile& file, const VectorLine& line,
             std::uint32_t expected, std::uint32_t got) {
    if (got != expected && count.wrong++ == 0) {
        count.first = fmt::format("{}:{}: expected {:08x}, got {:08x}", file.path(), line.line,
                                  expected, got);
    }
}

}  // namespace

std::string golden_file(const std::string& name) {
    return VRSIM_SOURCE_DIR "/testbenches/numerics/vectors/" + name + ".txt.gz";
}

std::vector<std::string> golden_files() {
    std::vector<std::string> files;
    for (const std::string& path : vector_files(VRSIM_SOURCE_DIR "/testbenches/numerics/vectors")) {
        const VectorFile file(path);
        if (is_dot_file(file)) {
            files.push_back(path);
        }
    }
    return files;
}

GoldenCount run_golden(LeafMultiplier& leaf, const std::string& path, std::size_t stride) {
    const VectorFile file(path);
    const VectorContract header = vector_contract(file);
    GoldenCount count;
    for (std::size_t i = 0; i < file.lines().size(); i += stride) {
        const VectorLine& line = file.lines()[i];
        const DotCase given = dot_case(file, header, line);
        std::uint32_t d = given.c;
        (void)multiply_codes(leaf, header.contract, {given.a, given.a_scales},
                             {given.b, given.b_scales}, d);
        ++count.cases;
        compare(count, file, line, given.results.front(), d);
    }
    return count;
}

GoldenCount run_zero_groups(LeafMultiplier& leaf, bool takes_part) {
    const VectorFile file(golden_file("open_question_zero_group"));
    GoldenCount count;
    for (const VectorLine& line : file.lines()) {
        VectorContract header = zero_group_contract(file, line);
        header.contract.rule.zero_group_takes_part = takes_part;
        const DotCase given = dot_case(file, header, line, 2);
        std::uint32_t d = given.c;
        (void)multiply_codes(leaf, header.contract, {given.a, given.a_scales},
                             {given.b, given.b_scales}, d);
        ++count.cases;
        compare(count, file, line, given.results[takes_part ? 0 : 1], d);
    }
    return count;
}

std::uint32_t integer_step(DotLeaf& leaf, NumberFormat a, const std::vector<std::uint32_t>& a_codes,
                           NumberFormat b, const std::vector<std::uint32_t>& b_codes,
                           std::uint32_t c, IntegerOverflow overflow) {
    LeafStep step = leaf_form(a, b, overflow, static_cast<std::int64_t>(a_codes.size()));
    const auto pack = [&](NumberFormat format, const std::vector<std::uint32_t>& codes,
                          std::array<std::uint8_t, kLeafBytes>& bytes) {
        const std::vector<std::uint8_t> given = packed(format, codes);
        std::copy(given.begin(), given.end(), bytes.begin());
    };
    pack(a, a_codes, step.a);
    pack(b, b_codes, step.b);
    step.c = c;
    LeafResult result = leaf.clock(step);
    for (int waited = 0; !result.valid; ++waited) {
        REQUIRE(waited < 10);
        result = leaf.clock({});
    }
    CHECK(result.corners.empty());
    return result.d;
}

GoldenCount run_integers(DotLeaf& leaf) {
    const VectorFile file(golden_file("dot_int8"));
    GoldenCount count;
    for (const VectorLine& line : file.lines()) {
        const IntegerCase given = integer_case(file, line);
        for (const bool wraps : {true, false}) {
            const auto overflow = wraps ? IntegerOverflow::kWrap : IntegerOverflow::kClamp;
            compare(count, file, line, wraps ? given.wrapped : given.clamped,
                    integer_step(leaf, given.a_format, given.a, given.b_format, given.b, given.c,
                                 overflow));
        }
        ++count.cases;
    }
    return count;
}

}  // namespace vr::testing
