// SPDX-License-Identifier: Apache-2.0
// Instructions are counted from the kernels' sources as a compiler would issue them, addresses,
// conversions and loop control included; a division of integers at run time takes about 25, one of
// floating-point numbers and an exponential about 10 each.
#include "app/validation/layer_kernels.h"

#include <algorithm>
#include <cmath>

namespace vr {

namespace {

constexpr std::int64_t kElement = 2;             // FP16
constexpr std::int64_t kMostThreads = 1024;      // of a block per token
constexpr TensorType kType = TensorType::kBf16;  // as wide as FP16
// More registers than 32 leave room for one block of 1,024 threads on an SM.
constexpr std::int64_t kRegisters = 40;

Time of_last(const Experiment& experiment, Presets::Entry& preset) {
    return experiment.run_on_device(preset).back();
}

// The producer of an operator's input has just run: a write of `tensor` as it stands in L2.
void written_before(Experiment& e, TensorIndex tensor) {
    constexpr std::int64_t kWide = 16;
    e.kernel("thread_stream", {}, tensor, {{"threads", 256}, {"element_bytes", kWide}});
}

// vLLM, rms_norm_kernel: a block per token, min(hidden, 1024) threads; a walk that sums squares, a
// reduction, a walk that scales. Not unrolled.
Time norm_time(const LayerShape& s, Presets::Entry& preset) {
    Experiment e("norm");
    const TensorIndex x = e.matrix("x", s.tokens, s.hidden, kType);
    const TensorIndex weight = e.matrix("weight", 1, s.hidden, kType);
    const TensorIndex y = e.matrix("y", s.tokens, s.hidden, kType);
    written_before(e, x);
    e.kernel("thread_rows", {x, weight}, y,
             {{"threads", std::min(s.hidden, kMostThreads)},
              {"registers", kRegisters},
              {"passes", 2},
              {"sum_instructions", 10},
              {"end_instructions", 60},
              {"instructions", 18}});
    return of_last(e, preset);
}

// PyTorch, vectorized_layer_norm_kernel: a block of 128 threads per token, four elements a load;
// statistics by Welford's recurrence, a walk that scales.
Time layer_norm_time(const LayerShape& s, Presets::Entry& preset) {
    Experiment e("layer norm");
    const TensorIndex x = e.matrix("x", s.tokens, s.hidden, kType);
    const TensorIndex weight = e.matrix("weight and bias", 1, 2 * s.hidden, kType);
    const TensorIndex y = e.matrix("y", s.tokens, s.hidden, kType);
    written_before(e, x);
    e.kernel("thread_rows", {x, weight}, y,
             {{"threads", 128},
              {"element_bytes", 4 * kElement},
              {"registers", kRegisters},
              {"parameter_loads", 2},
              {"passes", 2},
              {"sum_instructions", 4 * 20},
              {"end_instructions", 200},
              {"instructions", 4 * 6}});
    return of_last(e, preset);
}

// vLLM, silu_and_mul_kernel: a block per token, min(columns, 1024) threads, an element a round.
Time gated_time(const LayerShape& s, Presets::Entry& preset) {
    const std::int64_t columns = s.expanded / s.tp;
    Experiment e("gated unit");
    const TensorIndex x = e.matrix("x", s.tokens, 2 * columns, kType);
    const TensorIndex y = e.matrix("y", s.tokens, columns, kType);
    written_before(e, x);
    e.kernel("thread_rows", {x}, y,
             {{"threads", std::min(columns, kMostThreads)}, {"parts", 2}, {"instructions", 100}});
    return of_last(e, preset);
}

// PyTorch, vectorized_elementwise_kernel: 128 threads, four elements each.
Time elementwise_time(std::int64_t elements, std::int64_t inputs, std::int64_t instructions,
                      Presets::Entry& preset) {
    Experiment e("elementwise");
    std::vector<TensorIndex> in;
    for (std::int64_t i = 0; i < inputs; ++i) {
        in.push_back(e.tensor("x", elements * kElement));
    }
    const TensorIndex y = e.tensor("y", elements * kElement);
    written_before(e, in.front());
    e.kernel("thread_stream", in, y,
             {{"threads", 128}, {"element_bytes", 4 * kElement}, {"instructions", instructions}});
    return of_last(e, preset);
}

// vLLM, rotary_embedding_kernel: a block per token, at most 512 threads, a pair a round: queries,
// then keys. Two divisions of integers a round; the angles are a row of a table.
Time rotation_time(const LayerShape& s, Presets::Entry& preset) {
    const std::int64_t head = s.hidden / s.heads;
    const std::int64_t columns = (s.heads + s.kv_heads) / s.tp * head;
    const std::int64_t pairs = s.heads / s.tp * head / 2;
    Experiment e("rotation");
    const TensorIndex x = e.matrix("queries and keys", s.tokens, columns, kType);
    const TensorIndex angles = e.matrix("angles", s.tokens, head, kType);
    written_before(e, x);
    e.kernel("thread_rows", {x, angles}, x,
             {{"threads", std::min<std::int64_t>(pairs, 512)},
              {"registers", kRegisters},
              {"parts", 2},
              {"out_parts", 2},
              {"parameter_loads", 2},
              {"instructions", 165}});
    return of_last(e, preset);
}

// PyTorch, indexSelectLargeIndex: eight blocks of 128 threads on an SM, an element a round, with
// divisions of integers for row and column of source and destination.
Time embedding_time(const LayerShape& s, Presets::Entry& preset) {
    Experiment e("embedding");
    const TensorIndex table = e.matrix("table", s.tokens, s.hidden, kType);
    const TensorIndex indices = e.tensor("indices", s.tokens * 8);
    const TensorIndex y = e.matrix("y", s.tokens, s.hidden, kType);
    written_before(e, y);
    e.kernel("thread_gather", {table, indices}, y,
             {{"threads", 128}, {"registers", kRegisters}, {"instructions", 240}});
    return of_last(e, preset);
}

}  // namespace

Time LayerKernel::time(Presets::Entry& preset) const {
    const double capacity = static_cast<double>(preset.config->gpu.l2.capacity.value);
    const double least = kSampledCapacities * capacity * static_cast<double>(tokens) /
                         static_cast<double>(std::max<std::int64_t>(bytes, 1));
    std::int64_t few = 1;
    while (static_cast<double>(few) < least && few < tokens) {
        few *= 2;
    }
    const std::int64_t many = 2 * few;
    if (tokens <= many) {
        return whole_time(tokens, preset);
    }
    const auto at_few = static_cast<double>(whole_time(few, preset).value);
    const auto at_many = static_cast<double>(whole_time(many, preset).value);
    const double share = static_cast<double>(tokens - few) / static_cast<double>(many - few);
    return Time{std::llround(at_few + share * (at_many - at_few))};
}

std::optional<LayerKernel> layer_kernel(const std::string& experiment, const LayerShape& s,
                                        const PlatformConfig&) {
    const std::int64_t hidden = s.tokens * s.hidden * kElement;
    const std::int64_t inner = s.tokens * s.expanded / s.tp * kElement;
    const auto kernel = [&](std::int64_t bytes, const auto& time) {
        return LayerKernel{s.tokens, bytes, [s, time](std::int64_t tokens, Presets::Entry& preset) {
                               LayerShape shape = s;
                               shape.tokens = tokens;
                               return time(shape, preset);
                           }};
    };
    if (experiment == "layer_input_layernorm") {
        return s.gated ? kernel(2 * hidden, norm_time) : kernel(2 * hidden, layer_norm_time);
    }
    if (experiment == "layer_mlp_act") {
        if (s.gated) {
            return kernel(3 * inner, gated_time);
        }
        return kernel(2 * inner, [](const LayerShape& shape, Presets::Entry& preset) {
            return elementwise_time(shape.tokens * shape.expanded / shape.tp, 1, 100, preset);
        });
    }
    if (experiment == "layer_add") {
        // Without a norm behind attention there are two sums.
        return kernel(
            (s.gated ? 3 : 6) * hidden, [](const LayerShape& shape, Presets::Entry& preset) {
                const Time one = elementwise_time(shape.tokens * shape.hidden, 2, 30, preset);
                return shape.gated ? one : one + one;
            });
    }
    if (experiment == "layer_attn_rope") {
        return kernel(
            2 * s.tokens * (s.heads + s.kv_heads) / s.tp * (s.hidden / s.heads) * kElement,
            rotation_time);
    }
    if (experiment == "layer_emb") {
        return kernel(2 * hidden, embedding_time);
    }
    return std::nullopt;
}

}  // namespace vr
