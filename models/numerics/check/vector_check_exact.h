// SPDX-License-Identifier: Apache-2.0
// Checking of FP64 and integer dot files; part of check_vector_file().
// Not modelled: other integer types than s8 and u8.
#pragma once

#include "models/numerics/check/vector_check.h"

namespace vr {

[[nodiscard]] bool is_fp64_file(const VectorFile& file);
/// One line of such a file.
struct Fp64Case {
    std::vector<std::uint64_t> a;
    std::vector<std::uint64_t> b;
    std::uint64_t c = 0;
    std::uint64_t d = 0;  ///< result; any NaN is right where it is one
};
/// Takes a line apart. Throws InputError.
[[nodiscard]] Fp64Case fp64_case(const VectorFile& file, const VectorLine& line);
/// id qualifier a b c d. The qualifier ends in kN. Any NaN is right where d is one.
[[nodiscard]] CheckSummary check_fp64_file(const VectorFile& file, const CheckOptions& options);

[[nodiscard]] bool is_integer_file(const VectorFile& file);
/// One line of such a file.
struct IntegerCase {
    NumberFormat a_format{};
    NumberFormat b_format{};
    std::vector<std::uint32_t> a;
    std::vector<std::uint32_t> b;
    std::uint32_t c = 0;
    std::uint32_t wrapped = 0;  ///< results
    std::uint32_t clamped = 0;
};
/// Takes a line apart. Throws InputError.
[[nodiscard]] IntegerCase integer_case(const VectorFile& file, const VectorLine& line);
/// id atype btype a b c d_wrap d_satfinite, k = 32; both results are compared.
[[nodiscard]] CheckSummary check_integer_file(const VectorFile& file, const CheckOptions& options);

}  // namespace vr
