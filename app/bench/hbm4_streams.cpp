// SPDX-License-Identifier: Apache-2.0
// Rate of one saturated HBM4 pseudo-channel with its controller: how many 32 B requests a second it
// takes, refresh and statistics on, at the defaults of `vrsim run`.
#include <array>
#include <utility>

#include "app/bench/benchmark.h"
#include "app/platform/platform_config.h"
#include "app/simulate.h"
#include "models/base/error.h"
#include "models/base/random.h"
#include "models/hbm4/address_map/address_map.h"
#include "models/hbm4/controller/pseudo_channel.h"
#include "models/hbm4/driver/memory_driver.h"

namespace vr {

namespace {

constexpr std::int64_t kRequests = 200'000;
constexpr std::int64_t kInFlight = 640;  // as many as queues and buffers hold
constexpr std::int64_t kPiece = 64;      // ticks of one run

enum class Stream { kSequential, kMixed, kRandom };

// What the accesses of a stream ask of pseudo-channel 0. Mixed: two streams of reads and one of
// writes, apart from each other.
std::vector<hbm4::Input> inputs_of(Stream stream, const Hbm4Config& config) {
    const hbm4::AddressMap map(config);
    const std::uint64_t access = map.access_bytes();
    SplitMix64 random(1);
    std::array<std::uint64_t, 3> next = {0, map.capacity() / 4, map.capacity() / 2};
    std::vector<hbm4::Input> inputs;
    while (static_cast<std::int64_t>(inputs.size()) < kRequests) {
        const std::size_t of = stream == Stream::kMixed ? inputs.size() % next.size() : 0;
        const std::uint64_t address = stream == Stream::kRandom
                                          ? random.next() % (map.capacity() / access) * access
                                          : std::exchange(next[of], next[of] + access);
        const hbm4::Location at = map.locate(address);
        if (at.pseudo_channel == 0) {
            inputs.push_back(map.input(at, static_cast<std::uint32_t>(access),
                                       stream == Stream::kMixed && of == 2));
        }
    }
    return inputs;
}

void run_all(const hbm4::Timing& timing, const std::vector<hbm4::Input>& inputs) {
    hbm4::PseudoChannel<> machine(timing);
    std::vector<hbm4::Output> outputs;
    std::int64_t tick = 0;
    std::size_t sent = 0;
    std::size_t done = 0;
    while (done < inputs.size()) {
        for (; sent < inputs.size() && sent - done < kInFlight; ++sent) {
            machine.inject(tick, inputs[sent], static_cast<std::uint32_t>(sent));
        }
        tick += kPiece;
        machine.run(tick, outputs);
        done += outputs.size();
        outputs.clear();
    }
    const hbm4::Counters& counters = machine.state().counters;
    ensure(counters.reads + counters.writes == kRequests && counters.refreshes > 0,
           "requests were lost");
}

// The reference: as many draws of the random generator, each counted in one of 64 places.
std::int64_t reference_rate() {
    std::array<std::uint64_t, 64> places{};
    constexpr std::int64_t kDraws = 20'000'000;
    const std::int64_t rate = best_rate(kDraws, [&] {
        SplitMix64 random(1);
        for (std::int64_t i = 0; i < kDraws; ++i) {
            const std::uint64_t draw = random.next();
            places[draw % places.size()] += draw;
        }
    });
    std::uint64_t sum = 0;
    for (const std::uint64_t place : places) {
        sum |= place;
    }
    ensure(sum != 0, "the reference drew nothing");
    return rate;
}

BenchmarkResult measure(Stream stream) {
    Configuration configuration = load_platform(CommonOptions{});
    const Hbm4Config config = one_channel(bind_platform_config(configuration).gpu.hbm4);
    const hbm4::Timing timing(config);
    const std::vector<hbm4::Input> inputs = inputs_of(stream, config);
    BenchmarkResult result;
    result.value = best_rate(kRequests, [&] { run_all(timing, inputs); });
    result.baseline = reference_rate();
    return result;
}

Benchmark stream_benchmark(const char* name, const char* what, Stream stream) {
    return {name, "requests/s",
            std::string(what) +
                " of 32 B into one saturated pseudo-channel, refresh on; baseline: draws of a "
                "random generator, counted in 64 places",
            [stream] { return measure(stream); }};
}

}  // namespace

Benchmark hbm4_sequential_benchmark() {
    return stream_benchmark("hbm4_sequential", "a sequential stream of reads", Stream::kSequential);
}

Benchmark hbm4_mixed_benchmark() {
    return stream_benchmark("hbm4_mixed", "two streams of reads and one of writes", Stream::kMixed);
}

Benchmark hbm4_random_benchmark() {
    return stream_benchmark("hbm4_random", "random reads", Stream::kRandom);
}

}  // namespace vr
