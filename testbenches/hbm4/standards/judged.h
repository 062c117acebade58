// SPDX-License-Identifier: Apache-2.0
// Short lists of commands, and what the checker of the protocol says of them.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "models/hbm4/standards/protocol_checker.h"

namespace vr::testing {

using hbm4::Command;
using hbm4::CommandRecord;

inline std::vector<hbm4::Breach> judge(const Hbm4Config& config,
                                       const std::vector<CommandRecord>& commands) {
    hbm4::ProtocolChecker checker(config);
    std::vector<hbm4::Breach> all;
    for (const CommandRecord& command : commands) {
        for (hbm4::Breach& breach : checker.command(command)) {
            all.push_back(std::move(breach));
        }
    }
    return all;
}

// The rules that a few commands break: "tRC tRP".
inline std::string broken(const Hbm4Config& config, const std::vector<CommandRecord>& commands) {
    std::set<std::string> rules;
    for (const hbm4::Breach& breach : judge(config, commands)) {
        rules.insert(breach.rule);
    }
    std::string text;
    for (const std::string& rule : rules) {
        text += (text.empty() ? "" : " ") + rule;
    }
    return text;
}

inline CommandRecord act(std::int64_t tick, std::int32_t bank) {
    return {tick, Command::kActivate, bank, 5, 0};
}
inline CommandRecord pre(std::int64_t tick, std::int32_t bank) {
    return {tick, Command::kPrecharge, bank, 0, 0};
}
inline CommandRecord rd(std::int64_t tick, std::int32_t bank) {
    return {tick, Command::kRead, bank, 5, 0};
}
inline CommandRecord wr(std::int64_t tick, std::int32_t bank) {
    return {tick, Command::kWrite, bank, 5, 0};
}
inline CommandRecord ref(std::int64_t tick, std::int32_t bank) {
    return {tick, Command::kRefreshBank, bank, 0, 0};
}
inline CommandRecord rfm(std::int64_t tick, std::int32_t bank) {
    return {tick, Command::kManageBank, bank, 0, 0};
}
inline CommandRecord drfm(std::int64_t tick, std::int32_t bank, std::int32_t row) {
    return {tick, Command::kManageRow, bank, row, 0};
}
inline CommandRecord pre_all(std::int64_t tick) {
    return {tick, Command::kPrechargeAll, 0, 0, 0};
}
inline CommandRecord ref_all(std::int64_t tick) {
    return {tick, Command::kRefreshAll, 0, 0, 0};
}

}  // namespace vr::testing
