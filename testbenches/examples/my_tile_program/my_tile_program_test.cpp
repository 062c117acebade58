// SPDX-License-Identifier: Apache-2.0
// The tile program on a whole GPU: every element is what the operator says, whatever the tile's
// size; inputs that do not fit are refused.
#include <catch2/catch.hpp>
#include <cstring>

#include "models/base/configuration.h"
#include "models/gpu/gpu_module.h"
#include "models/gpu/tensor_contents.h"
#include "tlm/fresh_simulation.h"
#include "traces/formats/workload/workload_reader.h"

namespace {
std::vector<float> values(vr::Gpu& gpu, const vr::Workload& workload, std::size_t tensor) {
    const auto bytes =
        vr::read_contents(gpu.contents(), workload.tensors[tensor], gpu.places()[tensor]);
    std::vector<float> out(bytes.elements.size() / sizeof(float));
    std::memcpy(out.data(), bytes.elements.data(), bytes.elements.size());
    return out;
}

// Runs the trace with tiles of `rows` rows; how many elements are wrong.
std::size_t wrong_elements(std::int64_t rows, std::int64_t table_rows = 32) {
    const vr::FreshSimulation context;
    vr::Workload workload = vr::read_workload(HERE "/my_tile_program.jsonl").workload;
    workload.operators[0].arguments = {{"rows", rows}};
    workload.tensors[1].rows = table_rows;
    const auto config = vr::load_part<vr::GpuConfig>("tiny", "gpu", {VRSIM_PRESETS});
    vr::Attribution attribution;
    vr::Gpu gpu(config, workload, {}, attribution);
    vr::GpuRegionModule chip("gpu", gpu);
    sc_core::sc_start();
    REQUIRE(gpu.front_end().finished());
    const auto x = values(gpu, workload, 0);
    const auto table = values(gpu, workload, 1);
    const auto z = values(gpu, workload, 2);
    REQUIRE(z.size() == 100 * 512);
    CHECK(z[0] != z[1]);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < z.size(); ++i) {
        wrong += z[i] == x[i] + 2 * table[i % table.size()] ? 0 : 1;
    }
    return wrong;
}
}  // namespace

TEST_CASE("every row of z is its row of x and twice a row of the table") {
    const std::int64_t rows = GENERATE(1, 8, 16);  // 100 rows: the last tile is not full
    CHECK(wrong_elements(rows) == 0);
}

TEST_CASE("a table that is no whole number of tiles is refused") {
    CHECK_THROWS_WITH(wrong_elements(8, 20), Catch::Contains("inputs do not fit z"));
    CHECK_THROWS_WITH(wrong_elements(257), Catch::Contains("allowed: 1 to 256"));
}
