// SPDX-License-Identifier: Apache-2.0
// Question: does a change of the state of any unit of a machine show in the hash of that unit, and
// in no other?
#include "app/platform/machine.h"
#include "models/hbm4/ecc/memory_faults.h"
#include "testbenches/gpu/machine/machine_rig.h"

using namespace vr;
using namespace vr::testing;

namespace {

const char* const kHostCopy = R"({"vrsim_trace": 1, "name": "copy from the host"}
{"tensor": "there", "shape": [64, 64], "type": "bf16", "data": "seeded", "place": "host"}
{"tensor": "here", "shape": [64, 64], "type": "bf16"}
{"op": "copy", "id": "in", "source": "there", "destination": "here"}
)";

// What changed between two lists of hashes.
std::vector<std::string> changed(const std::vector<StateHash>& a, const std::vector<StateHash>& b) {
    REQUIRE(a.size() == b.size());
    std::vector<std::string> out;
    for (std::size_t i = 0; i < a.size(); ++i) {
        REQUIRE(a[i].path == b[i].path);
        if (a[i].value != b[i].value) {
            out.push_back(a[i].path);
        }
    }
    return out;
}

template <class Message>
Stamped<Message> at_100_us(Message message = {}) {
    return {nanoseconds(100'000), 7, 0, std::move(message)};
}

class Mutations {
  public:
    explicit Mutations(Machine& machine)
        : machine_(machine), before_(machine.state_hashes(Time{})) {}
    template <class Change>
    void expect(const std::string& path, Change&& change) {
        change();
        const std::vector<StateHash> after = machine_.state_hashes(Time{});
        INFO(path);
        CHECK(changed(before_, after) == std::vector<std::string>{path});
        before_ = after;
    }
    /// A message that waits in a port of the unit.
    template <class UnitKind, class Port>
    void message(const std::vector<Unit*>& units, Port UnitKind::*port) {
        for (Unit* unit : units) {
            if (auto* found = dynamic_cast<UnitKind*>(unit)) {
                expect(found->path(), [&] { (found->*port).deliver(at_100_us_of(found->*port)); });
                return;
            }
        }
        FAIL("no such unit");
    }

  private:
    template <class Message>
    static Stamped<Message> at_100_us_of(const InPort<Message>&) {
        return at_100_us<Message>();
    }
    Machine& machine_;
    std::vector<StateHash> before_;
};

}  // namespace

TEST_CASE("a message that waits shows in its receiver alone, so do contents and planted faults") {
    MachineRig rig(kHostCopy);
    Gpu& gpu = rig.gpu();
    Vera& host = *rig.machine->hosts().front();
    Mutations mutations(*rig.machine);
    const auto& units = gpu.units();
    mutations.message(units, &CommandFrontEnd::kernels_in);
    mutations.message(units, &CommandFrontEnd::signals_in);
    mutations.message(units, &CommandFrontEnd::registers_in);
    mutations.message(units, &CommandFrontEnd::doorbells_in);
    mutations.message(units, &ThreadBlockScheduler::launches_in);
    mutations.message(units, &ThreadBlockScheduler::blocks_in);
    mutations.message(units, &Crossbar::requests_in);
    mutations.message(units, &Crossbar::responses_in);
    mutations.message(units, &L2::requests_in);
    mutations.message(units, &L2::memory_in);
    mutations.message(units, &Hbm4::requests_in);
    mutations.message(units, &Tpc::launches_in);
    mutations.message(units, &Tpc::responses_in);
    mutations.message(units, &CopyEngine::launches_in);
    mutations.message(units, &CopyEngine::responses_in);
    mutations.message(units, &CopyEngine::remote_in);
    mutations.message(units, &C2cEnd::messages_in);
    mutations.message(units, &C2cEnd::frees_in);
    mutations.message(units, &C2cEnd::frames_in);
    mutations.message(host.units(), &HostFabric::memory_in);
    mutations.message(host.units(), &Lpddr5x::requests_in);
    mutations.expect("host.fabric", [&] { host.fabric().ring_at_start(0); });
    mutations.expect("gpu.contents", [&] { gpu.contents().flip_bit(gpu.places()[1].base, 3); });
    mutations.expect("host.contents", [&] { host.contents().flip_bit(1 << 20, 3); });
    mutations.expect("gpu.data_path", [&] { gpu.data_path().plant({}); });
}

TEST_CASE("who met faults of the memory shows in them alone") {
    const auto state_after_read = [](std::uint32_t user) {
        MachineRig rig(kHostCopy, "tiny", {"gpu.hbm4.faults.list=\"bit 0x40 3,30 flip\""});
        std::vector<std::uint8_t> data(32);
        rig.gpu().contents().use({Time{}, user});
        (void)rig.gpu().contents().read(0x40, data);
        CHECK(rig.gpu().memory_faults()->uncorrectable_of(user) == 1);
        return rig.machine->state_hashes(Time{});
    };
    const std::vector<StateHash> by_one = state_after_read(0);
    const std::vector<StateHash> by_other = state_after_read(1);
    CHECK(changed(by_one, by_other) == std::vector<std::string>{"gpu.memory_faults"});
}

TEST_CASE("parts of units: what they do shows") {
    GranuleTags tags(16, 4);
    const std::uint64_t empty = state_hash(tags);
    Victim victim;
    Granule* granule = tags.find_or_place(3, victim);
    const std::uint64_t placed = state_hash(tags);
    CHECK(placed != empty);
    granule->dirty |= 2;
    const std::uint64_t dirty = state_hash(tags);
    CHECK(dirty != placed);
    granule->fills[7] = 1;
    CHECK(state_hash(tags) != dirty);
    const std::uint64_t used = state_hash(tags);
    (void)tags.find(3);  // used later than others now
    CHECK(state_hash(tags) != used);

    SlotRing ring(2, 1, 1);
    const std::uint64_t fresh = state_hash(ring);
    ring.expect(1);
    CHECK(state_hash(ring) != fresh);
    CHECK(state_hash(SlotRing(2, 1, 1)) == fresh);
    SlotRing filled(2, 1, 1);
    (void)filled.fill(0, Time{5}, Cause{});
    SlotRing filled_later(2, 1, 1);
    (void)filled_later.fill(0, Time{6}, Cause{});
    CHECK(state_hash(filled) != state_hash(filled_later));

    BoxWalk walk(MemoryBox{0, 256, 4, 256}, 2);
    const std::uint64_t start = state_hash(walk);
    LineBundle bundle;
    walk.next(bundle);
    CHECK(state_hash(walk) != start);
    CHECK(state_hash(bundle) != state_hash(LineBundle{}));

    SmRoom room(4, {});
    const std::uint64_t free = state_hash(room);
    room.take(3, {});
    CHECK(state_hash(room) != free);

    TensorCore core(load_gpu("tiny", {}).sm.tensor_core, BytesPerCycle{128});
    const std::uint64_t idle = state_hash(core);
    core.copy_scales(NumberKind::kNvfp4, 512, Time{});
    CHECK(state_hash(core) != idle);
}
