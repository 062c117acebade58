// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/oracle/oracle.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace vr::oracle {

namespace {
constexpr Tick kLongAgo = std::numeric_limits<Tick>::min() / 4;
constexpr std::uint64_t kWindow = 64;  // admissions from the oldest request in a queue on

std::size_t index_of(Verb verb) {
    return static_cast<std::size_t>(verb);
}
}  // namespace

PseudoChannelOracle::PseudoChannelOracle(const Hbm4Config& config)
    : config_(config), banks_(config.banks()) {
    const auto count = static_cast<std::size_t>(banks_);
    open_.resize(count);
    columns_since_activate_.resize(count);
    std::array<Tick, kVerbs> never{};
    never.fill(kLongAgo);
    last_.assign(count, never);
    refreshed_.resize(count);
    unforgiven_.resize(count);
    latest_row_.resize(count);
    for (std::int64_t bank = 0; bank < banks_; ++bank) {
        recent_.push_back(bank);
    }
    // The refresh interval is rounded down: refresh may come early, never late.
    __extension__ using Wide = __int128;
    Wide interval = config.t_refi.value;
    for (const auto& [word, up, down] : {std::tuple{"4x", 4, 1}, std::tuple{"2x", 2, 1},
                                         std::tuple{"0.5x", 1, 2}, std::tuple{"0.25x", 1, 4}}) {
        if (config.refresh_scale == word) {
            interval = interval * up / down;
        }
    }
    interval_ = static_cast<Tick>(interval * config.clock.value / kFemtosecondsPerSecond);
    if (config.refresh == "per_bank") {
        refreshing_ = Refreshing::kBanks;
        interval_ /= banks_;
    } else if (config.refresh == "all_bank") {
        refreshing_ = Refreshing::kAll;
    }
    next_due_ = interval_;
}

bool PseudoChannelOracle::is_hit(const Queued& q) const {
    return open_[static_cast<std::size_t>(q.request.bank)] == q.request.row;
}

bool PseudoChannelOracle::is_conflict(const Queued& q) const {
    return open_[static_cast<std::size_t>(q.request.bank)].has_value() && !is_hit(q);
}

bool PseudoChannelOracle::has_hits(std::size_t direction, std::int64_t bank) const {
    return std::any_of(queues_[direction].begin(), queues_[direction].end(),
                       [&](const Queued& q) { return q.request.bank == bank && is_hit(q); });
}

bool PseudoChannelOracle::is_queued(std::int64_t bank) const {
    return std::any_of(queues_.begin(), queues_.end(), [&](const Queue& queue) {
        return std::any_of(queue.begin(), queue.end(),
                           [&](const Queued& q) { return q.request.bank == bank; });
    });
}

bool PseudoChannelOracle::has_arrived(std::size_t direction) const {
    return !lines_[direction].empty() && lines_[direction].front().request.arrival <= now_;
}

std::vector<Request> PseudoChannelOracle::buffer(std::size_t direction) const {
    const std::int64_t depth = direction == 1 ? config_.write_buffer : config_.read_buffer;
    std::vector<Request> requests;
    for (const Waiting& waiting : lines_[direction]) {
        if (waiting.request.arrival > now_ || static_cast<std::int64_t>(requests.size()) == depth) {
            break;
        }
        requests.push_back(waiting.request);
    }
    return requests;
}

void PseudoChannelOracle::run_until(Tick end) {
    for (; now_ < end; ++now_) {
        tick();
    }
}

void PseudoChannelOracle::tick() {
    note_due_refresh();
    choose_management();
    admit();
    decide_direction();
    find_starving();
    column_bus();
    row_bus();
}

bool PseudoChannelOracle::has_room(std::size_t direction) const {
    const Queue& queue = queues_[direction];
    const std::int64_t depth = direction == 1 ? config_.write_queue : config_.read_queue;
    return static_cast<std::int64_t>(queue.size()) < depth &&
           (queue.empty() || admitted_[direction] - queue.front().order < kWindow);
}

void PseudoChannelOracle::admit() {
    for (std::size_t direction = 0; direction < 2; ++direction) {
        if (has_arrived(direction) && has_room(direction)) {
            enqueue(direction);
        }
    }
}

void PseudoChannelOracle::enqueue(std::size_t direction) {
    const Waiting from = lines_[direction].front();
    const Request& request = from.request;
    lines_[direction].pop_front();
    Queued entry;
    entry.number = from.number;
    entry.request = request;
    entry.order = admitted_[direction]++;
    entry.deadline =
        now_ + (request.write ? config_.write_age_limit : config_.read_age_limit).value;
    // What is left of a refresh, or of the activate of its row, is time of that.
    const Tick of_refresh =
        std::max({rounded_up(config_.t_rfc_per_bank) - since(Verb::kRefreshBank, request.bank),
                  rounded_up(config_.t_rfc_all_bank) - since(Verb::kRefreshAll, request.bank),
                  rounded_up(config_.t_rfm) - since(Verb::kManageBank, request.bank),
                  rounded_up(config_.t_drfm) - since(Verb::kManageRow, request.bank)});
    const Tick of_activate = rounded_up(request.write ? config_.t_rcd_write : config_.t_rcd_read) -
                             since(Verb::kActivate, request.bank);
    if (of_refresh > 0) {
        entry.refresh = of_refresh;
    } else if (is_hit(entry) && of_activate > 0) {
        entry.row = of_activate;
    }
    queues_[direction].push_back(entry);
}

void PseudoChannelOracle::decide_direction() {
    const Queue& reads = queues_[0];
    const Queue& writes = queues_[1];
    const bool used_up = turn_ == 0;
    bool change = false;
    if (!writing_ && !writes.empty()) {
        const bool pressing =
            writes_waiting() >= config_.write_high || writes.front().deadline <= now_;
        change = reads.empty() || (used_up && pressing);
    } else if (writing_ && !reads.empty()) {
        if (writes.empty()) {
            change = true;
        } else if (used_up) {
            const bool few =
                writes_waiting() <= config_.write_low && writes.front().deadline > now_;
            change = few || reads.front().deadline <= now_;
        }
    }
    if (change) {
        writing_ = !writing_;
        turn_ = config_.turn_columns;
        ++tally.turns;
    }
}

void PseudoChannelOracle::find_starving() {
    starving_ = -1;
    if (own().empty()) {
        return;
    }
    const Queued& oldest = own().front();
    const std::int64_t columns =
        columns_since_activate_[static_cast<std::size_t>(oldest.request.bank)];
    const bool impatient =
        config_.scheduler == "first_come" || oldest.deadline <= now_ ||
        (config_.scheduler == "first_ready_capped" && columns >= config_.row_hit_cap);
    if (is_conflict(oldest) && impatient && has_hits(writing_ ? 1 : 0, oldest.request.bank)) {
        starving_ = oldest.request.bank;
    }
}

void PseudoChannelOracle::send(Verb verb, std::int64_t bank, std::int64_t row,
                               std::int64_t column) {
    if (keeps_commands) {
        commands.push_back({now_, verb, bank, row, column});
    }
    if (verb == Verb::kPrechargeAll || verb == Verb::kRefreshAll || verb >= Verb::kPowerDown) {
        for (auto& ticks : last_) {
            ticks[index_of(verb)] = now_;
        }
    } else {
        last_[static_cast<std::size_t>(bank)][index_of(verb)] = now_;
    }
    if (verb == Verb::kRead || verb == Verb::kWrite) {
        ++columns_since_activate_[static_cast<std::size_t>(bank)];
    }
    if (verb == Verb::kActivate) {
        columns_since_activate_[static_cast<std::size_t>(bank)] = 0;
        unforgiven_[static_cast<std::size_t>(bank)].push_back(row);
        latest_row_[static_cast<std::size_t>(bank)] = row;
        activates_.push_back(now_);
        if (activates_.size() > 4) {
            activates_.pop_front();
        }
    }
    if (verb != Verb::kRead && verb != Verb::kWrite) {
        row_bus_free_ = now_ + (verb == Verb::kActivate ? config_.activate_slots.value : 1);
    }
}

void PseudoChannelOracle::column_bus() {
    if (draining_ || resting_since_) {
        return;
    }
    for (auto q = own().begin(); q != own().end(); ++q) {
        const Request& r = q->request;
        if (config_.scheduler == "first_come" && q != own().begin()) {
            return;
        }
        if (!is_hit(*q) || r.bank == chosen_ || r.bank == starving_ ||
            !allowed(writing_ ? Verb::kWrite : Verb::kRead, r.bank)) {
            continue;
        }
        send(writing_ ? Verb::kWrite : Verb::kRead, r.bank, r.row, r.column + q->served);
        if (q->served == 0) {
            q->queue = now_ - r.arrival - q->refresh - q->row;
        }
        ++q->served;
        turn_ -= turn_ > 0 ? 1 : 0;
        ++(writing_ ? tally.columns_written : tally.columns_read);
        tally.data_ticks += config_.burst.value;
        if (q->served == r.columns) {
            const Tick end = now_ + config_.burst.value +
                             (writing_ ? config_.write_latency : config_.read_latency).value;
            completions.push_back({q->number, end, q->queue, q->refresh, q->row,
                                   end - r.arrival - q->queue - q->refresh - q->row});
            ++(writing_ ? tally.writes : tally.reads);
            ++(q->asked_precharge  ? tally.row_conflicts
               : q->asked_activate ? tally.row_misses
                                   : tally.row_hits);
            own().erase(q);
            if (queues_[0].empty() && queues_[1].empty()) {
                writing_ = false;
                turn_ = 0;
            }
        }
        return;
    }
}

void PseudoChannelOracle::close(std::int64_t bank) {
    send(Verb::kPrecharge, bank, 0, 0);
    open_[static_cast<std::size_t>(bank)].reset();
    ++tally.precharges;
}

void PseudoChannelOracle::row_bus() {
    if (row_bus_free_ > now_) {
        return;
    }
    if (resting_since_) {
        wake_up();
        return;
    }
    if (row_bus_refresh() || draining_) {
        return;
    }
    if (!row_for_request(writing_ ? 1 : 0) && !row_for_request(writing_ ? 0 : 1)) {
        if (!close_unused()) {
            rest();
        }
    }
}

bool PseudoChannelOracle::is_asked(std::size_t direction, std::int64_t bank) const {
    for (const Queued& q : queues_[direction]) {
        if (q.request.bank == bank) {
            return true;
        }
    }
    return false;
}

bool PseudoChannelOracle::row_for_request(std::size_t direction) {
    const bool waits = direction != (writing_ ? 1U : 0U);
    if (waits && !config_.prepare_rows) {
        return false;
    }
    for (Queued& asker : queues_[direction]) {
        const Request& r = asker.request;
        const auto bank = static_cast<std::size_t>(r.bank);
        if (r.bank == chosen_ || is_hit(asker) || (waits && is_asked(1 - direction, r.bank))) {
            continue;
        }
        if (is_conflict(asker)) {
            const bool kept = has_hits(direction, r.bank) && r.bank != starving_;
            if (kept || !allowed(Verb::kPrecharge, r.bank)) {
                continue;
            }
            asker.asked_precharge = true;
            for (Queue& queue : queues_) {
                for (Queued& q : queue) {
                    q.row +=
                        q.request.bank == r.bank && q.served == 0 ? rounded_up(config_.t_rp) : 0;
                }
            }
            close(r.bank);
            return true;
        }
        if (is_worn_out(r.bank) || !allowed(Verb::kActivate, r.bank)) {
            continue;
        }
        asker.asked_activate = true;
        send(Verb::kActivate, r.bank, r.row, 0);
        open_[bank] = r.row;
        ++tally.activates;
        for (std::size_t of = 0; of < 2; ++of) {
            const Tick rcd = rounded_up(of == 1 ? config_.t_rcd_write : config_.t_rcd_read);
            for (Queued& q : queues_[of]) {
                q.row +=
                    q.request.bank == r.bank && q.request.row == r.row && q.served == 0 ? rcd : 0;
            }
        }
        std::erase(recent_, r.bank);
        recent_.insert(recent_.begin(), r.bank);
        return true;
    }
    return false;
}

bool PseudoChannelOracle::close_unused() {
    if (config_.page_policy == "open") {
        return false;
    }
    const Tick timeout = config_.page_policy == "adaptive" ? config_.page_timeout.value : 0;
    for (std::int64_t bank = 0; bank < banks_; ++bank) {
        const Tick use = std::min(
            {since(Verb::kActivate, bank), since(Verb::kRead, bank), since(Verb::kWrite, bank)});
        if (open_[static_cast<std::size_t>(bank)].has_value() && bank != chosen_ &&
            !has_hits(0, bank) && !has_hits(1, bank) && use >= timeout &&
            allowed(Verb::kPrecharge, bank)) {
            close(bank);
            return true;
        }
    }
    return false;
}

}  // namespace vr::oracle
