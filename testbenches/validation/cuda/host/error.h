// SPDX-License-Identifier: Apache-2.0
// Errors of the calibration kit's programs and the exit code that each kind ends with.
#pragma once

#include <stdexcept>
#include <string>

namespace vr::kit {

/// What a program of the kit ends with.
enum ExitCode : int {
    kDone = 0,
    kFailed = 1,    ///< a call failed, a file could not be written, a result is wrong
    kUsage = 2,     ///< the command line is wrong
    kUnsuited = 3,  ///< no device, or one that lacks what the program measures
};

/// An error that ends the program; `what()` says what to do.
class Error : public std::runtime_error {
  public:
    Error(ExitCode code, const std::string& text) : std::runtime_error(text), code_(code) {}
    [[nodiscard]] ExitCode code() const { return code_; }

  private:
    ExitCode code_;
};

}  // namespace vr::kit
