// SPDX-License-Identifier: Apache-2.0
// Turns what a socket sees into events: one slice per transaction on the lowest free slot of the
// socket's tracks, its phases as instants on the same track. Not modelled: contents of
// transactions.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "models/base/event_record.h"

namespace vr {

/// What a slice shows of a transaction.
struct TransactionLabel {
    std::string_view name;  ///< "read", "write", ...
    std::int64_t bytes = 0;
};

/// The bookkeeping of one recorder. Tracks are named PATH.slot0, PATH.slot1, ...
class SocketRecording {
  public:
    SocketRecording(EventRecord& record, std::string path);
    /// A transaction starts. `key` identifies it until end().
    void begin(const void* key, TransactionLabel label, Time at);
    /// A phase of a transaction that has begun; any other key is ignored.
    void phase(const void* key, std::string_view name, Time at);
    /// The transaction ends; ignored when it has ended already.
    void end(const void* key, Time at);
    /// Transactions that have begun and not ended.
    [[nodiscard]] std::size_t open() const { return open_.size(); }

  private:
    struct Slot {
        std::uint32_t track;
        Time until;
        bool busy;
    };
    struct Open {
        std::size_t slot;
        std::uint32_t name;
        std::int64_t bytes;
        Time begin;
    };
    std::size_t free_slot(Time at);
    EventRecord& record_;
    std::string path_;
    std::uint32_t bytes_name_;
    std::vector<Slot> slots_;
    std::map<const void*, Open> open_;
};

}  // namespace vr
