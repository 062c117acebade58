// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/hbm4_module.h"

#include <algorithm>
#include <limits>

namespace vr {

Hbm4BulkModule::Hbm4BulkModule(const sc_core::sc_module_name& name, const Hbm4Config& config,
                               const MemoryDoorConfig& door)
    : sc_core::sc_module(name),
      BulkTarget(static_cast<std::uint64_t>(config.interleave.value)),
      memory_(
          this->name(), config, [this](const MemoryCompletion& one) { completed(one); }, door),
      most_jobs_(static_cast<std::size_t>((memory_.credits()[0] + memory_.credits()[1]) *
                                          config.pseudo_channels())) {
    SC_HAS_PROCESS(Hbm4BulkModule);
    SC_METHOD(step);
    sensitive << alarm().event();
    dont_initialize();
    memory_.hold(contents_);
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
    return low < 0 || high > Wide{core().address_map().capacity()} ? BulkStatus::kAddressError
                                                                   : BulkStatus::kOk;
}

ReadSeverity Hbm4BulkModule::move_data(BulkTransaction& transaction, const MemoryUse& use) {
    unsigned char* place = transaction.data;
    ReadSeverity worst = ReadSeverity::kNone;
    contents_.use(use);
    for (DescriptorCursor cursor(transaction.descriptor); place != nullptr && !cursor.done();
         cursor.advance()) {
        const Access access = cursor.access();
        if (transaction.descriptor.direction == Direction::kRead) {
            worst = std::max(worst, contents_.read(access.address, {place, access.bytes}));
        } else {
            contents_.write(access.address, {place, access.bytes});
        }
        place += access.bytes;
    }
    contents_.use({use.now, MemoryUse::kObserver});  // whoever looks into contents()
    return worst;
}

void Hbm4BulkModule::move_data(Job& job) {
    job.poisoned =
        move_data(*job.transaction, {alarm().scale().now(), 0}) == ReadSeverity::kUncorrectable;
}

// The memory moves whole column accesses.
MemoryOrder Hbm4BulkModule::order_of(const Access& access, Direction direction) const {
    const std::uint64_t grain = core().address_map().access_bytes();
    const std::uint64_t first = access.address / grain * grain;
    const std::uint64_t end = (access.address + access.bytes + grain - 1) / grain * grain;
    return {first, static_cast<std::uint32_t>(end - first), direction == Direction::kWrite, 0};
}

bool Hbm4BulkModule::has_room(const BulkTransaction& transaction) {
    const Descriptor& descriptor = transaction.descriptor;
    if (descriptor.items() > 1 || refusal(descriptor) != BulkStatus::kOk) {
        return true;
    }
    advance();
    const auto unsent = [](const Job& job) {
        return job.failure == BulkStatus::kIncomplete && !job.cursor.done();
    };
    if (jobs().size() >= most_jobs_ || std::any_of(jobs().begin(), jobs().end(), unsent)) {
        return false;
    }
    const DescriptorCursor cursor(descriptor,
                                  static_cast<std::uint64_t>(core().config().interleave.value));
    const MemoryOrder order = order_of(cursor.access(), descriptor.direction);
    return memory_.accepts(order.address, order.bytes, order.write);
}

void Hbm4BulkModule::accepted(Job& job) {
    const BulkStatus refused = refusal(job.transaction->descriptor);
    if (refused == BulkStatus::kOk) {
        advance();
        move_data(job);
        issue();
    } else {
        memory_.count_refused();
        job.failure = refused;
    }
}

// Whoever calls at the present arrives at the present, also in a later delta cycle: so the memory
// is brought up to the present and not beyond.
void Hbm4BulkModule::advance() {
    memory_.advance_to(alarm().scale().now(memory_.clock()));
}

void Hbm4BulkModule::step() {
    advance();
    tell(alarm().scale().now());
    do {
        issue();
    } while (take_waiting());
    alarm().arm(memory_.next_event_time());
}

void Hbm4BulkModule::completed(const MemoryCompletion& completion) {
    const auto tag = static_cast<std::uint32_t>(completion.token);
    const Piece piece = pieces_[tag];
    free_.push_back(tag);
    Job& job = *piece.job;
    const auto item = job.left.find(piece.item);
    item->second -= piece.bytes;
    if (item->second == 0) {
        job.left.erase(item);
        job.ready.append(completion.time, piece.item);
        ++job.completed;
    }
}

void Hbm4BulkModule::tell(Time now) {
    // A call may end its transaction and start others: begin again after each.
    const auto has_news = [](const Job& job) {
        return !job.answered && (!job.ready.empty() || job.failure != BulkStatus::kIncomplete);
    };
    for (auto job = std::find_if(jobs().begin(), jobs().end(), has_news); job != jobs().end();
         job = std::find_if(jobs().begin(), jobs().end(), has_news)) {
        if (job->poisoned && job->completed == job->transaction->descriptor.items()) {
            job->failure = BulkStatus::kGenericError;  // in the place of its last segment
        }
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

void Hbm4BulkModule::issue() {
    while (Job* const job = next_job(alarm().scale().now())) {
        const MemoryOrder order =
            order_of(job->cursor.access(), job->transaction->descriptor.direction);
        if (!memory_.accepts(order.address, order.bytes, order.write)) {
            return;
        }
        send(*job, order);
    }
}

void Hbm4BulkModule::send(Job& job, MemoryOrder order) {
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
    order.token = tag;
    memory_.add(order);
}

void Hbm4BulkModule::b_transport(BulkTransaction& transaction, sc_core::sc_time& delay) {
    sc_core::wait(delay);
    delay = sc_core::SC_ZERO_TIME;
    const BulkStatus refused = refusal(transaction.descriptor);
    if (refused != BulkStatus::kOk) {
        memory_.count_refused();
        transaction.fail(refused);
        return;
    }
    sc_core::sc_event finished("finished");
    Job& added = add(transaction);
    added.finished = &finished;
    move_data(added);
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
    (void)move_data(transaction, {alarm().scale().now(), MemoryUse::kObserver});
    return static_cast<unsigned int>(bytes);
}

bool Hbm4BulkModule::get_direct_mem_ptr(BulkTransaction& transaction, tlm::tlm_dmi& region) {
    const std::uint64_t address = transaction.descriptor.base;
    const std::uint64_t capacity = core().address_map().capacity();
    const std::uint64_t first = address / SparseMemory::kPageBytes * SparseMemory::kPageBytes;
    region.init();
    if (address >= capacity || memory_.has_faults()) {
        region.set_start_address(memory_.has_faults() ? 0 : capacity);  // what is refused
        region.set_end_address(~std::uint64_t{0});
        return false;
    }
    const std::span<std::uint8_t> page = contents_.page_at(address);
    const Hbm4Config& config = core().config();
    const Time byte = memory_.clock().edge(config.burst.value);
    const sc_core::sc_time latency = alarm().scale().up(
        {(byte.value + config.access_bytes.value - 1) / config.access_bytes.value});
    region.set_dmi_ptr(page.data());
    region.set_start_address(first);
    region.set_end_address(std::min(first + page.size(), capacity) - 1);
    region.set_read_latency(latency);
    region.set_write_latency(latency);
    region.allow_read_write();
    return true;
}

Hbm4Module::Hbm4Module(const sc_core::sc_module_name& name, const Hbm4Config& config,
                       const MemoryDoorConfig& door)
    : sc_core::sc_module(name), memory_("memory", config, door) {
    adapter_.out.bind(memory_.in);
}

}  // namespace vr
