// SPDX-License-Identifier: Apache-2.0
// Chains behind events: complete, equal to the report's charges, and told in words.
#include <catch2/catch.hpp>
#include <map>
#include <regex>

#include "app/report/json_report.h"
#include "app/step/why.h"
#include "testbenches/app/step/recorded_run.h"

using vr::testing::RecordedRun;

namespace {

std::string join(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& line : lines) {
        out += line + "\n";
    }
    return out;
}

}  // namespace

TEST_CASE("every chain covers the time to its event's end without a gap") {
    const RecordedRun run;
    const vr::RunView& view = *run.view;
    std::map<std::string, int> kept;
    for (std::size_t i = 0; i < view.size(); ++i) {
        const vr::Event& event = view.event(i);
        if (event.chain == 0) {
            continue;
        }
        ++kept[view.record().tracks()[event.track].group];
        vr::Time until = event.end;
        for (const vr::BookedStep& step : view.record().causes().steps(event.chain)) {
            REQUIRE(step.until == until);
            REQUIRE(step.from < until);
            until = step.from;
        }
        REQUIRE(until == vr::Time{});
    }
    for (const char* group : {"operators", "SM", "HBM", "HBM commands", "L2"}) {
        INFO(group);
        CHECK(kept[group] > 0);
    }
}

TEST_CASE("whatever ends a wait has its chain") {
    const RecordedRun run("rubin");
    const vr::RunView& view = *run.view;
    std::map<std::string, std::pair<int, int>> kept;  // with a chain, without
    for (std::size_t i = 0; i < view.size(); ++i) {
        const vr::Event& event = view.event(i);
        const std::string& path = view.path(event);
        auto& [with, without] = kept[path.substr(path.rfind('.') + 1)];
        ++(event.chain != 0 ? with : without);
    }
    for (const char* unit :
         {"operators", "stall", "load", "store", "tensor_core", "vector_pipes", "fills", "tiles"}) {
        INFO(unit);
        CHECK(kept[unit].first > 0);
        CHECK(kept[unit].second == 0);
    }
}

TEST_CASE("the chain of the last operator charges what the report charges") {
    const RecordedRun run;
    const vr::RunView& view = *run.view;
    std::map<std::string, std::int64_t> sums;
    for (std::size_t i = 0; i < view.size(); ++i) {
        const vr::Event& event = view.event(i);
        if (event.kind == vr::EventKind::kSlice && view.name(event) == "hello") {
            for (const vr::BookedStep& step : view.record().causes().steps(event.chain)) {
                sums[view.record().causes().owner_name(step.owner)] +=
                    (step.until - step.from).value;
            }
        }
    }
    std::map<std::string, std::int64_t> report;
    for (const vr::ChargeResult& charge : run.result.attribution) {
        report[charge.owner] = charge.amount.value;
    }
    CHECK(sums == report);
}

TEST_CASE("explaining changes no byte of the report, and adds to the timeline only") {
    RecordedRun plain("tiny", {}, vr::EventDetail::kTimeline);
    RecordedRun explained;
    plain.result.host = {};
    explained.result.host = {};
    CHECK(vr::json_report(plain.result) == vr::json_report(explained.result));
    std::size_t same = 0;
    for (std::size_t i = 0; i < explained.view->size(); ++i) {
        const std::string& group = explained.record.tracks()[explained.view->event(i).track].group;
        const std::string& path = explained.view->path(explained.view->event(i));
        const std::string& name = explained.view->name(explained.view->event(i));
        same += group == "HBM commands" || group == "L2" || path.ends_with(".tiles") ||
                        name == "kernel launch"
                    ? 0
                    : 1;
    }
    CHECK(same == plain.view->size());
    for (std::size_t i = 0; i < plain.view->size(); ++i) {
        REQUIRE(plain.view->event(i).chain == 0);
    }
}

TEST_CASE("a stalled tile names the DRAM command that it waits for") {
    for (const char* platform : {"tiny", "rubin"}) {
        INFO(platform);
        const RecordedRun run(platform);
        const std::string text =
            join(vr::testing::lines_of(*run.view, {"find waits for full operand loads", "why"}));
        INFO(text);
        CHECK(std::regex_search(text, std::regex("It waited for memory: .*ACT.*\\.\n")));
        CHECK(std::regex_search(
            text, std::regex("row \\d+, bank \\d+, pseudo-channel "
                             "gpu\\.hbm4\\.stack\\d\\.channel\\d+\\.pseudo_channel\\d")));
        CHECK(text.find("mbarrier: the last arrival made a slot of 'operand loads' full") !=
              std::string::npos);
    }
    // On the idle machine of rubin the row had to be opened for this very request.
    const RecordedRun run("rubin");
    const std::string text =
        join(vr::testing::lines_of(*run.view, {"find waits for full operand loads", "why"}));
    INFO(text);
    CHECK(std::regex_search(text, std::regex("waited [0-9.]+ ns for ACT of row \\d+, bank \\d+")));
}

TEST_CASE("the DRAM command that is named was sent, to that bank, at that time") {
    const RecordedRun run("rubin");
    const vr::RunView& view = *run.view;
    const std::string text =
        join(vr::testing::lines_of(view, {"find waits for full operand loads", "why"}));
    std::smatch found;
    REQUIRE(std::regex_search(
        text, found,
        std::regex("for ACT of row (\\d+), (bank \\d+), pseudo-channel (\\S+), sent at (\\S+ "
                   "ns)")));
    std::size_t sent = 0;
    for (std::size_t i = 0; i < view.size(); ++i) {
        const vr::Event& event = view.event(i);
        sent += view.name(event) == "ACT " + found[2].str() &&
                        view.path(event) == found[3].str() + ".commands" &&
                        std::to_string(event.value) == found[1].str() &&
                        vr::moment_text(event.begin) == found[4].str()
                    ? 1
                    : 0;
    }
    CHECK(sent == 1);
}

TEST_CASE("a refresh in the way is named") {
    // Refreshes that may not be put off meet the requests of this run.
    const RecordedRun run("tiny", {"gpu.hbm4.refresh_postpone=0"});
    const vr::RunView& view = *run.view;
    bool named = false;
    for (std::size_t i = 0; i < view.size() && !named; ++i) {
        const std::string text = vr::why_text(view, view.event(i));
        named = std::regex_search(
            text, std::regex("HBM refresh: waited [0-9.]+ ns for REF of bank \\d+, pseudo-channel "
                             "gpu\\.hbm4\\.stack0\\.channel0\\.pseudo_channel\\d, sent at"));
    }
    CHECK(named);
}

TEST_CASE("a window without room: the credit is named") {
    const RecordedRun run("tiny", {"gpu.sm.tma.load_window=4 KiB"});
    const std::string text = join(vr::testing::lines_of(
        *run.view, {"find waits for full operand loads", "find waits for full operand loads",
                    "find waits for full operand loads", "why"}));
    INFO(text);
    CHECK(std::regex_search(
        text, std::regex("It waited for a credit: brought \\d+ B of credit that TMA waited for: "
                         "its load window of 4 KiB was full")));
}
