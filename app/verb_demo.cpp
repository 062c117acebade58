// SPDX-License-Identifier: Apache-2.0
#include "app/console.h"
#include "app/paths.h"
#include "app/samples.h"
#include "app/simulate.h"
#include "app/verbs.h"

namespace vr {

namespace {

constexpr const char* kExplanation = R"(
The demo: one decoder layer of DeepSeek-V3 with latent attention and experts. 64 sequences of 4,096
tokens get one new token each, FP8, on one of 32 GPUs that share the experts. Weights and cached
keys are read once for few products, so memory sets the pace; after it come the launches of short
kernels.

)";

constexpr const char* kReading = R"(
  how to read it
  time             simulated time from launch to the last result, and the bound that no machine
                   with these peaks can beat
  bound by         the resource that owns most of the operator's time
  state            the bytes that the layer keeps, by role, and how much of them crossed HBM
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
