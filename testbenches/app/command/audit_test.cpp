// SPDX-License-Identifier: Apache-2.0
// vrsim run --audit-at from outside.
#include <catch2/catch.hpp>

#include "testbenches/app/command/vrsim_command.h"

using vr::testing::vrsim;

namespace {
const std::string kHello = "run traces/samples/hello_gemm.jsonl --platform tiny ";
}

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

TEST_CASE("run --audit-at: wrong use") {
    const auto late = vrsim(kHello + "--audit-at '1 s'");
    CHECK(late.exit_code == 2);
    CHECK(late.err == "vrsim: --audit-at 1.000 s: the run ended before; give an earlier time\n");
    CHECK(vrsim(kHello + "--audit-at 5").exit_code == 2);
    CHECK(vrsim(kHello + "--audit-at '1 us' --level roofline").exit_code == 2);
    CHECK(vrsim(kHello + "--audit-at '1100 ns' --set gpu.crossbar.drop_response=20").exit_code ==
          5);
}
