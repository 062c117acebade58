// SPDX-License-Identifier: Apache-2.0
// Snapshots by fork: a copy taken in the middle of a run ends as the run itself; hashes of state
// say the same however the machine is composed, and change when the machine does.
#include <catch2/catch.hpp>
#include <set>

#include "app/audit.h"
#include "app/paths.h"
#include "app/report/json_report.h"
#include "app/simulate.h"

using namespace vr;

namespace {

struct Hashes {
    std::vector<StateHash> then;
    std::vector<StateHash> end;
    std::string report;
};

RunRequest request_of(const LoadedRun& loaded) {
    RunRequest request = loaded.request;
    return request;
}

LoadedRun loaded(const std::vector<std::string>& sets = {}) {
    CommonOptions common;
    common.platform = "tiny";
    common.sets = sets;
    return load_run(common, tree_path("traces/samples/hello_gemm.jsonl"));
}

Hashes hashes_at(Time at, const std::function<void(RunRequest&)>& change = {},
                 const std::vector<std::string>& sets = {}) {
    LoadedRun run = loaded(sets);
    RunRequest request = request_of(run);
    Hashes hashes;
    request.audit_at = at;
    request.audit = [&](AuditMoment moment, const std::vector<StateHash>& given) {
        (moment == AuditMoment::kPause ? hashes.then : hashes.end) = given;
    };
    if (change) {
        change(request);
    }
    RunResult result = run_detailed(*run.configuration, request);
    result.host = {};
    hashes.report = json_report(result);
    return hashes;
}

}  // namespace

TEST_CASE("a pause changes nothing, and every pseudo-channel has a hash") {
    LoadedRun run = loaded();
    RunResult whole = run_detailed(*run.configuration, run.request);
    whole.host = {};
    const std::string expected = json_report(whole);
    for (const std::int64_t ns : {1, 850, 1100, 1500, 2000, 3000}) {
        INFO(ns << " ns");
        const Hashes paused = hashes_at(nanoseconds(ns));
        CHECK(paused.report == expected);
        REQUIRE(paused.then.size() == 2);
        CHECK(paused.end.size() == 2);
        CHECK(paused.then[0].path == "gpu.hbm4.stack0.channel0.pseudo_channel0");
        CHECK(paused.then[1].path == "gpu.hbm4.stack0.channel0.pseudo_channel1");
    }
    CHECK(hashes_at(nanoseconds(10'000)).then.empty());  // it had ended
}

TEST_CASE("hashes are equal folded or not, in a region or as modules") {
    for (const std::int64_t ns : {900, 1250, 1400, 1701, 2500}) {
        INFO(ns << " ns");
        const Hashes reference = hashes_at(nanoseconds(ns));
        const auto no_fold = [](RunRequest& request) { request.fold = false; };
        const auto modules = [](RunRequest& request) { request.compose = Compose::kModules; };
        EventRecord record;
        const auto recorded = [&](RunRequest& request) { request.events = &record; };
        const auto shown = [](RunRequest& request) {
            request.progress = [](Time, std::int64_t) {};
        };
        CHECK(hashes_at(nanoseconds(ns), no_fold).then == reference.then);
        CHECK(hashes_at(nanoseconds(ns), modules).then == reference.then);
        CHECK(hashes_at(nanoseconds(ns), recorded).then == reference.then);
        CHECK(hashes_at(nanoseconds(ns), shown).then == reference.then);
    }
}

TEST_CASE("hashes tell states apart") {
    std::set<std::uint64_t> seen;
    for (const std::int64_t ns : {1300, 1301, 1400, 1500}) {
        seen.insert(hashes_at(nanoseconds(ns)).then.at(0).value);
    }
    CHECK(seen.size() == 4);
    const auto other = hashes_at(nanoseconds(1500), {}, {"gpu.hbm4.refresh_postpone=0"});
    CHECK(other.then != hashes_at(nanoseconds(1500)).then);
}

TEST_CASE("a copy goes on to the same report and hashes") {
    LoadedRun run = loaded();
    RunRequest request = request_of(run);
    Audit audit(request, nanoseconds(1500));
    RunResult result = audit.guard([&] { return run_detailed(*run.configuration, request); });
    const std::string text = audit.conclude(result);
    CHECK(text.find("state at 1.500 us (1500000000 fs), by unit\n"
                    "  gpu.hbm4.stack0.channel0.pseudo_channel0  ") == 0);
    CHECK(
        text.find("the copy taken then went on to the same report and the same 2 state hashes\n") !=
        std::string::npos);
}

TEST_CASE("a copy that goes another way is found") {
    LoadedRun run = loaded();
    RunRequest request = request_of(run);
    Audit audit(request, nanoseconds(1500));
    RunResult result = audit.guard([&] { return run_detailed(*run.configuration, request); });
    if (audit.is_copy()) {
        result.makespan += Time{1};
    }
    CHECK_THROWS_AS(audit.conclude(result), LawBroken);
}

TEST_CASE("a copy that dies is found") {
    LoadedRun run = loaded();
    RunRequest request = request_of(run);
    Audit audit(request, nanoseconds(1500));
    RunResult result = audit.guard([&] { return run_detailed(*run.configuration, request); });
    if (audit.is_copy()) {
        std::_Exit(3);
    }
    CHECK_THROWS_WITH(audit.conclude(result), "snapshot at 1.500 us: the continued copy died");
}

TEST_CASE("a run that stalls in both: the copy ends, the original tells") {
    LoadedRun run = loaded({"gpu.crossbar.drop_response=20"});
    RunRequest request = request_of(run);
    Audit audit(request, nanoseconds(1100));
    CHECK_THROWS_AS(audit.guard([&] { return run_detailed(*run.configuration, request); }),
                    Stalled);
    CHECK_FALSE(audit.is_copy());
}

TEST_CASE("an audit behind the end is wrong use") {
    LoadedRun run = loaded();
    RunRequest request = request_of(run);
    Audit audit(request, nanoseconds(10'000));
    const RunResult result = audit.guard([&] { return run_detailed(*run.configuration, request); });
    CHECK_THROWS_WITH(audit.conclude(result),
                      "--audit-at 10.000 us: the run ended before; give an earlier time");
}
