// SPDX-License-Identifier: Apache-2.0
// The progress line: its text, its pace, and its silence when it is off.
#include "models/base/progress.h"

#include <catch2/catch.hpp>
#include <vector>

namespace {

using namespace vr;
using namespace std::chrono_literals;

TEST_CASE("the line shows share, simulated time, speed and estimate") {
    CHECK(Progress::line("decode", 10, 5, Time{1'843'000'000'000}, 3s) ==
          "decode [##########..........] 50 %  simulated 1.84 ms  speed 614 us/s  about 3 s left");
    CHECK(Progress::line("x", 3, 1, nanoseconds(12), 60s) ==
          "x [######..............] 33 %  simulated 12.0 ns  speed 200 ps/s  about 2 min 0 s left");
    CHECK(Progress::line("x", 4, 1, Time{0}, 3600s) ==
          "x [#####...............] 25 %  simulated 0 fs  speed 0 fs/s  about 3 h 0 min left");
    // Nothing is promised at the start, at the end, or without a total.
    CHECK(Progress::line("x", 4, 0, Time{0}, 0s) == "x [....................] 0 %  simulated 0 fs");
    CHECK(Progress::line("x", 4, 4, nanoseconds(1), 1s) ==
          "x [####################] 100 %  simulated 1.00 ns  speed 1.00 ns/s");
    CHECK(Progress::line("x", 4, 9, nanoseconds(1), 1s) ==
          "x [####################] 100 %  simulated 1.00 ns  speed 1.00 ns/s");
    CHECK(Progress::line("x", 0, 9, nanoseconds(1), 1s) == "x  simulated 1.00 ns  speed 1.00 ns/s");
}

struct Terminal {
    Progress::HostTime host{1h};
    std::vector<std::string> written;
    Progress::Options options(bool enabled) {
        return {enabled, 200ms, 40, [this](std::string_view text) { written.emplace_back(text); },
                [this] { return host; }};
    }
};

TEST_CASE("it writes once an interval, cuts long lines and cleans up behind itself") {
    Terminal terminal;
    {
        Progress progress("x", 100, terminal.options(true));
        for (int i = 0; i < 1'000; ++i) {
            terminal.host += 1ms;
            progress.update(nanoseconds(i), i / 10);
        }
        REQUIRE(terminal.written.size() == 5);
        CHECK(terminal.written[0] == "\r\x1b[Kx [###.................] 19 %  simulated");
        for (const std::string& text : terminal.written) {
            CHECK(text.size() == 4 + 40);
        }
    }
    REQUIRE(terminal.written.size() == 6);
    CHECK(terminal.written.back() == "\r\x1b[K");
}

TEST_CASE("it writes nothing when it is off or when a run is short") {
    Terminal terminal;
    {
        Progress off("x", 100, terminal.options(false));
        terminal.host += 10s;
        off.update(nanoseconds(1), 50);
        Progress quick("x", 100, terminal.options(true));
        terminal.host += 199ms;
        quick.update(nanoseconds(1), 50);
    }
    CHECK(terminal.written.empty());
}

}  // namespace
