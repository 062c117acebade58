// SPDX-License-Identifier: Apache-2.0
// The stepper in line mode: a place between two events of a recorded run, and commands that move
// it. Not modelled: editing of the command line, breakpoints.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

#include "app/step/run_view.h"

namespace vr {

/// The place lies between events: `next` prints those it passes, `back` prints the same ones in
/// reverse. The event printed last is the one that `why` explains.
class StepSession {
  public:
    StepSession(const RunView& view, std::ostream& out) : view_(view), out_(out) {}
    /// Carries a command out. Empty lines and lines that begin with # do nothing. Wrong use is told
    /// by a UsageError, and nothing has moved.
    void command(std::string_view line);
    [[nodiscard]] bool ended() const { return ended_; }
    /// The commands, one a line.
    [[nodiscard]] static std::string help();

  private:
    void next(std::string_view count);
    void back(std::string_view count);
    void to_operator(std::string_view name);
    void go_to(std::string_view time);
    void find(std::string_view text);
    void why();
    /// Prints an event and takes the place behind it.
    void show(std::size_t place);
    void print(std::string_view text);

    const RunView& view_;
    std::ostream& out_;
    std::size_t place_ = 0;    // events before it
    std::size_t current_ = 0;  // the event printed last
    bool printed_ = false;
    bool ended_ = false;
};

}  // namespace vr
