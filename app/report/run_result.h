// SPDX-License-Identifier: Apache-2.0
// What a run says about itself: plain data, filled by a simulator, checked by laws.h, printed by
// the reports. Every number is an integer of the unit in its type or comment; ratios are formed
// when printed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/report/fault_report.h"
#include "models/base/quantity.h"
#include "models/base/statistics.h"

namespace vr {

/// One operator of the trace.
struct OperatorResult {
    std::string id;
    std::string kind;   ///< "gemm", "copy", "elementwise", "replay"
    std::string shape;  ///< for people, e.g. "64x2112x7168 fp8_e4m3"
    Time begin;         ///< when it could start: launch and dependencies done
    Time end;
    std::int64_t completed = 0;  ///< work items (tiles) done; equals `total` in a complete run
    std::int64_t total = 0;
    std::string bound_by;              ///< the resource that owns most of its time, e.g. "HBM"
    std::int64_t flops = 0;            ///< floating-point operations, a multiply-add counts two
    std::int64_t requested_bytes = 0;  ///< asked of the memory system (L2), reads and writes
    std::int64_t hbm_bytes = 0;        ///< moved between L2 and HBM on its behalf, reads
    Time roofline;                     ///< lower bound from FLOPs and compulsory bytes
    /// "exact (RTL-checked)", "exact (RTL)", "exact (reference)", "timing only", "replayed" (its
    /// time was recorded elsewhere)
    std::string fidelity;
    Time launched{};  ///< when its kernel was handed to the GPU's scheduler
};

/// Operators whose time was recorded elsewhere and only replayed.
struct ReplayedResult {
    std::int64_t operators = 0;
    Time covered;  ///< part of the makespan during which one of them ran
    Time owned;    ///< part of the makespan that is charged to them
};

/// A share of the makespan with one owner.
struct ChargeResult {
    std::string owner;
    std::string resource;  ///< what a user would buy more of: "HBM", "tensor core", "launch"
    Time amount;
};

/// The verdict on the run: the resource whose charges sum to most.
struct BoundResult {
    std::string resource;  ///< as in ChargeResult; "" when nothing was charged
    Time owned;            ///< the sum of its charges
};

/// A resource: what it did over the makespan against what it could have done.
struct ResourceResult {
    std::string name;
    std::int64_t amount = 0;           ///< bytes, FLOPs over the whole run
    std::int64_t peak_per_second = 0;  ///< the same per second
    std::string unit;                  ///< of the rate: "B/s", "FLOP/s"
};

/// Traffic of one tensor. Law: requested = hits + misses, counted in reads.
struct TensorResult {
    std::string name;
    std::int64_t bytes = 0;  ///< its size with block scales
    std::int64_t requested_bytes = 0;
    std::int64_t l2_hit_bytes = 0;
    std::int64_t l2_miss_bytes = 0;
    std::int64_t hbm_read_bytes = 0;
    std::int64_t l2_prefetched_bytes = 0;  ///< of those, asked for by prefetches into L2
    std::int64_t hbm_write_bytes = 0;
    std::int64_t dirty_lines = 0;  ///< still in L2 at the end
    std::int64_t dirty_bytes = 0;
    bool read = false;                 ///< some operator reads it before it is written
    std::int64_t needed_bytes = 0;     ///< at least this much of it is read
    std::string role;                  ///< "weights", "cache", "activations", "" where not said
    std::string digest;                ///< FNV-1a of its bytes, 16 hex digits; "" without data
    bool at_host = false;              ///< lies in the memory of a host
    std::int64_t c2c_read_bytes = 0;   ///< of a tensor at the host: copied to a GPU
    std::int64_t c2c_write_bytes = 0;  ///< of a tensor at the host: copied from a GPU
};

/// A law that was checked.
struct LawResult {
    std::string name;
    bool passed = false;
};

/// Which parameters stand behind a resource, so that the report can name the estimated ones.
struct ResourceParameters {
    std::string resource;               ///< as in ChargeResult
    std::vector<std::string> prefixes;  ///< of paths in the ledger, e.g. "gpu.l2"
};

/// One bound parameter as the report embeds it.
struct ParameterResult {
    std::string path;
    std::string value;
    std::string status;
    std::string source;
    std::string without_effect{};  ///< why its value changes nothing; "" when it does
};

/// Figures of the host and of the execution: they may differ between equal runs, comparisons leave
/// them out.
struct HostResult {
    std::int64_t cpu_microseconds = 0;
    std::int64_t peak_memory_bytes = 0;
    bool fold = false;
    std::string compose = "region";
    std::vector<std::pair<std::string, std::int64_t>>
        counters;  ///< classes, splits, memo hits, ...
};

/// What the GPUs of a run did, all together: what power follows from.
struct RunActivity {
    std::int64_t bf16_multiply_adds = 0;  ///< of tensor cores
    std::int64_t fp8_multiply_adds = 0;
    std::int64_t fp4_multiply_adds = 0;
    std::int64_t vector_operations = 0;
    std::int64_t shared_memory_bytes = 0;  ///< read
    std::int64_t l2_bytes = 0;             ///< served by L2
    std::int64_t memory_bytes = 0;         ///< between HBM and L2
};

/// Power of one GPU, averaged over the run, and the clock that its limit allowed.
struct PowerResult {
    struct Part {
        std::string name;  ///< "tensor cores"
        std::int64_t milliwatts = 0;
    };
    std::string governor;  ///< "none": the clock stands as given, whatever the power
    Frequency clock;       ///< of the SMs
    Frequency full_clock;
    std::int64_t milliwatts = 0;
    std::int64_t limit_milliwatts = 0;
    std::vector<Part> parts;
};

/// A re-run with twice of one resource.
struct WhatIfResult {
    std::string resource;  ///< as in ChargeResult
    std::string change;    ///< "twice the HBM's rate"
    Time charged;          ///< to the resource, in the run without change
    Time makespan;         ///< of the re-run
};

/// The same trace on another platform.
struct BesideResult {
    struct Operator {
        std::string id;
        Time here;  ///< from begin to end
        Time there;
    };
    struct Peak {
        std::string resource;
        std::int64_t here = 0;  ///< per second
        std::int64_t there = 0;
    };
    std::string platform;
    Time makespan;
    bool complete = true;
    std::vector<Operator> operators;
    std::vector<Peak> peaks;
};

/// What the firmware of a run did, all management cores together. Absent in runs without one.
struct FirmwareResult {
    std::string file;
    std::string digest;     ///< FNV-1a of the file, 16 hex digits
    std::string verdict;    ///< "pass", "fail", "locked", "none"
    std::int64_t code = 0;  ///< of a failure
    Time ended;             ///< when the last verdict fell
    std::int64_t doorbells = 0;
    std::int64_t instructions = 0;
    std::string where;             ///< of the core with the verdict: pc, last trap
    std::string refusal;           ///< last refused bus access; "" for none
    std::vector<std::string> log;  ///< the last lines
    std::int64_t log_lines = 0;    ///< in all
};

/// A whole run.
struct RunResult {
    std::string level = "detailed";  ///< or "roofline"
    std::string trace_name;
    std::string trace_digest;  ///< 16 hex digits
    std::string platform;
    std::string profile;
    std::string revision;
    std::uint64_t seed = 0;
    bool complete = true;                  ///< false when --max-sim-time ended it
    std::int64_t unanswered_requests = 0;  ///< of L2 and memory, when nothing can happen any more
    std::int64_t credits_out = 0;          ///< bytes of the SMs' windows that did not come back
    std::int64_t tokens = 0;               ///< made or taken by the run, 0: not said
    std::int64_t layers = 0;               ///< of a model, 0: not said; and of the whole model
    std::int64_t model_layers = 0;
    Time makespan;
    Time roofline;  ///< lower bound of the makespan from FLOPs and compulsory bytes
    BoundResult bound_by;
    ReplayedResult replayed;
    std::vector<OperatorResult> operators;
    std::vector<ChargeResult> attribution;
    std::vector<ResourceResult> resources;
    std::vector<TensorResult> tensors;
    std::vector<Statistic> statistics;
    std::vector<ResourceParameters> resource_parameters;
    std::vector<std::string>
        numeric_corners;  ///< open questions of arithmetic that the data touched
    std::vector<std::string>
        outside_envelope;                    ///< what left the checked envelope; --strict exits 6
    std::vector<std::string> speed_ups_off;  ///< units that their policies keep from being shared
    std::vector<ParameterResult> configuration;
    std::vector<LawResult> laws;
    std::optional<FirmwareResult> firmware;
    RunActivity activity;
    std::vector<WhatIfResult> what_if;             ///< empty unless asked for
    std::optional<BesideResult> beside;            ///< absent unless asked for
    std::optional<PowerResult> power;              ///< absent at level roofline
    std::vector<MemoryFaultResult> memory_faults;  ///< empty where no faults were asked for
    HostResult host;
};

}  // namespace vr
