// SPDX-License-Identifier: Apache-2.0
// Operators of layers as measured rows name them: what a row asks for, what is left out, and how
// walks over a row and loads by index take their time.
#include <catch2/catch.hpp>

#include "app/validation/experiment.h"
#include "app/validation/family.h"
#include "app/validation/layer_kernels.h"

namespace {

vr::MeasuredRow layer_row(const char* experiment, const char* tokens, const char* tp,
                          double value = 100) {
    vr::MeasuredRow row;
    row.device = "A100-SXM-80GB";
    row.experiment = experiment;
    row.value = value;
    row.unit = "us";
    row.parameters = {{"num_tokens", tokens}, {"tp", tp},
                      {"n_embd", "8192"},     {"n_expanded_embd", "28672"},
                      {"n_head", "64"},       {"n_kv_head", "8"},
                      {"gated", "True"}};
    return row;
}

vr::Prediction at_roofline(const vr::Family& family, const vr::MeasuredRow& row) {
    vr::CommonOptions common;
    common.level = vr::Level::kRoofline;
    vr::Presets presets(common);
    return family.predict(row, presets);
}

vr::MeasuredRow small(const char* experiment, const char* arguments, double value) {
    vr::MeasuredRow row;
    row.device = "B200-SXM";
    row.experiment = experiment;
    row.value = value;
    row.unit = "us";
    row.parameters = {{"args", arguments}};
    return row;
}

double device_microseconds(const vr::Experiment& experiment) {
    vr::Presets presets({});
    return vr::seconds_of(experiment.run_on_device(*presets.find("A100-SXM-80GB")).back()) * 1e6;
}

}  // namespace

TEST_CASE("a projection of a layer is a product with the GPU's share of the weights") {
    const vr::Family family = vr::llm_layers_family();
    const double flops = 4096.0 * 2;
    const auto bound = [&](const char* experiment, const char* tp) {
        const vr::Prediction made = at_roofline(family, layer_row(experiment, "4096", tp));
        REQUIRE(made.state == vr::RowState::kNotModelled);
        return made.roofline;
    };
    const double peak = 312e12 * 1e-6;  // per microsecond
    CHECK(bound("layer_attn_pre_proj", "1") == Approx(flops * 8192 * 10240 / peak).epsilon(0.01));
    CHECK(bound("layer_attn_post_proj", "2") == Approx(flops * 4096 * 8192 / peak).epsilon(0.01));
    CHECK(bound("layer_mlp_up_proj", "4") == Approx(flops * 8192 * 14336 / peak).epsilon(0.01));
    CHECK(bound("layer_mlp_down_proj", "1") == Approx(flops * 28672 * 8192 / peak).epsilon(0.01));
    // The others by their bytes: rotation reads and writes queries and keys.
    CHECK(bound("layer_attn_rope", "1") / bound("layer_input_layernorm", "1") ==
          Approx(72.0 / 64).epsilon(0.001));
}

TEST_CASE("kernels of many tokens are continued on the line through two numbers that leave L2") {
    vr::Presets presets({});
    vr::Presets::Entry& preset = *presets.find("A100-SXM-80GB");
    const std::int64_t capacity = preset.config->gpu.l2.capacity.value;
    std::vector<std::int64_t> asked;
    // A start of 5 us and 2 ns a token; a sixty-fourth of L2 a token.
    const auto kernel = [&](std::int64_t tokens) {
        return vr::LayerKernel{tokens, tokens * capacity / 64,
                               [&](std::int64_t some, vr::Presets::Entry&) {
                                   asked.push_back(some);
                                   return vr::Time{5'000'000 + some * 2'000};
                               }};
    };
    CHECK(kernel(512).time(preset) == vr::Time{5'000'000 + 512 * 2'000});
    CHECK(asked == std::vector<std::int64_t>{512});  // L2 thrice is 192 tokens: 256, 512
    asked.clear();
    CHECK(kernel(3072).time(preset) == vr::Time{5'000'000 + 3072 * 2'000});
    CHECK(asked == std::vector<std::int64_t>{256, 512});
}

TEST_CASE("rows of layers without a size, of few microseconds or of other operators are left out") {
    const vr::Family family = vr::llm_layers_family();
    vr::MeasuredRow row = layer_row("layer_add", "4096", "1");
    row.parameters.erase("gated");
    CHECK(at_roofline(family, row).why.find("a size is not given") != std::string::npos);
    CHECK(at_roofline(family, layer_row("layer_add", "4096", "3")).state == vr::RowState::kLeftOut);
    CHECK(at_roofline(family, layer_row("layer_add", "4096", "1", 9.5)).why.find("10 us") !=
          std::string::npos);
    CHECK(at_roofline(family, layer_row("layer_dropout", "4096", "1")).why.find("layer_dropout") !=
          std::string::npos);
}

TEST_CASE("arguments of small operations give their bytes, others say what is missing") {
    const vr::Family family = vr::small_operations_family();
    const vr::Prediction quantise = at_roofline(
        family, small("flashinfer_nvfp4_batched_quantize", "batch_size=8 k=8192 m=2048", 79));
    REQUIRE(quantise.state == vr::RowState::kNotModelled);
    const double elements = 8.0 * 2048 * 8192;
    CHECK(quantise.roofline == Approx(elements * (2 + 0.5 + 1.0 / 16) / 8.0e6).epsilon(0.02));
    CHECK(at_roofline(family, small("flashinfer_nvfp4_quantize", "k=8192", 79)).why ==
          "m or k is not given");
    CHECK(
        at_roofline(family, small("flashinfer_top_k", "batch_size=32", 17)).why.find("selection") !=
        std::string::npos);
    // The same bytes in four times the time are no movement of data.
    CHECK(at_roofline(family,
                      small("flashinfer_nvfp4_batched_quantize", "batch_size=8 k=8192 m=2048", 300))
              .state == vr::RowState::kLeftOut);
}

TEST_CASE("of layers of experts those of one rank count, with the experts that tokens choose") {
    const vr::Family family = vr::moe_layers_family();
    vr::MeasuredRow row;
    row.device = "B200-SXM";
    row.experiment = "fused_moe_layer_1gpu";
    row.value = 100;
    row.unit = "us";
    row.parameters = {{"dtype", "nvfp4"},       {"tokens_per_rank", "1"}, {"hidden", "7168"},
                      {"intermediate", "2048"}, {"experts", "256"},       {"topk", "8"},
                      {"ep_size", "1"}};
    const double one = at_roofline(family, row).roofline;
    const double weights = 8 * 3.0 * 7168 * 2048 * 9 / 16;  // of eight experts
    CHECK(one == Approx(weights / 8.0e6).epsilon(0.12));    // and outputs, padded
    row.parameters["tokens_per_rank"] = "1024";             // every expert has tokens
    CHECK(at_roofline(family, row).roofline > 31 * one);
    CHECK(at_roofline(family, row).roofline < 34 * one);
    row.parameters["ep_size"] = "8";
    CHECK(at_roofline(family, row).why == "more than one rank");
    row.parameters["ep_size"] = "1";
    row.parameters["note"] = "TP=8";
    CHECK(at_roofline(family, row).why == "more than one rank");
}

TEST_CASE("a walk before the last one costs its loads and a barrier, instructions cost issue") {
    const auto rows = [](vr::Experiment::Arguments arguments) {
        vr::Experiment e("rows");
        const vr::TensorIndex x = e.matrix("x", 16, 4096, vr::TensorType::kBf16);
        const vr::TensorIndex y = e.matrix("y", 16, 4096, vr::TensorType::kBf16);
        arguments.emplace_back("threads", 1024);
        e.kernel("thread_rows", {x}, y, std::move(arguments));
        return device_microseconds(e);
    };
    const double one = rows({});
    const double two = rows({{"passes", 2}});
    const double wide = rows({{"element_bytes", 8}});
    // Four rounds from memory (514 clocks each), then four from L1, against four from memory.
    CHECK(two - one > 4 * 30 / 1410.0);
    CHECK(two - one < 4 * 514 / 1410.0);
    // One round instead of four.
    CHECK(one - wide > 2.5 * 514 / 1410.0);
    // 1,024 threads, 1,000 instructions in four rounds, 128 a clock.
    CHECK(rows({{"instructions", 1012}}) - one == Approx(4 * 8 * 1000 / 1410.0).epsilon(0.2));
}

TEST_CASE("an element is loaded when its index has come, the next index after that") {
    const auto gather = [](std::int64_t rows) {
        vr::Experiment e("gather");
        const vr::TensorIndex table = e.matrix("table", rows, 4096, vr::TensorType::kBf16);
        const vr::TensorIndex index = e.tensor("index", 8 * rows);
        const vr::TensorIndex y = e.matrix("y", rows, 4096, vr::TensorType::kBf16);
        e.kernel("thread_gather", {table, index}, y, {{"threads", 128}, {"instructions", 0}});
        return device_microseconds(e);
    };
    // 864 blocks of 128 threads take 27 rows a round.
    const double each = (gather(27 * 9) - gather(27)) / 8;
    CHECK(each > (205 + 514) / 1410.0);
}
