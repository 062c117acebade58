// SPDX-License-Identifier: Apache-2.0
// The plan of attention: how many tiles an SM takes in turns, where weights lie, what warps read.
#include <catch2/catch.hpp>

#include "models/base/error.h"
#include "models/gpu/kernels/attention_plan.h"

using namespace vr;

namespace {

KernelTarget blackwell() {
    KernelTarget target;
    target.sms = 148;
    SmConfig& sm = target.sm;
    sm.shared_memory = {{232448}, {128}, {128}};
    sm.tensor_memory.columns = 512;
    sm.tensor_memory.lanes = 128;
    sm.tensor_memory.read_width = {512};
    sm.vector_pipes.lanes = 128;
    sm.vector_pipes.exponentials = 16;
    TensorCoreConfig& core = sm.tensor_core;
    core.rows = 128;
    core.reuse_columns = 256;
    core.group = 2;
    core.columns_per_clock = 2;
    core.k_bytes_bf16 = 32;
    core.clock_bf16 = {2'000'000'000};
    core.clock_fp8 = core.clock_fp4 = core.clock_bf16;
    return target;
}

KernelTarget hopper() {
    KernelTarget target = blackwell();
    SmConfig& sm = target.sm;
    sm.tensor_memory.columns = 256;
    sm.tensor_memory.read_width = {65536};
    sm.tensor_memory.registers = true;
    sm.vector_pipes.comparisons = 64;
    sm.tensor_core.rows = 64;
    sm.tensor_core.group = 1;
    sm.tensor_core.warp_rate = 62;
    return target;
}

AttentionPlan plan_of(std::int64_t queries, std::int64_t columns, const KernelTarget& target,
                      const OperatorSpec& op = {}) {
    AttentionSizes sizes;
    sizes.shape.heads = sizes.shape.kv_heads = 16;
    sizes.shape.head_columns = sizes.shape.value_columns = columns;
    sizes.shape.context = sizes.capacity = 4096;
    sizes.queries = sizes.rows = queries;
    sizes.own_values = true;
    return plan_attention(sizes, op, 16, target);
}

}  // namespace

TEST_CASE("attention takes two tiles in turns where a second one has rows") {
    const AttentionPlan two = plan_of(129, 128, blackwell());
    CHECK(two.parts == 2);
    CHECK(two.group_rows() == 256);
    CHECK(two.weights == WeightsPlace::kOverScores);  // 2 x (128 + 128) of 512 columns
    CHECK(two.polynomials > 0);
    CHECK(plan_of(129, 64, blackwell()).weights == WeightsPlace::kBesideScores);
    const AttentionPlan one = plan_of(128, 128, blackwell());
    CHECK(one.parts == 1);
    CHECK(one.weights == WeightsPlace::kSharedMemory);
    CHECK(one.polynomials == 0);
}

TEST_CASE(
    "where sums of all columns leave no room, a tile of half the lanes holds them twice as wide") {
    AttentionSizes sizes;  // MLA
    sizes.shape.heads = 128;
    sizes.shape.head_columns = 576;
    sizes.shape.value_columns = 512;
    sizes.shape.context = sizes.capacity = 4096;
    const AttentionPlan plan = plan_attention(sizes, {}, 16, blackwell());
    CHECK(plan.rows == 64);
    CHECK(plan.value_parts == 1);
    KernelTarget narrow = blackwell();
    narrow.sm.tensor_core.group = 1;  // no instructions of half the rows
    CHECK(plan_attention(sizes, {}, 16, narrow).value_parts > 1);
    sizes.shape.head_columns = sizes.shape.value_columns = 128;
    CHECK(plan_attention(sizes, {}, 16, blackwell()).rows == 128);
}

TEST_CASE("vector pipes compute exponentials until both units take equally long") {
    KernelTarget target = blackwell();
    const AttentionPlan plan = plan_of(256, 128, target);
    const std::int64_t scores = plan.rows * plan.key_block;
    const double units = static_cast<double>(scores - plan.polynomials) / 16;
    const double pipes = static_cast<double>(4 * scores + 9 * plan.polynomials) / 128;
    CHECK(units == Approx(pipes).epsilon(0.001));
    target.sm.vector_pipes.exponentials = 32;
    CHECK(plan_of(256, 128, target).polynomials == 0);
}

TEST_CASE("with sums in registers two warp groups take one tile in step") {
    const AttentionPlan plan = plan_of(1024, 128, hopper());
    CHECK(plan.parts == 1);
    CHECK(plan.rows == 128);
    CHECK(plan.weights == WeightsPlace::kBesideScores);
    CHECK(plan.polynomials == 0);
    CHECK(plan_of(64, 128, hopper()).rows == 64);
    // Maxima at half the rate of the other operations, and every round's rescaling.
    CHECK(maximum_operations(1000, hopper().sm) == 2000);
}

TEST_CASE("warps that multiply for themselves read all keys, at their rate, one after the other") {
    OperatorSpec op;
    op.arguments = {{"tile_rows", 128}, {"key_block", 64}, {"warp_rows", 32}};
    const AttentionPlan plan = plan_of(1024, 128, hopper(), op);
    CHECK(plan.rows == 128);
    CHECK(plan.key_block == 64);
    CHECK(plan.key_stages == 1);
    CHECK(plan.weights == WeightsPlace::kOverScores);
    const SmConfig sm = hopper().sm;
    const TensorCore core(sm.tensor_core, sm.shared_memory.read_width);
    MatrixInstruction form;
    form.kind = NumberKind::kBf16;
    form.m = 128;
    form.n = 64;
    CHECK(core.interval(form).value == 64);
    CHECK(core.shared_memory_bytes(form) == 128 * 32 + 2 * 64 * 32);  // B for each half
    form.warp_rows = 32;
    CHECK(core.interval(form).value == 104);  // 64 / 0.62
    CHECK(core.shared_memory_bytes(form) == 128 * 32 + 4 * 64 * 32);
    // Both products, maxima at half rate, exponentials, rescaling: nothing overlaps.
    CHECK(plan.round_cycles > 8 * 104 + 4 * 207 + 128 + 512 + 128);
    KernelTarget unknown = hopper();
    unknown.sm.tensor_core.warp_rate = 0;
    CHECK_THROWS_AS(plan_of(1024, 128, unknown, op), InputError);
    op.arguments = {{"tile_row", 128}};
    CHECK_THROWS_AS(plan_of(1024, 128, hopper(), op), InputError);
}

TEST_CASE("a load of keys does not leave a page of the cache") {
    CHECK(plan_of(256, 128, blackwell()).boxes() == 1);
    for (const std::int64_t page : {16, 32, 48, 4096}) {
        OperatorSpec op;
        op.arguments = {{"page_keys", page}};
        const AttentionPlan plan = plan_of(256, 128, blackwell(), op);
        CHECK(page % plan.box_keys == 0);
        CHECK(plan.boxes() * plan.box_keys == plan.key_block);
        CHECK((page > plan.key_block || plan.boxes() > 1));
    }
    OperatorSpec op;
    op.arguments = {{"page_keys", 12}};
    CHECK_THROWS_AS(plan_of(256, 128, blackwell(), op), InputError);
}
