// SPDX-License-Identifier: Apache-2.0
// The parts of a sweep: axes and their combinations, the table.
#include <catch2/catch.hpp>

#include "app/sweep/axes.h"
#include "app/sweep/table.h"
#include "models/base/error.h"
#include "testbenches/launcher/command.h"

using namespace vr;
using vr::test::read_text;
using vr::test::TemporaryFolder;
using vr::test::write_text;

TEST_CASE("all combinations, the last axis fastest") {
    const auto axes = sweep_axes({"a.b=1, 2", "c=22 TB/s"});
    REQUIRE(axes.size() == 2);
    CHECK(axes[0].values == std::vector<std::string>{"1", "2"});
    CHECK(axes[1].values == std::vector<std::string>{"22 TB/s"});
    using Points = std::vector<std::vector<std::string>>;
    CHECK(combinations(axes) == Points{{"1", "22 TB/s"}, {"2", "22 TB/s"}});
    CHECK(combinations(sweep_axes({"a=1,2", "b=x,y"})) ==
          Points{{"1", "x"}, {"1", "y"}, {"2", "x"}, {"2", "y"}});
}

TEST_CASE("axes that say nothing, or twice the same, are refused") {
    for (const char* text : {"a", "=1", "a=", "a=1,,2", "a=1,1"}) {
        INFO(text);
        CHECK_THROWS_AS(sweep_axes({text}), UsageError);
    }
    CHECK_THROWS_WITH(sweep_axes({"a=1", "a=2"}),
                      "--vary a: the key is given twice; give all of its values in one --vary");
    std::string many = "=0";
    for (int i = 1; i < 400; ++i) {
        many += "," + std::to_string(i);
    }
    CHECK_THROWS_AS(sweep_axes({"a" + many, "b" + many}), UsageError);
}

TEST_CASE("CSV: fields with commas, quotes and line ends come back as they were") {
    const std::vector<std::string> fields = {"a,b", "say \"x\"", "two\nlines", "", "plain"};
    const auto lines = read_csv(csv_line(fields) + csv_line({"next"}));
    REQUIRE(lines.size() == 2);
    CHECK(lines[0] == fields);
    CHECK(lines[1] == std::vector<std::string>{"next"});
    CHECK(read_csv("").empty());
}

namespace {

SweepRow row(const std::string& value, const std::string& point, const std::string& code) {
    SweepRow r;
    r.values = {value};
    r.status = code == "0" ? "complete" : "failed";
    r.exit_code = code;
    r.reason = code == "0" ? "" : "because, of \"that\"";
    r.trace = "t";
    r.platform = "p";
    r.point = point;
    return r;
}

}  // namespace

TEST_CASE("a table keeps what is finished, and what is not of this sweep") {
    const TemporaryFolder folder;
    const std::string file = (folder.path() / "t.csv").string();
    const auto axes = sweep_axes({"k=1,2,3"});
    const std::vector<SweepRow> rows = {row("1", "aa", "0"), row("2", "bb", "5"),
                                        row("3", "cc", "137")};
    SweepTable(file, axes).write(rows, rows);
    const SweepTable again(file, axes);
    REQUIRE(again.known("aa") != nullptr);
    REQUIRE(again.known("bb") != nullptr);  // it would fail again
    CHECK(again.known("bb")->reason == rows[1].reason);
    CHECK(again.known("cc") == nullptr);  // killed: worth another try
    CHECK(again.known("dd") == nullptr);
    // A narrower sweep, with a program that gives "1" another hash.
    const std::vector<SweepRow> next = {row("1", "ab", "0")};
    again.write(next, next);
    const SweepTable last(file, axes);
    CHECK(last.known("aa") == nullptr);
    CHECK(last.known("ab") != nullptr);
    CHECK(last.known("bb") != nullptr);
}

TEST_CASE("a file that is no table of this sweep is left alone") {
    const TemporaryFolder folder;
    const std::string file = (folder.path() / "t.csv").string();
    for (const char* text : {"my,own,data\n1,2,3\n", "", "k"}) {
        write_text(file, text);
        CHECK_THROWS_AS(SweepTable(file, sweep_axes({"k=1"})), UsageError);
        CHECK(read_text(file) == text);
    }
    std::filesystem::remove(file);
    const std::vector<SweepRow> rows = {row("1", "aa", "0")};
    SweepTable(file, sweep_axes({"k=1"})).write(rows, rows);
    CHECK_THROWS_WITH(SweepTable(file, sweep_axes({"other=1"})),
                      "--csv " + file +
                          ": exists and is not the table of a sweep over these keys, so it is left "
                          "alone; give another file name");
    CHECK_THROWS_AS(SweepTable(folder.path().string(), sweep_axes({"k=1"})), UsageError);
}
