// SPDX-License-Identifier: Apache-2.0
// Snapshots by fork: a copy taken in the middle of a run ends as the run itself; hashes of state
// say the same however the machine is composed, and change when the machine does.
#include <unistd.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "app/audit.h"
#include "app/paths.h"
#include "app/report/json_report.h"
#include "app/simulate.h"
#include "models/gpu/thread_block_scheduler/block_policy.h"

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

LoadedRun loaded(const std::vector<std::string>& sets = {},
                 const std::string& sample = "hello_gemm") {
    CommonOptions common;
    common.platform = "tiny";
    common.sets = sets;
    return load_run(common, tree_path("traces/samples/" + sample + ".jsonl"));
}

// Decides by something that is no state of the machine: in a copy it takes the other SM first.
class ByProcess final : public BlockPolicy {
  public:
    std::optional<BlockChoice> choose(const std::vector<WaitingKernel>& waiting,
                                      const SmRoom& room) override {
        const bool copy = ::getpid() != process_;
        for (std::uint32_t i = 0; i < room.sms(); ++i) {
            const std::uint32_t sm = copy ? room.sms() - 1 - i : i;
            if (room.fits(sm, waiting.front().needs)) {
                return BlockChoice{0, sm};
            }
        }
        return std::nullopt;
    }

  private:
    pid_t process_ = ::getpid();
};
const Registration<ByProcess, BlockPolicy> kByProcess(block_policies(), "by_process");

// First SM with room; keeps the number of its choices, and tells it or hides it.
template <bool kTells>
class Counting final : public BlockPolicy {
  public:
    std::optional<BlockChoice> choose(const std::vector<WaitingKernel>& waiting,
                                      const SmRoom& room) override {
        ++asked_;
        const auto sm = room.first_fit(waiting.front().needs);
        return sm ? std::optional(BlockChoice{0, *sm}) : std::nullopt;
    }
    void state(StateHasher& out) const override {
        if (kTells) {
            out(asked_);
        }
    }

  private:
    std::int64_t asked_ = 0;
};
const Registration<Counting<true>, BlockPolicy> kTelling(block_policies(), "counting");
const Registration<Counting<false>, BlockPolicy> kHiding(block_policies(), "hiding");

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

namespace {

const StateHash* find(const std::vector<StateHash>& hashes, const std::string& path) {
    const auto found = std::find_if(hashes.begin(), hashes.end(),
                                    [&](const StateHash& hash) { return hash.path == path; });
    return found == hashes.end() ? nullptr : &*found;
}

std::uint64_t value_of(const std::vector<StateHash>& hashes, const std::string& path) {
    const StateHash* hash = find(hashes, path);
    INFO(path);
    REQUIRE(hash != nullptr);
    return hash->value;
}

// What the GPU of the preset tiny consists of.
const std::vector<std::string> kTiny = {"gpu.command_front_end",
                                        "gpu.thread_block_scheduler",
                                        "gpu.crossbar",
                                        "gpu.l2",
                                        "gpu.hbm4",
                                        "gpu.hbm4.stack0.channel0.pseudo_channel0",
                                        "gpu.hbm4.stack0.channel0.pseudo_channel1",
                                        "gpu.tpc0",
                                        "gpu.contents",
                                        "gpu.data_path",
                                        "gpu.sm0.data",
                                        "gpu.sm1.data"};

}  // namespace

TEST_CASE("a pause changes nothing, and everything with state has a hash") {
    LoadedRun run = loaded();
    RunResult whole = run_detailed(*run.configuration, run.request);
    whole.host = {};
    const std::string expected = json_report(whole);
    for (const std::int64_t ns : {1, 850, 1100, 1500, 2000, 3000}) {
        INFO(ns << " ns");
        const Hashes paused = hashes_at(nanoseconds(ns));
        CHECK(paused.report == expected);
        REQUIRE(paused.then.size() == kTiny.size());
        REQUIRE(paused.end.size() == kTiny.size());
        for (std::size_t i = 0; i < kTiny.size(); ++i) {
            CHECK(paused.then[i].path == kTiny[i]);
            CHECK(paused.end[i].path == kTiny[i]);
        }
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
        EventRecord explained(EventDetail::kExplained);
        const auto with_causes = [&](RunRequest& request) { request.events = &explained; };
        CHECK(hashes_at(nanoseconds(ns), with_causes).then == reference.then);
        CHECK(hashes_at(nanoseconds(ns), shown).then == reference.then);
    }
}

TEST_CASE("hashes tell states apart") {
    std::map<std::string, std::set<std::uint64_t>> seen;
    for (const std::int64_t ns : {1, 900, 1300, 1400, 1500, 1701, 2500}) {
        const Hashes hashes = hashes_at(nanoseconds(ns));
        for (const auto* list : {&hashes.then, &hashes.end}) {
            for (const StateHash& hash : *list) {
                seen[hash.path].insert(hash.value);
            }
        }
    }
    for (const char* path : {"gpu.command_front_end", "gpu.thread_block_scheduler", "gpu.crossbar",
                             "gpu.l2", "gpu.hbm4", "gpu.tpc0", "gpu.sm0.data", "gpu.contents",
                             "gpu.hbm4.stack0.channel0.pseudo_channel0"}) {
        INFO(path);
        CHECK(seen[path].size() > 1);
    }
    const auto other = hashes_at(nanoseconds(1500), {}, {"gpu.hbm4.refresh_postpone=0"});
    CHECK(other.then != hashes_at(nanoseconds(1500)).then);
}

TEST_CASE("contents of another seed show in the contents alone, until they are read") {
    const auto other_seed = [](RunRequest& request) { request.seed = 77; };
    const auto first = hashes_at(nanoseconds(1));
    const auto other = hashes_at(nanoseconds(1), other_seed);
    for (const std::string& path : kTiny) {
        INFO(path);
        const bool same = value_of(first.then, path) == value_of(other.then, path);
        CHECK(same == (path != "gpu.contents"));
    }
    const auto late = hashes_at(nanoseconds(2500));
    const auto other_late = hashes_at(nanoseconds(2500), other_seed);
    CHECK(value_of(late.then, "gpu.sm0.data") != value_of(other_late.then, "gpu.sm0.data"));
    CHECK(value_of(late.then, "gpu.l2") == value_of(other_late.then, "gpu.l2"));
}

TEST_CASE("many units of one kind share a line") {
    std::vector<StateHash> hashes = {{"gpu.l2", 1}};
    for (std::uint64_t i = 0; i < 17; ++i) {
        hashes.push_back({fmt::format("gpu.tpc{}", i), i});
        hashes.push_back({fmt::format("gpu.hbm4.stack{}.channel{}", i / 9, i), i});
    }
    hashes.push_back({"gpu.sm0.data", 2});
    const std::vector<StateHash> few = grouped(hashes);
    REQUIRE(few.size() == 4);
    CHECK(few[0] == hashes[0]);
    CHECK(few[1].path == "gpu.tpc* (17)");
    CHECK(few[2].path == "gpu.hbm4.stack*.channel* (17)");
    CHECK(few[3].path == "gpu.sm0.data");
    hashes[11].value += 1;
    CHECK(grouped(hashes)[1].value != few[1].value);
    CHECK(grouped(hashes)[2].value == few[2].value);
    hashes.resize(33);  // 16 of each
    CHECK(grouped(hashes) == hashes);
}

TEST_CASE("a copy goes on to the same report and hashes") {
    LoadedRun run = loaded();
    RunRequest request = request_of(run);
    Audit audit(request, nanoseconds(1500));
    RunResult result = audit.guard([&] { return run_detailed(*run.configuration, request); });
    const std::string text = audit.conclude(result);
    CHECK(text.find("state at 1.500 us (1500000000 fs), by unit\n"
                    "  gpu.command_front_end                     ") == 0);
    CHECK(text.find(
              "the copy taken then went on to the same report and the same 12 state hashes\n") !=
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
    CHECK_THROWS_WITH(audit.conclude(result),
                      Catch::Contains("the continued copy differs from the run in line ") &&
                          Catch::Contains("\"makespan_fs\""));
}

TEST_CASE("a copy in which one state differs is found, though its report is the same") {
    LoadedRun run = loaded();
    RunRequest request = request_of(run);
    Audit audit(request, nanoseconds(1500));
    // State that a copy would not take along, such as a file or another process: seen at the end.
    const auto told = request.audit;
    request.audit = [&](AuditMoment moment, const std::vector<StateHash>& hashes) {
        std::vector<StateHash> seen = hashes;
        if (moment == AuditMoment::kEnd && audit.is_copy()) {
            seen[3].value ^= 1;
        }
        told(moment, seen);
    };
    RunResult result = audit.guard([&] { return run_detailed(*run.configuration, request); });
    CHECK_THROWS_WITH(audit.conclude(result), Catch::Contains("in line 4 of hashes and report:   "
                                                              "gpu.l2 "));
}

TEST_CASE("a part that decides by what is no state is found") {
    const auto audit_of = [](const std::string& policy) {
        LoadedRun run = loaded({"gpu.thread_block_scheduler.policy=" + policy}, "elementwise");
        RunRequest request = request_of(run);
        Audit audit(request, nanoseconds(3000));
        RunResult result = audit.guard([&] { return run_detailed(*run.configuration, request); });
        return audit.conclude(result);
    };
    CHECK_THROWS_WITH(audit_of("by_process"), Catch::Contains("differs from the run in line "));
    CHECK_THAT(audit_of("in_order"), Catch::Contains("went on to the same report"));
}

TEST_CASE("what a policy remembers is in the scheduler's hash") {
    const auto scheduler = [](const std::string& policy) {
        const auto hashes =
            hashes_at(nanoseconds(1500), {}, {"gpu.thread_block_scheduler.policy=" + policy});
        return value_of(hashes.then, "gpu.thread_block_scheduler");
    };
    CHECK(scheduler("hiding") == scheduler("in_order"));
    CHECK(scheduler("counting") != scheduler("in_order"));
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
