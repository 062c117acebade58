// SPDX-License-Identifier: Apache-2.0
// Mode, error and counter state of a memory as plain data at fixed places, for a register map in
// front of it. Not modelled: training (DEVIATIONS.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace vr {

/// The head of the status window. Modes are set by the configuration; nothing changes them while
/// the memory runs.
struct Hbm4Status {
    static constexpr std::uint32_t kLayout = 2;
    std::uint32_t layout = kLayout;      ///< changes whenever a field moves
    std::uint32_t head_bytes = 0;        ///< where the first pseudo-channel's status begins
    std::uint32_t channel_bytes = 0;     ///< from one pseudo-channel's status to the next
    std::uint32_t pseudo_channels = 0;   ///< how many follow
    std::uint32_t refresh_mode = 0;      ///< mode: 0 none, 1 per bank, 2 all banks
    std::uint32_t burst = 0;             ///< mode: CK of one access on the data bus
    std::uint32_t read_latency = 0;      ///< mode: CK from a read command to its data
    std::uint32_t write_latency = 0;     ///< mode: CK from a write command to its data
    std::uint32_t access_bytes = 0;      ///< mode: bytes of one access
    std::uint32_t interleave_bytes = 0;  ///< mode: bytes of a block
    std::uint32_t read_credits = 0;      ///< mode: reads that a pseudo-channel holds at most
    std::uint32_t write_credits = 0;     ///< mode: writes that a pseudo-channel holds at most
    std::uint64_t capacity = 0;          ///< bytes
    std::uint64_t clock = 0;             ///< CK, hertz
    std::uint64_t tick = 0;              ///< CK that have begun since the start
    std::uint64_t outstanding = 0;       ///< requests accepted and not yet completed
    std::uint64_t reads = 0;             ///< completed
    std::uint64_t writes = 0;            ///< completed
    std::uint64_t bytes_read = 0;        ///< of the completed ones
    std::uint64_t bytes_written = 0;     ///< of the completed ones
    std::uint64_t refused = 0;           ///< errors: requests that the memory cannot serve
    std::uint32_t ecc_mode = 0;          ///< mode: 0 none, 1 on die, 2 sideband, 3 both
    std::uint32_t scrubbing = 0;         ///< mode: 1 when words are scrubbed on the die
    // What faults did (hbm4/ecc/fault_counts.h says what each counts): 0 without faults.
    std::uint64_t listed_faults = 0;
    std::uint64_t random_upsets = 0;
    std::uint64_t corrected_bit = 0;
    std::uint64_t corrected_bits = 0;
    std::uint64_t uncorrectable = 0;
    std::uint64_t silent = 0;
    std::uint64_t scrub_corrected = 0;
    std::uint64_t scrub_uncorrectable = 0;
    std::uint64_t scrub_visits = 0;
    std::uint64_t scrub_passes = 0;
    std::uint64_t first_corrected = ~std::uint64_t{0};      ///< address; all ones: none
    std::uint64_t first_uncorrectable = ~std::uint64_t{0};  ///< address; all ones: none
    std::uint64_t first_silent = ~std::uint64_t{0};         ///< address; all ones: none
    std::uint64_t reserved[3] = {};
};

/// The status of one pseudo-channel. Commands count when they are issued, up to the present.
struct Hbm4ChannelStatus {
    std::uint64_t held_reads = 0;  ///< accepted and not yet completed
    std::uint64_t held_writes = 0;
    std::uint64_t reads = 0;  ///< requests whose last column was issued
    std::uint64_t writes = 0;
    std::uint64_t columns_read = 0;
    std::uint64_t columns_written = 0;
    std::uint64_t row_hits = 0;
    std::uint64_t row_misses = 0;
    std::uint64_t row_conflicts = 0;
    std::uint64_t activates = 0;
    std::uint64_t precharges = 0;
    std::uint64_t refreshes = 0;
    std::uint64_t forced_refreshes = 0;
    std::uint64_t data_bus_busy = 0;  ///< CK
    std::uint64_t turns = 0;          ///< of the data bus between reading and writing
    std::uint64_t reserved = 0;
};

static_assert(std::is_standard_layout_v<Hbm4Status> && std::is_trivially_copyable_v<Hbm4Status>);
static_assert(std::is_standard_layout_v<Hbm4ChannelStatus> &&
              std::is_trivially_copyable_v<Hbm4ChannelStatus>);
static_assert(sizeof(Hbm4Status) == 256 && offsetof(Hbm4Status, listed_faults) == 128 &&
              offsetof(Hbm4Status, first_silent) == 224 &&
              offsetof(Hbm4Status, refresh_mode) == 16 && offsetof(Hbm4Status, capacity) == 48 &&
              offsetof(Hbm4Status, refused) == 112);
static_assert(sizeof(Hbm4ChannelStatus) == 128 && offsetof(Hbm4ChannelStatus, refreshes) == 88);

}  // namespace vr
