// SPDX-License-Identifier: Apache-2.0
// The latent attention of a small model, as `vrsim workload` writes its decode step, with real
// data: what a chain of ten kernels leaves in memory equals the formulas.
#include "app/platform/machine.h"
#include "testbenches/gpu/machine/layer_rig.h"

using namespace vr;
using namespace vr::testing;
using plain::Tensors;

namespace {

constexpr std::int64_t kSequences = 3;
constexpr std::int64_t kContext = 70;
constexpr Precision kPrecisions[] = {Precision::kBf16, Precision::kFp8};

std::string attention_block(Precision precision, std::int64_t sequences = kSequences,
                            std::int64_t context = kContext) {
    return part_of_layer(precision, sequences, context, "attention_norm", "o");
}

/// Sizes with the kernel's own blocks of keys: where weights are rounded depends on them.
plain::LayerSizes sizes_for(const LayerRun& run, Precision precision,
                            std::int64_t context = kContext) {
    plain::LayerSizes sizes = sizes_of(precision, context);
    for (const TileProgram& program : run.gpu().programs()) {
        if (program.function == TileFunction::kAttention) {
            sizes.key_block = program.attention.key_block;
        }
    }
    return sizes;
}

}  // namespace

TEST_CASE("MLA decode: every tensor of the block equals the formulas") {
    for (const char* platform : {"tiny", "rubin"}) {
        for (const Precision precision : kPrecisions) {
            LayerRun run(attention_block(precision), platform);
            run.run();
            const Tensors wanted = plain::latent_decode(run.inputs(), sizes_for(run, precision));
            REQUIRE(wanted.size() == 9);
            for (const auto& [name, values] : wanted) {
                INFO(platform << ", " << run.type_name(name) << " " << name);
                check_equal(run, name, values);
            }
            // Not equal because both are small or empty.
            CHECK(plain::largest(wanted.at("o")) > 1);
        }
    }
}

TEST_CASE("MLA decode: the absorbed form equals the definition without any rounding") {
    for (const Precision precision : kPrecisions) {
        LayerRun run(attention_block(precision));
        run.run();
        const auto exact = plain::latent_definition(run.inputs(), sizes_of(precision, kContext));
        // Six roundings in a row, each at most 2^-9 (BF16) or 2^-4 (FP8) of an element; sums take
        // independent ones together. Measured: 0.0047 and 0.057 of the largest value.
        CHECK(plain::difference(run.tensor("o"), exact).most <
              (precision == Precision::kFp8 ? 1.0 / 10 : 1.0 / 100));
    }
}

TEST_CASE("MLA decode: a reference with one thing wrong is told apart") {
    const std::string text = attention_block(Precision::kBf16);
    LayerRun run(text);
    run.run();
    const plain::LayerSizes sizes = sizes_for(run, Precision::kBf16);
    const auto distance = [&](const Tensors& inputs, const plain::LayerSizes& with) {
        return plain::difference(run.tensor("o"), plain::latent_decode(inputs, with).at("o")).most;
    };
    CHECK(distance(run.inputs(), sizes) < kBf16Step);
    SECTION("the scale without YaRN's factor") {
        plain::LayerSizes wrong = sizes;
        wrong.attention_scale = 1.0 / 8;
        CHECK(distance(run.inputs(), wrong) > 4 * kBf16Step);
    }
    SECTION("the position one too early") {
        Tensors wrong = run.inputs();
        plain::Matrix& angles = wrong.at("rope_angles");
        for (std::int64_t c = 0; c < angles.columns; ++c) {
            angles.at(kContext - 1, c) = angles.at(kContext - 2, c);
        }
        // Queries and the new key turn alike: only older keys see the difference.
        CHECK(distance(wrong, sizes) > 4 * kBf16Step);
    }
    SECTION("the oldest token of each sequence in the cache another one") {
        Tensors wrong = run.inputs();
        plain::Matrix& cache = wrong.at("latent_cache");
        for (std::int64_t r = 0; r < kSequences; ++r) {
            for (std::int64_t c = 0; c < cache.columns; ++c) {
                cache.at(r * kContext, c) = cache.at(r * kContext + 1, c);
            }
        }
        CHECK(distance(wrong, sizes) > 4 * kBf16Step);
    }
    SECTION("one head's values those of its neighbour") {
        Tensors wrong = run.inputs();
        plain::Matrix& up = wrong.at("value_up.weight");
        const auto head = up.values.begin() + 32 * up.columns;
        std::copy(up.values.begin(), head, head);
        CHECK(distance(wrong, sizes) > 4 * kBf16Step);
    }
}

TEST_CASE("MLA decode: scores that outgrow those of the first keys equal the formulas") {
    LayerRun run(attention_block(Precision::kBf16));
    plain::Matrix weight = run.inputs().at("q_b.weight");
    for (double& value : weight.values) {
        value *= 4;  // scores are as many times larger: some blocks of keys exceed others by 5.5
    }
    run.write("q_b.weight", weight);
    run.run();
    plain::LayerSizes sizes = sizes_for(run, Precision::kBf16);
    REQUIRE(sizes.key_block < kContext / 2);
    check_equal(run, "o", plain::latent_decode(run.inputs(), sizes).at("o"));
}

TEST_CASE("MLA decode: long keys, split over SMs and merged, equal the formulas") {
    constexpr std::int64_t kLong = 1200;
    LayerRun run(attention_block(Precision::kBf16, 1, kLong), "rubin", {"gpu.sms=12"});
    const auto& operators = run.workload().operators;
    REQUIRE(std::any_of(operators.begin(), operators.end(),
                        [](const OperatorSpec& op) { return op.id == "attention.merge"; }));
    run.run();
    // Each part rounds its weights from a reference of its own: half a step of BF16 each.
    const Tensors wanted =
        plain::latent_decode(run.inputs(), sizes_for(run, Precision::kBf16, kLong));
    CHECK(plain::difference(run.tensor("o"), wanted.at("o")).most < kBf16Step);
    check_equal(run, "latent_cache", wanted.at("latent_cache"));
}

TEST_CASE("MLA decode: units joined by sockets leave the same bytes") {
    for (const Precision precision : kPrecisions) {
        check_same_bytes(attention_block(precision), {});
    }
}

TEST_CASE("MLA decode: attention on tensor cores in RTL, in lock step, leaves the same bytes") {
    check_same_bytes(part_of_layer(Precision::kFp8, 1, 40, "attention", "attention"),
                     {"gpu.sm.tensor_core.impl=both"});
}
