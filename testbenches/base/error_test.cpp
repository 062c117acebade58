// SPDX-License-Identifier: Apache-2.0
// Errors: their texts, their exit codes, and the nearest known name.
#include "models/base/error.h"

#include <catch2/catch.hpp>

namespace {

using namespace vr;

TEST_CASE("a diagnostic prints only what it has") {
    Diagnostic d;
    d.what = "x is missing";
    CHECK(d.text() == "x is missing");
    d.file = "a.toml";
    CHECK(d.text() == "a.toml: x is missing");
    d.column = 7;  // a column without a line means nothing
    CHECK(d.text() == "a.toml: x is missing");
    d.line = 3;
    CHECK(d.text() == "a.toml:3:7: x is missing");
    d.hint = "add it";
    CHECK(d.text() == "a.toml:3:7: x is missing; add it");
    d.allowed = "1 to 2";
    CHECK(d.text() == "a.toml:3:7: x is missing; allowed: 1 to 2; add it");
}

TEST_CASE("an input error carries all diagnostics, one a line") {
    const InputError error({{"a", 1, 2, "first", "", ""}, {"b", 0, 0, "second", "", ""}});
    CHECK(std::string(error.what()) == "a:1:2: first\nb: second");
    CHECK(error.diagnostics().size() == 2);
    CHECK(error.exit_code() == ExitCode::kBadInput);
}

TEST_CASE("exit codes are part of the interface") {
    CHECK(static_cast<int>(ExitCode::kComplete) == 0);
    CHECK(static_cast<int>(ExitCode::kCheckFailed) == 1);
    CHECK(static_cast<int>(UsageError("x").exit_code()) == 2);
    CHECK(static_cast<int>(InputError(Diagnostic{}).exit_code()) == 3);
    CHECK(static_cast<int>(LawBroken("x").exit_code()) == 4);
    CHECK(static_cast<int>(Stalled("x").exit_code()) == 5);
    CHECK(static_cast<int>(ExitCode::kOutsideEnvelope) == 6);
}

TEST_CASE("ensure throws only when its condition fails, with its text") {
    CHECK_NOTHROW(ensure(true, "never seen"));
    CHECK_THROWS_WITH(ensure(false, "bank {} at {} fs", 3, 17),
                      "internal error (please report it): bank 3 at 17 fs");
}

TEST_CASE("nearest_name finds slips of the finger and is silent otherwise") {
    const std::vector<std::string> names = {"capacity", "slices", "latency", "associativity"};
    CHECK(nearest_name("capcity", names) == "capacity");   // left out
    CHECK(nearest_name("silces", names) == "slices");      // swapped
    CHECK(nearest_name("latencyy", names) == "latency");   // doubled
    CHECK(nearest_name("latenzy", names) == "latency");    // wrong letter
    CHECK(nearest_name("capacity", names) == "capacity");  // exact
    CHECK(nearest_name("bandwidth", names).empty());       // nothing like it
    CHECK(nearest_name("x", {}).empty());
    // A swapped pair is one change, so it beats a name at two changes that comes first.
    CHECK(nearest_name("abdc", {"abxy", "abcd"}) == "abcd");
    // At equal distance the first candidate wins: hints must not depend on anything else.
    CHECK(nearest_name("hbm", {"hbm3", "hbm4"}) == "hbm3");
}

}  // namespace
