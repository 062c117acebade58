// SPDX-License-Identifier: Apache-2.0
// Checks the arithmetic against a file of reference vectors, bit for bit (`vrsim numerics check
// FILE...`). Not modelled: files of FP64 and integer instructions, of block quantisation, and of
// open questions.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "models/numerics/contract.h"
#include "models/numerics/corner.h"
#include "models/numerics/check/vector_file.h"

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

/// What came of one file. A case is one line.
struct CheckSummary {
    std::string path;
    std::string subject;  ///< what was checked: name of the contract or of the conversion
    std::uint64_t cases = 0;
    std::uint64_t passed = 0;
    std::uint64_t failed = 0;
    std::vector<CheckFailure> failures;  ///< the first ones
    Corners corners;                     ///< open corners that the cases touched
};

/// What a dot, chain or hardware file says about itself.
struct VectorContract {
    DotContract contract;
    std::size_t k = 0;       ///< elements per case
    bool has_class = false;  ///< a class letter follows the id
};
/// Reads the contract from the header. Throws InputError when there is none or it is not supported.
[[nodiscard]] VectorContract vector_contract(const VectorFile& file);

/// Checks every case of a file. Throws InputError for a malformed line or a file of a kind that is
/// not supported.
[[nodiscard]] CheckSummary check_vector_file(const std::string& path,
                                             std::size_t failures_kept = 5);

/// The kinds of files that check_vector_file() takes, for messages and help.
[[nodiscard]] std::string supported_vector_files();

}  // namespace vr
