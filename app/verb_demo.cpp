// SPDX-License-Identifier: Apache-2.0
#include "app/console.h"
#include "app/paths.h"
#include "app/simulate.h"
#include "app/verbs.h"

namespace vr {

namespace {

constexpr const char* kDemoTrace = "traces/samples/deepseek_v3_projections_64.jsonl";

constexpr const char* kExplanation = R"(
The demo: the six projection products of one dense DeepSeek-V3 layer, for 64 tokens, FP8, on one
GPU. Each weight matrix is read once and used for 64 tokens only, so memory sets the pace.

)";

constexpr const char* kReading = R"(
  how to read it
  time             simulated time from launch to the last result, and the bound that no machine
                   with these peaks can beat
  bound by         the resource that owns most of the operator's time
  where it went    every femtosecond has one owner: what the last result waited for, walking back
)";

}  // namespace

ExitCode verb_demo(const CommandLine& given) {
    CommandLine line = given;
    if (!line.level_given && !detailed_is_built()) {
        line.common.level = Level::kRoofline;
    }
    const Console console(line.common);
    if (!line.common.print_config) {
        console.print(kExplanation);
    }
    const std::string trace = tree_path(kDemoTrace);
    const ExitCode code =
        simulate(line, trace, "vrsim run " + std::string(kDemoTrace) + repeat_options(line.common));
    if (!line.common.print_config) {
        console.print(kReading);
    }
    return code;
}

}  // namespace vr
