// SPDX-License-Identifier: Apache-2.0
// Fast-forward, memo and folding on random machines: with each on and off, visiting every tick, and
// by the oracle, every completion and every counter is the same; and each of them had something to
// do.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "models/hbm4/bulk/access_stream.h"
#include "models/hbm4/bulk/skipping.h"
#include "models/hbm4/controller/channel_group.h"
#include "models/transport/memo.h"
#include "testbenches/hbm4/oracle/compare.h"
#include "testbenches/hbm4/random_machine.h"

using namespace vr;
using namespace vr::testing;

namespace {

using Channel = hbm4::PseudoChannel<>;
using Outputs = std::vector<hbm4::Output>;

std::int64_t below(SplitMix64& random, std::int64_t n) {
    return static_cast<std::int64_t>(random.next() % static_cast<std::uint64_t>(n));
}

std::int64_t round_of(const hbm4::Timing& timing) {
    return timing.refresh == hbm4::RefreshMode::kNone      ? 64
           : timing.refresh == hbm4::RefreshMode::kPerBank ? timing.banks * timing.refresh_interval
                                                           : timing.refresh_interval;
}

struct Result {
    Outputs outputs;
    hbm4::Counters counters;
    std::int64_t end = 0;
};

bool same(const Result& a, const Result& b) {
    return a.outputs == b.outputs && a.end == b.end && tally_of(a.counters) == tally_of(b.counters);
}

std::int64_t last_of(const Outputs& outputs) {
    std::int64_t last = 0;
    for (const hbm4::Output& output : outputs) {
        last = std::max(last, output.tick);
    }
    return last;
}

// The arrivals, all known, every tick looked at.
Result every_tick(const hbm4::Timing& timing, const std::vector<Arrival>& arrivals,
                  std::int64_t end) {
    Channel channel(timing);
    Result result;
    result.end = end;
    std::uint32_t token = 0;
    for (const Arrival& arrival : arrivals) {
        channel.inject(arrival.tick, arrival.input, token++);
    }
    channel.run_every_tick(end, result.outputs);
    result.counters = channel.state().counters;
    return result;
}

// Machine by machine: streams ----------------------------------------------------------------

struct StreamCase {
    std::int64_t columns = 1, batch = 1;
    std::vector<hbm4::AccessRun> runs;
};

// One that may recur within some ten thousand accesses: rounds of refresh are short, and banks are
// mostly not hashed.
Hbm4Config random_stream_machine(SplitMix64& random) {
    Hbm4Config config;
    do {
        config = random_machine(random);
    } while (round_of(hbm4::Timing(config)) > 3'000);
    config.hash = below(random, 8) == 0;
    return config;
}

StreamCase random_stream(SplitMix64& random, const Hbm4Config& config, std::int64_t accesses) {
    StreamCase one;
    one.columns = std::int64_t{1} << below(random, 4);
    one.batch = 1 + below(random, 64);
    const std::int64_t runs = 1 + below(random, 2);
    const std::int64_t all = config.banks() * config.rows * 32;
    for (std::int64_t i = 0; i < runs; ++i) {
        const std::int64_t count = accesses / runs;
        one.runs.push_back({below(random, all - count), count, below(random, 3) == 0});
    }
    return one;
}

struct StreamResult {
    Result result;
    std::vector<Arrival> arrivals;  // by token
    std::string dump;
    FastForwardStatistics statistics;
};

StreamResult stream(const Hbm4Config& config, const StreamCase& one, bool skip) {
    const hbm4::AccessStreamSetup setup(config, one.columns, one.batch);
    hbm4::AccessStream machine(setup);
    FastForward<hbm4::AccessStream> fast(skip, hbm4::kStreamLimits);
    StreamResult out;
    for (const hbm4::AccessRun& run : one.runs) {
        machine.add(0, run);
    }
    hbm4::run_skipping(
        machine, fast, 0, kNeverTick, round_of(setup.timing),
        [&](const Outputs& outputs) {
            out.result.outputs.insert(out.result.outputs.end(), outputs.begin(), outputs.end());
        },
        [&](const auto& skipped) {
            skipped.for_each([&](const auto& o) { out.result.outputs.push_back(o); });
        });
    out.result.end = last_of(out.result.outputs);
    machine.settle(out.result.end);
    out.result.counters = machine.counters();
    out.dump = dump(machine.state(), out.result.end);
    out.statistics = fast.statistics();
    // When each came is known from where its time went; what it asked, from the address map.
    out.arrivals.resize(out.result.outputs.size());
    for (const hbm4::Output& o : out.result.outputs) {
        out.arrivals.at(o.token).tick =
            o.tick - o.queue_ticks - o.refresh_ticks - o.row_ticks - o.data_ticks;
    }
    std::size_t token = 0;
    for (const hbm4::AccessRun& run : one.runs) {
        for (std::int64_t at = run.first; at < run.first + run.count; ++token) {
            const std::int64_t columns =
                std::min(one.columns - at % one.columns, run.first + run.count - at);
            const hbm4::Location place = setup.map.locate(static_cast<std::uint64_t>(at) * 32);
            out.arrivals.at(token).input =
                setup.map.input(place, static_cast<std::uint32_t>(columns) * 32, run.write);
            at += columns;
        }
    }
    return out;
}

void compare_streams(std::uint64_t seed, int machines, std::int64_t accesses) {
    SplitMix64 random(seed);
    std::uint64_t skipped = 0;
    int skipping = 0;
    for (int i = 0; i < machines; ++i) {
        Hbm4Config config = random_stream_machine(random);
        const StreamCase one = random_stream(random, config, accesses);
        INFO("machine " << i << " of seed " << seed << ": " << config.banks() << " banks, refresh "
                        << config.refresh << ' ' << config.refresh_order);
        const StreamResult plain = stream(config, one, false);
        const StreamResult fast = stream(config, one, true);
        REQUIRE(plain.statistics.skipped_outputs == 0);
        REQUIRE((same(fast.result, plain.result)));
        REQUIRE((fast.dump == plain.dump));
        const hbm4::Timing timing(config);
        REQUIRE((same(every_tick(timing, plain.arrivals, plain.result.end), plain.result)));
        REQUIRE(difference_from_oracle(config, fast.arrivals, fast.result.outputs,
                                       fast.result.counters, fast.result.end) == "");
        skipped += fast.statistics.skipped_outputs;
        skipping += fast.statistics.skips > 0 ? 1 : 0;
    }
    INFO(skipped << " requests skipped, in " << skipping << " of " << machines << " machines");
    CHECK(skipped > 0);
    CHECK(skipping > machines / 8);
    WARN(skipped << " requests skipped, in " << skipping << " of " << machines << " machines");
}

// Kernels ------------------------------------------------------------------------------------

struct Kernels {
    std::vector<std::vector<Arrival>> lists;  // ticks from the kernel's start
    std::int64_t spacing = 0;
    int launches = 0;
};

Kernels random_kernels(SplitMix64& random, const Hbm4Config& config, std::int64_t requests,
                       int launches) {
    const hbm4::Timing timing(config);
    Kernels kernels;
    std::int64_t longest = 0;
    for (int i = 0; i < 2; ++i) {
        TrafficShape shape = random_traffic(random, requests);
        shape.pause_percent = 0;
        shape.longest_gap = std::min<std::uint64_t>(shape.longest_gap, 4);
        kernels.lists.push_back(make_traffic(shape, config.banks()));
        longest = std::max(longest, run_traffic(timing, kernels.lists.back()).end);
    }
    // Whole rounds of refresh apart, so that phases recur; some launches come one interval later.
    const std::int64_t round = round_of(timing);
    kernels.spacing = (2 * longest / round + 2) * round;
    kernels.launches = launches;
    return kernels;
}

Result launch(const hbm4::Timing& timing, const Kernels& kernels, Memo<Channel>* memo,
              std::vector<Arrival>* arrivals) {
    Channel channel(timing);
    Result result;
    std::uint32_t token = 0;
    for (int i = 0; i < kernels.launches; ++i) {
        const std::int64_t now = (i + 1) * kernels.spacing;
        const std::vector<Arrival>& list = kernels.lists[static_cast<std::size_t>(i % 2)];
        const auto give = [&](Channel& machine) {
            std::uint32_t next = token;
            for (const Arrival& arrival : list) {
                machine.inject(now + arrival.tick, arrival.input, next++);
                if (arrivals != nullptr) {
                    arrivals->push_back({now + arrival.tick, arrival.input});
                }
            }
        };
        if (memo == nullptr) {
            give(channel);
            channel.run(now + kernels.spacing, result.outputs);
        } else {
            Words input;
            for (const Arrival& a : list) {
                for (const std::int64_t word :
                     {a.tick, std::int64_t{a.input.row}, std::int64_t{a.input.bank},
                      std::int64_t{a.input.column}, std::int64_t{a.input.columns},
                      std::int64_t{a.input.write}}) {
                    input.push_back(static_cast<std::uint64_t>(word));
                }
            }
            memo->run(channel, now, now + kernels.spacing, input, token, give, result.outputs);
        }
        token += static_cast<std::uint32_t>(list.size());
    }
    result.end = (kernels.launches + 1) * kernels.spacing;
    channel.settle(result.end);
    result.counters = channel.state().counters;
    return result;
}

void compare_kernels(std::uint64_t seed, int machines, std::int64_t requests, int launches) {
    SplitMix64 random(seed);
    std::uint64_t hits = 0;
    for (int i = 0; i < machines; ++i) {
        const Hbm4Config config = with_normal_form(random_machine(random));
        const hbm4::Timing timing(config);
        const Kernels kernels = random_kernels(random, config, requests, launches);
        INFO("machine " << i << " of seed " << seed << ", refresh " << config.refresh << ' '
                        << config.refresh_order);
        std::vector<Arrival> arrivals;
        const Result plain = launch(timing, kernels, nullptr, &arrivals);
        Memo<Channel> on(64);
        Memo<Channel> off(64, false);
        REQUIRE((same(launch(timing, kernels, &on, nullptr), plain)));
        REQUIRE((same(launch(timing, kernels, &off, nullptr), plain)));
        REQUIRE(off.statistics().hits == 0);
        REQUIRE((same(every_tick(timing, arrivals, plain.end), plain)));
        REQUIRE(difference_from_oracle(config, arrivals, plain.outputs, plain.counters,
                                       plain.end) == "");
        hits += on.statistics().hits;
    }
    CHECK(hits > static_cast<std::uint64_t>(machines * launches / 8));
    WARN(hits << " of " << machines * launches << " kernels replayed");
}

// Pseudo-channels ----------------------------------------------------------------------------

constexpr std::uint32_t kMembers = 6;

// Bursts with pauses; in some of them some of the members differ.
std::vector<std::vector<Arrival>> random_members(SplitMix64& random, const Hbm4Config& config,
                                                 std::int64_t requests) {
    std::vector<std::vector<Arrival>> members(kMembers);
    std::int64_t start = 0;
    for (int burst = 0; burst < 4; ++burst) {
        TrafficShape shape = random_traffic(random, requests / 4);
        shape.pause_percent = 0;
        shape.longest_gap = std::min<std::uint64_t>(shape.longest_gap, 40);
        const std::vector<Arrival> common = make_traffic(shape, config.banks());
        shape.seed = random.next();
        const std::vector<Arrival> other = make_traffic(shape, config.banks());
        const auto differing = static_cast<std::uint32_t>(below(random, 3));
        std::int64_t last = start;
        for (std::uint32_t m = 0; m < kMembers; ++m) {
            for (const Arrival& a : m < differing ? other : common) {
                members[m].push_back({start + a.tick, a.input});
                last = std::max(last, start + a.tick);
            }
        }
        start = last + below(random, 60'000);
    }
    return members;
}

struct GroupResult {
    std::vector<Outputs> outputs;  // by member
    std::vector<hbm4::Counters> counters;
    std::int64_t end = 0;
};

GroupResult run_members(hbm4::ChannelGroup& group,
                        const std::vector<std::vector<Arrival>>& members) {
    GroupResult result;
    result.outputs.resize(members.size());
    std::vector<std::size_t> next(members.size());
    std::vector<hbm4::GroupOutput> ends;
    for (std::int64_t horizon = 0, step = 64;; horizon += step) {
        bool more = group.next() != kNeverTick;
        for (std::uint32_t m = 0; m < members.size(); ++m) {
            for (; next[m] < members[m].size() && members[m][next[m]].tick < horizon + step;
                 ++next[m]) {
                const Arrival& a = members[m][next[m]];
                group.inject(m, a.tick, a.input, static_cast<std::uint32_t>(next[m]));
            }
            more |= next[m] < members[m].size();
        }
        if (!more && group.next() == kNeverTick) {
            break;
        }
        group.run(horizon + step, ends);
        for (const hbm4::GroupOutput& end : ends) {
            result.outputs[end.pseudo_channel].push_back(end.output);
            result.end = std::max(result.end, end.output.tick);
        }
        ends.clear();
    }
    for (std::uint32_t m = 0; m < members.size(); ++m) {
        result.counters.push_back(group.counters(m, result.end));
    }
    return result;
}

void compare_members(std::uint64_t seed, int machines, std::int64_t requests) {
    SplitMix64 random(seed);
    std::uint64_t splits = 0;
    std::uint64_t merges = 0;
    std::uint64_t spared = 0;
    for (int i = 0; i < machines; ++i) {
        const Hbm4Config config = random_machine(random);
        const hbm4::Timing timing(config);
        INFO("machine " << i << " of seed " << seed << ", refresh " << config.refresh << ' '
                        << config.refresh_order);
        const auto members = random_members(random, config, requests);
        hbm4::FoldedChannels folded(timing, kMembers);
        hbm4::PlainGroup<> plain(timing, kMembers);
        const GroupResult on = run_members(folded, members);
        const GroupResult off = run_members(plain, members);
        REQUIRE((on.outputs == off.outputs));
        for (std::uint32_t m = 0; m < kMembers; ++m) {
            INFO("pseudo-channel " << m);
            REQUIRE((tally_of(on.counters[m]) == tally_of(off.counters[m])));
            const auto equal = [&](std::uint32_t other) {
                return std::equal(members[m].begin(), members[m].end(), members[other].begin(),
                                  members[other].end(), [](const Arrival& a, const Arrival& b) {
                                      return a.tick == b.tick && a.input == b.input;
                                  });
            };
            bool known = false;
            for (std::uint32_t other = 0; other < m; ++other) {
                known = known || equal(other);
            }
            if (!known) {  // the oracle need see each traffic only once
                REQUIRE(difference_from_oracle(config, members[m], on.outputs[m], on.counters[m],
                                               on.end) == "");
            }
        }
        splits += folded.statistics().splits;
        merges += folded.statistics().merges;
        spared += folded.statistics().requested_runs - folded.statistics().simulated_runs;
    }
    CHECK(splits > 0);
    CHECK(merges > 0);
    CHECK(spared > 0);
    WARN(splits << " splits, " << merges << " merges, " << spared << " runs spared");
}

}  // namespace

TEST_CASE("fast-forward on random streams agrees with the plain run, every tick and the oracle") {
    compare_streams(11, 24, 40'000);
}

TEST_CASE("the memo on random kernels agrees with the plain run, every tick and the oracle") {
    compare_kernels(12, 30, 60, 20);
}

TEST_CASE("folding of random members agrees with each by itself and the oracle") {
    compare_members(13, 30, 300);
}

TEST_CASE("the speed-ups agree with the oracle over 2,000 machines", "[.campaign]") {
    compare_streams(21, 1'000, 50'000);
    compare_kernels(22, 500, 500, 40);
    compare_members(23, 500, 10'000);
}
