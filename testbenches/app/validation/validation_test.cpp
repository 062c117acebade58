// SPDX-License-Identifier: Apache-2.0
// Reading measured rows, choosing and judging them.
#include <unistd.h>
#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "app/validation/validate.h"
#include "models/base/error.h"
#include "testbenches/support/scratch_folder.h"

namespace {

std::string file(const std::string& text) {
    const auto path = vr::testing::scratch_folder() / "rows.csv";
    std::ofstream(path) << text;
    return path.string();
}

const std::string kHeader = "device,experiment,M,value,unit,source\n";

// Predicts what the column M says, by a rule that a test can see through.
vr::Family family() {
    vr::Family f;
    f.name = "toy";
    f.predict = [](const vr::MeasuredRow& row, vr::Presets&) {
        const auto m = row.integer("M");
        if (!m) {
            return vr::Prediction{vr::RowState::kLeftOut, 0, 0, "M is not given"};
        }
        if (row.device == "later") {
            return vr::Prediction{vr::RowState::kNotModelled, 0, 2.0 * static_cast<double>(*m),
                                  "not yet"};
        }
        return vr::Prediction{vr::RowState::kModelled, static_cast<double>(*m),
                              2.0 * static_cast<double>(*m), ""};
    };
    return f;
}

}  // namespace

TEST_CASE("measured rows are read with quotes, empty cells and line numbers") {
    const auto rows =
        vr::read_measured(file(kHeader + "X,e,128,1.5,us,\"a, \"\"b\"\" c\"\r\n\nY,f,,2e3,us,s\n"));
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].source == "a, \"b\" c");
    CHECK(rows[0].integer("M") == 128);
    CHECK(rows[0].value == 1.5);
    CHECK(rows[1].line == 4);
    CHECK(rows[1].value == 2000);
    CHECK_FALSE(rows[1].integer("M"));
}

TEST_CASE("damaged measured rows, all of them at once") {
    const std::string path =
        file(kHeader + "X,e,1,0,us,s\nX,e,1,us,s\nX,e,1,1,us,\"s\nX,e,1,z,us,s\n");
    try {
        (void)vr::read_measured(path);
        FAIL("no error");
    } catch (const vr::InputError& error) {
        CHECK(std::string(error.what()) ==
              path + ":2:7: value '0'; allowed: a number above 0\n" + path +
                  ":3: 5 cells; allowed: 6 cells, as many as column names\n" + path +
                  ":4:12: a quote is not closed; allowed: \"text\" within one line\n" + path +
                  ":5:7: value 'z'; allowed: a number above 0");
    }
    CHECK_THROWS_WITH(vr::read_measured(file("device,value\nX,1\n")),
                      Catch::Contains("column 'experiment' is missing"));
    CHECK_THROWS_WITH(vr::read_measured(file(kHeader)), Catch::Contains("no measured row"));
    CHECK_THROWS_AS(vr::read_measured("no/such.csv"), vr::InputError);
}

TEST_CASE("errors, medians and what is left out") {
    vr::Presets presets({});
    const auto rows = vr::read_measured(
        file(kHeader + "X,e,100,100,us,s\nX,e,100,200,us,s\nX,e,100,50,us,s\nX,e,,9,us,s\n"
                       "later,e,100,100,us,s\n"));
    const vr::FamilySummary s = vr::judge(family(), rows, presets);
    CHECK(s.rows == 5);
    CHECK(s.modelled == 3);
    CHECK(s.judged.size() == 4);
    CHECK(s.left_out.size() == 1);
    // Errors: 0, ln 2, ln 2, and for the row that is not modelled its roofline's: ln 2.
    CHECK(s.judged[0].error == 0);
    CHECK(s.judged[1].error == Approx(std::log(2.0)));
    CHECK(s.judged[3].error == Approx(std::log(2.0)));
    CHECK(s.median == Approx(std::log(2.0)));
    CHECK(s.roofline_percentile90 == Approx(std::log(4.0)));
    const std::string table = vr::validation_table({s});
    CHECK(table.find("1 x not yet") != std::string::npos);
    CHECK(table.find("1 x M is not given") != std::string::npos);
}

TEST_CASE("at the roofline level the roofline's figures are the simulated ones, without limits") {
    vr::CommonOptions common;
    common.level = vr::Level::kRoofline;
    vr::Presets presets(common);
    vr::Family f = family();
    f.median_limit = f.percentile90_limit = 0.1;
    const auto rows =
        vr::read_measured(file(kHeader + "X,e,100,100,us,s\nX,e,,9,us,s\nlater,e,100,100,us,s\n"));
    const vr::FamilySummary s = vr::judge(f, rows, presets);
    CHECK(s.roofline);
    CHECK(s.modelled == 2);
    CHECK(s.left_out.size() == 1);
    for (const vr::JudgedRow& row : s.judged) {
        CHECK(row.prediction.simulated == 200);
        CHECK(row.error == Approx(std::log(2.0)));
    }
    CHECK(s.passed());  // errors beyond the limits of the detailed machine
    CHECK_FALSE(s.judged_by_limits());
    CHECK(vr::validation_table({s}).find("level roofline") != std::string::npos);
    vr::Presets detailed({});
    CHECK_FALSE(
        vr::judge(f, vr::read_measured(file(kHeader + "X,e,100,50,us,s\n")), detailed).passed());
}

TEST_CASE("of one case the fastest is judged") {
    vr::Presets presets({});
    vr::Family f = family();
    f.case_key = [](const vr::MeasuredRow& row) { return row.device + row.unit; };
    f.larger_is_faster = [](const vr::MeasuredRow& row) { return row.unit == "TFLOPS"; };
    const auto rows = vr::read_measured(
        file(kHeader +
             "X,e,1,5,us,s\nX,e,1,3,us,s\nX,e,1,4,us,s\nX,e,1,7,TFLOPS,s\nX,e,1,9,TFLOPS,s\n"));
    const vr::FamilySummary s = vr::judge(f, rows, presets);
    REQUIRE(s.judged.size() == 2);
    CHECK(s.slower == 3);
    CHECK(s.judged[0].row.value == 3);
    CHECK(s.judged[1].row.value == 9);
}

TEST_CASE("percentiles") {
    CHECK(vr::percentile({}, 50) == 0);
    CHECK(vr::percentile({3}, 90) == 3);
    CHECK(vr::percentile({4, 1, 3, 2}, 50) == 2);
    CHECK(vr::percentile({1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 90) == 9);
}

TEST_CASE("the committed data reads, and its families say so") {
    CHECK(
        vr::read_measured(VRSIM_SOURCE_DIR "/testbenches/validation/data/gemm_dense.csv").size() ==
        96);
    CHECK(
        vr::read_measured(VRSIM_SOURCE_DIR "/testbenches/validation/data/umma_tensor_core_b200.csv")
            .size() == 1166);
    const auto rows = [](const std::string& name) {
        return vr::read_measured(VRSIM_SOURCE_DIR "/testbenches/validation/data/" + name + ".csv")
            .size();
    };
    CHECK(rows("l2_stream") == 487);
    CHECK(rows("memory_stream_vs_occupancy") == 603);
    CHECK(rows("p2p_c2c_cpu_misc") == 47);
}
