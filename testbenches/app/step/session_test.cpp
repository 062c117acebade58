// SPDX-License-Identifier: Apache-2.0
// The stepper's commands on a recorded run.
#include <algorithm>
#include <catch2/catch.hpp>

#include "models/base/error.h"
#include "testbenches/app/step/recorded_run.h"

using vr::testing::lines_of;
using vr::testing::RecordedRun;

TEST_CASE("twenty forward and twenty back print the same events") {
    const RecordedRun run;
    for (const char* start : {"next", "goto 1200 ns", "find stall", "op hello"}) {
        INFO(start);
        auto lines = lines_of(*run.view, {start, "next 20", "back 20"});
        REQUIRE(lines.size() == 41);
        const std::vector<std::string> forward(lines.begin() + 1, lines.begin() + 21);
        std::vector<std::string> back(lines.begin() + 21, lines.end());
        std::reverse(back.begin(), back.end());
        CHECK(forward == back);
        CHECK(std::adjacent_find(forward.begin(), forward.end()) == forward.end());
    }
    // One by one as well as together.
    std::vector<std::string> single(40, "next");
    std::fill(single.begin() + 20, single.end(), "back");
    CHECK(lines_of(*run.view, single) == lines_of(*run.view, {"next 20", "back 20"}));
}

TEST_CASE("the whole run, to its end and back to its begin") {
    const RecordedRun run;
    const std::string all = std::to_string(run.view->size() + 1);
    auto lines = lines_of(*run.view, {"next " + all, "back " + all});
    REQUIRE(lines.size() == 2 * run.view->size() + 2);
    CHECK(lines[run.view->size()] == "end of the run");
    CHECK(lines.back() == "begin of the run");
    CHECK(lines.front() == lines[lines.size() - 2]);
}

TEST_CASE("a line has place, both times, unit, what happens, amount and operator") {
    const RecordedRun run;
    const auto lines = lines_of(*run.view, {"find tensor_core"});
    REQUIRE(lines.size() == 1);
    const std::size_t place = std::stoul(lines[0].substr(1)) - 1;
    const vr::Event& event = run.view->event(place);
    CHECK(lines[0] ==
          "[" + std::to_string(place + 1) + "] " + vr::moment_text(event.begin) + " (" +
              std::to_string(event.begin.value) +
              " fs)  gpu.tpc0.sm0.tensor_core  multiply, for 40.209 ns  2 instructions  hello");
}

TEST_CASE("goto, find and op stop where they should, and say so when there is nothing") {
    const RecordedRun run;
    const vr::RunView& view = *run.view;
    const std::size_t at = view.first_at(vr::Time{1'200'000'000});
    REQUIRE(at > 0);
    CHECK(view.event(at - 1).begin < vr::Time{1'200'000'000});
    CHECK(lines_of(view, {"goto 1.2 us"}).at(0) == view.line(at));
    CHECK(lines_of(view, {"goto 1200000000 fs", "goto 0 ns"}).at(1) == view.line(0));
    CHECK(lines_of(view, {"goto 1 s"}).at(0) == "no event begins then or later");
    CHECK(lines_of(view, {"find no such text"}).at(0) ==
          "'no such text' is not found behind this place");
    const auto stalls = lines_of(view, {"find STALL", "find stall"});
    CHECK(stalls.at(0) != stalls.at(1));
    CHECK(lines_of(view, {"op"}).at(0) == view.line(view.first_of(0)));
    CHECK(lines_of(view, {"goto 2 us", "op"}).at(1) == "no operator begins behind this place");
    CHECK(lines_of(view, {"goto 2 us", "op hello"}).at(1) == view.line(view.first_of(0)));
}

TEST_CASE("commands may be short, comments and empty lines do nothing, quit ends") {
    const RecordedRun run;
    CHECK(lines_of(*run.view, {"", "# next", "  n 2 ", "b"}) ==
          lines_of(*run.view, {"next 2", "back"}));
    std::ostringstream out;
    vr::StepSession session(*run.view, out);
    session.command("help");
    CHECK(out.str() == vr::StepSession::help());
    CHECK_FALSE(session.ended());
    session.command("q");
    CHECK(session.ended());
}

TEST_CASE("wrong commands are refused by name and move nothing") {
    const RecordedRun run;
    std::ostringstream out;
    vr::StepSession session(*run.view, out);
    const auto refused = [&](const std::string& command, const std::string& message) {
        INFO(command);
        CHECK_THROWS_WITH(session.command(command), message);
    };
    refused("nxt", "unknown command 'nxt'; did you mean 'next'?; help lists them");
    refused("next 0", "next 0: not a number of events; allowed: 1 or more");
    refused("back -3", "back -3: not a number of events; allowed: 1 or more");
    refused("goto 5",
            "goto 5: not a time; allowed: a quantity with unit, e.g. \"5 ns\" (fs, ps, ns, us, ms, "
            "s)");
    refused("find", "find: give a text, e.g. find stall");
    refused("op helo", "op helo: the trace has no such operator; did you mean 'hello'?");
    refused("why", "why: no event was printed yet; next prints one");
    refused("why now", "why takes nothing behind it, given 'now'");
    CHECK(out.str().empty());
    session.command("next");
    CHECK(out.str() == run.view->line(0) + "\n");
}
