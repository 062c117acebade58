// SPDX-License-Identifier: Apache-2.0
// The repository keeps the direction of dependencies, and the check would notice if it did not.
#include <catch2/catch.hpp>

#include "testbenches/launcher/command.h"
#include "testbenches/repository/include_graph.h"
#include "testbenches/repository/include_rules.h"

using namespace vr::test;

namespace {

// A tree in order: one file of each kind, each including all that it may.
void plant_good_tree(const std::filesystem::path& root) {
    const std::pair<const char*, const char*> files[] = {
        {"models/base/b.h", "#include <vector>\n"},
        {"models/numerics/n.h", "#include \"models/base/b.h\"\n"},
        {"models/transport/t.h", "#include \"models/base/b.h\"\n"},
        {"models/hbm4/hbm4_config.h", "#include \"models/base/b.h\"\n"},
        {"models/hbm4/hbm4.h",
         "#include \"models/transport/t.h\"\n#include \"models/hbm4/hbm4_config.h\"\n"},
        {"models/hbm4/oracle/oracle.h", "#include \"models/hbm4/hbm4_config.h\"\n"},
        {"models/hbm4/oracle/oracle.cpp", "#include \"models/hbm4/oracle/oracle.h\"\n"},
        {"app/bench/rate.cpp", "#include \"models/hbm4/oracle/oracle.h\"\n"},
        {"models/hbm4/hbm4_module.h",
         "#include <systemc>\n#include \"models/hbm4/hbm4.h\"\n"
         "#include \"tlm/bulk.h\"\n"},
        {"models/gpu/messages.h", "#include \"models/base/b.h\"\n"},
        {"models/gpu/tile_program/p.h", "#include \"models/base/b.h\"\n"},
        {"models/gpu/l2/l2.h", "#include \"models/gpu/messages.h\"\n"},
        {"models/gpu/sm/sm.h",
         "#include \"models/gpu/sm/tma/tma.h\"\n"
         "#include \"models/gpu/tile_program/p.h\"\n"},
        {"models/gpu/sm/tma/tma.h",
         "#include \"models/gpu/messages.h\"\n"
         "#include \"models/numerics/n.h\"\n"},
        {"models/gpu/gpu.h",
         "#include \"models/gpu/l2/l2.h\"\n#include \"models/gpu/sm/sm.h\"\n"
         "#include \"models/hbm4/hbm4.h\"\n"},
        {"tlm/bulk.h", "#include <tlm>\n#include \"models/transport/t.h\"\n"},
        {"traces/reader.h", "#include \"models/transport/t.h\"\n"},
        {"rtl/runtime/r.h", "#include <verilated.h>\n#include \"models/numerics/n.h\"\n"},
        {"rtl/hbm4/twin.h", "#include \"models/hbm4/hbm4.h\"\n"},
        {"rtl/gpu/leaf.cpp", "#include <Vleaf.h>\n#include \"rtl/runtime/r.h\"\n"},
        {"app/main.cpp",
         "#include \"models/gpu/gpu.h\"\n#include \"revision.h\"\n"
         "#include \"models/hbm4/hbm4_module.h\"\n#include \"traces/reader.h\"\n"
         "#include \"rtl/runtime/r.h\"\n"},
        {"testbenches/x_test.cpp", "#include \"models/gpu/gpu.h\"\n"},
    };
    for (const auto& [file, text] : files) {
        write_text(root / file, text);
    }
}

struct Planted {
    const char* file;
    const char* line;
    const char* told;  ///< must be in the message
};

constexpr Planted kBreaches[] = {
    {"models/base/b.h", "#include \"models/transport/t.h\"", "base includes only base"},
    {"models/base/b.h", "#include \"models/numerics/n.h\"", "base includes only base"},
    {"models/numerics/n.h", "#include \"models/transport/t.h\"", "numerics includes only"},
    {"models/transport/t.h", "#include \"models/hbm4/hbm4.h\"", "transport includes only"},
    {"models/transport/t.h", "#include \"models/numerics/n.h\"", "transport includes only"},
    {"models/hbm4/hbm4.h", "#include \"models/gpu/messages.h\"", "sibling units"},
    {"models/gpu/l2/l2.h", "#include \"models/gpu/sm/sm.h\"", "sibling units"},
    {"models/gpu/l2/l2.h", "#include \"../sm/sm.h\"", "sibling units"},
    {"models/gpu/tile_program/p.h", "#include \"models/gpu/l2/l2.h\"", "sibling units"},
    {"models/hbm4/hbm4.h", "#include \"models/gpu/tile_program/p.h\"", "sibling units"},
    {"models/gpu/l2/l2.h", "#include \"models/hbm4/hbm4.h\"", "sibling units"},
    {"models/gpu/sm/tma/tma.h", "#include \"models/gpu/l2/l2.h\"", "sibling units"},
    {"models/hbm4/hbm4.h", "#include \"tlm/bulk.h\"", "a core does not include tlm/"},
    {"models/hbm4/hbm4.h", "#include \"models/hbm4/hbm4_module.h\"", "not include a module"},
    {"models/hbm4/hbm4.h", "#include \"app/main.cpp\"", "models/ includes only models/"},
    {"models/hbm4/hbm4_module.h", "#include \"traces/reader.h\"", "models/ includes only models/"},
    {"models/hbm4/hbm4_module.h", "#include \"models/gpu/messages.h\"", "sibling units"},
    {"models/hbm4/hbm4.h", "#include <systemc>", "include SystemC"},
    {"models/hbm4/hbm4.h", "  #  include <systemc.h>", "include SystemC"},
    {"models/base/b.h", "#include <tlm_utils/simple_target_socket.h>", "include SystemC"},
    {"models/base/b.h", "#include <sysc/kernel/sc_time.h>", "include SystemC"},
    {"models/base/b.h", "#include \"systemc.h\"", "include SystemC"},
    {"traces/reader.h", "#include <tlm>", "include SystemC"},
    {"traces/reader.h", "#include \"models/hbm4/hbm4.h\"", "traces/ includes only"},
    {"traces/reader.h", "#include \"app/main.cpp\"", "traces/ includes only"},
    {"tlm/bulk.h", "#include \"models/hbm4/hbm4.h\"", "tlm/ includes only"},
    {"rtl/runtime/r.h", "#include \"models/hbm4/hbm4.h\"", "rtl/ includes only"},
    {"rtl/hbm4/twin.h", "#include \"models/hbm4/hbm4_module.h\"", "rtl/ includes only"},
    {"rtl/hbm4/twin.h", "#include \"models/gpu/messages.h\"", "rtl/ includes only"},
    {"rtl/gpu/leaf.cpp", "#include \"models/hbm4/hbm4.h\"", "rtl/ includes only"},
    {"rtl/gpu/leaf.cpp", "#include <systemc>", "include SystemC"},
    {"models/gpu/sm/sm.h", "#include \"rtl/runtime/r.h\"", "models/ includes only models/"},
    {"tlm/bulk.h", "#include \"rtl/runtime/r.h\"", "tlm/ includes only"},
    {"models/gpu/sm/sm.h", "#include <verilated_fst_c.h>", "only rtl/ includes Verilator"},
    {"app/main.cpp", "#include <Vleaf.h>", "only rtl/ includes Verilator"},
    {"app/main.cpp", "#include \"testbenches/x_test.cpp\"", "nothing includes testbenches/"},
    {"models/gpu/gpu.h", "#include \"testbenches/x_test.cpp\"", "nothing includes testbenches/"},
    {"models/hbm4/oracle/oracle.cpp", "#include \"models/hbm4/hbm4.h\"",
     "the oracle includes only"},
    {"models/hbm4/oracle/oracle.h", "#include \"models/transport/t.h\"",
     "the oracle includes only"},
    {"models/hbm4/hbm4.h", "#include \"models/hbm4/oracle/oracle.h\"", "only tests and app/bench/"},
    {"rtl/hbm4/twin.h", "#include \"models/hbm4/oracle/oracle.h\"", "only tests and app/bench/"},
    {"app/main.cpp", "#include \"models/hbm4/oracle/oracle.h\"", "only tests and app/bench/"},
    {"models/base/b.h", "#include \"models/base/absent.h\"", "no such file"},
};

}  // namespace

TEST_CASE("the repository's includes point one way") {
    const auto breaches = include_breaches(VRSIM_SOURCE_DIR);
    INFO(text_of(breaches));
    CHECK(breaches.empty());
}

TEST_CASE("the check reads the repository's files") {
    const IncludeGraph graph = read_includes(VRSIM_SOURCE_DIR);
    REQUIRE(graph.contains("models/transport/region.h"));
    bool found = false;
    for (const IncludeLine& include : graph.at("models/transport/region.h")) {
        found = found || include.file == "models/transport/port.h";
    }
    CHECK(found);
}

TEST_CASE("a tree in order has no breach") {
    const TemporaryFolder folder;
    plant_good_tree(folder.path());
    const auto breaches = include_breaches(folder.path());
    INFO(text_of(breaches));
    CHECK(breaches.empty());
}

TEST_CASE("every planted breach is caught at its line") {
    for (const Planted& planted : kBreaches) {
        const TemporaryFolder folder;
        plant_good_tree(folder.path());
        const auto file = folder.path() / planted.file;
        write_text(file, std::string("// first line\n") + planted.line + "\n" + read_text(file));
        const auto breaches = include_breaches(folder.path());
        INFO(planted.file << " with " << planted.line << "\n" << text_of(breaches));
        bool caught = false;
        for (const Breach& breach : breaches) {
            caught = caught || (breach.file == planted.file && breach.line == 2 &&
                                breach.what.find(planted.told) != std::string::npos);
        }
        CHECK(caught);
    }
}

TEST_CASE("what a core only reaches through others is caught with the chain") {
    const TemporaryFolder folder;
    plant_good_tree(folder.path());
    SECTION("a sibling, through the chip's header") {
        write_text(folder.path() / "models/gpu/sm/tma/tma.h", "#include \"models/gpu/gpu.h\"\n");
        const auto breaches = include_breaches(folder.path());
        const std::string text = text_of(breaches);
        INFO(text);
        CHECK(text.find("tma.h: reaches models/gpu/gpu.h -> models/gpu/l2/l2.h: sibling units") !=
              std::string::npos);
    }
    SECTION("the core, through the parameters that its oracle takes") {
        write_text(folder.path() / "models/hbm4/hbm4_config.h",
                   "#include \"models/hbm4/state.h\"\n");
        write_text(folder.path() / "models/hbm4/state.h", "#include <vector>\n");
        const std::string text = text_of(include_breaches(folder.path()));
        INFO(text);
        CHECK(text.find("oracle.h: reaches models/hbm4/hbm4_config.h -> models/hbm4/state.h: the "
                        "oracle includes only") != std::string::npos);
    }
    SECTION("SystemC, through another core's header") {
        write_text(folder.path() / "models/base/b.h", "#include <systemc>\n");
        const std::string text = text_of(include_breaches(folder.path()));
        INFO(text);
        CHECK(text.find("models/hbm4/hbm4.h: reaches models/transport/t.h -> models/base/b.h -> "
                        "<systemc>") != std::string::npos);
    }
}
