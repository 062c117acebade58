// SPDX-License-Identifier: Apache-2.0
#include "testbenches/rtl/hbm4/schedulers.h"

#include <Vhbm4_overtaken_once.h>
#include <Vhbm4_pointer_stuck.h>
#include <Vhbm4_round_short.h>
#include <Vhbm4_scheduler.h>
#include <Vhbm4_small_queue.h>
#include <Vhbm4_window_short.h>

#include <functional>
#include <map>

#include "rtl/hbm4/verilated_scheduler.h"

namespace vr::testing {

namespace {

using Factory = std::function<std::unique_ptr<hbm4::SchedulerPins>(RtlContext&,
                                                                   const hbm4::SchedulerSettings&)>;

template <class Model>
Factory of() {
    return [](RtlContext& context, const hbm4::SchedulerSettings& settings) {
        return std::make_unique<hbm4::VerilatedScheduler<Model>>(context, "hbm4", settings);
    };
}

}  // namespace

std::unique_ptr<hbm4::SchedulerPins> scheduler(const std::string& which, RtlContext& context,
                                               const hbm4::SchedulerSettings& settings) {
    static const std::map<std::string, Factory> kAll = {
        {"scheduler", of<Vhbm4_scheduler>()},
        {"small_queue", of<Vhbm4_small_queue>()},
        {"window_short", of<Vhbm4_window_short>()},
        {"round_short", of<Vhbm4_round_short>()},
        {"pointer_stuck", of<Vhbm4_pointer_stuck>()},
        {"overtaken_once", of<Vhbm4_overtaken_once>()},
    };
    return kAll.at(which)(context, settings);
}

}  // namespace vr::testing
