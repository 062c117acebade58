// SPDX-License-Identifier: Apache-2.0
// A progress line for long runs: simulated time, speed, estimate; on a terminal's stderr only,
// never in a result. It reads the host's steady clock, which nothing else in vrsim may do. Not
// modelled: nested bars, several lines.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "models/base/quantity.h"

namespace vr {

/// Shows how far a run is. When it is off, update() costs one comparison.
class Progress {
  public:
    using HostTime = std::chrono::nanoseconds;
    struct Options {
        bool enabled = stderr_is_terminal();
        HostTime interval = std::chrono::milliseconds(200);  ///< between two writings
        std::size_t width =
            stderr_width();  ///< longer lines are cut, as a wrapped one cannot be erased
        std::function<void(std::string_view)> write;  ///< where text goes; empty: stderr
        std::function<HostTime()> clock;              ///< empty: the host's steady clock
    };

    /// `label` says what runs; `total` is the amount of work (operators, requests), 0 when nobody
    /// knows.
    Progress(std::string_view label, std::int64_t total, Options options);
    Progress(std::string_view label, std::int64_t total) : Progress(label, total, Options{}) {}
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    /// Reports that the run is at simulated time `now` with `done` of the work complete. Writes
    /// only when the interval has passed; may be called as often as is handy.
    void update(Time now, std::int64_t done) {
        if (options_.enabled) {
            refresh(now, done);
        }
    }
    /// Takes the line off the terminal, so that a report can be printed. The destructor does it,
    /// too.
    void clear();

    [[nodiscard]] static bool stderr_is_terminal();
    /// Columns of the terminal; 80 when it does not say.
    [[nodiscard]] static std::size_t stderr_width();
    /// The line itself, without control characters:
    /// "decode [#####.....] 50 %  simulated 1.843 ms  speed 12.4 us/s  about 3 s left".
    [[nodiscard]] static std::string line(std::string_view label, std::int64_t total,
                                          std::int64_t done, Time now, HostTime elapsed);

  private:
    void refresh(Time now, std::int64_t done);
    std::string label_;
    std::int64_t total_;
    Options options_;
    HostTime begin_{};
    HostTime last_{};
    bool shown_ = false;
};

}  // namespace vr
