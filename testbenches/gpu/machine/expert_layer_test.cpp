// SPDX-License-Identifier: Apache-2.0
// The mixture of experts of a small model, as `vrsim workload` writes its decode step, with real
// data: the routing follows the contents, and the output equals the formulas, token by token.
#include <tuple>

#include "testbenches/gpu/machine/layer_rig.h"
#include "testbenches/gpu/machine/plain_experts.h"

using namespace vr;
using namespace vr::testing;
using plain::Tensors;

namespace {

constexpr std::int64_t kTokens = 24;
constexpr Precision kPrecisions[] = {Precision::kBf16, Precision::kFp8};

/// From the norm behind the attention, whose result `o` is an input here, to the layer's output.
/// "rows" of operators are what the plain routing of these contents gives.
std::string expert_block(Precision precision) {
    const std::string text = part_of_layer(precision, kTokens, 2, "mlp_norm", "output");
    const plain::LayerSizes sizes = sizes_of(precision, 2);
    const plain::Routing routing = plain::expert_layer(LayerRun(text).inputs(), sizes).routing;
    std::vector<std::int64_t> counts(static_cast<std::size_t>(sizes.experts));
    for (const auto& experts : routing.experts) {
        for (const std::int64_t e : experts) {
            ++counts[static_cast<std::size_t>(e)];
        }
    }
    return with_rows(text, counts);
}

}  // namespace

TEST_CASE("mixture of experts: routing, shared and routed experts equal the formulas") {
    for (const Precision precision : kPrecisions) {
        const std::string text = expert_block(precision);
        for (const char* platform : {"tiny", "rubin"}) {
            LayerRun run(text, platform);
            run.run();
            const plain::ExpertLayer wanted =
                plain::expert_layer(run.inputs(), sizes_of(precision, 2));
            // No choice hangs on roundings: logits are exact to some 2^-9 of values near 1, and a
            // sigmoid has a quarter of their slope.
            REQUIRE(wanted.routing.margin > 1e-3);
            REQUIRE(wanted.tensors.size() == 6);
            for (const auto& [name, values] : wanted.tensors) {
                INFO(platform << ", " << run.type_name(name) << " " << name);
                check_equal(run, name, values);
            }
        }
    }
}

TEST_CASE("mixture of experts: a reference with one thing wrong is told apart") {
    LayerRun run(expert_block(Precision::kFp8));
    run.run();
    const plain::LayerSizes sizes = sizes_of(Precision::kFp8, 2);
    const auto distance = [&](const Tensors& inputs, const plain::LayerSizes& with) {
        return plain::difference(run.tensor("output"),
                                 plain::expert_layer(inputs, with).tensors.at("output"))
            .most;
    };
    CHECK(distance(run.inputs(), sizes) < kBf16Step);
    using Values = std::vector<double>;
    const auto rows_over = [](Values& values, std::int64_t count, std::int64_t columns) {
        std::copy_n(values.begin(), count * columns, values.begin() + count * columns);
    };
    const std::vector<std::tuple<const char*, const char*, std::function<void(Values&)>>> faults = {
        {"no shared expert", "shared_down.weight", [](Values& v) { v.assign(v.size(), 0); }},
        {"expert 1 of 16 with the weights of expert 0", "expert_down.weight",
         [&](Values& v) { rows_over(v, 256, 128); }},
        {"gates of expert 0 for its values", "expert_gate_up.weight",
         [&](Values& v) { rows_over(v, 128, 256); }},
        {"choices without their bias", "top_k.bias", [](Values& v) { v.assign(v.size(), 0); }},
        {"no residual of the attention", "o", [](Values& v) { v.assign(v.size(), 0); }},
    };
    for (const auto& [what, tensor, fault] : faults) {
        INFO(what);
        Tensors wrong = run.inputs();
        fault(wrong.at(tensor).values);
        CHECK(distance(wrong, sizes) > 4 * kBf16Step);
    }
    plain::LayerSizes wrong = sizes;
    wrong.groups_kept = 4;
    CHECK(distance(run.inputs(), wrong) > 4 * kBf16Step);
    wrong = sizes;
    wrong.routed_scale = 1;
    CHECK(distance(run.inputs(), wrong) > 4 * kBf16Step);
}

TEST_CASE("mixture of experts: counts of another routing are refused") {
    // As generated: drawn at random, not what these contents give.
    LayerRun run(part_of_layer(Precision::kBf16, kTokens, 2, "mlp_norm", "output"));
    REQUIRE_THROWS_WITH(run.run(), Catch::Contains("the routing sends"));
}

TEST_CASE("mixture of experts: units joined by sockets leave the same bytes") {
    for (const Precision precision : kPrecisions) {
        check_same_bytes(expert_block(precision), {});
    }
}

TEST_CASE("mixture of experts: grouped products in RTL, in lock step, leave the same bytes") {
    check_same_bytes(part_of_layer(Precision::kFp8, 1, 2, "expert_gate_up", "expert_down"),
                     {"gpu.sm.tensor_core.impl=both"});
}
