// SPDX-License-Identifier: Apache-2.0
#include "app/verbs.h"

namespace vr {

const std::vector<Verb>& verbs() {
    static const char* const kRun = "run things";
    static const char* const kLook = "look at numbers";
    static const char* const kCheck = "check inputs and installation";
    static const std::vector<Verb> table = {
        {"demo", kRun, "", "run a real workload on one Rubin GPU and explain the result",
         "vrsim demo", verb_demo},
        {"run", kRun, "TRACE", "run a workload trace on a platform",
         "vrsim run traces/samples/hello_gemm.jsonl --platform tiny --json report.json", verb_run},
        {"fw", kRun, "run ELF [--trace FILE]",
         "run firmware on the management core: it launches the workload",
         "vrsim fw run firmware/prebuilt/hello_doorbell.elf --platform tiny", verb_fw},
        {"mem", kRun, "TRACE | --pattern P --requests N",
         "send memory accesses straight into an HBM4 channel or the GPU's memory",
         "vrsim mem --pattern mixrand --requests 100000", verb_mem},
        {"bench", kRun, "[NAME...]", "measure vrsim's own speed against simple baselines",
         "vrsim bench --json -", verb_bench},
        {"params", kLook, "[KEY]", "print the parameter ledger: value, unit, range, status, source",
         "vrsim params gpu.l2 --platform rubin", verb_params},
        {"validate", kLook, "[FAMILY...]", "compare with measured hardware, family by family",
         "vrsim validate umma_tensor_core_b200", verb_validate},
        {"numerics", kCheck, "check FILE...", "check arithmetic against files of reference vectors",
         "vrsim numerics check vectors.txt.gz", verb_numerics},
        {"lint", kCheck, "FILE...", "list every problem of a trace or a platform file",
         "vrsim lint traces/samples/hello_gemm.jsonl", verb_lint},
        {"doctor", kCheck, "", "check the installation and say how to mend it", "vrsim doctor",
         verb_doctor},
        {"help", kCheck, "[VERB]", "print the options of a verb and an example", "vrsim help run",
         verb_help},
        {"version", kCheck, "", "print version and revision", "vrsim version", verb_version},
    };
    return table;
}

}  // namespace vr
