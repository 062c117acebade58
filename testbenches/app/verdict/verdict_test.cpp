// SPDX-License-Identifier: Apache-2.0
// Is the verdict true? Double the resource that a run is said to be bound by, and the run gets
// shorter; double the other one, and it hardly does. On the committed DeepSeek-V3 projections and
// decoder layers; the layers are campaigns, which the suite leaves out:
// app_verdict_test "[.campaign]".
#include <fmt/format.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "app/paths.h"
#include "app/platform/simulation.h"
#include "app/report/laws.h"
#include "app/simulate.h"
#include "traces/formats/workload/workload_reader.h"

namespace {

using vr::RunResult;
using vr::Workload;

const std::string kTwiceHbm = "gpu.hbm4.clock=5375 MHz";
const std::string kTwiceTensorCore = "gpu.sm.tensor_core.columns_per_clock=4";

RunResult run(const Workload& workload, const std::vector<std::string>& sets = {}) {
    vr::CommonOptions common;
    common.platform = "rubin";
    common.sets = sets;
    vr::Configuration configuration = vr::load_platform(common);
    (void)vr::bind_platform(configuration);
    vr::RunRequest request;
    request.workload = workload;
    RunResult result = vr::run_detailed(configuration, request);
    vr::check_laws(result);
    CHECK(result.complete);
    return result;
}

Workload sample(const std::string& tokens) {
    return vr::read_workload(
               vr::tree_path("traces/samples/deepseek_v3_projections_" + tokens + ".jsonl"))
        .workload;
}

// A decoder layer as the command runs it on `rubin`.
Workload layer(const std::string& which) {
    vr::CommonOptions common;
    common.platform = "rubin";
    return vr::load_run(common,
                        vr::tree_path("traces/samples/deepseek_v3_layer_" + which + ".jsonl"))
        .request.workload;
}

// The part of the run that resources of these names own.
double share(const RunResult& result, const std::vector<std::string>& resources) {
    std::int64_t sum = 0;
    for (const vr::ChargeResult& charge : result.attribution) {
        const bool counts =
            std::find(resources.begin(), resources.end(), charge.resource) != resources.end();
        sum += counts ? charge.amount.value : 0;
    }
    return static_cast<double>(sum) / static_cast<double>(result.makespan.value);
}

// One operator of a workload with its tensors.
Workload one_operator(const Workload& whole, std::size_t number) {
    Workload workload;
    vr::OperatorSpec op = whole.operators.at(number);
    workload.name = whole.name + "_" + op.id;
    op.depends.clear();
    const auto keep = [&](vr::TensorIndex& tensor) {
        workload.tensors.push_back(whole.tensors[tensor.value]);
        tensor.value = static_cast<std::uint32_t>(workload.tensors.size() - 1);
    };
    for (vr::TensorIndex& input : op.inputs) {
        keep(input);
    }
    keep(op.output);
    workload.operators = {op};
    return workload;
}

// By how many percent of `before` the run is shorter.
double gain(const RunResult& before, const RunResult& after) {
    return 100.0 * (1.0 - static_cast<double>(after.makespan.value) /
                              static_cast<double>(before.makespan.value));
}

// By how many percent the run is shorter with twice of each resource.
struct Gains {
    double hbm = 0;
    double tensor = 0;
    std::string text;
};

Gains gains_of(const Workload& workload, const RunResult& plain) {
    Gains gains;
    gains.hbm = gain(plain, run(workload, {kTwiceHbm}));
    gains.tensor = gain(plain, run(workload, {kTwiceTensorCore}));
    gains.text = fmt::format("{} fs; twice HBM {} %, twice tensor core {} % shorter",
                             plain.makespan.value, gains.hbm, gains.tensor);
    return gains;
}

}  // namespace

TEST_CASE("64 tokens are bound by HBM: twice the HBM helps, twice the tensor cores do not") {
    const Workload workload = sample("64");
    const RunResult plain = run(workload);
    CHECK(plain.bound_by.resource == "HBM");
    CHECK(plain.bound_by.owned.value > plain.makespan.value / 4);
    const Gains gains = gains_of(workload, plain);
    INFO(gains.text);
    CHECK(gains.hbm > 10);
    CHECK(gains.tensor < 2);
    CHECK(gains.tensor > -2);
}

TEST_CASE("a layer at batch 64 is bound by HBM: twice the HBM helps, twice the tensor cores do not",
          "[.campaign]") {
    const Workload workload = layer("decode_64_fp8");
    const RunResult plain = run(workload);
    CHECK(plain.bound_by.resource == "HBM");
    CHECK(workload.tokens == 64);
    std::map<std::string, std::int64_t> bytes;
    for (const vr::TensorResult& tensor : plain.tensors) {
        bytes[tensor.role] += tensor.bytes;
    }
    CHECK(bytes["weights"] > 600'000'000);
    CHECK(bytes["cache"] == std::int64_t{64} * 4096 * 576);  // FP8: 512 latent + 64 rotated columns
    CHECK(bytes[""] == 0);
    const Gains gains = gains_of(workload, plain);
    INFO(gains.text);
    CHECK(gains.hbm > 8);
    CHECK(gains.tensor < 4);
    CHECK(gains.tensor > -2);
}

TEST_CASE("a layer at batch 1 is bound by launches and latency: cheaper launches help",
          "[.campaign]") {
    const Workload workload = layer("decode_1_fp8");
    const RunResult plain = run(workload);
    CHECK(plain.bound_by.resource == "launch");
    CHECK(share(plain, {"launch"}) > 0.25);
    CHECK(share(plain, {"launch", "L2 latency", "HBM latency", "SM latency"}) > 0.5);
    const double launch =
        gain(plain, run(workload, {"gpu.command_front_end.launch_latency=400 ns"}));
    const double tensor = gain(plain, run(workload, {kTwiceTensorCore}));
    INFO(plain.makespan.value << " fs; half the launch latency " << launch
                              << " %, twice tensor core " << tensor << " % shorter");
    // Launches own a fifth of the time; half of each is saved where nothing else hides it.
    CHECK(launch > 6);
    CHECK(tensor < 4);
    CHECK(tensor > -2);
}

// About 25 minutes. Functions between the products stream, and with twice the tensor cores the
// products meet the way from L2 to the SMs: neither resource alone would halve the time.
TEST_CASE(
    "a layer's prefill of 32 x 1,024 tokens is bound by tensor cores: twice of them help most",
    "[.campaign]") {
    const Workload workload = layer("prefill_32_fp8");
    CHECK(workload.tokens == 32 * 1024);
    const RunResult plain = run(workload);
    CHECK(plain.bound_by.resource == "tensor core");
    CHECK(share(plain, {"tensor core"}) > 0.5);
    const RunResult tensor = run(workload, {kTwiceTensorCore});
    const RunResult hbm = run(workload, {kTwiceHbm});
    INFO(plain.makespan.value << " fs; twice tensor core " << gain(plain, tensor)
                              << " % shorter, twice HBM " << gain(plain, hbm) << " %");
    CHECK(gain(plain, tensor) > 5);
    CHECK(gain(plain, tensor) > gain(plain, hbm));
    CHECK(tensor.bound_by.resource != "tensor core");
    CHECK(hbm.bound_by.resource == "tensor core");
}

TEST_CASE("the whole chain at 16,384 tokens is bound by tensor cores: twice of them help") {
    const Workload workload = sample("16384");
    const RunResult plain = run(workload);
    CHECK(plain.bound_by.resource == "tensor core");
    CHECK(plain.bound_by.owned.value > plain.makespan.value / 2);
    for (const vr::OperatorResult& op : plain.operators) {
        INFO(op.id << " " << op.bound_by);
        // kv_b writes 1.07 GB, and its product is the shortest of all.
        CHECK(op.bound_by == (op.id == "kv_b" ? "HBM" : "tensor core"));
    }
    const double tensor = gain(plain, run(workload, {kTwiceTensorCore}));
    INFO(plain.makespan.value << " fs; twice tensor core " << tensor << " % shorter");
    CHECK(tensor > 10);
}

TEST_CASE("one product at 16,384 tokens: twice the tensor cores help, twice the HBM does not") {
    const Workload workload = one_operator(sample("16384"), 0);
    REQUIRE(workload.tensors[0].rows == 16'384);
    REQUIRE(workload.tensors[0].columns == 7'168);
    REQUIRE(workload.tensors[1].rows == 2'112);
    const RunResult plain = run(workload);
    CHECK(plain.bound_by.resource == "tensor core");
    CHECK(plain.operators[0].bound_by == "tensor core");
    const Gains gains = gains_of(workload, plain);
    INFO(gains.text);
    CHECK(gains.tensor > 5);
    CHECK(gains.hbm < 2);
    CHECK(gains.hbm > -2);
}

TEST_CASE("a product that writes more than memory takes meanwhile: twice the HBM helps most") {
    const Workload workload = one_operator(sample("16384"), 2);
    REQUIRE(workload.operators[0].id == "kv_b");
    const RunResult plain = run(workload);
    CHECK(plain.bound_by.resource == "HBM");
    const Gains gains = gains_of(workload, plain);
    INFO(gains.text);
    CHECK(gains.hbm > 10);
    CHECK(gains.hbm > 2 * gains.tensor);
}
