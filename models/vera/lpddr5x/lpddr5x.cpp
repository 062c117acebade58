// SPDX-License-Identifier: Apache-2.0
#include "models/vera/lpddr5x/lpddr5x.h"

#include <algorithm>

namespace vr {

Lpddr5x::Lpddr5x(std::string path, const Lpddr5xConfig& config, Attribution& attribution,
                 EventRecord* events)
    : Unit(std::move(path)),
      config_(config),
      events_(events),
      server_owner_(attribution.owner("host memory", "host memory")),
      latency_owner_(attribution.owner("host memory access", "host memory latency")) {
    if (events_ != nullptr) {
        track_ = events_->track(this->path(), "host memory");
        bytes_name_ = events_->name("bytes");
    }
}

Time Lpddr5x::service_time(std::int64_t bytes) const {
    __extension__ using Wide = __int128;
    const std::int64_t rate = config_.bandwidth.value;
    return {static_cast<std::int64_t>(
        (static_cast<Wide>(bytes) * kFemtosecondsPerSecond + rate - 1) / rate)};
}

void Lpddr5x::run(Time horizon) {
    while (requests_in.next() < horizon) {
        Stamped<MemoryRequest> stamped = requests_in.pop();
        MemoryRequest& request = stamped.message;
        const auto capacity = static_cast<std::uint64_t>(config_.capacity.value);
        ensure(request.address < capacity && request.bytes <= capacity - request.address,
               "{}: {} B at {:#x} lie outside {} B", path(), request.bytes, request.address,
               config_.capacity.value);
        const Time start = std::max(state_.free, stamped.arrival);
        const Time end = start + service_time(request.bytes);
        state_.free = end;
        state_.busy += end - start;
        (request.write ? state_.bytes_written : state_.bytes_read) += request.bytes;
        ++state_.accesses;
        if (events_ != nullptr) {
            events_->slice(track_, events_->name(request.write ? "write" : "read"), start, end, 0,
                           request.bytes, bytes_name_);
        }
        MemoryResponse response;
        response.tag = request.tag;
        response.write = request.write;
        response.cause = std::move(request.cause);
        response.served.add(latency_owner_, stamped.arrival);
        response.served.add(server_owner_, end);
        response.served.add(latency_owner_, end + config_.latency);
        responses_out.send(end + config_.latency, std::move(response));
    }
}

void Lpddr5x::statistics(StatisticsRegistry& out) const {
    out.add(path(), "bytes_read", state_.bytes_read, "B", "read from the host's memory");
    out.add(path(), "bytes_written", state_.bytes_written, "B", "written to the host's memory");
    out.add(path(), "accesses", state_.accesses, "requests", "accesses served");
    out.add(path(), "busy", state_.busy.value, "fs", "time in which it served");
}

void Lpddr5x::state(StateHasher& out) const {
    visit_members(*this, out);
}

}  // namespace vr
