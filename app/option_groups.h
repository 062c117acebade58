// SPDX-License-Identifier: Apache-2.0
// Options that several verbs take, declared once.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "app/options.h"

namespace vr {

/// Texts that need conversion after parsing.
struct RawOptions {
    std::string level = "detailed";
    std::string fold = "on";
    std::string compose = "region";
    std::string max_sim_time;
    std::string audit_at;
    std::string trace_clock;
    std::string access;
    std::string rate;
};

/// --platform, --profile, --set.
void add_platform(CLI::App& verb, CommonOptions& common);
/// --max-replay.
void add_max_replay(CLI::App& verb, CommonOptions& common);
/// --jobs.
void add_jobs(CLI::App& verb, CommandLine& line);
/// What --jobs says, or the processors of the host.
[[nodiscard]] std::size_t processes_at_a_time(const CommandLine& line);
/// --mapping.
void add_mapping(CLI::App& verb, CommandLine& line);
/// --device, after --platform, which it excludes.
void add_device(CLI::App& verb, CommandLine& line);
/// --format of a memory trace.
void add_trace_format(CLI::App& verb, CommandLine& line);
/// Refuses an empty path.
[[nodiscard]] CLI::Validator some_path();
/// --json.
void add_json(CLI::App& verb, CommonOptions& common);
/// --seed.
void add_seed(CLI::App& verb, CommonOptions& common);
/// --level.
void add_level(CLI::App& verb, RawOptions& raw);
/// --max-sim-time.
void add_max_sim_time(CLI::App& verb, RawOptions& raw);
/// --audit-at, --beside, --what-if.
void add_inspection(CLI::App& verb, CommonOptions& common, RawOptions& raw);
/// --compose.
void add_compose(CLI::App& verb, RawOptions& raw);
/// All that every simulating verb takes.
void add_common(CLI::App& verb, CommonOptions& common, RawOptions& raw);

}  // namespace vr
