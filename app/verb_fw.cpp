// SPDX-License-Identifier: Apache-2.0
// `vrsim fw run ELF`: a workload whose operators are launched by firmware on the management core.
#include "app/paths.h"
#include "app/samples.h"
#include "app/simulate.h"
#include "app/verbs.h"
#include "models/management_core/elf.h"

namespace vr {

ExitCode verb_fw(const CommandLine& given) {
    if (given.common.level == Level::kRoofline) {
        throw UsageError("fw: --level roofline has no core to run firmware on; leave it out");
    }
    ElfImage image = read_elf(firmware_path(given.firmware));
    image.file = given.firmware;
    CommandLine line = given;
    line.common.sets.emplace_back("gpu.command_front_end.boot=firmware");
    const std::string trace =
        given.trace.empty() ? tree_path(given.common.platform == "tiny" ? kTinyTrace : kDemoTrace)
                            : given.trace;
    std::string command = "vrsim fw run " + given.firmware;
    if (!given.trace.empty()) {
        command += " --trace " + given.trace;
    }
    return simulate(line, trace, command + repeat_options(given.common), &image);
}

}  // namespace vr
