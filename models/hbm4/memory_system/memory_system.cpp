// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/memory_system/memory_system.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "models/hbm4/driver/access_check.h"

namespace vr {

namespace {

// The core hands a response over as soon as it knows it, ahead of its time; a port needs some
// latency, and this one is taken off again.
constexpr Time kPortLatency{1};
constexpr std::int64_t kMostCredits = 65536;

const Hbm4Config& checked(const Hbm4Config& memory, const MemoryDoorConfig& door) {
    std::vector<Diagnostic> found;
    for (const auto& [key, what] : memory.problems()) {
        found.push_back({"", 0, 0, "hbm4." + key + ": " + what, "", ""});
    }
    if (memory.impl != "model") {
        found.push_back({"", 0, 0, "hbm4.impl: " + memory.impl + ": its doors stand on the model",
                         "model", "vrsim mem runs one channel on RTL"});
    }
    for (const std::int64_t credits : {door.read_credits, door.write_credits}) {
        if (credits < 0 || credits > kMostCredits) {
            found.push_back({"", 0, 0, fmt::format("{} credits of a pseudo-channel", credits),
                             fmt::format("0 to {}", kMostCredits), ""});
        }
    }
    if (!found.empty()) {
        throw InputError(std::move(found));
    }
    return memory;
}

}  // namespace

MemorySystem::MemorySystem(std::string path, const Hbm4Config& memory, Callback callback,
                           const MemoryDoorConfig& door)
    // Not folded: requests from outside part the pseudo-channels at once.
    : core_(std::move(path), checked(memory, door), attribution_, nullptr, false),
      clock_(memory.clock),
      callback_(std::move(callback)),
      credits_(door.credits(memory)),
      lead_(hbm4::Timing(memory).shortest_access() + memory.back_latency.value),
      held_(static_cast<std::size_t>(memory.pseudo_channels())) {
    core_.responses_out.bind_sink(*this, 0, kPortLatency);
    if (memory.faults.any()) {
        // There is one memory, so the list strikes it whatever GPU it names.
        faults_ =
            std::make_unique<hbm4::MemoryFaults>(core_.config(), core_.address_map(), core_.path(),
                                                 static_cast<std::uint32_t>(memory.faults.gpu));
    }
    const hbm4::WordCode code(memory);
    ecc_mode_ = code.mode();
    scrubs_ = hbm4::Scrubber(memory, core_.address_map(), code).on();
}

MemorySystem::~MemorySystem() {
    if (contents_ != nullptr && faults_ != nullptr) {
        contents_->set_guard(nullptr);
    }
}

void MemorySystem::hold(SparseMemory& contents) {
    if (contents_ != nullptr && faults_ != nullptr) {
        contents_->set_guard(nullptr);
    }
    contents_ = &contents;
    contents.set_guard(faults_.get());
}

ReadSeverity MemorySystem::meet_faults(const Slot& slot, bool write) {
    if (contents_ != nullptr) {
        return ReadSeverity::kNone;  // whoever moved the data has met them
    }
    const MemoryUse use{now_, 0};
    if (!write) {
        return faults_->read_timing(slot.address, slot.bytes, use);
    }
    faults_->write_timing(slot.address, slot.bytes, use);
    return ReadSeverity::kNone;
}

void MemorySystem::check(std::uint64_t address, std::uint32_t bytes) const {
    hbm4::check_access(core_.address_map(), {address, bytes, false, 0},
                       static_cast<std::int64_t>(sequence_));
}

bool MemorySystem::has_credit(std::uint32_t pseudo_channel, bool write) const {
    return held_[pseudo_channel][write ? 1 : 0] < credits_[write ? 1 : 0];
}

bool MemorySystem::accepts(std::uint64_t address, std::uint32_t bytes, bool write) const {
    check(address, bytes);
    return has_credit(core_.address_map().locate(address).pseudo_channel, write);
}

void MemorySystem::add(const MemoryOrder& order) {
    check(order.address, order.bytes);
    const std::uint32_t at = core_.address_map().locate(order.address).pseudo_channel;
    if (!has_credit(at, order.write)) {
        throw UsageError(fmt::format(
            "{}: {} of {} B at {:#x} at {} fs: pseudo-channel {} holds {} of them already; allowed "
            "where accepts() says so, not before {} fs",
            core_.path(), order.write ? "write" : "read", order.bytes, order.address, now_.value,
            at, credits_[order.write ? 1 : 0], next_event_time().value));
    }
    if (outstanding_ == due_.size()) {  // nothing is unknown yet
        known_until_ = std::max(known_until_, tick() + core_.config().front_latency.value + lead_);
    }
    auto slot = static_cast<std::uint32_t>(slots_.size());
    if (free_.empty()) {
        slots_.emplace_back();
    } else {
        slot = free_.back();
        free_.pop_back();
    }
    slots_[slot] = {order.token, at, order.bytes, order.address};
    ++held_[at][order.write ? 1 : 0];
    ++outstanding_;
    core_.requests_in.deliver(
        {now_, 0, sequence_++, {order.address, order.bytes, slot, order.write, {}}});
}

Time MemorySystem::next_event_time() const {
    if (!due_.empty()) {
        return due_.front().time;
    }
    return outstanding_ == 0 ? kNever : clock_.edge(known_until_);
}

void MemorySystem::advance_to(Time time) {
    if (telling_ || time < now_ || time == kNever) {
        throw UsageError(fmt::format(
            "{}: advance_to({} fs) {}; allowed: a time from now(), {} fs, on, outside of callbacks",
            core_.path(), time.value,
            telling_      ? "within a callback"
            : time < now_ ? "goes back in time"
                          : "has no end",
            now_.value));
    }
    for (Time event = next_event_time(); event <= time; event = next_event_time()) {
        now_ = event;
        tell();
    }
    now_ = time;
}

// The core runs to the present and no further: requests may still be added there.
void MemorySystem::catch_up() {
    core_.run(now_);
    known_until_ = std::max(known_until_, tick() + lead_);
}

void MemorySystem::tell() {
    if (tick() >= known_until_) {
        catch_up();
    }
    struct Telling {
        bool& flag;
        explicit Telling(bool& its) : flag(its) { flag = true; }
        ~Telling() { flag = false; }
    } const telling(telling_);
    while (!due_.empty() && due_.front().time <= now_) {
        const Due one = due_.front();
        due_.pop_front();
        const Slot slot = slots_[one.slot];
        free_.push_back(one.slot);
        const std::size_t direction = one.write ? 1 : 0;
        --held_[slot.pseudo_channel][direction];
        --outstanding_;
        ++completed_[direction];
        bytes_[direction] += slot.bytes;
        const ReadSeverity severity =
            faults_ == nullptr ? ReadSeverity::kNone : meet_faults(slot, one.write);
        if (callback_) {
            callback_({slot.token, one.time, clock_.first_edge(one.time), one.write, severity});
        }
    }
}

void MemorySystem::deliver(Stamped<MemoryResponse>&& stamped) {
    due_.push_back({stamped.arrival - kPortLatency, stamped.message.tag, stamped.message.write});
}

}  // namespace vr
