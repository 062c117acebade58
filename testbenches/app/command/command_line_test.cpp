// SPDX-License-Identifier: Apache-2.0
// The vrsim command from outside: verbs, help, messages and exit codes.
#include <catch2/catch.hpp>

#include <nlohmann/json.hpp>

#include "testbenches/app/command/vrsim_command.h"

using vr::testing::vrsim;

TEST_CASE("vrsim alone prints the verbs in groups") {
    const auto result = vrsim("");
    CHECK(result.exit_code == 0);
    const std::size_t run = result.out.find("\nrun things\n");
    const std::size_t look = result.out.find("\nlook at numbers\n");
    const std::size_t check = result.out.find("\ncheck inputs and installation\n");
    CHECK(run < look);
    CHECK(look < check);
    CHECK(check != std::string::npos);
    for (const char* verb :
         {"demo", "run", "fw", "step", "sweep", "convert", "workload", "mem", "bench", "params",
          "validate", "numerics", "lint", "doctor", "help", "version", "new"}) {
        CHECK(result.out.find("\n  " + std::string(verb) + " ") != std::string::npos);
    }
}

TEST_CASE("help of every verb names its options and gives an example") {
    for (const char* verb :
         {"demo", "run", "fw", "step", "sweep", "convert", "workload", "mem", "bench", "params",
          "validate", "numerics", "lint", "doctor", "help", "version", "new"}) {
        INFO(verb);
        const auto result = vrsim("help " + std::string(verb));
        CHECK(result.exit_code == 0);
        CHECK(result.out.find("Usage: vrsim " + std::string(verb)) != std::string::npos);
        CHECK(result.out.find("Example:\n  vrsim " + std::string(verb)) != std::string::npos);
        CHECK(vrsim(std::string(verb) + " --help").out == result.out);
    }
}

TEST_CASE("every simulating verb takes the common options") {
    for (const char* verb : {"run", "fw", "mem", "demo"}) {
        const std::string help = vrsim("help " + std::string(verb)).out;
        for (const char* flag :
             {"--platform", "--profile", "--set", "--seed", "--json", "--events", "--level",
              "--max-sim-time", "--print-config", "--quiet", "--strict"}) {
            INFO(verb << " " << flag);
            CHECK(help.find(flag) != std::string::npos);
        }
    }
    // Of validate only those that mean something there; options_test.cpp has the others.
    const std::string help = vrsim("help validate").out;
    for (const char* flag : {"--profile", "--set", "--json", "--level", "--quiet"}) {
        INFO("validate " << flag);
        CHECK(help.find(flag) != std::string::npos);
    }
}

TEST_CASE("wrong use: exit 2 and the nearest name, on standard error alone") {
    const auto expect = [](const std::string& arguments, const std::string& message) {
        INFO(arguments);
        const auto result = vrsim(arguments);
        CHECK(result.exit_code == 2);
        CHECK(result.out.empty());
        CHECK(result.err == message + "\n");
    };
    expect("rum x", "vrsim: unknown verb 'rum'; did you mean 'run'?; vrsim alone lists them");
    expect("help numeric",
           "vrsim: unknown verb 'numeric'; did you mean 'numerics'?; vrsim alone lists them");
    expect("run x --platfrom tiny",
           "vrsim: run: unknown flag '--platfrom'; did you mean '--platform'?; see vrsim help run");
    expect("run x --plat tiny",
           "vrsim: run: unknown flag '--plat'; did you mean '--platform'?; see vrsim help run");
    expect("run x y", "vrsim: run: unexpected argument 'y'; see vrsim help run");
    expect("run x --max-sim-time 5",
           "vrsim: --max-sim-time 5: not a time; allowed: a quantity with unit, e.g. \"5 ns\" "
           "(fs, ps, ns, us, ms, s)");
    expect("mem", "vrsim: mem: give either a TRACE or --pattern; see vrsim help mem");
    expect("mem --pattern seq",
           "vrsim: mem: --pattern and --requests go together; see vrsim help mem");
    expect("validate gem_dense",
           "vrsim: validate: no family 'gem_dense'; allowed: umma_tensor_core_b200, gemm_dense, "
           "gemm_grouped, attention, attention_kernel_h100, l2_stream, memory_stream_vs_occupancy, "
           "p2p_c2c_cpu_misc, memory_latency_gpu, memory_latency_hopper_tma, cache_bandwidth, "
           "kernel_launch_small_kernels, async_copy_b200, cutlass_mainloop_b200, small_ops_b200, "
           "llm_layer_times_fp16, moe_layer; did you mean 'gemm_dense'?");
    expect("mem --device h200 --platform rubin --pattern seq --requests 1",
           "vrsim: mem: --platform excludes --device; see vrsim help mem");
    expect("bench tracereading",
           "vrsim: bench: no benchmark 'tracereading'; allowed: numerics, numerics_nvfp4, hbm4, "
           "hbm4_sequential, "
           "hbm4_mixed, hbm4_random, hbm4_passes_round_robin, hbm4_passes_default, "
           "hbm4_passes_hashed, hbm4_passes_neighbour, hbm4_bulk, gpu_region, gpu_fold, gpu_gemm, "
           "gpu_layer, trace_reading, event_writing, or "
           "the first words of some of them; did you mean 'trace_reading'?");
    expect("run traces/samples/hello_gemm.jsonl --events x.vcd",
           "vrsim: --events x.vcd: the suffix names no format; allowed: .pftrace (Perfetto), .json "
           "(Chrome trace), .txt (one line per event)");
    CHECK(vrsim("run").exit_code == 2);
    CHECK(vrsim("run x --level exact").exit_code == 2);
    CHECK(vrsim("run x --seed many").exit_code == 2);
    CHECK(vrsim("numerics compare x").exit_code == 2);
}

TEST_CASE("the help of bench explains every benchmark") {
    const std::string help = vrsim("help bench").out;
    for (const char* name : {"numerics", "hbm4", "gpu_region", "gpu_fold", "trace_reading"}) {
        CHECK(help.find("\n  " + std::string(name) + " (") != std::string::npos);
    }
}

TEST_CASE("the first words of benchmarks select them, in the order of the list") {
    const auto j = nlohmann::json::parse(vrsim("bench event trace_reading trace --json -").out);
    REQUIRE(j.size() == 2);
    CHECK(j[0]["name"] == "trace_reading");
    CHECK(j[1]["name"] == "event_writing");
    CHECK(vrsim("bench trac").exit_code == 2);
    CHECK(vrsim("bench ''").exit_code == 2);
}

TEST_CASE("option --set may be given several times, before the trace or after it") {
    const std::string sets = "--set gpu.sms=4 --set gpu.l2.ways=8 ";
    const std::string rest = "traces/samples/hello_gemm.jsonl --platform tiny --print-config ";
    const auto before = vrsim("run " + sets + rest);
    CHECK(before.exit_code == 0);
    CHECK(before.out == vrsim("run " + rest + sets).out);
    CHECK(before.out != vrsim("run " + rest).out);
}

TEST_CASE("version") {
    const auto result = vrsim("version");
    CHECK(result.exit_code == 0);
    CHECK(result.out.rfind("vrsim 0.", 0) == 0);
    CHECK(vrsim("--version").out == result.out);
}
