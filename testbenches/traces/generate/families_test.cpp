// SPDX-License-Identifier: Apache-2.0
// Kimi-K2 and Qwen3: operators in their order, their shapes, weights and operations against
// formulas written from the models' public dimensions, which stand here as numbers.
#include "testbenches/traces/generate/generate_rig.h"
#include "traces/generate/routing.h"

using namespace vr;
using namespace vr::testing;

namespace {

using Names = std::vector<std::string>;

Names operators(const Workload& workload) {
    Names names;
    for (const OperatorSpec& op : workload.operators) {
        names.push_back(op.id);
    }
    return names;
}

const TensorSpec& output(const Workload& workload, const std::string& id) {
    return workload.tensors[find(workload, id).output.value];
}

const TensorSpec& input(const Workload& workload, const std::string& id, std::size_t number) {
    return workload.tensors[find(workload, id).inputs.at(number).value];
}

/// Elements of everything that a model keeps: matrices, norms, biases.
std::int64_t parameters(const Workload& workload) {
    std::int64_t sum = 0;
    for (const TensorSpec& tensor : workload.tensors) {
        if (tensor.name.ends_with(".weight") || tensor.name.ends_with(".bias")) {
            sum += tensor.rows * tensor.columns;
        }
    }
    return sum;
}

/// Qwen3's public dimensions (arXiv:2505.09388, tables 1 and 2, and each model's config.json).
struct Qwen {
    const char* name;
    std::int64_t hidden, layers, heads, kv_heads, inner, experts;
    std::int64_t parameters;  ///< of the whole model, as published with it

    [[nodiscard]] std::int64_t projections() const {
        return hidden * (heads + 2 * kv_heads) * 128 + heads * 128 * hidden;
    }
    [[nodiscard]] std::int64_t expert() const { return 3 * hidden * inner; }
    [[nodiscard]] std::int64_t layer() const {
        return projections() + (experts == 0 ? expert() : experts * (expert() + hidden));
    }
};
constexpr std::int64_t kQwenVocabulary = 151936;
constexpr Qwen kQwen[] = {{"qwen3-8b", 4096, 36, 32, 8, 12288, 0, 8'190'735'360},
                          {"qwen3-32b", 5120, 64, 64, 8, 25600, 0, 32'762'123'264},
                          {"qwen3-30b-a3b", 2048, 48, 32, 4, 768, 128, 30'532'122'624},
                          {"qwen3-235b-a22b", 4096, 94, 64, 4, 1536, 128, 235'093'634'560}};

// Kimi-K2 (arXiv:2507.20534, table 2, and the model's config.json).
constexpr std::int64_t kHidden = 7168;
constexpr std::int64_t kMlaDown = kHidden * (1536 + 512 + 64);
constexpr std::int64_t kMlaUp = 1536 * 64 * (128 + 64);
constexpr std::int64_t kMlaKv = 512 * 64 * (128 + 128);
constexpr std::int64_t kMlaOut = 64 * 128 * kHidden;
constexpr std::int64_t kExpert = 3 * kHidden * 2048;
constexpr std::int64_t kRouter = kHidden * 384;
constexpr std::int64_t kNorms = 2 * kHidden + 1536 + 512;

}  // namespace

TEST_CASE("a Kimi-K2 layer has the operators of DeepSeek-V3 and its own shapes") {
    for (const Phase phase : {Phase::kDecode, Phase::kPrefill}) {
        const LayerRequest request = request_of(phase, Precision::kFp8, 16, 256);
        const Workload kimi = generate_workload(model("kimi-k2"), request).workload;
        CHECK(operators(kimi) ==
              operators(generate_workload(model("deepseek-v3"), request).workload));
        CHECK(output(kimi, "q_b").columns == 64 * 192);
        CHECK(output(kimi, "router").columns == 384);
        CHECK(input(kimi, "top_k", 1).columns == 384);
        CHECK(find(kimi, "attention").attention.heads == 64);
        // YaRN: (0.1 ln 32 + 1)^2 / sqrt(192).
        CHECK(find(kimi, "attention").attention.scale == Approx(0.1308608000).epsilon(1e-6));
        const RoutingRule& rule = find(kimi, "top_k").routing;
        CHECK(rule.count == 8);
        CHECK(rule.sigmoid);
        CHECK(rule.groups == 1);
        CHECK(rule.groups_kept == 1);
        CHECK(rule.normalise);
        CHECK(rule.scale == Approx(2.827));
    }
}

TEST_CASE("Kimi-K2 has the parameters and operations of the model") {
    LayerRequest request = request_of(Phase::kDecode, Precision::kFp8, 64, 4096);
    const GeneratedWorkload one = generate_workload(model("kimi-k2"), request);
    CHECK(matrix_elements(one.workload).at(TensorType::kFp8E4m3) ==
          kMlaDown + kMlaUp + kMlaOut + 385 * kExpert);
    CHECK(matrix_elements(one.workload).at(TensorType::kBf16) == kMlaKv + kRouter);
    CHECK(parameters(one.workload) ==
          kMlaDown + kMlaUp + kMlaKv + kMlaOut + 385 * kExpert + kRouter + 384 + kNorms);
    CHECK(one.cache_bytes == std::int64_t{64} * 4096 * 576);
    CHECK(flops_of(one.workload, OperatorKind::kGemm) ==
          2 * 64 * (kMlaDown + kMlaUp + kMlaOut + kRouter + kExpert));
    CHECK(flops_of(one.workload, OperatorKind::kBatchedGemm) == 2 * 64 * kMlaKv);
    CHECK(flops_of(one.workload, OperatorKind::kGroupedGemm) == std::int64_t{2} * 64 * 8 * kExpert);
    CHECK(flops_of(one.workload, OperatorKind::kAttention) ==
          std::int64_t{2} * 64 * 4096 * 64 * (576 + 512));

    // All 61 layers, the first of them dense, with embedding, head and last norm, which are not in
    // the trace: the model's one trillion parameters.
    request.first_layer = 0;
    request.layers = 61;
    const Workload whole = generate_workload(model("kimi-k2"), request).workload;
    CHECK(output(whole, "layer0.gate_up").columns == 18432);
    CHECK(parameters(whole) + 2 * kHidden * 163840 + kHidden == 1'026'408'232'448);
}

TEST_CASE("prefill of Kimi-K2 makes keys of each head") {
    const std::int64_t n = 500;
    LayerRequest request = request_of(Phase::kPrefill, Precision::kFp8, 2, n);
    request.expert_parallel = 96;
    const Workload w = generate_workload(model("kimi-k2"), request).workload;
    CHECK(flops_of(w, OperatorKind::kGemm) ==
          2 * 2 * n * (kMlaDown + kMlaUp + kMlaKv + kMlaOut + kRouter + kExpert));
    CHECK(flops_of(w, OperatorKind::kAttention) == 2 * 2 * (n * (n + 1) / 2) * 64 * (192 + 128));
}

TEST_CASE("a dense Qwen3 layer normalises each head before the rotation") {
    const Names expected = {"attention_norm", "qkv",       "q_norm", "key_norm", "q",       "key",
                            "value_append",   "attention", "o",      "mlp_norm", "gate_up", "down",
                            "output"};
    for (const Phase phase : {Phase::kDecode, Phase::kPrefill}) {
        const LayerRequest request = request_of(phase, Precision::kFp8, 4, 64);
        const Workload w = generate_workload(model("qwen3-32b"), request).workload;
        CHECK(operators(w) == expected);
        // 64 heads of queries, 8 of keys, 8 of values; the heads are wider than the hidden size.
        CHECK(output(w, "qkv").columns == 80 * 128);
        CHECK(output(w, "q_norm").columns == 64 * 128);
        CHECK(output(w, "key_norm").columns == 8 * 128);
        CHECK(output(w, "attention").columns == 64 * 128);
        CHECK(output(w, "o").columns == 5120);
        for (const char* id : {"q_norm", "key_norm"}) {
            INFO(id);
            const OperatorSpec& norm = find(w, id);
            CHECK(norm.row_function == RowFunction::kRmsNorm);
            CHECK(norm.columns == 128);
            CHECK(norm.input_columns.pitch == 128);
            CHECK(norm.epsilon == Approx(1e-6));
            CHECK(input(w, id, 0).name == "qkv");
            CHECK(input(w, id, 1).columns == 128);  // one weight for all heads
            CHECK(output(w, id).rows == request.tokens());
        }
        CHECK(find(w, "q_norm").input_columns.first == 0);
        CHECK(find(w, "key_norm").input_columns.first == 64 * 128);
        CHECK(find(w, "value_append").input_columns.first == 72 * 128);
        // What is rotated is what was normalised.
        CHECK(input(w, "q", 0).name == "q_norm");
        CHECK(input(w, "key", 0).name == "key_norm");
        CHECK(find(w, "key").input_columns.first == 0);
        CHECK(output(w, "key").name == "key_cache");
        CHECK(find(w, "key").row_pitch == (phase == Phase::kDecode ? 64 : 1));
    }
    // Llama has neither.
    const Workload llama =
        generate_workload(model("llama-3-8b"), request_of(Phase::kDecode, Precision::kFp8, 4, 64))
            .workload;
    CHECK(input(llama, "q", 0).name == "qkv");
    CHECK(input(llama, "key", 0).name == "qkv");
}

TEST_CASE("a Qwen3 layer of experts has softmax routing, no bias and no shared expert") {
    const LayerRequest request = request_of(Phase::kDecode, Precision::kFp8, 16, 64);
    const Workload w = generate_workload(model("qwen3-30b-a3b"), request).workload;
    CHECK(operators(w) == Names{"attention_norm", "qkv", "q_norm", "key_norm", "q", "key",
                                "value_append", "attention", "o", "mlp_norm", "router", "top_k",
                                "mlp_norm.fp8", "permute", "expert_gate_up", "expert_down",
                                "combine", "output"});
    CHECK(find(w, "output").inputs.size() == 3);  // residual, attention, experts
    CHECK(find(w, "top_k").inputs.size() == 1);
    const RoutingRule& rule = find(w, "top_k").routing;
    CHECK(rule.count == 8);
    CHECK_FALSE(rule.sigmoid);
    CHECK(rule.groups == 1);
    CHECK(rule.normalise);
    CHECK(rule.scale == 1);
    CHECK(input(w, "expert_gate_up", 1).rows == std::int64_t{128} * 2 * 768);
    CHECK(input(w, "expert_gate_up", 1).columns == 2048);
}

TEST_CASE("Qwen3 layers have the parameters and operations of the models") {
    for (const Qwen& q : kQwen) {
        INFO(q.name);
        LayerRequest request = request_of(Phase::kDecode, Precision::kBf16, 16, 2048);
        GeneratedWorkload made = generate_workload(model(q.name), request);
        CHECK(all_matrix_elements(made.workload) == q.layer());
        CHECK(parameters(made.workload) == q.layer() + 2 * q.hidden + 2 * 128);
        CHECK(made.cache_bytes == std::int64_t{2} * 16 * 2048 * q.kv_heads * 128 * 2);
        const std::int64_t dense = q.projections() + (q.experts == 0 ? q.expert() : 0);
        CHECK(flops_of(made.workload, OperatorKind::kGemm) ==
              2 * 16 * (dense + q.experts * q.hidden));
        CHECK(flops_of(made.workload, OperatorKind::kGroupedGemm) ==
              (q.experts == 0 ? 0 : 2 * 16 * 8 * q.expert()));
        CHECK(flops_of(made.workload, OperatorKind::kAttention) ==
              std::int64_t{2} * 16 * 2048 * q.heads * 256);
        request.layers = q.layers;
        made = generate_workload(model(q.name), request);
        // All layers, embedding and head (not in the trace), last norm.
        CHECK(parameters(made.workload) + 2 * kQwenVocabulary * q.hidden + q.hidden ==
              q.parameters);

        request = request_of(Phase::kPrefill, Precision::kFp8, 2, 300);
        const Workload prefill = generate_workload(model(q.name), request).workload;
        CHECK(flops_of(prefill, OperatorKind::kGemm) == 2 * 600 * (dense + q.experts * q.hidden));
        CHECK(flops_of(prefill, OperatorKind::kAttention) ==
              std::int64_t{2} * 2 * (300 * 301 / 2) * q.heads * 256);
    }
}

TEST_CASE("shares of a Qwen3 layer of experts") {
    LayerRequest one = request_of(Phase::kDecode, Precision::kFp8, 8, 512);
    LayerRequest four = one;
    four.tensor_parallel = 4;
    const Qwen& q = kQwen[3];
    const Workload a = generate_workload(model(q.name), one).workload;
    const Workload b = generate_workload(model(q.name), four).workload;
    const std::int64_t router = q.experts * q.hidden;  // not divided
    CHECK(all_matrix_elements(a) - router == 4 * (all_matrix_elements(b) - router));
    CHECK(output(b, "q_norm").columns == 16 * 128);
    CHECK(output(b, "key_norm").columns == 128);  // one head of keys
    four.expert_parallel = 32;
    const Workload c = generate_workload(model(q.name), four).workload;
    CHECK(all_matrix_elements(c) == q.projections() / 4 + router + 4 * q.expert());
    CHECK(find(c, "expert_gate_up").rows.size() == 4);
}

TEST_CASE("routing of the new families repeats by its seed and says what it does") {
    for (const char* name : {"kimi-k2", "qwen3-30b-a3b"}) {
        INFO(name);
        LayerRequest request = request_of(Phase::kDecode, Precision::kFp8, 64, 64);
        request.expert_parallel = 8;
        const GeneratedWorkload first = generate_workload(model(name), request);
        CHECK(generate_workload(model(name), request).text == first.text);
        const Mixture mixture = model(name).mixture;
        const RoutedTokens routed = route_tokens(mixture, 64 * 8, 0, mixture.experts / 8,
                                                 RoutingDraw::kRandom, 1, mixture.first_layer);
        const std::vector<std::int64_t> here(routed.rows.begin(),
                                             routed.rows.begin() + mixture.experts / 8);
        CHECK(find(first.workload, "expert_gate_up").rows == here);
        CHECK(first.text.find(fmt::format("each token takes 8 of {} experts, uniformly",
                                          mixture.experts)) != std::string::npos);
        request.seed = 2;
        CHECK(find(generate_workload(model(name), request).workload, "expert_gate_up").rows !=
              here);
        request.routing = RoutingDraw::kEven;  // 512 tokens x 8 choices, the same for each expert
        const Workload even = generate_workload(model(name), request).workload;
        for (const std::int64_t rows : find(even, "expert_gate_up").rows) {
            CHECK(std::abs(rows - 512 * 8 / mixture.experts) <= 1);
        }
    }
}
