// SPDX-License-Identifier: Apache-2.0
// A file of one's own behind `vrsim mem --device` or `--platform`: what is missing and what is
// unknown in it is told, at its place.
#include <catch2/catch.hpp>
#include <string>

#include "testbenches/app/command/vrsim_checks.h"

using vr::test::TemporaryFolder;
using vr::test::write_text;
using vr::testing::check_refused;
using vr::testing::has;
using vr::testing::vrsim;

namespace {

const std::string kRun = "mem --pattern seq --requests 10 ";
const std::string kH200 = "extends = \"" VRSIM_SOURCE_DIR "/models/hbm4/devices/h200.toml\"\n";
const std::string kTiny = "extends = \"" VRSIM_SOURCE_DIR "/models/platforms/tiny.toml\"\n";

// The text without the line that begins so.
std::string without(std::string text, const std::string& key) {
    const std::size_t at = text.find("\n" + key + " ");
    REQUIRE(at != std::string::npos);
    return text.erase(at, text.find('\n', at + 1) - at);
}

}  // namespace

TEST_CASE("a device or platform that lacks parameters is refused with them, exit 3") {
    const TemporaryFolder folder;
    const std::string empty = (folder.path() / "empty.toml").string();
    const std::string lacks = (folder.path() / "lacks.toml").string();
    write_text(empty, "");
    const std::string device = vrsim(kRun + "--device h200 --print-config").out;
    write_text(lacks, device);
    REQUIRE(vrsim(kRun + "--device " + lacks).exit_code == 0);
    write_text(lacks, without(device, "t_rfc_all_bank"));
    check_refused({
        {kRun + "--device " + empty, 3, "gpu.hbm4.t_rfc_all_bank is missing; allowed: "},
        {kRun + "--platform " + empty, 3, "gpu.hbm4.t_rfc_all_bank is missing; allowed: "},
        {kRun + "--platform " + empty, 3, "gpu.sms is missing; allowed: "},
        {kRun + "--device " + lacks, 3, "gpu.hbm4.t_rfc_all_bank is missing; allowed: "},
    });
    CHECK_FALSE(has(vrsim(kRun + "--device " + lacks).err, "t_rfc_per_bank is missing"));
}

TEST_CASE("what is unknown in a device's file is refused, as in a platform's, exit 3") {
    const TemporaryFolder folder;
    auto file = [&, count = 0](const std::string& text) mutable {
        const std::string path =
            (folder.path() / ("d" + std::to_string(count++) + ".toml")).string();
        write_text(path, text);
        return kRun + "--device " + path;
    };
    check_refused({
        {file(kH200 + "[gpu.hbm5]\nt_rc = \"1 ns\"\n"), 3,
         "d0.toml:2:6: [gpu.hbm5] is an unknown table; allowed: hbm4; did you mean [gpu.hbm4]?"},
        {file(kH200 + "[hbm4]\nt_rc = \"1 ns\"\n"), 3, "d1.toml:2:2: [hbm4] is an unknown table"},
        {file(kH200 + "[gpu.hbm4.enrgy]\nread = \"1 pJ\"\n"), 3,
         "[gpu.hbm4.enrgy] is an unknown table; allowed: energy"},
        {file(kH200 + "[platfrom]\nname = \"x\"\n"), 3, "[platfrom] is an unknown table"},
        {file("clokc = 1\n" + kH200), 3, "clokc = 1 is an unknown key"},
        {file("clokc = 1\n" + kTiny), 3, "clokc = 1 is an unknown key"},
        {file(kH200 + "[gpu.hbm4]\nt_rcc = \"1 ns\"\n"), 3, "did you mean gpu.hbm4.t_rc?"},
        {file(kH200 + "[memory_system]\nread_credit = 6\n"), 3,
         "did you mean memory_system.read_cr"},
    });
    // Whole platforms, and files that a simulator's door reads too, serve as devices.
    for (const std::string& text :
         {kTiny, kH200 + "[platform]\nname = \"mine\"\n[memory_system]\nread_credits = 6\n"}) {
        const auto result = vrsim(file(text));
        INFO(text << result.err);
        CHECK(result.exit_code == 0);
    }
}
