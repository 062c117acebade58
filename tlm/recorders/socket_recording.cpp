// SPDX-License-Identifier: Apache-2.0
#include "tlm/recorders/socket_recording.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace vr {

SocketRecording::SocketRecording(EventRecord& record, std::string path)
    : record_(record), path_(std::move(path)), bytes_name_(record.name("bytes")) {}

std::size_t SocketRecording::free_slot(Time at) {
    for (std::size_t i = 0; i < slots_.size(); ++i) {
        if (!slots_[i].busy && slots_[i].until <= at) {
            return i;
        }
    }
    const std::uint32_t track =
        record_.track(fmt::format("{}.slot{}", path_, slots_.size()), "socket");
    slots_.push_back({track, Time{}, false});
    return slots_.size() - 1;
}

void SocketRecording::begin(const void* key, TransactionLabel label, Time at) {
    const std::size_t slot = free_slot(at);
    slots_[slot].busy = true;
    open_[key] = {slot, record_.name(label.name), label.bytes, at};
}

void SocketRecording::phase(const void* key, std::string_view name, Time at) {
    const auto found = open_.find(key);
    if (found != open_.end()) {
        record_.instant(slots_[found->second.slot].track, record_.name(name), at);
    }
}

void SocketRecording::end(const void* key, Time at) {
    const auto found = open_.find(key);
    if (found == open_.end()) {
        return;
    }
    const Open& open = found->second;
    Slot& slot = slots_[open.slot];
    record_.slice(slot.track, open.name, open.begin, at, 0, open.bytes, bytes_name_);
    slot.busy = false;
    slot.until = std::max(slot.until, at);
    open_.erase(found);
}

}  // namespace vr
