// SPDX-License-Identifier: Apache-2.0
// Pseudo-channels whose normal form leaves something out, on purpose: the refresh pointer, an entry
// of the four-activate window, what buffered requests ask for. Each is found by the bisimulation
// test; the memo is led astray by the first.
#include <algorithm>
#include <catch2/catch.hpp>

#include "models/hbm4/controller/pseudo_channel.h"
#include "models/transport/memo.h"
#include "testbenches/hbm4/bisimulation_load.h"
#include "testbenches/transport/bisimulation.h"

using namespace vr;
using namespace vr::testing;

namespace {

enum class Hidden { kNothing, kRefreshPointer, kFourActivates, kBuffer };

constexpr std::uint64_t kAmong = 16;  // banks and rows that are asked for

// What is hidden is carried along as if it were a statistic.
struct ForgetfulState {
    hbm4::PseudoChannelState channel;
    std::vector<std::int64_t> hidden;
    static constexpr auto state_lines() {
        using S = ForgetfulState;
        return vr::state_lines(vr::nested("channel", &S::channel),
                               vr::additive("hidden", &S::hidden));
    }
};

template <Hidden kHidden>
class Forgetful {
  public:
    using Input = hbm4::Input;
    using Output = hbm4::Output;
    using State = ForgetfulState;

    explicit Forgetful(const hbm4::Timing& timing) : timing_(&timing), channel_(timing) {}
    [[nodiscard]] std::int64_t next() const { return channel_.next(); }
    void inject(std::int64_t tick, const Input& input, std::uint32_t token) {
        channel_.inject(tick, input, token);
    }
    void run(std::int64_t horizon, std::vector<Output>& outputs) { channel_.run(horizon, outputs); }
    void settle(std::int64_t tick) { channel_.settle(tick); }
    [[nodiscard]] bool idle() const { return channel_.idle(); }
    [[nodiscard]] const State& state() const {
        own_.channel = channel_.state();
        own_.hidden.clear();
        hbm4::PseudoChannelState& c = own_.channel;
        if constexpr (kHidden == Hidden::kRefreshPointer) {
            own_.hidden.push_back(static_cast<std::int64_t>(c.refresh.done));
            c.refresh.done = 0;
        } else if constexpr (kHidden == Hidden::kFourActivates) {
            std::int64_t& entry = c.shared.four_activates[1];
            own_.hidden.push_back(entry - c.wake);  // it moves with time as it should
            entry = c.wake;
        } else if constexpr (kHidden == Hidden::kBuffer) {
            for_each_asked([&](auto& part) {
                own_.hidden.push_back(part);
                part = 0;
            });
        }
        return own_;
    }
    void restore(const State& state) {
        own_ = state;
        hbm4::PseudoChannelState& c = own_.channel;
        if constexpr (kHidden == Hidden::kRefreshPointer) {
            c.refresh.done = static_cast<std::uint64_t>(state.hidden[0]) & timing_->all_banks;
            c.refresh.done = c.refresh.done == timing_->all_banks ? 0 : c.refresh.done;
        } else if constexpr (kHidden == Hidden::kFourActivates) {
            c.shared.four_activates[1] = c.wake + state.hidden[0];
        } else if constexpr (kHidden == Hidden::kBuffer) {
            std::size_t i = 0;
            for_each_asked([&](auto& part) {
                part = static_cast<std::remove_reference_t<decltype(part)>>(
                    static_cast<std::uint64_t>(state.hidden[i++]) % kAmong);
            });
        }
        channel_.restore(c);
    }
    static void shift_output(Output& output, std::int64_t dt, std::int64_t k,
                             const StateDelta& delta) {
        hbm4::PseudoChannel<>::shift_output(output, dt, k, delta);
    }

  private:
    template <class Fn>
    void for_each_asked(Fn&& fn) const {
        for (hbm4::RequestLine& line : own_.channel.lines) {
            for (hbm4::WaitingRequest& request : line.requests) {
                fn(request.input.bank);
                fn(request.input.row);
            }
        }
    }
    const hbm4::Timing* timing_;
    hbm4::PseudoChannel<> channel_;
    mutable State own_;
};

Hbm4Config config_with(const char* refresh_order) {
    Hbm4Config config = tight_hbm4("per_bank");
    config.refresh_order = refresh_order;
    config.t_rfc_per_bank = tenths_of_ns(300);
    config.t_faw = tenths_of_ns(800);
    return config;
}

template <Hidden kHidden>
BisimulationReport bisimulate(const char* refresh_order) {
    const hbm4::Timing timing(config_with(refresh_order));
    const auto input = [](Forgetful<kHidden>& machine, std::int64_t now, SplitMix64& random,
                          std::uint32_t token) {
        return feed({.write_percent = 33, .requests = 39, .rows = kAmong}, kAmong, machine, now,
                    random, token);
    };
    BisimulationOptions options;
    options.rounds = 4;
    options.step = 150;
    options.attempts = 4;
    options.position_grid = 0;
    return Bisimulation(Forgetful<kHidden>(timing), input, options).run();
}

bool names_hidden(const BisimulationReport& report) {
    return std::any_of(report.failures.begin(), report.failures.end(), [](const std::string& one) {
        return one.find("hidden[") != std::string::npos;
    });
}

// The same reads again and again, an odd number of refreshes apart.
template <Hidden kHidden>
std::vector<std::vector<hbm4::Output>> kernels(const hbm4::Timing& timing, bool memoised,
                                               std::uint64_t& hits) {
    using Machine = Forgetful<kHidden>;
    Machine machine(timing);
    Memo<Machine> memo(100, memoised);
    std::vector<std::vector<hbm4::Output>> results;
    const std::int64_t spacing = (4 * timing.banks + 1) * timing.refresh_interval;
    for (std::uint32_t i = 0; i < 100; ++i) {
        const std::int64_t now = (i + 1) * spacing;
        std::vector<hbm4::Output> outputs;
        memo.run(
            machine, now, now + spacing, Words{1}, 200 * i,
            [&](Machine& to) {
                for (std::uint32_t n = 0; n < 200; ++n) {
                    to.inject(now,
                              {.row = static_cast<std::int32_t>(n / 40),
                               .bank = static_cast<std::uint8_t>(n % 40)},
                              200 * i + n);
                }
            },
            outputs);
        results.push_back(outputs);
    }
    hits = memo.statistics().hits;
    return results;
}

}  // namespace

TEST_CASE("a machine that hides nothing passes") {
    for (const char* order : {"idle_first", "round_robin"}) {
        const BisimulationReport report = bisimulate<Hidden::kNothing>(order);
        INFO((report.failures.empty() ? "" : report.failures.front()));
        CHECK(report.failures.empty());
        CHECK(report.outputs > 2'000);
    }
}

TEST_CASE("a normal form without the refresh pointer is found") {
    CHECK(names_hidden(bisimulate<Hidden::kRefreshPointer>("round_robin")));
}

TEST_CASE("a normal form without an entry of the four-activate window is found") {
    CHECK(names_hidden(bisimulate<Hidden::kFourActivates>("idle_first")));
}

TEST_CASE("a normal form without what buffered requests ask for is found") {
    CHECK(names_hidden(bisimulate<Hidden::kBuffer>("idle_first")));
}

TEST_CASE("the memo is led astray by a hidden refresh pointer, and only by that") {
    const hbm4::Timing timing(config_with("round_robin"));
    std::uint64_t hits = 0;
    const auto plain = kernels<Hidden::kNothing>(timing, false, hits);
    CHECK(hits == 0);
    CHECK((kernels<Hidden::kNothing>(timing, true, hits) == plain));
    CHECK(hits > 20);  // the pointer has come round
    CHECK((kernels<Hidden::kRefreshPointer>(timing, true, hits) != plain));
    CHECK((kernels<Hidden::kRefreshPointer>(timing, false, hits) == plain));
}
