// SPDX-License-Identifier: Apache-2.0
// Configuration: what good files bind to, the ledger, and the expanded text that loads back to the
// same.
#include "models/base/configuration.h"

#include <catch2/catch.hpp>

#include "testbenches/base/configuration_fixture.h"

namespace {

using namespace vr;
using namespace configuration_test;

const LedgerEntry& entry(const Configuration& configuration, const std::string& path) {
    for (const LedgerEntry& candidate : configuration.ledger()) {
        if (candidate.path == path) {
            return candidate;
        }
    }
    FAIL("no ledger entry " << path);
    throw std::logic_error("unreachable");
}

TEST_CASE("values, defaults and groups are bound") {
    const Folder folder;
    folder.write("p.toml", kGood);
    auto configuration = Configuration::load(folder.request("p"));
    const auto l2 = configuration.bind<L2Config>("gpu.l2");
    const auto sm = configuration.bind<SmConfig>("gpu.sm");
    const auto link = configuration.bind<LinkConfig>("link");
    CHECK_NOTHROW(configuration.finish());
    CHECK(l2.slices == 256);
    CHECK(l2.capacity == Bytes{192 << 20});
    CHECK(l2.latency == Time{120'500'000});
    CHECK(l2.policy == "lru");
    CHECK(l2.width == BytesPerCycle{64});
    CHECK(l2.tags.ways == 16);
    CHECK(l2.tags.hashed);
    CHECK(sm.clock == Frequency{2'387'500'000});
    CHECK(sm.issue == Cycles{2});
    CHECK(sm.label.empty());
    CHECK(link.rate == Bandwidth{900'000'000'000});
    CHECK(link.lane == BitRate{200'000'000'000});
    CHECK(configuration.platform() == "p");
    CHECK(configuration.profile().empty());
}

TEST_CASE("the ledger names every parameter once, in order of binding, with its provenance") {
    const Folder folder;
    folder.write("p.toml",
                 with_line("slices",
                           "slices = {value = 256, status = \"estimated\", source = \"a count\"}"));
    auto configuration = Configuration::load(folder.request("p", "", {"l2.capacity=96 MiB"}));
    for (int twice = 0; twice < 2; ++twice) {
        static_cast<void>(configuration.bind<L2Config>("gpu.l2"));
    }
    static_cast<void>(configuration.bind<SmConfig>("gpu.sm"));
    configuration.finish();
    Texts paths;
    for (const LedgerEntry& e : configuration.ledger()) {
        paths.push_back(e.path);
    }
    CHECK(paths == Texts{"gpu.l2.slices", "gpu.l2.capacity", "gpu.l2.latency", "gpu.l2.policy",
                         "gpu.l2.width", "gpu.l2.tags.ways", "gpu.l2.tags.hashed", "gpu.sm.clock",
                         "gpu.sm.issue", "gpu.sm.label"});
    const LedgerEntry& slices = entry(configuration, "gpu.l2.slices");
    CHECK(slices.value == "256");
    CHECK(slices.unit.empty());
    CHECK(slices.allowed == "1 to 4096");
    CHECK(slices.help == "L2 slices of the whole GPU");
    CHECK(slices.status == Status::kEstimated);
    CHECK(slices.source == "a count");
    CHECK(slices.file == folder.path("p.toml"));
    CHECK(slices.line == 2);
    const LedgerEntry& capacity = entry(configuration, "gpu.l2.capacity");
    CHECK(capacity.value == "96 MiB");
    CHECK(capacity.unit == "B");
    CHECK(capacity.allowed == "64 KiB to 1 GiB");
    CHECK(capacity.status == Status::kUser);
    CHECK(capacity.source == "--set");
    CHECK(capacity.file == "--set");
    const LedgerEntry& latency = entry(configuration, "gpu.l2.latency");
    CHECK(latency.unit == "fs");
    CHECK(latency.status == Status::kUser);
    CHECK(latency.source.empty());
    const LedgerEntry& policy = entry(configuration, "gpu.l2.policy");
    CHECK(policy.status == Status::kDefault);
    CHECK(policy.allowed == "lru, random");
    CHECK(policy.file.empty());
    CHECK(policy.line == 0);
    CHECK(entry(configuration, "gpu.l2.tags.hashed").allowed == "true or false");
    CHECK(entry(configuration, "gpu.sm.issue").unit == "clk");
}

TEST_CASE("extends takes names and relative paths, and the nearer file wins with its provenance") {
    const Folder folder;
    folder.write("base.toml", kGood + "[platform]\nname = \"base\"\ndescription = \"both\"\n");
    folder.write("middle.toml", R"(extends = "base"
[gpu.l2]
slices = {value = 128, status = "published", source = "a paper"}
)");
    folder.write("user/mine.toml", "extends = \"../middle.toml\"\ngpu.l2.capacity = \"64 MiB\"\n");
    auto configuration = Configuration::load(folder.request(folder.path("user/mine.toml")));
    const auto l2 = configuration.bind<L2Config>("gpu.l2");
    static_cast<void>(configuration.bind<SmConfig>("gpu.sm"));
    configuration.finish();
    CHECK(l2.slices == 128);
    CHECK(l2.capacity == Bytes{64 << 20});
    CHECK(l2.latency == Time{120'500'000});
    CHECK(entry(configuration, "gpu.l2.slices").status == Status::kPublished);
    CHECK(entry(configuration, "gpu.l2.slices").file.find("middle.toml") != std::string::npos);
    CHECK(entry(configuration, "gpu.l2.capacity").status == Status::kUser);
}

TEST_CASE("of several files that one extends the later lies over the earlier") {
    const Folder folder;
    folder.write("base.toml", kGood + "[platform]\nname = \"base\"\n");
    folder.write("parts/common.toml", "[gpu.l2]\nslices = 64\ncapacity = \"64 MiB\"\n");
    folder.write("parts/small.toml", "extends = \"common.toml\"\n[gpu.l2]\nslices = 8\n");
    const auto l2 = [&](const std::string& list, const std::string& own) {
        folder.write("p.toml", "extends = " + list + "\n" + own);
        auto configuration = Configuration::load(folder.request("p"));
        const auto config = configuration.bind<L2Config>("gpu.l2");
        static_cast<void>(configuration.bind<SmConfig>("gpu.sm"));
        configuration.finish();
        return std::pair(config.slices, config.capacity.value >> 20);
    };
    using Pair = std::pair<std::int64_t, std::int64_t>;
    CHECK(l2("[\"base\", \"parts/small.toml\"]", "") == Pair{8, 64});
    CHECK(l2("[\"parts/small.toml\", \"base\"]", "") == Pair{256, 192});
    CHECK(l2("[\"base\", \"parts/small.toml\", \"parts/common.toml\"]", "") == Pair{64, 64});
    CHECK(l2("[\"base\", \"parts/small.toml\"]", "gpu.l2.slices = 4\n") == Pair{4, 64});
    CHECK(l2("[\"base\"]", "") == Pair{256, 192});
}

TEST_CASE("a profile extends files of its own, which do not rename the platform") {
    const Folder folder;
    folder.write("part.toml", "[platform]\nname = \"part\"\n[gpu.l2]\nslices = 8\n");
    folder.write("p.toml", kGood + R"([platform]
name = "whole"
[profile.small]
extends = ["part.toml"]
[profile.small.gpu.sm]
clock = "1 GHz"
)");
    auto configuration = Configuration::load(folder.request("p", "small"));
    CHECK(configuration.bind<L2Config>("gpu.l2").slices == 8);
    CHECK(configuration.bind<SmConfig>("gpu.sm").clock.value == 1'000'000'000);
    configuration.finish();
    CHECK(configuration.expanded().find("name = \"whole\"") != std::string::npos);
    CHECK(configuration.expanded().find("part") == std::string::npos);
}

TEST_CASE("a profile is laid over the preset, one that is not chosen changes nothing") {
    const Folder folder;
    folder.write("base.toml", kGood + R"([profile.slow]
description = "half the clock"
[profile.slow.gpu.sm]
clock = "1 GHz"
[profile.other.gpu.sm]
clock = "3 GHz"
)");
    folder.write("p.toml", "extends = \"base\"\n[profile.slow.gpu.l2]\nslices = 8\n");
    const auto bound = [&](const std::string& profile) {
        auto configuration = Configuration::load(folder.request("p", profile));
        const auto l2 = configuration.bind<L2Config>("gpu.l2");
        const auto sm = configuration.bind<SmConfig>("gpu.sm");
        configuration.finish();
        CHECK(configuration.profile() == profile);
        return std::pair(l2.slices, sm.clock.value);
    };
    CHECK(bound("") == std::pair<std::int64_t, std::int64_t>(256, 2'387'500'000));
    CHECK(bound("slow") == std::pair<std::int64_t, std::int64_t>(8, 1'000'000'000));
    CHECK(bound("other") == std::pair<std::int64_t, std::int64_t>(256, 3'000'000'000));
}

struct Root {
    std::int64_t root{};
    template <class Visitor>
    void parameters(Visitor& p) {
        p("root", root, {}, "a parameter at the root");
    }
};

TEST_CASE("the expanded configuration loads back to the same values and provenance") {
    const Folder folder;
    folder.write("p.toml", R"(root = 3
[platform]
name = "Test \"P\""
description = "tab\there, backslash \\, ümlaut"
[gpu.l2]
slices = {value = 256, status = "estimated", source = "line\none \"two\"", note = "see there"}
capacity = {value = "192 MiB", status = "calibrated", source = "a fit", note = "see \"it\""}
latency = "120.5 ns"
policy = {value = "random", status = "published", source = "a talk"}
[gpu.l2.tags]
ways = {value = 16, status = "derived", source = "capacity / lines"}
[gpu.sm]
clock = "2387.5 MHz"
label = "a \\ and a \""
[profile.x.gpu.l2]
slices = 64
)");
    const auto read = [&](Configuration& configuration) {
        static_cast<void>(configuration.bind<L2Config>("gpu.l2"));
        static_cast<void>(configuration.bind<SmConfig>("gpu.sm"));
        static_cast<void>(configuration.bind_instance<SmConfig>("gpu.sm", 1));
        static_cast<void>(configuration.bind<LinkConfig>("link"));
        static_cast<void>(configuration.bind<Root>(""));
        configuration.finish();
    };
    auto first = Configuration::load(folder.request(
        "p", "x", {"l2.latency=1.25 ns", "hashed=false", "gpu.sm[1].clock=1.5 GHz"}));
    read(first);
    const std::string text = first.expanded();
    folder.write("expanded.toml", text);
    auto second = Configuration::load(folder.request("expanded"));
    read(second);
    INFO(text);
    CHECK(second.expanded() == text);
    REQUIRE(second.ledger().size() == first.ledger().size());
    for (const LedgerEntry& a : first.ledger()) {
        const LedgerEntry& b = entry(second, a.path);
        INFO(a.path);
        CHECK(b.value == a.value);
        CHECK(b.unit == a.unit);
        CHECK(b.status == a.status);
        CHECK(b.source == a.source);
        CHECK(b.allowed == a.allowed);
    }
    // Not only equal to itself: this is what it should be.
    CHECK(entry(second, "gpu.l2.slices").value == "64");
    CHECK(entry(second, "gpu.l2.latency").value == "1.25 ns");
    CHECK(entry(second, "gpu.l2.tags.hashed").value == "false");
    CHECK(entry(second, "gpu.l2.width").status == Status::kDefault);
    CHECK(entry(second, "gpu.sm[1].clock").value == "1.5 GHz");
    CHECK(entry(second, "gpu.sm.label").value == "a \\ and a \"");
    CHECK(text.find(R"(, source = "a fit", note = "see \"it\""})") != std::string::npos);
    CHECK(text.find("see there") == std::string::npos);  // the profile's plain value has no note
    CHECK(text.rfind("root = 3\n\n[platform]\nname = \"Test \\\"P\\\"\"\n", 0) == 0);
}

TEST_CASE("the expanded text is readable TOML with one line a parameter") {
    const Folder folder;
    folder.write("p.toml", kGood);
    auto configuration = Configuration::load(folder.request("p"));
    static_cast<void>(configuration.bind<L2Config>("gpu.l2"));
    static_cast<void>(configuration.bind<SmConfig>("gpu.sm"));
    configuration.finish();
    CHECK(configuration.expanded() == R"([gpu.l2]
slices = 256
capacity = "192 MiB"
latency = "120.5 ns"
policy = {value = "lru", status = "default"}
width = {value = "64 B/clk", status = "default"}

[gpu.l2.tags]
ways = 16
hashed = {value = true, status = "default"}

[gpu.sm]
clock = "2387.5 MHz"
issue = {value = "2 clk", status = "default"}
label = {value = "", status = "default"}
)");
}

TEST_CASE("presets are listed by name, sorted, each once") {
    const Folder folder;
    folder.write("a/rubin.toml", "");
    folder.write("a/b200.toml", "");
    folder.write("a/README.md", "");
    folder.write("b/rubin.toml", "");
    folder.write("b/tiny.toml", "");
    CHECK(Configuration::presets({folder.path("a"), folder.path("b"), folder.path("none")}) ==
          Texts{"b200", "rubin", "tiny"});
}

TEST_CASE("the first folder that has a preset wins") {
    const Folder folder;
    folder.write("a/p.toml", "[link]\nrate = \"1 GB/s\"\n");
    folder.write("b/p.toml", "[link]\nrate = \"2 GB/s\"\n");
    auto configuration = Configuration::load({"p", "", {}, {folder.path("b"), folder.path("a")}});
    CHECK(configuration.bind<LinkConfig>("link").rate == Bandwidth{2'000'000'000});
}

}  // namespace
