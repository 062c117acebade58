// SPDX-License-Identifier: Apache-2.0
// Rows that the calibration kit writes: vrsim reads them back, in the columns of its families.
#include <catch2/catch.hpp>
#include <fstream>

#include "app/validation/measured.h"
#include "testbenches/launcher/command.h"
#include "testbenches/validation/cuda/host/rows.h"

using namespace vr::kit;

namespace {

const std::filesystem::path kData = std::string(VRSIM_SOURCE_DIR) + "/testbenches/validation/data";

std::string first_line(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

}  // namespace

TEST_CASE("the columns of every family are those of its data file") {
    std::size_t compared = 0;
    for (const RowFamily& family : row_families()) {
        const auto path = kData / (std::string(family.name) + ".csv");
        // Small kernels have no family yet, so that no file of theirs need be there.
        if (family.name != "kernel_launch_small_kernels" || std::filesystem::exists(path)) {
            INFO(family.name);
            CHECK(header_line(family) == first_line(path));
            ++compared;
        }
    }
    CHECK(compared >= 7);
    CHECK(header_line(row_family("kernel_launch_small_kernels")) ==
          "device,experiment,threads_per_block,elements_f64,bytes_moved,value,unit,source");
    CHECK_THROWS_AS(row_family("absent"), Error);
}

TEST_CASE("rows of every family are read back as they were written") {
    const vr::test::TemporaryFolder folder;
    for (const RowFamily& family : row_families()) {
        INFO(family.name);
        std::vector<std::string> cells;
        for (std::size_t i = 0; i < family.parameters.size(); ++i) {
            cells.push_back(cell(static_cast<std::int64_t>(10 + i)));
        }
        cells.back() = "";
        const std::string out = (folder.path() / "new/folder").string();
        RowFile file(out, family, false);
        file.add("H100-SXM", "first", cells, 1234.5678, "GB/s", "a, \"b\"\nc");
        file.add("H100-SXM", "second", cells, 2e-9, "us", "plain");
        CHECK(file.rows() == 2);
        const auto rows = vr::read_measured(file.path());
        REQUIRE(rows.size() == 2);
        CHECK(rows[0].device == "H100-SXM");
        CHECK(rows[0].experiment == "first");
        CHECK(rows[0].value == Approx(1234.57).epsilon(1e-9));
        CHECK(rows[0].unit == "GB/s");
        CHECK(rows[0].source == "a, \"b\" c");
        CHECK(rows[1].value == 2e-9);
        for (std::size_t i = 0; i + 1 < cells.size(); ++i) {
            CHECK(rows[0].text(std::string(family.parameters[i])) == cells[i]);
        }
        CHECK(rows[0].text(std::string(family.parameters.back())).empty());
    }
}

TEST_CASE("a file that is there is added to only when asked, and only in its columns") {
    const vr::test::TemporaryFolder folder;
    const std::string out = folder.path().string();
    const RowFamily& family = row_family("memory_latency_gpu");
    RowFile(out, family, false).add("X", "e", {"2", "1980"}, 32, "cycles", "s");
    CHECK_THROWS_WITH(RowFile(out, family, false), Catch::Contains("is there; give another --out"));
    RowFile(out, family, true).add("X", "e", {"4", "1980"}, 33, "cycles", "s");
    CHECK(vr::read_measured(out + "/memory_latency_gpu.csv").size() == 2);
    vr::test::write_text(folder.path() / "l2_stream.csv", "device,value\n");
    CHECK_THROWS_WITH(RowFile(out, row_family("l2_stream"), true),
                      Catch::Contains("has other columns; expected device,experiment,threads_per"));
}

TEST_CASE("what no row may hold is refused") {
    const vr::test::TemporaryFolder folder;
    RowFile file(folder.path().string(), row_family("memory_latency_gpu"), false);
    CHECK_THROWS_WITH(file.add("X", "e", {"2"}, 1, "cycles", "s"),
                      Catch::Contains("a row with 1 parameters; the family has 2"));
    for (const double value : {0.0, -1.0, std::nan(""), HUGE_VAL}) {
        CHECK_THROWS_AS(file.add("X", "e", {"2", "1"}, value, "cycles", "s"), Error);
    }
    CHECK_THROWS_WITH(RowFile("/proc/none", row_family("gemm_dense"), false),
                      Catch::Contains("cannot be written"));
}
