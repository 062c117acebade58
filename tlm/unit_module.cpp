// SPDX-License-Identifier: Apache-2.0
#include "tlm/unit_module.h"

#include "models/base/error.h"
#include "tlm/process_errors.h"

namespace vr {

UnitModule::UnitModule(const sc_core::sc_module_name& name, Unit& unit)
    : sc_core::sc_module(name), unit_(unit) {
    SC_HAS_PROCESS(UnitModule);
    SC_METHOD(activate);
    sensitive << alarm_.event();
}

void UnitModule::start_of_simulation() {
    require_latency_of_a_tick(this->name(), shortest_latency_, alarm_.scale());
}

void UnitModule::activate() {
    run_process([this] { act(); });
}

void UnitModule::act() {
    // Everything up to the present tick is due, and every message that arrives until then has been
    // delivered at an earlier tick, because no link is shorter than a tick.
    const Time now = alarm_.scale().now();
    ++activations_;
    unit_.run(now + Time{1});
    const Time next = unit_.next();
    ensure(next > now, "{}: unit {} is still due at {} fs after running past it", this->name(),
           unit_.path(), next.value);
    alarm_.arm(next);
}

void require_latency_of_a_tick(const char* path, Time latency, const TimeScale& scale) {
    ensure(latency >= scale.tick(),
           "{}: a link of {} fs into this module; allowed: at least the SystemC resolution, {} fs "
           "(set a finer resolution)",
           path, latency.value, scale.tick().value);
}

}  // namespace vr
