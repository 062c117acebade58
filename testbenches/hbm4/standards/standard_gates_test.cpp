// SPDX-License-Identifier: Apache-2.0
// Every rule of every standard holds at t - 1 and lets go at t: with all other distances made
// short, the nearest two commands that a rule keeps apart are exactly as far from each other as a
// file that was written from other sources says. And no row of a table can be lost or altered
// unnoticed.
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "models/hbm4/standards/protocol_checker.h"
#include "models/hbm4/standards/standard.h"
#include "testbenches/hbm4/standards/parameter_sets.h"
#include "testbenches/hbm4/traffic.h"

using namespace vr;
using namespace vr::testing;
using hbm4::Command;
using hbm4::Place;

namespace {

struct Row {
    std::string set, rule;
    Command after{}, before{};
    Place place{};
    std::size_t window = 1;
    std::vector<std::string> keeps;
    std::int64_t ticks = 0;
};

template <class Word>
Word word(const std::string& text, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
        if (hbm4::name_of(static_cast<Word>(i)) == text) {
            return static_cast<Word>(i);
        }
    }
    throw std::runtime_error("no such word: " + text);
}

std::vector<Row> read_rows() {
    std::ifstream in(VRSIM_SOURCE_DIR "/testbenches/hbm4/standards/gate_ticks.csv");
    REQUIRE(in.good());
    std::vector<Row> rows;
    std::string line;
    std::getline(in, line);  // the names of the columns
    while (std::getline(in, line)) {
        std::istringstream cells(line);
        std::array<std::string, 8> cell;
        for (std::string& one : cell) {
            std::getline(cells, one, ',');
        }
        Row row{cell[0],
                cell[1],
                word<Command>(cell[2], hbm4::kCommandCount),
                word<Command>(cell[3], hbm4::kCommandCount),
                word<Place>(cell[4], 5U),
                static_cast<std::size_t>(std::stoi(cell[5])),
                {},
                std::stoll(cell[7])};
        std::istringstream names(cell[6]);
        for (std::string name; names >> name;) {
            row.keeps.push_back(name);
        }
        rows.push_back(row);
    }
    return rows;
}

// All distances as short as a memory may have them, but for those that the row keeps.
Hbm4Config relaxed(const Row& row) {
    const Hbm4Config full = parameter_set(row.set);
    Hbm4Config c = full;
    const Time tick = {kFemtosecondsPerSecond / full.clock.value + 1};
    const auto keeps = [&](const char* name) {
        return std::find(row.keeps.begin(), row.keeps.end(), name) != row.keeps.end();
    };
    const auto cycles = [&](const char* name, Cycles Hbm4Config::*member) {
        (c.*member).value = keeps(name) ? (full.*member).value : 1;
    };
    const auto time = [&](const char* name, Time Hbm4Config::*member, std::int64_t ticks = 1) {
        (c.*member).value =
            keeps(name) ? (full.*member).value : tick.value * ticks - tick.value / 2;
    };
    using C = Hbm4Config;
    cycles("burst", &C::burst);
    cycles("read_latency", &C::read_latency);
    cycles("write_latency", &C::write_latency);
    cycles("t_ccd_s", &C::t_ccd_s);
    cycles("t_ccd_l", &C::t_ccd_l);
    cycles("t_ccd_r", &C::t_ccd_r);
    cycles("t_ppd", &C::t_ppd);
    c.activate_slots = {1};
    time("t_rcd_read", &C::t_rcd_read);
    time("t_rcd_write", &C::t_rcd_write);
    time("t_rp", &C::t_rp);
    time("t_ras", &C::t_ras);
    time("t_rc", &C::t_rc);
    time("t_rrd_s", &C::t_rrd_s);
    time("t_rrd_l", &C::t_rrd_l);
    time("t_faw", &C::t_faw, 2);
    time("t_rtp", &C::t_rtp);
    time("t_wr", &C::t_wr);
    time("t_wtr_s", &C::t_wtr_s);
    time("t_wtr_l", &C::t_wtr_l);
    time("t_rtw", &C::t_rtw);
    time("t_rfc_per_bank", &C::t_rfc_per_bank, 3);
    time("t_rfc_all_bank", &C::t_rfc_all_bank, 3);
    time("t_rfm", &C::t_rfm, 3);
    time("t_drfm", &C::t_drfm, 3);
    time("t_rrefd", &C::t_rrefd);
    time("t_pd", &C::t_pd);
    time("t_xp", &C::t_xp);
    time("t_sr", &C::t_sr);
    time("t_xs", &C::t_xs);
    // What a memory must have of others' lengths.
    c.t_ccd_s.value = std::max(c.t_ccd_s.value, c.burst.value);
    c.t_ccd_r.value = std::max(c.t_ccd_r.value, c.burst.value);
    c.t_ccd_l.value = std::max(c.t_ccd_l.value, c.t_ccd_s.value);
    c.t_rrd_l = std::max(c.t_rrd_l, c.t_rrd_s);
    c.t_wtr_l = std::max(c.t_wtr_l, c.t_wtr_s);
    c.t_ras = std::max({c.t_ras, c.t_rcd_read + tick, c.t_rcd_write + tick});
    c.t_rc = std::max(c.t_rc, c.t_ras + c.t_rp);
    c.t_rtw = std::max(c.t_rtw, Time{tick.value * (c.read_latency.value + c.burst.value)});
    return c;
}

bool is_of(const Row& row, Command command) {
    return row.after == command || row.before == command;
}

TrafficShape traffic_for(const Row& row, Hbm4Config& c) {
    const Time tick = {kFemtosecondsPerSecond / c.clock.value + 1};
    TrafficShape shape{.requests = 6000,
                       .write_percent = 50,
                       .random_percent = 100,
                       .longest_gap = 2,
                       .rows = 2,
                       .columns = 2,
                       .seed = 3};
    c.turn_columns = 3;
    c.write_high = 6;
    c.write_low = 1;
    c.read_queue = c.write_queue = 16;
    c.read_buffer = c.write_buffer = 0;
    c.read_age_limit = c.write_age_limit = {40};
    c.refresh = "none";
    if (row.place == Place::kSameGroup) {  // few others that could go first
        c.stack_ids = 1;
        c.bank_groups = 2;
    }
    const bool self_refresh =
        is_of(row, Command::kSelfRefresh) || is_of(row, Command::kSelfRefreshExit);
    const bool rests =
        self_refresh || is_of(row, Command::kPowerDown) || is_of(row, Command::kPowerUp);
    if (rests) {  // whenever there is nothing to do
        c.power_down = self_refresh ? "self_refresh" : "power_down";
        c.power_down_after = {0};
        shape.longest_gap = 600;
        shape.requests = 3000;
    }
    const bool at_row = is_of(row, Command::kManageRow);
    const bool manages = at_row || is_of(row, Command::kManageBank);
    const bool of_all = is_of(row, Command::kRefreshAll);
    const bool of_bank = is_of(row, Command::kRefreshBank);
    if (!manages && !of_all && !of_bank) {
        return shape;
    }
    c.refresh_postpone = 0;
    shape.longest_gap = rests ? 600 : 30;
    const bool both = hbm4::is_bank_refresh(row.after) && hbm4::is_bank_refresh(row.before);
    if (both && row.place == Place::kSameBank) {  // others would come in between
        c.stack_ids = c.bank_groups = c.banks_per_group = 1;
    }
    Time management{};
    if (manages) {  // after each activate
        c.refresh_management = at_row ? "drfm" : "rfm";
        c.raa_initial = 1;
        c.raa_maximum = row.after == row.before ? 4 : 1;
        c.raa_per_refresh = 0;
        management = at_row ? c.t_drfm : c.t_rfm;
    }
    if (of_all) {
        c.refresh = "all_bank";
        c.t_refi = Time{c.t_rfc_all_bank.value + management.value + 200 * tick.value};
    } else if (of_bank) {
        c.refresh = "per_bank";
        c.t_refi = Time{c.t_rfc_per_bank.value + management.value +
                        c.banks() * (c.t_rrefd.value + 12 * tick.value)};
    }
    if (row.before == Command::kSelfRefresh) {  // work ends between two of them
        shape.requests = 12'000;
        shape.longest_gap = 20;
        shape.pause_percent = 1;
        c.power_down_after = {100};
        if (of_bank) {
            c.t_refi.value += c.banks() * (c.t_rfc_per_bank.value + 100 * tick.value);
        }
    }
    if (of_all && rests) {
        c.page_policy = "closed";  // so that nothing else comes first
    }
    if (row.after == row.before) {  // those that were put off follow each other when work is done
        c.refresh_postpone = 6 * (c.refresh == "all_bank" ? c.banks() : 1);
        shape.longest_gap = 0;
    }
    return shape;
}

// Smallest distance between two commands as the row names them: from the trace alone.
std::int64_t nearest(const std::vector<hbm4::CommandRecord>& commands, const Row& row,
                     const Hbm4Config& c) {
    const auto is = [](const hbm4::CommandRecord& record, Command command) {
        return record.command == command ||
               (record.command == Command::kPrechargeAll && command == Command::kPrecharge);
    };
    const auto stack = [&](std::int64_t bank) {
        return bank / (c.bank_groups * c.banks_per_group);
    };
    const auto group = [&](std::int64_t bank) {
        return stack(bank) * c.bank_groups + bank % c.bank_groups;
    };
    std::int64_t least = kNeverTick;
    for (std::size_t i = 0; i < commands.size(); ++i) {
        const hbm4::CommandRecord& b = commands[i];
        if (b.command != row.before) {  // PREab waits for open banks only: not looked at
            continue;
        }
        std::size_t seen = 0;
        for (std::size_t j = i; j-- > 0 && b.tick - commands[j].tick < 4000;) {
            const hbm4::CommandRecord& a = commands[j];
            if (!is(a, row.after)) {
                continue;
            }
            const bool all = hbm4::is_of_all_banks(a.command) || hbm4::is_of_all_banks(b.command);
            const bool near =
                row.place == Place::kAnyBank || all ||
                (row.place == Place::kSameBank && a.bank == b.bank) ||
                (row.place == Place::kSameGroup && group(a.bank) == group(b.bank)) ||
                (row.place == Place::kSameStackId && stack(a.bank) == stack(b.bank)) ||
                (row.place == Place::kOtherStackId && stack(a.bank) != stack(b.bank));
            if (near && ++seen == row.window) {
                least = std::min(least, b.tick - a.tick);
                break;
            }
        }
    }
    return least;
}

// One controller refreshes in one way: what lies between the two ways is asked of the checker.
bool mixes_refreshes(const Row& row) {
    const std::set<Command> both = {row.after, row.before};
    return both == std::set<Command>{Command::kRefreshBank, Command::kRefreshAll};
}

std::int64_t nearest_of_checker(const Row& row, const Hbm4Config& config,
                                const hbm4::Standard& standard) {
    for (std::int64_t gap = 1; gap < 4000; ++gap) {
        hbm4::ProtocolChecker checker(config, standard);
        const std::size_t breaches = checker.command({0, row.after, 1, 0, 0}).size() +
                                     checker.command({gap, row.before, 1, 0, 0}).size();
        if (breaches == 0) {
            return gap;
        }
    }
    return kNeverTick;
}

std::int64_t nearest_with(const Row& row, const hbm4::Standard& standard) {
    Hbm4Config config = relaxed(row);
    if (mixes_refreshes(row)) {
        const hbm4::Timing lowered(config, standard);  // the controller refuses the same tables
        return nearest_of_checker(row, config, standard);
    }
    const TrafficShape shape = traffic_for(row, config);
    const auto problems = config.problems();
    REQUIRE((problems.empty() ? "" : problems[0].first + ": " + problems[0].second) == "");
    const hbm4::Timing timing(config, standard);
    return nearest(run_traffic(timing, make_traffic(shape, config.banks()), 20'000).commands, row,
                   config);
}

const hbm4::Standard& standard_of(const Row& row) {
    return hbm4::standard_named(parameter_set(row.set).standard);
}

// A table with one row altered in some way, and in which.
struct Mutant {
    std::string what;
    hbm4::Standard standard;
};

std::vector<Mutant> mutants(const hbm4::Standard& standard, std::size_t of) {
    std::vector<Mutant> all;
    const auto add = [&](const std::string& what, auto&& alter) {
        Mutant mutant{what, standard};
        alter(mutant.standard.rules[of]);
        all.push_back(std::move(mutant));
    };
    all.push_back({"deleted", standard});
    all.back().standard.rules.erase(all.back().standard.rules.begin() +
                                    static_cast<std::ptrdiff_t>(of));
    const hbm4::Rule& rule = standard.rules[of];
    const bool names_slots = rule.terms.back() == "activate_slots";
    add("one tick more",
        [&](hbm4::Rule& r) { r.terms.emplace_back(names_slots ? "t_ppd" : "activate_slots"); });
    add("one tick in all", [](hbm4::Rule& r) { r.terms = {"activate_slots"}; });
    for (std::size_t term = 0; rule.terms.size() > 1 && term < rule.terms.size(); ++term) {
        add("without " + rule.terms[term], [&](hbm4::Rule& r) {
            r.terms.erase(r.terms.begin() + static_cast<std::ptrdiff_t>(term));
        });
    }
    for (int place = 0; place < 5; ++place) {
        if (static_cast<Place>(place) != rule.place) {
            add("at " + std::string(hbm4::name_of(static_cast<Place>(place))),
                [&](hbm4::Rule& r) { r.place = static_cast<Place>(place); });
        }
    }
    for (int command = 0; command < 7; ++command) {
        if (static_cast<Command>(command) != rule.after) {
            add("after " + std::string(hbm4::name_of(static_cast<Command>(command))),
                [&](hbm4::Rule& r) { r.after = static_cast<Command>(command); });
        }
        if (static_cast<Command>(command) != rule.before) {
            add("before " + std::string(hbm4::name_of(static_cast<Command>(command))),
                [&](hbm4::Rule& r) { r.before = static_cast<Command>(command); });
        }
    }
    add("a wider window", [](hbm4::Rule& r) { ++r.window; });
    return all;
}

}  // namespace

TEST_CASE("every rule of every standard is kept to the tick when nothing else hides it") {
    for (const Row& row : read_rows()) {
        INFO(row.set << " " << row.rule);
        CHECK(nearest_with(row, standard_of(row)) == row.ticks);
    }
}

TEST_CASE("every rule of a table has its row in the file of ticks, and the other way round") {
    std::map<std::string, std::set<std::string>> by_standard;
    for (const Row& row : read_rows()) {
        const hbm4::Rule* rule = standard_of(row).rule(row.after, row.before, row.place,
                                                       static_cast<std::int64_t>(row.window));
        INFO(row.set << " " << row.rule);
        REQUIRE(rule != nullptr);
        CHECK(rule->name == row.rule);
        by_standard[parameter_set(row.set).standard].insert(row.rule);
    }
    REQUIRE(hbm4::standard_names() == std::vector<std::string>{"hbm2", "hbm3", "hbm4"});
    for (const std::string& name : hbm4::standard_names()) {
        CHECK(by_standard[name].size() == hbm4::standard_named(name).rules.size());
    }
}

// For each row: some gate of the file of ticks is then not met, or the controller refuses the
// table.
TEST_CASE("no row of a table can be deleted or altered unnoticed") {
    const std::vector<Row> rows = read_rows();
    int refused = 0;
    int seen = 0;
    for (const char* set : {"hbm4_10750", "hbm3_6400", "hbm2_2000"}) {
        const hbm4::Standard& standard = hbm4::standard_named(parameter_set(set).standard);
        for (std::size_t of = 0; of < standard.rules.size(); ++of) {
            const auto row = std::find_if(rows.begin(), rows.end(), [&](const Row& r) {
                return r.set == set && r.rule == standard.rules[of].name;
            });
            REQUIRE(row != rows.end());
            for (const Mutant& mutant : mutants(standard, of)) {
                INFO(set << " " << row->rule << ", " << mutant.what);
                try {
                    const bool found = nearest_with(*row, mutant.standard) != row->ticks;
                    CHECK(found);
                    seen += found ? 1 : 0;
                } catch (const InputError&) {
                    ++refused;
                }
            }
        }
    }
    CHECK(seen > 200);
    CHECK(refused > 500);
}
