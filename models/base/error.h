// SPDX-License-Identifier: Apache-2.0
// Errors that end a run: each kind has its exit code; each message says where, what was given and
// what to do. Not modelled: recovery. Whoever catches one prints it and stops.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace vr {

/// Exit codes of the vrsim command. They are part of its interface and never change meaning.
enum class ExitCode : int {
    kComplete = 0,
    kCheckFailed = 1,
    kWrongUse = 2,
    kBadInput = 3,
    kLawBroken = 4,
    kStalled = 5,
    kOutsideEnvelope = 6,
};

/// Base of all errors that end a run.
class Error : public std::runtime_error {
  public:
    Error(ExitCode code, std::string text) : std::runtime_error(std::move(text)), code_(code) {}
    [[nodiscard]] ExitCode exit_code() const { return code_; }

  private:
    ExitCode code_;
};

/// The command line is wrong: unknown verb, flag or value of a flag (exit code 2).
class UsageError : public Error {
  public:
    explicit UsageError(std::string text) : Error(ExitCode::kWrongUse, std::move(text)) {}
};

/// One problem in an input file. Empty text and line 0 mean "does not apply".
struct Diagnostic {
    std::string file;          ///< path as the user gave it
    std::uint32_t line = 0;    ///< 1-based
    std::uint32_t column = 0;  ///< 1-based
    std::string what;          ///< what is wrong, with the value given
    std::string allowed;       ///< what would be right
    std::string hint;          ///< what to do, e.g. the nearest known name

    /// "FILE:LINE:COLUMN: WHAT; allowed: ALLOWED; HINT".
    [[nodiscard]] std::string text() const;
};

/// One or more problems in input files (exit code 3). All problems of one reading come together.
class InputError : public Error {
  public:
    explicit InputError(std::vector<Diagnostic> diagnostics);
    explicit InputError(Diagnostic diagnostic);
    [[nodiscard]] const std::vector<Diagnostic>& diagnostics() const { return diagnostics_; }

  private:
    std::vector<Diagnostic> diagnostics_;
};

/// A check of results found a difference (exit code 1): two implementations of one contract, say.
class CheckFailed : public Error {
  public:
    explicit CheckFailed(std::string text) : Error(ExitCode::kCheckFailed, std::move(text)) {}
};

/// A conservation law does not hold (exit code 4). The text carries the smallest witness.
class LawBroken : public Error {
  public:
    explicit LawBroken(std::string text) : Error(ExitCode::kLawBroken, std::move(text)) {}
};

/// Nothing can happen any more and work is left (exit code 5). The text says who waits for whom.
class Stalled : public Error {
  public:
    explicit Stalled(std::string text) : Error(ExitCode::kStalled, std::move(text)) {}
};

/// A fault of vrsim itself, at a place and a simulated time. Checks stay on in release builds.
class InternalError : public std::logic_error {
  public:
    explicit InternalError(const std::string& text)
        : std::logic_error("internal error (please report it): " + text) {}
};

/// Throws InternalError with a formatted text when `condition` does not hold.
template <class... Args>
inline void ensure(bool condition, fmt::format_string<Args...> text, Args&&... args) {
    if (!condition) [[unlikely]] {
        throw InternalError(fmt::format(text, std::forward<Args>(args)...));
    }
}

/// The candidate nearest to `given` by edit distance, or "" when none is near enough to suggest.
[[nodiscard]] std::string nearest_name(std::string_view given,
                                       const std::vector<std::string>& candidates);

}  // namespace vr
