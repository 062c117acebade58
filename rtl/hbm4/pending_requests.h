// SPDX-License-Identifier: Apache-2.0
// The requests of one direction in front of a scheduler's queue: its line, and of it the buffer.
// Not modelled: an order among lines; each goes by itself.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "models/hbm4/controller/state.h"

namespace vr::hbm4 {

class PendingRequests {
  public:
    /// `buffer`: requests that have arrived which the controller holds at most.
    explicit PendingRequests(std::size_t buffer) : depth_(buffer) {}

    [[nodiscard]] const RequestLine& line() const { return line_; }
    void push(const WaitingRequest& request) { line_.push(request); }
    /// The first one has entered the queue; it has arrived by the tick of the last arrive().
    void pop() {
        --arrived_;
        if (buffered_ > 0) {
            const std::uint8_t bank = line_.front().input.bank;
            --buffered_;
            if (--of_bank_[bank] == 0) {
                banks_ &= ~mask_of(bank);
            }
        }
        line_.pop();
    }
    /// Fills the buffer with what has arrived by tick `now`.
    void arrive(std::int64_t now) {
        while (line_.has_arrived(arrived_ + 1, now)) {
            ++arrived_;
        }
        for (; buffered_ < std::min(depth_, arrived_); ++buffered_) {
            const std::uint8_t bank = line_[buffered_].input.bank;
            ++of_bank_[bank];
            banks_ |= mask_of(bank);
        }
    }
    /// Banks with buffered requests, as of the last arrive().
    [[nodiscard]] std::uint64_t buffered_banks() const { return banks_; }
    /// Requests of the line that have arrived, as of the last arrive().
    [[nodiscard]] std::size_t arrived() const { return arrived_; }

  private:
    static std::uint64_t mask_of(std::uint8_t bank) { return std::uint64_t{1} << bank; }

    RequestLine line_;
    std::size_t depth_;
    std::size_t buffered_ = 0;
    std::size_t arrived_ = 0;
    std::array<std::uint32_t, kMaxBanks> of_bank_{};
    std::uint64_t banks_ = 0;
};

}  // namespace vr::hbm4
