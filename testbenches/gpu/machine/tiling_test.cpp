// SPDX-License-Identifier: Apache-2.0
// Products whose trace says how they are cut: the same bits, the slots that were asked for.
#include "models/gpu/gpu.h"
#include "testbenches/gpu/machine/machine_rig.h"

using namespace vr;
using namespace vr::testing;

namespace {

std::string trace_of(const std::string& arguments, const std::string& type = "bf16",
                     bool data = true) {
    std::string trace = gemm_trace(200, 96, 512, type, "bf16", data);
    const std::size_t end = trace.rfind('}');
    return trace.substr(0, end) + R"(, "arguments": {)" + arguments + "}}\n";
}

TEST_CASE("a product cut as its trace says has the bits of the reference") {
    for (const char* arguments :
         {R"("tile_rows": 64, "tile_columns": 32, "slot_bytes": 32, "stages": 2)",
          R"("tile_rows": 128, "tile_columns": 96, "slot_bytes": 64, "prefetch": 0)",
          R"("tile_rows": 32, "tile_columns": 64, "stages": 3)"}) {
        INFO(arguments);
        MachineRig rig(trace_of(arguments), "tiny");
        const std::vector<std::uint32_t> want = rig.reference();
        rig.run();
        CHECK(rig.codes(2) == want);
    }
}

TEST_CASE("a cut product has the tiles, the slots and the boxes that were asked for") {
    MachineRig rig(
        trace_of(R"("tile_rows": 64, "tile_columns": 32, "slot_bytes": 256, "stages": 3)", "bf16",
                 false),
        "tiny");
    const TileProgram& program = rig.gpu().programs().front();
    CHECK(program.tiles_m == 4);
    CHECK(program.tiles_n == 3);
    CHECK(program.pipelines[0].stages == 3);
    CHECK(program.pipelines[0].slot_bytes == (64 + 32) * 256);
    CHECK(program.rounds() == 512 * 2 / 256);
    // Boxes are 128 B wide: two of A and two of B, and the output.
    CHECK(program.operands.size() == 5);
    rig.run();
    CHECK(rig.gpu().l2().traffic()[0].requested == 3 * 200 * 512 * 2);
}

TEST_CASE("arguments of a product are checked with what is allowed") {
    const std::pair<const char*, const char*> cases[] = {
        {R"("tile_rows": 8)", "argument 'tile_rows' of kernel"},
        {R"("slot_bytes": 48)", "argument 'slot_bytes' is 48"},
        {R"("slot_bytes": 256)", "16, 32, 64 or 128, for tensors with contents"},
        {R"("tiles": 2)", "has no argument 'tiles'"},
    };
    for (const auto& [arguments, message] : cases) {
        CHECK_THROWS_WITH(MachineRig(trace_of(arguments)), Catch::Matchers::Contains(message));
    }
    CHECK_THROWS_WITH(MachineRig(trace_of(R"("slot_bytes": 64)", "nvfp4")),
                      Catch::Matchers::Contains("128, for operands with scales"));
}

}  // namespace
