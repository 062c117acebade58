// SPDX-License-Identifier: Apache-2.0
// Rows of measured attention: what they describe, and what a device makes of some of them.
#include <catch2/catch.hpp>
#include <cmath>

#include "app/validation/family.h"

namespace {

vr::Prediction predict(std::size_t family, const vr::MeasuredRow& row, vr::Level level) {
    vr::CommonOptions common;
    common.level = level;
    vr::Presets presets(common);
    return vr::attention_families()[family].predict(row, presets);
}

vr::MeasuredRow decode() {
    vr::MeasuredRow row;
    row.device = "B200-SXM";
    row.unit = "us";
    row.value = 13.488;
    row.parameters = {{"dtype", "bfloat16"}, {"batch", "16"},  {"q_heads", "64"},
                      {"kv_heads", "8"},     {"d_qk", "128"},  {"d_v", "128"},
                      {"s_q", "1"},          {"s_kv", "1024"}, {"causal", "0"}};
    return row;
}

vr::MeasuredRow shard(const char* chunk, const char* keys, double us) {
    vr::MeasuredRow row;
    row.device = "H100-SXM";
    row.unit = "us";
    row.value = us;
    row.parameters = {{"q_heads", "16"}, {"kv_heads", "2"}, {"head_dim", "128"},
                      {"batch", "1"},    {"chunk", chunk},  {"kv_len", keys}};
    return row;
}

TEST_CASE(
    "an attention row's roofline is that of its keys and values, of the length that it notes") {
    vr::MeasuredRow row = decode();
    const auto bytes = [](double keys) {
        return 16 * (keys * 8 * 2 + 64 * 2) * 128 * 2;  // K and V; Q and output
    };
    const double full = predict(0, row, vr::Level::kRoofline).roofline;
    CHECK(full == Approx(bytes(1024) / 7.99e12 * 1e6).epsilon(0.01));
    row.parameters["note"] = "avg_actual_len=501 page=16";
    const double noted = predict(0, row, vr::Level::kRoofline).roofline;
    CHECK(noted / full == Approx(bytes(501) / bytes(1024)).epsilon(0.01));
    // Latent attention: one head of keys, whose first columns are the values.
    row.parameters["note"] = "avg_actual_len=501 page=32 MLA ckv=512 kpe=64";
    const double latent = 16 * (501 * 576 + 64 * (576 + 512)) * 2.0;
    CHECK(predict(0, row, vr::Level::kRoofline).roofline / full ==
          Approx(latent / bytes(1024)).epsilon(0.01));
}

TEST_CASE("an attention row without sizes is left out, unless its source gives them") {
    vr::MeasuredRow row = decode();
    row.unit = "TFLOPS";
    row.parameters.erase("q_heads");
    vr::Prediction made = predict(0, row, vr::Level::kRoofline);
    CHECK(made.state == vr::RowState::kLeftOut);
    CHECK(made.why == "q_heads is not given");
    row.source = "tilelang attention_sink example (H800, BF16)";
    made = predict(0, row, vr::Level::kRoofline);
    CHECK(made.state == vr::RowState::kNotModelled);
    CHECK(made.why == "level roofline");
    row.parameters["dtype"] = "fp8kv";
    CHECK(predict(0, row, vr::Level::kRoofline).why.find("fp8kv") != std::string::npos);
    row = shard("32", "64", 5.312);
    row.parameters.erase("chunk");
    CHECK(predict(1, row, vr::Level::kRoofline).state == vr::RowState::kLeftOut);
}

TEST_CASE("attention of a shard on H100 grows with its keys, by instructions of warps") {
    // LLMServingSim H100 attention profiles.
    for (const auto& row : {shard("128", "128", 7.6155), shard("128", "640", 21.248)}) {
        const vr::Prediction made = predict(1, row, vr::Level::kDetailed);
        REQUIRE(made.state == vr::RowState::kModelled);
        CHECK(std::fabs(std::log(made.simulated / row.value)) < 0.2);
    }
}

}  // namespace
