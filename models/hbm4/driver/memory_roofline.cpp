// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/address_map/address_map.h"
#include "models/hbm4/driver/access_check.h"
#include "models/hbm4/driver/memory_driver.h"

namespace vr {

namespace {

__extension__ using Wide = __int128;

Time time_at_peak(std::int64_t bytes, Bandwidth peak) {
    const auto scaled = static_cast<Wide>(bytes) * kFemtosecondsPerSecond;
    return {static_cast<std::int64_t>((scaled + peak.value - 1) / peak.value)};
}

}  // namespace

MemoryResult run_memory_roofline(const Hbm4Config& config, AccessSource& source, Time stop) {
    const hbm4::AddressMap map(config);
    MemoryResult r;
    r.peak = config.peak_bandwidth();
    MemoryAccess access;
    while (source.next(access)) {
        hbm4::check_access(map, access, r.requests);
        const Time finish = time_at_peak(r.bytes.value + access.bytes, r.peak);
        if (finish > stop) {
            r.complete = false;
            break;
        }
        r.bytes.value += access.bytes;
        r.finish = finish;
        ++r.requests;
    }
    r.answered = r.requests;
    if (r.finish.value > 0) {
        r.achieved = {static_cast<std::int64_t>(static_cast<Wide>(r.bytes.value) *
                                                kFemtosecondsPerSecond / r.finish.value)};
    }
    r.utilisation = static_cast<double>(r.achieved.value) / static_cast<double>(r.peak.value);
    r.pseudo_channels = config.pseudo_channels();
    return r;
}

}  // namespace vr
