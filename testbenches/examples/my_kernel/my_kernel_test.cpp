// SPDX-License-Identifier: Apache-2.0
// The kernel on a whole GPU: every element of z is what the operator says.
#include <catch2/catch.hpp>
#include <cmath>
#include <cstring>

#include "models/base/configuration.h"
#include "models/gpu/gpu_module.h"
#include "models/gpu/tensor_contents.h"
#include "tlm/fresh_simulation.h"
#include "traces/formats/workload/workload_reader.h"

TEST_CASE("every element of z is 2x + |y|") {
    const vr::FreshSimulation context;
    const vr::Workload workload = vr::read_workload(HERE "/my_kernel.jsonl").workload;
    const auto config = vr::load_part<vr::GpuConfig>("tiny", "gpu", {VRSIM_PRESETS});
    vr::Attribution attribution;
    vr::Gpu gpu(config, workload, {}, attribution);
    vr::GpuRegionModule chip("gpu", gpu);
    sc_core::sc_start();
    REQUIRE(gpu.front_end().finished());
    const auto values = [&](std::size_t tensor) {
        const auto bytes =
            vr::read_contents(gpu.contents(), workload.tensors[tensor], gpu.places()[tensor]);
        std::vector<float> out(bytes.elements.size() / sizeof(float));
        std::memcpy(out.data(), bytes.elements.data(), bytes.elements.size());
        return out;
    };
    const auto x = values(0);
    const auto y = values(1);
    const auto z = values(2);
    REQUIRE(z.size() == 100 * 512);
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < z.size(); ++i) {
        wrong += z[i] == 2 * x[i] + std::fabs(y[i]) ? 0 : 1;
    }
    CHECK(wrong == 0);
    CHECK(z[0] != z[1]);
}
