// SPDX-License-Identifier: Apache-2.0
// Which request's column goes first, by scheduler, and which bank is refreshed next, by order: to
// the tick.
#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "models/hbm4/policies/policies.h"
#include "testbenches/hbm4/test_config.h"
#include "testbenches/hbm4/traffic.h"

using namespace vr;
using namespace vr::testing;
using hbm4::Command;

namespace {

hbm4::Input read(std::int32_t row, std::uint8_t bank, std::uint8_t column = 0) {
    hbm4::Input input;
    input.row = row;
    input.bank = bank;
    input.column = column;
    return input;
}

// What a memory without refresh sends for these arrivals, as "RD bank row" at a tick.
std::vector<hbm4::CommandRecord> commands_of(const Hbm4Config& config,
                                             const std::vector<Arrival>& arrivals) {
    return run_traffic(hbm4::Timing(config), arrivals, 4'000).commands;
}

std::vector<std::int32_t> banks_read(const std::vector<hbm4::CommandRecord>& commands) {
    std::vector<std::int32_t> banks;
    for (const hbm4::CommandRecord& record : commands) {
        if (record.command == Command::kRead) {
            banks.push_back(record.bank);
        }
    }
    return banks;
}

Hbm4Config without_refresh(const char* scheduler) {
    Hbm4Config config = rubin_hbm4();
    config.refresh = "none";
    config.scheduler = scheduler;
    return config;
}

// Columns of row 1 that are read before row 2, which was asked for after the first of them.
std::int64_t columns_before_the_other_row(const Hbm4Config& config) {
    std::vector<Arrival> arrivals = {{0, read(1, 0)}, {1, read(2, 0)}};
    for (std::uint8_t column = 1; column < 24; ++column) {
        arrivals.push_back({2, read(1, 0, column)});
    }
    const auto commands = commands_of(config, arrivals);
    const auto other = std::find_if(commands.begin(), commands.end(), [](const auto& record) {
        return record.command == Command::kActivate && record.row == 2;
    });
    return std::count_if(commands.begin(), other,
                         [](const auto& record) { return record.command == Command::kRead; });
}

std::vector<std::int32_t> refreshed(const char* order, std::size_t count) {
    Hbm4Config config = rubin_hbm4();
    config.refresh_order = order;
    const hbm4::Timing timing(config);
    hbm4::PseudoChannel<hbm4::CommandRecorder> channel(timing);
    channel.settle(static_cast<std::int64_t>(count + 1) * timing.refresh_interval);
    std::vector<std::int32_t> banks;
    for (const hbm4::CommandRecord& record : channel.observer().commands) {
        if (record.command == Command::kRefreshBank && banks.size() < count) {
            banks.push_back(record.bank);
        }
    }
    return banks;
}

}  // namespace

TEST_CASE("first_ready lets an open row pass an older request, first_come does not") {
    // Bank 0 needs another row, bank 1 has its row open.
    const std::vector<Arrival> arrivals = {
        {0, read(1, 0)}, {0, read(1, 1)}, {300, read(2, 0)}, {301, read(1, 1, 1)}};
    CHECK(banks_read(commands_of(without_refresh("first_ready"), arrivals)) ==
          std::vector<std::int32_t>{0, 1, 1, 0});
    CHECK(banks_read(commands_of(without_refresh("first_come"), arrivals)) ==
          std::vector<std::int32_t>{0, 1, 0, 1});
}

TEST_CASE("first_come opens rows of later requests meanwhile") {
    const auto commands =
        commands_of(without_refresh("first_come"), {{0, read(1, 0)}, {0, read(1, 1)}});
    const auto second = std::find_if(commands.begin(), commands.end(), [](const auto& record) {
        return record.command == Command::kActivate && record.bank == 1;
    });
    const auto first_read = std::find_if(commands.begin(), commands.end(), [](const auto& record) {
        return record.command == Command::kRead;
    });
    REQUIRE(second != commands.end());
    CHECK(second->tick < first_read->tick);
}

TEST_CASE("a capped row serves so many columns while an older request waits, and not one more") {
    Hbm4Config config = without_refresh("first_ready_capped");
    for (const std::int64_t cap : {7, 8, 15}) {
        config.row_hit_cap = cap;
        CAPTURE(cap);
        CHECK(columns_before_the_other_row(config) == cap);
    }
    config.scheduler = "first_ready";  // all 24: none has aged
    CHECK(columns_before_the_other_row(config) == 24);
}

TEST_CASE("each order refreshes every bank once in a round") {
    for (const std::string_view order : hbm4::refresh_order_names().values) {
        INFO(order);
        const auto banks = refreshed(std::string(order).c_str(), 96);
        REQUIRE(banks.size() == 96);
        const auto round = [&](std::ptrdiff_t n) {
            return std::vector<std::int32_t>(banks.begin() + 48 * n, banks.begin() + 48 * (n + 1));
        };
        for (const std::ptrdiff_t n : {0, 1}) {
            const auto of_round = round(n);
            CHECK(std::set<std::int32_t>(of_round.begin(), of_round.end()).size() == 48);
        }
        // Only random goes on otherwise when an idle memory's situation is the same.
        CHECK((round(0) == round(1)) == (order != "random"));
    }
}

TEST_CASE("a policy without a normal form is named") {
    Hbm4Config config = rubin_hbm4();
    CHECK(hbm4::without_normal_form(config).empty());
    config.refresh_order = "random";
    CHECK(hbm4::without_normal_form(config) == "refresh_order = \"random\"");
    config.refresh = "all_bank";  // which has no order
    CHECK(hbm4::without_normal_form(config).empty());
}
