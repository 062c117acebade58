// SPDX-License-Identifier: Apache-2.0
// What a command line says, parsed and checked; plain data for the verbs.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/platform/simulation.h"
#include "models/base/quantity.h"
#include "traces/generate/layer_request.h"

namespace vr {

enum class Level { kDetailed, kRoofline };

/// Options that every simulating verb takes; `validate` refuses those without a meaning there.
struct CommonOptions {
    std::string platform = "rubin";
    std::string profile;
    std::vector<std::string> sets;
    std::uint64_t seed = 1;
    std::string json;    ///< path, "-" for standard output, "" for none
    std::string events;  ///< path, "" for none
    std::string waves;   ///< run, mem: path of an FST file, "" for none
    Level level = Level::kDetailed;
    Time max_sim_time = kNever;
    Time audit_at = kNever;  ///< --audit-at
    bool fold = true;
    Compose compose = Compose::kRegion;
    bool print_config = false;
    bool quiet = false;
    bool strict = false;
    bool what_if = false;
    std::string beside;  ///< run, demo: another platform, "" for none
    std::int64_t max_replay = 100;  ///< percent of the makespan that replayed operators may run
};

/// A whole command line. Fields of other verbs keep their defaults.
struct CommandLine {
    std::string verb;  ///< "" for `vrsim` alone
    CommonOptions common;
    bool level_given = false;
    std::string trace;                  ///< run, step, sweep, mem, fw --trace
    std::vector<std::string> names;     ///< files of numerics and lint; families; benchmarks
    std::string rule;                   ///< changes of the accumulation rule
    std::string key;                    ///< params: a key; help: a verb; new: a kind
    std::string data_folder;            ///< validate --data
    std::string markdown;               ///< validate --markdown
    std::vector<std::string> patterns;  ///< mem --pattern
    std::int64_t channels = -1;         ///< mem --channels; -1: none given
    std::int64_t window = 0;            ///< mem --window; 0: none given
    std::string interval;               ///< mem --interval
    Bandwidth rate;                     ///< mem --rate; 0: none given
    std::int64_t requests = 0;          ///< mem --requests
    std::string target = "channel";     ///< mem --target
    std::string trace_format;           ///< mem --format, lint --format
    Frequency trace_clock;              ///< mem --trace-clock; 0: the memory's
    Bytes access;                       ///< mem --access; 0: none given
    std::string device;                 ///< mem --device, lint --device
    std::string output;                 ///< convert OUT, workload -o
    std::vector<std::string> mappings;  ///< convert --mapping, lint --mapping
    bool force = false;                 ///< convert, workload: --force
    std::string name;                   ///< new NAME
    std::string folder;                 ///< new DIR
    std::vector<std::string> vary;      ///< sweep --vary
    std::int64_t jobs = 0;              ///< sweep, validate --jobs; 0: one for each processor
    std::string csv;                    ///< sweep --csv
    std::string firmware;               ///< fw: an ELF file
    std::string model;                  ///< workload MODEL
    LayerRequest layers;                ///< workload
};

}  // namespace vr
