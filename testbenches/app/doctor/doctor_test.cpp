// SPDX-License-Identifier: Apache-2.0
// The doctor finds this machine fit (it has just built this test), and says what to do where
// something is missing.
#include "app/doctor.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <optional>
#include <sstream>

#include "testbenches/launcher/command.h"

using namespace vr;
using Catch::Matchers::Contains;

namespace {

// Sets an environment variable for one test.
class Variable {
  public:
    Variable(const char* name, const std::string& value) : name_(name) {
        if (const char* before = std::getenv(name)) {
            before_ = before;
        }
        ::setenv(name, value.c_str(), 1);
    }
    ~Variable() {
        if (before_) {
            ::setenv(name_, before_->c_str(), 1);
        } else {
            ::unsetenv(name_);
        }
    }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

  private:
    const char* name_;
    std::optional<std::string> before_;
};

DoctorCheck check_named(const std::string& name) {
    for (const DoctorCheck& check : doctor_checks()) {
        if (check.name == name) {
            return check;
        }
    }
    FAIL("no check is named " << name);
    return {};
}

}  // namespace

TEST_CASE("a machine that has just built vrsim is fit") {
    const Variable home("VRSIM_HOME", VRSIM_SOURCE_DIR);
    std::ostringstream out;
    const int code = doctor(out);
    INFO(out.str());
    CHECK(code == 0);
    CHECK_THAT(out.str(), Contains("vrsim can build and run here.\n"));
    CHECK_THAT(out.str(), Contains("SystemC        library 2.3."));
    CHECK_THAT(out.str(), Contains("as C++ 202002"));
    CHECK_THAT(check_named("SystemC").found, Contains("interface of C++ 201703"));
}

TEST_CASE("every check that is not ok says what to do") {
    for (const DoctorCheck& check : doctor_checks()) {
        INFO(check.name);
        CHECK_FALSE(check.found.empty());
        CHECK(check.fix.empty() == (check.state == DoctorState::kOk));
    }
}

TEST_CASE("a folder that is no vrsim tree fails with the fix") {
    const test::TemporaryFolder empty;
    const Variable home("VRSIM_HOME", empty.path().string());
    std::ostringstream out;
    CHECK(doctor(out) == 1);
    CHECK_THAT(out.str(), Contains("FAIL  source folder"));
    CHECK_THAT(out.str(), Contains("set VRSIM_HOME to the repository's root"));
    CHECK_THAT(out.str(), Contains("note  revision"));
}

TEST_CASE("missing tools are told apart: needed and merely useful") {
    const test::TemporaryFolder empty;
    const Variable path("PATH", empty.path().string());
    const Variable home("VRSIM_HOME", VRSIM_SOURCE_DIR);
    CHECK(check_named("cmake").state == DoctorState::kFail);
    CHECK_THAT(check_named("ninja").fix, Contains("apt-get install ninja-build"));
    CHECK(check_named("ccache").state == DoctorState::kNote);
    CHECK(check_named("mold").state == DoctorState::kNote);
    std::ostringstream out;
    CHECK(doctor(out) == 1);
}
