// SPDX-License-Identifier: Apache-2.0
// Messages between a requester and a memory on another chip, whatever link lies between them.
// Not modelled here: the link's packets (models/c2c).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "models/base/attribution.h"
#include "models/base/index.h"
#include "models/transport/state_members.h"

namespace vr {

enum class RemoteKind : std::uint8_t {
    kRead,       ///< asks for bytes
    kWrite,      ///< carries bytes
    kDoorbell,   ///< carries nothing but that it came
    kReadData,   ///< answers a read, carries its bytes
    kWriteDone,  ///< answers a write: the memory has accepted it
};

/// Requests and responses travel in classes of their own, so that a response never waits for the
/// room that a request holds: no cycle, no deadlock.
enum class RemoteClass : std::uint8_t { kRequest, kResponse };
inline constexpr std::size_t kRemoteClasses = 2;

[[nodiscard]] constexpr RemoteClass class_of(RemoteKind kind) {
    return kind == RemoteKind::kReadData || kind == RemoteKind::kWriteDone ? RemoteClass::kResponse
                                                                           : RemoteClass::kRequest;
}
/// Whether `bytes` of the message travel with it (a read only names them).
[[nodiscard]] constexpr bool carries_payload(RemoteKind kind) {
    return kind == RemoteKind::kWrite || kind == RemoteKind::kReadData;
}
[[nodiscard]] constexpr const char* remote_name(RemoteKind kind) {
    switch (kind) {
        case RemoteKind::kRead:
            return "read";
        case RemoteKind::kWrite:
            return "write";
        case RemoteKind::kDoorbell:
            return "doorbell";
        case RemoteKind::kReadData:
            return "read data";
        case RemoteKind::kWriteDone:
            return "write done";
    }
    return "";
}

struct RemoteMessage {
    RemoteKind kind = RemoteKind::kRead;
    bool with_data = false;     ///< the run carries contents for these bytes
    std::uint64_t address = 0;  ///< in the memory on the other side
    std::uint32_t bytes = 0;
    std::uint32_t tag = 0;  ///< the requester's own; returned with the response
    OperatorIndex operator_index{};
    std::shared_ptr<const std::vector<std::uint8_t>> data;  ///< contents; null when timing only
    CauseTrail cause;
    static constexpr auto state_members() {
        using R = RemoteMessage;
        return vr::state_members(&R::kind, &R::with_data, &R::address, &R::bytes, &R::tag,
                                 &R::operator_index, &R::data, &R::cause);
    }
};

/// Tells the link that what a message held in its receive buffers is free again, and what freed it:
/// who waits for the credits waited for that.
struct RemoteFree {
    RemoteKind kind = RemoteKind::kRead;
    std::uint32_t bytes = 0;
    CauseTrail cause;
    static constexpr auto state_members() {
        using R = RemoteFree;
        return vr::state_members(&R::kind, &R::bytes, &R::cause);
    }
};

}  // namespace vr
