// SPDX-License-Identifier: Apache-2.0
// Each rule of a standard goes into the gate of the core that keeps it.
#include <algorithm>
#include <vector>

#include "models/base/error.h"
#include "models/hbm4/timing/timing.h"

namespace vr::hbm4 {

namespace {

struct Gate {
    Command after, before;
    Place place;
    std::int64_t window;
    std::int64_t& (*ticks)(Timing&);
};

// Power-down and self refresh.
void rest_gates(std::vector<Gate>& all) {
    const auto gate = [&all](Command after, Command before, std::int64_t& (*ticks)(Timing&)) {
        all.push_back({after, before, Place::kAnyBank, 1, ticks});
    };
    gate(Command::kRead, Command::kPowerDown,
         [](Timing& t) -> std::int64_t& { return t.read_to_power_down; });
    gate(Command::kWrite, Command::kPowerDown,
         [](Timing& t) -> std::int64_t& { return t.write_to_power_down; });
    gate(Command::kPowerDown, Command::kPowerUp, [](Timing& t) -> std::int64_t& { return t.pd; });
    for (const Command next : {Command::kActivate, Command::kPrecharge, Command::kRead,
                               Command::kWrite, Command::kRefreshBank, Command::kRefreshAll}) {
        gate(Command::kPowerUp, next, [](Timing& t) -> std::int64_t& { return t.xp; });
    }
    gate(Command::kActivate, Command::kSelfRefresh,
         [](Timing& t) -> std::int64_t& { return t.rc; });
    gate(Command::kPrecharge, Command::kSelfRefresh,
         [](Timing& t) -> std::int64_t& { return t.rp; });
    gate(Command::kRefreshBank, Command::kSelfRefresh,
         [](Timing& t) -> std::int64_t& { return t.rfc_per_bank; });
    gate(Command::kRefreshAll, Command::kSelfRefresh,
         [](Timing& t) -> std::int64_t& { return t.rfc_all_bank; });
    gate(Command::kSelfRefresh, Command::kSelfRefreshExit,
         [](Timing& t) -> std::int64_t& { return t.sr; });
    gate(Command::kManageBank, Command::kSelfRefresh,
         [](Timing& t) -> std::int64_t& { return t.rfm; });
    gate(Command::kManageRow, Command::kSelfRefresh,
         [](Timing& t) -> std::int64_t& { return t.drfm; });
    for (const Command next : {Command::kActivate, Command::kRefreshBank, Command::kRefreshAll}) {
        gate(Command::kSelfRefreshExit, next, [](Timing& t) -> std::int64_t& { return t.xs; });
    }
}

// Gates of the same ticks are one in the core: what opens a bank for its activate opens it for its
// refresh, and for refresh management. All of them whose commands a standard has have a rule, or
// none has.
std::vector<Gate> gates() {
    constexpr auto kAct = Command::kActivate;
    constexpr auto kPre = Command::kPrecharge;
    constexpr auto kRd = Command::kRead;
    constexpr auto kWr = Command::kWrite;
    constexpr auto kRefBank = Command::kRefreshBank;
    constexpr auto kRefAll = Command::kRefreshAll;
    using T = Timing;
    std::vector<Gate> all = {
        {kAct, kAct, Place::kSameBank, 1, [](T& t) -> std::int64_t& { return t.rc; }},
        {kAct, kRefBank, Place::kSameBank, 1, [](T& t) -> std::int64_t& { return t.rc; }},
        {kAct, kRefAll, Place::kAnyBank, 1, [](T& t) -> std::int64_t& { return t.rc; }},
        {kPre, kAct, Place::kSameBank, 1, [](T& t) -> std::int64_t& { return t.rp; }},
        {kPre, kRefBank, Place::kSameBank, 1, [](T& t) -> std::int64_t& { return t.rp; }},
        {kPre, kRefAll, Place::kAnyBank, 1, [](T& t) -> std::int64_t& { return t.rp; }},
        {kRefBank, kAct, Place::kSameBank, 1, [](T& t) -> std::int64_t& { return t.rfc_per_bank; }},
        {kRefBank, kRefBank, Place::kSameBank, 1,
         [](T& t) -> std::int64_t& { return t.rfc_per_bank; }},
        {kRefAll, kAct, Place::kAnyBank, 1, [](T& t) -> std::int64_t& { return t.rfc_all_bank; }},
        {kRefAll, kRefAll, Place::kAnyBank, 1,
         [](T& t) -> std::int64_t& { return t.rfc_all_bank; }},
        {kAct, kPre, Place::kSameBank, 1, [](T& t) -> std::int64_t& { return t.ras; }},
        {kRd, kPre, Place::kSameBank, 1, [](T& t) -> std::int64_t& { return t.rtp; }},
        {kWr, kPre, Place::kSameBank, 1,
         [](T& t) -> std::int64_t& { return t.write_to_precharge; }},
        {kPre, kPre, Place::kAnyBank, 1, [](T& t) -> std::int64_t& { return t.ppd; }},
        {kAct, kRd, Place::kSameBank, 1, [](T& t) -> std::int64_t& { return t.rcd_read; }},
        {kAct, kWr, Place::kSameBank, 1, [](T& t) -> std::int64_t& { return t.rcd_write; }},
        {kAct, kAct, Place::kSameGroup, 1, [](T& t) -> std::int64_t& { return t.rrd_l; }},
        {kAct, kAct, Place::kAnyBank, 1, [](T& t) -> std::int64_t& { return t.rrd_s; }},
        {kAct, kAct, Place::kAnyBank, 4, [](T& t) -> std::int64_t& { return t.faw; }},
        {kRd, kRd, Place::kSameGroup, 1, [](T& t) -> std::int64_t& { return t.ccd_l[0]; }},
        {kRd, kRd, Place::kSameStackId, 1, [](T& t) -> std::int64_t& { return t.ccd_s[0]; }},
        {kRd, kRd, Place::kOtherStackId, 1, [](T& t) -> std::int64_t& { return t.ccd_r[0]; }},
        {kWr, kWr, Place::kSameGroup, 1, [](T& t) -> std::int64_t& { return t.ccd_l[1]; }},
        {kWr, kWr, Place::kSameStackId, 1, [](T& t) -> std::int64_t& { return t.ccd_s[1]; }},
        {kWr, kWr, Place::kOtherStackId, 1, [](T& t) -> std::int64_t& { return t.ccd_r[1]; }},
        {kWr, kRd, Place::kSameGroup, 1, [](T& t) -> std::int64_t& { return t.write_to_read_l; }},
        {kWr, kRd, Place::kAnyBank, 1, [](T& t) -> std::int64_t& { return t.write_to_read_s; }},
        {kRd, kWr, Place::kAnyBank, 1, [](T& t) -> std::int64_t& { return t.rtw; }},
        {kAct, kRefBank, Place::kAnyBank, 1,
         [](T& t) -> std::int64_t& { return t.activate_to_refresh; }},
        {kRefBank, kAct, Place::kAnyBank, 1,
         [](T& t) -> std::int64_t& { return t.refresh_to_activate; }},
        {kRefBank, kRefBank, Place::kAnyBank, 1,
         [](T& t) -> std::int64_t& { return t.refresh_to_refresh; }},
        {kAct, kRefBank, Place::kSameGroup, 1,
         [](T& t) -> std::int64_t& { return t.activate_to_refresh_l; }},
        {kRefBank, kAct, Place::kSameGroup, 1,
         [](T& t) -> std::int64_t& { return t.refresh_to_activate_l; }},
        {kRefAll, kRefBank, Place::kAnyBank, 1,
         [](T& t) -> std::int64_t& { return t.rfc_all_bank; }},
        {kRefBank, kRefAll, Place::kAnyBank, 1,
         [](T& t) -> std::int64_t& { return t.rfc_per_bank; }},
    };
    for (const Command manage : {Command::kManageBank, Command::kManageRow}) {
        const auto own =
            manage == Command::kManageBank ? [](T& t) -> std::int64_t& { return t.rfm; }
                                           : [](T& t) -> std::int64_t& { return t.drfm; };
        const auto spacing = [](T& t) -> std::int64_t& { return t.refresh_to_refresh; };
        const std::vector<Gate> of_command = {
            {kAct, manage, Place::kSameBank, 1, [](T& t) -> std::int64_t& { return t.rc; }},
            {kPre, manage, Place::kSameBank, 1, [](T& t) -> std::int64_t& { return t.rp; }},
            {kRefBank, manage, Place::kSameBank, 1,
             [](T& t) -> std::int64_t& { return t.rfc_per_bank; }},
            {kRefAll, manage, Place::kAnyBank, 1,
             [](T& t) -> std::int64_t& { return t.rfc_all_bank; }},
            {manage, kAct, Place::kSameBank, 1, own},
            {manage, manage, Place::kSameBank, 1, own},
            {manage, kRefBank, Place::kSameBank, 1, own},
            {manage, kRefAll, Place::kAnyBank, 1, own},
            {kAct, manage, Place::kAnyBank, 1,
             [](T& t) -> std::int64_t& { return t.activate_to_refresh; }},
            {manage, kAct, Place::kAnyBank, 1,
             [](T& t) -> std::int64_t& { return t.refresh_to_activate; }},
            {kAct, manage, Place::kSameGroup, 1,
             [](T& t) -> std::int64_t& { return t.activate_to_refresh_l; }},
            {manage, kAct, Place::kSameGroup, 1,
             [](T& t) -> std::int64_t& { return t.refresh_to_activate_l; }},
            {manage, manage, Place::kAnyBank, 1, spacing},
            {manage, kRefBank, Place::kAnyBank, 1, spacing},
            {kRefBank, manage, Place::kAnyBank, 1, spacing},
        };
        all.insert(all.end(), of_command.begin(), of_command.end());
    }
    rest_gates(all);
    return all;
}

std::string between(const Gate& gate) {
    return fmt::format("{} after {}, {}{}", name_of(gate.before), name_of(gate.after),
                       name_of(gate.place),
                       gate.window == 1 ? "" : fmt::format(", window {}", gate.window));
}

}  // namespace

void Timing::take_rules(const Hbm4Config& config, const Standard& standard) {
    const std::vector<Gate> all = gates();
    const ParameterTicks parameters(config);
    for (const Rule& rule : standard.rules) {
        const auto gate = std::find_if(all.begin(), all.end(), [&](const Gate& g) {
            return g.after == rule.after && g.before == rule.before && g.place == rule.place &&
                   g.window == rule.window;
        });
        if (gate == all.end()) {
            throw InputError(Diagnostic{
                rule.at, 0, 0,
                fmt::format("rule {}: the controller has no gate for {} after {}, {}", rule.name,
                            name_of(rule.before), name_of(rule.after), name_of(rule.place)),
                "commands, places and windows of the rules of hbm4.toml",
                "leave the rule out and say so, or give the controller such a gate"});
        }
        gate->ticks(*this) = rule.ticks(parameters);
    }
    for (const Gate& gate : all) {
        if (!standard.has(gate.after) || !standard.has(gate.before)) {
            continue;
        }
        const Rule* rule = standard.rule(gate.after, gate.before, gate.place, gate.window);
        const std::int64_t kept = gate.ticks(*this);
        if (kept != (rule == nullptr ? 0 : rule->ticks(parameters))) {
            throw InputError(Diagnostic{
                rule == nullptr ? standard.name : rule->at, 0, 0,
                fmt::format(
                    "{}: {}, but the gate that the controller has for it keeps {} ticks",
                    between(gate),
                    rule == nullptr ? "no rule" : fmt::format("{} ticks", rule->ticks(parameters)),
                    kept),
                "the same distance for all rules of one gate", ""});
        }
    }
}

}  // namespace vr::hbm4
