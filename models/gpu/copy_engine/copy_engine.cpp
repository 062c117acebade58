// SPDX-License-Identifier: Apache-2.0
#include "models/gpu/copy_engine/copy_engine.h"

#include <algorithm>

namespace vr {

namespace {
constexpr std::size_t kToHost = 0;
constexpr std::size_t kToGpu = 1;
}  // namespace

CopyEngine::CopyEngine(std::string path, const CopyEngineConfig& config,
                       std::vector<CopyDescriptor> descriptors, SparseMemory& contents,
                       Attribution& attribution, EventRecord* events)
    : Unit(std::move(path)),
      config_(config),
      descriptors_(std::move(descriptors)),
      contents_(contents),
      attribution_(attribution),
      events_(events),
      line_spacing_(Clock(Frequency{config.clock.value * config.lines_per_clock}).edge(1)),
      launch_owner_(attribution.owner("copy to copy engine", "launch")),
      crossbar_owner_(attribution.owner("crossbar to copy engine", "L2 latency")),
      link_owner_(attribution.owner("C2C end to copy engine", "C2C latency")) {
    initial_.bytes_done.resize(descriptors_.size());
    initial_.chunks_done.resize(descriptors_.size());
    state_ = initial_;
    if (events_ != nullptr) {
        tracks_[kToHost] = events_->track(this->path() + ".to_host", "copy engine");
        tracks_[kToGpu] = events_->track(this->path() + ".to_gpu", "copy engine");
        bytes_name_ = events_->name("bytes");
    }
}

Time CopyEngine::next() const {
    return std::min({launches_in.next(), responses_in.next(), remote_in.next()});
}

Time CopyEngine::look_ahead() const {
    return std::min({launches_in.look_ahead(), responses_in.look_ahead(), remote_in.look_ahead()});
}

void CopyEngine::run(Time horizon) {
    while (true) {
        const Time now = next();
        if (now >= horizon) {
            return;
        }
        if (responses_in.next() == now) {
            take_response(responses_in.pop());
        } else if (remote_in.next() == now) {
            take_remote(remote_in.pop());
        } else {
            Stamped<KernelLaunch> stamped = launches_in.pop();
            const OperatorIndex index = stamped.message.kernel;
            const CopyDescriptor& copy = descriptors_[index.value];
            ensure(copy.bytes > 0, "{}: operator '{}' is no copy of this engine", path(),
                   copy.name);
            const Cause cause =
                attribution_.extend(std::move(stamped.message.cause), launch_owner_, now);
            const std::size_t way = copy.to_gpu ? kToGpu : kToHost;
            state_.ways[way].queue.push_back(index);
            issue(way, now, cause);
        }
    }
}

// Whole lines, and the sectors that are left at the end as a chunk of their own.
std::uint32_t CopyEngine::chunk_at(std::int64_t left) const {
    const std::int64_t lines = std::min(config_.chunk.value, left) / kLineBytes;
    return static_cast<std::uint32_t>(lines > 0 ? lines * kLineBytes : left);
}

std::int64_t CopyEngine::chunks(OperatorIndex index) const {
    const std::int64_t bytes = descriptors_[index.value].bytes;
    const std::int64_t lines = bytes / kLineBytes * kLineBytes;
    return divide_round_up(lines, config_.chunk.value) + (bytes > lines ? 1 : 0);
}

// `cause` is what made room or work just now. A copy begins to be issued when the one before it is
// on its way as a whole.
void CopyEngine::issue(std::size_t number, Time now, const Cause& cause) {
    Way& way = state_.ways[number];
    while (!way.queue.empty()) {
        const CopyDescriptor& copy = descriptors_[way.queue.front().value];
        const std::uint32_t bytes = chunk_at(copy.bytes - way.issued);
        if (way.in_flight > 0 && way.in_flight + bytes > config_.window.value) {
            return;
        }
        std::uint32_t tag;
        if (state_.free.empty()) {
            tag = static_cast<std::uint32_t>(state_.transfers.size());
            state_.transfers.emplace_back();
        } else {
            tag = state_.free.back();
            state_.free.pop_back();
        }
        state_.transfers[tag] = {copy.operator_index, way.issued, bytes, true,
                                 number == kToGpu,    now};
        if (number == kToGpu) {
            RemoteMessage read;
            read.kind = RemoteKind::kRead;
            read.with_data = copy.carries_data;
            read.address = copy.host_address + static_cast<std::uint64_t>(way.issued);
            read.bytes = bytes;
            read.tag = tag;
            read.operator_index = copy.operator_index;
            read.cause = cause;
            remote_out.send(now, std::move(read));
        } else {
            requests_out.send(now, bundle_of(tag, false, cause));
        }
        way.began = way.issued == 0 ? now : way.began;
        way.issued += bytes;
        way.in_flight += bytes;
        if (way.issued == copy.bytes) {
            if (events_ != nullptr) {
                events_->slice(tracks_[number], events_->name("issue " + copy.name), way.began, now,
                               copy.operator_index.value + 1, copy.bytes, bytes_name_);
            }
            way.queue.pop_front();
            way.issued = 0;
        }
    }
}

LineBundle CopyEngine::bundle_of(std::uint32_t tag, bool write, CauseTrail cause) const {
    const Transfer& transfer = state_.transfers[tag];
    const CopyDescriptor& copy = descriptors_[transfer.operator_index.value];
    LineBundle bundle;
    bundle.address = copy.gpu_address + static_cast<std::uint64_t>(transfer.offset);
    bundle.count = std::max<std::uint32_t>(1, transfer.bytes / kLineBytes);
    if (transfer.bytes < kLineBytes) {
        bundle.sectors = static_cast<std::uint8_t>((1U << (transfer.bytes / kSectorBytes)) - 1);
    }
    bundle.write = write;
    bundle.evict_first = copy.evict_first;
    bundle.sm = kHubPort;
    bundle.tag = tag;
    bundle.tensor = copy.gpu_tensor;
    bundle.operator_index = transfer.operator_index;
    bundle.line_spacing = line_spacing_;
    bundle.cause = std::move(cause);
    return bundle;
}

void CopyEngine::take_response(Stamped<BundleDone>&& stamped) {
    BundleDone& done = stamped.message;
    const Time now = stamped.arrival;
    Transfer& transfer = state_.transfers.at(done.tag);
    ensure(transfer.live && !transfer.at_host, "{}: an answer of L2 that nobody waits for", path());
    attribution_.append(done.cause, crossbar_owner_, now);
    if (done.write) {  // the receive buffers of the link were held until L2 had the bytes
        frees_out.send(now, RemoteFree{RemoteKind::kReadData, transfer.bytes, done.cause});
        finish(done.tag, now, std::move(done.cause));
        return;
    }
    const CopyDescriptor& copy = descriptors_[transfer.operator_index.value];
    RemoteMessage write;
    write.kind = RemoteKind::kWrite;
    write.with_data = copy.carries_data;
    write.address = copy.host_address + static_cast<std::uint64_t>(transfer.offset);
    write.bytes = transfer.bytes;
    write.tag = done.tag;
    write.operator_index = transfer.operator_index;
    write.cause = std::move(done.cause);
    if (copy.carries_data) {
        auto data = std::make_shared<std::vector<std::uint8_t>>(transfer.bytes);
        contents_.use({now, transfer.operator_index.value});
        contents_.read(copy.gpu_address + static_cast<std::uint64_t>(transfer.offset), *data);
        write.data = std::move(data);
    }
    transfer.at_host = true;
    remote_out.send(now, std::move(write));
}

void CopyEngine::take_remote(Stamped<RemoteMessage>&& stamped) {
    RemoteMessage& message = stamped.message;
    const Time now = stamped.arrival;
    Transfer& transfer = state_.transfers.at(message.tag);
    ensure(transfer.live && transfer.at_host, "{}: an answer of the host that nobody waits for",
           path());
    attribution_.append(message.cause, link_owner_, now);
    if (message.kind == RemoteKind::kWriteDone) {
        frees_out.send(now, RemoteFree{RemoteKind::kWriteDone, 0, message.cause});
        finish(message.tag, now, std::move(message.cause));
        return;
    }
    transfer.at_host = false;
    const CopyDescriptor& copy = descriptors_[transfer.operator_index.value];
    if (copy.carries_data) {
        ensure(message.data != nullptr && message.data->size() == transfer.bytes,
               "{}: read data of {} B without its contents", path(), transfer.bytes);
        contents_.use({now, transfer.operator_index.value});
        contents_.write(copy.gpu_address + static_cast<std::uint64_t>(transfer.offset),
                        *message.data);
    }
    requests_out.send(now, bundle_of(message.tag, true, std::move(message.cause)));
}

void CopyEngine::finish(std::uint32_t tag, Time now, CauseTrail trail) {
    const Transfer done = state_.transfers[tag];
    state_.transfers[tag] = Transfer{};
    state_.free.push_back(tag);
    const CopyDescriptor& copy = descriptors_[done.operator_index.value];
    const std::size_t number = copy.to_gpu ? kToGpu : kToHost;
    Way& way = state_.ways[number];
    way.in_flight -= done.bytes;
    way.bytes_copied += done.bytes;
    ++state_.chunks_done[done.operator_index.value];
    const Cause cause = attribution_.keep(std::move(trail));
    std::int64_t& bytes = state_.bytes_done[done.operator_index.value];
    bytes += done.bytes;
    if (bytes == copy.bytes) {
        copies_out.send(now, KernelDone{done.operator_index, cause});
    }
    issue(number, now, cause);
}

void CopyEngine::waits(std::vector<Wait>& out) const {
    constexpr std::size_t kListed = 4;
    std::size_t listed = 0;
    std::size_t all = 0;
    for (const Transfer& transfer : state_.transfers) {
        if (transfer.live && ++all && listed < kListed) {
            ++listed;
            out.push_back(
                {fmt::format("{} copy '{}' chunk at byte {}", path(),
                             descriptors_[transfer.operator_index.value].name, transfer.offset),
                 fmt::format("{} B", transfer.bytes),
                 transfer.at_host ? "the host across C2C" : "L2 through the crossbar",
                 transfer.since});
        }
    }
    if (all > listed) {
        out.push_back(
            {path(), fmt::format("{} chunks more", all - listed), "L2 and the host", Time{}});
    }
}

void CopyEngine::statistics(StatisticsRegistry& out) const {
    std::int64_t chunks = 0;
    for (const std::int64_t done : state_.chunks_done) {
        chunks += done;
    }
    out.add(path(), "bytes_to_gpu", state_.ways[kToGpu].bytes_copied, "B", "copied from the host");
    out.add(path(), "bytes_to_host", state_.ways[kToHost].bytes_copied, "B", "copied to the host");
    out.add(path(), "chunks", chunks, "chunks", "transfers that arrived");
}

void CopyEngine::state(StateHasher& out) const {
    visit_members(*this, out);
}

}  // namespace vr
