// SPDX-License-Identifier: Apache-2.0
// Every model, phase and precision gives a trace that reads back; requests that do not fit are
// refused with file, key, what was given and what is allowed.
#include <fstream>
#include <sstream>
#include "testbenches/traces/generate/generate_rig.h"
#include "traces/formats/workload/workload_reader.h"
#include "traces/formats/workload/workload_writer.h"

using namespace vr;
using namespace vr::testing;

namespace {

std::string refusal(const std::string& name, const LayerRequest& request) {
    try {
        ModelConfig config = model(name);
        config.file = "M";
        (void)generate_workload(config, request);
    } catch (const InputError& error) {
        std::string all;
        for (const Diagnostic& problem : error.diagnostics()) {
            all += problem.text() + "\n";
        }
        return all;
    }
    return "no error";
}

}  // namespace

TEST_CASE("every model, phase and precision gives a trace that reads back") {
    for (const char* name :
         {"deepseek-v3", "deepseek-r1", "kimi-k2", "llama-3-8b", "llama-3-70b", "llama-3-405b",
          "qwen3-8b", "qwen3-32b", "qwen3-30b-a3b", "qwen3-235b-a22b"}) {
        for (const Phase phase : {Phase::kDecode, Phase::kPrefill}) {
            for (const Precision precision :
                 {Precision::kFp8, Precision::kNvfp4, Precision::kBf16}) {
                for (const std::int64_t context : {1, 384}) {
                    LayerRequest request = request_of(phase, precision, 5, context);
                    request.tensor_parallel = 2;
                    request.layers = 2;
                    request.first_layer = 2;  // of DeepSeek: one dense, one with experts
                    const GeneratedWorkload made = generate_workload(model(name), request);
                    INFO(made.text);
                    const Workload back = parse_workload(made.text, "t").workload;
                    CHECK(write_workload(back) == write_workload(made.workload));
                    CHECK(generate_workload(model(name), request).text == made.text);
                    // Products have the type that was asked for, attention too.
                    const TensorType type = precision == Precision::kFp8     ? TensorType::kFp8E4m3
                                            : precision == Precision::kNvfp4 ? TensorType::kNvfp4
                                                                             : TensorType::kBf16;
                    const OperatorSpec& o = find(back, "layer2.o");
                    CHECK(back.tensors[o.inputs[0].value].type == type);
                    CHECK(back.tensors[o.inputs[1].value].type == type);
                    const OperatorSpec& attention = find(back, "layer3.attention");
                    CHECK(
                        back.tensors[attention.inputs[1].value].type ==
                        (precision == Precision::kBf16 ? TensorType::kBf16 : TensorType::kFp8E4m3));
                    CHECK(attention.attention.context == context);
                    // The second layer takes what the first one gives.
                    CHECK(find(back, "layer3.attention_norm").inputs[0] ==
                          find(back, "layer2.output").output);
                }
            }
        }
    }
}

TEST_CASE("every tensor that is read is written before, or a weight, a cache or given") {
    for (const char* name : {"deepseek-v3", "kimi-k2", "llama-3-8b", "qwen3-8b", "qwen3-30b-a3b"}) {
        for (const Phase phase : {Phase::kDecode, Phase::kPrefill}) {
            const Workload w =
                generate_workload(model(name), request_of(phase, Precision::kFp8, 4, 64)).workload;
            std::vector<bool> written(w.tensors.size());
            for (const OperatorSpec& op : w.operators) {
                for (const TensorIndex input : op.inputs) {
                    const std::string& tensor = w.tensors[input.value].name;
                    const bool given = tensor == "hidden" || tensor == "rope_angles" ||
                                       tensor.ends_with(".weight") || tensor.ends_with(".bias");
                    INFO(op.id << " reads " << tensor);
                    CHECK((given || written[input.value]));
                }
                written[op.output.value] = true;
            }
            for (std::size_t i = 0; i < w.tensors.size(); ++i) {
                const std::string& tensor = w.tensors[i].name;
                bool used = written[i];
                for (const OperatorSpec& op : w.operators) {
                    used = used || std::count(op.inputs.begin(), op.inputs.end(),
                                              TensorIndex{static_cast<std::uint32_t>(i)}) > 0;
                }
                INFO(tensor);
                CHECK(used);
            }
        }
    }
}

TEST_CASE("the new token of each sequence goes behind the others in the cache") {
    const Workload w =
        generate_workload(model("llama-3-8b"), request_of(Phase::kDecode, Precision::kFp8, 4, 64))
            .workload;
    for (const char* id : {"key", "value_append"}) {
        CHECK(find(w, id).row_pitch == 64);
        CHECK(find(w, id).row_first == 63);
    }
    CHECK(find(w, "q").position == 63);
    // Values stand behind 32 heads of queries and 8 of keys.
    CHECK(find(w, "value_append").input_columns.first == 40 * 128);
    CHECK(find(w, "key").input_columns.first == 32 * 128);
}

TEST_CASE("shares that the model does not have are refused") {
    const LayerRequest good = request_of(Phase::kDecode, Precision::kFp8, 8, 512);
    const auto has = [&](const std::string& name, LayerRequest request, const std::string& text) {
        const std::string found = refusal(name, request);
        INFO(found);
        CHECK(found.find(text) != std::string::npos);
    };
    LayerRequest r = good;
    r.tensor_parallel = 3;
    has("deepseek-v3", r,
        "M:6: --tensor-parallel 3 does not divide 'num_attention_heads' 128; allowed: a divisor of "
        "128; take another --tensor-parallel");
    has("llama-3-8b", r, "'num_key_value_heads' 8");
    r.tensor_parallel = 16;
    has("llama-3-8b", r, "--tensor-parallel 16 does not divide 'num_key_value_heads' 8");
    r = good;
    r.expert_parallel = 2;
    has("llama-3-8b", r, "--expert-parallel 2 for a model without experts; allowed: 1");
    r.expert_parallel = 48;
    has("deepseek-v3", r, "--expert-parallel 48 does not divide 'n_routed_experts' 256");
    r.expert_parallel = 4;
    r.tensor_parallel = 8;
    has("deepseek-v3", r, "--expert-parallel 4 with --tensor-parallel 8");
    r = good;
    r.expert_parallel = 3;  // the line is that of the key that this family has
    has("qwen3-30b-a3b", r, "M:11: --expert-parallel 3 does not divide 'num_experts' 128");
    has("qwen3-8b", r, "--expert-parallel 3 for a model without experts; allowed: 1");
    r.tensor_parallel = 8;
    has("qwen3-235b-a22b", r, "--tensor-parallel 8 does not divide 'num_key_value_heads' 4");
    has("kimi-k2", r, "--expert-parallel 3 with --tensor-parallel 8");
    r = good;
    r.layers = 62;
    has("kimi-k2", r, "62 layers from layer 1 on, of a model with 'num_hidden_layers' 61");
    r = good;
    r.first_layer = 60;
    r.layers = 2;
    has("deepseek-v3", r, "2 layers from layer 60 on, of a model with 'num_hidden_layers' 61");
    r = good;
    r.layers = 33;
    has("llama-3-8b", r, "allowed: layers 0 to 31; take fewer --layers");
    r = good;
    r.context = 163841;
    has("deepseek-v3", r, "--context 163841 above 'max_position_embeddings' 163840");
    r = good;
    r.batch = 1 << 30;
    has("deepseek-v3", r, "at most 1073741824 tokens in all");
    r = good;
    r.batch = 1;
    r.tensor_parallel = 128;
    r.expert_parallel = 256;  // the tokens of two batches
    has("deepseek-v3", r, "none of 2 tokens chooses one of this GPU's 1 experts in layer 3");
    has("deepseek-v3", r, "--routing even, or another --seed");
    r.routing = RoutingDraw::kEven;
    CHECK(refusal("deepseek-v3", r) == "no error");
    // All problems at once.
    r = good;
    r.tensor_parallel = 3;
    r.context = 1 << 20;
    has("llama-3-8b", r, "max_position_embeddings");
    has("llama-3-8b", r, "num_attention_heads");
}

TEST_CASE("a layer that no operator takes is refused with the operator's reason") {
    ModelConfig config = model("llama-3-8b");
    config.file = "M";
    config.head_columns = 10;
    try {
        (void)generate_workload(config, request_of(Phase::kDecode, Precision::kFp8, 8, 512));
        FAIL("no error");
    } catch (const InputError& error) {
        const std::string text = error.diagnostics().front().text();
        CHECK(text.find("M: no operator of ours takes this layer: operator '") == 0);
        CHECK(text.find("multiple of 32 bytes") != std::string::npos);
    }
}

TEST_CASE("the committed layers are what the generator writes") {
    struct Sample {
        const char* file;
        Phase phase;
        Precision precision;
        std::int64_t batch;
        std::int64_t context;
    };
    for (const Sample& sample :
         {Sample{"decode_64_fp8", Phase::kDecode, Precision::kFp8, 64, 4096},
          Sample{"decode_64_nvfp4", Phase::kDecode, Precision::kNvfp4, 64, 4096},
          Sample{"decode_1_fp8", Phase::kDecode, Precision::kFp8, 1, 4096},
          Sample{"prefill_32_fp8", Phase::kPrefill, Precision::kFp8, 32, 1024}}) {
        LayerRequest request =
            request_of(sample.phase, sample.precision, sample.batch, sample.context);
        request.expert_parallel = 32;
        const std::string path =
            std::string(VRSIM_SOURCE_DIR "/traces/samples/deepseek_v3_layer_") + sample.file +
            ".jsonl";
        std::ostringstream text;
        text << std::ifstream(path).rdbuf();
        const std::string written =
            generate_workload(read_model_config(VRSIM_SOURCE_DIR "/traces/models/deepseek-v3.json",
                                                "deepseek-v3"),
                              request)
                .text;
        INFO(path);
        const auto without_first_comment = [](const std::string& all) {  // it names the file
            return all.substr(all.find("# precision"));
        };
        CHECK(without_first_comment(text.str()) == without_first_comment(written));
    }
}
