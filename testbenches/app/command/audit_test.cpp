// SPDX-License-Identifier: Apache-2.0
// vrsim run --audit-at from outside.
#include <catch2/catch.hpp>

#include "testbenches/app/command/vrsim_command.h"

using Catch::Matchers::Contains;
using vr::testing::vrsim;

namespace {
const std::string kHello = "run traces/samples/hello_gemm.jsonl --platform tiny ";

// From the hashes on; fails where there are none.
std::string state_part(const std::string& out) {
    const std::size_t at = out.find("state at");
    REQUIRE(at != std::string::npos);
    return out.substr(at);
}
}  // namespace

TEST_CASE("run --audit-at: hashes by unit behind the usual report, once") {
    const auto plain = vrsim(kHello);
    const auto audited = vrsim(kHello + "--audit-at '1500 ns'");
    CHECK(audited.exit_code == 0);
    CHECK(audited.err.empty());
    const std::size_t at = audited.out.find("state at 1.500 us (1500000000 fs), by unit\n");
    REQUIRE(at != std::string::npos);
    CHECK(audited.out.find("state at", at + 1) == std::string::npos);
    CHECK(audited.out.find("where the time went") < at);
    CHECK(audited.out.find("gpu.hbm4.stack0.channel0.pseudo_channel1  ", at) != std::string::npos);
    CHECK(plain.out.find("state at") == std::string::npos);
    // The state does not depend on what the host does for speed.
    const auto modules = vrsim(kHello + "--audit-at '1500 ns' --compose modules --fold off");
    CHECK(modules.out.substr(modules.out.find("state at")) == audited.out.substr(at));
}

TEST_CASE(
    "an audit (--audit-at): model, RTL and firmware in one run, snapshot and continuation agree") {
    const std::string command =
        "fw run firmware/prebuilt/hello_doorbell.elf --platform tiny "
        "--set gpu.sm.tensor_core.impl=both ";
    const auto plain = vrsim(command);
    // While the firmware boots, while the SMs work, while the RTL multiplies, behind the last
    // operator.
    for (const char* at : {"100 ns", "2300 ns", "2900 ns", "3900 ns"}) {
        INFO(at);
        const auto audited = vrsim(command + "--audit-at '" + at + "'");
        INFO(audited.err);
        CHECK(audited.exit_code == 0);
        for (const char* path : {"gpu.l2 ", "gpu.tpc0 ", "gpu.contents ", "gpu.management_core ",
                                 "gpu.sm0.tensor_core.rtl ", "gpu.sm1.tensor_core.rtl "}) {
            CHECK_THAT(audited.out, Contains(path));
        }
        CHECK_THAT(audited.out, Contains("the same report and the same 15 state hashes\n"));
        CHECK_THAT(audited.out, Contains("firmware PASS"));
        CHECK(audited.out.substr(0, audited.out.find("state at")) ==
              plain.out.substr(0, plain.out.find("\nfirmware PASS")));
        const auto modules = vrsim(command + "--compose modules --audit-at '" + at + "'");
        CHECK(state_part(modules.out) == state_part(audited.out));
    }
}

TEST_CASE("an audit (--audit-at): a copy from the host, both chips") {
    const std::string command = "run traces/samples/host_copy.jsonl --platform tiny ";
    const auto audited = vrsim(command + "--audit-at '4500 ns'");
    INFO(audited.err);
    CHECK(audited.exit_code == 0);
    for (const char* path : {"gpu.copy_engine ", "gpu.c2c ", "host.fabric ", "host.lpddr5x ",
                             "host.c2c ", "host.contents "}) {
        CHECK_THAT(audited.out, Contains(path));
    }
    const auto modules = vrsim(command + "--audit-at '4500 ns' --compose modules");
    CHECK(state_part(modules.out) == state_part(audited.out));
}

TEST_CASE("run --audit-at: wrong use") {
    const auto late = vrsim(kHello + "--audit-at '1 s'");
    CHECK(late.exit_code == 2);
    CHECK(late.err == "vrsim: --audit-at 1.000 s: the run ended before; give an earlier time\n");
    CHECK(vrsim(kHello + "--audit-at 5").exit_code == 2);
    CHECK(vrsim(kHello + "--audit-at '1 us' --level roofline").exit_code == 2);
    CHECK(vrsim(kHello + "--audit-at '1100 ns' --set gpu.crossbar.drop_response=20").exit_code ==
          5);
}
