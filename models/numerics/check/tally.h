// SPDX-License-Identifier: Apache-2.0
// Counts right and wrong cases of one file and keeps the first wrong columns; for the checks of
// this folder.
#pragma once

#include <string>

#include "models/base/error.h"
#include "models/numerics/check/vector_check.h"

namespace vr {

class Tally {
  public:
    Tally(CheckSummary& summary, std::size_t kept) : summary_(summary), kept_(kept) {}

    /// One column of the present case.
    void compare(const VectorLine& line, const std::string& inputs, const std::string& column,
                 std::uint64_t expected, std::uint64_t got, int digits) {
        if (expected != got) {
            wrong(line, inputs, column, fmt::format("{:0{}x}", expected, digits),
                  fmt::format("{:0{}x}", got, digits));
        }
    }
    void wrong(const VectorLine& line, const std::string& inputs, const std::string& column,
               std::string expected, std::string got) {
        wrong_ = true;
        if (summary_.failures.size() < kept_) {
            summary_.failures.push_back(
                {line.line, inputs, column, std::move(expected), std::move(got)});
        }
    }
    void end_of_case() {
        ++summary_.cases;
        ++(wrong_ ? summary_.failed : summary_.passed);
        wrong_ = false;
    }

  private:
    CheckSummary& summary_;
    std::size_t kept_;
    bool wrong_ = false;
};

}  // namespace vr
