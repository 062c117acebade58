// SPDX-License-Identifier: Apache-2.0
#include "tlm/region_module.h"

#include <algorithm>

#include "models/base/error.h"
#include "tlm/process_errors.h"
#include "tlm/unit_module.h"

namespace vr {

RegionModule::RegionModule(const sc_core::sc_module_name& name, Region& region, Time look_ahead)
    : sc_core::sc_module(name), region_(region), look_ahead_(look_ahead) {
    ensure(look_ahead.value > 0 && look_ahead != kNever, "{}: a look-ahead of {} fs", this->name(),
           look_ahead.value);
    SC_HAS_PROCESS(RegionModule);
    SC_METHOD(activate);
    sensitive << alarm_.event();
}

void RegionModule::start_of_simulation() {
    require_latency_of_a_tick(this->name(), look_ahead_, alarm_.scale());
}

void RegionModule::check_link(Time latency) const {
    ensure(latency >= look_ahead_, "{}: a link of {} fs is shorter than the look-ahead of {} fs",
           this->name(), latency.value, look_ahead_.value);
}

void RegionModule::poke() {
    region_.reschedule_all();
    alarm_.arm(region_.next());
}

void RegionModule::activate() {
    run_process([this] { act(); });
}

void RegionModule::act() {
    ++activations_;
    // Other modules act up to a tick minus one femtosecond before the tick at which they wake: that
    // much less is known about the future. At 1 fs the horizon is the present plus the look-ahead.
    const Time now = alarm_.scale().now();
    const Time horizon = std::min(now + look_ahead_ - alarm_.scale().tick() + Time{1}, end_);
    if (region_.next() < horizon) {
        horizon_ = horizon;
        region_.run(horizon);
    }
    alarm_.arm(region_.next());
}

}  // namespace vr
