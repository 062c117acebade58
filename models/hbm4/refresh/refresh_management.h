// SPDX-License-Identifier: Apache-2.0
// Refresh management: activations are counted per bank, and a bank that has had many takes a
// command (RFMpb, DRFMpb) in which the DRAM looks after the neighbours of its busy rows. Part of
// PseudoChannel. Not modelled: RFMab, adaptive thresholds, per-row counters (PRAC).
#pragma once

#include <algorithm>

#include "models/hbm4/controller/pseudo_channel.h"

namespace vr::hbm4 {

template <class Observer>
void PseudoChannel<Observer>::choose_management(std::int64_t now) {
    const std::int32_t bank = management_choice(now);
    if (bank != kNoBank) {
        state_.refresh.bank = bank;
        state_.refresh.managing = true;
    }
}

// A bank that takes no more activates, once nobody wants the row that it has open: that of the
// oldest request first, which would else wait for banks whose rows are only prepared, again and
// again. Else one that has had enough of them and is idle. Time alone makes no bank fit: a command
// or the end of a request does. Asked only while some count has reached the initial threshold.
template <class Observer>
std::int32_t PseudoChannel<Observer>::management_choice(std::int64_t now) {
    const RefreshState& refresh = state_.refresh;
    if (refresh.bank != kNoBank || refresh.draining) {
        return kNoBank;
    }
    std::uint64_t fit = at_maximum_ & ~index_[0].hit_banks & ~index_[1].hit_banks;
    const Queue& queue = state_.queues[state_.writing ? 1 : 0];
    const std::uint8_t oldest = queue.slots[queue.head].bank;
    if (queue.count > 0 && (fit & bit(std::uint32_t{oldest})) != 0) {
        return oldest;
    }
    if (fit == 0) {
        fit = at_initial_ & ~index_[0].banks & ~index_[1].banks;
        if (fit != 0) {
            count_buffered(now);
            fit &= ~buffered_banks_;
        }
    }
    return fit == 0 ? kNoBank : refresh.recent.first_of(fit);
}

template <class Observer>
void PseudoChannel<Observer>::manage_bank(std::int64_t now, std::int32_t bank) {
    const auto b = static_cast<std::size_t>(bank);
    const bool directed = timing_->management == Management::kDirected;
    observer_.command(now, directed ? Command::kManageRow : Command::kManageBank, bank,
                      directed ? state_.management.rows[b] : 0, 0);
    const bool had_work = occupy_bank(now, bank, directed ? timing_->drfm : timing_->rfm);
    state_.refresh.managing = false;
    relieve(b, timing_->raa_initial);
    ++state_.counters.managements;
    state_.counters.forced_managements += had_work ? 1 : 0;
}

template <class Observer>
void PseudoChannel<Observer>::count_activate(std::uint8_t bank, std::int32_t row) {
    ++state_.management.counts[bank];
    if (timing_->management == Management::kDirected) {
        state_.management.rows[bank] = row;
    }
    note_count(bank);
}

template <class Observer>
void PseudoChannel<Observer>::relieve(std::size_t bank, std::int64_t activations) {
    std::uint16_t& count = state_.management.counts[bank];
    if (count > 0) {
        count -= static_cast<std::uint16_t>(std::min<std::int64_t>(count, activations));
        note_count(bank);
    }
}

template <class Observer>
void PseudoChannel<Observer>::note_count(std::size_t bank) {
    if (timing_->management == Management::kNone) {
        return;
    }
    const std::int32_t count = state_.management.counts[bank];
    const std::uint64_t mask = bit(static_cast<std::uint32_t>(bank));
    at_initial_ = count >= timing_->raa_initial ? at_initial_ | mask : at_initial_ & ~mask;
    at_maximum_ = count >= timing_->raa_maximum ? at_maximum_ | mask : at_maximum_ & ~mask;
}

}  // namespace vr::hbm4
