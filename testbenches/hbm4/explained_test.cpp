// SPDX-License-Identifier: Apache-2.0
// A record that explains: the commands that a request's chain names are those of its own row.
#include <fmt/format.h>

#include <catch2/catch.hpp>

#include "models/base/random.h"
#include "models/hbm4/hbm4.h"
#include "testbenches/hbm4/test_config.h"

using namespace vr;
using namespace vr::testing;

namespace {

struct Sent {
    std::uint64_t address;
    bool write;
};

// A few rows of a few banks of one stack's first channels, so that requests queue and conflict.
std::vector<Sent> crowded(std::uint64_t count) {
    SplitMix64 random(4);
    std::vector<Sent> all;
    for (std::uint64_t i = 0; i < count; ++i) {
        all.push_back({random.next() % (std::uint64_t{1} << 27) / 32 * 32, i % 5 == 0});
    }
    return all;
}

// Runs `sent`; each answer becomes an event "answer" with its chain and its number as value.
void run(const std::vector<Sent>& sent, Hbm4& memory, Attribution& attribution, EventRecord& record,
         std::int64_t step) {
    OutPort<MemoryRequest> out;
    InPort<MemoryResponse> in;
    out.bind(memory.requests_in, 1, Time{1'000'000});
    memory.responses_out.bind(in, 2, Time{1'000'000});
    const OwnerId owner = attribution.owner("test", "test");
    for (std::size_t i = 0; i < sent.size(); ++i) {
        const Time at{static_cast<std::int64_t>(i) * 20'000};
        out.send(at, {sent[i].address, 32, static_cast<std::uint32_t>(i), sent[i].write,
                      attribution.extend(Cause{}, owner, at)});
    }
    const std::uint32_t track = record.track("answers", "test");
    while (memory.next() != kNever) {
        memory.run(step == 0 ? kNever : Time{memory.next().value + step});
        while (!in.empty()) {
            auto got = in.pop();
            const std::uint32_t tag = got.message.tag;
            const Cause cause = attribution.keep(trail_of(std::move(got.message), attribution));
            record.set_cause(record.instant(track, record.name("answer"), cause.time(), 0, tag,
                                            record.name("tag")),
                             cause);
        }
    }
}

}  // namespace

TEST_CASE("an answer's chain names the commands of its own row, bank and pseudo-channel") {
    for (const std::int64_t step : {0, 700'000}) {
        INFO("step " << step);
        const std::vector<Sent> sent = crowded(6'000);
        EventRecord record(EventDetail::kExplained);
        Attribution attribution;
        Hbm4 memory("hbm4", rubin_hbm4(), attribution, &record, true);
        run(sent, memory, attribution, record, step);
        record.settle(attribution);
        std::vector<Event> events(record.size());
        for (const Event& event : record.sorted()) {
            events[event.number] = event;
        }
        std::size_t answers = 0;
        std::size_t rows = 0;
        std::size_t refreshes = 0;
        for (const Event& event : events) {
            if (record.names()[event.name] != "answer") {
                continue;
            }
            ++answers;
            const Sent& request = sent[static_cast<std::size_t>(event.value)];
            const hbm4::Location at = memory.address_map().locate(request.address);
            const hbm4::Input input = memory.address_map().input(at, 32, request.write);
            for (const BookedStep& link : record.causes().steps(event.chain)) {
                const std::string& owner = record.causes().owner_name(link.owner);
                const EventNote note = EventRecord::read_note(link.note);
                const bool row = owner == "HBM row" || owner == "HBM data bus";
                if (!row && owner != "HBM refresh") {
                    continue;
                }
                rows += row ? 1 : 0;
                refreshes += row ? 0 : 1;
                REQUIRE(note.kind == EventNote::kEvent);
                const Event& command = events[note.index];
                REQUIRE(record.names()[command.name] ==
                        fmt::format("{} bank {}", row ? "ACT" : "REF", input.bank));
                REQUIRE(command.value == (row ? input.row : 0));
                REQUIRE(command.begin < link.until);
                REQUIRE(record.tracks()[command.track].path ==
                        fmt::format("hbm4.stack{}.channel{}.pseudo_channel{}.commands",
                                    at.pseudo_channel / 64, at.pseudo_channel / 2 % 32,
                                    at.pseudo_channel % 2));
            }
        }
        CHECK(answers == sent.size());
        CHECK(rows > sent.size());
        CHECK(refreshes > 0);
    }
}
