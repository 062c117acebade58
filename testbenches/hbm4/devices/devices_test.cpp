// SPDX-License-Identifier: Apache-2.0
// The device files: what their makers publish comes out of them, the policy stands once.
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <utility>

#include "testbenches/hbm4/devices/device.h"

using namespace vr;
using namespace vr::testing;

namespace {

struct Published {
    double gigabytes_per_second;  // as data sheets give it, or pin rate x width
    std::int64_t gibibytes;
};

// Written down apart from the files: data sheets of NVIDIA, and for one HBM4 stack the rate x 2,048
// bit and dies of 24 Gb.
const std::map<std::string, Published> kPublished = {{"a100_40gb", {1555, 40}},
                                                     {"a100_80gb", {2039, 80}},
                                                     {"a100_pcie_80gb", {1935, 80}},
                                                     {"h100_pcie", {2039, 80}},
                                                     {"h100_sxm", {3350, 80}},
                                                     {"h800", {3350, 80}},
                                                     {"gh200_96gb", {4000, 96}},
                                                     {"h200", {4800, 144}},
                                                     {"gh200_141gb", {4900, 144}},
                                                     {"b200", {8000, 192}},
                                                     {"rubin", {22000, 288}},
                                                     {"hbm4_8.0gbps_8high", {2048, 24}},
                                                     {"hbm4_8.0gbps_12high", {2048, 36}},
                                                     {"hbm4_8.0gbps_16high", {2048, 48}},
                                                     {"hbm4_9.375gbps_8high", {2400, 24}},
                                                     {"hbm4_9.375gbps_12high", {2400, 36}},
                                                     {"hbm4_9.375gbps_16high", {2400, 48}},
                                                     {"hbm4_10.75gbps_8high", {2752, 24}},
                                                     {"hbm4_10.75gbps_12high", {2752, 36}},
                                                     {"hbm4_10.75gbps_16high", {2752, 48}}};

std::string text_of(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

}  // namespace

TEST_CASE("every device has the published bandwidth and capacity") {
    const std::vector<std::string> names = Configuration::presets({kDevices});
    CHECK(names.size() == kPublished.size());
    for (const std::string& name : names) {
        INFO(name);
        REQUIRE(kPublished.contains(name));
        const Hbm4Config config = device(name);  // no problems: a file with one throws
        const double peak = static_cast<double>(config.peak_bandwidth().value) * 1e-9;
        CHECK(std::abs(peak / kPublished.at(name).gigabytes_per_second - 1) < 0.007);
        CHECK(config.capacity().value == kPublished.at(name).gibibytes << 30);
    }
}

TEST_CASE(
    "CL and CWL are the public nanoseconds of a standard in the fewest whole clocks of each rate") {
    // ramulator2 hbm4.py: 20 and 10 clocks at 2 GHz; hbm3.py: 20 and 10 at 1.6 GHz; DRAMSys, HBM2:
    // 17 and 7 at 1 GHz. In picoseconds.
    const std::map<std::string, std::pair<std::int64_t, std::int64_t>> latencies = {
        {"hbm4", {10'000, 5'000}}, {"hbm3", {12'500, 6'250}}, {"hbm2", {17'000, 7'000}}};
    for (const std::string& name : Configuration::presets({kDevices})) {
        INFO(name);
        const Hbm4Config config = device(name);
        const std::int64_t kilohertz = config.clock.value / 1000;
        const auto fewest = [&](std::int64_t ps) {
            return (ps * kilohertz + 999'999'999) / 1'000'000'000;
        };
        const auto [read, write] = latencies.at(config.standard);
        CHECK(config.read_latency.value == fewest(read));
        CHECK(config.write_latency.value == fewest(write));
    }
}

TEST_CASE("the rate in the name of a device is the rate of its pins") {
    for (const std::string rate : {"8.0", "9.375", "10.75"}) {
        for (const std::string height : {"8", "12", "16"}) {
            const Hbm4Config config = device("hbm4_" + rate + "gbps_" + height + "high");
            CHECK(static_cast<double>(config.clock.value) * 4e-9 == std::stod(rate));
        }
    }
}

TEST_CASE("every value of a device says how far it can be trusted") {
    for (const std::string& name : Configuration::presets({kDevices})) {
        INFO(name);
        Configuration configuration = Configuration::load({name, "", {}, {kDevices}});
        static_cast<void>(bind_memory(configuration));
        configuration.finish();  // nothing in a device but its memory
        for (const LedgerEntry& entry : configuration.ledger()) {
            INFO(entry.path);
            CHECK(entry.status != Status::kUser);
            CHECK((entry.status == Status::kDefault || !entry.source.empty()));
        }
    }
}

TEST_CASE("the policy of the controller stands once, for all devices") {
    const std::string policy = kDevices + "/parts/controller.toml";
    for (const std::string& name : Configuration::presets({kDevices})) {
        Configuration configuration = Configuration::load({name, "", {}, {kDevices}});
        static_cast<void>(bind_memory(configuration));
        int given = 0;
        for (const LedgerEntry& entry : configuration.ledger()) {
            given += !entry.file.empty() && std::filesystem::equivalent(entry.file, policy) ? 1 : 0;
        }
        INFO(name);
        CHECK(given == 21);
    }
}

TEST_CASE("platforms hold no second copy of a device, and the page of devices names each") {
    for (const std::string platform : {"rubin", "b200"}) {
        const std::string text =
            text_of(VRSIM_SOURCE_DIR "/models/platforms/" + platform + ".toml");
        CHECK(text.find("hbm4/devices/" + platform + ".toml") != std::string::npos);
        CHECK(text.find("[gpu.hbm4]") == std::string::npos);
    }
    const std::string page = text_of(kDevices + "/README.md");
    for (const std::string& name : Configuration::presets({kDevices})) {
        INFO(name);
        CHECK(page.find("`" + name + "`") != std::string::npos);
    }
}

TEST_CASE("a wrong key in a device is told, though only the memory is read") {
    const std::string file = std::filesystem::temp_directory_path() / "vrsim_wrong_device.toml";
    std::ofstream(file) << "extends = \"" << kDevices
                        << "/h200.toml\"\n[gpu.hbm4]\nt_rpp = \"14 ns\"\n";
    CHECK_THROWS_WITH(device(file), Catch::Contains("3:1: gpu.hbm4.t_rpp = \"14 ns\" is an unknown "
                                                    "key") &&
                                        Catch::Contains("did you mean gpu.hbm4.t_rp"));
    CHECK_THROWS_WITH(device("h200", {"t_rc=20 ns", "stacks=17"}),
                      Catch::Contains("stacks = 17 is too high"));
    std::filesystem::remove(file);
}
