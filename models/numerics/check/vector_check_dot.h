// SPDX-License-Identifier: Apache-2.0
// Checking of dot, chain and hardware files, and of FP4 cases on which published models differ;
// part of check_vector_file(). Not modelled: files of exact kinds (vector_check_exact.h).
#pragma once

#include "models/numerics/check/vector_check.h"

namespace vr {

/// One line of such a file.
struct DotCase {
    std::vector<std::uint32_t> a;
    std::vector<std::uint32_t> b;
    std::uint32_t c = 0;
    std::vector<std::uint32_t> a_scales;
    std::vector<std::uint32_t> b_scales;
    std::vector<std::uint32_t> results;  ///< as many as were asked for, mostly one
    std::string inputs;                  ///< columns as in the file, with their names
};
/// Takes a line apart: id [class] a b c [sa sb], then `results` columns. Throws InputError.
[[nodiscard]] DotCase dot_case(const VectorFile& file, const VectorContract& header,
                               const VectorLine& line, std::size_t results = 1);

[[nodiscard]] bool is_dot_file(const VectorFile& file);
/// Checks every line under the contract of the header, or under another one (what a changed rule
/// would give).
[[nodiscard]] CheckSummary check_dot_file(const VectorFile& file, const CheckOptions& options);
[[nodiscard]] CheckSummary check_dot_file(const VectorFile& file, const VectorContract& header,
                                          const CheckOptions& options);

[[nodiscard]] bool is_zero_group_file(const VectorFile& file);
/// What a line of it says about itself; it has two results: a group that sums to zero takes part in
/// the alignment, or not. Throws InputError.
[[nodiscard]] VectorContract zero_group_contract(const VectorFile& file, const VectorLine& line);
/// Says how many cases agree with which reading. Not judged.
[[nodiscard]] CheckSummary check_zero_group_file(const VectorFile& file,
                                                 const CheckOptions& options);

}  // namespace vr
