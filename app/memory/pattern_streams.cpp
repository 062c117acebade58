// SPDX-License-Identifier: Apache-2.0
#include "app/memory/pattern_streams.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <numeric>
#include <set>
#include <string_view>

#include "app/memory/trace_source.h"
#include "models/base/configuration.h"
#include "models/base/error.h"
#include "models/base/quantity_text.h"
#include "models/base/random.h"
#include "models/transport/clock.h"

namespace vr {

namespace {

constexpr std::uint64_t kMostRegion = std::uint64_t{1} << 30;
constexpr std::int64_t kMostOfRatio = 1'000'000;
constexpr const char* kParts =
    "read, write, write=A/B, size=BYTES, stride=BYTES, region=BYTES, at=BYTES, interval=N[/M]";

// One pattern as it is written.
struct Spec {
    std::string text;
    AccessPattern pattern{};
    Ratio writes{0, 0};
    Ratio interval;
    Bytes size, stride, region, at{-1};
};

bool parse_whole(std::string_view text, std::int64_t& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size();
}

// "A/B" or "A" of numbers from 0 to a million, B above 0.
bool parse_ratio(std::string_view text, Ratio& ratio) {
    const std::size_t slash = text.find('/');
    ratio.under = 1;
    return parse_whole(text.substr(0, slash), ratio.over) &&
           (slash == std::string_view::npos || parse_whole(text.substr(slash + 1), ratio.under)) &&
           ratio.over >= 0 && ratio.over <= kMostOfRatio && ratio.under >= 1 &&
           ratio.under <= kMostOfRatio;
}

class SpecParser {
  public:
    explicit SpecParser(const std::string& text) { spec_.text = text; }
    Spec operator()() {
        std::string_view rest = spec_.text;
        const std::string_view first = take(rest);
        if (!parse_access_pattern(first, spec_.pattern)) {
            fail(fmt::format("unknown pattern '{}'", first), "seq, rand, mixseq, mixrand",
                 nearest_name(first, {"seq", "rand", "mixseq", "mixrand"}));
        }
        for (bool more = first.size() < spec_.text.size(); more;) {
            more = rest.find(':') != std::string_view::npos;
            part(take(rest));
        }
        return spec_;
    }

  private:
    static std::string_view take(std::string_view& rest) {
        const std::size_t colon = rest.find(':');
        const std::string_view word = rest.substr(0, colon);
        rest = colon == std::string_view::npos ? "" : rest.substr(colon + 1);
        return word;
    }
    [[noreturn]] void fail(const std::string& what, const std::string& allowed,
                           const std::string& nearest = {}) const {
        throw UsageError(
            fmt::format("mem: --pattern {}: {}; allowed: {}{}", spec_.text, what, allowed,
                        nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)));
    }
    void part(std::string_view word) {
        const std::size_t equals = word.find('=');
        const std::string_view key = word.substr(0, equals);
        const bool has_value = equals != std::string_view::npos;
        const std::string value(has_value ? word.substr(equals + 1) : "");
        if (word.empty()) {
            fail("nothing behind a colon", kParts);
        }
        const std::string what(key == "read" ? "write" : key);  // of one kind: which are writes
        if (!given_.insert(what).second) {
            fail(fmt::format("'{}' says again what was said", word),
                 "read or write once, and each other part once");
        }
        if (key == "read" && !has_value) {
            spec_.writes = {0, 1};
        } else if (key == "write") {
            spec_.writes = {1, 1};
            if (has_value &&
                (!parse_ratio(value, spec_.writes) || spec_.writes.over > spec_.writes.under)) {
                fail(fmt::format("'{}' is no share of writes", value), "0 to 1, as in write=1/3");
            }
        } else if (key == "interval" && has_value) {
            spec_.interval = parse_interval("mem: --pattern " + spec_.text + ": interval=", value);
        } else if (key == "size" && has_value) {
            bytes(key, value, 1, spec_.size);
        } else if (key == "stride" && has_value) {
            bytes(key, value, 1, spec_.stride);
        } else if (key == "region" && has_value) {
            bytes(key, value, 1, spec_.region);
        } else if (key == "at" && has_value) {
            bytes(key, value, 0, spec_.at);
        } else {
            fail(
                fmt::format("unknown part '{}'", word), kParts,
                nearest_name(key, {"read", "write", "size", "stride", "region", "at", "interval"}));
        }
    }
    void bytes(std::string_view key, const std::string& value, std::int64_t least, Bytes& out) {
        std::string allowed;
        if (!parse_quantity(value, out, allowed) || out.value < least) {
            fail(fmt::format("{}={}: no size", key, value),
                 allowed.empty() ? fmt::format("at least {} B", least) : allowed);
        }
    }

    Spec spec_;
    std::set<std::string> given_;
};

[[noreturn]] void refuse(const Spec& spec, const std::string& what, const std::string& allowed) {
    throw UsageError(fmt::format("mem: --pattern {}: {}; allowed: {}", spec.text, what, allowed));
}

void check_fit(const Spec& spec, const PatternSource::Shape& shape, const Hbm4Config& memory) {
    const auto block = static_cast<std::uint64_t>(memory.interleave.value);
    const auto column = static_cast<std::uint64_t>(memory.access_bytes.value);
    const auto capacity = static_cast<std::uint64_t>(memory.capacity().value);
    if (shape.bytes % column != 0 || block % shape.bytes != 0) {
        refuse(spec, fmt::format("size {} B", shape.bytes),
               fmt::format("multiples of {} B that divide a block of {} B", column, block));
    }
    if (shape.stride % shape.bytes != 0 || shape.base % shape.bytes != 0) {
        refuse(spec, fmt::format("stride {} B, at {} B", shape.stride, shape.base),
               fmt::format("multiples of the size, {} B", shape.bytes));
    }
    if (shape.region_bytes < shape.stride) {
        refuse(spec, fmt::format("a region of {} B", shape.region_bytes),
               fmt::format("at least one stride, {} B", shape.stride));
    }
    if (shape.base > capacity || shape.region_bytes > capacity - shape.base) {
        refuse(spec,
               fmt::format("a region of {} B at {:#x} reaches beyond the memory",
                           shape.region_bytes, shape.base),
               fmt::format("up to {:#x}; give region= or at=, or more --channels", capacity));
    }
    const std::int64_t latest = Clock(memory.clock).first_edge(kLatestArrival);
    __extension__ using Wide = __int128;
    if (static_cast<Wide>(shape.requests) * shape.interval.over / shape.interval.under > latest) {
        refuse(spec, "the last access would come too late",
               fmt::format("up to {} of simulated time", to_text(kLatestArrival)));
    }
}

// A fraction of at most 63 bits each side.
Ratio interval_of(Bandwidth rate, std::uint32_t bytes, Frequency clock) {
    const std::int64_t scaled = std::int64_t{bytes} * clock.value;
    const std::int64_t common = std::gcd(scaled, rate.value);
    return {scaled / common, rate.value / common};
}

}  // namespace

std::string memory_help() {
    return fmt::format(
        "A pattern is seq, rand, mixseq or mixrand (a write at every third access), with parts "
        "behind colons: {}.\nseq:write --pattern seq:stride='4 KiB' are two streams side by side, "
        "which take turns unless they are paced.\n"
        "--events writes a timeline of accesses and commands, or, to FILE.csv, the trace of "
        "commands.\n"
        "--fold, --compose and --strict have no effect: every pseudo-channel is simulated by "
        "itself, without units\naround it, and accesses have no checked envelope to leave. --seed "
        "moves the addresses of rand and mixrand only.\n\n",
        kParts);
}

Ratio parse_interval(const std::string& flag, const std::string& text) {
    Ratio ratio;
    if (!parse_ratio(text, ratio) || ratio.over == 0) {
        throw UsageError(
            fmt::format("{}{}: no interval; allowed: clocks above 0, N or N/M with "
                        "numbers up to {}",
                        flag, text, kMostOfRatio));
    }
    return ratio;
}

std::vector<PatternSource::Shape> pattern_streams(const CommandLine& line,
                                                  const Hbm4Config& memory) {
    const std::size_t count = line.patterns.size();
    const auto room = static_cast<std::uint64_t>(memory.capacity().value) / count;
    std::vector<PatternSource::Shape> shapes;
    std::uint64_t next = 0;
    for (const std::string& text : line.patterns) {
        const Spec spec = SpecParser(text)();
        PatternSource::Shape shape;
        shape.pattern = spec.pattern;
        shape.requests = static_cast<std::uint64_t>(line.requests);
        const Bytes size = spec.size.value > 0 ? spec.size : memory.access_bytes;
        if (size > memory.interleave) {
            refuse(spec, fmt::format("size {}", to_text(size)),
                   fmt::format("up to a block of {}", to_text(memory.interleave)));
        }
        shape.bytes = static_cast<std::uint32_t>(size.value);
        shape.stride = static_cast<std::uint64_t>(std::max(spec.stride, size).value);
        if (spec.stride.value > 0 && spec.stride < size) {
            refuse(spec, fmt::format("stride {}", to_text(spec.stride)),
                   fmt::format("at least the size, {}", to_text(size)));
        }
        shape.region_bytes = spec.region.value > 0 ? static_cast<std::uint64_t>(spec.region.value)
                                                   : std::bit_floor(std::min(kMostRegion, room));
        shape.base = spec.at.value >= 0 ? static_cast<std::uint64_t>(spec.at.value) : next;
        shape.writes = spec.writes;
        shape.interval = spec.interval;
        if (shape.interval.over == 0 && !line.interval.empty()) {
            shape.interval = parse_interval("mem: --interval ", line.interval);
        } else if (shape.interval.over == 0 && line.rate.value > 0) {
            shape.interval = interval_of(line.rate, shape.bytes, memory.clock);
        }
        shape.seed = shapes.empty()
                         ? line.common.seed
                         : RandomStream(line.common.seed, "pattern", shapes.size()).at(0);
        check_fit(spec, shape, memory);
        next = shape.base + shape.region_bytes;
        shapes.push_back(shape);
    }
    const auto paced = std::count_if(shapes.begin(), shapes.end(),
                                     [](const auto& shape) { return shape.interval.over > 0; });
    if (paced != 0 && static_cast<std::size_t>(paced) != count) {
        throw UsageError(
            "mem: --pattern: some streams have an interval, others none; allowed: all or none, "
            "see --interval");
    }
    return shapes;
}

}  // namespace vr
