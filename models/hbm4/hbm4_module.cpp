// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/hbm4_module.h"

#include <algorithm>
#include <limits>

#include "models/hbm4/timing/timing.h"

namespace vr {

namespace {

// The core hands a response over as soon as it knows it, ahead of its time; a port needs some
// latency, and this one is taken off again.
constexpr Time kPortLatency{1};

const Hbm4Config& checked(const Hbm4Config& config) {
    std::vector<Diagnostic> found;
    for (const auto& [key, what] : config.problems()) {
        found.push_back({"", 0, 0, "hbm4." + key + ": " + what, "", ""});
    }
    if (!found.empty()) {
        throw InputError(std::move(found));
    }
    return config;
}

std::int64_t full_queues(const Hbm4Config& config) {
    const std::int64_t on_the_way =
        (config.front_latency + config.back_latency + config.read_latency).value /
        config.burst.value;
    return (config.read_queue + config.write_queue + on_the_way) * config.pseudo_channels();
}

}  // namespace

Hbm4BulkModule::Hbm4BulkModule(const sc_core::sc_module_name& name, const Hbm4Config& config,
                               std::int64_t window)
    : sc_core::sc_module(name),
      BulkTarget(static_cast<std::uint64_t>(checked(config).interleave.value)),
      initiator_(attribution_.owner("initiator", "initiator")),
      core_(this->name(), checked(config), attribution_, nullptr),
      clock_(config.clock),
      known_ahead_(hbm4::Timing(config).shortest_access() + config.back_latency.value),
      window_(window > 0 ? window : full_queues(config)) {
    core_.responses_out.bind_sink(*this, 0, kPortLatency);
    SC_HAS_PROCESS(Hbm4BulkModule);
    SC_METHOD(step);
    sensitive << alarm().event();
    dont_initialize();
}

// The corners of what a descriptor visits are visited themselves, so no walk is needed.
BulkStatus Hbm4BulkModule::refusal(const Descriptor& descriptor) const {
    if (descriptor.direction == Direction::kReduce) {
        return BulkStatus::kCommandError;
    }
    __extension__ using Wide = __int128;
    Wide low = descriptor.base;
    Wide high = Wide{descriptor.base} + descriptor.bytes;
    for (std::uint32_t i = 0; i < Descriptor::kDimensions; ++i) {
        const DescriptorDimension& dimension = descriptor.dimensions[i];
        Wide least = 0;
        Wide most = Wide{dimension.count} - 1;
        if (i == descriptor.indexed) {
            const auto [first, last] =
                std::minmax_element(descriptor.index->begin(), descriptor.index->end());
            least = *first;
            most = *last;
        }
        low += std::min(least * dimension.stride, most * dimension.stride);
        high += std::max(least * dimension.stride, most * dimension.stride);
    }
    return low < 0 || high > Wide{core_.address_map().capacity()} ? BulkStatus::kAddressError
                                                                  : BulkStatus::kOk;
}

void Hbm4BulkModule::move_data(BulkTransaction& transaction) {
    unsigned char* place = transaction.data;
    for (DescriptorCursor cursor(transaction.descriptor); place != nullptr && !cursor.done();
         cursor.advance()) {
        const Access access = cursor.access();
        if (transaction.descriptor.direction == Direction::kRead) {
            contents_.read(access.address, {place, access.bytes});
        } else {
            contents_.write(access.address, {place, access.bytes});
        }
        place += access.bytes;
    }
}

void Hbm4BulkModule::accepted(Job& job) {
    const BulkStatus refused = refusal(job.transaction->descriptor);
    if (refused == BulkStatus::kOk) {
        move_data(*job.transaction);
    } else {
        job.failure = refused;
    }
}

// Whoever calls at the present arrives at the present, also in a later delta cycle: so the core
// runs up to the present and not beyond.
void Hbm4BulkModule::step() {
    const Time now = alarm().scale().now();
    core_.run(now);
    take_waiting();
    take_responses(now);
    tell(now);
    issue(now);
    arm_next(now);
}

void Hbm4BulkModule::deliver(Stamped<MemoryResponse>&& stamped) {
    due_.push_back({stamped.arrival - kPortLatency, stamped.message.tag});
}

void Hbm4BulkModule::take_responses(Time now) {
    for (; !due_.empty() && due_.front().at <= now; due_.pop_front()) {
        const Due one = due_.front();
        const Piece piece = pieces_[one.tag];
        free_.push_back(one.tag);
        --in_core_;
        Job& job = *piece.job;
        const auto item = job.left.find(piece.item);
        item->second -= piece.bytes;
        if (item->second == 0) {
            job.left.erase(item);
            job.ready.append(one.at, piece.item);
            ++job.completed;
        }
    }
}

void Hbm4BulkModule::tell(Time now) {
    // A call may end its transaction and start others: begin again after each.
    const auto has_news = [](const Job& job) {
        return !job.answered && (!job.ready.empty() || job.failure != BulkStatus::kIncomplete);
    };
    for (auto job = std::find_if(jobs().begin(), jobs().end(), has_news); job != jobs().end();
         job = std::find_if(jobs().begin(), jobs().end(), has_news)) {
        if (job->failure == BulkStatus::kIncomplete) {
            ensure(job->ready.last() <= now, "{}: a completion ahead of its time", name());
            job->transaction->tell(std::move(job->ready));
            job->ready = {};
        } else {
            job->transaction->fail(job->failure);
        }
        if (job->finished == nullptr) {
            call_back(*job);
        } else if (job->answered = job->all_told(); job->answered) {
            job->finished->notify();
        }
    }
}

void Hbm4BulkModule::issue(Time now) {
    while (in_core_ < window_) {
        Job* const job = next_job(now);
        if (job == nullptr) {
            return;
        }
        send(*job, now);
    }
}

void Hbm4BulkModule::send(Job& job, Time now) {
    const Access access = job.cursor.access();
    job.cursor.advance();
    auto tag = static_cast<std::uint32_t>(pieces_.size());
    if (free_.empty()) {
        pieces_.emplace_back();
    } else {
        tag = free_.back();
        free_.pop_back();
    }
    pieces_[tag] = {&job, access.item, access.bytes};
    job.left.try_emplace(access.item, job.transaction->descriptor.bytes);
    ++in_core_;
    // The memory moves whole column accesses.
    const std::uint64_t grain = core_.address_map().access_bytes();
    const std::uint64_t first = access.address / grain * grain;
    const std::uint64_t end = (access.address + access.bytes + grain - 1) / grain * grain;
    MemoryRequest request;
    request.address = first;
    request.bytes = static_cast<std::uint32_t>(end - first);
    request.tag = tag;
    request.write = job.transaction->descriptor.direction == Direction::kWrite;
    request.cause = attribution_.extend(Cause{}, initiator_, now);
    core_.requests_in.deliver({now, 0, sequence_++, std::move(request)});
}

// Every response up to `known_ahead_` clocks after the present is known; so is, then, when to look
// again.
void Hbm4BulkModule::arm_next(Time now) {
    if (!due_.empty()) {
        alarm().arm(due_.front().at);
    }
    if (in_core_ > 0) {
        alarm().arm(clock_.edge(clock_.first_edge(now) + known_ahead_));
    }
}

void Hbm4BulkModule::b_transport(BulkTransaction& transaction, sc_core::sc_time& delay) {
    sc_core::wait(delay);
    delay = sc_core::SC_ZERO_TIME;
    const BulkStatus refused = refusal(transaction.descriptor);
    if (refused != BulkStatus::kOk) {
        transaction.fail(refused);
        return;
    }
    move_data(transaction);
    sc_core::sc_event finished("finished");
    add(transaction).finished = &finished;
    const auto job = std::prev(jobs().end());
    alarm().arm(alarm().scale().now());
    sc_core::wait(finished);
    jobs().erase(job);
    alarm().arm(alarm().scale().now());
}

unsigned int Hbm4BulkModule::transport_dbg(BulkTransaction& transaction) {
    const std::uint64_t bytes = transaction.descriptor.total_bytes();
    if (transaction.data == nullptr || bytes > std::numeric_limits<unsigned int>::max() ||
        refusal(transaction.descriptor) != BulkStatus::kOk) {
        return 0;
    }
    move_data(transaction);
    return static_cast<unsigned int>(bytes);
}

Hbm4Module::Hbm4Module(const sc_core::sc_module_name& name, const Hbm4Config& config,
                       std::int64_t window)
    : sc_core::sc_module(name), memory_("memory", config, window) {
    adapter_.out.bind(memory_.in);
}

}  // namespace vr
