// SPDX-License-Identifier: Apache-2.0
// Quantities from and to text: exact both ways, no floating point.
#include "models/base/quantity_text.h"

#include <catch2/catch.hpp>
#include <limits>

#include "models/base/configuration.h"
#include "models/base/random.h"

namespace {

using namespace vr;

template <class Value>
std::int64_t parsed(std::string_view text) {
    Value value{-77};
    std::string allowed;
    INFO(text << ": " << allowed);
    REQUIRE(parse_quantity(text, value, allowed));
    return value.value;
}

template <class Value>
std::string refused(std::string_view text) {
    Value value{-77};
    std::string allowed;
    INFO(text);
    REQUIRE_FALSE(parse_quantity(text, value, allowed));
    CHECK(value.value == -77);  // untouched
    return allowed;
}

TEST_CASE("every unit has its factor") {
    CHECK(parsed<Time>("1 fs") == 1);
    CHECK(parsed<Time>("1 ps") == 1'000);
    CHECK(parsed<Time>("1 ns") == kFemtosecondsPerNanosecond);
    CHECK(parsed<Time>("1 us") == 1'000'000'000);
    CHECK(parsed<Time>("1 ms") == 1'000'000'000'000);
    CHECK(parsed<Time>("1 s") == kFemtosecondsPerSecond);
    CHECK(parsed<Bytes>("1 B") == 1);
    CHECK(parsed<Bytes>("1 kB") == 1'000);
    CHECK(parsed<Bytes>("1 MB") == 1'000'000);
    CHECK(parsed<Bytes>("1 GB") == 1'000'000'000);
    CHECK(parsed<Bytes>("1 TB") == 1'000'000'000'000);
    CHECK(parsed<Bytes>("1 KiB") == 1'024);
    CHECK(parsed<Bytes>("1 MiB") == 1'048'576);
    CHECK(parsed<Bytes>("1 GiB") == 1'073'741'824);
    CHECK(parsed<Bytes>("1 TiB") == 1'099'511'627'776);
    CHECK(parsed<Frequency>("1 Hz") == 1);
    CHECK(parsed<Frequency>("1 kHz") == 1'000);
    CHECK(parsed<Frequency>("1 MHz") == 1'000'000);
    CHECK(parsed<Frequency>("1 GHz") == 1'000'000'000);
    CHECK(parsed<Bandwidth>("1 B/s") == 1);
    CHECK(parsed<Bandwidth>("1 kB/s") == 1'000);
    CHECK(parsed<Bandwidth>("1 MB/s") == 1'000'000);
    CHECK(parsed<Bandwidth>("1 GB/s") == 1'000'000'000);
    CHECK(parsed<Bandwidth>("1 TB/s") == 1'000'000'000'000);
    CHECK(parsed<Bandwidth>("1 KiB/s") == 1'024);
    CHECK(parsed<Bandwidth>("1 MiB/s") == 1'048'576);
    CHECK(parsed<Bandwidth>("1 GiB/s") == 1'073'741'824);
    CHECK(parsed<Bandwidth>("1 TiB/s") == 1'099'511'627'776);
    CHECK(parsed<BitRate>("1 b/s") == 1);
    CHECK(parsed<BitRate>("1 kb/s") == 1'000);
    CHECK(parsed<BitRate>("1 Mb/s") == 1'000'000);
    CHECK(parsed<BitRate>("1 Gb/s") == 1'000'000'000);
    CHECK(parsed<BitRate>("1 Tb/s") == 1'000'000'000'000);
    CHECK(parsed<Cycles>("300 clk") == 300);
    CHECK(parsed<BytesPerCycle>("128 B/clk") == 128);
    CHECK(parsed<Energy>("3.5 pJ") == 3'500);
    CHECK(parsed<Energy>("1 J") == 1'000'000'000'000'000);
}

TEST_CASE("fractions are exact, spaces are free, signs are kept") {
    CHECK(parsed<Time>("19.5 ns") == 19'500'000);
    CHECK(parsed<Time>("0.3 ps") == 300);
    CHECK(parsed<Time>("1.000000 fs") == 1);  // trailing zeros are no fraction
    CHECK(parsed<Frequency>("2387.5 MHz") == 2'387'500'000);
    CHECK(parsed<Bandwidth>("22.016 TB/s") == 22'016'000'000'000);
    CHECK(parsed<Bandwidth>("53.125 GB/s") == 53'125'000'000);
    CHECK(parsed<Bytes>("  1.5MiB ") == 1'572'864);
    CHECK(parsed<Time>("-2 ns") == -2'000'000);
    CHECK(parsed<Time>("+2 ns") == 2'000'000);
    CHECK(parsed<Bytes>("-0 B") == 0);
    // 0.1 is no binary fraction: a detour through double would be off here.
    CHECK(parsed<Time>("9007.199254740993 s") == 9'007'199'254'740'993'000);
    // One byte as a share of a TiB needs forty decimals.
    CHECK(parsed<Bytes>("0.0000000000009094947017729282379150390625 TiB") == 1);
    CHECK(parsed<Bytes>("9223372036854775807 B") == std::numeric_limits<std::int64_t>::max());
    CHECK(parsed<Bytes>("-9223372036854775808 B") == std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("what is no exact quantity of the kind is refused with what to write") {
    CHECK(refused<Bytes>("192") ==
          "a quantity with unit, e.g. \"192 MiB\" (B, kB, MB, GB, TB, KiB, MiB, GiB, TiB)");
    CHECK(refused<Time>("0.3 fs") ==
          "a quantity with unit, e.g. \"0.3 ns\" (fs, ps, ns, us, ms, s)");
    CHECK(refused<Frequency>("fast") ==
          "a quantity with unit, e.g. \"2387.5 MHz\" (Hz, kHz, MHz, GHz)");
    CHECK(refused<Cycles>("1.5 clk") == "a quantity with unit, e.g. \"300 clk\" (clk)");
    CHECK(refused<BytesPerCycle>("64 B") == "a quantity with unit, e.g. \"64 B/clk\" (B/clk)");
    CHECK(refused<BitRate>("200 GB/s") ==
          "a quantity with unit, e.g. \"200 Gb/s\" (b/s, kb/s, Mb/s, Gb/s, Tb/s)");
    for (const char* text : {"",
                             " ",
                             "MiB",
                             "1e3 B",
                             "0x10 B",
                             "1.",
                             "1. B",
                             ".5 B",
                             "1..5 B",
                             "1,5 MiB",
                             "- 1 B",
                             "--1 B",
                             "1 2 B",
                             "1 B B",
                             "192 mib",
                             "9223372036854775808 B",
                             "-9223372036854775809 B",
                             "99999999999999999999999999999999999999999 TB",
                             "0.5 B",
                             "inf B",
                             "nan"}) {
        static_cast<void>(refused<Bytes>(text));
    }
}

TEST_CASE("quantities print in the unit that a reader expects") {
    CHECK(to_text(Bytes{192 << 20}) == "192 MiB");
    CHECK(to_text(Frequency{2'387'500'000}) == "2387.5 MHz");
    CHECK(to_text(Bandwidth{22'016'000'000'000}) == "22.016 TB/s");
    CHECK(to_text(Time{19'500'000}) == "19.5 ns");
    CHECK(to_text(Time{0}) == "0 fs");
    CHECK(to_text(Time{999}) == "999 fs");
    CHECK(to_text(Time{1'000}) == "1 ps");
    CHECK(to_text(Time{1'234'567}) == "1234.567 ps");
    CHECK(to_text(Time{-2'500'000}) == "-2.5 ns");
    CHECK(to_text(Bytes{64'000}) == "64 kB");
    CHECK(to_text(Bytes{1'536}) == "1.5 KiB");
    CHECK(to_text(Bytes{1'000}) == "1 kB");
    CHECK(to_text(Bytes{1'023}) == "1.023 kB");
    CHECK(to_text(Bytes{std::int64_t{288} * 1'000'000'000}) == "288 GB");
    CHECK(to_text(Bandwidth{std::int64_t{3} << 40}) == "3 TiB/s");
    CHECK(to_text(BitRate{200'000'000'000}) == "200 Gb/s");
    CHECK(to_text(Cycles{12'000}) == "12000 clk");
    CHECK(to_text(BytesPerCycle{128}) == "128 B/clk");
    CHECK(to_text(Energy{896'000}) == "896 pJ");
}

template <class Value>
void check_round_trip(std::string_view kind) {
    const RandomStream random(1, kind, 0);
    for (std::uint64_t i = 0; i < 2'000; ++i) {
        // All magnitudes, both signs, round and odd numbers.
        auto value = static_cast<std::int64_t>(random.at(3 * i)) >> (random.at(3 * i + 1) % 64);
        if (random.at(3 * i + 2) % 2 == 0) {
            value -= value % 1'000'000;
        }
        REQUIRE(parsed<Value>(to_text(Value{value})) == value);
    }
    for (const std::int64_t value :
         {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
        REQUIRE(parsed<Value>(to_text(Value{value})) == value);
    }
}

TEST_CASE("what is printed reads back to the same value") {
    check_round_trip<Time>("time");
    check_round_trip<Bytes>("bytes");
    check_round_trip<Frequency>("frequency");
    check_round_trip<Bandwidth>("bandwidth");
    check_round_trip<BitRate>("bit rate");
    check_round_trip<Cycles>("cycles");
    check_round_trip<BytesPerCycle>("bytes per cycle");
    check_round_trip<Energy>("energy");
}

}  // namespace
