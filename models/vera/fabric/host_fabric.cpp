// SPDX-License-Identifier: Apache-2.0
#include "models/vera/fabric/host_fabric.h"

#include <algorithm>

namespace vr {

HostFabric::HostFabric(std::string path, std::size_t gpus, Bytes access, SparseMemory& contents,
                       Attribution& attribution)
    : Unit(std::move(path)),
      access_(static_cast<std::uint64_t>(access.value)),
      contents_(contents),
      attribution_(attribution),
      fabric_owner_(attribution.owner("host fabric", "host memory latency")) {
    for (std::size_t i = 0; i < gpus; ++i) {
        ports.push_back(std::make_unique<Port>());
    }
}

Time HostFabric::next() const {
    Time earliest = state_.doorbells.empty() ? memory_in.next() : Time{};
    for (const auto& port : ports) {
        earliest = std::min(earliest, port->messages_in.next());
    }
    return earliest;
}

Time HostFabric::look_ahead() const {
    Time shortest = memory_in.look_ahead();
    for (const auto& port : ports) {
        shortest = std::min(shortest, port->messages_in.look_ahead());
    }
    return shortest;
}

void HostFabric::run(Time horizon) {
    while (true) {
        const Time now = next();
        if (now >= horizon) {
            return;
        }
        for (const std::size_t gpu : state_.doorbells) {
            RemoteMessage doorbell;
            doorbell.kind = RemoteKind::kDoorbell;
            ++state_.doorbells_rung;
            ports[gpu]->messages_out.send(now, std::move(doorbell));
        }
        state_.doorbells.clear();
        if (memory_in.next() == now) {
            take_response(memory_in.pop());
            continue;
        }
        for (std::size_t i = 0; i < ports.size(); ++i) {
            if (ports[i]->messages_in.next() == now) {
                take_message(i, ports[i]->messages_in.pop());
                break;
            }
        }
    }
}

void HostFabric::take_message(std::size_t port, Stamped<RemoteMessage>&& stamped) {
    RemoteMessage& message = stamped.message;
    const Time now = stamped.arrival;
    const bool write = message.kind == RemoteKind::kWrite;
    ensure((write || message.kind == RemoteKind::kRead) && message.bytes > 0,
           "{}: a {} of {} B came from a GPU", path(), remote_name(message.kind), message.bytes);
    attribution_.append(message.cause, fabric_owner_, now);
    (write ? state_.writes : state_.reads) += 1;
    std::uint32_t number;
    if (state_.free.empty()) {
        number = static_cast<std::uint32_t>(state_.transactions.size());
        state_.transactions.emplace_back();
    } else {
        number = state_.free.back();
        state_.free.pop_back();
    }
    Transaction& transaction = state_.transactions[number];
    transaction.message = std::move(message);
    transaction.port = port;
    transaction.outstanding = 0;
    transaction.since = now;
    transaction.live = true;
    const Cause cause = attribution_.keep(transaction.message.cause);
    const std::uint64_t end = transaction.message.address + transaction.message.bytes;
    for (std::uint64_t at = transaction.message.address; at < end;) {
        const std::uint64_t until = std::min(end, (at / access_ + 1) * access_);
        MemoryRequest request;
        request.address = at;
        request.bytes = static_cast<std::uint32_t>(until - at);
        request.tag = number;
        request.write = write;
        request.cause = cause;
        memory_out.send(now, std::move(request));
        ++transaction.outstanding;
        at = until;
    }
    if (!write) {  // a write holds its buffers until the memory has taken its bytes
        ports[port]->frees_out.send(now, RemoteFree{RemoteKind::kRead, transaction.message.bytes,
                                                    transaction.message.cause});
    }
}

void HostFabric::take_response(Stamped<MemoryResponse>&& stamped) {
    Transaction& transaction = state_.transactions.at(stamped.message.tag);
    ensure(transaction.live, "{}: an answer of the memory that nobody waits for", path());
    if (--transaction.outstanding > 0) {
        return;
    }
    const std::uint32_t number = stamped.message.tag;
    answer(transaction, stamped.arrival, trail_of(std::move(stamped.message), attribution_));
    transaction = Transaction{};
    state_.free.push_back(number);
}

// The last access is the cause: all others were there before it.
void HostFabric::answer(Transaction& transaction, Time now, CauseTrail cause) {
    RemoteMessage& message = transaction.message;
    attribution_.append(cause, fabric_owner_, now);
    if (message.kind == RemoteKind::kWrite) {
        if (message.with_data) {
            ensure(message.data != nullptr && message.data->size() == message.bytes,
                   "{}: a write of {} B without its contents", path(), message.bytes);
            contents_.write(message.address, *message.data);
            message.data = nullptr;
        }
        message.kind = RemoteKind::kWriteDone;
        ports[transaction.port]->frees_out.send(
            now, RemoteFree{RemoteKind::kWrite, message.bytes, cause});
    } else {
        if (message.with_data) {
            auto data = std::make_shared<std::vector<std::uint8_t>>(message.bytes);
            contents_.read(message.address, *data);
            message.data = std::move(data);
        }
        message.kind = RemoteKind::kReadData;
    }
    message.cause = std::move(cause);
    ports[transaction.port]->messages_out.send(now, std::move(message));
}

void HostFabric::waits(std::vector<Wait>& out) const {
    for (const Transaction& transaction : state_.transactions) {
        if (transaction.live) {
            out.push_back({fmt::format("{} {} of {} B at {:#x}", path(),
                                       remote_name(transaction.message.kind),
                                       transaction.message.bytes, transaction.message.address),
                           fmt::format("{} accesses", transaction.outstanding), "the host's memory",
                           transaction.since});
        }
    }
}

void HostFabric::statistics(StatisticsRegistry& out) const {
    out.add(path(), "reads", state_.reads, "messages", "reads that came over C2C");
    out.add(path(), "writes", state_.writes, "messages", "writes that came over C2C");
    out.add(path(), "doorbells", state_.doorbells_rung, "messages", "doorbells rung");
}

void HostFabric::state(StateHasher& out) const {
    visit_members(*this, out);
}

}  // namespace vr
