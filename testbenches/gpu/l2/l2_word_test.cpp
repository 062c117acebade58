// SPDX-License-Identifier: Apache-2.0
// Question: do atomics on a word in L2 take their turns in its slice, and do loads see all that
// came before them and nothing else?
#include <catch2/catch.hpp>

#include "testbenches/gpu/l2/l2_rig.h"

using namespace vr;
using namespace vr::testing;

namespace {

LineBundle word(L2Rig& rig, std::uint64_t address, WordAccess access, std::uint16_t from = 0) {
    LineBundle bundle = rig.bundle(address, 1, from);
    bundle.sectors = 1;
    bundle.word = access;
    return bundle;
}

// Of the answers, by tag.
const Stamped<BundleDone>& of(const std::vector<Stamped<BundleDone>>& got, std::uint32_t tag) {
    const auto found = std::find_if(got.begin(), got.end(),
                                    [&](const auto& one) { return one.message.tag == tag; });
    REQUIRE(found != got.end());
    return *found;
}

}  // namespace

TEST_CASE("an atomic is answered with what the word was, one after the other") {
    L2Rig rig({"gpu.l2.word_interval=7 clk"});
    const Time at = nanoseconds(1000);
    for (std::uint16_t sm = 0; sm < 3; ++sm) {
        rig.send(at, word(rig, 4096, WordAccess::kAdd, sm));
    }
    rig.send(at, word(rig, 4096, WordAccess::kLoad));
    const auto got = rig.run();
    REQUIRE(got.size() == 4);
    for (std::uint32_t tag = 0; tag < 4; ++tag) {
        CHECK(of(got, tag).message.word == tag);
        // The slice is taken by each of them.
        CHECK(of(got, tag).arrival == at + kToL2 + rig.span({7 * static_cast<int>(tag)}) +
                                          rig.span(rig.config.hit_latency) + kFromL2);
    }
    CHECK(rig.l2.unanswered() == 0);
}

TEST_CASE("words are apart by address and by operator") {
    L2Rig rig;
    rig.send(nanoseconds(1), word(rig, 4096, WordAccess::kAdd));
    rig.send(nanoseconds(100), word(rig, 8192, WordAccess::kLoad));
    LineBundle other = word(rig, 4096, WordAccess::kLoad);
    other.operator_index = {1};
    rig.send(nanoseconds(200), other);
    rig.send(nanoseconds(300), word(rig, 4096, WordAccess::kLoad));
    const auto got = rig.run();
    CHECK(of(got, 1).message.word == 0);
    CHECK(of(got, 2).message.word == 0);
    CHECK(of(got, 3).message.word == 1);
}

TEST_CASE("words count in the traffic of their tensor, and their line comes from memory once") {
    L2Rig rig;
    rig.send(nanoseconds(1), word(rig, 4096, WordAccess::kAdd));
    LineBundle unanswered = word(rig, 4096, WordAccess::kAdd);
    unanswered.write = true;
    rig.send(nanoseconds(2), unanswered);
    rig.send(nanoseconds(3), word(rig, 4096, WordAccess::kLoad));
    const auto got = rig.run();
    CHECK(of(got, 1).message.write);
    CHECK(of(got, 2).message.word == 2);
    const TensorTraffic traffic = rig.l2.traffic()[0];
    CHECK(traffic.requested == 2 * kSectorBytes);
    CHECK(traffic.hits == traffic.requested);
    CHECK(traffic.written == kSectorBytes);
    CHECK(rig.memory.got.size() == 1);
}

TEST_CASE("a word on the other die takes the way there") {
    const auto time = [](std::uint16_t sm) {
        L2Rig rig({"gpu.l2.dies=2"});
        return rig.ask(nanoseconds(1000), word(rig, 4096, WordAccess::kLoad, sm));
    };
    const Time one = time(0);
    const Time other = time(3);
    const L2Config config = load_gpu("tiny").l2;
    const Time far = Clock(config.clock).span(config.far_latency);
    CHECK((one > other ? one - other : other - one) == far);
}
