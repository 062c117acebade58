// SPDX-License-Identifier: Apache-2.0
// The actors of an attention kernel.
#include "models/gpu/kernels/attention_kernel.h"

namespace vr {

namespace {

// Per element of the output: division by the sum, conversion.
constexpr std::int64_t kOutputOperations = 2;

}  // namespace

void AttentionKernel::add_producer() {
    using enum TileOpcode;
    TileActor producer{"TMA producer", false, false, {}};
    const auto load = [&](std::uint8_t pipeline, std::int64_t first) {
        producer.code.push_back({kAcquire, pipeline, 0, 0});
        for (std::int64_t box = 0; box < plan.boxes(); ++box) {
            producer.code.push_back({kLoad, pipeline, static_cast<std::uint8_t>(first + box), 0});
        }
        producer.code.push_back({kFill, pipeline, 0, 0});
    };
    producer.code = {{kForEachTile, 0, 0, 0},
                     {kAcquire, kQueryPipeline, 0, 0},
                     {kLoad, kQueryPipeline, kLoadQueries, 0},
                     {kFill, kQueryPipeline, 0, 0},
                     {kLoop, 0, 0, 0}};
    load(kKeyPipeline, kLoadKeys);
    if (plan.separate_values) {
        load(kValuePipeline, load_values());
    }
    producer.code.insert(producer.code.end(),
                         {{kEndLoop, 0, 0, 0}, {kNextTile, 0, 0, 0}, {kEnd, 0, 0, 0}});
    program.actors.push_back(producer);
}

std::vector<TileInstruction> AttentionKernel::softmax_code(const AttentionPart& part) const {
    using enum TileOpcode;
    const std::int64_t elements = plan.rows * plan.key_block;
    std::vector<TileInstruction> code = {
        {kLoop, 0, 0, 0},
        {kWaitFull, part.scores, 0, 0},
        {kAcquire, part.weights, 0, 0},
        {kReadScores, part.weights, part.score_product, elements * 4}};
    const bool over = plan.weights == WeightsPlace::kOverScores;
    if (!over && !in_registers()) {
        code.push_back({kRelease, part.scores, 0, 0});
    }
    code.push_back({kVector, 0, 0, maximum_operations(elements, sm)});
    if (sm.vector_pipes.reduction_latency.value > 0) {
        code.push_back({kReduce, 0, 0, 0});
    }
    code.insert(
        code.end(),
        {{kExponential, 0, 0, elements - plan.polynomials},
         {kVector, 0, 0, elements * kScoreOperations + plan.polynomials * kPolynomialOperations}});
    if (const std::int64_t copying = copy_operations(sizes, plan); copying > 0) {
        code.push_back({kVector, 0, 0, copying});
    }
    if (const std::int64_t rescaling = rescale_operations(sizes, plan, sm); rescaling > 0) {
        code.push_back({kVector, 0, 0, rescaling});
    }
    if (!over && in_registers()) {
        code.push_back({kRelease, part.scores, 0, 0});
    }
    if (plan.weights == WeightsPlace::kSharedMemory) {
        code.push_back({kWriteShared, part.weights, part.output_product, bytes(elements)});
    } else {
        code.push_back({kReadAccumulator, 0, 0, bytes(elements)});
    }
    code.insert(code.end(), {{kFill, part.weights, 0, 0}, {kEndLoop, 0, 0, 0}});
    return code;
}

std::vector<TileInstruction> AttentionKernel::output_code(const AttentionPart& part) const {
    using enum TileOpcode;
    const std::int64_t chunks = divide_round_up(output_bytes(value_columns()), chunk_bytes());
    const std::int64_t chunk_elements = plan.rows * program.chunk_columns;
    std::vector<TileInstruction> code = {
        {kWaitFull, part.accumulators, 0, 0},
        {kLoop, 0, 0, chunks},
        {kAcquire, part.staging, 0, 0},
        {kReadAccumulator, 0, 0, chunk_elements * 4},
        {kVector, 0, 0, chunk_elements * kOutputOperations},
        {kWriteShared, part.staging, part.output_product, output_bytes(chunk_elements)},
        {kStore, part.staging, part.store_output, 0},
        {kEndLoop, 0, 0, chunks}};
    if (partial()) {
        code.insert(code.end(),
                    {{kAcquire, part.staging, 0, 0},
                     {kWriteShared, part.staging, part.output_product, plan.rows * kRowSumBytes},
                     {kStore, part.staging, part.store_sums, 0}});
    }
    code.push_back({kRelease, part.accumulators, 0, 0});
    if (part.number == 0) {
        code.push_back({kEndTile, 0, 0, 0});
    }
    return code;
}

void AttentionKernel::add_actors(const AttentionPart& part) {
    using enum TileOpcode;
    const auto add = [&](const char* name, bool shows_stalls, std::vector<TileInstruction> code) {
        code.insert(code.begin(), {kForEachTile, 0, 0, 0});
        code.insert(code.end(), {{kNextTile, 0, 0, 0}, {kEnd, 0, 0, 0}});
        program.actors.push_back({name, false, shows_stalls, std::move(code)});
    };
    const std::uint8_t values = values_pipeline();
    add("score issuer", false,
        {{kWaitFull, kQueryPipeline, 0, 0},
         {kLoop, 0, 0, 0},
         {kAcquire, part.scores, 0, 0},
         {kWaitFull, kKeyPipeline, 0, 0},
         {kMultiply, kKeyPipeline, part.score_product, 0},
         {kReleaseAfterMultiply, kKeyPipeline, 0, 0},
         {kFillAfterMultiply, part.scores, part.score_product, 0},
         {kEndLoop, 0, 0, 0},
         {kReleaseAfterMultiply, kQueryPipeline, 0, 0}});
    std::vector<TileInstruction> softmax = softmax_code(part);
    const std::vector<TileInstruction> output = output_code(part);
    if (in_registers()) {  // the threads that hold the sums do both
        softmax.insert(softmax.end(), output.begin(), output.end());
    }
    add("softmax", false, std::move(softmax));
    std::vector<TileInstruction> issuer = {{kAcquire, part.accumulators, 0, 0},
                                           {kLoop, 0, 0, 0},
                                           {kWaitFull, values, 0, 0},
                                           {kWaitFull, part.weights, 0, 0}};
    const bool over = plan.weights == WeightsPlace::kOverScores;
    if (over) {
        issuer.push_back({kWaitFull, part.scores, 0, 0});
    }
    issuer.insert(issuer.end(), {{kMultiply, part.weights, part.output_product, 0},
                                 {kReleaseAfterMultiply, part.weights, 0, 0},
                                 {kReleaseAfterMultiply, values, 0, 0}});
    if (over) {
        issuer.push_back({kReleaseAfterMultiply, part.scores, 0, 0});
    }
    issuer.insert(issuer.end(), {{kEndLoop, 0, 0, 0},
                                 {kFillAfterMultiply, part.accumulators, part.output_product, 0}});
    add("output issuer", part.number == 0, std::move(issuer));
    if (!in_registers()) {
        add("epilogue", false, output);
    }
}

}  // namespace vr
