// SPDX-License-Identifier: Apache-2.0
// The bisimulation test passes on a core that is declared right and reports each kind of wrong
// declaration.
#include "testbenches/transport/bisimulation.h"

#include <catch2/catch.hpp>

#include "testbenches/transport/toy_core.h"

namespace {

using vr::toy::ToyCore;

// A server whose service time depends on what it remembers; each fault declares or keeps one thing
// wrongly.
enum class Fault : std::uint8_t {
    kNone,
    kHidden,        // the phase is kept outside the state
    kStatistic,     // a count that decides is called a statistic
    kModulo,        // a counter that matters modulo 4 is declared modulo 2
    kElapsed,       // how long ago something was decides, but it is called a future time
    kOrderOfNames,  // the order of names decides
    kForgotten,     // restore() leaves a field out
    kOrigin,        // an origin is used by itself
};

template <Fault kFault>
struct MiniState {
    std::int64_t busy_until = 0;
    std::int64_t last_start = 0;
    std::uint32_t turn = 0;
    std::uint64_t served = 0;
    std::uint64_t row = 0;
    std::uint32_t last_token = vr::kNoIdentity<std::uint32_t>;
    std::vector<std::int64_t> arrivals{};
    std::vector<std::uint32_t> tokens{};
    static constexpr auto state_lines() {
        using S = MiniState;
        constexpr auto kLast = [] {
            if constexpr (kFault == Fault::kElapsed) {
                return vr::future_time("last_start", &S::last_start);
            } else {
                return vr::past_time("last_start", &S::last_start);
            }
        }();
        constexpr auto kRow = [] {
            if constexpr (kFault == Fault::kOrigin) {
                return vr::origin("row", &S::row);
            } else {
                return vr::fixed("row", &S::row);
            }
        }();
        constexpr std::uint64_t kModulo = kFault == Fault::kModulo ? 2 : 4;
        return vr::state_lines(
            vr::future_time("busy_until", &S::busy_until), kLast,
            vr::counter("turn", &S::turn, kModulo), vr::additive("served", &S::served), kRow,
            vr::identity("last_token", &S::last_token), vr::future_time("arrivals", &S::arrivals),
            vr::identity("tokens", &S::tokens));
    }
};

struct MiniOutput {
    std::int64_t tick = 0;
    std::uint32_t token = 0;
    bool operator==(const MiniOutput&) const = default;
};

template <Fault kFault>
class MiniCore {
  public:
    using State = MiniState<kFault>;
    using Output = MiniOutput;
    [[nodiscard]] const State& state() const { return state_; }
    void restore(const State& state) {
        const std::uint32_t turn = state_.turn;
        state_ = state;
        if (kFault == Fault::kForgotten) {
            state_.turn = turn;
        }
    }
    void inject(std::int64_t tick, std::uint32_t token) {
        state_.arrivals.push_back(tick);
        state_.tokens.push_back(token);
    }
    [[nodiscard]] std::int64_t next() const {
        return state_.arrivals.empty() ? vr::kNeverTick
                                       : std::max(state_.arrivals.front(), state_.busy_until);
    }
    void run(std::int64_t horizon, std::vector<MiniOutput>& outputs) {
        for (std::int64_t now = next(); now < horizon; now = next()) {
            const std::uint32_t token = state_.tokens.front();
            std::int64_t service = 5 + state_.turn % 4 + static_cast<std::int64_t>(state_.row % 2);
            service += now - state_.last_start > 50 ? 3 : 0;
            service += kFault == Fault::kHidden ? static_cast<std::int64_t>(hidden_++ % 3) : 0;
            service += kFault == Fault::kStatistic && state_.served % 2 == 1 ? 1 : 0;
            service += kFault == Fault::kOrderOfNames && token > state_.last_token ? 1 : 0;
            ++state_.turn;
            ++state_.served;
            state_.row += token == state_.last_token ? 0 : 1;
            state_.last_start = now;
            state_.busy_until = now + service;
            state_.last_token = token;
            outputs.push_back({now + service, token});
            state_.arrivals.erase(state_.arrivals.begin());
            state_.tokens.erase(state_.tokens.begin());
        }
    }
    static void shift_output(MiniOutput& output, std::int64_t dt, std::int64_t k,
                             const vr::StateDelta& delta) {
        output.tick += dt;
        output.token = static_cast<std::uint32_t>(output.token + k * delta.identity_step());
    }

  private:
    State state_;
    std::uint32_t hidden_ = 0;
};

template <Fault kFault>
vr::BisimulationReport mini() {
    const auto feed = [](MiniCore<kFault>& core, std::int64_t now, vr::SplitMix64& random,
                         std::uint32_t token) {
        const auto inputs = static_cast<std::uint32_t>(random.next() % 4);
        for (std::uint32_t i = 0; i < inputs; ++i) {
            core.inject(now, token + i);
        }
        return inputs;
    };
    return vr::Bisimulation(MiniCore<kFault>{}, feed, {}).run();
}

bool reports(const vr::BisimulationReport& report, const std::string& text) {
    return std::any_of(report.failures.begin(), report.failures.end(), [&](const auto& failure) {
        return failure.find(text) != std::string::npos;
    });
}

}  // namespace

TEST_CASE("the toy core is declared right") {
    const auto feed = [](ToyCore& core, std::int64_t now, vr::SplitMix64& random,
                         std::uint32_t token) {
        const auto inputs = static_cast<std::uint32_t>(random.next() % 3);
        for (std::uint32_t i = 0; i < inputs; ++i) {
            core.inject(now + static_cast<std::int64_t>(random.next() % 50),
                        {random.next() % 1024, 1 + static_cast<std::uint32_t>(random.next() % 9),
                         1 + static_cast<std::uint32_t>(random.next() % 30)},
                        token + i);
        }
        return inputs;
    };
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        vr::BisimulationOptions options;
        options.seed = seed;
        const vr::BisimulationReport report = vr::Bisimulation(ToyCore{{}}, feed, options).run();
        INFO((report.failures.empty() ? "" : report.failures.front()));
        CHECK(report.failures.empty());
        CHECK(report.futures > 100);
        CHECK(report.mutations > 100);
        CHECK(report.outputs > 10'000);
        // Every kind of leaf that the normal form hides was changed somewhere.
        CHECK(report.mutated.count("cursor_row") == 1);
        CHECK(report.mutated.count("banks[0].ready") == 1);
        CHECK(report.mutated.count("refresh_pointer") == 1);
        CHECK(report.mutated.count("longest") == 1);
        CHECK(report.mutated.count("served") == 1);
    }
}

TEST_CASE("a core that is declared right passes") {
    const vr::BisimulationReport report = mini<Fault::kNone>();
    INFO((report.failures.empty() ? "" : report.failures.front()));
    CHECK(report.failures.empty());
    CHECK(report.mutations > 30);
}

TEST_CASE("state outside the declared state is found") {
    CHECK(reports(mini<Fault::kHidden>(), "a state of equal normal form"));
    CHECK(reports(mini<Fault::kForgotten>(), "a state of equal normal form"));
}

TEST_CASE("a wrongly declared field is found, by name") {
    CHECK(reports(mini<Fault::kStatistic>(), "leaf served changed: the outputs differ"));
    CHECK(reports(mini<Fault::kModulo>(), "leaf turn changed: the outputs differ"));
    CHECK(reports(mini<Fault::kElapsed>(), "leaf last_start changed"));
    CHECK(reports(mini<Fault::kOrderOfNames>(), "a state of equal normal form"));
    CHECK(reports(mini<Fault::kOrigin>(), "leaf row changed"));
}
