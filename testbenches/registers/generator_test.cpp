// SPDX-License-Identifier: Apache-2.0
// The generator of register maps: what it refuses, and that what was generated is what the maps
// say.
#include <registers/command_front_end_map.h>
#include <registers/management_core_map.h>

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "models/base/error.h"
#include "rtl/registers/generator/register_source.h"

using namespace vr;
using namespace vr::registers;
using Catch::Matchers::Contains;

namespace {

std::string read_text(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    REQUIRE(in);
    return out.str();
}

MapSource source_of(const std::string& block) {
    const std::string file = "rtl/registers/" + block + ".toml";
    return parse_map(read_text(std::string(VRSIM_SOURCE_DIR) + "/" + file), file);
}

// One good register; `more` stands at its end, `top` in front of it.
std::string map_text(const std::string& more, const std::string& top = "") {
    return "name = \"b\"\ntitle = \"t\"\nbase = 0x1000\nsize = 0x1000\n" + top +
           "[[register]]\nname = \"r\"\noffset = 0\nhelp = \"h\"\n" + more;
}
const std::string kGood = "access = \"rw\"\nreset = 0\n";

}  // namespace

TEST_CASE("generated files are those that the maps of the repository give now") {
    for (const std::string block : {"command_front_end", "management_core"}) {
        const MapSource map = source_of(block);
        const std::string folder = std::string(VRSIM_BINARY_DIR) + "/generated/registers/";
        CHECK(read_text(folder + block + ".h") == c_header(map));
        CHECK(read_text(folder + block + "_map.h") == cpp_table(map));
    }
}

TEST_CASE("C header and C++ table name the same addresses, and say whose map it is") {
    const std::string header = c_header(source_of("command_front_end"));
    CHECK_THAT(header, Contains("This map is vrsim's own, not NVIDIA's"));
    const std::regex line("#define VR_COMMAND_FRONT_END_([A-Z_]+) (0x[0-9a-f]{8})u");
    std::set<std::uint32_t> addresses;
    for (std::sregex_iterator it(header.begin(), header.end(), line), end; it != end; ++it) {
        const std::string name = (*it)[1];
        if (name != "BASE" && name.find("_MASK") == std::string::npos) {
            addresses.insert(static_cast<std::uint32_t>(std::stoul((*it)[2], nullptr, 16)));
        }
    }
    CHECK(addresses.size() == std::size(command_front_end::kRegisters));
    for (const RegisterDescription& description : command_front_end::kRegisters) {
        CHECK(addresses.contains(command_front_end::kMap.base + description.offset));
    }
}

TEST_CASE("contradictions in a map are refused with file and line") {
    const std::pair<std::string, const char*> cases[] = {
        {map_text("access = \"rx\"\nreset = 0\n"), "access 'rx'; allowed: ro, rw, wo or w1c"},
        {map_text("access = \"wo\"\nreset = 1\n"), "a write-only register with a reset value"},
        {map_text("reset = 0\n"), "'access' is missing or no text"},
        {map_text("access = \"rw\"\n"), "'reset' is missing"},
        {map_text(kGood + "typo = 1\n"), "m.toml:11:8: unknown key 'typo'"},
        {map_text(kGood + "fields = [{name = \"f\", bits = [0, 32], help = \"h\"}]\n"),
         "bits 0 to 32"},
        {map_text(kGood + "fields = [{name = \"f\", bits = [3, 1], help = \"h\"}]\n"),
         "bits 3 to 1"},
        {map_text(kGood + "fields = [{name = \"f\", bits = [0, 4], help = \"h\"}, {name = \"g\", "
                          "bits = [4, 5], help = \"h\"}]\n"),
         "field 'g' overlaps another"},
        {map_text("access = \"rw\"\nreset = 8\nfields = [{name = \"f\", bits = [0, 2], help = "
                  "\"h\"}]\n"),
         "reset 0x8 has bits outside of the fields; allowed: bits of 0x7"},
        {map_text(kGood + "[[register]]\nname = \"r\"\noffset = 4\nhelp = \"h\"\n" + kGood),
         "register 'r' twice"},
        {map_text(kGood + "[[register]]\nname = \"s\"\noffset = 0\nhelp = \"h\"\n" + kGood),
         "'s' lies where 'r' does"},
        {map_text(kGood + "[[register]]\nname = \"s\"\noffset = 6\nhelp = \"h\"\n" + kGood),
         "offset 0x6; allowed: a multiple of 4"},
        {map_text(kGood + "[[register]]\nname = \"s\"\noffset = 4096\nhelp = \"h\"\n" + kGood),
         "inside the block of 0x1000 bytes"},
        {map_text(kGood + "[[register]]\nname = \"S\"\noffset = 4\nhelp = \"h\"\n" + kGood),
         "name 'S'"},
        {"name = \"b\"\ntitle = \"t\"\nbase = 0x1800\nsize = 0x1000\n", "at a multiple of itself"},
        {"name = \"b\"\n", "no register"},
        {"name = \n", "m.toml:1:"},
    };
    REQUIRE_NOTHROW(parse_map(map_text(kGood), "m.toml"));
    for (const auto& [text, told] : cases) {
        INFO(text);
        CHECK_THROWS_WITH(parse_map(text, "m.toml"), Contains(told));
        CHECK_THROWS_AS(parse_map(text, "m.toml"), InputError);
    }
}
