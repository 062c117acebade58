// SPDX-License-Identifier: Apache-2.0
#include "app/validation/simulations.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <new>
#include <sstream>

#include "app/platform/forked_copy.h"
#include "app/platform/governed_run.h"
#include "app/platform/platform_config.h"
#include "app/platform/simulation.h"
#include "models/base/error.h"

namespace vr {

namespace {

std::string columns_text(const HeadColumns& columns) {
    return fmt::format("{}+{}", columns.pitch, columns.first);
}

std::string indices(const auto& list) {
    std::string out;
    for (const auto& index : list) {
        out += fmt::format("{} ", index.value);
    }
    return out;
}

// What a run yields, on one line; the other way in parse().
std::string text_of(std::size_t number, const SimulatedRun& run) {
    const RunActivity& a = run.activity;
    std::string out = fmt::format(
        "{} {} {} {} {} {} {} {} {} {} {} {} {}", number, run.makespan.value, a.bf16_multiply_adds,
        a.fp8_multiply_adds, a.fp4_multiply_adds, a.vector_operations, a.shared_memory_bytes,
        a.l2_bytes, a.memory_bytes, run.l2_lookups, run.l2_requested, run.rate, run.kernels.size());
    for (const SimulatedRun::Kernel& kernel : run.kernels) {
        out += fmt::format(" {} {}", kernel.launched.value, kernel.ended.value);
    }
    return out + "\n";
}

bool parse(std::istream& in, std::size_t& number, SimulatedRun& run) {
    RunActivity& a = run.activity;
    std::size_t kernels = 0;
    in >> number >> run.makespan.value >> a.bf16_multiply_adds >> a.fp8_multiply_adds >>
        a.fp4_multiply_adds >> a.vector_operations >> a.shared_memory_bytes >> a.l2_bytes >>
        a.memory_bytes >> run.l2_lookups >> run.l2_requested >> run.rate >> kernels;
    for (std::size_t i = 0; in && i < kernels; ++i) {
        SimulatedRun::Kernel kernel;
        in >> kernel.launched.value >> kernel.ended.value;
        run.kernels.push_back(kernel);
    }
    return static_cast<bool>(in);
}

SimulatedRun simulate(PlatformConfig config, const Workload& workload, Frequency clock) {
    RunRequest request;
    request.workload = workload;
    if (clock.value > 0) {
        config = at_sm_clock(config, clock);
        config.gpu.power.governor = "none";
    }
    const RunResult result = run_platform(config, request);
    SimulatedRun run;
    for (const OperatorResult& op : result.operators) {
        run.kernels.push_back({op.launched, op.end});
    }
    run.makespan = result.makespan;
    run.activity = result.activity;
    const auto sum = [&](const char* name) {
        std::int64_t all = 0;
        for (const Statistic& statistic : result.statistics) {
            all += statistic.path.ends_with(name) ? statistic.value : 0;
        }
        return all;
    };
    run.l2_lookups = sum(".l2.lines_served") + sum(".l2.lines_far");
    run.l2_requested = sum(".l2.bytes_requested");
    return run;
}

// A counter that forked processes share: who is free takes the next number.
class SharedCounter {
  public:
    SharedCounter() {
        void* memory = ::mmap(nullptr, sizeof(std::atomic<std::size_t>), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) {
            throw UsageError(
                fmt::format("--jobs: no memory that processes share: {}", std::strerror(errno)));
        }
        next_ = new (memory) std::atomic<std::size_t>(0);
    }
    ~SharedCounter() { (void)::munmap(next_, sizeof(*next_)); }
    SharedCounter(const SharedCounter&) = delete;
    SharedCounter& operator=(const SharedCounter&) = delete;
    std::size_t take() { return next_->fetch_add(1); }

  private:
    static_assert(std::atomic<std::size_t>::is_always_lock_free);
    std::atomic<std::size_t>* next_;
};

}  // namespace

std::string workload_key(const Workload& workload) {
    std::string key = fmt::format("s{} ", static_cast<int>(workload.submission));
    for (const TensorSpec& t : workload.tensors) {
        key += fmt::format("t{} {}x{} {} {} {};", static_cast<int>(t.type), t.rows, t.columns,
                           static_cast<int>(t.data), static_cast<int>(t.home), t.gpu.value);
    }
    for (const OperatorSpec& op : workload.operators) {
        key += fmt::format(
            "o{} {} {} {} in {}out {} after {}gpu {} on {} e{} rows {} by {} g{} {} {} c{} {} {} "
            "p{} "
            "{} {} {} f{}",
            static_cast<int>(op.kind), static_cast<int>(op.function),
            static_cast<int>(op.row_function), op.kernel, indices(op.inputs), op.output.value,
            indices(op.depends), op.gpu.value, op.stream, static_cast<int>(op.epilogue),
            fmt::join(op.rows, ","), op.row_alignment, op.groups, columns_text(op.input_columns),
            columns_text(op.output_columns), op.columns, op.row_pitch, op.row_first, op.position,
            op.sequence_rows, op.carries, op.epsilon, op.first_expert);
        const RoutingRule& r = op.routing;
        const AttentionShape& s = op.attention;
        key += fmt::format(" r{} {} {} {} {} {} a{} {} {} {} {} {} {} {} {} {}", r.count, r.sigmoid,
                           r.groups, r.groups_kept, r.normalise, r.scale, s.sequences, s.heads,
                           s.kv_heads, s.head_columns, s.value_columns, columns_text(s.values),
                           s.context, s.causal, s.scale, s.splits);
        key += fmt::format(" {} by {}", fmt::join(s.contexts, ","), fmt::join(s.query_rows, ","));
        key += fmt::format(" d{} {};", op.replay.duration.value, op.collective.bytes);
        for (const auto& [name, value] : op.arguments) {
            key += fmt::format("{}={} ", name, value);
        }
    }
    return key;
}

SimulatedRun Simulations::run(const std::string& preset,
                              const std::shared_ptr<const PlatformConfig>& config,
                              const Workload& workload, Frequency clock) {
    SimulatedRun stand_in;
    for (std::size_t i = 0; i < workload.operators.size(); ++i) {
        const Time end{static_cast<std::int64_t>(i + 1) * 1'000'000};
        stand_in.kernels.push_back({stand_in.makespan, end});
        stand_in.makespan = end;
    }
    return find({fmt::format("{} {} {}", preset, clock.value, workload_key(workload)),
                 [config, workload, clock] { return simulate(*config, workload, clock); }},
                std::move(stand_in));
}

double Simulations::rate(const std::string& key, std::function<double()> measure) {
    SimulatedRun stand_in;
    stand_in.rate = 1;
    const auto simulate = [measure = std::move(measure)] {
        SimulatedRun run;
        run.rate = measure();
        return run;
    };
    return find({key, simulate}, stand_in).rate;
}

SimulatedRun Simulations::find(Planned wanted, SimulatedRun stand_in) {
    ++asked_;
    const auto found = known_.find(wanted.key);
    if (found != known_.end()) {
        return found->second;
    }
    if (!planning_) {
        return known_.emplace(wanted.key, wanted.simulate()).first->second;
    }
    if (noted_.emplace(wanted.key, planned_.size()).second) {
        planned_.push_back(std::move(wanted));
    }
    return stand_in;
}

void Simulations::plan() {
    planning_ = true;
    planned_.clear();
    noted_.clear();
}

bool Simulations::run_planned(std::size_t jobs) {
    planning_ = false;
    const std::size_t processes = std::min(std::max<std::size_t>(jobs, 1), planned_.size());
    SharedCounter next;
    const auto share = [&](const auto& take) {
        for (std::size_t i = next.take(); i < planned_.size(); i = next.take()) {
            take(i);
        }
    };
    std::vector<std::unique_ptr<ForkedCopy>> copies;
    for (std::size_t process = 0; process + 1 < processes; ++process) {
        copies.push_back(std::make_unique<ForkedCopy>());
        copies.back()->fork();
        if (copies.back()->is_copy()) {
            std::string text;
            share([&](std::size_t i) {
                try {
                    text += text_of(i, planned_[i].simulate());
                } catch (const std::exception&) {
                    // The original will ask for this run itself, and meet the error.
                }
            });
            copies.back()->hand_over(text);
        }
    }
    if (processes > 0) {
        share([&](std::size_t i) { known_.emplace(planned_[i].key, planned_[i].simulate()); });
    }
    for (const std::unique_ptr<ForkedCopy>& copy : copies) {
        bool complete = false;
        std::istringstream in(copy->receive(complete));
        std::size_t number = 0;
        for (SimulatedRun run; complete && parse(in, number, run); run = {}) {
            known_.emplace(planned_.at(number).key, run);
        }
    }
    const bool ran = !planned_.empty();
    plan();
    planning_ = false;
    return ran;
}

}  // namespace vr
