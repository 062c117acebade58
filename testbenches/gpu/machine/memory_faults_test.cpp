// SPDX-License-Identifier: Apache-2.0
// Question: do faults of the memory's cells reach a whole machine's results, its report and its
// verdict, and nothing else?
#include "models/hbm4/ecc/memory_faults.h"

#include <array>

#include "app/platform/machine.h"
#include "models/base/error.h"
#include "testbenches/gpu/machine/machine_rig.h"

using namespace vr;
using namespace vr::testing;

namespace {

Sets with(const std::string& list, const std::string& ecc = "on_die") {
    return {"gpu.hbm4.faults.list=\"" + list + "\"", "gpu.hbm4.ecc=" + ecc};
}

const std::string kTrace = gemm_trace(128, 64, 64, "bf16", "fp32");

std::string digest(const RunResult& result, std::size_t tensor) {
    return result.tensors[tensor].digest;
}

// What an operator takes of two words of A: bit 15 of an element is its sign.
constexpr const char* kWrong = "bit 0x40 15,31 flip";

}  // namespace

TEST_CASE("a corrected error changes the report's counts alone") {
    const RunResult plain = run_of(request_of(kTrace));
    CHECK(plain.memory_faults.empty());
    RunResult corrected = run_of(request_of(kTrace), "tiny", with("bit 0x40 15 flip"));
    REQUIRE(corrected.memory_faults.size() == 1);
    CHECK(corrected.memory_faults[0].counts.corrected_bit > 0);
    CHECK(corrected.memory_faults[0].failed.empty());
    CHECK(corrected.memory_faults[0].tensors[0].name == "a");
    corrected.memory_faults.clear();
    corrected.configuration = plain.configuration;
    CHECK(report_of(corrected) == report_of(plain));
}

TEST_CASE("an uncorrectable error changes the result, fails the operator, and takes no time") {
    const RunResult plain = run_of(request_of(kTrace));
    const RunResult wrong = run_of(request_of(kTrace), "tiny", with(kWrong));
    CHECK(wrong.makespan == plain.makespan);
    CHECK(digest(wrong, 0) != digest(plain, 0));
    CHECK(digest(wrong, 1) == digest(plain, 1));
    CHECK(digest(wrong, 2) != digest(plain, 2));
    const MemoryFaultResult& memory = wrong.memory_faults.at(0);
    CHECK(memory.memory == "gpu.hbm4");
    CHECK(memory.counts.uncorrectable > 0);
    CHECK(memory.counts.silent == 0);
    REQUIRE(memory.failed.size() == 1);
    CHECK(memory.failed[0].id == "product");
    CHECK(memory.failed[0].words == memory.counts.uncorrectable);
    CHECK(wrong.operators[0].fidelity == "exact (reference), memory error");
    // Without ECC the same data are wrong, and nobody says so.
    const RunResult silent = run_of(request_of(kTrace), "tiny", with(kWrong, "none"));
    CHECK(digest(silent, 2) == digest(wrong, 2));
    CHECK(silent.memory_faults.at(0).counts.silent == memory.counts.uncorrectable);
    CHECK(silent.memory_faults.at(0).failed.empty());
}

TEST_CASE("the wrong result is that of the wrong operands") {
    TensorBytes a;
    std::vector<std::uint32_t> expected;
    {
        MachineRig plain(kTrace);
        a = plain.bytes(0);
        a.elements[0x40 + 1] ^= 0x80;
        a.elements[0x40 + 3] ^= 0x80;
        expected = plain.reference_of(a, plain.bytes(1));
        CHECK((expected != plain.reference()));
    }
    MachineRig rig(kTrace, "tiny", with(kWrong));
    CHECK((rig.bytes(0).elements == a.elements));
    rig.run();
    CHECK((rig.codes(2) == expected));
}

TEST_CASE("faults on results: written over while they are flips, left where cells are stuck") {
    const std::uint64_t d = MachineRig(kTrace).place(2).base;
    const RunResult plain = run_of(request_of(kTrace));
    const auto at = [&](const std::string& rest) {
        return run_of(request_of(kTrace), "tiny",
                      with(fmt::format("word {:#x} {}", d, rest), "none"));
    };
    CHECK(digest(at("flip"), 2) == digest(plain, 2));
    CHECK(digest(at("flip at 1 s"), 2) == digest(plain, 2));
    CHECK(digest(at("stuck1"), 2) != digest(plain, 2));
    // Just before the end, when all is written.
    CHECK(digest(at(fmt::format("flip at {} fs", plain.makespan.value)), 2) != digest(plain, 2));
}

TEST_CASE("units by sockets, folding or not, meet the same faults") {
    const Sets sets = with("bit 0x40 15,31 flip; bit 0x80 3 flip at 2 us; row 0x2000 noise");
    RunRequest request = request_of(kTrace);
    const RunResult one = run_of(request, "tiny", sets);
    CHECK(one.memory_faults.at(0).counts.uncorrectable > 0);
    const std::string report = report_of(one);
    CHECK(report_of(run_of(request, "tiny", sets)) == report);
    request.compose = Compose::kModules;
    CHECK(report_of(run_of(request, "tiny", sets)) == report);
    request.compose = Compose::kRegion;
    request.fold = false;
    CHECK(report_of(run_of(request, "tiny", sets)) == report);
}

TEST_CASE("the list strikes the GPU that is named") {
    std::string trace = "{\"vrsim_trace\": 1, \"name\": \"two\"}\n";
    for (int gpu = 0; gpu < 2; ++gpu) {
        trace += fmt::format(
            "{{\"tensor\": \"s{0}\", \"shape\": [64, 256], \"type\": \"bf16\", \"gpu\": {0}, "
            "\"data\": \"seeded\"}}\n"
            "{{\"tensor\": \"t{0}\", \"shape\": [64, 256], \"type\": \"bf16\", \"gpu\": {0}}}\n"
            "{{\"op\": \"copy\", \"id\": \"copy{0}\", \"source\": \"s{0}\", \"destination\": "
            "\"t{0}\", \"gpu\": {0}}}\n",
            gpu);
    }
    for (const std::size_t gpu : {0U, 1U}) {
        Sets sets = with(kWrong);
        sets.push_back("system.gpus=2");
        sets.push_back(fmt::format("gpu.hbm4.faults.gpu={}", gpu));
        const RunResult result = run_of(request_of(trace), "tiny", sets);
        REQUIRE(result.memory_faults.size() == 2);
        CHECK(result.memory_faults[gpu].counts.uncorrectable > 0);
        CHECK(result.memory_faults[gpu].failed.at(0).id == fmt::format("copy{}", gpu));
        CHECK(result.memory_faults[1 - gpu].counts.uncorrectable == 0);
        CHECK(result.memory_faults[1 - gpu].failed.empty());
        CHECK(result.memory_faults[1 - gpu].counts.listed == 0);
    }
}

TEST_CASE("random upsets reach a machine by seed, each GPU has its own") {
    std::string trace = "{\"vrsim_trace\": 1, \"name\": \"two\"}\n";
    for (int gpu = 0; gpu < 2; ++gpu) {
        trace += fmt::format(
            "{{\"tensor\": \"s{0}\", \"shape\": [1024, 1024], \"type\": \"bf16\", \"gpu\": {0}, "
            "\"data\": \"seeded\"}}\n"
            "{{\"tensor\": \"t{0}\", \"shape\": [1024, 1024], \"type\": \"bf16\", \"gpu\": {0}}}\n"
            "{{\"op\": \"copy\", \"id\": \"copy{0}\", \"source\": \"s{0}\", \"destination\": "
            "\"t{0}\", \"gpu\": {0}}}\n",
            gpu);
    }
    const auto run = [&](Sets sets) {
        sets.push_back("system.gpus=2");
        return run_of(request_of(trace), "tiny", sets);
    };
    const auto upsets = [&](int seed) {
        return run({"gpu.hbm4.faults.upset_rate=1000000000000000000", "gpu.hbm4.ecc=none",
                    fmt::format("gpu.hbm4.faults.seed={}", seed)});
    };
    const RunResult plain = run({});
    const RunResult one = upsets(1);
    const RunResult same = upsets(1);
    const RunResult other = upsets(2);
    CHECK(one.makespan == plain.makespan);
    for (std::size_t tensor = 0; tensor < 4; ++tensor) {
        CHECK(digest(one, tensor) != digest(plain, tensor));
        CHECK(digest(one, tensor) == digest(same, tensor));
        CHECK(digest(one, tensor) != digest(other, tensor));
    }
    REQUIRE(one.memory_faults.size() == 2);
    std::array<std::uint64_t, 2> counts{};
    for (std::size_t gpu = 0; gpu < 2; ++gpu) {
        counts[gpu] = one.memory_faults[gpu].counts.upsets;
        CHECK(counts[gpu] > 0);
        CHECK(one.memory_faults[gpu].counts.silent > 0);
        CHECK(same.memory_faults[gpu].counts.upsets == counts[gpu]);
        CHECK(other.memory_faults[gpu].counts.upsets != counts[gpu]);
    }
    CHECK(counts[0] != counts[1]);
}

TEST_CASE("wrong routing is no bad input: the operators run to their end and fail") {
    const std::string head = "{\"vrsim_trace\": 1, \"name\": \"route\"}\n";
    const auto routed = [&](const std::string& rows) {
        return head +
               "{\"tensor\": \"logits\", \"shape\": [1, 4], \"type\": \"fp32\", \"data\": "
               "\"seeded\"}\n"
               "{\"tensor\": \"x\", \"shape\": [1, 256], \"type\": \"bf16\", \"data\": "
               "\"seeded\"}\n"
               "{\"tensor\": \"routing\", \"shape\": [1, 8], \"type\": \"fp32\"}\n"
               "{\"tensor\": \"y\", \"shape\": [4, 256], \"type\": \"bf16\"}\n"
               "{\"op\": \"top_k\", \"id\": \"route\", \"input\": \"logits\", \"output\": "
               "\"routing\", "
               "\"count\": 4, \"normalise\": true}\n"
               "{\"op\": \"permute\", \"id\": \"p\", \"input\": \"x\", \"routing\": \"routing\", "
               "\"output\": \"y\", \"rows\": " +
               rows + "}\n";
    };
    const std::string trace = routed("[1, 1, 1, 1]");
    const std::uint64_t routing = MachineRig(trace).place(2).base;
    const RunResult plain = run_of(request_of(trace));
    // All ones are no numbers, zeros four times expert 0, noise may be more than an integer holds.
    for (const char* kind : {"stuck1", "stuck0", "noise"}) {
        INFO(kind);
        const RunResult wrong = run_of(request_of(trace), "tiny",
                                       with(fmt::format("word {:#x} {}", routing, kind), "none"));
        CHECK(wrong.complete);
        CHECK(wrong.makespan == plain.makespan);
        CHECK(digest(wrong, 3) != digest(plain, 3));
        CHECK(wrong.memory_faults.at(0).counts.silent > 0);
    }
    const RunResult failed =
        run_of(request_of(trace), "tiny", with(fmt::format("word {:#x} stuck1", routing)));
    REQUIRE(failed.memory_faults.at(0).failed.size() == 1);
    CHECK(failed.memory_faults[0].failed[0].id == "p");
    // Where the memory is right, counts that disagree with it are bad input as ever.
    CHECK_THROWS_AS(run_of(request_of(routed("[2, 0, 1, 1]"))), InputError);
}

TEST_CASE("copies to the host meet faults, and what comes from it ends them") {
    const std::string trace =
        "{\"vrsim_trace\": 1, \"name\": \"out\"}\n"
        "{\"tensor\": \"here\", \"shape\": [64, 256], \"type\": \"bf16\", \"data\": \"seeded\"}\n"
        "{\"tensor\": \"there\", \"shape\": [64, 256], \"type\": \"bf16\", \"place\": \"host\"}\n"
        "{\"tensor\": \"back\", \"shape\": [64, 256], \"type\": \"bf16\"}\n"
        "{\"op\": \"copy\", \"id\": \"out\", \"source\": \"here\", \"destination\": \"there\"}\n"
        "{\"op\": \"copy\", \"id\": \"in\", \"source\": \"there\", \"destination\": \"back\"}\n";
    const RunResult plain = run_of(request_of(trace));
    const RunResult wrong = run_of(request_of(trace), "tiny", with(kWrong));
    REQUIRE(wrong.memory_faults.at(0).failed.size() == 1);
    CHECK(wrong.memory_faults[0].failed[0].id == "out");
    CHECK(digest(wrong, 1) != digest(plain, 1));
    CHECK(digest(wrong, 2) == digest(wrong, 0));
    const std::uint64_t back = MachineRig(trace).place(2).base;
    const RunResult over =
        run_of(request_of(trace), "tiny", with(fmt::format("row {:#x} flip", back)));
    CHECK(over.memory_faults.at(0).counts.uncorrectable == 0);
    CHECK(digest(over, 2) == digest(plain, 2));
}
