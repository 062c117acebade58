// SPDX-License-Identifier: Apache-2.0
// A small result that keeps every law, for tests of the laws and the reports.
#pragma once

#include "app/report/run_result.h"

namespace vr::testing {

inline RunResult sample_result() {
    RunResult r;
    r.trace_name = "two";
    r.trace_digest = "00000000000000ff";
    r.platform = "tiny";
    r.revision = "abc";
    r.seed = 7;
    r.makespan = {1'000'000'000};  // 1 us
    r.roofline = {600'000'000};
    r.bound_by = {"HBM", {600'000'001}};
    r.operators = {
        {"first",
         "gemm",
         "64x64x64 bf16",
         {0},
         {700'000'000},
         4,
         4,
         "HBM",
         524'288,
         24'576,
         16'384,
         {400'000'000},
         "exact (reference)"},
        {"second",
         "copy",
         "64x64 bf16",
         {700'000'000},
         {1'000'000'000},
         2,
         2,
         "launch",
         0,
         16'384,
         8'192,
         {200'000'000},
         "exact (reference)"},
    };
    r.attribution = {{"HBM data bus", "HBM", {600'000'001}},
                     {"launch", "launch", {299'999'999}},
                     {"tensor pipeline", "tensor core", {100'000'000}}};
    r.resources = {{"HBM", 24'576, 50'000'000'000, "B/s"}};
    r.tensors = {{"a", 8'192, 16'384, 8'192, 8'192, 8'192, 4'096, 0, 0, 0, true, 8'192, "weights",
                  "0123456789abcdef"},
                 {"d", 8'192, 0, 0, 0, 0, 0, 0, 64, 8'192, false, 0, "", ""}};
    r.statistics = {{"gpu.l2.hits", "requests", "reads that hit", StatisticKind::kSum, 64},
                    {"gpu.l2.busy", "fs", "time a port was busy", StatisticKind::kSum, 5}};
    r.resource_parameters = {
        {"HBM", {"gpu.hbm4"}}, {"launch", {"gpu.front"}}, {"tensor core", {"gpu.sm"}}};
    r.configuration = {{"gpu.hbm4.t_rc", "45 ns", "estimated", "s1"},
                       {"gpu.hbm4.stacks", "1", "published", "s2"},
                       {"gpu.hbm4x.y", "1", "estimated", "s3"},
                       {"gpu.front.launch", "300 ns", "estimated", "s4"}};
    r.numeric_corners = {"sign of zero"};
    return r;
}

}  // namespace vr::testing
