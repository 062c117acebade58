// SPDX-License-Identifier: Apache-2.0
// Checks the arithmetic against a file of reference vectors, bit for bit (`vrsim numerics check
// [FILE...]`). Which files: vector_set.h. Not modelled: vectors of formats without a published
// reference (UE5M3, ti16).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/numerics/check/vector_file.h"
#include "models/numerics/contract.h"
#include "models/numerics/contract_switches.h"
#include "models/numerics/corner.h"

namespace vr {

/// One wrong answer.
struct CheckFailure {
    std::uint32_t line = 0;
    std::string inputs;    ///< columns as in the file, with their names
    std::string column;    ///< the column that is wrong: "d", "e4m3s", ...
    std::string expected;  ///< hexadecimal
    std::string got;
    [[nodiscard]] std::string text() const;
};

/// What came of one file. A case is one line, or one row of a quantised tensor.
struct CheckSummary {
    std::string path;
    std::string subject;  ///< what was checked: name of the contract or of the conversion
    std::uint64_t cases = 0;
    std::uint64_t passed = 0;
    std::uint64_t failed = 0;
    std::vector<CheckFailure> failures;  ///< the first ones
    Corners corners;                     ///< open corners that the cases touched
    /// Whether the file says what is right. One on an open question does not: `passed` then counts
    /// the cases that agree with vrsim's own choice.
    bool judged = true;
    std::string note;  ///< what else is to be said, or nothing
};

/// What a dot, chain or hardware file says about itself.
struct VectorContract {
    DotContract contract;
    std::size_t k = 0;       ///< elements per case
    bool has_class = false;  ///< a class letter follows the id
};
/// Reads the contract from the header. Throws InputError when there is none or it is not supported.
[[nodiscard]] VectorContract vector_contract(const VectorFile& file);

struct CheckOptions {
    std::size_t failures_kept = 5;
    RuleSwitches switches{};  ///< of the accumulation rule, in dot, chain and hardware files
};
/// Checks every case of a file. Throws InputError for a malformed line or a file of a kind that is
/// not supported, UsageError for switches that its rule cannot have.
[[nodiscard]] CheckSummary check_vector_file(const std::string& path,
                                             const CheckOptions& options = {});

/// The kinds of files that check_vector_file() takes, for messages and help.
[[nodiscard]] std::string supported_vector_files();
/// Throws InputError: WHAT, and the kinds that are supported.
[[noreturn]] void unsupported_vector_file(const VectorFile& file, std::string what);

}  // namespace vr
