// SPDX-License-Identifier: Apache-2.0
// Weights and operations of generated layers against formulas written from the models' public
// dimensions, which stand here as numbers.
#include "testbenches/traces/generate/generate_rig.h"

using namespace vr;
using namespace vr::testing;

namespace {

// DeepSeek-V3, arXiv:2412.19437, section 4.2.
constexpr std::int64_t kHidden = 7168;
constexpr std::int64_t kMlaDown = kHidden * (1536 + 512 + 64);
constexpr std::int64_t kMlaUp = 1536 * 128 * (128 + 64);
constexpr std::int64_t kMlaKv = 512 * 128 * (128 + 128);
constexpr std::int64_t kMlaOut = 128 * 128 * kHidden;
constexpr std::int64_t kExpert = 3 * kHidden * 2048;
constexpr std::int64_t kRouter = kHidden * 256;

}  // namespace

TEST_CASE("a DeepSeek-V3 layer has the parameters of the model") {
    // With all experts on one GPU the layer is whole: 11.5 billion parameters.
    LayerRequest request = request_of(Phase::kDecode, Precision::kFp8, 64, 4096);
    const GeneratedWorkload whole = generate_workload(model("deepseek-v3"), request);
    const auto elements = matrix_elements(whole.workload);
    CHECK(elements.at(TensorType::kFp8E4m3) == kMlaDown + kMlaUp + kMlaOut + 257 * kExpert);
    CHECK(elements.at(TensorType::kBf16) == kMlaKv + kRouter);
    CHECK(all_matrix_elements(whole.workload) == 11'507'269'632);
    // Norms (hidden twice, both latents) in bf16, the bias of 256 experts in fp32.
    CHECK(whole.weight_bytes == elements.at(TensorType::kFp8E4m3) +
                                    2 * elements.at(TensorType::kBf16) +
                                    2 * (2 * kHidden + 1536 + 512) + 4 * 256);
    CHECK(whole.cache_bytes == std::int64_t{64} * 4096 * 576);

    // All 61 layers, with embedding, head and last norm, which are not in the trace: the published
    // 671 billion parameters.
    LayerRequest all = request;
    all.first_layer = 0;
    all.layers = 61;
    all.precision = Precision::kBf16;
    const GeneratedWorkload model_61 = generate_workload(model("deepseek-v3"), all);
    std::int64_t parameters = 2 * kHidden * 129280 + kHidden;
    for (const TensorSpec& tensor : model_61.workload.tensors) {
        if (tensor.name.ends_with(".weight") || tensor.name.ends_with(".bias")) {
            parameters += tensor.rows * tensor.columns;
        }
    }
    CHECK(parameters == 671'026'419'200);
    CHECK(flops_of(model_61.workload, OperatorKind::kGroupedGemm) ==
          std::int64_t{58} * 2 * 64 * 8 * kExpert);
}

TEST_CASE("operations of a DeepSeek-V3 decode step") {
    for (const Precision precision : {Precision::kFp8, Precision::kNvfp4, Precision::kBf16}) {
        LayerRequest request = request_of(Phase::kDecode, precision, 64, 4096);
        request.expert_parallel = 32;
        const Workload w = generate_workload(model("deepseek-v3"), request).workload;
        CHECK(flops_of(w, OperatorKind::kGemm) ==
              2 * 64 * (kMlaDown + kMlaUp + kMlaOut + kRouter + kExpert));
        CHECK(flops_of(w, OperatorKind::kBatchedGemm) == 2 * 64 * kMlaKv);
        CHECK(flops_of(w, OperatorKind::kAttention) ==
              std::int64_t{2} * 64 * 4096 * 128 * (576 + 512));
        const OperatorSpec& attention = find(w, "attention");
        CHECK(attention.attention.kv_heads == 1);
        CHECK(attention.attention.head_columns == 576);
        CHECK(attention.attention.value_columns == 512);
        // YaRN: (0.1 ln 40 + 1)^2 / sqrt(192).
        CHECK(attention.attention.scale == Approx(0.1352337788).epsilon(1e-6));
    }
}

TEST_CASE("prefill of DeepSeek-V3 makes keys of each head and sees half the pairs") {
    const std::int64_t n = 1000;
    LayerRequest request = request_of(Phase::kPrefill, Precision::kFp8, 3, n);
    request.expert_parallel = 64;
    const Workload w = generate_workload(model("deepseek-v3"), request).workload;
    CHECK(flops_of(w, OperatorKind::kBatchedGemm) == 0);
    CHECK(flops_of(w, OperatorKind::kGemm) ==
          2 * 3 * n * (kMlaDown + kMlaUp + kMlaKv + kMlaOut + kRouter + kExpert));
    CHECK(flops_of(w, OperatorKind::kAttention) == 2 * 3 * (n * (n + 1) / 2) * 128 * (192 + 128));
    CHECK(find(w, "attention").attention.causal);
}

TEST_CASE("Llama 3 layers have the parameters of the models") {
    struct Expected {
        const char* name;
        std::int64_t hidden, heads, inner, layers, vocabulary, parameters;
    };
    // Published sizes: 8.03, 70.6 and 405.9 billion, norms counted.
    for (const Expected& e :
         {Expected{"llama-3-8b", 4096, 32, 14336, 32, 128256, 8'030'261'248},
          Expected{"llama-3-70b", 8192, 64, 28672, 80, 128256, 70'553'706'496},
          Expected{"llama-3-405b", 16384, 128, 53248, 126, 128256, 405'853'388'800}}) {
        INFO(e.name);
        const std::int64_t layer =
            e.hidden * (e.heads + 16) * 128 + e.hidden * e.heads * 128 + 3 * e.hidden * e.inner;
        LayerRequest request = request_of(Phase::kDecode, Precision::kBf16, 16, 2048);
        GeneratedWorkload made = generate_workload(model(e.name), request);
        CHECK(all_matrix_elements(made.workload) == layer);
        CHECK(flops_of(made.workload, OperatorKind::kGemm) == 2 * 16 * layer);
        CHECK(flops_of(made.workload, OperatorKind::kAttention) ==
              std::int64_t{2} * 16 * 2048 * e.heads * 256);
        CHECK(made.cache_bytes == std::int64_t{2} * 16 * 2048 * 8 * 128 * 2);
        request.layers = e.layers;
        made = generate_workload(model(e.name), request);
        // Weights of all layers, embedding and head (not in the trace), last norm.
        CHECK(made.weight_bytes / 2 + 2 * e.vocabulary * e.hidden + e.hidden == e.parameters);
    }
}

TEST_CASE("tensor parallel GPUs divide heads and columns") {
    LayerRequest one = request_of(Phase::kDecode, Precision::kFp8, 8, 512);
    LayerRequest eight = one;
    eight.tensor_parallel = 8;
    const Workload a = generate_workload(model("llama-3-70b"), one).workload;
    const Workload b = generate_workload(model("llama-3-70b"), eight).workload;
    CHECK(all_matrix_elements(a) == 8 * all_matrix_elements(b));
    CHECK(flops_of(a, OperatorKind::kAttention) == 8 * flops_of(b, OperatorKind::kAttention));
    CHECK(find(b, "attention").attention.kv_heads == 1);

    const Workload c = generate_workload(model("deepseek-v3"), one).workload;
    const Workload d = generate_workload(model("deepseek-v3"), eight).workload;
    const std::int64_t whole = kMlaDown + kRouter;  // not divided
    CHECK(all_matrix_elements(c) - whole == 8 * (all_matrix_elements(d) - whole));
    // Eight GPUs with one batch and whole experts: the tokens of one batch.
    eight.expert_parallel = 8;
    const Workload e = generate_workload(model("deepseek-v3"), eight).workload;
    CHECK(matrix_elements(e).at(TensorType::kFp8E4m3) ==
          kMlaDown + (kMlaUp + kMlaOut + kExpert) / 8 + 32 * kExpert);
}
