// SPDX-License-Identifier: Apache-2.0
// Simulations behind measured rows: equal ones once, several at a time, products from samples.
#include <catch2/catch.hpp>
#include <cmath>

#include "app/validation/experiment.h"
#include "app/validation/product_time.h"
#include "app/validation/validate.h"

namespace {

vr::Experiment product(std::int64_t m, std::int64_t n, std::int64_t k,
                       vr::Experiment::Arguments arguments = {}) {
    vr::Experiment experiment("product");
    experiment.product(m, n, k, vr::TensorType::kBf16, std::move(arguments));
    return experiment;
}

bool same(const vr::SimulatedRun& a, const vr::SimulatedRun& b) {
    bool kernels = a.kernels.size() == b.kernels.size();
    for (std::size_t i = 0; kernels && i < a.kernels.size(); ++i) {
        kernels = a.kernels[i].launched == b.kernels[i].launched &&
                  a.kernels[i].ended == b.kernels[i].ended;
    }
    return kernels && a.makespan == b.makespan &&
           a.activity.bf16_multiply_adds == b.activity.bf16_multiply_adds &&
           a.activity.memory_bytes == b.activity.memory_bytes &&
           a.activity.l2_bytes == b.activity.l2_bytes;
}

}  // namespace

TEST_CASE("equal simulations run once, another shape, argument, clock or device is another one") {
    vr::Presets presets({});
    vr::Presets::Entry& a100 = *presets.find("A100-SXM-80GB");
    const vr::SimulatedRun first = product(64, 256, 256).simulate(a100);
    CHECK(same(first, product(64, 256, 256).simulate(a100)));
    CHECK(presets.simulations().asked() == 2);
    CHECK(presets.simulations().simulated() == 1);
    CHECK_FALSE(same(first, product(64, 256, 512).simulate(a100)));
    CHECK_FALSE(same(first, product(64, 256, 256).simulate(a100, vr::Frequency{705'000'000})));
    CHECK_FALSE(same(first, product(64, 256, 256, {{"stages", 2}}).simulate(a100)));
    CHECK_FALSE(same(first, product(64, 256, 256).simulate(*presets.find("H100-SXM"))));
    CHECK(presets.simulations().simulated() == 5);
}

TEST_CASE("planned simulations in three processes give what one process gives") {
    const std::vector<std::int64_t> depths = {128, 256, 384, 512, 640};
    vr::Presets alone({});
    vr::Presets planned({});
    CHECK_FALSE(planned.simulations().run_planned(3));  // nothing was noted
    planned.simulations().plan();
    for (const std::int64_t k : depths) {
        for (int twice = 0; twice < 2; ++twice) {
            // Stand-ins: a nanosecond for each kernel.
            CHECK(product(128, 128, k).simulate(*planned.find("H100-SXM")).makespan ==
                  vr::Time{1'000'000});
        }
    }
    REQUIRE(planned.simulations().run_planned(3));
    CHECK(planned.simulations().simulated() == depths.size());
    for (const std::int64_t k : depths) {
        const vr::SimulatedRun run = product(128, 128, k).simulate(*planned.find("H100-SXM"));
        CHECK(run.activity.bf16_multiply_adds == 128 * 128 * k);
        CHECK(same(run, product(128, 128, k).simulate(*alone.find("H100-SXM"))));
    }
    CHECK(planned.simulations().simulated() == depths.size());
}

TEST_CASE("a rate that another process found is the same to its last bit, and found once") {
    vr::Simulations simulations;
    const auto rate = [&](int number) {
        return simulations.rate("rate " + std::to_string(number),
                                [number] { return 1e12 / (3 + number); });
    };
    simulations.plan();
    for (const int number : {0, 1, 2, 3, 2}) {
        CHECK(rate(number) == 1);  // a stand-in
    }
    REQUIRE(simulations.run_planned(3));
    CHECK(simulations.simulated() == 4);
    for (const int number : {0, 1, 2, 3}) {
        CHECK(rate(number) == 1e12 / (3 + number));
    }
    CHECK(simulations.simulated() == 4);
    CHECK(rate(4) == 1e12 / 7);
    CHECK(simulations.simulated() == 5);
}

TEST_CASE("rows that were prepared by two processes are judged as those of one") {
    vr::Family family;
    family.name = "products";
    // The second simulation follows from the first one's result.
    family.predict = [](const vr::MeasuredRow& row, vr::Presets& presets) {
        vr::Presets::Entry& preset = *presets.find(row.device);
        const vr::Time first = product(64, 128, *row.integer("K")).run(preset).back();
        const vr::Time second =
            product(64, 128, first.value > 2'000'000 ? 512 : 1024).run(preset).back();
        return vr::Prediction{vr::RowState::kModelled, vr::seconds_of(first + second) * 1e6, 1, ""};
    };
    std::vector<vr::MeasuredRow> rows(3);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        rows[i].device = i == 0 ? "A100-SXM-80GB" : "H100-SXM";
        rows[i].experiment = "product";
        rows[i].value = 5;
        rows[i].parameters["K"] = std::to_string(128 * (i + 1));
    }
    vr::Presets one({});
    const vr::FamilySummary expected = vr::judge(family, rows, one);
    vr::Presets two({});
    vr::prepare(family, rows, vr::fastest_rows(family, rows), two, 2);
    const std::size_t before = two.simulations().simulated();
    const vr::FamilySummary got = vr::judge(family, rows, two);
    CHECK(two.simulations().simulated() == before);  // judging found all of them
    REQUIRE(got.judged.size() == expected.judged.size());
    for (std::size_t i = 0; i < got.judged.size(); ++i) {
        CHECK(got.judged[i].prediction.simulated == expected.judged[i].prediction.simulated);
    }
}

TEST_CASE("a product from samples of its depth and waves takes the time of the whole") {
    vr::Presets presets({});
    for (const char* device : {"A100-SXM-80GB", "H100-SXM"}) {
        vr::Presets::Entry& preset = *presets.find(device);
        const auto error = [&](std::int64_t m, std::int64_t n, std::int64_t k) {
            const auto sampled = static_cast<double>(
                vr::sampled_product_time(preset, m, n, k, vr::TensorType::kBf16).value);
            const auto whole = static_cast<double>(
                vr::whole_product_time(preset, m, n, k, vr::TensorType::kBf16).value);
            INFO(device << ' ' << m << 'x' << n << 'x' << k << ": " << sampled / whole);
            return std::fabs(std::log(sampled / whole));
        };
        CHECK(error(512, 4096, 4096) < 0.04);   // depth alone
        CHECK(error(1024, 8192, 2560) < 0.05);  // depth and waves
        CHECK(error(64, 256, 256) == 0);        // small ones run whole
    }
}
