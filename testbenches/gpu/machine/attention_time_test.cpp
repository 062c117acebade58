// SPDX-License-Identifier: Apache-2.0
// What bounds attention, unloaded: the time of a further block of keys follows from the rate of the
// exponentials where these are slow, from that of the tensor core where it is.
#include "app/platform/machine.h"
#include "testbenches/gpu/machine/operator_rig.h"

using namespace vr;
using namespace vr::testing;

namespace {

constexpr std::int64_t kColumns = 128;
constexpr std::int64_t kBlock = 128;
constexpr std::int64_t kScores = 128 * kBlock;  // of a tile and a block of keys

double seconds(std::int64_t queries, std::int64_t context, const Sets& sets) {
    const std::string text =
        trace(tensor("q", queries, 2 * kColumns, "bf16", false) +
              tensor("k", context, 2 * kColumns, "bf16", false) +
              tensor("v", context, 2 * kColumns, "bf16", false) +
              tensor("o", queries, 2 * kColumns, "bf16", false) +
              fmt::format(R"({{"op": "attention", "id": "attn", "q": "q", "k": "k", "v": "v", )"
                          R"("output": "o", "sequences": 1, "heads": 2, "kv_heads": 2, )"
                          R"("context": {}, "causal": false}})",
                          context));
    MachineRig rig(text, "tiny", sets);
    rig.run();
    return static_cast<double>(rig.gpu().front_end().runs().back().ended.value) * 1e-15;
}

// A head on each of two SMs; memory is as fast as keys are wanted.
double seconds_per_block(std::int64_t queries, const Sets& sets) {
    Sets all = sets;
    all.insert(all.end(), {"gpu.hbm4.channels_per_stack=16", "gpu.l2.slices=8"});
    constexpr std::int64_t kBlocks = 8;
    return (seconds(queries, 2 * kBlocks * kBlock, all) - seconds(queries, kBlocks * kBlock, all)) /
           kBlocks;
}

}  // namespace

TEST_CASE("attention with slow exponentials takes their time") {
    const double one = static_cast<double>(kScores) / 2.3e9;  // one a clock
    const double found = seconds_per_block(128, {"gpu.sm.vector_pipes.exponentials=1"});
    CHECK(found > one);
    CHECK(found < 1.05 * one);  // maxima, reading scores and writing weights come besides
}

TEST_CASE("attention with a slow tensor core takes its time") {
    // Scores and output: each 8 instructions of K 16 that stream 128 columns, two a clock.
    const double products = 2.0 * 8 * 64 / 200e6;
    const Sets slow = {"gpu.sm.tensor_core.clock_bf16=200 MHz"};
    CHECK(seconds_per_block(128, slow) == Approx(products).epsilon(0.01));
    CHECK(seconds_per_block(256, slow) == Approx(2 * products).epsilon(0.01));
}

TEST_CASE("two tiles in turns share out slow exponentials between both units") {
    // x by polynomials: (n - x) / 4 = (4 n + 9 x) / 128, the time of either unit.
    const double x = kScores * (1.0 - 4.0 * 4 / 128) / (1 + 9.0 * 4 / 128);
    const double either = 2 * (kScores - x) / 4 / 2.3e9;
    const double found = seconds_per_block(256, {"gpu.sm.vector_pipes.exponentials=4"});
    CHECK(found > 0.99 * either);
    CHECK(found < 1.2 * either);  // all by the special-function units: three times as long
}

TEST_CASE("two tiles in turns hide the softmax of one behind the products of the other") {
    const double products = 2.0 * 8 * 64 / 2.1875e9;
    const Sets few = {"gpu.sm.vector_pipes.exponentials=20"};
    CHECK(seconds_per_block(256, few) < 1.15 * 2 * products);
}
