// SPDX-License-Identifier: Apache-2.0
// `vrsim fw run` from outside: a firmware that works, and each way to go wrong with its verdict and
// exit code.
#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include "testbenches/app/command/vrsim_checks.h"
#include "testbenches/app/firmware/firmware_rig.h"

using namespace vr;
using namespace vr::testing;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

const std::string kHello = "fw run firmware/prebuilt/hello_doorbell.elf --platform tiny";
const std::string kGemm = "run traces/samples/hello_gemm.jsonl --platform tiny";

std::map<std::string, std::int64_t> charges(const json& report) {
    std::map<std::string, std::int64_t> out;
    for (const json& charge : report["attribution"]) {
        out[charge["owner"]] = fs(charge["fs"]);
    }
    return out;
}

json report_of(const std::string& command) {
    return vr::testing::report(command + " --json - --quiet");
}

}  // namespace

TEST_CASE("hello_doorbell passes: the report without firmware plus a named dispatch cost") {
    // Without refresh nothing in the machine depends on when the launch comes: equal to the
    // femtosecond.
    const std::string still = " --set gpu.hbm4.refresh=none";
    const json with = report_of(kHello + still);
    const json without = report_of(kGemm + still);
    auto expected = charges(without);
    auto got = charges(with);
    const std::int64_t dispatch = got["firmware dispatch"];
    CHECK(dispatch > 0);
    CHECK(dispatch % 80'000'000 == 0);  // the front end launches on its clock's edges
    got.erase("firmware dispatch");
    CHECK(got == expected);
    CHECK(fs(with["makespan_fs"]) == fs(without["makespan_fs"]) + dispatch);
    CHECK(with["tensors"] == without["tensors"]);
    CHECK(with["operators"][0]["hbm_bytes"] == without["operators"][0]["hbm_bytes"]);
    CHECK(with["firmware"]["verdict"] == "pass");
    CHECK(with["firmware"]["doorbells"] == 1);
    CHECK(with["firmware"]["log"][2] == "hello_doorbell: every operator is complete");
    CHECK(fs(with["firmware"]["ended_fs"]) > fs(with["makespan_fs"]));
    CHECK_FALSE(without.contains("firmware"));
    for (const json& charge : with["attribution"]) {
        CHECK((charge["resource"] == "firmware") == (charge["owner"] == "firmware dispatch"));
    }
}

TEST_CASE("with refresh the launch meets another phase of it, and little else changes") {
    for (const char* platform : {"tiny", "rubin"}) {
        const std::string on = std::string(" --platform ") + platform;
        const json with = report_of(
            "fw run firmware/prebuilt/hello_doorbell.elf --trace traces/samples/hello_gemm.jsonl" +
            on);
        const json without = report_of("run traces/samples/hello_gemm.jsonl" + on);
        const std::int64_t rest = fs(with["makespan_fs"]) - charges(with)["firmware dispatch"];
        CHECK(std::abs(rest - fs(without["makespan_fs"])) < fs(without["makespan_fs"]) / 50);
        CHECK(with["tensors"][2]["digest"] == without["tensors"][2]["digest"]);
    }
}

TEST_CASE("the verdict line, the same bytes twice, and as modules") {
    const auto result = vrsim(kHello);
    CHECK(result.exit_code == 0);
    CHECK_THAT(result.out, Contains("\nfirmware PASS: firmware/prebuilt/hello_doorbell.elf at "));
    CHECK_THAT(result.out, Contains("1 doorbell"));
    json a = report_of(kHello);
    json b = report_of(kHello);
    json modules = report_of(kHello + " --compose modules");
    for (json* report : {&a, &b, &modules}) {
        report->erase("host");
    }
    CHECK(a.dump() == b.dump());
    CHECK(a.dump() == modules.dump());
}

TEST_CASE("firmware that comes with vrsim goes by its name, too") {
    const auto named = vrsim("fw run hello_doorbell --platform tiny");
    CHECK(named.exit_code == 0);
    CHECK_THAT(named.out, Contains("\nfirmware PASS: hello_doorbell at "));
    const auto unknown = vrsim("fw run hello_doorbel --platform tiny");
    CHECK(unknown.exit_code == 3);
    CHECK_THAT(unknown.err, Contains("no firmware 'hello_doorbel', nor a file; allowed: an ELF "
                                     "file, or hello_doorbell"));
    CHECK(vrsim("fw run ./hello_doorbell --platform tiny").exit_code == 3);
}

TEST_CASE("firmware launches operators one by one, the time between belongs to it") {
    FirmwareFolder folder;
    std::vector<rv::Word> program;
    ring(program, 0, 1);
    wait_for(program, 1);
    ring(program, 1, 1);
    wait_for(program, 2);
    report(program, 0);
    const std::string two = folder.path("two.jsonl");
    test::write_text(
        two,
        "{\"vrsim_trace\": 1, \"name\": \"two\"}\n"
        "{\"tensor\": \"a\", \"shape\": [64, 256], \"type\": \"bf16\"}\n"
        "{\"tensor\": \"b\", \"shape\": [64, 256], \"type\": \"bf16\"}\n"
        "{\"tensor\": \"c\", \"shape\": [64, 256], \"type\": \"bf16\"}\n"
        "{\"op\": \"copy\", \"id\": \"first\", \"source\": \"a\", \"destination\": \"b\"}\n"
        "{\"op\": \"copy\", \"id\": \"second\", \"source\": \"b\", \"destination\": \"c\"}\n");
    const auto result = folder.run(program, "--json - --quiet --trace " + two);
    INFO(result.err);
    REQUIRE(result.exit_code == 0);
    const json j = json::parse(result.out);
    CHECK(j["firmware"]["doorbells"] == 2);
    const std::int64_t first_end = fs(j["operators"][0]["end_fs"]);
    const std::int64_t second_begin = fs(j["operators"][1]["begin_fs"]);
    CHECK(second_begin > first_end);
    CHECK(charges(j)["firmware dispatch"] ==
          fs(j["operators"][0]["begin_fs"]) + second_begin - first_end);
}

TEST_CASE("firmware launches copies across C2C, and the host may have to ring as well") {
    const std::string sample = " --trace traces/samples/host_copy.jsonl --strict";
    for (const std::string host : {"none", "c2c"}) {
        INFO(host);
        const std::string command = kHello + sample + " --set gpu.command_front_end.host=" + host;
        json region = report_of(command);
        json modules = report_of(command + " --compose modules");
        CHECK(region["operators"][2]["completed"] == region["operators"][2]["total"]);
        CHECK(region["tensors"][4]["place"] == "host");
        CHECK(charges(region)["firmware dispatch"] > 0);
        const json plain = report_of("run traces/samples/host_copy.jsonl --platform tiny");
        for (std::size_t i = 0; i < plain["tensors"].size(); ++i) {
            CHECK(region["tensors"][i]["digest"] == plain["tensors"][i]["digest"]);
        }
        region.erase("host");
        modules.erase("host");
        CHECK(region.dump() == modules.dump());
    }
}

TEST_CASE("a firmware that never rings stalls: exit 5, who waits, pc and log") {
    FirmwareFolder folder;
    for (const rv::Word idle : {kForEver, rv::kWfi}) {
        std::vector<rv::Word> program;
        log(program, "nothing to do\n");
        program.push_back(idle);
        program.push_back(kForEver);
        const auto result =
            folder.run(program, idle == kForEver ? "--set gpu.management_core.patience='50 us'"
                                                 : "--set gpu.management_core.patience='1 s'");
        if (idle == rv::kWfi) {  // nothing can ever wake it: no patience is needed
            CHECK_THAT(result.err, Contains("wfi"));
        }
        CHECK(result.exit_code == 5);
        CHECK_THAT(result.err, Contains("the command front end waits for the doorbell"));
        CHECK_THAT(result.err, Contains("gpu.command_front_end waits for the doorbell from the "
                                        "firmware on the management core"));
        CHECK_THAT(result.err, Contains("the firmware is at pc 0x80000"));
        CHECK_THAT(result.err, Contains("    nothing to do"));
    }
}

TEST_CASE("a firmware that does the work and never reports stalls: exit 5") {
    FirmwareFolder folder;
    std::vector<rv::Word> program;
    ring(program, 0, 1);
    program.push_back(kForEver);
    const auto result = folder.run(program, "--set gpu.management_core.patience='50 us'");
    CHECK(result.exit_code == 5);
    CHECK_THAT(result.err, Contains("the work is complete and the firmware gives no verdict"));
}

TEST_CASE("a write to a wrong register is named: exit 1") {
    struct Case {
        std::uint32_t address;
        const char* told;
    };
    const Case cases[] = {
        {front_end::kMap.base + front_end::kStatus, "command_front_end.status is read-only"},
        {front_end::kMap.base + 0x800, "command_front_end + 0x800 is no register"},
        {devices::kMap.base + devices::kMtime, "management_core.mtime is read-only"},
        {0x50000000,
         "a write of 0x1 to 0x50000000 at pc 0x80000010 was refused: nothing is there"}};
    for (const Case& c : cases) {
        FirmwareFolder folder;
        std::vector<rv::Word> program;
        rv::load_constant(program, rv::t0, c.address);
        rv::load_constant(program, rv::t1, 1);
        program.push_back(rv::sw(rv::t1, rv::t0, 0));
        program.push_back(kForEver);
        const auto result = folder.run(program);
        INFO(result.err);
        CHECK(result.exit_code == 1);
        CHECK_THAT(result.err, Contains("firmware FAIL") && Contains(c.told));
        CHECK_THAT(result.err, Contains("locked up in a trap without a handler"));
        CHECK_THAT(result.err, Contains("store access fault at pc 0x80000010"));
    }
}

TEST_CASE("an illegal instruction without a handler: exit 1") {
    FirmwareFolder folder;
    const auto result = folder.run(std::vector<rv::Word>{rv::kNop, 0xffffffff});
    CHECK(result.exit_code == 1);
    CHECK_THAT(result.err, Contains("illegal instruction at pc 0x80000004, mtval 0xffffffff"));
}

TEST_CASE("a failure that the firmware reports, before and after the work: exit 1 with its code") {
    FirmwareFolder folder;
    std::vector<rv::Word> early;
    report(early, 42);
    early.push_back(kForEver);
    auto result = folder.run(early);
    CHECK(result.exit_code == 1);
    CHECK_THAT(result.err, Contains("ended with code 42") && Contains("are not complete"));
    std::vector<rv::Word> late;
    ring(late, 0, 1);
    wait_for(late, 1);
    report(late, 7);
    result = folder.run(late);
    CHECK(result.exit_code == 1);
    CHECK_THAT(result.out, Contains("where the time went"));  // the work has its report
    CHECK_THAT(result.out, Contains("\nfirmware FAIL: ") && Contains("ended with code 7"));
}

TEST_CASE("a pass without the work is no pass: exit 1") {
    FirmwareFolder folder;
    std::vector<rv::Word> program;
    report(program, 0);
    const auto result = folder.run(program);
    CHECK(result.exit_code == 1);
    CHECK_THAT(result.err, Contains("operators of the workload are not complete") &&
                               Contains("waits for the doorbell"));
}

TEST_CASE("a doorbell that is refused launches nothing, and the status says why") {
    struct Case {
        std::uint32_t first;
        std::uint32_t count;
        std::uint32_t code;
    };
    for (const Case& c : {Case{0, 0, 2}, Case{0, 2, 3}, Case{1, 1, 3}, Case{0, 0xffffffff, 3}}) {
        FirmwareFolder folder;
        std::vector<rv::Word> program;
        ring(program, c.first, c.count);
        // Reports the error field as its code.
        rv::load_constant(program, rv::t0, front_end::kMap.base + front_end::kStatus);
        program.push_back(rv::lw(rv::t1, rv::t0, 0));
        program.push_back(rv::i_type(front_end::kStatusErrorShift - 1, rv::t1, 5, rv::t1, 0x13));
        program.push_back(rv::i_type(1, rv::t1, 6, rv::t1, 0x13));
        rv::load_constant(program, rv::t0, devices::kMap.base + devices::kTestStatus);
        program.push_back(rv::sw(rv::t1, rv::t0, 0));
        const auto result = folder.run(program);
        CHECK(result.exit_code == 1);
        CHECK_THAT(result.err, Contains("ended with code " + std::to_string(c.code) + " "));
        CHECK_THAT(result.err, Contains("0 doorbells"));
    }
}

TEST_CASE("bad files and wrong use: exit 3 and 2") {
    FirmwareFolder folder;
    FileBytes file = elf_of({rv::kNop});
    put16(file, 18, 62);
    CHECK(folder.run(file).exit_code == 3);
    CHECK_THAT(folder.run(file).err, Contains("e_machine is 0x3e; allowed: 0xf3 (RISC-V)"));
    const auto outside = folder.run(elf_of({rv::kNop}, 0x10000));
    CHECK(outside.exit_code == 3);
    CHECK_THAT(outside.err, Contains("inside the management core's memory, 0x80000000 to"));
    CHECK(vrsim("fw run no/such.elf").exit_code == 3);
    CHECK(vrsim("fw flash x.elf").exit_code == 2);
    CHECK(vrsim("fw run").exit_code == 2);
    CHECK(vrsim(kHello + " --level roofline").exit_code == 2);
    const auto boot = vrsim(kGemm + " --set gpu.command_front_end.boot=firmware");
    CHECK(boot.exit_code == 2);
    CHECK_THAT(boot.err, Contains("vrsim fw run ELF boots one"));
    CHECK(vrsim(kGemm + " --set gpu.command_front_end.boot=magic").exit_code == 3);
}

TEST_CASE("option --max-sim-time stops a firmware: exit 5") {
    for (const char* time : {"100 ns", "3 us"}) {
        const auto result = vrsim(kHello + " --max-sim-time '" + time + "'");
        CHECK(result.exit_code == 5);
        CHECK_THAT(result.err, Contains("stopped at --max-sim-time"));
    }
}

TEST_CASE("two GPUs each run the firmware for their own operators") {
    const test::TemporaryFolder folder;
    const std::string two = (folder.path() / "two.jsonl").string();
    std::string text = "{\"vrsim_trace\": 1, \"name\": \"two\"}\n";
    for (const std::string gpu : {"0", "1"}) {
        for (const std::string name : {"s", "t"}) {
            text += "{\"tensor\": \"" + name + gpu +
                    "\", \"shape\": [64, 256], \"type\": \"bf16\", \"gpu\": " + gpu + "}\n";
        }
        text += "{\"op\": \"copy\", \"id\": \"c" + gpu + "\", \"source\": \"s" + gpu +
                "\", \"destination\": \"t" + gpu + "\", \"gpu\": " + gpu + "}\n";
    }
    test::write_text(two, text);
    const json j = report_of(kHello + " --set system.gpus=2 --trace " + two);
    CHECK(j["firmware"]["doorbells"] == 2);
    CHECK(j["firmware"]["log_lines"] == 6);
}

TEST_CASE("firmware sees that an operator read wrong data of the memory") {
    FirmwareFolder folder;
    std::vector<rv::Word> program;
    ring(program, 0, 1);
    wait_for(program, 1);
    rv::load_constant(program, rv::t0, front_end::kMap.base + front_end::kStatus);
    program.push_back(rv::lw(rv::t2, rv::t0, 0));
    rv::load_constant(program, rv::t1,
                      front_end::kStatusCompleteMask | front_end::kStatusMemoryErrorMask);
    std::vector<rv::Word> failed;
    report(failed, 7);
    failed.push_back(kForEver);
    program.push_back(rv::bne(rv::t2, rv::t1, static_cast<int>(4 * (failed.size() + 1))));
    program.insert(program.end(), failed.begin(), failed.end());
    report(program, 0);
    program.push_back(kForEver);
    const std::string faults = "--json - --set 'hbm4.faults.list=\"bit 0x40 7";
    const auto wrong = folder.run(program, faults + ",31 flip\"'");
    CHECK(wrong.exit_code == 1);
    CHECK(json::parse(wrong.out)["firmware"]["code"] == 7);
    const auto corrected = folder.run(program, faults + " flip\"'");
    CHECK(corrected.exit_code == 0);
    CHECK(json::parse(corrected.out)["firmware"]["verdict"] == "pass");
}
