// SPDX-License-Identifier: Apache-2.0
// Parameters of one GPU and of the system of them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "models/base/parameter.h"
#include "models/base/quantity.h"
#include "models/gpu/accumulation_rule.h"
#include "models/gpu/command_front_end/command_front_end.h"
#include "models/gpu/copy_engine/copy_engine.h"
#include "models/gpu/crossbar/crossbar.h"
#include "models/gpu/l2/l2_config.h"
#include "models/gpu/power/power.h"
#include "models/gpu/sm/sm_config.h"
#include "models/gpu/thread_block_scheduler/thread_block_scheduler.h"
#include "models/hbm4/hbm4_config.h"
#include "models/management_core/core_config.h"

namespace vr {

struct GpuConfig {
    std::int64_t sms{};
    Frequency reference_clock{};
    Bytes tensor_alignment{};
    std::string accumulation;
    AccumulationRuleConfig accumulation_rule{};
    PowerConfig power{};
    CommandFrontEndConfig command_front_end{};
    ManagementCoreConfig management_core{};
    CopyEngineConfig copy_engine{};
    ThreadBlockSchedulerConfig thread_block_scheduler{};
    SmConfig sm{};
    CrossbarConfig crossbar{};
    L2Config l2{};
    Hbm4Config hbm4{};

    template <class Visitor>
    void parameters(Visitor& p) {
        p("sms", sms, {"1", "1024"}, "SMs; neighbours form a pair (TPC)");
        p("reference_clock", reference_clock, {"1 MHz", "1 GHz"},
          "every clock of the GPU is a multiple of this one");
        p("tensor_alignment", tensor_alignment, {"256 B", "16 MiB"},
          "boundary on which tensors begin");
        p("accumulation", accumulation, {"ampere", "hopper", "blackwell", "rubin", "rubin_two_steps"},
          "contract by which tensor cores accumulate");
        p.group("accumulation_rule", accumulation_rule);
        p.group("power", power);
        p.group("command_front_end", command_front_end);
        p.group("management_core", management_core);
        p.group("copy_engine", copy_engine);
        p.group("thread_block_scheduler", thread_block_scheduler);
        p.group("sm", sm);
        p.group("crossbar", crossbar);
        p.group("l2", l2);
        p.group("hbm4", hbm4);
    }
    /// Inconsistent values: (path below the GPU's, what is wrong and what is allowed).
    [[nodiscard]] std::vector<std::pair<std::string, std::string>> problems() const;
};

struct SystemConfig {
    std::int64_t gpus{};
    std::string host;
    template <class Visitor>
    void parameters(Visitor& p) {
        p.optional("gpus", gpus, "1", {"1", "8"},
                   "equal GPUs, joined by their command front ends only");
        p.optional("host", host, "none", {"none", "vera"},
                   "the host side behind each GPU's C2C link");
    }
};

}  // namespace vr
