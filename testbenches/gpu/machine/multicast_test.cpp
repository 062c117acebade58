// SPDX-License-Identifier: Apache-2.0
// What two SMs of a pair share, loaded once for both: the same product, fewer bytes from L2, as
// many in each shared memory.
#include "models/gpu/gpu.h"
#include "testbenches/gpu/machine/machine_rig.h"

using namespace vr;
using namespace vr::testing;

namespace {

// Products of one SM's instructions, 64 rows at a time.
Sets sets_of(bool multicast) {
    return {"gpu.sm.tensor_core.group=1", "gpu.sm.tensor_core.rows=64",
            std::string("gpu.sm.tensor_core.multicast=") + (multicast ? "true" : "false"),
            "gpu.sm.tensor_memory.columns=256"};
}

struct Moved {
    std::vector<std::uint32_t> codes;
    std::int64_t requested = 0;  // of A and B
    std::int64_t landed = 0;
    Time makespan;
};

Moved moved_by(const std::string& trace, bool multicast) {
    MachineRig rig(trace, "tiny", sets_of(multicast));
    const std::vector<std::uint32_t> want = rig.reference();
    rig.run();
    Moved moved;
    moved.codes = rig.codes(2);
    CHECK(moved.codes == want);
    const std::vector<TensorTraffic> traffic = rig.gpu().l2().traffic();
    moved.requested = traffic[0].requested + traffic[1].requested;
    for (const auto& tpc : rig.gpu().tpcs()) {
        for (std::size_t sm = 0; sm < tpc->sms(); ++sm) {
            moved.landed += tpc->work(sm).bytes_loaded;
        }
        CHECK(tpc->bytes_in_flight() == 0);
    }
    moved.makespan = rig.gpu().front_end().runs().front().ended;
    return moved;
}

TEST_CASE("multicast: a pair asks for B once and gets it twice") {
    // One tile of 512 rows for one pair, or two of 256 side by side: B of 128 columns.
    const std::string trace = gemm_trace(512, 128, 1024, "bf16", "bf16");
    const Moved once = moved_by(trace, true);
    const std::int64_t a = 512 * 1024 * 2;
    const std::int64_t b = 128 * 1024 * 2;
    CHECK(once.codes.size() == 512 * 128);
    CHECK(once.landed == a + 2 * once.requested - 2 * a);
    CHECK(once.requested % (a + b) == 0);
    const Moved twice = moved_by(trace, false);
    CHECK(twice.landed == twice.requested);
    CHECK(twice.requested > once.requested);
    CHECK(twice.codes == once.codes);
}

}  // namespace
