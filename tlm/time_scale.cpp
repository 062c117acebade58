// SPDX-License-Identifier: Apache-2.0
#include "tlm/time_scale.h"

#include "models/base/error.h"

namespace vr {

Time TimeScale::tick() const {
    if (tick_.value == 0) {
        // A resolution is a power of ten femtoseconds, so the ticks of a second divide 10^15
        // exactly.
        const auto ticks_per_second =
            static_cast<std::int64_t>(sc_core::sc_time(1.0, sc_core::SC_SEC).value());
        ensure(ticks_per_second > 0, "the SystemC time resolution is coarser than one second");
        tick_ = Time{kFemtosecondsPerSecond / ticks_per_second};
    }
    return tick_;
}

sc_core::sc_time TimeScale::up(Time time) const {
    ensure(time.value >= 0 && time != kNever, "no SystemC time for {} fs", time.value);
    const std::int64_t length = tick().value;
    const std::int64_t ticks = time.value / length + (time.value % length != 0 ? 1 : 0);
    return sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(ticks));
}

Time TimeScale::exact(const sc_core::sc_time& time) const {
    const std::int64_t length = tick().value;
    const auto limit = static_cast<sc_dt::uint64>(kNever.value / length);
    ensure(time.value() < limit, "SystemC time {} ticks of {} fs passes 2^63 fs", time.value(),
           length);
    return {static_cast<std::int64_t>(time.value()) * length};
}

Time TimeScale::now(const Clock& clock) const {
    const Time present = now();
    const std::int64_t next = clock.first_edge(present);
    const Time last = clock.edge(next) == present || next == 0 ? present : clock.edge(next - 1);
    return present - last < tick() ? last : present;
}

sc_core::sc_time TimeScale::until(Time time) const {
    const sc_core::sc_time at = up(time);
    const sc_core::sc_time& present = sc_core::sc_time_stamp();
    return at > present ? at - present : sc_core::SC_ZERO_TIME;
}

void Alarm::arm(Time time) {
    if (time != kNever) {
        event_.notify(scale_.until(time));  // a wait of zero is a delta notification
    }
}

}  // namespace vr
