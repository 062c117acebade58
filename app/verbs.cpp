// SPDX-License-Identifier: Apache-2.0
#include "app/verbs.h"

namespace vr {

const std::vector<Verb>& verbs() {
    static const char* const kRun = "run things";
    static const char* const kYours = "make it yours";
    static const char* const kLook = "look at numbers";
    static const char* const kCheck = "check inputs and installation";
    static const std::vector<Verb> table = {
        {"demo", kRun, "", "run a real workload on one Rubin GPU and explain the result",
         "vrsim demo", verb_demo},
        {"run", kRun, "TRACE", "run a workload trace on a platform",
         "vrsim run traces/samples/hello_gemm.jsonl --platform tiny --json report.json", verb_run},
        {"convert", kRun, "IN OUT",
         "turn a trace of another tool into a workload trace, or back, and account for it",
         "vrsim convert traces/samples/pytorch/mlp_block.json.gz mlp_block.jsonl", verb_convert},
        {"workload", kRun, "MODEL --phase decode|prefill --batch B --context C -o FILE",
         "write the workload trace of one GPU's share of a language model's layers",
         "vrsim workload deepseek-v3 --phase decode --batch 64 --context 4096 "
         "--expert-parallel 32 -o deepseek_v3_decode.jsonl",
         verb_workload},
        {"step", kRun, "TRACE", "walk through a run event by event, forward and back, and ask why",
         "vrsim step traces/samples/hello_gemm.jsonl --platform tiny", verb_step},
        {"sweep", kRun, "TRACE --vary KEY=A,B,... --csv FILE",
         "run a trace for every combination of parameter values, into a table",
         "vrsim sweep traces/samples/hello_gemm.jsonl --vary gpu.l2.capacity='96 MiB,192 MiB' "
         "--vary gpu.sms=74,148 --csv sweep.csv",
         verb_sweep},
        {"fw", kRun, "run ELF [--trace FILE]",
         "run firmware on the management core: it launches the workload",
         "vrsim fw run firmware/prebuilt/hello_doorbell.elf --platform tiny", verb_fw},
        {"mem", kRun, "TRACE | --pattern P ... --requests N",
         "send memory accesses straight into an HBM4 channel or the GPU's memory",
         "vrsim mem --pattern seq --pattern seq:write --requests 100000 --channels 2", verb_mem},
        {"bench", kRun, "[NAME...]", "measure vrsim's own speed against simple baselines",
         "vrsim bench --json -", verb_bench},
        {"new", kYours, "KIND NAME DIR",
         "copy an example to a directory of yours: a testbench, a policy, a module ...",
         "vrsim new policy nearest_first ../nearest_first", verb_new},
        {"params", kLook, "[KEY]", "print the parameter ledger: value, unit, range, status, source",
         "vrsim params gpu.l2 --platform rubin", verb_params},
        {"validate", kLook, "[FAMILY...]", "compare with measured hardware, family by family",
         "vrsim validate umma_tensor_core_b200", verb_validate},
        {"numerics", kCheck, "check [FILE...]",
         "check arithmetic against files of reference vectors", "vrsim numerics check",
         verb_numerics},
        {"lint", kCheck, "FILE...", "list every problem of a trace, a platform or another file",
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
