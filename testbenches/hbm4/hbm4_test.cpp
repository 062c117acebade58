// SPDX-License-Identifier: Apache-2.0
// Hbm4 as a unit of a region: answers, attribution, folding, horizons, records.
#include <catch2/catch.hpp>
#include <map>

#include "models/base/random.h"
#include "models/hbm4/hbm4.h"
#include "models/transport/fold_parts.h"
#include "testbenches/hbm4/test_config.h"

using namespace vr;
using namespace vr::testing;

namespace {

struct Answer {
    std::int64_t arrival;
    std::uint32_t tag;
    std::map<std::string, std::int64_t> charges;
    bool operator==(const Answer&) const = default;
};

struct Sent {
    std::int64_t at;
    std::uint64_t address;
    std::uint32_t bytes;
    bool write;
};

std::vector<Sent> contiguous(std::uint64_t blocks) {
    std::vector<Sent> all;
    for (std::uint64_t i = 0; i < blocks; ++i) {
        all.push_back({static_cast<std::int64_t>(i / 512) * 6'000'000, i * 256, 256, false});
    }
    return all;
}

std::vector<Sent> scattered(std::uint64_t count) {
    SplitMix64 random(9);
    std::vector<Sent> all;
    for (std::uint64_t i = 0; i < count; ++i) {
        all.push_back({static_cast<std::int64_t>(i) * 40'000,
                       random.next() % (std::uint64_t{1} << 33) / 32 * 32, 32, i % 4 == 0});
    }
    return all;
}

struct Bench {
    Bench(bool fold, EventRecord* record)
        : memory("gpu0.hbm4", rubin_hbm4(), attribution, record, fold) {
        out.bind(memory.requests_in, 1, Time{1'000'000});
        memory.responses_out.bind(in, 2, Time{1'000'000});
    }
    // `step`: how far each run goes; 0: to the end at once.
    std::vector<Answer> run(const std::vector<Sent>& sent, std::int64_t step) {
        for (std::size_t i = 0; i < sent.size(); ++i) {
            const Sent& s = sent[i];
            out.send(Time{s.at}, {s.address, s.bytes, static_cast<std::uint32_t>(i), s.write,
                                  attribution.extend(Cause{}, owner, Time{s.at})});
        }
        std::vector<Answer> answers;
        while (memory.next() != kNever) {
            memory.run(step == 0 ? kNever : Time{memory.next().value + step});
            while (!in.empty()) {
                auto got = in.pop();
                Answer answer{got.arrival.value, got.message.tag, {}};
                std::int64_t sum = 0;
                for (const Charge& charge : attribution.charges(
                         attribution.keep(trail_of(std::move(got.message), attribution)))) {
                    answer.charges[attribution.owner_name(charge.owner)] = charge.amount.value;
                    sum += charge.amount.value;
                }
                REQUIRE(sum == got.arrival.value - 1'000'000);  // up to its sending
                answers.push_back(std::move(answer));
            }
        }
        return answers;
    }
    Attribution attribution;
    OwnerId owner = attribution.owner("test", "test");
    Hbm4 memory;
    OutPort<MemoryRequest> out;
    InPort<MemoryResponse> in;
};

std::vector<Statistic> statistics(const Hbm4& memory) {
    StatisticsRegistry registry;
    memory.statistics(registry);
    return registry.all();
}

bool same(const std::vector<Statistic>& a, const std::vector<Statistic>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](const Statistic& x, const Statistic& y) {
                          return x.path == y.path && x.value == y.value;
                      });
}

}  // namespace

TEST_CASE("a lone read takes what the formula says and is charged for it") {
    Bench bench(true, nullptr);
    const auto answers = bench.run({{0, 0, 32, false}}, 0);
    REQUIRE(answers.size() == 1);
    // Arrival at 1 ns (edge 3), front 10, tRCD 53, CL 20, burst 2, back 10; then 1 ns of flight.
    const Clock ck(Frequency{2'687'500'000});
    CHECK(answers[0].arrival == ck.edge(3 + 10 + 53 + 20 + 2 + 10).value + 1'000'000);
    CHECK(answers[0].charges.at("HBM row") == ck.edge(66).value - ck.edge(13).value);
    CHECK(answers[0].charges.at("HBM data bus") == ck.edge(88).value - ck.edge(66).value);
    CHECK(answers[0].charges.count("HBM queue") == 0);
}

TEST_CASE("folding and horizons change nothing, and folding does fold") {
    for (const bool regular : {true, false}) {
        const std::vector<Sent> sent = regular ? contiguous(20'000) : scattered(5'000);
        Bench folded(true, nullptr);
        Bench plain(false, nullptr);
        Bench small_steps(true, nullptr);
        const auto a = folded.run(sent, 5'000'000);
        const auto b = plain.run(sent, 0);
        const auto c = small_steps.run(sent, 700'000);
        CHECK(a.size() == sent.size());
        CHECK(a == b);
        CHECK(a == c);
        CHECK(same(statistics(folded.memory), statistics(plain.memory)));
        CHECK(same(statistics(folded.memory), statistics(small_steps.memory)));
        REQUIRE(folded.memory.folded() != nullptr);
        CHECK(plain.memory.folded() == nullptr);
        if (regular) {
            CHECK(folded.memory.folded()->maximum_classes <= 8);
            CHECK(folded.memory.folded()->simulated_runs * 50 <
                  folded.memory.folded()->requested_runs);
        }
    }
}

TEST_CASE("a burst into an idle memory, twice, merges again in between") {
    Bench folded(true, nullptr);
    Bench plain(false, nullptr);
    std::vector<Sent> sent = scattered(3'000);
    for (Sent later : scattered(3'000)) {
        later.at += nanoseconds(1'000'000).value;
        sent.push_back(later);
    }
    CHECK(folded.run(sent, 3'000'000) == plain.run(sent, 3'000'000));
    CHECK(same(statistics(folded.memory), statistics(plain.memory)));
}

TEST_CASE("statistics conserve bytes and stay within the peak") {
    Bench bench(true, nullptr);
    const std::vector<Sent> sent = contiguous(50'000);
    const auto answers = bench.run(sent, 0);
    StatisticsRegistry registry;
    bench.memory.statistics(registry);
    CHECK(registry.value("gpu0.hbm4.answers") == 50'000);
    CHECK(registry.value("gpu0.hbm4.bytes_read") == 50'000 * 256);
    CHECK(registry.value("gpu0.hbm4.columns_read") == 50'000 * 8);
    CHECK(registry.value("gpu0.hbm4.data_bus_busy") == 50'000 * 8 * 2);
    CHECK(registry.value("gpu0.hbm4.columns_most") <= 98 * 8);
    CHECK(registry.value("gpu0.hbm4.columns_least") >= 97 * 8);
    CHECK(registry.value("gpu0.hbm4.row_hits") + registry.value("gpu0.hbm4.row_misses") +
              registry.value("gpu0.hbm4.row_conflicts") ==
          50'000);
    const double seconds = static_cast<double>(answers.back().arrival) * 1e-15;
    CHECK(50'000 * 256 / seconds <= static_cast<double>(bench.memory.peak_bandwidth().value));
}

TEST_CASE("the event record shows the data buses and changes nothing") {
    EventRecord record;
    Bench recorded(true, &record);
    Bench plain(true, nullptr);
    const std::vector<Sent> sent = scattered(2'000);
    CHECK(recorded.run(sent, 900'000) == plain.run(sent, 0));
    std::int64_t bytes = 0;
    std::map<std::uint32_t, std::int64_t> last;
    for (const Event& event : record.sorted()) {
        CHECK(event.begin < event.end);
        CHECK(event.begin.value >= last[event.track]);
        last[event.track] = event.end.value;
        bytes += event.value;
    }
    CHECK(bytes == 2'000 * 32);
    CHECK(record.tracks().front().path == "gpu0.hbm4.stack0.channel0.pseudo_channel0");
}

TEST_CASE("a request that leaves its block is refused") {
    Bench bench(true, nullptr);
    bench.out.send(Time{0}, {240, 32, 0, false, {}});
    CHECK_THROWS_AS(bench.memory.run(kNever), InternalError);
}
