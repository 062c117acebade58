// SPDX-License-Identifier: Apache-2.0
#include "models/hbm4/bulk/access_stream.h"

#include <algorithm>
#include <bit>

#include "models/base/error.h"
#include "models/hbm4/address_map/address_hashes.h"
#include "models/hbm4/policies/policies.h"

namespace vr::hbm4 {

namespace {

Hbm4Config one_pseudo_channel(Hbm4Config config) {
    config.stacks = 1;
    config.channels_per_stack = 1;
    config.pseudo_channels_per_channel = 1;
    return config;
}

// 0: no number of rows.
std::int64_t rows_of_a_repeat(const Hbm4Config& config) {
    if (field_order(config.address_order).value().back() != AddressField::kRow) {
        return 0;
    }
    if (!config.hash) {
        return 1;
    }
    const auto bits = static_cast<std::uint32_t>(
        std::countr_zero(static_cast<std::uint64_t>(config.bank_groups)) +
        std::countr_zero(static_cast<std::uint64_t>(config.banks_per_group)));
    const std::int64_t period = AddressHashes::visit(AddressHashes::place_of(config.hash_function),
                                                     [&](auto hash) { return hash.period(bits); });
    return config.rows % std::max<std::int64_t>(period, 1) == 0 ? period : 0;
}

constexpr std::int64_t kFewestRows = 4;  // see AccessStream

}  // namespace

AccessStreamSetup::AccessStreamSetup(const Hbm4Config& config, std::int64_t most_columns,
                                     std::int64_t at_once)
    : timing(config),
      map(one_pseudo_channel(config)),
      of_block(config.interleave.value / config.access_bytes.value),
      columns(most_columns),
      batch(at_once),
      window(std::max(config.read_queue + config.read_buffer,
                      config.write_queue + config.write_buffer) +
             at_once),
      rows(config.rows) {
    const auto power_of_two = [](std::int64_t n) {
        return n > 0 && std::has_single_bit(static_cast<std::uint64_t>(n));
    };
    ensure(power_of_two(of_block) && power_of_two(columns) && columns <= of_block && batch > 0 &&
               rows >= kFewestRows,
           "access stream: requests of {} accesses in blocks of {}, batches of {}, {} rows",
           columns, of_block, batch, rows);
    const std::int64_t walk = config.banks() * config.row_bytes.value / config.access_bytes.value;
    accesses = walk * rows;
    // Banks come again in the same order after each row; with a hash when that of the rows does.
    // Where the row is not the highest field, or the hash never begins anew, after everything.
    const std::int64_t rows_alike = rows_of_a_repeat(config);
    repeat = rows_alike == 0 ? accesses : walk * rows_alike;
    recurs = without_normal_form(config).empty();
    rhythm = timing.refresh == RefreshMode::kNone      ? walk * timing.ccd_s[0]
             : timing.refresh == RefreshMode::kPerBank ? timing.banks * timing.refresh_interval
                                                       : timing.refresh_interval;
    column_gap = std::min(timing.rtw, timing.write_to_read_s);
    for (std::size_t direction = 0; direction < 2; ++direction) {
        column_gap = std::min({column_gap, timing.ccd_s[direction], timing.ccd_l[direction],
                               timing.ccd_r[direction]});
    }
    column_gap = std::max<std::int64_t>(1, column_gap);
}

AccessStream::AccessStream(const AccessStreamSetup& setup)
    : setup_(&setup), channel_(setup.timing), in_block_(setup.of_block) {
    own_.repeat = setup.repeat;
}

void AccessStream::add(std::int64_t tick, const AccessRun& run) {
    const bool beyond = run.first + run.count > setup_->accesses;
    ensure(run.first >= 0 && run.count > 0 && !own_.beyond && (!beyond || own_.token == 0),
           "access stream: run of {} from {} on of {} accesses, after {} requests", run.count,
           run.first, setup_->accesses, own_.token);
    own_.beyond = beyond;
    own_.waiting.push_back(run);
    fill(tick);
}

void AccessStream::add_foreign(std::int64_t tick, const Input& input, std::uint32_t token) {
    channel_.inject(tick, input, token);
    ++own_.outstanding;
}

std::int64_t AccessStream::remaining() const {
    std::int64_t count = own_.remaining;
    for (const AccessRun& run : own_.waiting) {
        count += run.count;
    }
    return count;
}

// A batch is due in the tick after the column that makes room for it. So many requests as are
// missing for that take a known number of ticks at least, which are run without a look.
void AccessStream::run(std::int64_t horizon, std::vector<Output>& outputs) {
    for (std::int64_t at = next(); at < horizon; at = next()) {
        std::int64_t to = horizon;
        if (more_to_ask()) {
            const std::int64_t missing = own_.outstanding - (setup_->window - setup_->batch);
            to = std::min(horizon, at + 1 + (missing - 1) * setup_->column_gap);
        }
        const std::size_t before = outputs.size();
        channel_.run(to, outputs);
        own_.outstanding -= static_cast<std::int32_t>(outputs.size() - before);
        if (more_to_ask() && own_.outstanding <= setup_->window - setup_->batch) {
            fill(to);
        }
    }
}

void AccessStream::fill(std::int64_t tick) {
    while (own_.outstanding < setup_->window) {
        if (own_.remaining == 0) {
            if (own_.waiting.empty()) {
                return;
            }
            const AccessRun run = own_.waiting.front();
            own_.waiting.erase(own_.waiting.begin());
            own_.next = run.first;
            own_.remaining = run.count;
            own_.write = run.write;
            forget_block();
        }
        if (in_block_ >= setup_->of_block) {
            locate();
        }
        fill_from_block(tick);
    }
}

// Requests of the block in hand, as many as there is room for.
void AccessStream::fill_from_block(std::int64_t tick) {
    own_.origin_row = block_.row;
    const std::int64_t within = setup_->columns - 1;  // a power of two less one
    const std::uint8_t first = block_.column;
    Input input = block_;
    while (in_block_ < setup_->of_block && own_.remaining > 0 &&
           own_.outstanding < setup_->window) {
        const std::int64_t columns =
            std::min(setup_->columns - (in_block_ & within), own_.remaining);
        input.column = static_cast<std::uint8_t>(first + in_block_);
        input.columns = static_cast<std::uint8_t>(columns);
        channel_.inject(tick, input, own_.token++);
        own_.next += columns;
        in_block_ += columns;
        own_.remaining -= columns;
        ++own_.outstanding;
    }
}

// Where the next access lies: looked up once a block.
void AccessStream::locate() {
    const std::int64_t place = own_.next % setup_->accesses;
    const std::int64_t pass = own_.next / setup_->accesses;
    in_block_ = place & (setup_->of_block - 1);  // of_block is a power of two
    const auto block = static_cast<std::uint64_t>(place - in_block_);
    const Location at = setup_->map.locate(block * setup_->map.access_bytes());
    block_ = setup_->map.input(at, 0, own_.write);
    block_.row += static_cast<std::int32_t>(pass * setup_->rows);
}

std::int64_t requests_of(const AccessRun& run, std::int64_t columns) {
    return (run.first + run.count - 1) / columns - run.first / columns + 1;
}

}  // namespace vr::hbm4
