// SPDX-License-Identifier: Apache-2.0
// A first testbench: Catch2 drives the HBM4 core as a plain C++ class, without SystemC.
// Not modelled: who asks; the requests come from this file.
#include <catch2/catch.hpp>

#include "models/base/configuration.h"
#include "models/hbm4/hbm4.h"

namespace {

// Takes what the memory answers.
struct Answers final : vr::PortSink<vr::MemoryResponse> {
    std::vector<vr::Time> at;
    void deliver(vr::Stamped<vr::MemoryResponse>&& answer) override {
        at.push_back(answer.arrival);
    }
};

// The times at which reads of 64 bytes are answered, all asked for at time 0.
std::vector<vr::Time> read(const vr::Hbm4Config& config, const std::vector<std::uint64_t>& places) {
    vr::Attribution attribution;  // who owned the time; not used here
    vr::Hbm4 memory("memory", config, attribution, nullptr);
    Answers answers;
    memory.responses_out.bind_sink(answers, 0, vr::Time{1});
    for (std::uint32_t i = 0; i < places.size(); ++i) {
        memory.requests_in.deliver({vr::Time{}, 0, i, {places[i], 64, i, false, {}}});
    }
    memory.run(vr::kNever);  // no horizon: nothing else will be asked
    return answers.at;
}

}  // namespace

TEST_CASE("the second read of an open row is faster than the first") {
    auto config = vr::load_part<vr::Hbm4Config>("rubin", "gpu.hbm4", {VRSIM_PRESETS});
    config.refresh = "none";
    const auto answers = read(config, {0, 64});
    REQUIRE(answers.size() == 2);
    CHECK(answers[1] - answers[0] < config.t_rcd_read);  // no second activation
    CHECK(answers[0] > config.t_rcd_read);
}

TEST_CASE("a row takes longer to open when I say so") {
    auto config = vr::load_part<vr::Hbm4Config>("rubin", "gpu.hbm4", {VRSIM_PRESETS});
    const vr::Time before = read(config, {0})[0];
    config.t_rcd_read += vr::nanoseconds(10);
    CHECK(read(config, {0})[0] - before >= vr::nanoseconds(9));  // whole clocks
}
