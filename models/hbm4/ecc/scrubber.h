// SPDX-License-Identifier: Apache-2.0
// Error check and scrub on the die: with refreshes, one word after another of each pseudo-channel
// is read, corrected and written back, without time on the bus. Nothing is simulated per visit:
// where the walk stands follows from the time. Not modelled: that a postponed refresh postpones the
// visits that go with it; visits keep to the nominal edges of refresh.
#pragma once

#include <cstdint>

#include "models/hbm4/address_map/address_map.h"
#include "models/hbm4/ecc/word_code.h"
#include "models/transport/clock.h"

namespace vr::hbm4 {

/// Visit v (from 1) of a pseudo-channel is due at v times the interval and happens with the first
/// nominal refresh of all banks at or after that: at a multiple of tREFI. The walk goes through the
/// columns of a row, the rows of a bank, the banks, and begins again.
class Scrubber {
  public:
    /// Off without on-die ECC, without refresh, and with scrub_pass_seconds and scrub_interval 0.
    Scrubber(const Hbm4Config& config, const AddressMap& map, const WordCode& code);
    [[nodiscard]] bool on() const { return interval_under_ > 0; }
    /// The first visit of the word at `address` at or after `time`; kNever when there is none.
    [[nodiscard]] Time next(std::uint64_t address, Time time) const;
    /// Visits of one pseudo-channel up to `time`, that time included.
    [[nodiscard]] std::uint64_t visits(Time time) const;
    /// Words of a pseudo-channel: visits of one pass.
    [[nodiscard]] std::uint64_t words() const { return words_; }

  private:
    __extension__ using Wide = unsigned __int128;
    [[nodiscard]] Time visit_time(Wide visit) const;
    [[nodiscard]] std::uint64_t place(std::uint64_t address) const;

    const AddressMap& map_;
    Clock clock_;
    std::int64_t round_ = 0;  // ticks from one refresh of all banks to the next
    Wide interval_over_ = 0;  // fs from due visit to due visit, as a fraction
    Wide interval_under_ = 0;
    std::uint64_t words_ = 0;
    std::uint64_t row_words_ = 0, rows_ = 0, bank_groups_ = 0, banks_per_group_ = 0,
                  access_bytes_ = 0;
};

}  // namespace vr::hbm4
